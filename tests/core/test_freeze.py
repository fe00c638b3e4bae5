"""Frozen records: who hands them over reads on, and takes nothing out of the list."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase
from odoo.tools import mute_logger

from odoo.addons.crm_handover.models.handover_request_everybody import THERE

from ..common import HandoverCommon
from ..kinds import KindsCommon
from ..machines import SHAPES, MachineCase

ARCHIVED = {"active": False}
EXPORT = "base.group_allow_export"
# what a browser sends of who opens a page by typing its address
BY_HAND = {
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-User": "?1",
}


class TestFreeze(KindsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.anna | cls.alldocs).group_ids += cls.env.ref(EXPORT)

    def frozen(self, records, state="approved", **values):
        now = fields.Datetime.now()
        values = {
            "date_freeze": now - timedelta(hours=1),
            "date_planned": now + timedelta(days=9), **values,
        }  # fmt: skip
        return self.make_request_of(records, state, **values)

    def ways(self, scope, record):
        """Every way in which a record is taken out of somebody's hands."""
        mine = record.with_user(self.anna)
        owner = scope.owner_field_id.name
        many = record._fields[owner].type == "many2many"
        value = [fields.Command.set(self.chen.ids)] if many else self.chen.id
        xml_id = record.export_data(["id"])["datas"][0][0]
        ways = {
            "export": lambda: mine.export_data(["display_name"]),
            "delete": mine.unlink,
            "delete with more rights": mine.sudo().unlink,
            "reassign": lambda: mine.write({owner: value}),
            "reassign with more rights": lambda: mine.sudo().write({owner: value}),
            "web": lambda: mine.web_save({owner: value}, {}),
            "import": lambda: self.imported(
                mine, ["id", f"{owner}/.id"], [xml_id, str(self.chen.id)]
            ),
        }
        if record._active_name:
            ways |= {
                "archive": mine.action_archive,
                "archive with more rights": lambda: mine.sudo().write(ARCHIVED),
                "archive on the web": lambda: mine.web_save(ARCHIVED, {}),
                "archive by an import": lambda: self.imported(
                    mine, ["id", "active"], [xml_id, "False"]
                ),
                "archive as if lost": lambda: mine.with_context(
                    handover_losing=True
                ).action_archive(),
            }
        if scope.team_field_id:
            team = scope.team_field_id.name
            ways["team"] = lambda: mine.write({team: False})
        return ways

    def imported(self, records, names, row):
        # an import answers what went wrong
        messages = records.load(names, [row])["messages"]
        if messages:
            raise UserError(str(messages))

    def test_each_kind_in_each_way(self):
        made = self.make_all()
        request = self.frozen(made.values())
        for scope, record in made.items():
            # who may not write it at all learns no more than that
            may = record.with_user(self.anna).has_access("write")
            told = request.name if may else f"{request.name}|not allowed to modify"
            for name, way in self.ways(scope, record).items():
                with (
                    self.subTest(scope.model, way=name),
                    self.assertRefused(UserError, told),
                ):
                    way()
            self.assertEqual(self.owner_of(scope, record), self.anna)
            self.assertTrue(record.exists())
            if record._active_name:
                self.assertTrue(record[record._active_name])

    def test_rows_that_say_whose_a_task_is(self):
        task = self.make_task()
        request = self.frozen([task])
        Row = self.env["project.task.stage.personal"].with_user(self.anna)
        row = Row.search([("task_id", "=", task.id), ("user_id", "=", self.anna.id)])
        mine = task.with_user(self.anna)
        for name, way in {
            "give": lambda: row.write({"user_id": self.chen.id}),
            "drop": row.unlink,
            "add": lambda: Row.sudo().create(
                {"task_id": task.id, "user_id": self.chen.id}
            ),
            "another name": lambda: mine.write(
                {"personal_stage_type_ids": [fields.Command.clear()]}
            ),
        }.items():
            with self.subTest(name), self.assertRefused(UserError, request.name):
                way()
        self.assertEqual(task.user_ids, self.anna)
        # where it stands on the own board is nobody else's business
        row.stage_id = row.stage_id.copy()

    def test_a_card_of_an_address_is_an_export(self):
        customer = self.make_customer()
        request = self.frozen([customer])
        with self.assertRefused(UserError, request.name):
            customer.with_user(self.anna)._get_vcard_file()
        customer.with_user(self.alldocs)._get_vcard_file()

    def test_what_another_transaction_sees_does_not_count(self):
        self.frozen([self.make_lead()])
        # of another thread, which reads before this one commits
        with self.registry.cursor() as cr:
            there = self.env(cr=cr)["handover.request"]
            # nor does what it has read itself, once it has ended
            for end in (cr.commit, cr.rollback):
                self.assertFalse(there._freezes(self.anna.id))
                self.assertFalse(there._asks_anything())
                kept = [key for key in cr.precommit.data if "crm_handover" in str(key)]
                self.assertTrue(kept)
                end()
                self.assertFalse(set(kept) & cr.precommit.data.keys())
        self.assertTrue(self.Request._freezes(self.anna.id))

    def test_work_goes_on(self):
        lead, other = self.make_lead(), self.make_lead(name="Not on it")
        request = self.frozen([lead])
        mine = lead.with_user(self.anna)
        mine.write({"description": "Call before ten", "expected_revenue": 7})
        mine.message_post(body="Done")
        # to lose a deal is work as well, to put it away is none
        lost = self.env["crm.lost.reason"].create({"name": "Too dear"})
        mine.action_set_lost(lost_reason_id=lost.id)
        self.assertEqual(lead.won_status, "lost")
        mine.action_unarchive()
        request.line_ids.with_user(self.anna).read(["note"])
        other.with_user(self.anna).export_data(["name"])
        other.with_user(self.anna).user_id = self.chen
        # it binds who hands over, and nobody else
        lead.with_user(self.alldocs).export_data(["name"])
        lead.with_user(self.alldocs).user_id = self.chen

    def test_from_the_approval_on_and_from_its_day(self):
        lead = self.make_lead()
        later = fields.Datetime.now() + timedelta(days=2)
        request = self.frozen([lead], "submitted", date_freeze=later)
        mine = lead.with_user(self.anna)
        mine.export_data(["name"])
        request.with_user(self.approver).action_approve()
        mine.export_data(["name"])
        with freeze_time(later + timedelta(hours=1)), self.assertRefused(UserError):
            mine.export_data(["name"])

    def test_it_ends_with_the_handover(self):
        lead = self.make_lead()
        mine = lead.with_user(self.anna)
        request = self.frozen([lead], "transferred", date_planned=False,
                              predecessor_access="keep")  # fmt: skip
        self.assertOwner(lead, self.bruno)
        with self.assertRefused(UserError):
            mine.export_data(["name"])
        for user in (self.anna, self.bruno):
            request.with_user(user).action_confirm()
        self.assertEqual(request.state, "done")
        mine.export_data(["name"])
        second = self.make_lead()
        request = self.frozen([second])
        request.with_user(self.anna).action_cancel()
        second.with_user(self.anna).export_data(["name"])

    def test_of_several_who_give_each_has_frozen_what_they_give(self):
        annas, chens = self.make_lead(), self.make_lead(self.chen)
        shared = self.make_task(self.anna, self.chen)
        later = fields.Datetime.now() + timedelta(days=9)
        request = self.Request.with_user(self.leader).create(
            {
                "predecessor_ids": [fields.Command.set((self.anna | self.chen).ids)],
                "successor_id": self.bruno.id, "reason_id": self.reason.id,
                "date_freeze": fields.Datetime.now() - timedelta(hours=1),
                "date_planned": later,
            }
        )  # fmt: skip
        request.action_collect()
        told = {row["code"]: row for row in request.preflight()["findings"]}
        self.assertEqual(told["freeze"]["severity"], "info")
        self.assertIn("each exports", told["freeze"]["message"])
        request.action_submit()
        annas.with_user(self.anna).check_access("write")
        request.with_user(self.approver).action_approve()
        for lead, giver in ((annas, self.anna), (chens, self.chen)):
            with self.subTest(giver.name), self.assertRefused(UserError):
                lead.with_user(giver).user_id = self.bruno
        line = request.line_ids.filtered(lambda one: one.res_model == "project.task")
        giver = line.sudo().predecessor_id
        with self.assertRefused(UserError):
            shared.with_user(giver).user_ids -= giver
        other = (self.anna | self.chen) - giver
        shared.with_user(other).user_ids -= other
        self.assertEqual(shared.user_ids, giver)
        request.action_cancel()
        annas.with_user(self.anna).user_id = self.bruno

    def test_a_list_that_leads_to_it_is_not_exported_either(self):
        lead = self.make_lead(partner_id=self.make_customer(self.other).id)
        self.frozen([lead])
        customer = lead.partner_id.with_user(self.anna)
        with self.assertRefused(UserError):
            customer.export_data(["name", "opportunity_ids/name"])

    def test_people_work_on_before_the_database_is_updated(self):
        lead = self.make_lead()
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE handover_request DROP COLUMN date_freeze")
        self.registry.clear_cache()
        # its server has just begun
        vars(self.registry).pop(THERE, None)
        lead.with_user(self.anna).write({"description": "Call"})
        lead.flush_recordset()

    def test_the_check_says_so(self):
        request = self.frozen([self.make_lead()], "draft")
        found = request.with_user(self.anna).preflight()["findings"]
        [told] = [one for one in found if one["code"] == "freeze"]
        self.assertIn("Anna", told["message"])


class TestFrozenPages(HttpCase, HandoverCommon):
    def test_pages_as_json_are_exports(self):
        (self.anna | self.other).group_ids += self.env.ref(EXPORT)
        self.env["ir.config_parameter"].set_param("web.json.enabled", True)
        now = fields.Datetime.now()
        self.make_request(
            "approved",
            date_freeze=now - timedelta(hours=1),
            date_planned=now + timedelta(days=9),
        )
        for user, code in ((self.other, 200), (self.anna, 403)):
            self.authenticate(user.login, user.login)
            with self.subTest(user.name), mute_logger("odoo.http"):
                answer = self.url_open("/json/1/contacts", headers=BY_HAND)
                self.assertEqual(answer.status_code, code)


class TestFrozenMachines(MachineCase):
    def test_any_model(self):
        self.anna.group_ids += self.env.ref(EXPORT)
        for model in SHAPES:
            with self.subTest(model):
                record = self.make_machine(model)
                now = fields.Datetime.now()
                self.make_request("approved", record, date_freeze=now,
                                  date_planned=now + timedelta(days=9))  # fmt: skip
                with self.assertRefused(UserError):
                    record.with_user(self.anna).export_data(["id"])
                with self.assertRefused(UserError):
                    record.with_user(self.anna).unlink()
