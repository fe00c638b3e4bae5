"""The check of XML files says what people would say of them."""

import pytest

from dev import xml_files

GOOD = """<?xml version="1.0" encoding="utf-8"?>
<odoo>
    <!-- one -->
    <record id="a"
            model="b">
        <field name="arch" type="xml"><form>
            <p>Text
that is as it is</p>
        </form></field>
        <field name="c"/>
    </record>
</odoo>
"""


@pytest.mark.parametrize(
    "old, new, wanted",
    [
        ("", "", []),
        ('        <field name="c"/>', '      <field name="c"/>', ["instead of 8"]),
        ("    </record>", "  </record>", ["instead of 4"]),
        ("    <!-- one -->", "<!-- one -->", ["instead of 4"]),
        ("<odoo>", "<odoo> ", ["spaces at the end"]),
        ("    <!--", "\t<!--", ["a tab", "instead of 4"]),
        ("</odoo>\n", "</odoo>", ["no line break"]),
        ("</record>", "</recrod>", ["mismatched tag"]),
    ],
)
def test_findings(tmp_path, old, new, wanted):
    path = tmp_path / "views.xml"
    path.write_text(GOOD.replace(old, new) if old else GOOD)
    found = xml_files.problems(path)
    assert len(found) == len(wanted)
    for (_line, text), words in zip(found, wanted, strict=True):
        assert words in text
