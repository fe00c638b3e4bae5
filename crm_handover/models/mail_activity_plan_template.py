from odoo import api, fields, models
from odoo.exceptions import ValidationError

HANDOVER_ROLES = ("predecessor", "successor", "approver", "coordinator")


class MailActivityPlanTemplate(models.Model):
    """A step of a plan: the people of a handover can be responsible for it."""

    _inherit = "mail.activity.plan.template"

    summary = fields.Char(translate=True)
    responsible_type = fields.Selection(
        selection_add=[
            ("predecessor", "Predecessor"),
            ("successor", "Successor"),
            ("approver", "Approver"),
            ("coordinator", "Coordinator"),
        ],
        ondelete=dict.fromkeys(HANDOVER_ROLES, "cascade"),
    )

    @api.constrains("plan_id", "responsible_type")
    def _check_responsible_handover(self):
        for template in self:
            if (
                template.responsible_type in HANDOVER_ROLES
                and template.plan_id.res_model != "handover.request"
            ):
                raise ValidationError(
                    self.env._(
                        "“%s”: predecessor, successor, approver and coordinator are"
                        " people of handovers; choose another assignment.",
                        template.summary or template.activity_type_id.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        # what the rules look at may have been written just now
        self.check_access("write")
        return result

    def _prepares(self):
        """Tell whether the step is one that is taken before the planned day."""
        return bool(self.delay_count) and self.delay_from == "before_plan_date"

    def _handover_summaries(self):
        """Return the text of the step in all languages."""
        field = self._fields["summary"]
        return set((field._get_stored_translations(self) or {}).values())

    def _determine_responsible(self, on_demand_responsible, applied_on_record):
        if self.responsible_type not in HANDOVER_ROLES:
            return super()._determine_responsible(
                on_demand_responsible, applied_on_record
            )
        # forms of Odoo's ask for whatever record somebody names in them
        known = applied_on_record._name == "handover.request"
        shown = known and (self.env.su or applied_on_record.has_access("read"))
        person = self.env["res.users"].sudo()
        if shown:
            person = applied_on_record._person(self.responsible_type)
            person = applied_on_record._in_charge(person)
        return {
            "responsible": person,
            "error": False,
            "warning": False,
        }
