from odoo import models


class HandoverMixin(models.AbstractModel):
    """How duplicates of a record are known."""

    _inherit = "handover.mixin"

    # fields whose value two records have only when they are the same thing, and what
    # tells that two records are
    _handover_duplicate_fields = ()
    _handover_duplicate_unit = "id"
