from odoo import models

REPORTS = ("handover_menu_report", "handover_menu_root_report")


class IrUiMenu(models.Model):
    """Figures of handovers are in the menus of approvers, and of who leads people."""

    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        hidden = super()._load_menus_blacklist()
        names = (f"crm_handover.{name}" for name in REPORTS)
        menus = [self.env.ref(name, raise_if_not_found=False) for name in names]
        if not self.env["handover.request"]._leads_somebody(self.env.user):
            hidden += [menu.id for menu in menus if menu]
        return hidden
