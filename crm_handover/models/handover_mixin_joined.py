from lxml.builder import E

from odoo import api, models

from .handover_scope_joined import joins

# what a record names that may open it: nobody has said which of them do
NAMED_BY = ("res.users", "res.groups", "res.company", "crm.team", "hr.employee")


class HandoverMixin(models.AbstractModel):
    """What a model that has joined by its kind cannot say itself."""

    _inherit = "handover.mixin"

    @api.model
    def _handover_moves(self, vals):
        # whoever works along on it would stay in it by any of these
        return super()._handover_moves(vals) or (
            joins(self)
            and any(
                self._fields[name].comodel_name in NAMED_BY
                for name in vals.keys() & self._fields.keys()
            )
        )

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and joins(self):
            self._handover_add_button(arch)
        return arch, view

    @api.model
    def _handover_add_button(self, arch):
        """Add the button that counts and opens the handovers of a record to its form.

        :param arch: the form, an element; one without a sheet, as in a dialog, stays
            as it is
        """
        sheet = arch.find(".//sheet")
        if sheet is None or arch.xpath("//button[@name='action_view_handovers']"):
            return
        box = sheet.find("div[@name='button_box']")
        if box is None:
            box = E.div({"name": "button_box", "class": "oe_button_box"})
            sheet.insert(0, box)
        # rows of the model made at run time have no translations of their own
        label = self.env["crm.lead"]._fields["handover_count"]
        box.append(
            E.button(
                E.field(
                    name="handover_count",
                    widget="statinfo",
                    string=label._description_string(self.env),
                ),
                {"name": "action_view_handovers", "type": "object"},
                {"class": "oe_stat_button", "icon": "fa-exchange"},
                groups="crm_handover.group_handover_user",
                invisible="handover_count == 0",
            )
        )
