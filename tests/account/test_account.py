"""Draft invoices follow the orders and customers that they belong to."""

from odoo import Command
from odoo.exceptions import UserError

from ..sale.test_sale import InvoiceCase


class TestDrafts(InvoiceCase):
    def make_draft(self, owner=None, **values):
        return self.make_invoice(owner, post=False, **values)

    def make_sale(self, owner=None, **values):
        """A confirmed order of which more is to be invoiced than there will be."""
        line = {"product_id": self.product.id, "product_uom_qty": 9}
        values = {"order_line": [Command.create(line)], **values}
        return self.make_order(owner, state="sale", **values)

    def assertSeller(self, invoices, user):
        self.env.invalidate_all()
        self.assertEqual(invoices.mapped("invoice_user_id"), user)

    def test_drafts_of_an_order_go_along_and_come_back(self):
        order = self.make_sale()
        north = self.make_team("North", self.leader, self.anna)
        draft = self.make_draft(orders=order, team_id=north.id)
        credit = self.make_draft(orders=order, move_type="out_refund", team_id=north.id)
        posted = self.make_invoice(orders=order)
        cancelled = self.make_draft(orders=order)
        cancelled.button_cancel()
        foreign = self.make_draft(self.other, orders=order)
        for_itself = self.make_draft()
        stay = posted | cancelled | for_itself
        letters = self.env["mail.mail"].search([])
        request = self.make_request("transferred", order)
        self.assertSeller(draft | credit, self.bruno)
        self.assertSeller(stay, self.anna)
        self.assertSeller(foreign, self.other)
        self.assertEqual((draft | credit).team_id, self.team)
        self.assertTrue(draft.with_user(self.bruno).has_access("read"))
        self.assertFalse(draft.with_user(self.anna).has_access("read"))
        told = draft.message_ids.tracking_value_ids.filtered(
            lambda value: value.field_id.name == "invoice_user_id"
        )
        self.assertEqual(told.new_value_char, "Bruno")
        # people get the digests of the handover, and none about an invoice
        letters = self.env["mail.mail"].search([]) - letters
        self.assertNotIn("account.move", letters.mapped("model"))
        kept = request.line_ids.after["invoices"]
        teams = [north.id, self.team.id]
        self.assertEqual(sorted(kept), [[draft.id, *teams], [credit.id, *teams]])
        request.with_user(self.leader).action_return()
        self.assertSeller(draft | credit | stay, self.anna)
        self.assertEqual((draft | credit).team_id, north)
        self.assertSeller(foreign, self.other)

    def test_what_changed_since_stays_as_it_is(self):
        order = self.make_sale()
        posted, given, moved = (self.make_draft(orders=order) for _i in range(3))
        request = self.make_request("transferred", order)
        posted.action_post()
        given.invoice_user_id = self.chen
        south = self.make_team("South", self.leader)
        moved.team_id = south
        late = self.make_draft(self.bruno, orders=order)
        request.with_user(self.leader).action_return()
        self.assertSeller(posted | late, self.bruno)
        self.assertSeller(given, self.chen)
        self.assertSeller(moved, self.anna)
        self.assertEqual(moved.team_id, south)

    def test_of_several_orders_the_last_one_takes_it_along(self):
        first, second = self.make_sale(), self.make_sale()
        draft = self.make_draft(orders=first | second)
        self.make_request("transferred", first)
        self.assertSeller(draft, self.anna)
        request = self.make_request("transferred", second, successor_id=self.chen.id)
        self.assertSeller(draft, self.chen)
        self.assertEqual(request.line_ids.after["invoices"][0][0], draft.id)

    def test_drafts_of_a_customer(self):
        """But for those of an open order, or of a contact that is somebody's."""
        contact = self.make_customer(parent_id=self.customer.id)
        nobodys = self.make_customer(parent_id=self.customer.id)
        self.customer.user_id = self.anna
        contact.user_id = self.chen
        nobodys.user_id = False
        order = self.make_sale()
        of_order = self.make_draft(orders=order)
        # all of it is on the draft: the order is history, and what is to be paid is not
        closed = self.make_order(state="sale")
        of_closed = self.make_draft(orders=closed)
        self.assertEqual(closed.invoice_status, "invoiced")
        theirs, of_contact, of_nobody = (
            self.make_draft(partner_id=partner.id)
            for partner in (self.customer, contact, nobodys)
        )
        request = self.make_request("transferred", self.customer)
        going = theirs | of_nobody | of_closed
        self.assertSeller(going, self.bruno)
        self.assertOwner(closed, self.anna)
        self.assertSeller(of_contact | of_order, self.anna)
        request.with_user(self.leader).action_return()
        self.assertSeller(going | of_contact | of_order, self.anna)

    def test_a_pool_has_drafts_of_nobody_until_somebody_takes_the_order(self):
        order = self.make_sale()
        north = self.make_team("North", self.leader, self.anna)
        draft = self.make_draft(orders=order, team_id=north.id)
        request = self.make_request(records=order, successor_id=False)
        request.line_ids.with_user(self.anna).write({"pool_team_id": self.team.id})
        self.bring(request.with_user(self.anna), "transferred")
        self.assertFalse(order.user_id)
        self.assertFalse(draft.invoice_user_id)
        request.line_ids.with_user(self.chen).action_claim()
        self.assertSeller(draft, self.chen)
        request.with_user(self.leader).action_return()
        self.assertSeller(draft, self.anna)
        self.assertEqual(draft.team_id, north)

    def test_who_may_not_open_it_does_not_get_it(self):
        """The check says so, and the outcome; the record goes without it."""
        # contacts can be opened by everybody
        self.customer.user_id = self.anna
        quiet = self.make_customer()
        draft = self.make_draft(ref="Secret")
        request = self.make_request(
            records=self.customer | quiet, successor_id=self.projectuser.id
        )
        found = request.with_user(self.anna).preflight()
        self.assertTrue(found["ok"], found)
        [told] = [row for row in found["findings"] if row["code"] == "invoices_closed"]
        self.assertEqual(
            (told["severity"], told["res_id"]), ("warning", self.customer.id)
        )
        self.assertIn("they stay with Anna", told["message"])
        self.bring(request.with_user(self.anna), "transferred")
        self.assertOwner(self.customer | quiet, self.projectuser)
        self.assertSeller(draft, self.anna)
        line = request.line_ids.filtered(lambda one: one.res_id == self.customer.id)
        other = request.line_ids - line
        self.assertIn("stays with Anna", line.result_message)
        # nor does the outcome name what whoever takes over could not open
        self.assertNotIn("Secret", f"{line.result_message} {line.after}")
        self.assertIn("Projectuser could not open it", line.result_message)
        self.assertFalse(other.result_message)
        self.assertNotIn("invoices", line.after)
        # nothing is said to who may open it
        mine = self.make_request(records=self.make_sale())
        found = mine.with_user(self.anna).preflight()["counts"]
        self.assertNotIn("invoices_closed", found)

    def test_drafts_of_many_are_looked_for_at_once(self):
        """Those of a contact are its company's too; more take no more queries."""

        def queries(number):
            companies = self.env["res.partner"]
            for index in range(number):
                companies |= self.make_customer(is_company=True, name=f"C{index}")
            contacts = self.env["res.partner"].create(
                [{"name": "Contact", "parent_id": one.id} for one in companies]
            )
            contacts.property_account_receivable_id = (
                self.customer.property_account_receivable_id
            )
            for contact in contacts:
                self.make_draft(partner_id=contact.id)
            quiet = self.make_customer()
            request = self.make_request(
                records=companies | quiet, successor_id=self.projectuser.id
            ).with_user(self.anna)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            told = list(request._draft_findings(
                request.line_ids.sudo(), self.anna.sudo(), self.projectuser.sudo()
            ))  # fmt: skip
            self.assertEqual({row["res_id"] for row in told}, {*companies.ids})
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertLess(queries(12) - queries(3), 5)

    def test_what_refuses_stays_and_keeps_no_order_back(self):
        orders = self.make_sale() | self.make_sale()
        drafts = [self.make_draft(orders=order) for order in orders]
        Move, write = type(drafts[0]), type(drafts[0]).write

        def refuse(moves, vals):
            if drafts[0] in moves and "invoice_user_id" in vals:
                raise UserError("Sealed by the auditor.")
            return write(moves, vals)

        self.patch(Move, "write", refuse)
        request = self.make_request("transferred", orders)
        self.assertEqual(set(self.codes(request).values()), {"done"})
        self.assertSeller(drafts[0], self.anna)
        self.assertSeller(drafts[1], self.bruno)
        line = request.line_ids.filtered(lambda line: line.res_id == orders[0].id)
        self.assertIn("Sealed by the auditor.", line.result_message)
