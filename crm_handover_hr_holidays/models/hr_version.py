from odoo import api, models

from .hr_leave_split import SPLIT

# by these core splits leaves that were planned by other working hours
SPLITS = frozenset(
    ("contract_date_start", "contract_date_end", "date_version", "resource_calendar_id")
)


class HrVersion(models.Model):
    """With other working hours core takes leaves apart: they stay covered."""

    _inherit = "hr.version"

    @api.model_create_multi
    def create(self, vals_list):
        ids = [vals["employee_id"] for vals in vals_list if vals.get("employee_id")]
        employees = self.env["hr.employee"].browse(ids)
        with self.env["hr.leave"]._handover_splitting(employees):
            quiet = self.with_context(handover_split=SPLIT)
            made = super(HrVersion, quiet).create(vals_list)
        return made.with_env(self.env)

    def write(self, vals):
        if not SPLITS & vals.keys():
            return super().write(vals)
        with self.env["hr.leave"]._handover_splitting(self.sudo().employee_id):
            quiet = self.with_context(handover_split=SPLIT)
            return super(HrVersion, quiet).write(vals)
