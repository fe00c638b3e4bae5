"""The glue to sales: orders are handed over, cards and checks know of them."""

import xmlrpc.client
from datetime import timedelta

from markupsafe import Markup

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, HttpCase
from odoo.tools import mute_logger

from odoo.addons.mail.tools.discuss import Store

from ..common import HandoverCommon

SCOPE = "crm_handover_sale.scope_sale_order"


class SaleCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # taxes and accounts of a company have nothing to do with who sells
        cls.product = cls.env["product.product"].create(
            {"name": "Desk", "type": "service", "list_price": 100, "taxes_id": False}
        )
        cls.customer = cls.make_customer(cls.other, name="Brewery")

    @classmethod
    def make_order(cls, owner=None, state="draft", **values):
        owner = owner or cls.anna
        values = {
            "partner_id": cls.customer.id,
            "user_id": owner.id,
            "team_id": cls.team.id,
            "order_line": [Command.create({"product_id": cls.product.id})],
            **values,
        }
        order = cls.make("sale.order", **values)
        order.write({"state": state})
        return order

    def sections(self, record, user):
        """What the card of ``record`` says to this user: ``{key: rows}``."""
        sections = record._handover_card_sections(record.with_user(user))
        return {section["key"]: section["rows"] for section in sections}


class TestOrders(SaleCase):
    def test_cancelled_meanwhile_stays_and_confirmed_goes(self):
        cancelled, confirmed = self.make_order(), self.make_order()
        request = self.make_request("approved", cancelled | confirmed)
        cancelled.state = "cancel"
        confirmed.state = "sale"
        request.with_user(self.leader).action_run()
        self.assertEqual(self.codes(request), {cancelled: "closed", confirmed: "done"})
        self.assertOwner(cancelled, self.anna)
        self.assertOwner(confirmed, self.bruno)
        line = request.line_ids.filtered(lambda line: line.res_id == cancelled.id)
        self.assertIn("Cancelled", line.result_message)

    def test_what_hangs_on_the_seller_is_found(self):
        """With stock that includes the warehouse, which has a test of its own."""
        scope = self.env.ref(SCOPE)
        hanging = self.env["handover.engine"]._hanging(scope)
        names = {field.name for field in hanging.kept}
        self.assertFalse(names & {"user_id", "team_id"})
        self.assertEqual(
            "warehouse_id" in names, "warehouse_id" in self.env["sale.order"]._fields
        )

    def test_open_ones_are_collected(self):
        quotation, sent = self.make_order(), self.make_order(state="sent")
        order = self.make_order(state="sale")
        done, cancelled = self.make_order(state="sale"), self.make_order(state="cancel")
        foreign = self.make_order(self.other)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET invoice_status = 'invoiced' WHERE id = %s", done.ids
        )
        self.env.invalidate_all()
        request = self.make_request(records=self.env["crm.lead"])
        request.with_user(self.anna).action_collect()
        lines = request.line_ids.filtered(lambda line: line.res_model == "sale.order")
        ids = set(lines.mapped("res_id"))
        self.assertEqual(ids, set((quotation | sent | order).ids))
        self.assertFalse(ids.intersection((done | cancelled | foreign).ids))
        self.assertEqual(lines.scope_id, self.env.ref(SCOPE))

    def test_an_order_changes_hands_and_nothing_else(self):
        order = self.make_order(state="sale", date_order="2026-01-05 10:00:00")
        names = [
            "amount_total", "company_id", "currency_id", "date_order",
            "fiscal_position_id", "invoice_status", "name", "order_line", "partner_id",
            "payment_term_id", "pricelist_id", "state", "validity_date",
        ]  # fmt: skip
        before = order.read(names, load=None)
        self.make_request("transferred", order)
        self.assertOwner(order, self.bruno)
        self.assertEqual(order.team_id, self.team)
        self.assertEqual(order.order_line.salesman_id, self.bruno)
        self.assertEqual(order.read(names, load=None), before)
        self.assertTrue(self.notes(order))

    def test_the_line_keeps_what_the_order_was(self):
        order = self.make_order(state="sent")
        line = self.make_request("transferred", order).line_ids
        self.assertEqual(
            (line.before["stage"], line.before["amount"]), ("sent", order.amount_total)
        )
        self.assertEqual(line.before["owner"], self.anna.ids)

    def test_it_comes_back(self):
        order = self.make_order()
        request = self.make_request("transferred", order)
        request.with_user(self.leader).action_return()
        self.assertEqual(request.state, "returned")
        self.assertOwner(order, self.anna)
        self.assertEqual(order.order_line.salesman_id, self.anna)

    def test_todos_move_along(self):
        order = self.make_order()
        todo = self.make_todo(order)
        self.make_request("transferred", order)
        self.assertEqual(todo.user_id, self.bruno)

    def test_nobody_adds_the_orders_of_others(self):
        order = self.make_order(self.other)
        request = self.make_request().with_user(self.anna)
        with self.assertRefused(Exception, "do not belong"):
            request.add_records("sale.order", order.ids)

    def test_hand_over_from_the_list(self):
        order = self.make_order()
        wizard = self.env["handover.request.generate"].with_user(self.anna)
        wizard = wizard.with_context(active_model="sale.order", active_ids=order.ids)
        wizard = wizard.create({"successor_id": self.bruno.id})
        request = self.Request.browse(wizard.action_generate()["res_id"])
        self.assertEqual(request.line_ids.mapped("res_id"), order.ids)
        action = self.env.ref(
            "crm_handover_sale.handover_request_generate_action_sale_order"
        )
        self.assertEqual(action.binding_model_id.model, "sale.order")

    def test_customers_bring_what_is_theirs(self):
        customer = self.make_customer()
        contact = self.make_customer(parent_id=customer.id)
        order = self.make_order(partner_id=contact.id)
        lead = self.make_lead(partner_id=customer.id)
        task = self.make_task(partner_id=customer.id)
        self.make_order()
        self.make_lead()
        self.make_lead(self.other, partner_id=customer.id)
        for with_theirs, expected in (
            (False, customer), (True, [customer, order, lead, task, contact]),
        ):  # fmt: skip
            wizard = self.env["handover.request.generate"].with_user(self.anna)
            wizard = wizard.with_context(
                active_model="res.partner", active_ids=customer.ids
            )
            wizard = wizard.create(
                {"successor_id": self.bruno.id, "with_theirs": with_theirs}
            )
            request = self.Request.browse(wizard.action_generate()["res_id"])
            self.assertEqual(
                {(line.res_model, line.res_id) for line in request.line_ids},
                {(record._name, record.id) for record in expected}
                - ({("res.partner", contact.id)} if with_theirs else set()),
            )
            request.with_user(self.anna).unlink()

    def test_the_order_shows_its_handovers(self):
        order = self.make_order()
        request = self.make_request(records=order)
        self.assertEqual(order.with_user(self.anna).handover_count, 1)
        action = order.with_user(self.anna).action_view_handovers()
        self.assertEqual(action["domain"], [("id", "in", request.ids)])
        with Form(order.with_user(self.anna)) as form:
            self.assertEqual(form.handover_count, 1)


class TestAccess(SaleCase):
    def test_a_salesman_sees_what_he_saw_before(self):
        mine, unowned = self.make_order(self.bruno), self.make_order(user_id=False)
        theirs = self.make_order(self.other)
        orders = mine | unowned | theirs
        rules = self.env["ir.rule"].search(
            [("model_id.model", "in", ("sale.order", "sale.order.line")),
             ("domain_force", "like", "handover_")]
        )  # fmt: skip
        models = sorted(rule.model_id.model for rule in rules)
        self.assertEqual(models, ["sale.order"] * 2 + ["sale.order.line"] * 2)
        seen = {}
        for active in (True, False):
            rules.active = active
            for user in (self.bruno, self.alldocs, self.approver):
                found = orders.with_user(user).search([("id", "in", orders.ids)])
                lines = orders.order_line.with_user(user).search(
                    [("order_id", "in", orders.ids)]
                )
                seen.setdefault(user, []).append((found.ids, lines.ids))
        for user, (with_rules, without) in seen.items():
            self.assertEqual(with_rules, without, user.login)
        self.assertEqual(set(seen[self.bruno][0][0]), set((mine | unowned).ids))

    def test_who_has_no_sales_rights_gets_none(self):
        order = self.make_order()
        self.make_request("approved", order)
        for user in (self.projectuser, self.employee, self.portal):
            with self.assertRefused(AccessError):
                order.with_user(user).read(["name"])

    def test_successor_reads_from_the_approval_on(self):
        order = self.make_order()
        theirs = order.with_user(self.bruno)
        request = self.make_request("submitted", order)
        self.assertFalse(theirs.has_access("read"))
        request.with_user(self.anna).action_draft()
        request.with_user(self.anna).date_planned = "2031-01-01"
        self.bring(request.with_user(self.anna), "approved")
        self.assertTrue(theirs.has_access("read"))
        self.assertFalse(theirs.has_access("write"))
        self.assertTrue(theirs.order_line.has_access("read"))
        self.assertFalse(theirs.order_line.has_access("write"))
        self.assertFalse(order.with_user(self.chen).has_access("read"))

    def test_predecessor_keeps_what_the_handover_says(self):
        order = self.make_order()
        self.make_request("transferred", order, predecessor_access="keep")
        kept = order.with_user(self.anna)
        self.assertTrue(kept.has_access("write"))
        self.assertTrue(kept.order_line.has_access("write"))
        other = self.make_order()
        self.make_request("transferred", other)
        self.assertFalse(other.with_user(self.anna).has_access("read"))


class InvoiceCase(SaleCase):
    """With what an invoice needs: a journal and two accounts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        journal = {"name": "Sales", "code": "S", "type": "sale"}
        income = {"name": "Income", "code": "400000", "account_type": "income"}
        debt = {
            "name": "Debt", "code": "120000", "account_type": "asset_receivable",
            "reconcile": True,
        }  # fmt: skip
        accounts = cls.env["account.account"].with_company(cls.company)
        accounts.create([income, debt])
        debt = accounts.search([("code", "=", "120000")])
        income = accounts.search([("code", "=", "400000")])
        cls.customer.with_company(cls.company).property_account_receivable_id = debt
        cls.income = income
        cls.journal = cls.make("account.journal", **journal)

    def make_invoice(self, owner=None, post=True, price=50, orders=None, **values):
        """An invoice, of these orders or by itself."""
        line = {
            "name": "Desk", "price_unit": price, "tax_ids": False,
            "account_id": self.income.id,
        }  # fmt: skip
        if orders:
            line["sale_line_ids"] = [Command.set(orders.order_line.ids)]
        values = {
            "move_type": "out_invoice", "partner_id": self.customer.id,
            "journal_id": self.journal.id, "invoice_date": "2026-01-05",
            "invoice_user_id": (owner or self.anna).id,
            "invoice_line_ids": [Command.create(line)],
            **values,
        }  # fmt: skip
        invoice = self.make("account.move", **values)
        if post:
            invoice.action_post()
        return invoice


class TestCards(InvoiceCase):
    def test_a_customer(self):
        quotation = self.make_order(validity_date="2031-05-05")
        order = self.make_order(state="sale")
        invoice = self.make_invoice()
        sections = self.sections(self.customer, self.anna)
        [row] = sections["quotations"]
        self.assertEqual(
            (row["text"], row["res_model"], row["res_id"]),
            (quotation.display_name, "sale.order", quotation.id),
        )
        self.assertIn("100.00", row["detail"])
        self.assertIn("valid until May 5, 2031", row["detail"])
        self.assertEqual([row["res_id"] for row in sections["orders"]], order.ids)
        [row] = sections["invoices"]
        self.assertEqual(row["res_id"], invoice.id)
        self.assertIn("50.00", row["detail"])
        self.assertIn("Not Paid", row["detail"])

    def test_only_what_the_reader_may_read(self):
        self.make_order()
        self.make_invoice()
        for user in (self.bruno, self.projectuser, self.employee):
            sections = self.sections(self.customer, user)
            for key in ("quotations", "orders", "invoices"):
                self.assertNotIn(key, sections, user.login)
        self.assertIn("quotations", self.sections(self.customer, self.alldocs))

    def test_the_hook_as_superuser_asks_for_the_reader(self):
        self.make_order()
        hook = self.customer.sudo()._handover_card_sections
        keys = [section["key"] for section in hook(self.customer.with_user(self.bruno))]
        self.assertNotIn("quotations", keys)

    def test_long_lists_are_cut_and_counted(self):
        for _number in range(12):
            self.make_order()
        rows = self.sections(self.customer, self.anna)["quotations"]
        self.assertEqual(len(rows), 11)
        self.assertEqual(rows[-1]["text"], "and 2 more")
        self.assertFalse(rows[-1]["res_id"])

    def test_unpaid_invoices_come_first(self):
        unpaid = self.make_invoice()
        paid = [self.make_invoice() for _number in range(10)]
        self.env.cr.execute(
            "UPDATE account_move SET payment_state = 'paid' WHERE id = ANY(%s)",
            [[invoice.id for invoice in paid]],
        )
        self.env.invalidate_all()
        rows = self.sections(self.customer, self.anna)["invoices"]
        self.assertEqual(rows[0]["res_id"], unpaid.id)
        self.assertEqual(len(rows), 11)

    def test_a_deal_and_an_order(self):
        lead = self.make_lead(partner_id=self.customer.id)
        order = self.make_order(opportunity_id=lead.id)
        self.make_order()
        [row] = self.sections(lead, self.anna)["quotations"]
        self.assertEqual(row["res_id"], order.id)
        [row] = self.sections(order, self.anna)["order_lines"]
        self.assertEqual(row["text"], "Desk")
        self.assertIn("100.00", row["detail"])
        theirs = set(self.sections(order, self.bruno))
        self.assertFalse(theirs & {"order_lines", "invoices"})

    def test_values_are_plain(self):
        self.make_order()
        self.make_invoice()
        for rows in self.sections(self.customer, self.anna).values():
            for row in rows:
                self.assertEqual(set(row), {"text", "detail", "res_model", "res_id"})
                self.assertIsInstance(row["text"], str)
                self.assertIsInstance(row["detail"], str)


class TestChecks(SaleCase):
    def lacking(self, records):
        request = self.make_request(records=records)
        lines = request.line_ids.filtered("gap_ids")
        return records.browse(lines.mapped("res_id"))

    def test_customers_without_an_order(self):
        self.env.ref("crm_handover_sale_completeness.check_partner_order").active = True
        never = self.make_customer(name="Never")
        asked, cancelled = self.make_customer(), self.make_customer()
        bought = self.make_customer()
        contact = self.make_customer(parent_id=bought.id)
        self.make_order(partner_id=asked.id, state="sent")
        self.make_order(partner_id=cancelled.id, state="cancel")
        # whoever sold it
        self.make_order(self.other, partner_id=contact.id, state="sale")
        records = never | asked | cancelled | bought | contact
        self.assertEqual(self.lacking(records), never | asked | cancelled)

    def test_contact_persons_are_no_customers_of_their_own(self):
        self.env.ref("crm_handover_sale_completeness.check_partner_order").active = True
        customer = self.make_customer(is_company=True)
        person = self.make_customer(name="Ann", parent_id=customer.id)
        private = self.make_customer(name="Alone")
        self.assertEqual(self.lacking(customer | person | private), customer | private)

    def test_orders_of_other_companies_do_not_count(self):
        self.env.ref("crm_handover_sale_completeness.check_partner_order").active = True
        customer = self.make_customer(company_id=False)
        order = self.make_order(partner_id=customer.id, state="sale")
        self.env.cr.execute(
            "UPDATE sale_order SET company_id = %s WHERE id = %s",
            [self.abroad.id, order.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.lacking(customer), customer)

    def test_it_is_looked_for_in_customers_only(self):
        with self.assertRefused(ValidationError, "cannot be looked for"):
            self.env["handover.check"].create(
                {
                    "name": "X", "kind": "no_order",
                    "scope_id": self.env.ref("crm_handover.scope_crm_lead").id,
                }
            )  # fmt: skip

    def test_todos_of_orders(self):
        self.env.ref("crm_handover_sale_completeness.check_order_overdue").active = True
        late, fine = self.make_order(), self.make_order()
        yesterday = fields.Date.subtract(fields.Date.today(), days=1)
        self.make_todo(late, date_deadline=yesterday)
        self.assertEqual(self.lacking(late | fine), late)


class TestCustomersPage(HttpCase, SaleCase):
    """Who reads by a handover has no key to the customer's page, and no way to it."""

    def setUp(self):
        super().setUp()
        self.order = self.make_order(state="sent")
        project = self.make(
            "project.project", name="Secret", privacy_visibility="followers"
        )
        self.task = self.make_task(project_id=project.id)
        self.records = (self.order, self.task)
        (self.anna | self.bruno).group_ids += self.env.ref("base.group_allow_export")
        for record in self.records:
            self.key = record._portal_ensure_token()
        self.files = self.env["ir.attachment"].create(
            [
                {"name": "a.txt", "raw": b"a", "res_model": record._name,
                 "res_id": record.id}
                for record in self.records
            ]
        )  # fmt: skip

        self.written = self.write_to_customers()

    def write_to_customers(self):
        """Invite somebody to each page, and ask for a rating of the task."""
        customer = self.make_customer(email="customer@example.com")
        for record in self.records:
            opened = {"active_model": record._name, "active_id": record.id}
            self.env["portal.share"].with_context(opened).create(
                {"partner_ids": customer.ids}
            ).action_send_mail()
        self.task.partner_id = customer
        self.task.with_user(self.anna).rating_send_request(
            self.env.ref("project.rating_project_request_email_template")
        )
        messages = self.order.message_ids | self.task.message_ids
        rating = self.task.rating_ids.sudo()
        keys = {self.order.access_token, self.task.access_token, rating.access_token}
        written = messages.filtered(lambda one: any(key in one.body for key in keys))
        self.assertEqual(len(written), 3)
        self.keys = keys
        return written

    def told(self, user):
        """Return in how many ways the chatter tells ``user`` a key."""
        self.env.invalidate_all()
        mine, found = self.written.with_user(user), 0
        self.assertTrue(mine.has_access("read"))
        answers = [
            mine.read(["body", "preview"]), mine.search_read([("id", "in", mine.ids)]),
            mine.web_read({"body": {}}), mine.portal_message_format(),
            Store().add(mine).get_result(),
        ]  # fmt: skip
        found += sum(any(key in str(answer) for key in self.keys) for answer in answers)
        for key in self.keys:
            for operator, part in (
                ("ilike", key), ("like", key[:9]), ("=like", f"%{key}%")
            ):  # fmt: skip
                found += bool(mine.search([("body", operator, part)]))
            found += len(mine._message_fetch(None, search_term=key)["messages"])
        return found

    def assertNoKey(self, user):
        self.env.invalidate_all()
        self.assertFalse(self.told(user))
        # the rest is read
        for message in self.written.with_user(user):
            self.assertIn("</a>", message.body)
        with self.assertRefused(AccessError):
            self.task.with_user(user)._rating_get_access_token()
        for record in self.records:
            mine = record.with_user(user)
            self.assertTrue(mine.has_access("read"), record._name)
            for what, call in {
                "read": lambda mine=mine: mine.read(["access_token"]),
                "search": lambda mine=mine: mine.search(
                    [("access_token", "=like", "%")]
                ),
                "order": lambda mine=mine: mine.search([], order="access_token"),
                "export": lambda mine=mine: mine.export_data(["access_token"]),
                "group": lambda mine=mine: mine.formatted_read_group(
                    [], ["access_token"]
                ),
                "web_read": lambda mine=mine: mine.web_read({"access_token": {}}),
                "portal": lambda mine=mine: mine.get_portal_url(),
                "share": lambda mine=mine: mine._get_share_url(),
            }.items():
                self.env.invalidate_all()
                with (
                    self.subTest(what=what, of=record._name),
                    self.assertRefused(AccessError),
                ):
                    call()
            self.assertNotIn("access_token", mine.read()[0])
        ratings = self.env["rating.rating"].with_user(user)
        asked = [("res_model", "=", "project.task"), ("res_id", "=", self.task.id)]
        [rating] = self.call(user, "rating.rating", "search_read", asked)
        self.assertFalse(rating["access_token"])
        self.assertFalse(ratings.search([*asked, ("access_token", "!=", False)]))
        had = self.files.sudo().mapped("access_token")
        for file in self.files.with_user(user):
            self.assertEqual(file.raw, b"a")
            # Odoo's editor asks for a key, and goes on without
            answer = self.call(user, file._name, "generate_access_token", file.ids)
            self.assertEqual(answer, [""])
            with self.assertRefused(AccessError):
                self.call(user, file._name, "write", file.ids, {"access_token": "x"})
            told = str(Store().add(file).get_result())
            self.assertIn("raw_access_token': ''", told)
            self.assertIn("thumbnail_access_token': ''", told)
        self.assertEqual(self.files.sudo().mapped("access_token"), had)
        self.assertNoKeyInPortal(user)

    def call(self, user, model, method, *args, **kwargs):
        """As over RPC."""
        self.env.invalidate_all()
        return call_kw(self.env(user=user)[model], method, args, kwargs)

    def assertNoKeyInPortal(self, user):
        """Nor by what a page of customers fetches, whatever key is sent along."""
        self.authenticate(user.login, user.login)
        for record in self.records:
            key = record.sudo().access_token
            link = Markup("<a href='/my/page?access_token=%s'>Page</a>") % key
            for body in (link, "Without any"):
                record.message_post(
                    body=body, message_type="comment", subtype_xmlid="mail.mt_comment"
                )
            for sent, term in (("x", None), (key, None), ("x", key)):
                values = {
                    "thread_model": record._name, "thread_id": record.id,
                    "token": sent, "fetch_params": {"search_term": term},
                }  # fmt: skip
                answer = self.make_jsonrpc_request("/mail/chatter_fetch", values)
                self.assertFalse([k for k in self.keys if k in str(answer)])
                self.assertEqual(bool(answer["messages"]), not term)

    def assertKey(self, user):
        self.env.invalidate_all()
        self.assertTrue(self.told(user))
        for record in self.records:
            mine = record.with_user(user)
            self.assertIn("access_token=", mine.get_portal_url())
        for file in self.files.with_user(user):
            self.assertTrue(file._get_raw_access_token())
            self.assertEqual(file.generate_access_token(), [file.sudo().access_token])
        mine = self.task.rating_ids.with_user(user)
        self.assertEqual(mine.access_token, mine.sudo().access_token)

    def page(self, user):
        self.authenticate(user.login, user.login)
        answer = self.url_open(f"/my/orders/{self.order.id}", allow_redirects=False)
        return answer.status_code

    def hand_over(self, state, **values):
        request = self.make_request(records=self.order, **values)
        request.with_user(self.anna).add_records("project.task", self.task.ids)
        self.bring(request.with_user(self.anna), state)
        return request

    def test_a_successor_before_the_transfer(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        self.hand_over("approved", date_planned=tomorrow)
        self.assertNoKey(self.bruno)
        self.assertKey(self.anna)
        self.assertEqual(self.page(self.anna), 200)
        self.assertEqual(self.page(self.bruno), 303)
        self.authenticate(None, None)
        page = f"/my/orders/{self.order.id}?access_token={self.order.access_token}"
        self.assertEqual(self.url_open(page, allow_redirects=False).status_code, 200)

    def test_a_predecessor_afterwards(self):
        later = fields.Datetime.now() + timedelta(days=9)
        self.hand_over("transferred", predecessor_access="read", date_access_end=later)
        self.assertNoKey(self.anna)
        self.assertKey(self.bruno)
        self.assertEqual(self.page(self.anna), 303)

    def outside(self, user, model, method, *args, **kwargs):
        """Return what XML-RPC answers, as a text, or the refusal."""
        try:
            with mute_logger("odoo.http"):
                return self.xmlrpc_object.execute_kw(
                    self.env.cr.dbname, user.id, user.login, model, method, args, kwargs
                )
        except xmlrpc.client.Fault as fault:
            return fault.faultString

    def test_no_button_or_dialog_tells_a_guest_the_key(self):
        """Nobody who reads by a handover ever had a key: none is to be changed."""
        later = fields.Datetime.now() + timedelta(days=9)
        self.hand_over("transferred", predecessor_access="read", date_access_end=later)
        keys = {record._name: record.sudo().access_token for record in self.records}
        for record in self.records:
            name, ids = record._name, record.ids
            wizard = {"active_model": name, "active_id": record.id, "active_ids": ids}
            reference = f"{name},{record.id}"
            asked = {
                "fields": (name, "read", ids),
                "key": (name, "read", ids, ["access_token"]),
                "found": (name, "search", [("access_token", "=", keys[name])]),
                "form": (name, "get_formview_action", ids),
                "address": (name, "read", ids, ["access_url"]),
                "preview": (name, "action_preview_sale_order", ids),
                "page": (name, "get_portal_url", ids),
                "share": (name, "action_share", ids),
                "shared": ("portal.share", "default_get", ["share_link"]),
                "sharing": (
                    "portal.share", "onchange", [],
                    {"resource_ref": reference, "res_model": name, "res_id": record.id},
                    ["resource_ref"], {"share_link": {}},
                ),
                "mail": (
                    "mail.compose.message", "onchange", [],
                    {"model": name, "res_ids": str(ids), "body": "x"},
                    ["model"], {"body": {}, "subject": {}},
                ),
                "pay": ("payment.link.wizard", "default_get", ["link"]),
                "history": (
                    "mail.message", "search_read",
                    [("model", "=", name), ("res_id", "=", record.id)],
                ),
            }  # fmt: skip
            for what, (model, method, *args) in asked.items():
                with self.subTest(what=what, of=name):
                    answer = self.outside(
                        self.anna, model, method, *args, context=wizard
                    )
                    self.assertNotIn(keys[name], str(answer))
                    if what == "found":
                        self.assertNotEqual(answer, ids)
            # whose it is by now goes on, and so do the links of the customers
            with self.subTest("its owner", of=name):
                answer = self.outside(self.bruno, name, "read", ids, ["access_token"])
                self.assertIn(keys[name], str(answer))
            self.assertEqual(record.sudo().access_token, keys[name])
