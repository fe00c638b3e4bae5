"""What the split reckons here and on the screen: the same cases, the same figures.

The screen moves cards without asking the server, so the arithmetic of ``allocation.py``
is there once more, in JavaScript. Its unit test runs the cases that are read here.
"""

import json
import unittest

from odoo.tools import file_open

from odoo.addons.crm_handover_split.allocation import (
    Deal,
    Line,
    Load,
    Taker,
    bundle_up,
    torn,
)

CASES_FILE = "crm_handover_split/static/tests/unit/handover_split/split_cases.js"
START, END = "\nexport const SPLIT_CASES = ", ";\n"
# of which each one is wrong without being noticed, if no case names it
PROMISES = {"loads", "left", "torn", "over", "fairness", "changed", "assignment"}
CHANGES = {"move", "bundle", "deal", "stay", "undo"}


def read_cases():
    """Return the cases; raise unless the file is JSON that JavaScript can read too."""
    with file_open(CASES_FILE) as file:
        text = file.read()
    _comment, start, data = text.partition(START)
    if not start or not data.endswith(END):
        raise ValueError(f"{CASES_FILE} has to be a comment and one array")
    return json.loads(data.removesuffix(END), object_pairs_hook=unambiguous)


def unambiguous(pairs):
    """Python and JavaScript take the last one of two keys, a reader the first one."""
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError(f"a key is there twice: {[key for key, _value in pairs]}")
    return result


class Board:
    """A split that is changed step by step, reckoned by ``allocation.py``."""

    def __init__(self, case):
        self.lines = [
            Line(
                line["id"],
                line["bundle"],
                Load(1, line["value"], line["todos"]),
                line["giver"],
            )
            for line in case["lines"]
        ]
        self.takers = case["takers"]
        self.assignment = {line["id"]: line["successor"] for line in case["lines"]}
        self.past = []

    def take(self, step):
        """Do what the step says; return how many lines it has moved, if it says so."""
        if "undo" in step:
            present = {taker["id"] for taker in self.takers}
            back = self.past.pop()
            self.assignment = {
                line: taker if taker in present else 0 for line, taker in back.items()
            }
            return None
        if "stay" in step:
            self.takers = [
                taker for taker in self.takers if taker["id"] in step["stay"]
            ]
            dealt = self.deal().as_it_is(self.assignment)
            return self.change({line: taker or 0 for line, taker in dealt.items()})
        if "deal" in step:
            return self.change(self.proposed(step))
        moved = step.get("move") or [
            line.id for line in self.lines if line.bundle == step.get("bundle")
        ]
        return self.change(dict.fromkeys(moved, step["to"]))

    def change(self, wanted):
        changed = {
            line for line, taker in wanted.items() if self.assignment[line] != taker
        }
        if changed:
            self.past.append(self.assignment)
            self.assignment = {**self.assignment, **wanted}
        return len(changed)

    def proposed(self, step):
        deal = self.deal(step.get("together", True))
        dealt = deal.in_turn() if step["deal"] == "turn" else deal.by_load()
        return {line: taker or 0 for line, taker in dealt.items()}

    def deal(self, together=True):
        takers = [
            Taker(taker["id"], kept(taker), taker["cap"]) for taker in self.takers
        ]
        return Deal(bundle_up(self.lines, together), takers)

    def coming(self, taker_id):
        lines = [line for line in self.lines if self.assignment[line.id] == taker_id]
        return sum_of(line.load for line in lines)

    def figures(self):
        """What a step may promise, but for what it changes."""
        deal = self.deal()
        dealt = deal.as_it_is(self.assignment)
        return {
            "loads": {
                str(taker["id"]): [
                    [*kept(taker)],
                    [*self.coming(taker["id"])],
                    [*deal.loads[taker["id"]]],
                ]
                for taker in self.takers
            },
            "left": sum(taker is None for taker in dealt.values()),
            "torn": torn(self.lines, dealt),
            "over": [
                taker["id"]
                for taker in self.takers
                if taker["cap"] is not None
                and self.coming(taker["id"]).records > taker["cap"]
            ],
            "fairness": deal.fairness,
        }


def kept(taker):
    return Load(*taker["before"]).minus(Load(*taker["gives"]))


def sum_of(loads):
    result = Load()
    for load in loads:
        result = result.plus(load)
    return result


class TestArithmetic(unittest.TestCase):
    """Needs no database, as little as what it tests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cases = read_cases()

    def test_the_cases_of_the_screen_come_out_the_same(self):
        for case in self.cases:
            board = Board(case)
            for number, step in enumerate(case["steps"]):
                with self.subTest(case["name"], step=number):
                    self.check(board, step)

    def check(self, board, step):
        if "deal" in step:
            dealt = {str(line): taker for line, taker in board.proposed(step).items()}
            self.assertEqual(dealt, step["assignment"])
        if CHANGES & step.keys():
            changed = board.take(step)
            self.assertEqual(changed, step.get("changed", changed))
        figures = board.figures()
        self.assertAlmostEqual(
            figures["fairness"], step.get("fairness", figures["fairness"]), places=4
        )
        for name in {"left", "over", "torn"} & step.keys():
            # allocation.py counts what is torn
            wanted = len(step[name]) if name == "torn" else step[name]
            self.assertEqual(figures[name], wanted, name)
        for taker_id, loads in step.get("loads", {}).items():
            for load, expected in zip(figures["loads"][taker_id], loads, strict=True):
                for part, wanted in zip(load, expected, strict=True):
                    self.assertAlmostEqual(part, wanted, msg=f"load of {taker_id}")

    def test_every_figure_and_every_change_is_in_a_case(self):
        steps = [step for case in self.cases for step in case["steps"]]
        named = {key for step in steps for key in step}
        self.assertEqual(named, PROMISES | CHANGES | {"to", "together"})

    def test_each_case_has_a_name_of_its_own(self):
        names = [case["name"] for case in self.cases]
        self.assertEqual(len({*names}), len(names))
