"""After a handover: days, hours of work, medians. Numbers only, no database.

>>> parse_days("30, 7,90, 7")
(7, 30, 90)
>>> parse_days("0")
()
>>> median([4.0, 1.0, 2.5])
2.5
>>> median([1.0, 2.0])
1.5
>>> median([]) is None
True
"""

import statistics
from bisect import bisect_right
from datetime import timedelta

MOST_DAYS = 365
MOST_REVIEWS = 12


def parse_days(text):
    """Return the days that ``text`` names, in order, each once.

    :param str text: whole numbers from 1 to 365, with commas in between; nothing, or a
        zero, is no day at all
    :raise ValueError: when something in it is no such number, or there are too many
    """
    days = sorted({int(word) for word in (text or "").split(",") if word.strip()})
    if days == [0]:
        return ()
    if any(not 0 < day <= MOST_DAYS for day in days) or len(days) > MOST_REVIEWS:
        raise ValueError(text)
    return tuple(days)


def median(values):
    """Return the middle of ``values``, or ``None`` when there are none."""
    return statistics.median(values) if values else None


class WorkTime:
    """The times at which a company works, to count hours of work between moments.

    Friday from 9 to 17 h and Monday from 9 to 17 h, asked from Friday 16 h to Monday
    10:30 h, are one hour and another one and a half:

    >>> from datetime import datetime
    >>> friday, monday = datetime(2026, 3, 6), datetime(2026, 3, 9)
    >>> at = lambda day, hour: day + timedelta(hours=hour)
    >>> time = WorkTime([(at(d, 9), at(d, 17)) for d in (friday, monday)])
    >>> time.hours(at(friday, 16), at(monday, 10.5))
    2.5
    >>> time.hours(at(friday, 20), at(monday, 8))
    0.0
    """

    def __init__(self, intervals):
        """:param intervals: ``[(start, end)]`` in order, none overlaps another"""
        self.starts, self.ends, self.before = [], [], []
        total = timedelta()
        for start, end in intervals:
            self.starts.append(start)
            self.ends.append(end)
            self.before.append(total)
            total += end - start

    def _until(self, moment):
        index = bisect_right(self.starts, moment) - 1
        if index < 0:
            return timedelta()
        return self.before[index] + min(moment, self.ends[index]) - self.starts[index]

    def hours(self, start, end):
        """Return the hours of work between two moments."""
        return (self._until(end) - self._until(start)).total_seconds() / 3600
