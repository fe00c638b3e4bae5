"""The overview of managers: numbers of what they may read, and who left."""

import json

from odoo.exceptions import AccessError

from ..common import HandoverCommon


class TestOverview(HandoverCommon):
    def overview(self, user):
        self.env.flush_all()
        overview = self.Request.with_user(user).get_overview()
        # plain values: the client and integrations get them
        return json.loads(json.dumps(overview))

    def counts(self, user):
        """The cards that are not empty; each finds as many as it says."""
        found = {}
        for card in self.overview(user)["cards"]:
            mine = self.Request.with_user(user)
            self.assertEqual(mine.search_count(card["domain"]), card["count"], card)
            if card["count"]:
                found[card["key"]] = card["count"]
        return found

    def left(self, user):
        return {row["id"]: row for row in self.overview(user)["left"]}

    def leave(self, user):
        user.with_context(active_test=False).active = False

    def test_approver_sees_what_waits_and_what_failed(self):
        self.make_request("submitted")
        self.make_request("approved")
        self.make_request("running")
        request = self.make_request("transferred", self.make_lead() | self.make_lead())
        request.line_ids[0]._trusting().write({"state": "failed"})
        draft = self.make_request()
        draft.line_ids.with_user(self.anna).successor_id = False
        self.assertEqual(
            self.counts(self.approver),
            {
                "to_decide": 1, "soon": 1, "running": 1, "to_confirm": 1, "failed": 1,
                "no_successor": 1,
            },
        )  # fmt: skip
        alarms = {c["key"] for c in self.overview(self.approver)["cards"] if c["alarm"]}
        self.assertEqual(alarms, {"failed", "no_successor"})

    def test_numbers_are_of_what_the_reader_may_read(self):
        self.make_request("submitted")
        self.assertEqual(self.counts(self.leader), {"mine": 1, "to_decide": 1})
        for login in ("other", "alldocs", "projectuser", "foreigner"):
            self.assertEqual(self.counts(getattr(self, login)), {}, login)
        for login in ("employee", "portal"):
            with self.assertRefused(AccessError):
                self.overview(getattr(self, login))

    def test_who_left_is_listed_with_their_open_records(self):
        self.make_lead(self.chen)
        self.make_lead(self.chen, active=False)
        self.make_customer(self.chen)
        self.make_task(self.chen, project_id=False)
        self.make_lead(self.anna)
        self.leave(self.chen)
        row = self.left(self.manager)[self.chen.id]
        self.assertEqual((row["name"], row["count"]), ("Chen", 2))
        self.assertIn("Customers: 1", row["kinds"])
        self.assertFalse(row["handover_id"])
        self.assertNotIn(self.anna.id, self.left(self.manager))

    def test_leader_sees_who_left_the_own_team(self):
        self.make_lead(self.chen)
        self.make_lead(self.other)
        for user in (self.chen, self.other):
            self.leave(user)
        self.assertEqual(set(self.left(self.leader)), {self.chen.id})
        # who may not hand it over learns nothing
        for login in ("approver", "anna", "alldocs", "foreigner"):
            self.assertFalse(self.left(getattr(self, login)), login)

    def test_a_handover_under_way_is_named(self):
        self.make_lead(self.chen)
        self.leave(self.chen)
        request = self.Request.with_user(self.manager).create(
            {"predecessor_id": self.chen.id, "successor_id": self.bruno.id}
        )
        row = self.left(self.manager)[self.chen.id]
        self.assertEqual(
            (row["handover_id"], row["handover"]), (request.id, request.name)
        )
        request.action_cancel()
        self.assertFalse(self.left(self.manager)[self.chen.id]["handover_id"])

    def test_the_list_of_people_is_short(self):
        people = [
            self.make_user(f"gone{n}", "sales_team.group_sale_salesman")
            for n in range(22)
        ]
        for person in people:
            self.make_lead(person)
            self.leave(person)
        overview = self.overview(self.manager)
        self.assertEqual(len(overview["left"]), 20)
        self.assertGreaterEqual(overview["left_count"], 22)

    def test_menu_is_for_approvers(self):
        menu = self.env.ref("crm_handover.handover_request_menu_overview")
        self.assertEqual(
            menu.group_ids, self.env.ref("crm_handover.group_handover_approver")
        )
