from datetime import datetime

from odoo import fields, models


def plain(value):
    """Return the value of a field or a column as JSON can hold it.

    Records become their id, times a text in UTC, and what is empty ``False``.
    """
    if value is None:
        return False
    if isinstance(value, models.BaseModel):
        return value.id
    if isinstance(value, datetime):
        return fields.Datetime.to_string(value)
    return value
