from odoo import api, fields, models

from .handover_grant import LASTING


class ResGroups(models.Model):
    _inherit = "res.groups"

    handover_grantable_ids = fields.One2many(
        "handover.grantable",
        "group_id",
        string="Permission That May Be Given",
        help="Whether a handover may give this group to a successor.",
    )

    def write(self, vals):
        result = super().write(vals)
        if {"implied_ids", "implied_by_ids"} & vals.keys():
            # at once: what was approved must not turn into something else
            live = self.env["handover.grant"].sudo()
            live = live.search([("state", "in", LASTING), ("kind", "=", "group")])
            live.invalidate_recordset()
            for grant in live:
                grant._follow_group()
        return result

    @api.ondelete(at_uninstall=True)
    def _unlink_from_permissions(self):
        self.env["handover.grant"]._let_go(self)
