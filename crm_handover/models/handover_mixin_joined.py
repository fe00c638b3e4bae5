from lxml import etree
from lxml.builder import E

from odoo import api, models

from . import handover_views
from .handover_keys import KEY_NAME
from .handover_scope_joined import joins

# a key is one of these
TEXTS = ("char", "text", "html")
# what fields are called that lists and cards show of any record, in Odoo's words and in
# those of its Studio: the first one that is there
CUSTOMERS = (
    *("partner_id", "customer_id", "x_partner_id", "x_customer_id"),
    *("x_studio_partner_id", "x_studio_customer", "x_studio_customer_id"),
)
FACTS = {
    "stage": (
        *("stage_id", "state", "state_id", "x_stage_id", "x_state", "x_state_id"),
        *("x_studio_stage_id", "x_studio_state", "x_studio_status"),
    ),
    "deadline": (
        *("date_deadline", "x_date_deadline", "x_studio_date_deadline"),
        *("x_studio_deadline",),
    ),
    "amount": (
        *("amount_total", "x_amount", "x_amount_total", "x_value"),
        *("x_studio_amount", "x_studio_value"),
    ),
}
TYPES = {
    "stage": ("selection", "many2one"),
    "deadline": ("date", "datetime"),
    "amount": ("monetary",),
}
# where somebody lives is no stage
PLACES = ("res.country.state", "res.country")
# what a record names that may open it: nobody has said which of them do
NAMED_BY = ("res.users", "res.groups", "res.company", "crm.team", "hr.employee")


def field_access(Model):
    """Return the method that keeps keys from who has a record by a handover alone.

    :param Model: class of a model that has joined; what extends it goes through here
        with its own keys, as well
    """

    @api.model
    def _has_field_access(self, field, operation):
        # nobody can ask for a part of the records only: neither a search by it
        key = field.name in Model._handover_key_names and not self.env.su
        if key and self._handover_lends():
            return False
        return super(Model, self)._has_field_access(field, operation)

    return _has_field_access


class HandoverMixin(models.AbstractModel):
    """What a model that has joined by its kind cannot say itself."""

    _inherit = "handover.mixin"

    # the fields that are a key by their name, and those that are worked out from them
    _handover_key_names = frozenset()

    def _post_model_setup__(self):
        result = super()._post_model_setup__()
        if joins(self):
            keys = self._handover_find_keys()
            Model = type(self)
            Model._handover_key_names = frozenset(key.name for key in keys)
            # here alone: everybody would pay for it, for each field of each record
            Model._has_field_access = field_access(Model)
            Model._handover_facts = self._handover_find_facts()
            found = (n for n in CUSTOMERS if self._handover_leads_to_partner(self, n))
            Model._handover_customer_field = next(found, CUSTOMERS[0])
        return result

    @api.model
    def _handover_find_facts(self):
        """Return the fields that are shown of a record, see ``_handover_facts``."""
        facts = {}
        for fact, names in FACTS.items():
            fits = (
                name
                for name in names
                if (field := self._fields.get(name))
                and field.store
                and field.type in TYPES[fact]
                and field.comodel_name not in PLACES
            )
            if name := next(fits, None):
                facts[fact] = name
        if amount := facts.get("amount"):
            currency = self._fields[amount].get_currency_field(self)
            if currency and self._fields[currency].store:
                facts["currency"] = currency
        return facts

    @api.model
    def _handover_find_keys(self):
        """Return the fields that are keys, and what is worked out from them."""
        texts = [field for field in self._fields.values() if field.type in TEXTS]
        keys = {field for field in texts if field.store and KEY_NAME.search(field.name)}
        found = keys
        while found:
            names = {field.name for field in found}
            found = {
                field
                for field in texts
                # what a record is called is for everybody
                if field not in keys and field.name != "display_name"
                for path in field.get_depends(self)[0]
                if path.partition(".")[0] in names
            }
            keys |= found
        return keys

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        result = super().get_view(view_id, view_type, **options)
        if joins(self) and not self.env.su:
            # whoever asks is not part of what is cached
            arch = etree.fromstring(result["arch"])
            if handover_views.leave_out(arch, self, _keys_not_for):
                result["arch"] = etree.tostring(arch, encoding="unicode")
        return result

    @api.model
    def _handover_moves(self, vals):
        # whoever works along on it would stay in it by any of these
        moves = super()._handover_moves(vals)
        if moves or not joins(self):
            return moves
        looked_at = self.env["ir.rule"]._handover_looks_at(self._name)
        return any(
            name in looked_at or self._fields[name].comodel_name in NAMED_BY
            for name in vals.keys() & self._fields.keys()
        )

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and joins(self):
            self._handover_add_button(arch)
        return arch, view

    @api.model
    def _handover_add_button(self, arch):
        """Add the button that counts and opens the handovers of a record to its form.

        :param arch: the form, an element; one without a sheet, as in a dialog, stays
            as it is
        """
        sheet = arch.find(".//sheet")
        if sheet is None or arch.xpath("//button[@name='action_view_handovers']"):
            return
        box = sheet.find("div[@name='button_box']")
        if box is None:
            box = E.div({"name": "button_box", "class": "oe_button_box"})
            sheet.insert(0, box)
        # rows of the model made at run time have no translations of their own
        label = self.env["crm.lead"]._fields["handover_count"]
        box.append(
            E.button(
                E.field(
                    name="handover_count",
                    widget="statinfo",
                    string=label._description_string(self.env),
                ),
                {"name": "action_view_handovers", "type": "object"},
                {"class": "oe_stat_button", "icon": "fa-exchange"},
                groups="crm_handover.group_handover_user",
                invisible="handover_count == 0",
            )
        )


def _keys_not_for(Model):
    """Return the names of a model's fields that are keys the user may not read."""
    names = getattr(Model, "_handover_key_names", ())
    return names if names and Model._handover_lends() else ()
