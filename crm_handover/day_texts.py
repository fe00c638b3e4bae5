"""Days and moments as every screen writes them: short, as Odoo's own lists do.

The year is told where it is not the present one. Paper and mails, which are read later,
have the date of the language, with its year.
"""

from datetime import datetime, time, timedelta

import pytz
from babel.dates import format_skeleton, get_datetime_format

from odoo import fields
from odoo.tools.misc import babel_locale_parse, format_time

from .word_texts import besides


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


def moment_text(env, moment, zone=None):
    """Return a moment (UTC) where the reader is: “Dec 9, 3:00 PM”.

    :param str zone: the time zone that is meant; where the clock shows something else
        than with the reader, the zone is told as well
    """
    if not moment:
        return ""
    foreign = zone and is_foreign(env, zone, moment)
    zone = zone if foreign else None
    day = local_time(zone, moment).date() if zone else moment
    clock = format_time(env, moment, tz=zone or False, time_format="short")
    # which one comes first, and what is between them
    pattern = get_datetime_format("medium", locale=_locale(env)).replace("'", "")
    text = pattern.format(clock, day_text(env, day))
    return besides(env, text, zone) if foreign else text


def reader_day(env, moment):
    """Return the day that a moment (UTC) is on, where the reader is."""
    return fields.Datetime.context_timestamp(env.user, moment).date()


def local_time(zone, moment):
    """Return a moment (UTC) by the clock of a time zone."""
    return pytz.utc.localize(moment).astimezone(pytz.timezone(zone))


def is_foreign(env, zone, moment):
    """Tell whether the clocks of a zone show another time than the reader's, then."""
    theirs = local_time(zone, moment)
    mine = fields.Datetime.context_timestamp(env.user, moment)
    return theirs.utcoffset() != mine.utcoffset()


def day_end(zone, day):
    """Return the last second (UTC) of a day in a time zone.

    Where clocks are put back, an hour comes twice: the second time is the end.
    """
    last = datetime.combine(day, time(23, 59, 59))
    there = pytz.timezone(zone)
    ends = [there.localize(last, is_dst=summer) for summer in (True, False)]
    return max(ends).astimezone(pytz.utc).replace(tzinfo=None)


def day_begin(zone, day):
    """Return the first second (UTC) of a day in a time zone.

    It is not always midnight: where clocks are put forward then, there is none.
    """
    return day_end(zone, day - timedelta(days=1)) + timedelta(seconds=1)


def _locale(env):
    return babel_locale_parse(env.lang or "en_US")
