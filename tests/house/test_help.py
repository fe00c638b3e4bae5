"""Every field of ours says what it holds, to people and to scripts."""

from odoo.models import MAGIC_COLUMNS

from ..common import HandoverCommon

OURS = "crm_handover"


class TestHelp(HandoverCommon):
    def ours(self):
        """The fields that our add-ons bring, on models of anybody."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            for field in model._fields.values():
                # of a field that another record lends, Odoo tells no order of add-ons
                if field.inherited:
                    continue
                first = next(iter(field._modules), "")
                if first.startswith(OURS) and field.name not in MAGIC_COLUMNS:
                    yield model, field

    def test_every_field_says_what_it_holds(self):
        silent = {
            f"{model._name}.{field.name}"
            for model, field in self.ours()
            if not field.help and field.name != "display_name"
        }
        self.assertFalse(silent)

    def test_it_reaches_whoever_asks(self):
        described = self.Request.with_user(self.anna).fields_get(["state", "can_edit"])
        for field in described.values():
            self.assertTrue(field["help"])
