"""How complete work is that is handed over: points from weights, no database.

>>> score(20, 5)
75
>>> score(0, 0)
100
>>> score(1000, 1)
99
"""

from collections import Counter


def score(possible, missing):
    """Return how complete something is, from 0 to 100.

    :param int possible: the weights of all checks that were made
    :param int missing: the weights of those that found a gap
    :return: whole points, rounded down: 100 means that nothing at all is missing
    """
    return 100 * (possible - missing) // possible if possible else 100


class Tally:
    """The sum over the records of a handover, one :meth:`add` per record.

    >>> tally = Tally()
    >>> tally.add({"mail": 3, "phone": 1}, {"phone"})
    75
    >>> tally.add({"mail": 3, "phone": 1}, set())
    100
    >>> tally.score, tally.with_gaps, dict(tally.gaps)
    (87, 1, {'phone': 1})
    """

    def __init__(self):
        self.possible = self.missing = self.with_gaps = 0
        self.gaps = Counter()

    @property
    def score(self):
        """How complete all records together are; what weighs more counts more."""
        return score(self.possible, self.missing)

    def add(self, weights, gaps):
        """Count one record.

        :param weights: ``{check: weight}`` of the checks that were made
        :param gaps: those of the checks that found a gap
        :return: the score of the record
        """
        possible = sum(weights.values())
        missing = sum(weights[check] for check in gaps)
        self.possible += possible
        self.missing += missing
        self.with_gaps += bool(gaps)
        self.gaps.update(gaps)
        return score(possible, missing)
