from odoo import fields, models

from ..private_places import DEFAULT
from .handover_request_private_link import PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    handover_private_places = fields.Char(
        string="Private Places",
        config_parameter=PARAMETER,
        default=", ".join(DEFAULT),
        help="Addresses that only one person can open; links to them are found.",
    )
