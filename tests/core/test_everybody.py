"""What handovers ask of those who have nothing to do with them: one statement."""

from unittest.mock import patch

from odoo.sql_db import Cursor

from ..common import HandoverCommon

OURS = "handover_request"


class TestEverybody(HandoverCommon):
    def asked(self, work):
        """Do the work as in a new transaction; return what it asked of handovers."""
        asked, execute = [], Cursor.execute

        def note(cursor, query, *args, **kwargs):
            text = str(getattr(query, "code", query))
            asked.extend([text] * (OURS in text))
            return execute(cursor, query, *args, **kwargs)

        self.env.flush_all()
        self.env.invalidate_all()
        self.env["handover.request"]._forget_everybody()
        with patch.object(Cursor, "execute", note):
            work()
            self.env.flush_all()
        return asked

    def test_who_has_no_part_asks_once_for_all_they_do(self):
        self.make_request("approved", self.make_lead())
        mine = self.make_lead(self.chen).with_user(self.chen)

        def work():
            for model in ("crm.lead", "res.partner", "project.task"):
                self.env[model].with_user(self.chen).search_read([], ["name"], limit=80)
            mine.web_read({"name": {}})
            mine.write({"description": "<p>Called</p>"})

        asked = self.asked(work)
        self.assertEqual(len(asked), 1, "\n\n".join(asked))

    def test_a_form_asks_once_more_whether_its_record_was_on_one(self):
        mine = self.make_lead(self.chen).with_user(self.chen)
        asked = self.asked(lambda: mine.web_read({"name": {}, "handover_count": {}}))
        self.assertEqual(len(asked), 2, "\n\n".join(asked))

    def test_what_changes_meanwhile_is_known_at_once(self):
        lead = self.make_lead()
        theirs = lead.with_user(self.bruno)
        self.assertFalse(theirs.has_access("read"))
        request = self.make_request("approved", lead)
        self.assertTrue(theirs.has_access("read"))
        try:
            with self.env.cr.savepoint():
                request.with_user(self.anna).action_cancel()
                self.assertFalse(theirs.has_access("read"))
                raise ZeroDivisionError
        except ZeroDivisionError:
            self.env.invalidate_all()
        self.assertTrue(theirs.has_access("read"))
        request.with_user(self.anna).action_cancel()
        self.assertFalse(theirs.has_access("read"))

    def test_what_is_kept_or_frozen_concerns_who_gave_it(self):
        lead = self.make_lead()
        Request = self.env["handover.request"]
        self.assertFalse(Request._concerns(self.anna.id))
        self.make_request("transferred", lead, predecessor_access="keep")
        self.assertTrue(Request._concerns(self.anna.id))
        self.assertTrue(lead.with_user(self.anna).has_access("write"))
        for other in (self.chen, self.leader):
            self.assertFalse(Request._concerns(other.id), other.login)
