"""A private meeting: one definition, in SQL, as a domain and for records."""

from odoo.fields import Domain
from odoo.tools import SQL

from ..common import HandoverCommon

PRIVACIES = (False, "public", "private", "confidential")


class TestPrivateMeetings(HandoverCommon):
    def by_default(self, user, privacy):
        """What somebody chooses for all of their meetings."""
        user.with_user(user).calendar_default_privacy = privacy
        self.env.invalidate_all()

    def assertPrivate(self, meetings, expected):
        """All ways to ask say the same."""
        Meeting, private = self.env["calendar.event"], meetings._handover_private()
        self.assertEqual(private, expected)
        domain = Meeting._handover_private_domain()
        mine = Domain("id", "in", meetings.ids)
        self.assertEqual(Meeting.search(domain & mine), Meeting.search(mine) & expected)
        self.assertEqual(
            Meeting.search(~domain & mine), Meeting.search(mine) - expected
        )
        self.assertEqual(meetings.filtered_domain(~domain), meetings - expected)
        for condition, these in (("%s", expected), ("NOT %s", meetings - expected)):
            found = self.env.execute_query(
                SQL(
                    f"SELECT id FROM calendar_event WHERE id IN %s AND ({condition})",
                    tuple(meetings.ids),
                    Meeting._handover_private_sql("calendar_event"),
                )
            )
            self.assertEqual({id_ for (id_,) in found}, set(these.ids))

    def test_what_the_meeting_says_or_else_its_organiser(self):
        lead = self.make_lead()
        said = {
            privacy: self.make_meeting(lead, privacy=privacy) for privacy in PRIVACIES
        }
        meetings = self.env["calendar.event"].union(*said.values())
        for default in ("public", "confidential", "private"):
            with self.subTest(default=default):
                self.by_default(self.anna, default)
                expected = said["private"]
                if default == "private":
                    expected |= said[False]
                self.assertPrivate(meetings, expected)
                for meeting in meetings:
                    self.assertEqual(
                        meeting.effective_privacy == "private", meeting in expected
                    )

    def test_who_has_no_settings_and_who_has_no_organiser(self):
        lead = self.make_lead()
        self.anna.sudo().res_users_settings_id.unlink()
        template = self.env["ir.config_parameter"].sudo()
        theirs = self.make_meeting(lead)
        nobodys = self.make_meeting(lead)
        nobodys.user_id = False
        both = theirs | nobodys
        for default in ("public", "private"):
            with self.subTest(default=default):
                template.set_param("calendar.default_privacy", default)
                self.env.invalidate_all()
                self.assertFalse(self.anna.res_users_settings_id)
                self.assertPrivate(both, theirs if default == "private" else theirs[:0])
                self.assertEqual(nobodys.effective_privacy, False)

    def test_whoever_asks(self):
        """Core tells others neither what is private, nor that it is."""
        meeting = self.make_meeting(self.make_lead(), privacy="private")
        theirs = meeting.with_user(self.other)
        self.assertEqual(theirs._handover_private(), theirs)

    def test_what_is_private_by_default_stays(self):
        lead = self.make_lead()
        said, unsaid, public = (
            self.make_meeting(lead, privacy=privacy)
            for privacy in ("private", False, "public")
        )
        self.by_default(self.anna, "private")
        self.make_request("transferred", lead)
        self.assertEqual((said | unsaid).user_id, self.anna)
        self.assertEqual(public.user_id, self.bruno)
