"""Who gets what when work is split: bundles dealt out to takers, no database.

A bundle is what belongs together, a customer with contacts, deals and tasks. It goes to
one taker as a whole, or to nobody: where no taker has room for it, or may take it.

>>> lines = [
...     Line(1, "brewery", Load(1, 900), marks={"Belgium": 1}),
...     Line(2, "brewery", Load(1, 100, 2)),
...     Line(3, "bakery", Load(1, 500), marks={"France": 1}),
...     Line(4, "garage", Load(1, 500), marks={"Spain": 1}),
... ]
>>> bundles = bundle_up(lines)
>>> [(bundle.key, bundle.lines, bundle.load.records) for bundle in bundles]
[('brewery', (1, 2), 2), ('bakery', (3,), 1), ('garage', (4,), 1)]

Everybody in turn, as far as the caps go; by load, the larger ones first:

>>> Deal(bundles, [Taker("bruno"), Taker("chen")]).in_turn()
{1: 'bruno', 2: 'bruno', 3: 'chen', 4: 'bruno'}
>>> Deal(bundles, [Taker("bruno", cap=2), Taker("chen", cap=1)]).in_turn()
{1: 'bruno', 2: 'bruno', 3: 'chen', 4: None}
>>> deal = Deal(bundles, [Taker("bruno"), Taker("chen")])
>>> deal.by_load()
{1: 'bruno', 2: 'bruno', 3: 'chen', 4: 'chen'}
>>> round(deal.fairness, 2)
1.33

Who has more already gets less, and who knows the country gets what is there:

>>> busy = Taker("bruno", Load(20, 9000, 5))
>>> Deal(bundles, [busy, Taker("chen")]).by_load()
{1: 'chen', 2: 'chen', 3: 'chen', 4: 'chen'}
>>> deal = Deal(bundles, [Taker("bruno", marks={"France": 8}), Taker("chen")])
>>> deal.by_load(), deal.suited
({1: 'chen', 2: 'chen', 3: 'bruno', 4: 'bruno'}, {3})

Nobody takes what they give, and a bundle is torn only on purpose:

>>> both = [Line(1, "brewery", Load(1), "anna"), Line(2, "brewery", Load(1), "bruno")]
>>> Deal(bundle_up(both), [Taker("anna"), Taker("bruno")]).by_load()
{1: None, 2: None}
>>> apart = Deal(bundle_up(both, together=False), [Taker("anna"), Taker("bruno")])
>>> apart.by_load()
{1: 'bruno', 2: 'anna'}
>>> torn(both, {1: "bruno", 2: "anna"}), torn(both, {1: "chen", 2: "chen"})
(1, 0)
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle, islice
from math import inf
from typing import Any, NamedTuple


class Load(NamedTuple):
    """How much somebody has to do: open records, their value, and to-dos."""

    records: int = 0
    value: float = 0
    todos: int = 0

    def plus(self, other):
        """
        >>> Load(1, 10, 2).plus(Load(2, 5))
        Load(records=3, value=15, todos=2)
        """
        return Load(*(mine + its for mine, its in zip(self, other, strict=True)))

    def minus(self, other):
        """Return what is left without ``other``, never less than nothing.

        >>> Load(3, 10).minus(Load(1, 20))
        Load(records=2, value=0, todos=0)
        """
        return Load(
            *(max(mine - its, 0) for mine, its in zip(self, other, strict=True))
        )


NOTHING = Load()


class Line(NamedTuple):
    """One record: what it belongs together with, who gives it, what it weighs.

    ``marks`` say what kind of taker suits it, and how well: ``{mark: number}``.
    """

    id: Any
    bundle: Any
    load: Load = NOTHING
    giver: Any = None
    marks: dict | None = None


@dataclass
class Taker:
    """Somebody who takes: what they have already, and how many records they may get.

    ``marks`` say what they have most of: ``{mark: number}``.
    """

    id: Any
    load: Load = NOTHING
    cap: int | None = None
    marks: dict = field(default_factory=dict)


@dataclass
class Bundle:
    """Lines that go to the same taker, each with its load."""

    key: Any
    loads: dict = field(default_factory=dict)
    load: Load = NOTHING
    givers: frozenset = frozenset()
    marks: Counter = field(default_factory=Counter)

    @property
    def lines(self):
        return (*self.loads,)

    def add(self, line):
        self.loads[line.id] = line.load
        self.load = self.load.plus(line.load)
        self.givers |= {line.giver}
        self.marks.update(line.marks or {})


def bundle_up(lines, together=True):
    """Return the bundles of ``lines``, in the order of their first ones.

    :param bool together: without, each line is a bundle of its own
    """
    bundles = {}
    for line in lines:
        key = line.bundle if together else line.id
        bundles.setdefault(key, Bundle(key)).add(line)
    return [*bundles.values()]


def torn(lines, assignment):
    """Count what belongs together and goes to several takers, or in part to nobody.

    :param assignment: ``{line id: taker id or None}``
    """
    takers = {}
    for line in lines:
        takers.setdefault(line.bundle, set()).add(assignment.get(line.id))
    return sum(len(some) > 1 for some in takers.values())


class Scale:
    """Makes one number of a load: records, value and to-dos count the same.

    >>> scale = Scale([Load(10, 1000), Load(30, 1000)])
    >>> scale.weigh(Load(10, 1000)), scale.weigh(Load(30, 1000))
    (0.75, 1.25)
    >>> scale.fairness([Load(10, 1000), Load(30, 1000)]), Scale([]).fairness([])
    (1.25, 1.0)
    """

    def __init__(self, loads):
        self.totals = NOTHING
        for load in loads:
            self.totals = self.totals.plus(load)

    def weigh(self, load):
        return sum(
            part / total for part, total in zip(load, self.totals, strict=True) if total
        )

    def fairness(self, loads):
        """Return the largest load as a multiple of the mean: 1 is perfectly even."""
        weights = [self.weigh(load) for load in loads]
        if not sum(weights):
            return 1.0
        return max(weights) * len(weights) / sum(weights)


class Deal:
    """One deal of ``bundles`` to ``takers``. The same cards fall the same way again."""

    def __init__(self, bundles, takers):
        self.bundles = bundles
        self.takers = takers
        self.loads = {taker.id: taker.load for taker in takers}
        self.room = {
            taker.id: inf if taker.cap is None else taker.cap for taker in takers
        }
        self.scale = Scale([*self.loads.values(), *(bundle.load for bundle in bundles)])
        self.weights = {taker.id: self.scale.weigh(taker.load) for taker in self.takers}
        # the lines that somebody got because they suit them
        self.suited = set()
        self.assignment = dict.fromkeys(
            line for bundle in bundles for line in bundle.loads
        )

    @property
    def fairness(self):
        """The largest load as a multiple of the mean, after the deal."""
        return self.scale.fairness(self.loads.values())

    def as_it_is(self, present):
        """Give everything to whom it goes already, as far as they are there.

        >>> line = Line(1, "brewery", Load(1))
        >>> Deal(bundle_up([line]), [Taker("bruno", cap=0)]).as_it_is({1: "bruno"})
        {1: 'bruno'}

        :param present: ``{line id: taker id}``
        :return: ``{line id: taker id, or None}``
        """
        for bundle in self.bundles:
            for line, load in bundle.loads.items():
                taker_id = present.get(line)
                if taker_id in self.loads:
                    self.assignment[line] = taker_id
                    self.loads[taker_id] = self.loads[taker_id].plus(load)
        return self.assignment

    def in_turn(self):
        """Deal one bundle to each taker in turn.

        :return: ``{line id: taker id, or None where nobody may take it}``
        """
        start = 0
        for bundle in self.bundles:
            order = islice(
                cycle(enumerate(self.takers)), start, start + len(self.takers)
            )
            for index, taker in order:
                if self._may_take(taker, bundle):
                    self._give(taker, bundle)
                    start = (index + 1) % len(self.takers)
                    break
        return self.assignment

    def by_load(self):
        """Deal each bundle to whom it suits best, and what suits nobody evenly.

        What suits is dealt first, and large ones before small ones: these even out
        what is left.

        :return: ``{line id: taker id, or None where nobody may take it}``
        """
        suits = {
            bundle.key: {
                taker.id: affinity
                for taker in self.takers
                if (affinity := self._affinity(taker, bundle))
            }
            for bundle in self.bundles
        }
        heavy = {bundle.key: self.scale.weigh(bundle.load) for bundle in self.bundles}
        order = sorted(
            self.bundles,
            key=lambda bundle: (not suits[bundle.key], -heavy[bundle.key]),
        )
        for bundle in order:
            suited = suits[bundle.key]
            able = [taker for taker in self.takers if self._may_take(taker, bundle)]
            if able:
                best = min(
                    able,
                    key=lambda taker, suited=suited: (
                        -suited.get(taker.id, 0),
                        self.weights[taker.id],
                    ),
                )
                if suited.get(best.id):
                    self.suited.update(bundle.loads)
                self._give(best, bundle)
        return self.assignment

    @staticmethod
    def _affinity(taker, bundle):
        if not taker.marks:
            return 0
        return sum(
            count * taker.marks.get(mark, 0) for mark, count in bundle.marks.items()
        )

    def _may_take(self, taker, bundle):
        return (
            self.room[taker.id] >= len(bundle.loads) and taker.id not in bundle.givers
        )

    def _give(self, taker, bundle):
        self.assignment.update(dict.fromkeys(bundle.loads, taker.id))
        self.loads[taker.id] = self.loads[taker.id].plus(bundle.load)
        self.weights[taker.id] += self.scale.weigh(bundle.load)
        self.room[taker.id] -= len(bundle.loads)
