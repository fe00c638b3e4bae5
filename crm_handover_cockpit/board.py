"""The customers of a handover, in a column for each successor: plain Python.

>>> rows = [
...     Row(1, 7, ("res.partner", 3), "Deal", 1, value=50, risk="low"),
...     Row(2, 7, ("res.partner", 3), "Plan", 2, risk="high", late=2),
...     Row(3, 7, ("res.partner", 4), "Offer", 1, value=90, briefing="released",
...         told=True),
...     Row(4, 0, ("crm.lead", 9), "Alone", 1),
... ]
>>> columns = deal_out(rows)
>>> [[card.main.name for card in columns[7]], [card.main.name for card in columns[0]]]
[['Offer', 'Deal'], ['Alone']]
>>> columns[7][0].is_briefed, columns[0][0].is_customer
(True, False)
>>> columns[7][0]._replace(rows=[rows[2]._replace(told=False)]).briefing
'open'
>>> more = [*rows, Row(5, 8, ("res.partner", 3), "Of another", 1)]
>>> [len(card.rows) for card in whole(more)]
[3, 1, 1]
>>> card = columns[7][1]
>>> card.value, card.risk, card.late, card.briefing, card.line_ids
(50, 'high', 2, 'open', [1, 2])
"""

from typing import NamedTuple

# whose column has no id of a user; what is below 0 is a team, whose pool takes it
NOBODY = 0
RISKS = ("none", "low", "medium", "high")


class Row(NamedTuple):
    """A record on the handover, as far as the reader knows it."""

    line_id: int
    taker: int
    # what it belongs together with, see ``_handover_bundles``
    bundle: tuple
    name: str
    kind: int
    # it is what the others belong together with
    itself: bool = False
    value: float = 0
    stage: str = ""
    todos: int = 0
    late: int = 0
    # the next ones: [(start, name)]
    meetings: tuple = ()
    risk: str = "none"
    # released, understood, or open
    briefing: str = "open"
    # something is written about it
    told: bool = False
    asked: bool = False
    questions: int = 0
    # by which rule of the split its successor was chosen
    chosen: str = ""
    decision: str = "pending"
    reason: str = ""
    # the customer has heard from the successor; None where nobody keeps that
    called: bool | None = None
    state: str = "todo"

    @property
    def of_customer(self):
        """Whether it belongs to a customer, or names none."""
        return self.bundle[0] == "res.partner"


class Card(NamedTuple):
    """What of one customer goes to one person."""

    bundle: tuple
    taker: int
    rows: list

    @property
    def line_ids(self):
        return [row.line_id for row in self.rows]

    @property
    def is_customer(self):
        """Whether it is about a customer, or a record that names none."""
        return self.rows[0].of_customer

    @property
    def value(self):
        return sum(row.value for row in self.rows)

    @property
    def main(self):
        """The record that matters most: what it is worth, or any but the customer."""
        return max(self.rows, key=lambda row: (row.value, not row.itself))

    @property
    def late(self):
        return sum(row.late for row in self.rows)

    @property
    def todos(self):
        return sum(row.todos for row in self.rows)

    @property
    def questions(self):
        return sum(row.questions for row in self.rows)

    @property
    def meeting(self):
        return min((one for row in self.rows for one in row.meetings), default=None)

    @property
    def risk(self):
        return max((row.risk for row in self.rows), key=RISKS.index)

    @property
    def is_briefed(self):
        return self.briefing != "open"

    @property
    def briefing(self):
        """As far as all that was released of it is; nothing written briefs nobody."""
        released = {row.briefing for row in self.rows if row.told} - {"open"}
        if not released:
            return "open"
        return "released" if "released" in released else "understood"

    @property
    def decision(self):
        """The one of all its records, or ``mixed``."""
        found = {row.decision for row in self.rows}
        return found.pop() if len(found) == 1 else "mixed"

    @property
    def chosen(self):
        """The rule by which its taker was chosen, where all its records have it."""
        found = {row.chosen for row in self.rows}
        return found.pop() if len(found) == 1 else ""

    @property
    def reason(self):
        """Why a record was declined."""
        return next((row.reason for row in self.rows if row.reason), "")

    @property
    def called(self):
        """Whether the customer has heard from the successor; ``None``: not known."""
        known = [row.called for row in self.rows if row.called is not None]
        return any(known) if known else None


def deal_out(rows):
    """Return the cards by who takes them, the most valuable first: ``{id: [Card]}``."""
    cards = {}
    for row in rows:
        key = row.taker, row.bundle
        cards.setdefault(key, Card(row.bundle, row.taker, [])).rows.append(row)
    columns = {}
    for card in cards.values():
        columns.setdefault(card.taker, []).append(card)
    for column in columns.values():
        column.sort(key=lambda card: (-card.value, -len(card.rows), card.line_ids[0]))
    return columns


def whole(rows):
    """Return the customers whoever takes them: cards with all their records.

    Somebody is briefed about a customer once, however many people take a part of it.
    """
    cards = {}
    for row in rows:
        card = cards.setdefault(row.bundle, Card(row.bundle, NOBODY, []))
        card.rows.append(row)
    return [*cards.values()]
