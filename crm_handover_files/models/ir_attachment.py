from odoo import models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    # what somebody uploaded, without a look at the files of all others
    _handover_uploaded_idx = models.Index("(create_uid) WHERE res_field IS NULL")
