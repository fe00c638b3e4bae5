"""What a list of records knows of them, the card beside it, and what they are worth."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError

from ..common import HandoverCommon

KNOWN = ["value", "currency_id", "stage", "next_date", "next_step", "last_contact"]


class TestKnown(HandoverCommon):
    def line(self, request, record):
        return request.sudo().line_ids.filtered(
            lambda line: (line.res_model, line.res_id) == (record._name, record.id)
        )

    def known(self, request, record, user):
        """What a list shows of a record, from the database."""
        self.env.flush_all()
        self.env.invalidate_all()
        line = self.line(request, record).with_user(user).with_context(lang="en_US")
        [row] = line.read(KNOWN, load=None)
        return {name: row[name] for name in KNOWN}

    def queries(self, request, user):
        lines = self.env["handover.request.line"].with_user(user)
        for _first_is_cold in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            lines.search([("request_id", "=", request.id)]).read(KNOWN)
            count = self.cr.sql_log_count - start
        return count

    def gold(self):
        """A currency of which two are worth one of everybody's."""
        rate = {"name": "2020-01-01", "rate": 2, "company_id": False}
        return self.env["res.currency"].create(
            {"name": "GLD", "symbol": "G", "rate_ids": [Command.create(rate)]}
        )

    # ------------------------------------------------------------
    # THE LIST
    # ------------------------------------------------------------

    def test_the_predecessor_sees_value_stage_next_step_and_last_contact(self):
        stage = self.env["crm.stage"].create({"name": "Tasting"})
        deal = self.make_lead(expected_revenue=700, stage_id=stage.id)
        today = fields.Date.today()
        self.make_todo(deal, date_deadline=today + timedelta(days=9))
        self.make_meeting(deal, days=3)
        self.make_meeting(deal, days=1, privacy="private", name="Doctor")
        self.make_meeting(deal, days=-5, name="Lunch")
        request = self.make_request(records=deal)
        known = self.known(request, deal, self.anna)
        self.assertEqual((known["value"], known["stage"]), (700, "Tasting"))
        self.assertEqual(known["currency_id"], self.company.currency_id.id)
        self.assertEqual(known["next_date"], today + timedelta(days=3))
        self.assertTrue(known["next_step"].endswith(" · Visit"), known)
        self.assertEqual(known["last_contact"], today - timedelta(days=5))
        # what is late is still the next step; a mail is a contact, a note is none
        self.make_todo(deal, date_deadline=today - timedelta(days=2))
        deal.message_post(body="Noted")
        known = self.known(request, deal, self.anna)
        self.assertTrue(known["next_step"].endswith(" · Call"), known)
        self.assertEqual(known["last_contact"], today - timedelta(days=5))
        deal.message_post(
            body="Dear", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(self.known(request, deal, self.anna)["last_contact"], today)

    def test_of_a_customer_and_a_task_as_well(self):
        customer, task = self.make_customer(), self.make_task()
        self.make_meeting(
            task, name="Dinner", days=2, partner_ids=[Command.set(customer.ids)]
        )
        self.make_meeting(
            task, name="Fair", days=-2, partner_ids=[Command.set(customer.ids)]
        )
        request = self.make_request(records=customer)
        request.with_user(self.anna).add_records("project.task", task.ids)
        for record in (customer, task):
            known = self.known(request, record, self.anna)
            self.assertFalse(known["value"], record)
            self.assertTrue(known["next_step"].endswith(" · Dinner"), known)
            self.assertEqual(
                known["last_contact"], fields.Date.today() - timedelta(days=2)
            )

    def test_who_may_not_open_a_record_learns_nothing_of_it(self):
        deal = self.make_lead(expected_revenue=700)
        self.make_todo(deal)
        self.make_meeting(deal, days=-1)
        request = self.make_request("submitted", records=deal)
        # records are opened for a successor once it is approved
        nothing = dict.fromkeys(KNOWN, False) | {"value": 0}
        self.assertEqual(self.known(request, deal, self.bruno), nothing)
        self.assertEqual(self.known(request, deal, self.approver)["value"], 700)
        card = self.line(request, deal).with_user(self.bruno).get_card()
        self.assertEqual(
            (card["value"], card["stage"], card["next_step"], card["sections"]),
            ("", "", "", []),
        )
        with self.assertRefused(AccessError):
            self.line(request, deal).with_user(self.other).get_card()

    def test_no_more_queries_for_more_records(self):
        request = self.make_request(records=self.make_lead())
        anna = request.with_user(self.anna)

        def add(number):
            for _n in range(number):
                deal, task = self.make_lead(), self.make_task()
                self.make_todo(deal)
                self.make_meeting(deal)
                deal.message_post(body="Dear", subtype_xmlid="mail.mt_comment")
                anna.add_records("crm.lead", deal.ids)
                anna.add_records("project.task", task.ids)

        add(2)
        few = self.queries(request, self.anna)
        add(12)
        self.assertLessEqual(self.queries(request, self.anna), few)

    # ------------------------------------------------------------
    # THE CARD BESIDE IT
    # ------------------------------------------------------------

    def test_the_card_tells_what_is_known(self):
        deal = self.make_lead(expected_revenue=700)
        request = self.make_request(records=deal)
        line = self.line(request, deal).with_user(self.anna)
        line.write({"note": "Calls on Mondays", "risk": "high"})
        card = line.get_card()
        self.assertEqual(
            (card["name"], card["giver"], card["taker"], card["risk"], card["note"]),
            ("Deal", "Anna", "Bruno", "high", "Calls on Mondays"),
        )
        self.assertIn("700", card["value"])
        self.assertIn(
            "action_open_record", [button["method"] for button in card["buttons"]]
        )

    # ------------------------------------------------------------
    # WHAT RECORDS ARE WORTH
    # ------------------------------------------------------------

    def test_sums_are_in_one_currency(self):
        # the deals of the company are in gold, and read from home
        self.abroad.currency_id = self.gold()
        deals = self.make_lead(expected_revenue=100) | self.make_lead(
            self.foreigner,
            expected_revenue=100,
            company_id=self.abroad.id,
            team_id=False,
        )
        scope = self.env["handover.scope"]._of_model("crm.lead")
        records = scope._records()._search([("id", "in", deals.ids)])
        [(count, value)] = scope._worth(records, self.company).values()
        self.assertEqual((count, value), (2, 150))
        records = scope._records()._search([("id", "in", deals.ids)])
        [(count, value)] = scope._worth(records, self.abroad).values()
        self.assertEqual((count, value), (2, 300))

    def test_a_record_counts_once(self):
        deal = self.make_lead(expected_revenue=100)
        self.make_request("cancelled", records=deal)
        self.make_request(records=deal)
        scope = self.env["handover.scope"]._of_model("crm.lead").with_user(self.anna)
        mine = fields.Domain("res_id", "=", deal.id)
        worth = scope.sudo(False)._worth_of_lines(mine, self.company)
        self.assertEqual(worth, {scope.id: 100})
        hidden = scope.with_user(self.other)._worth_of_lines(mine, self.company)
        self.assertFalse(hidden)
