from odoo import models


class IrUiMenu(models.Model):
    """Figures of handovers are in the menu of approvers, and of who leads people."""

    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        hidden = super()._load_menus_blacklist()
        menu = self.env.ref(
            "crm_handover.handover_menu_report", raise_if_not_found=False
        )
        if menu and not self.env["handover.request"]._leads_somebody(self.env.user):
            hidden.append(menu.id)
        return hidden
