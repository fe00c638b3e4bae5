"""What is asked of all our add-ons is asked of these as well, where they are.

The questions are the house's; only the database is another one.
"""

from odoo.exceptions import AccessError

from ..beside import BesideHR
from ..house import test_addon, test_help, test_house, test_reviewed
from ..rpc import test_unsaved


class TestHelpBeside(BesideHR, test_help.TestHelp):
    pass


class TestModelsBeside(BesideHR, test_reviewed.TestModels):
    pass


class TestAddonBeside(BesideHR, test_addon.TestAddon):
    pass


class TestHouseBeside(BesideHR, test_house.TestHouse):
    def test_they_install_themselves(self):
        names = [f"crm_handover_{name}" for name in self.ADDONS]
        modules = self.env["ir.module.module"].search([("name", "in", names)])
        self.assertEqual(modules.mapped("state"), ["installed"] * len(names))


class TestGuardBeside(BesideHR):
    """What these add-ons keep on a handover is the code's alone."""

    GUARDED = ("manager_ids", "leave_id", "leave_ended", "known_absence_ids")

    def test_nobody_writes_it_by_hand(self):
        request = self.make_request()
        for user in (self.anna, self.manager, self.env.user):
            mine = request.with_user(user).sudo(user == self.env.user)
            for name in self.GUARDED:
                self.assertTrue(request._is_guarded(request._fields[name]), name)
                value = [(5,)] if name.endswith("_ids") else False
                with self.assertRaises(AccessError):
                    mine.write({name: value})


class TestUnsavedBeside(BesideHR, test_unsaved.ComputedOnOthers):
    def test_a_likeness_of_what_others_have(self):
        self.make_request("submitted", date_planned="2099-01-01 12:00:00")
        told = self.assertFormTellsNothing(self.officer, self.other)
        self.assertLessEqual(
            {"hr.employee.handover_state", "hr.employee.handover_date"}, told
        )
