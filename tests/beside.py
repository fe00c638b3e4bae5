"""Tests beside add-ons that not everybody has, on a database of their own.

It is made once in each process, when the first of them needs it. Where the add-ons are
installed already, the tests run there.
"""

import atexit
from unittest import TestSuite
from unittest.mock import patch

from odoo.modules.registry import Registry
from odoo.tests import common

from .common import HandoverCommon
from .faults.common import Database, install, variable

# the databases of this process: {add-ons: name}
_made = {}


def database(*names):
    """Return the name of a database with these add-ons, and all glue to them."""
    present = Registry(common.get_db_name())._init_modules
    if present.issuperset(names):
        return common.get_db_name()
    if names not in _made:
        made = Database(names[-1], variable("INSTALLED_TEMPLATE"))
        atexit.register(made.drop)
        install(made, *names)
        _made[names] = made.name
    return _made[names]


class Beside(HandoverCommon):
    ADDONS = ()

    @classmethod
    def setUpClass(cls):
        name = database(*cls.ADDONS)
        cls.enterClassContext(patch("odoo.tests.common.get_db_name", return_value=name))

        def served(dbs, host=None):
            return [db for db in dbs if db == name]

        # what comes by HTTP may name it, and no other one
        cls.enterClassContext(patch("odoo.http.db_filter", served))
        # to load it is no reason to run the tests of Odoo's add-ons
        with patch("odoo.tests.loader.make_suite", return_value=TestSuite()):
            Registry(name)
        super().setUpClass()


class BesideHR(Beside):
    """With employees, and who manages whom."""

    ADDONS = ("hr", "hr_holidays")

    @classmethod
    def get_ready(cls):
        super().get_ready()
        cls.officer = cls.make_user("officer", "hr.group_hr_user")
        # manages people, and works in CRM as everybody does
        cls.boss = cls.make_user("boss", "sales_team.group_sale_salesman")
        cls.above = cls.make_user("above", "sales_team.group_sale_salesman")
        users = (cls.above, cls.boss, cls.anna, cls.bruno, cls.chen)
        made = [cls.make_employee(user) for user in users]
        cls.top, cls.head, cls.anna_works, cls.bruno_works, cls.chen_works = made
        cls.head.parent_id = cls.top
        (cls.anna_works | cls.bruno_works | cls.chen_works).parent_id = cls.head

    @classmethod
    def make_employee(cls, user, **values):
        values = {
            "name": user.name,
            "user_id": user.id,
            "tz": "Asia/Shanghai",
            **values,
        }
        return cls.make("hr.employee", **values)
