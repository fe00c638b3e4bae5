from .models.handover_request_private_link import PARAMETER


def uninstall_hook(env):
    """Forget the places that were set: no screen shows or changes them any more."""
    env["ir.config_parameter"].sudo().set_param(PARAMETER, False)
