"""The glue to OCA's helpdesk; run by ../radar/test_beside.py, where the add-ons are."""

OWN = "helpdesk_mgmt.group_helpdesk_user_own"
KIND = "crm_handover_helpdesk_mgmt.scope_helpdesk_ticket"


class TicketTests:
    @classmethod
    def get_ready(cls):
        super().get_ready()
        for user in (cls.anna, cls.bruno, cls.chen):
            user.group_ids |= cls.env.ref(OWN)
        cls.hotline = cls.make("helpdesk.ticket.team", name="Hotline")
        cls.hotline.user_ids = cls.anna | cls.bruno
        stages = cls.env["helpdesk.ticket.stage"]
        cls.working = stages.create({"name": "At work", "team_ids": cls.hotline.ids})
        cls.solved = stages.create({"name": "Solved", "closed": True})

    def make_ticket(self, owner=None, **values):
        values = {
            "name": "Leak", "description": "Water", "team_id": self.hotline.id,
            "user_id": (owner or self.anna).id, "stage_id": self.working.id,
            "assigned_date": "2026-01-05 08:00:00", **values,
        }  # fmt: skip
        return self.make("helpdesk.ticket", **values)

    def test_tickets_are_collected_change_hands_and_come_back(self):
        ticket, alone = self.make_ticket(), self.make_ticket(team_id=False)
        self.make_ticket(stage_id=self.solved.id)
        self.make_ticket(active=False)
        self.make_ticket(self.bruno)
        names = ["team_id", "stage_id", "assigned_date", "number", "priority"]
        before = (ticket | alone).read(names, load=None)
        todo = self.make_todo(ticket)
        request = self.make_request(records=self.env["crm.lead"])
        request.with_user(self.anna).action_collect()
        lines = request.line_ids.filtered(lambda one: one.res_model == ticket._name)
        self.assertEqual(set(lines.mapped("res_id")), set((ticket | alone).ids))
        self.assertEqual(lines.scope_id, self.env.ref(KIND))
        self.bring(request.with_user(self.anna), "transferred")
        self.assertOwner(ticket | alone, self.bruno)
        self.assertEqual((ticket | alone).read(names, load=None), before)
        self.assertEqual(todo.user_id, self.bruno)
        self.assertTrue(self.notes(ticket))
        self.assertEqual(lines[0].before["stage"], "At work")
        self.assertEqual(ticket.with_user(self.bruno).handover_count, 1)
        # whose it was gets it back, be it without the team
        self.hotline.user_ids = self.bruno
        request.with_user(self.leader).action_return()
        self.assertOwner(ticket | alone, self.anna)
        self.assertEqual((ticket | alone).read(names, load=None), before)

    def test_a_ticket_goes_to_its_team_and_to_who_works_in_helpdesk(self):
        ticket, alone = self.make_ticket(), self.make_ticket(team_id=False)
        for taker, about, code, text in (
            (self.chen, ticket, "rejected", "not in the helpdesk team Hotline"),
            (self.alldocs, alone, "successor_no_access", "no role in Helpdesk"),
        ):
            request = self.make_request(
                records=ticket | alone, successor_id=taker.id
            ).with_user(self.anna)
            found = request.preflight()["findings"]
            told = {one["res_id"]: one for one in found if one["code"] == code}
            self.assertIn(about.id, told)
            self.assertEqual(told[about.id]["severity"], "blocker")
            self.assertIn(text, told[about.id]["message"])
            self.assertEqual(alone.id in told, about == alone)
            with self.assertRefused(Exception, text):
                request.action_submit()
            request.unlink()
        # who has left the team meanwhile gets none of its tickets
        request = self.make_request("approved", ticket | alone)
        self.hotline.user_ids = self.anna
        request.with_user(self.leader).action_run()
        self.assertEqual(self.codes(request), {ticket: "rejected", alone: "done"})
        self.assertOwner(ticket, self.anna)

    def test_a_handover_opens_tickets_early_and_late(self):
        ticket = self.make_ticket()
        theirs = ticket.with_user(self.bruno)
        request = self.make_request("submitted", ticket)
        self.assertFalse(theirs.has_access("read"))
        request.with_user(self.anna).action_draft()
        request.with_user(self.anna).date_planned = "2031-01-01"
        self.bring(request.with_user(self.anna), "approved")
        self.assertTrue(theirs.has_access("read"))
        self.assertFalse(theirs.has_access("write"))
        for user in (self.chen, self.employee, self.portal):
            self.assertFalse(ticket.with_user(user).has_access("read"))
        kept, gone = self.make_ticket(), self.make_ticket()
        self.make_request("transferred", kept, predecessor_access="keep")
        self.make_request("transferred", gone)
        self.assertTrue(kept.with_user(self.anna).has_access("write"))
        self.assertFalse(gone.with_user(self.anna).has_access("read"))

    def test_customers_and_their_tickets(self):
        customer = self.make_customer()
        contact = self.make_customer(parent_id=customer.id)
        quiet = self.make_customer()
        ticket = self.make_ticket(partner_id=contact.id)
        on_it = self.make_ticket(partner_id=customer.id)
        self.make_ticket(partner_id=customer.id, stage_id=self.solved.id)
        hidden = self.make_ticket(self.bruno, partner_id=customer.id)
        request = self.make_request(records=customer | contact | quiet)
        request = request.with_user(self.anna)
        request.add_records("helpdesk.ticket", on_it.ids)
        found = request.preflight()["findings"]
        told = {one["res_id"]: one for one in found if one["code"] == "open_tickets"}
        self.assertEqual(set(told), {customer.id, contact.id})
        for one in told.values():
            self.assertEqual(one["severity"], "info")
            self.assertIn("not on this handover: 1", one["message"])
        [section] = [
            section
            for section in customer._handover_card_sections(
                customer.with_user(self.anna)
            )
            if section["key"] == "helpdesk.ticket"
        ]
        shown = {row["res_id"] for row in section["rows"]}
        self.assertLessEqual({ticket.id, on_it.id}, shown)
        self.assertNotIn(hidden.id, shown)
        review = self.env["handover.request.review"]
        self.assertIn(("helpdesk.ticket", "partner_id"), review._complaint_fields())
