"""What hangs on the owner or the team stays, is told when it cannot, and comes back."""

from odoo import Command

from ..common import HandoverCommon

SOUTH = [
    {"name": "aa11", "string": "Budget", "type": "integer"},
    {"name": "bb22", "string": "Region", "type": "char"},
    {
        "name": "cc33", "string": "Channel", "type": "selection",
        "selection": [["fair", "Fair"], ["web", "Website"]],
    },
]  # fmt: skip
# the same label and type as in the south, but for the region, which nobody knows here
NORTH = [
    {"name": "dd44", "string": "budget ", "type": "integer"},
    {
        "name": "ee55", "string": "Channel", "type": "selection",
        "selection": [["one", "Website"], ["two", "Phone"]],
    },
]  # fmt: skip
VALUES = {"aa11": 5000, "bb22": "Alps", "cc33": "web"}


class TestProperties(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north = cls.make_team("North", cls.approver, cls.other)
        cls.team.lead_properties_definition = SOUTH
        cls.north.lead_properties_definition = NORTH

    def values(self, lead):
        lead.invalidate_recordset()
        read = lead.read(["lead_properties"])[0]["lead_properties"]
        return {p["name"]: p["value"] for p in read if p.get("value")}

    def make_lead_of_team(self, **values):
        return self.make_lead(lead_properties=VALUES, **values)

    def hand_over(self, leads):
        return self.make_request("transferred", leads, successor_id=self.other.id)

    def give_back(self, request):
        request.with_user(self.leader).action_return()
        self.env.invalidate_all()

    def test_stay_within_a_team(self):
        lead = self.make_lead_of_team()
        self.make_request("transferred", lead)
        self.assertEqual(self.values(lead), VALUES)

    def test_find_their_place_in_the_new_team_by_label_and_type(self):
        lead = self.make_lead_of_team()
        self.hand_over(lead)
        self.assertEqual(lead.team_id, self.north)
        self.assertEqual(self.values(lead), {"dd44": 5000, "ee55": "one"})

    def test_equal_after_the_way_back(self):
        leads = self.make_lead_of_team() | self.make_lead()
        plain = [self.values(lead) for lead in leads]
        self.give_back(self.hand_over(leads))
        self.assertEqual(leads.team_id, self.team)
        self.assertEqual([self.values(lead) for lead in leads], plain)

    def test_without_any_properties_of_the_new_team(self):
        self.north.lead_properties_definition = False
        lead = self.make_lead_of_team()
        request = self.hand_over(lead)
        self.assertFalse(self.values(lead))
        self.give_back(request)
        self.assertEqual(self.values(lead), VALUES)

    def test_what_the_stand_in_changed_comes_back_changed(self):
        lead = self.make_lead_of_team()
        request = self.hand_over(lead)
        lead.with_user(self.other).lead_properties = {"dd44": 7000, "ee55": "one"}
        self.give_back(request)
        self.assertEqual(self.values(lead), VALUES | {"aa11": 7000})

    def test_what_is_lost_is_told_before_and_on_the_record(self):
        lead = self.make_lead_of_team()
        self.make_lead()
        request = self.make_request(records=lead, successor_id=self.other.id)
        request = request.with_user(self.anna)
        with self.assertNothingChanged():
            findings = request.preflight()["findings"]
        [finding] = [f for f in findings if f["code"] == "not_kept"]
        self.assertIn("Region", finding["message"])
        self.assertNotIn("Budget", finding["message"])
        self.assertIn("Records: 1", finding["message"])
        self.bring(request, "transferred")
        self.assertIn("Region: Alps", self.notes(lead).body)
        self.assertEqual(request.sudo().line_ids.before["lost"], {"Region": "Alps"})

    def test_what_only_the_way_back_loses_is_told_before_it(self):
        self.north.lead_properties_definition = [
            *NORTH,
            {"name": "ff66", "string": "Floor", "type": "char"},
        ]
        lead, other = self.make_lead_of_team(), self.make_lead_of_team()
        request = self.hand_over(lead | other)
        values = {"dd44": 7000, "ee55": "one", "ff66": "third"}
        lead.with_user(self.other).lead_properties = values
        leader = request.with_user(self.leader)
        with self.assertNothingChanged():
            rows = leader.preview_return()["lines"]
        told = {row["line_id"]: (row["result_code"], row["message"]) for row in rows}
        [mine] = request.line_ids.filtered(lambda line: line.res_id == lead.id)
        code, message = told.pop(mine.id)
        self.assertEqual(code, "done")
        self.assertIn("Floor", message)
        self.assertNotIn("Budget", message)
        self.assertEqual([*told.values()], [("done", "")])
        wizard = self.env["handover.request.return"].browse(
            leader.action_choose_return()["res_id"]
        )
        self.assertIn("Floor", wizard.line_ids[0].message)
        self.give_back(request)
        self.assertIn("Floor: third", self.notes(lead)[0].body)

    def test_nothing_is_told_where_nothing_is_lost(self):
        request = self.make_request(records=self.make_lead_of_team())
        codes = {
            f["code"] for f in request.with_user(self.anna).preflight()["findings"]
        }
        self.assertNotIn("not_kept", codes)

    def test_properties_of_a_task_stay(self):
        definition = [{"name": "aa11", "string": "Site", "type": "char"}]
        self.project.task_properties_definition = definition
        task = self.make_task(task_properties={"aa11": "Quay"})
        self.make_request("transferred", task)
        task.invalidate_recordset()
        self.assertEqual(task.task_properties["aa11"], "Quay")


class TestKeptValues(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north = cls.make_team("North", cls.approver, cls.other)
        cls.scope = cls.env["handover.scope"]._of_model("crm.lead")

    def give_back(self, request):
        request.with_user(self.leader).action_return()
        self.env.invalidate_all()

    def test_found_from_the_model(self):
        hanging = self.env["handover.engine"]._hanging(self.scope)
        kept = {field.name for field in hanging.kept}
        self.assertLessEqual({"company_id", "probability", "stage_id"}, kept)
        self.assertFalse(kept & {"user_id", "team_id", "user_company_ids"})
        self.assertIn("date_open", {field.name for field in hanging.dates})
        self.assertEqual([f.name for f in hanging.properties], ["lead_properties"])

    def test_a_field_that_people_edit_stays_whatever_computes_it(self):
        """An add-on's field, or one of a customer: nobody has listed it."""
        self.env["ir.model.fields"].create(
            {
                "name": "x_region", "field_description": "Region", "ttype": "char",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "depends": "user_id", "store": True, "readonly": False,
                "compute": "for lead in self: lead['x_region'] = lead.user_id.name",
            }
        )  # fmt: skip
        self.addCleanup(self.registry.reset_changes)
        lead = self.make_lead()
        self.assertEqual(lead.x_region, "Anna")
        lead.x_region = "Alps"
        request = self.make_request("transferred", lead)
        self.env.invalidate_all()
        self.assertEqual(lead.x_region, "Alps")
        self.give_back(request)
        self.assertEqual(lead.x_region, "Alps")

    def test_what_follows_the_owner_follows(self):
        self.env["ir.model.fields"].create(
            {
                "name": "x_seller", "field_description": "Seller", "ttype": "char",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "depends": "user_id", "store": True, "readonly": True,
                "compute": "for lead in self: lead['x_seller'] = lead.user_id.name",
            }
        )  # fmt: skip
        self.addCleanup(self.registry.reset_changes)
        lead = self.make_lead()
        self.make_request("transferred", lead)
        self.env.invalidate_all()
        self.assertEqual(lead.x_seller, "Bruno")

    def test_stage_of_the_team_is_told_and_comes_back(self):
        own, theirs = self.env["crm.stage"].create(
            [
                {"name": "Tasting", "team_ids": [Command.set(self.team.ids)]},
                {"name": "Visit", "team_ids": [Command.set(self.north.ids)]},
            ]
        )
        shared = self.env["crm.stage"].create({"name": "Offer"})
        lead = self.make_lead(stage_id=own.id)
        other = self.make_lead(stage_id=shared.id)
        request = self.make_request(
            records=lead | other, successor_id=self.other.id
        ).with_user(self.anna)
        findings = request.preflight()["findings"]
        [finding] = [f for f in findings if f["code"] == "not_kept"]
        self.assertIn("Stage", finding["message"])
        self.assertIn("Records: 1", finding["message"])
        self.bring(request, "transferred")
        self.env.invalidate_all()
        self.assertNotEqual(lead.stage_id, own)
        self.assertEqual(other.stage_id, shared)
        self.assertIn("Tasting", self.notes(lead).body)
        self.give_back(request)
        self.assertEqual((lead.stage_id, other.stage_id), (own, shared))

    def test_stage_that_moved_on_since_does_not_come_back(self):
        own, theirs = self.env["crm.stage"].create(
            [
                {"name": "Tasting", "team_ids": [Command.set(self.team.ids)]},
                {"name": "Offer", "sequence": 99},
            ]
        )
        lead = self.make_lead(stage_id=own.id)
        request = self.make_request("transferred", lead, successor_id=self.other.id)
        lead.with_user(self.other).stage_id = theirs
        self.give_back(request)
        self.assertOwner(lead, self.anna)
        self.assertEqual(lead.stage_id, theirs)

    def test_assigned_when_it_was_assigned(self):
        lead, task = self.make_lead(), self.make_task()
        self.env.flush_all()
        for table, name, record in (
            ("crm_lead", "date_open", lead),
            ("project_task", "date_assign", task),
        ):
            self.env.cr.execute(
                f"UPDATE {table} SET {name} = '2020-02-03 04:05:06' WHERE id = %s",
                record.ids,
            )
        self.env.invalidate_all()
        request = self.make_request(records=lead).with_user(self.anna)
        request.add_records("project.task", task.ids)
        self.bring(request, "transferred")
        for _way in ("there", "back"):
            self.env.invalidate_all()
            self.assertEqual(str(lead.date_open), "2020-02-03 04:05:06")
            self.assertEqual(str(task.date_assign), "2020-02-03 04:05:06")
            if request.state == "transferred":
                self.give_back(request)

    def test_first_assignment_has_its_date_and_loses_it_again(self):
        lead = self.make_lead(self.env["res.users"], team_id=self.team.id)
        self.assertFalse(lead.date_open)
        request = self.Request.with_user(self.leader).create(
            {"source_team_id": self.team.id, "successor_id": self.other.id}
        )
        request.add_records("crm.lead", lead.ids)
        self.bring(request, "transferred")
        self.env.invalidate_all()
        self.assertTrue(lead.date_open)
        request.with_user(self.approver).action_return()
        self.env.invalidate_all()
        self.assertFalse(lead.user_id)
        self.assertFalse(lead.date_open)
