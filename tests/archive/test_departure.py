"""The departure wizard of Odoo's employees is one more door of the archive guard.

The add-on is installed in a database beside that of the other tests.
"""

from odoo import fields
from odoo.exceptions import UserError

from ..beside import Beside


class TestDeparture(Beside):
    ADDONS = ("hr", "hr_holidays")
    # of one test, see conftest
    SECONDS = 6

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.handover_archive_guard = True
        cls.boss = cls.make_user(
            "boss",
            "base.group_system,sales_team.group_sale_manager,hr.group_hr_manager",
        )
        cls.employees = cls.env["hr.employee"].create(
            [
                {"name": user.name, "user_id": user.id, "company_id": cls.company.id}
                for user in (cls.anna, cls.chen)
            ]
        )

    def leave(self, *, remove=True):
        wizard = self.env["hr.departure.wizard"].with_user(self.boss)
        return (
            wizard.with_context(
                active_ids=self.employees.ids,
                employee_termination=True,
                allowed_company_ids=self.company.ids,
            )
            .create({"remove_related_user": remove, "set_date_end": False})
            .action_register_departure()
        )

    def test_nobody_departs_with_open_work(self):
        todo = self.make_todo(self.make_lead(self.chen), self.anna)
        with self.assertRefused(UserError, "Anna"):
            self.leave()
        self.assertTrue(all(self.employees.mapped("active")))
        self.assertTrue(self.anna.active and self.chen.active)
        self.assertEqual(todo.user_id, self.anna)

    def test_without_work_both_are_archived(self):
        self.leave()
        self.assertFalse(any(self.employees.mapped("active")))
        self.assertFalse(self.anna.active or self.chen.active)

    def test_who_only_ends_as_employee_keeps_their_work(self):
        todo = self.make_todo(self.make_lead(self.anna), self.anna)
        self.leave(remove=False)
        self.assertFalse(any(self.employees.mapped("active")))
        self.assertTrue(self.anna.active)
        self.assertEqual(todo.user_id, self.anna)

    def test_the_radar_finds_who_departs(self):
        lead = self.make_lead(self.chen)
        day = fields.Date.to_string(fields.Date.add(fields.Date.today(), days=30))
        self.employees[1].departure_date = day
        rows = self.env["handover.radar"].with_user(self.boss).scan()
        [row] = [
            row for row in rows
            if (row["user_id"], row["field"]) == (self.chen.id, "user_id")
            and row["model"] == lead._name
        ]  # fmt: skip
        self.assertEqual((row["count"], row["since"]), (1, day))
        # that somebody will leave is for who may read it of employees
        radar = self.env["handover.radar"].with_user(self.manager)
        self.assertNotIn(self.chen.id, [row["user_id"] for row in radar.scan()])
        self.employees[1].departure_date = fields.Date.today()
        self.assertIn(self.chen.id, [row["user_id"] for row in radar.scan()])

    def test_no_todo_is_lost_where_the_guard_is_off(self):
        self.company.handover_archive_guard = False
        todo = self.make_todo(self.make_lead(self.anna), self.anna)
        self.leave()
        self.assertFalse(self.anna.active)
        self.assertTrue(todo.exists())
        self.assertEqual(todo.handover_kept_for_id, self.anna)
