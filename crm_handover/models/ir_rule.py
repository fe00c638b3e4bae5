from odoo import models

# fields of `handover.mixin` by which a rule opens records
OPENING = ("handover_readable", "handover_writable")


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _get_rules(self, model_name, mode="read"):
        """Leave out the rules that open records where nothing closes them.

        A group rule that stands alone narrows. Where core's has been switched off, so
        that everybody sees everything, ours must not be the first one.
        """
        rules = super()._get_rules(model_name, mode)
        opening = rules.filtered(
            lambda rule: any(
                name in (rule.sudo().domain_force or "") for name in OPENING
            )
        )
        if opening and not (rules - opening).sudo().groups:
            return rules - opening
        return rules
