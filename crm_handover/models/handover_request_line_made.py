import json

from odoo import api, models
from odoo.tools import SQL

# what tells the lines of one handover from each other, when they are made
OWN = ("res_id", "res_name", "customer_id")
# whose classes have nothing to say about new lines that the first one does not show
KNOWN = ("odoo.orm.", "odoo.addons.base.", "odoo.addons.crm_handover.")


class HandoverRequestLine(models.Model):
    """Lines come by the thousands, and nearly all of them are alike.

    Those that are alike are made as one: the ORM makes the first, with its defaults,
    its constraints, and what add-ons compute, and one statement copies it.
    """

    _inherit = "handover.request.line"

    @api.model
    def _make(self, vals_list):
        """Make lines of records that are not on their handover yet.

        :param vals_list: values of lines of one handover
        """
        lines = self._trusting()
        if not self._is_copied(vals_list):
            lines.create(vals_list)
            return
        groups = {}
        for vals in vals_list:
            alike = {name: value for name, value in vals.items() if name not in OWN}
            key = json.dumps(alike, sort_keys=True, default=str)
            groups.setdefault(key, []).append(vals)
        firsts = lines.create([some[0] for some in groups.values()])
        self.env.flush_all()
        for first, some in zip(firsts, groups.values(), strict=True):
            first._copy_to(some[1:])
        firsts.request_id.modified(["line_ids"])
        firsts.request_id.invalidate_recordset(["line_ids"])

    @api.model
    def _hand_to(self, domain, successor_id, pool_team_id):
        """Say who takes lines of a draft, all in one statement; extended by super().

        What one line says about it is checked by whoever calls.

        :param Domain domain: which lines, whoever may see them
        """
        return self._update(
            domain,
            SQL(
                "successor_id = %s, pool_team_id = %s",
                successor_id or None,
                pool_team_id or None,
            ),
        )

    @api.model
    def _is_copied(self, vals_list):
        """Tell whether a line may be made as a copy of another one.

        Not where an add-on, or an automation rule, looks at each that is made.
        """
        if self._has_automations():
            return False
        if any(
            not self._fields[name].column_type for vals in vals_list for name in vals
        ):
            return False
        dependents = self.pool.get_dependent_fields
        if any(
            field.store and field.model_name == self._name
            for name in OWN
            for field in dependents(self._fields[name])
        ):
            return False
        makers = [cls for cls in type(self).__mro__ if "create" in vars(cls)]
        # what is put on the class itself is somebody's who watches all models
        return type(self) not in makers and all(
            cls.__module__.startswith(KNOWN) for cls in makers
        )

    @api.model
    def _drop_all(self, request):
        """Delete all lines of a draft that is deleted, in one statement.

        Not where an add-on, or an automation rule, looks at each that goes.
        """
        lines = self._trusting()
        droppers = [cls for cls in type(self).__mro__ if "unlink" in vars(cls)]
        watchers = [*droppers, *self._ondelete_methods]
        known = all(one.__module__.startswith(KNOWN) for one in watchers)
        mine = [("request_id", "=", request.id)]
        if self._has_automations() or type(self) in droppers or not known:
            lines.search(mine).unlink()
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM handover_request_line WHERE request_id = %s", request.id)
        )
        self.env.invalidate_all()

    def _copy_to(self, vals_list):
        """Make more lines that are as this one, but for what is their own."""
        if not vals_list:
            return
        self.ensure_one()
        fields = self._fields.values()
        shared = [
            SQL.identifier(field.name)
            for field in fields
            if field.store and field.column_type and field.name not in ("id", *OWN)
        ]
        rows = [
            {"place": place, **{name: vals.get(name) or None for name in OWN}}
            for place, vals in enumerate(vals_list)
        ]
        self.env.cr.execute(
            SQL(
                """INSERT INTO handover_request_line (%(own)s, %(shared)s)
                SELECT r.res_id, r.res_name, r.customer_id, %(alike)s
                FROM handover_request_line alike
                CROSS JOIN jsonb_to_recordset(%(rows)s::jsonb)
                    AS r(
                    place int, res_id int, res_name varchar, customer_id int)
                WHERE alike.id = %(id)s ORDER BY r.place""",
                own=SQL(", ").join(map(SQL.identifier, OWN)),
                shared=SQL(", ").join(shared),
                alike=SQL(", ").join(SQL("alike.%s", name) for name in shared),
                rows=json.dumps(rows),
                id=self.id,
            )
        )
