"""Models that nobody foresaw: made at run time, with as little as a model can have."""

from odoo import Command

from .common import HandoverCommon

OWNER = {"name": "x_owner_id", "ttype": "many2one", "relation": "res.users"}
OWNERS = {"name": "x_owner_ids", "ttype": "many2many", "relation": "res.users"}
NAME = {"name": "x_name", "ttype": "char"}
CUSTOMER = {
    "name": "x_studio_partner_id", "ttype": "many2one", "relation": "res.partner",
}  # fmt: skip
STAGE = {
    "name": "x_studio_status", "ttype": "selection",
    "selection": "[('new', 'New'), ('signed', 'Signed')]",
}  # fmt: skip
VALUE = {"name": "x_studio_value", "ttype": "monetary"}
CURRENCY = {"name": "x_currency_id", "ttype": "many2one", "relation": "res.currency"}
ACTIVE = {"name": "x_active", "ttype": "boolean"}
# without a name; with several owners; with a chatter and to-dos, as Studio makes them
SHAPES = {
    "x_machine": ([OWNER], {}),
    "x_tool": ([OWNERS, NAME], {}),
    "x_contract": (
        [OWNER, NAME, CUSTOMER, STAGE, CURRENCY, VALUE, ACTIVE],
        {"is_mail_thread": True, "is_mail_activity": True},
    ),
}


class MachineCase(HandoverCommon):
    """With a kind of record for each shape: ``cls.kinds``, by the model's name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kinds = {name: cls.make_kind(name, *SHAPES[name]) for name in SHAPES}

    @classmethod
    def make_kind(cls, model, columns, values):
        """Make a model, which employees may do everything with, and its kind."""
        made = cls.env["ir.model"].create(
            {
                "name": model, "model": model, **values,
                "field_id": [
                    Command.create({"field_description": "A field", **column})
                    for column in columns
                ],
            }
        )  # fmt: skip
        cls.env["ir.model.access"].create(
            {
                "name": model, "model_id": made.id,
                "group_id": cls.env.ref("base.group_user").id, "perm_read": True,
                "perm_write": True, "perm_create": True, "perm_unlink": True,
            }
        )  # fmt: skip
        if ACTIVE in columns:
            # as Studio does it
            cls.env["ir.default"].set(model, ACTIVE["name"], True)
        owner = cls.env["ir.model.fields"]._get(model, columns[0]["name"])
        return cls.env["handover.scope"].create(
            {"name": model, "model_id": made.id, "owner_field_id": owner.id}
        )

    @classmethod
    def remove_kind(cls, kind):
        """Remove the model of a kind, as an uninstall does.

        There the kind is of an earlier transaction. What the same one has inserted,
        PostgreSQL looks at again whatever is changed of it: in an order that hangs on
        the numbers of its triggers, maybe only after the field is gone.
        """
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE handover_scope SET owner_field_id = NULL WHERE id = %s", [kind.id]
        )
        kind.invalidate_recordset(["owner_field_id"])
        kind.model_id.unlink()

    @classmethod
    def make_machine(cls, model, owner=None):
        owner = owner or cls.anna
        field = cls.kinds[model].owner_field_id
        many = field.ttype == "many2many"
        value = [Command.set(owner.ids)] if many else owner.id
        return cls.env[model].create({field.name: value})

    def owners(self, record):
        return record[self.kinds[record._name].owner_field_id.name]
