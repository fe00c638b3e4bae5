"""The radar's counts beside other apps, checked by SQL of the foreign keys.

The apps are installed in a database beside that of the other tests. As that takes time,
our glue to them is tried in the same class, and so are their models of which no code
of ours knows.
"""

import subprocess

from odoo import Command
from odoo.tools import SQL

from ..beside import Beside, database
from ..event.events import EventTests
from ..faults.common import Database, variable
from ..helpdesk_mgmt.tickets import TicketTests
from ..house import test_help, test_reviewed
from ..purchase.orders import PurchaseTests
from ..ways import WholeWay

MANAGES = (
    "base.group_system", "sales_team.group_sale_manager", "hr.group_hr_manager",
    "project.group_project_manager", "purchase.group_purchase_manager",
    "fleet.fleet_group_manager", "maintenance.group_equipment_manager",
    "helpdesk_mgmt.group_helpdesk_manager",
)  # fmt: skip
# a copy of that of the resource; what everybody has or gets for themselves
LEFT_OUT = {
    "hr_employee.user_id", "project_task_type.user_id",
    "digest_digest_res_users_rel.res_users_id",
}  # fmt: skip
GLUE = [f"crm_handover_{name}" for name in ("purchase", "event", "helpdesk_mgmt")]
# who somebody is, in what they are, and who wrote a row
OWN = (
    "create_uid", "write_uid", "res_users", "res_company_users_rel",
    "res_groups_users_rel", "res_device",
)  # fmt: skip


class KindTests(WholeWay):
    """Models of Odoo's that no code of ours knows, added as a kind on the screen."""

    @classmethod
    def get_ready(cls):
        super().get_ready()
        groups = [cls.env.ref(group).id for group in MANAGES if "group_" in group]
        cls.manager.group_ids = [Command.link(id_) for id_ in groups]

    def test_vehicles_of_a_fleet_manager(self):
        works_there = Command.link(self.env.ref("fleet.fleet_group_user").id)
        (self.anna | self.bruno | self.chen).group_ids = [works_there]
        self.assertIn("does not name users", self.refusal("fleet.vehicle", "driver_id"))
        kind = self.add_kind("fleet.vehicle", "manager_id")
        vehicle = self.make_vehicle(manager_id=self.anna.id)
        self.assertIn("People in sales cannot open them", self.check(kind)["message"])
        self.assertWholeWay(kind, vehicle, before=("read", "write"))
        kind.active = False
        self.assertFalse(self.entries(self.anna, "fleet.vehicle"))
        kind.active = True
        self.assertEqual(len(self.entries(self.anna, "fleet.vehicle")), 1)

    def test_equipment_that_people_see_who_follow_it(self):
        kind = self.add_kind("maintenance.equipment", "technician_user_id")
        press = self.make(
            "maintenance.equipment", name="Press", technician_user_id=self.anna.id
        )
        press.message_subscribe(self.anna.partner_id.ids)
        self.assertIn("cannot change them", self.check(kind)["message"])
        self.assertWholeWay(kind, press, along=("read",))
        # a kind that goes takes along what it has brought
        rules = [("domain_force", "like", "handover_"),
                 ("model_id.model", "=", "maintenance.equipment")]  # fmt: skip
        self.assertEqual(self.env["ir.rule"].search_count(rules), 2)
        plain = self.add_kind("fleet.vehicle", "manager_id")
        self.assertEqual(len(self.buttons(self.anna, "maintenance.equipment")), 1)
        plain.unlink()
        self.assertNotIn("handover_count", self.env["fleet.vehicle"]._fields)
        self.assertFalse(self.entries(self.anna, "fleet.vehicle"))
        self.assertIn("handover_count", self.env["maintenance.equipment"]._fields)

    @classmethod
    def make_vehicle(cls, **values):
        brand = cls.make("fleet.vehicle.model.brand", name="Brand")
        model = cls.make("fleet.vehicle.model", name="Van", brand_id=brand.id)
        return cls.make("fleet.vehicle", model_id=model.id, **values)


class TestRadarBeside(
    *(TicketTests, PurchaseTests, EventTests, KindTests),
    *(Beside, test_help.TestHelp, test_reviewed.TestModels),
):
    ADDONS = (
        "sale", "purchase", "event", "hr", "fleet", "maintenance", "helpdesk_mgmt",
    )  # fmt: skip
    # of one test, see conftest
    SECONDS = 8

    @classmethod
    def setUpClass(cls):
        # nobody is connected to it yet
        cls.without = Database("without_glue", database(*cls.ADDONS))
        cls.addClassCleanup(cls.without.drop)
        cls.addClassCleanup(cls.without.close)
        super().setUpClass()
        cls.boss = cls.make_user("boss", ",".join(MANAGES))
        cls.boss.company_ids |= cls.abroad

    def work(self, user):
        """One record or more of each app that names somebody, some archived."""
        vendor = self.make_customer(self.other)
        team = self.make("helpdesk.ticket.team", name="Hotline")
        team.user_ids = user | self.chen
        vehicle = self.make_vehicle(manager_id=user.id, driver_id=user.partner_id.id)
        archived = self.make("maintenance.equipment", name="Old")
        archived.write({"technician_user_id": user.id, "active": False})
        for number in range(2):
            name = f"{user.name} {number}"
            self.make("purchase.order", partner_id=vendor.id, user_id=user.id)
            self.make("helpdesk.ticket", name=name, description=name,
                      team_id=team.id, user_id=user.id)  # fmt: skip
        vendor.with_company(self.abroad).buyer_id = user
        self.make("sale.order", partner_id=vendor.id, user_id=user.id)
        self.make("hr.employee", name=user.name, user_id=user.id)
        self.make("fleet.vehicle.log.contract", vehicle_id=vehicle.id, user_id=user.id)
        equipment = self.make(
            "maintenance.equipment", name="Press", technician_user_id=user.id
        )
        crew = self.make("maintenance.team", name="Crew")
        crew.member_ids = user | self.chen
        self.make(
            "maintenance.request", name="Oil", user_id=user.id, owner_user_id=user.id,
            equipment_id=equipment.id, maintenance_team_id=crew.id,
        )  # fmt: skip
        lead = self.make_lead(user)
        self.make_todo(lead, user)
        self.make_meeting(lead, user)
        self.make_task(user, self.chen)
        self.make_task(user)

    def named_in(self, table, column, id_, active=None):
        """How many rows name somebody: by SQL, those that are not archived."""
        joined = where = SQL()
        if active:
            first, model = active
            joined = SQL("JOIN %s m ON m.id = t.%s",
                         SQL.identifier(model), SQL.identifier(first))  # fmt: skip
            where = SQL("AND m.active")
        [[count]] = self.env.execute_query(
            SQL("SELECT count(*) FROM %s t %s WHERE t.%s = %s %s",
                SQL.identifier(table), joined, SQL.identifier(column), id_, where)
        )  # fmt: skip
        return count

    def named_in_companies(self, table, column, id_):
        """How many rows name somebody in any company, of one that is for each."""
        [[count]] = self.env.execute_query(
            SQL("""SELECT count(*) FROM %s t WHERE t.active AND EXISTS (
                     SELECT FROM jsonb_each_text(t.%s) e WHERE e.value = %s)""",
                SQL.identifier(table), SQL.identifier(column), str(id_))
        )  # fmt: skip
        return count

    def sql_count(self, field, user):
        Model = self.env[field.model_name]
        people = field.comodel_name == "res.users"
        id_ = user.id if people else user.partner_id.id
        if field.company_dependent:
            return self.named_in_companies(Model._table, field.name, id_)
        has_active = "active" in Model._fields and Model._fields["active"].store
        if field.type == "many2many":
            table, column, first = field.relation, field.column2, field.column1
        else:
            table, column, first = Model._table, field.name, "id"
        active = (first, Model._table) if has_active else None
        return self.named_in(table, column, id_, active)

    def place(self, field):
        if field.type == "many2many":
            return field.relation, field.column2
        return self.env[field.model_name]._table, field.name

    def test_counts_are_those_of_the_database(self):
        self.work(self.anna)
        self.work(self.bruno)
        # as somebody who is archived, whom core leaves out of its lists
        self.company.handover_archive_guard = False
        self.anna.active = False
        self.env.flush_all()
        rows = self.env["handover.radar"].with_user(self.boss).scan(self.anna.ids)
        found, places = {}, set()
        for row in rows:
            field = self.env[row["model"]]._fields[row["field"]]
            if field.type in ("many2one", "many2many"):
                found[row["model"], row["field"]] = row["count"]
                places.add(self.place(field))
                self.assertFalse(row["estimated"])
                with self.subTest(row["model"], field=row["field"]):
                    self.assertEqual(row["count"], self.sql_count(field, self.anna))
        told = {
            ("purchase.order", "user_id"): 2, ("helpdesk.ticket", "user_id"): 2,
            # with the one of the tests of tickets
            ("helpdesk.ticket.team", "user_ids"): 2, ("sale.order", "user_id"): 1,
            ("resource.resource", "user_id"): 1, ("fleet.vehicle", "manager_id"): 1,
            ("fleet.vehicle", "driver_id"): 1,
            ("fleet.vehicle.log.contract", "user_id"): 1,
            ("maintenance.equipment", "technician_user_id"): 1,
            ("maintenance.request", "user_id"): 1,
            ("maintenance.team", "member_ids"): 1, ("calendar.event", "user_id"): 1,
            ("crm.lead", "user_id"): 1, ("project.task", "user_ids"): 2,
            ("res.partner", "buyer_id"): 1,
        }  # fmt: skip
        self.assertEqual({key: found.get(key) for key in told}, told)
        self.assertEqual(self.missed(places), LEFT_OUT)

    def missed(self, places):
        """Columns that name Anna by the foreign keys of the database, and no row."""
        keys = self.env.execute_query(
            SQL(
                """SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c
                JOIN pg_attribute a
                  ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                WHERE c.contype = 'f' AND c.confrelid = 'res_users'::regclass"""
            )
        )
        return {
            f"{table}.{column}"
            for table, column in keys
            if (table, column) not in places
            and not f"{table}.{column}".startswith(OWN)
            and column not in OWN
            and self.named_in(table, column, self.anna.id)
        }

    def test_our_glue_goes_without_a_trace(self):
        """The apps stay, and so do handovers."""
        was = "SELECT count(*) FROM ir_model_data WHERE module = ANY(%s)"
        self.assertTrue(self.without.value(was, GLUE))
        subprocess.run(
            [
                *(variable("PYTHON"), variable("ODOO_BIN"), "shell", "--no-http"),
                *("--config", variable("CONFIG"), "--database", self.without.name),
                *("--addons-path", variable("ADDONS"), "--log-level", "error"),
            ],
            input="modules = env['ir.module.module'].search([('name', 'in',"
            f" {GLUE})])\nmodules.button_immediate_uninstall()\n",
            text=True,
            check=True,
        )
        self.assertFalse(self.without.value(was, GLUE))
        state = "SELECT DISTINCT state FROM ir_module_module WHERE name = ANY(%s)"
        self.assertEqual(self.without.column(state, GLUE), ["uninstalled"])
        apps = ["crm_handover", "purchase", "event", "helpdesk_mgmt"]
        self.assertEqual(self.without.column(state, apps), ["installed"])
        for what, left in {
            "kinds": "SELECT name FROM handover_scope WHERE model_id IN ("
            "SELECT id FROM ir_model WHERE model = ANY(%s))",
            "fields": "SELECT name FROM ir_model_fields"
            " WHERE model = ANY(%s) AND starts_with(name, 'handover_')",
            "rules": "SELECT name FROM ir_rule WHERE domain_force LIKE '%%handover_%%'"
            " AND model_id IN (SELECT id FROM ir_model WHERE model = ANY(%s))",
            "views": "SELECT name FROM ir_ui_view"
            " WHERE model = ANY(%s) AND name LIKE '%%.handover'",
        }.items():
            with self.subTest(what):
                models = ["purchase.order", "event.event", "helpdesk.ticket"]
                self.assertFalse(self.without.column(left, models))
