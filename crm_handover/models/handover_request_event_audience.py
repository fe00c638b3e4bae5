import json
import secrets

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..evidence import verify

# what is told of a permission; to whom it was given, the permission itself tells it
PERMISSION = dict.fromkeys(("user", "permission", "reason", "thing", "until"), "givers")

# what refused to move names what is on records of others
ELSEWHERE = {"stayed_elsewhere": "givers"}


class HandoverRequestEvent(models.Model):
    """Who of those who see an event reads what is not for all of them.

    An event keeps for whom its parts are, with a digest of each. So the history is
    verified by whoever reads some of it as well.
    """

    _inherit = "handover.request.event"

    @api.model
    def _closed_parts(self):
        """Return what is for whom: ``{code: {key: audience}}``; extended by super()."""
        return {
            **dict.fromkeys(("refused", "end_refused"), {"reason": "givers"}),
            "needs_review": {"problem": "givers"},
            "declined": {"reason": "givers"},
            **dict.fromkeys(("transferred", "returned"), ELSEWHERE),
            "redirected": dict.fromkeys(
                ("thing", "place", "before", "after", "user"), "givers"
            ),
            "permission_given": PERMISSION,
            "permission_suspended": PERMISSION,
            "permission_resumed": PERMISSION,
            "permission_ended": PERMISSION,
        }

    @api.model
    def _seal(self, code, data):
        """Return what an event keeps of those of its parts that are not for all."""
        parts = self._closed_parts().get(code, {})
        closed = {key: parts[key] for key in data if key in parts}
        # as the database gives it back
        data = json.loads(json.dumps(verify.without_none(data)))
        salts = {key: secrets.token_hex(16) for key in closed}
        return {
            "closed": {
                key: [audience, verify.part_digest(salts[key], key, data[key])]
                for key, audience in closed.items()
            }
            or False,
            "salts": salts or False,
        }

    # ------------------------------------------------------------
    # WHO READS WHAT
    # ------------------------------------------------------------

    @api.model
    def _audience_names(self):
        return ["givers", "superiors"]

    @api.model
    def _audience_paths(self):
        requests = self.env["handover.request"]._audience_paths()
        return ("actor_id", *(f"request_id.{path}" for path in requests))

    @api.model
    def _audience_domain(self, name):
        readers = self.env["handover.request"]._audience_domain(name)
        if readers.is_true():
            return readers
        return Domain("request_id", "any", readers) | Domain(
            "actor_id", "=", self.env.uid
        )

    def _left_out(self):
        """Return the names of the data that the reader does not get."""
        event = self.sudo()
        # those that were written before events said so themselves
        parts = {key: part[0] for key, part in (event.closed or {}).items()}
        parts = parts or self._closed_parts().get(event.code, {})
        return {
            key
            for key, audience in parts.items()
            if key in (event.data or {}) and not self._audience_reads(audience)
        }

    def _audience_value(self, field, value):
        left_out = self._left_out()
        return {key: item for key, item in value.items() if key not in left_out}

    @api.model
    def _audience_sql(self, field, alias, sql):
        before = {
            code: {key: [audience] for key, audience in parts.items()}
            for code, parts in self._closed_parts().items()
        }
        names = self._audience_names()
        for name in names:
            sql = SQL(
                """CASE WHEN %(reads)s THEN %(data)s ELSE %(data)s - ARRAY(
                    SELECT part.key FROM jsonb_each(
                        COALESCE(%(closed)s, %(before)s::jsonb -> %(code)s)
                    ) part WHERE part.value ->> 0 = %(name)s) END""",
                reads=self._audience_condition(name, alias),
                data=sql,
                closed=SQL.identifier(alias, "closed"),
                before=json.dumps(before),
                code=SQL.identifier(alias, "code"),
                name=name,
            )
        return sql
