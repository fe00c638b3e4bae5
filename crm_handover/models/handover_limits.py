"""How much a caller may ask for at once: the administrator's settings."""

# kept as system parameters, `crm_handover.<name>`
LIMITS = {
    # ids in one call; the default is the limit of Odoo's own server actions
    "max_records_per_call": 20_000,
    "max_records": 200_000,
    # what is about more records is done in the background
    "background_from": 20_000,
    "max_text": 10_000,
    "max_requests_per_day": 500,
}


def limit(env, name):
    """Return the limit of this name.

    :param str name: a key of ``LIMITS``
    :return: a whole number above 0; the default where none is set, or a wrong one:
        no setting means "without limit"
    """
    value = env["ir.config_parameter"].sudo().get_param(f"crm_handover.{name}")
    try:
        number = int(value)
    except (TypeError, ValueError):
        return LIMITS[name]
    return number if number > 0 else LIMITS[name]
