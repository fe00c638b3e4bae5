"""Days and moments as every screen writes them: short, as Odoo's own lists do.

The year is told where it is not the present one. Paper and mails, which are read later,
have the date of the language, with its year.
"""

from datetime import datetime

from babel.dates import format_skeleton

from odoo import fields
from odoo.tools.misc import babel_locale_parse, format_time


def day_text(env, day):
    """Return a day, or the day of a moment (UTC), for the reader; empty without one.

    “Dec 9”, or “Dec 9, 2031” in another year.
    """
    if not day:
        return ""
    if isinstance(day, datetime):
        day = reader_day(env, day)
    today = fields.Date.context_today(env.user)
    skeleton = "MMMd" if day.year == today.year else "yMMMd"
    return format_skeleton(skeleton, day, locale=_locale(env))


def moment_text(env, moment):
    """Return a moment (UTC) where the reader is: “Dec 9, 3:00 PM”."""
    if not moment:
        return ""
    time = format_time(env, moment, time_format="short")
    return f"{day_text(env, moment)}, {time}"


def reader_day(env, moment):
    """Return the day that a moment (UTC) is on, where the reader is."""
    return fields.Datetime.context_timestamp(env.user, moment).date()


def _locale(env):
    return babel_locale_parse(env.lang or "en_US")
