"""What a list of records knows of them, the card beside it, and what they are worth."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError

from ..common import HandoverCommon
from .test_upgrade import migration

KNOWN = ["value", "currency_id", "stage", "next_date", "next_step", "last_contact"]


class TestCustomers(HandoverCommon):
    """Which company each record is about: kept with the line."""

    CUSTOMERS = "crm_handover/migrations/19.0.1.6.0/end-customers.py"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brewery = cls.make_customer(is_company=True)
        cls.person = cls.make_customer(name="Ms Malt", parent_id=cls.brewery.id)
        cls.bakery = cls.make_customer(name="Bakery", is_company=True)
        project = cls.make(
            "project.project", name="Oven", user_id=cls.anna.id,
            partner_id=cls.bakery.id,
        )  # fmt: skip
        records = {
            cls.make_lead(partner_id=cls.person.id): cls.brewery,
            cls.make_lead(): cls.brewery.browse(),
            cls.person: cls.brewery,
            project: cls.bakery,
            # of the task itself, and else of its project
            cls.make_task(partner_id=cls.person.id, project_id=project.id): cls.brewery,
            cls.make_task(partner_id=False, project_id=project.id): cls.bakery,
        }
        cls.request = cls.make_request(records=cls.bakery)
        for record in records:
            cls.request.with_user(cls.anna).add_records(record._name, record.ids)
        cls.wanted = {(one._name, one.id): who for one, who in records.items()}
        cls.wanted["res.partner", cls.bakery.id] = cls.bakery

    def customers(self):
        self.env.flush_all()
        self.env.invalidate_all()
        lines = self.request.line_ids
        return {(line.res_model, line.res_id): line.customer_id for line in lines}

    def test_each_record_names_the_company_that_it_is_about(self):
        self.assertEqual(self.customers(), self.wanted)
        lines = self.env["handover.request.line"].with_user(self.anna)
        mine = [("request_id", "=", self.request.id)]
        groups = lines.formatted_read_group(mine, ["customer_id"], ["__count"])
        found = {str(row["customer_id"] and row["customer_id"][1]): row["__count"]
                 for row in groups}  # fmt: skip
        self.assertEqual(found, {"Brewery": 3, "Bakery": 3, "False": 1})
        with self.assertRefused(AccessError):
            lines.search(mine).write({"customer_id": self.bakery.id})

    def test_lists_stand_by_customer_where_most_records_name_one(self):
        mine = self.request.with_user(self.anna)
        named = "search_default_group_by_customer"
        self.assertIn(named, mine.action_view_lines()["context"])
        other = self.make_request(records=self.make_lead() | self.make_lead())
        context = other.with_user(self.anna).action_view_lines()["context"]
        self.assertIn("search_default_group_by_scope", context)

    def test_an_upgrade_fills_it_in_where_the_record_still_exists(self):
        self.bring(self.request.with_user(self.anna), "transferred")
        gone = self.request.line_ids.filtered(lambda line: line.res_name == "Deal")
        self.env.flush_all()
        self.env.cr.execute("UPDATE handover_request_line SET customer_id = NULL")
        self.env["crm.lead"].browse(gone.mapped("res_id")).unlink()
        for _twice in range(2):
            migration(self.CUSTOMERS).migrate(self.env.cr, "19.0.1.5.0")
        found = {what: who for what, who in self.customers().items()
                 if what[0] != "crm.lead"}  # fmt: skip
        self.assertEqual(
            found, {what: who for what, who in self.wanted.items() if what in found}
        )
        self.assertFalse(gone.customer_id)

    def test_a_customer_that_is_deleted_leaves_the_line(self):
        customer = self.make_customer(name="Cellar")
        deal = self.make_lead(partner_id=customer.id)
        [line] = self.request.with_user(self.anna).add_records("crm.lead", deal.ids)
        line = self.request.line_ids.browse(line)
        deal.partner_id = False
        customer.unlink()
        self.env.invalidate_all()
        self.assertEqual((line.res_id, line.customer_id.ids), (deal.id, []))


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
