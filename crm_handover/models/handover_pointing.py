"""Odoo's own tables whose rows are about records by model and id.

Such a row is no way round: whoever cannot read a record of ours has nothing to do with
rows about it. Which tables there are is in ``tests/reviewed/pointing.txt``.
"""

from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

from odoo.addons.base.models.ir_attachment import condition_values


class HandoverPointing(models.AbstractModel):
    """A table of Odoo's that points at records: its rows ask for those of ours.

    Beside what core asks, and before it. Rows about records of others are not touched.
    """

    _name = "handover.pointing"
    _description = "Row About a Record"

    # the fields with the model, and with the id
    _handover_pointers = (("res_model", "res_id"),)
    # for what the reader has to read the record; what is given to somebody, or written
    # by them, core lets them read, and says so where they are told
    _handover_asked = frozenset({"read", "write", "create", "unlink"})

    @api.model
    @ormcache(cache="stable")
    def _handover_ours(self):
        """Return the names of the models that our add-ons bring."""
        return frozenset(
            name
            for name, Model in self.env.registry.items()
            if (Model._original_module or "").startswith("crm_handover")
        )

    @api.model
    def _handover_pointing_fields(self):
        """Return the names of the fields that say what a row is about."""
        names = {name for pair in self._handover_pointers for name in pair}
        for model_field, _id_field in self._handover_pointers:
            related = self._fields[model_field].related
            names.update([related.partition(".")[0]] if related else ())
        return names

    @api.model
    def _handover_shown_domain(self, Model):
        """Return the domain of the records of ours that rows may be about, or none."""
        if not Model.has_access("read"):
            return Domain.FALSE
        return Domain("id", "in", Model.with_context(active_test=False)._search([]))

    def _handover_hidden(self):
        """Return the rows that are about records of ours which the user cannot read."""
        about = defaultdict(lambda: defaultdict(set))
        ours = self._handover_ours()
        rows = self.browse(filter(None, self._ids)).sudo()
        for model_field, id_field in self._handover_pointers:
            for row in rows:
                if row[model_field] in ours:
                    about[row[model_field]][row[id_field]].add(row.id)
        hidden = set()
        for name, ids in about.items():
            # what is gone is hidden as well: the answer is the same for both
            shown = set(self._handover_shown(self.env[name], list(ids)))
            for id_, row_ids in ids.items():
                hidden |= row_ids if id_ not in shown else set()
        return self.browse(id_ for id_ in self._ids if id_ in hidden)

    @api.model
    def _handover_shown(self, Model, ids):
        """Return those of ``ids`` that rows may be about."""
        domain = self._handover_shown_domain(Model)
        if domain.is_false():
            return []
        records = Model.sudo().with_context(active_test=False)
        return records._search(Domain("id", "in", ids) & domain).get_result_ids()

    def _handover_unsaved(self):
        """Return the unsaved rows about records of ours, whose names they would tell.

        A form asks for them before anybody could ask who fills it in.
        """
        ours = self._handover_ours()
        return self.filtered(
            lambda row: (
                not row.id
                and any(row[model] in ours for model, _id in row._handover_pointers)
            )
        )

    def _handover_told(self, name):
        """Return ``self`` but for those rows whose ``name`` is left empty for that."""
        unsaved = self._handover_unsaved()
        unsaved[name] = False
        return self - unsaved

    def _handover_refusal(self):
        return AccessError(
            self.env._(
                "%s: what it is about does not exist, or you may not see it.",
                self._description,
            )
        )

    # ------------------------------------------------------------
    # ACCESS
    # ------------------------------------------------------------

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or operation not in self._handover_asked or not any(self._ids):
            return result
        hidden = (self - result[0] if result else self)._handover_hidden()
        if not hidden:
            return result
        if result:
            return result[0] + hidden, result[1]
        return hidden, hidden._handover_refusal

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        if "read" in self._handover_asked and not (self.env.su or bypass_access):
            domain = Domain(domain)
            domain &= self._handover_visible_domain(domain)
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model
    def _handover_visible_domain(self, domain):
        """Return the domain of the rows that the user may see, among some."""
        visible = Domain.TRUE
        for model_field, id_field in self._handover_pointers:
            ours = self._handover_named(domain, model_field)
            if not ours:
                continue
            allowed = Domain(model_field, "not in", list(ours))
            for name in sorted(ours):
                shown = self._handover_shown_domain(self.env[name])
                if not shown.is_false():
                    ids = self.env[name].sudo().with_context(active_test=False)
                    allowed |= Domain(model_field, "=", name) & Domain(
                        id_field, "in", ids._search(shown)
                    )
            visible &= allowed
        return visible

    @api.model
    def _handover_named(self, domain, model_field):
        """Return the models of ours that rows in ``domain`` may be about.

        Most searches say which model, or which rows: then few are asked, or none.
        """
        ours = self._handover_ours()
        named = condition_values(self, model_field, domain)
        if named is not None:
            return ours & set(named)
        ids = condition_values(self, "id", domain)
        if ids is None or not isinstance(ids, (set, frozenset, list, tuple)):
            known = self.env.registry
            return {name for name in ours if not known[name]._abstract}
        self.flush_model([model_field])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT %(model)s FROM %(table)s"
                " WHERE id = ANY(%(ids)s) AND %(model)s = ANY(%(ours)s)",
                model=SQL.identifier(model_field),
                table=SQL.identifier(self._table),
                ids=[id_ for id_ in ids if id_],
                ours=list(ours),
            )
        )
        return {name for (name,) in rows}

    def write(self, vals):
        result = super().write(vals)
        if not self.env.su and vals.keys() & self._handover_pointing_fields():
            # what decides on the right to write was written just now
            self.check_access("write")
            if self._handover_hidden():
                raise self._handover_refusal()
        return result
