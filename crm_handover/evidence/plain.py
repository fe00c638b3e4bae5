from datetime import date, datetime

from odoo import fields, models


def plain(value):
    """Return the value of a field or a column as JSON can hold it.

    Records become their id, days a text, times one in UTC, and what is empty ``False``.
    """
    if value is None:
        return False
    if isinstance(value, models.BaseModel):
        return value.id
    if isinstance(value, datetime):
        return fields.Datetime.to_string(value)
    if isinstance(value, date):
        return fields.Date.to_string(value)
    return value
