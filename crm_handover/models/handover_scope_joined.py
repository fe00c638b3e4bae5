"""Models that know nothing of handovers, and what a kind of record brings to them.

An add-on whose model inherits ``handover.mixin`` brings rules, the entry of the Action
menu and a button. Any other model joins the mixin once a kind names it, also one that
was made at run time: at once, and in every process when its registry is loaded.
"""

from odoo import Command, api, models
from odoo.orm.model_classes import add_to_registry
from odoo.tools import sql

from .handover_guard import typed

MIXIN = "handover.mixin"
# what opens records, as the add-ons' own rules do: {right: field}
OPENING = {"read": "handover_readable", "write": "handover_writable"}
# what is set on the class of a model that has joined, and goes with its kind
SET = (
    *("_handover_key_names", "_has_field_access"),
    *("_handover_facts", "_handover_customer_field"),
)
# "Hand Over" of a model that has it, and its name in all languages
DIALOG = "crm_handover.handover_request_generate_action_crm_lead"


class HandoverScope(models.Model):
    _inherit = "handover.scope"

    @api.model_create_multi
    @typed
    def create(self, vals_list):
        scopes = super().create(vals_list)
        scopes._open_up(scopes.mapped("model"))
        return scopes

    @typed
    def write(self, vals):
        before = set(self.mapped("model"))
        result = super().write(vals)
        if not {"model_id", "owner_field_id", "active"}.isdisjoint(vals):
            self._open_up(before.union(self.mapped("model")))
        return result

    def unlink(self):
        models_ = set(self.mapped("model"))
        result = super().unlink()
        self._open_up(models_)
        return result

    # ------------------------------------------------------------
    # THE CLASSES
    # ------------------------------------------------------------

    def _unregister_hook(self):
        # the models are about to be set up anew: maybe kinds have changed, or a
        # transaction that changed them was rolled back
        result = super()._unregister_hook()
        self._join_models()
        return result

    def _post_model_setup__(self):
        result = super()._post_model_setup__()
        # all add-ons have been loaded, and the hooks come too late for views
        if self.pool.loaded and not self.pool.ready and self._join_models():
            self.pool._setup_models__(self.env.cr, [])
        return result

    @api.model
    def _join_models(self):
        """Have the models of all kinds inherit the mixin, and no others any more.

        :return: whether something changed: then the caller has the models set up
        """
        registry, wanted = self.pool, models_to_join(self.env.cr)
        joined = {
            name
            for name in registry[MIXIN]._inherit_children
            if joins(registry[name]) and not registry[name]._custom
        }
        for name in joined - wanted:
            self._leave(registry[name])
        own = set(registry[MIXIN]._inherit_children)
        custom = {name for name in registry if registry[name]._custom}
        new = {name for name in wanted - own - custom if self._can_join(name)}
        for name in new:
            add_to_registry(registry, self._joining_class(registry[name]))
        # Odoo makes the classes of these anew whenever models are set up
        late = custom & (wanted ^ own)
        return bool(new or late or joined - wanted)

    @api.model
    def _can_join(self, name):
        Model = self.pool.get(name)
        return Model is not None and Model._auto and not Model._transient

    @api.model
    def _joining_class(self, Model):
        attributes = {
            "_name": Model._name,
            "_inherit": [Model._name, MIXIN],
            # the class is of this registry alone, and no add-on's
            "_register": False,
            "_module": Model._module,
            "_handover_joins": True,
        }
        return type("HandoverJoined", (models.Model,), attributes)

    @api.model
    def _leave(self, Model):
        registry = self.pool
        mixin = registry[MIXIN]
        Model._base_classes__ = tuple(
            base
            for base in Model._base_classes__
            if base is not mixin and not vars(base).get("_handover_joins")
        )
        for name in SET:
            if name in vars(Model):
                delattr(Model, name)
        Model._inherit_module.pop(MIXIN, None)
        mixin._inherit_children.discard(Model._name)
        for name in registry.descendants([Model._name], "_inherit", "_inherits"):
            registry[name]._setup_done__ = False

    @api.model
    def _forget_fields(self, names=None):
        """Have Odoo list the mixin's fields no more on models that had joined.

        It does so by itself when it changes a table, and keeps what it has listed.

        :param names: of the models; all of them, when the add-on goes
        """
        Field = self.env["ir.model.fields"].sudo()
        mixin = self.env[MIXIN]._fields.keys() - self.env["base"]._fields.keys()
        if names is None:
            names = [name for name in self.pool if joins(self.pool[name])]
        # and on those that have them by these
        names = self.pool.descendants(names, "_inherit", "_inherits")
        own = {n for n in self.pool[MIXIN]._inherit_children if not joins(self.pool[n])}
        rows = Field.search(
            [("model", "in", [*(names - own)]), ("name", "in", [*mixin])]
        )
        # such a field has no table of its own, and no add-on says that it is there
        self.env.cr.execute(
            "DELETE FROM ir_model_fields WHERE id = ANY(%s)", [rows.ids]
        )
        rows.invalidate_recordset()

    # ------------------------------------------------------------
    # RULES AND ACTIONS
    # ------------------------------------------------------------

    @api.model
    def _open_up(self, names):
        """Give models what their kinds bring, and take it where there is none.

        :param names: of the models whose kinds have changed
        """
        self.env.flush_all()
        if self._join_models():
            self.pool._setup_models__(self.env.cr, [])
        for name in set(names) - {False}:
            kinds = self.sudo().with_context(active_test=False)
            kinds = kinds.search([("model", "=", name)])._there()
            known = bool(kinds) and joins(self.pool[name])
            for right in OPENING:
                self._keep_or_end(name, right, known)
            self._keep_or_end(name, "dialog", known and any(kinds.mapped("active")))
            if name not in self.pool[MIXIN]._inherit_children:
                self._forget_fields([name])

    @api.model
    def _keep_or_end(self, name, what, kept):
        """Have a rule, or the entry of the Action menu, be there or not.

        What somebody has changed of it stays as it is.
        """
        xml_id = f"crm_handover.kind_{name.replace('.', '_')}_{what}"
        made = self.sudo().env.ref(xml_id, raise_if_not_found=False)
        if kept and not made:
            model = self.env["ir.model"].sudo()._get(name)
            make = self._make_dialog if what == "dialog" else self._make_rule
            self.env["ir.model.data"].sudo()._update_xmlids(
                [{"xml_id": xml_id, "record": make(model, what), "noupdate": True}]
            )
        elif made and not kept:
            made.unlink()

    @api.model
    def _make_dialog(self, model, _what):
        return self.sudo().env.ref(DIALOG).copy({"binding_model_id": model.id})

    @api.model
    def _make_rule(self, model, right):
        rights = ("read", "write", "create", "unlink")
        values = {
            "name": f"{model.model}: {right} what a handover opens",
            "model_id": model.id,
            # beside other rules it adds, alone it is left out
            "groups": [Command.link(self.env.ref("base.group_user").id)],
            "domain_force": f"[('id', '>', 0), ('{OPENING[right]}', '=', True)]",
        }
        values |= {f"perm_{other}": other == right for other in rights}
        return self.env["ir.rule"].sudo().create(values)


def models_to_join(cr):
    """Return the names of the models that kinds name, without the registry.

    Classes of models that were made at run time come before any other is ready.
    """
    if not sql.table_exists(cr, "handover_scope"):
        return set()
    cr.execute(
        "SELECT DISTINCT model FROM handover_scope"
        " WHERE model_id IS NOT NULL AND owner_field_id IS NOT NULL"
    )
    return {model for [model] in cr.fetchall()}


def joins(Model):
    """Tell whether a model has the mixin because of its kind, and not by its code.

    The code of an add-on may come after the kind.

    :param Model: its class in the registry, or a recordset
    """
    naming = [
        base
        for base in Model._base_classes__
        if MIXIN in (vars(base).get("_inherit") or ())
    ]
    return bool(naming) and all(vars(b).get("_handover_joins") for b in naming)
