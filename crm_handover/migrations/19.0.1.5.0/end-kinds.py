"""Kinds that were added by hand bring rules, the Action menu and the button, too."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Give their models what a new kind brings, now that all add-ons are loaded."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    kinds = env["handover.scope"].with_context(active_test=False).search([])
    kinds._open_up(kinds.mapped("model"))
