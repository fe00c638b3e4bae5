from odoo import fields, models

from ..private_places import DEFAULT
from .handover_request_private_link import PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    handover_private_places = fields.Char(
        string="Private Places",
        config_parameter=PARAMETER,
        default=", ".join(DEFAULT),
    )
