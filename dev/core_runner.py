"""Odoo's command line, with all tests run after loading: `make test-core` uses it.

Odoo runs most tests of an add-on as soon as that one is installed, when the add-ons
that depend on it are not there yet. To see what ours change, they run at the end.
Runs in the virtual environment.
"""

from odoo.cli import main
from odoo.tests import loader
from odoo.tests.suite import OdooSuite

make_suite = loader.make_suite


def make_whole_suite(module_names, position="at_install"):
    """The tests of both positions, when the position is the last one."""
    if position == "at_install":
        return OdooSuite([])
    early = make_suite(module_names, "at_install")
    late = make_suite(module_names, "post_install")
    return OdooSuite([*early, *late])


loader.make_suite = make_whole_suite
main()
