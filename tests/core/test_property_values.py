"""Where property values find a place in another definition."""

import unittest

from odoo.addons.crm_handover.property_values import carry, shown


def prop(name, label, kind="char", **more):
    return {"name": name, "string": label, "type": kind, **more}


class TestPropertyValues(unittest.TestCase):
    def check(self, value, former, definition, carried, lost=()):
        found, without = carry({former["name"]: value}, [former], definition)
        self.assertEqual(found, carried)
        self.assertEqual([p["string"] for p in without], list(lost))

    def test_by_name_first(self):
        former = prop("a", "Region")
        both = [prop("b", "Region"), prop("a", "District")]
        self.check("Alps", former, both, {"a": "Alps"})

    def test_by_label_whatever_its_blanks_and_capitals(self):
        self.check("Alps", prop("a", " Region"), [prop("b", "region ")], {"b": "Alps"})

    def test_another_type_or_model_is_another_property(self):
        former = prop("a", "Region")
        self.check("Alps", former, [prop("a", "Region", "text")], {}, ["Region"])
        country = prop("a", "From", "many2one", comodel="res.country")
        partner = prop("a", "From", "many2one", comodel="res.partner")
        self.check(3, country, [partner], {}, ["From"])

    def test_empty_is_not_lost_and_zero_is_a_value(self):
        former = prop("a", "Budget", "integer")
        for value in (None, False, "", []):
            self.check(value, former, [], {})
        self.check(0, former, [], {}, ["Budget"])
        self.check(0, former, [prop("b", "Budget", "integer")], {"b": 0})

    def test_options_by_their_label(self):
        former = prop("a", "Channel", "selection", selection=[["x", "Web"]])
        other = prop("b", "Channel", "selection", selection=[["y", "Web"]])
        none = prop("b", "Channel", "selection", selection=[["x", "Fair"]])
        self.check("x", former, [other], {"b": "y"})
        self.check("x", former, [none], {}, ["Channel"])
        self.assertEqual(shown(former, "x"), "Web")

    def test_tags_go_together_or_not_at_all(self):
        tags = [["x", "Hot", 1], ["y", "Big", 2]]
        former = prop("a", "Marks", "tags", tags=tags)
        self.check(["x", "y"], former, [prop("b", "Marks", "tags", tags=tags)],
                   {"b": ["x", "y"]})  # fmt: skip
        self.check(["x", "y"], former, [prop("b", "Marks", "tags", tags=tags[:1])],
                   {}, ["Marks"])  # fmt: skip
        self.assertEqual(shown(former, ["x", "y"]), "Hot, Big")
