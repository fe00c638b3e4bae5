"""How good a handover was: points from facts, with weights. No database.

Everything was complete and accepted, one of four customers heard nothing in time, and
nothing else is known yet:

>>> parts = {"completeness": 100, "acceptance": 100, "first_contact": 75}
>>> score(parts)
88

>>> score({}) is None
True
"""

# of 100, when all of them are known
WEIGHTS = {
    "completeness": 15,
    "coverage": 15,
    "time": 10,
    "first_contact": 20,
    "acceptance": 10,
    "retention": 15,
    "satisfaction": 15,
}
# what a day too late costs
POINTS_PER_DAY = 5


def score(parts):
    """Return the weighted mean of what is known, in whole points, or ``None``.

    :param parts: ``{part: points from 0 to 100}``, without what is not known
    """
    weight = sum(WEIGHTS[part] for part in parts)
    if not weight:
        return None
    return sum(points * WEIGHTS[part] for part, points in parts.items()) // weight


def share(part, whole):
    """Return ``part`` of ``whole`` in whole points, or ``None`` of nothing.

    >>> share(3, 4), share(0, 0)
    (75, None)
    """
    return 100 * part // whole if whole else None


def pace(days):
    """Return the points for being so many days late.

    >>> pace(0), pace(3), pace(40)
    (100, 85, 0)
    """
    return max(0, 100 - POINTS_PER_DAY * max(days, 0))


def stars(rating):
    """Return the points of an average rating from 1 to 5.

    >>> stars(5), stars(3.5), stars(1)
    (100, 62, 0)
    """
    return int((rating - 1) * 25)
