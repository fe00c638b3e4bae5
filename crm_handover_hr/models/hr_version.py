from odoo import models


class HrVersion(models.Model):
    """Of an employee the last day is kept here, whoever writes it where."""

    _inherit = "hr.version"

    def write(self, vals):
        if "departure_date" not in vals:
            return super().write(vals)
        former = {version: version.departure_date for version in self.sudo()}
        known = {one: one.departure_date for one in self.sudo().employee_id}
        result = super().write(vals)
        changed = self.sudo().filtered(
            lambda version: version.departure_date != former[version]
        )
        changed.employee_id._handover_follow_departure(known)
        return result
