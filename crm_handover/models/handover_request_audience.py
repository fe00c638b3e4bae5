from odoo import api, models
from odoo.fields import Domain

APPROVER = "crm_handover.group_handover_approver"
# whoever sees a handover besides its successors and superiors
GIVERS = ("requester_id", "predecessor_id", "coordinator_id")


class HandoverRequest(models.Model):
    """Who of those who see a handover reads what is not for all of them.

    The same people as those of the record rules, without the successors.
    """

    _inherit = "handover.request"

    @api.model
    def _audience_paths(self):
        return (*GIVERS, *self._superior_paths())

    @api.model
    def _audience_domain(self, name):
        uid = self.env.uid
        if self.env.user.has_group(APPROVER):
            return Domain.TRUE
        domain = Domain("superior_ids", "in", [uid])
        if name == "givers":
            domain |= Domain.OR(Domain(field, "=", uid) for field in GIVERS)
        return domain
