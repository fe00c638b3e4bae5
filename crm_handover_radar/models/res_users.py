from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    handover_left_on = fields.Datetime(
        string="Archived On",
        readonly=True,
        copy=False,
        groups="base.group_erp_manager",
        help="When the user was archived, which Odoo does not keep.",
    )

    def write(self, vals):
        if "active" not in vals:
            return super().write(vals)
        self.check_access("write")
        changed = self.sudo().filtered(lambda u: u.active != bool(vals["active"]))
        result = super().write(vals)
        left = not vals["active"] and fields.Datetime.now()
        changed.write({"handover_left_on": left})
        return result
