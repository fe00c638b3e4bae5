from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_handover.models.handover_guard import door, single


class HrDepartureWizard(models.TransientModel):
    """Says what those who leave still have, and has handovers of it prepared."""

    _inherit = "hr.departure.wizard"

    handover_terminates = fields.Boolean(
        default=lambda self: bool(self.env.context.get("employee_termination")),
        readonly=True,
        help="The dialog was opened to end somebody's employment.",
    )
    handover_told = fields.Html(
        compute="_compute_handover_told",
        string="Open Work",
        help="How much each of them still has, and where its handover stands.",
    )
    handover_can_prepare = fields.Boolean(
        compute="_compute_handover_told",
        help="Somebody here has work of which no handover is prepared.",
    )

    @api.depends("employee_ids")
    @api.depends_context("uid", "lang")
    def _compute_handover_told(self):
        for wizard in self:
            employees = wizard.employee_ids._origin
            employees = employees._filtered_access("write").filtered("user_id")
            rows = [wizard._handover_row(employee) for employee in employees]
            rows = [row for row in rows if row]
            items = Markup().join(Markup("<li>%s</li>") % row for row in rows)
            wizard.handover_told = Markup("<ul>%s</ul>") % items if rows else False
            wizard.handover_can_prepare = any(
                employee._handover_wanted() and employee._handover_requester()
                for employee in employees
            )

    def _handover_row(self, employee):
        """Return what is to be known of one of them, or an empty text."""
        held = employee._handover_held().get(employee.user_id.sudo(), {})
        names = self.env["handover.request"].sudo()
        parts = [
            self.env._("%(kind)s: %(count)s", kind=names._left_name(model), count=count)
            for model, count in held.items()
        ]
        if told := employee._handover_told():
            parts.append(self.env._("handover: %s", told))
        elif employee._handover_wanted() and not employee._handover_requester():
            parts.append(
                self.env._(
                    "nobody may hand it over: have the administrator name a handover"
                    " manager"
                )
            )
        if not parts:
            return ""
        return Markup("<b>%s</b> – %s") % (employee.name, ", ".join(parts))

    @door
    def action_prepare_handovers(self):
        """Have a handover prepared of what each of them has, for the departure's day.

        :return: the window action of this dialog, which goes on
        :raise AccessError: when the caller may not change the employees
        :raise UserError: when there is nothing to prepare, or nobody may
        """
        single(self)
        made = self.employee_ids._handover_prepare(self.departure_date)
        if not made:
            raise UserError(
                self.env._(
                    "There is nothing to prepare: they have no open work, it is being"
                    " handed over, or nobody may hand it over."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Register Departure"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "active_ids": self.employee_ids.ids,
                "employee_termination": self.handover_terminates,
            },
        }
