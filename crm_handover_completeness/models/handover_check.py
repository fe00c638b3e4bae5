from odoo import api, fields, models
from odoo.exceptions import ValidationError

KINDS = [
    ("field_missing", "A field is empty"),
    ("email_malformed", "The e-mail address is not valid"),
    ("email_bounced", "E-mails came back"),
    ("phone_malformed", "The phone number is not valid"),
    ("duplicate", "There is a duplicate"),
    ("no_next_step", "No next step is planned"),
    ("overdue_todo", "A to-do is overdue"),
    ("no_communication", "No communication for a while"),
    ("past_date", "A date has passed"),
    ("no_file", "There is no file"),
]

# the fields by which a model shows that a kind of check makes sense for it
NEEDS = {
    "email_malformed": "email_normalized",
    "email_bounced": "message_bounce",
    "phone_malformed": "phone_sanitized",
    "no_next_step": "activity_ids",
    "overdue_todo": "activity_ids",
    "no_communication": "message_ids",
}
DATES = ("date", "datetime")


class HandoverCheck(models.Model):
    """A rule of completeness: what records of one kind must not lack.

    Handover managers edit the rules. What each kind looks for is in the methods
    ``_find_<kind>``; another add-on adds a kind by adding such a method.
    """

    _name = "handover.check"
    _description = "Handover Check"
    _inherit = ["handover.typed"]
    _order = "scope_id, sequence, id"

    name = fields.Char(
        required=True,
        translate=True,
        help="What is missing, in the words that people read.",
    )
    sequence = fields.Integer(default=10, help="Its place in the list.")
    active = fields.Boolean(default=True, help="Archived, it is looked for no more.")
    scope_id = fields.Many2one(
        "handover.scope",
        string="Records",
        required=True,
        index=True,
        ondelete="cascade",
        help="The kind of record that is checked.",
    )
    kind = fields.Selection(
        KINDS, string="Looks For", required=True, help="What counts as missing."
    )
    # no relation to ir.model.fields: only administrators may read that
    field_names = fields.Char(
        string="Fields",
        help="The technical names of fields, with commas between them. Of several"
        " fields, one has to be filled in.",
    )
    days = fields.Integer(default=30, help="So many days count as recent, or as soon.")
    weight = fields.Integer(
        default=10, required=True, help="How much it counts, next to the others."
    )
    severity = fields.Selection(
        [("warn", "Warns"), ("block", "Blocks")],
        default="warn",
        required=True,
        help="A handover with a gap that blocks cannot be submitted.",
    )
    responsible = fields.Selection(
        [("predecessor", "The predecessor"), ("requester", "The requester")],
        default="predecessor",
        required=True,
        help="Who is asked for what is missing.",
    )

    _weight_positive = models.Constraint(
        "CHECK (weight BETWEEN 1 AND 1000)", "A check weighs from 1 to 1000."
    )
    _days_positive = models.Constraint(
        "CHECK (days BETWEEN 1 AND 3650)", "Choose from 1 to 3650 days."
    )

    @api.constrains("scope_id", "kind", "field_names")
    def _check_kind(self):
        for check in self:
            if problem := check._problem():
                raise ValidationError(
                    self.env._(
                        "Check %(check)s: %(problem)s",
                        check=check.name,
                        problem=problem,
                    )
                )

    def _problem(self):
        """Return why this check cannot be made, or an empty text."""
        self.ensure_one()
        scope = self.scope_id.sudo()
        if scope._is_gone():
            return self.env._("there are no such records any more.")
        Model = self.env[scope.model]
        if self.kind in ("field_missing", "past_date"):
            return self._fields_problem(Model)
        if NEEDS.get(self.kind, "id") not in Model._fields or (
            self.kind == "duplicate" and not scope._handler()._handover_duplicate_fields
        ):
            return self.env._("this cannot be looked for in %s.", scope.name)
        return ""

    def _fields_problem(self, Model):
        names = self._names()
        if not names:
            return self.env._("name a field.")
        for name in names:
            field = Model._fields.get(name)
            # a gap must not tell what people may not read
            if not field or field.groups or not field._description_searchable:
                return self.env._(
                    "%(model)s has no field “%(field)s” to look at.",
                    model=Model._name,
                    field=name,
                )
            if self.kind == "past_date" and (len(names) > 1 or field.type not in DATES):
                return self.env._("name one date.")
        return ""

    def _names(self):
        """Return the names of the fields that are looked at."""
        names = (self.field_names or "").split(",")
        return [name.strip() for name in names if name.strip()]

    def _code(self):
        """Return the name of the gap for other programs; checks may share one."""
        self.ensure_one()
        if self.kind != "field_missing":
            return self.kind
        return "_or_".join(self._names()) + "_missing"
