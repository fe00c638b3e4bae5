"""A contact with a customer: one definition for all who count contacts."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL

from ..common import HandoverCommon

COLUMNS = ("successor_id", "unit", "kind", "id", "date")


class TestContacts(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Contact = cls.env["handover.contact"]
        cls.lead = cls.make_lead()

    def say(self, subtype="mail.mt_comment", **values):
        values = {
            "model": "crm.lead",
            "res_id": self.lead.id,
            "message_type": "comment",
            "subtype_id": self.env.ref(subtype).id,
            "author_id": self.bruno.partner_id.id,
            **values,
        }
        return self.env["mail.message"].create(values)

    def done(self, activity_type):
        """The message of a to-do that is done."""
        return self.say(
            subtype="mail.mt_activities",
            message_type="notification",
            mail_activity_type_id=self.env.ref(activity_type).id,
        )

    def test_words_that_somebody_hears(self):
        written = self.say() | self.say(message_type="email")
        # a mailing is kept as a note on the record, and yet it went out
        written |= self.say("mail.mt_note", message_type="email_outgoing")
        called = self.done("mail.mail_activity_data_call")
        silent = self.say("mail.mt_note") | self.say(is_internal=True)
        silent |= self.say(message_type="notification", subtype="mail.mt_note")
        # the meeting counts for itself
        silent |= self.done("mail.mail_activity_data_meeting")
        mine = fields.Domain("id", "in", (written | called | silent).ids)
        search = self.env["mail.message"].search
        self.assertEqual(
            search(mine & self.Contact._said_domain(), order="id"), written | called
        )
        self.assertEqual(
            search(mine & self.Contact._written_domain(), order="id"), written
        )

    def test_meetings_that_took_place(self):
        past = self.make_meeting(self.lead, self.bruno, days=-3)
        private = self.make_meeting(self.lead, self.bruno, days=-3, privacy="private")
        ahead = self.make_meeting(self.lead, self.bruno)
        called_off = self.make_meeting(self.lead, self.bruno, days=-3)
        called_off.active = False
        Meeting = self.env["calendar.event"].with_context(active_test=False)
        mine = fields.Domain("id", "in", (past | private | ahead | called_off).ids)
        self.assertEqual(Meeting.search(mine & self.Contact._met_domain()), past)

    def test_who_declined_was_not_there(self):
        people = (self.bruno | self.chen | self.other).partner_id
        meeting = self.make_meeting(
            self.lead, self.leader, partner_ids=[Command.set(people.ids)]
        )
        meeting.attendee_ids.filtered(
            lambda guest: guest.partner_id == self.chen.partner_id
        ).state = "declined"
        self.assertEqual(
            self.Contact._present(meeting),
            (self.leader | self.bruno | self.other).partner_id,
        )

    def test_a_query_of_its_own(self):
        """Nobody has to know how it is made: it has five columns, and can be joined."""
        now = fields.Datetime.now()
        said = self.say(date=now)
        self.say(date=now - timedelta(days=9))
        self.env.flush_all()
        work = SQL(
            """SELECT 'crm.lead' AS res_model, %s AS res_id, NULL::int AS customer_id,
                users.id AS user_id, users.partner_id, users.id AS successor_id,
                7 AS unit
            FROM res_users users WHERE users.id = %s""",
            self.lead.id,
            self.bruno.id,
        )
        query = self.Contact._query(work, now - timedelta(days=1), now)
        self.env.cr.execute(SQL("SELECT * FROM (%s) contact", query))
        self.assertEqual(
            [column.name for column in self.env.cr.description], [*COLUMNS]
        )
        [(successor, unit, kind, id_, date)] = self.env.cr.fetchall()
        self.assertEqual(
            (successor, unit, kind, id_), (self.bruno.id, 7, "message", said.id)
        )
        self.assertEqual(date, said.date)
