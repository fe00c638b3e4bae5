"""My handovers: what waits for somebody, what they give, what they take."""

from lxml import etree

from odoo.tools.safe_eval import safe_eval

from ..common import IN_NO_WAY_CONCERNED, HandoverCommon

PEOPLE = ("anna", "bruno", "chen", "leader", "approver", "manager", "admin")


class TestMyPart(HandoverCommon):
    def waiting(self, *requests):
        """Whom the requests wait for, by login; computed, searched and grouped."""
        ids = [request.id for request in requests]
        self.env.flush_all()
        found = {}
        for login in PEOPLE:
            mine = self.Request.with_user(getattr(self, login))
            domain = [("id", "in", ids), ("waiting_for_me", "=", True)]
            searched = mine.search(domain)
            readable = mine.search([("id", "in", ids)])
            readable.invalidate_recordset()
            self.assertEqual(searched, readable.filtered("waiting_for_me"), login)
            others = mine.search([("id", "in", ids), ("waiting_for_me", "=", False)])
            self.assertEqual(others, readable - searched)
            groups = mine._read_group(
                [("id", "in", ids)], ["my_part"], ["id:recordset"]
            )
            for part, group in groups:
                self.assertEqual(group.mapped("my_part"), [part] * len(group), login)
            if searched:
                found[login] = searched
        return set(found)

    def test_each_state_waits_for_those_who_go_on(self):
        for state, people in (
            ("draft", {"anna"}),
            ("submitted", {"leader"}),
            ("approved", {"bruno"}),
            ("running", set()),
            ("transferred", {"anna", "bruno"}),
            ("done", set()),
            ("refused", {"anna"}),
            ("cancelled", set()),
        ):
            request = self.make_request(state)
            self.assertEqual(self.waiting(request), people, state)

    def test_who_accepted_or_signed_is_not_waited_for(self):
        request = self.make_request("approved")
        request.line_ids.with_user(self.bruno).action_accept()
        self.assertEqual(self.waiting(request), set())
        request = self.make_request("transferred")
        request.with_user(self.bruno).action_confirm()
        self.assertEqual(self.waiting(request), {"anna"})

    def test_a_successor_who_got_nothing_is_not_waited_for(self):
        request = self.make_request("transferred", self.make_lead() | self.make_lead())
        request.line_ids.filtered(lambda line: line.successor_id == self.bruno)[
            0
        ]._trusting().write({"successor_id": self.chen.id, "state": "failed"})
        request._sync_successors()
        self.assertEqual(self.waiting(request), {"anna", "bruno"})

    def test_manager_is_waited_for_when_the_predecessor_has_left(self):
        request = self.make_request("transferred")
        self.anna.active = False
        self.assertIn("manager", self.waiting(request))
        request.with_user(self.manager).action_confirm()
        self.assertEqual(self.waiting(request), {"bruno"})

    def test_leader_confirms_for_a_team_without_a_predecessor(self):
        lead = self.make_lead()
        request = self.make_request(
            "transferred", lead, self.leader, predecessor_id=False,
            source_team_id=self.team.id,
        )  # fmt: skip
        self.assertEqual(self.waiting(request), {"leader", "bruno"})

    def test_parts_in_order(self):
        giving = self.make_request("cancelled", by=self.anna)
        taking = self.make_request(
            "cancelled", self.make_lead(self.bruno), self.bruno,
            predecessor_id=self.bruno.id, successor_id=self.anna.id,
        )  # fmt: skip
        acting = self.make_request()
        ids = (giving | taking | acting).ids
        groups = self.Request.with_user(self.anna).formatted_read_group(
            [("id", "in", ids)], ["my_part"], ["__count"]
        )
        self.assertEqual([g["my_part"] for g in groups], ["act", "give", "take"])
        watching = giving.with_user(self.approver)
        self.assertEqual(watching.my_part, "watch")

    def test_mine_is_also_what_one_looks_after_or_has_a_step_of(self):
        request = self.make_request("approved", coordinator_id=self.chen.id)
        view = self.env.ref("crm_handover.handover_request_view_search")
        [domain] = [
            node.get("domain")
            for node in etree.fromstring(view.arch).iter("filter")
            if node.get("name") == "filter_mine"
        ]

        def mine(user):
            Request = self.Request.with_user(user)
            return Request.search(safe_eval(domain, {"uid": user.id}))

        self.assertIn(request, mine(self.chen))
        self.assertNotIn(request, mine(self.manager))
        request.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.manager.id
        )
        self.assertIn(request, mine(self.manager))

    def test_nobody_else_finds_anything(self):
        self.make_request("submitted")
        for login in ("other", "alldocs", "projectuser"):
            mine = self.Request.with_user(getattr(self, login))
            self.assertFalse(mine.search([("waiting_for_me", "=", True)]), login)
        self.assertIn("other", IN_NO_WAY_CONCERNED)

    def test_the_menu_groups_by_it(self):
        action = self.env.ref("crm_handover.handover_request_action")
        self.assertIn("search_default_group_by_my_part", action.context)
        views = self.Request.with_user(self.anna).get_views(
            [(view.view_id.id, view.view_mode) for view in action.view_ids]
        )["views"]
        self.assertIn('expand="1"', views["list"]["arch"])
        self.assertIn('default_group_by="my_part"', views["kanban"]["arch"])
        fields = self.Request.fields_get(["my_part"], ["groupable", "sortable"])
        self.assertTrue(fields["my_part"]["groupable"])
