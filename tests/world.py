"""The people that all tests share, made once in each database of tests.

Each class of tests would need seconds to make them, and there are hundreds of classes.
Nobody changes them for good: a test's transaction is rolled back.
"""

from unittest.mock import patch

from passlib.context import CryptContext

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.models import BaseModel
from odoo.orm.registry import Registry
from odoo.tests import common

USERS = "odoo.addons.base.models.res_users.ResUsersPatchedInTest"
# what is there in this process: {database: {name: (model, ids)}}
_made = {}


def _quick(_users):
    """Hash as Odoo's own tests do, in a single round.

    A password that was hashed in many is looked at again with each call of a test.
    """
    return CryptContext(["pbkdf2_sha512", "plaintext"], pbkdf2_sha512__rounds=1)


def quick_keys():
    """Have API keys checked as quickly: each call over the wire checks one."""
    keys = "odoo.addons.base.models.res_users.KEY_CRYPT_CONTEXT"
    return patch(keys, _quick(None))


def known(case):
    """Make the people once, with ``case.make_world``, and commit them.

    Before the case has a transaction of its own, which would not see them.

    :return: ``{attribute: (model, ids)}``
    """
    # a class may have another database
    name = common.get_db_name()
    if name not in _made:
        builder = type("World", (case,), {})
        registry = Registry(name)
        with patch(f"{USERS}._crypt_context", _quick), registry.cursor() as cr:
            builder.env = Environment(cr, SUPERUSER_ID, {})
            builder.make_world()
            _made[name] = {
                key: (value._name, value.ids)
                for key, value in vars(builder).items()
                if isinstance(value, BaseModel)
            }
            builder.env.flush_all()
        registry.clear_all_caches()
    return _made[name]
