"""Examples in docstrings are tests, if somebody runs them."""

import ast
import doctest
import types
import unittest
from pathlib import Path

from ..assertions import HandoverAssertions

TESTS = Path(__file__).resolve().parent.parent
ADDONS = sorted(path.parent for path in TESTS.parent.glob("*/__manifest__.py"))


def with_examples():
    """Return the names of our add-ons' modules that state examples."""
    parser = doctest.DocTestParser()
    return sorted(
        path.stem
        for addon in ADDONS
        for path in addon.rglob("*.py")
        if parser.get_examples(path.read_text(encoding="utf-8"))
    )


def with_tests():
    """Return the names of the modules whose examples a test runs."""
    calls = [
        node
        for path in TESTS.glob("*/test_*.py")
        if path != Path(__file__).resolve()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    return sorted(
        call.args[0].id
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "assertExamples"
    )


class TestExamples(HandoverAssertions, unittest.TestCase):
    def test_each_module_with_examples_has_a_test_that_runs_them(self):
        found = with_examples()
        self.assertIn("allocation", found)
        self.assertEqual(found, with_tests())

    def module(self, *examples):
        """A module that states these examples."""
        text = "".join(f"\n>>> {example}\n" for example in examples)
        return types.ModuleType("stated", text)

    def test_examples_that_hold_are_enough(self):
        self.assertExamples(self.module("1 + 1\n2", "[]\n[]"), at_least=2)

    def test_an_example_that_is_wrong_fails(self):
        with self.assertRaisesRegex(AssertionError, "examples of stated"):
            self.assertExamples(self.module("1 + 1\n3", "1\n1"))

    def test_a_module_without_examples_fails(self):
        with self.assertRaisesRegex(AssertionError, "examples of stated"):
            self.assertExamples(self.module())

    def test_examples_that_are_all_skipped_fail(self):
        with self.assertRaisesRegex(AssertionError, "examples of stated"):
            self.assertExamples(self.module("1 + 1  # doctest: +SKIP\n2"))

    def test_fewer_examples_than_there_were_fail(self):
        with self.assertRaisesRegex(AssertionError, "examples of stated"):
            self.assertExamples(self.module("1 + 1\n2"), at_least=2)
