from datetime import datetime
from typing import NamedTuple

from psycopg2.errors import UndefinedColumn, UndefinedTable

from odoo import api, models
from odoo.tools import SQL

from .handover_guard import typed
from .handover_states import FROZEN
from .handover_transaction import held

# where a transaction keeps what it has read
KNOWN = "crm_handover everybody"
# where a registry keeps that its tables were seen
THERE = "handover_tables_there"


class Known(NamedTuple):
    """What handovers say to whoever works in Odoo, whatever they work on."""

    # whether one may open records to the user besides their own: the rules look closer
    opens: bool
    # whether anybody is asked anything
    asks: bool
    # whether anybody follows a record by a handover for a time
    lets_in: bool
    # since when something is frozen for the user (UTC), or ``None``
    frozen: datetime | None


NOTHING = Known(opens=False, asks=False, lets_in=False, frozen=None)


class HandoverRequest(models.Model):
    """What everybody's work asks handovers: one statement in a transaction.

    Who has nothing to do with a handover pays no more than that. It is not kept for
    longer: what a server remembers may be of before somebody else's approval.
    """

    _inherit = "handover.request"

    @api.model_create_multi
    @typed
    def create(self, vals_list):
        self._forget_everybody()
        return super().create(vals_list)

    @typed
    def write(self, vals):
        self._forget_everybody()
        return super().write(vals)

    @api.model
    def _forget_everybody(self):
        """Have it read again: something of it is written here."""
        held(self.env.cr, KNOWN).clear()

    @api.model
    def _everybody_fields(self):
        """Return the names of the fields that are asked; extended by super()."""
        return {
            *("state", "digest", "date_freeze", "successor_ids"),
            *("predecessor_id", "predecessor_ids"),
            *("predecessor_access", "predecessor_follows"),
        }

    # ------------------------------------------------------------
    # WHAT IS ASKED
    # ------------------------------------------------------------

    @api.model
    def _concerns(self, user_id):
        """Tell whether a handover may open records to a user besides their own."""
        return self._everybody(user_id).opens

    @api.model
    def _lets_in(self):
        """Tell whether somebody may follow a record by a handover for a time."""
        return self._everybody(self.env.uid).lets_in

    @api.model
    def _everybody(self, user_id):
        """Return what is known for a user, as :class:`Known`."""
        known = held(self.env.cr, KNOWN)
        if user_id not in known:
            known[user_id] = self._read_everybody(user_id)
        return known[user_id]

    @api.model
    def _read_everybody(self, user_id):
        registry = self.env.registry
        # while add-ons come and go, some of their columns are not there
        there = registry.ready and getattr(registry, THERE, None)
        if there:
            return self._select_everybody(user_id)
        try:
            with self.env.cr.savepoint(flush=False):
                answer = self._select_everybody(user_id)
        except (UndefinedColumn, UndefinedTable):
            # before the database is updated, and while it is uninstalled: all of
            # Odoo reads and writes through here
            return NOTHING
        if there is None:
            setattr(registry, THERE, True)
        return answer

    @api.model
    def _select_everybody(self, user_id):
        self.flush_model(self._everybody_fields())
        lines = self.env["handover.request.line"]
        lines.flush_model(["predecessor_id", "request_id"])
        self.env["mail.activity"].flush_model(["handover_asked_by_id", "active"])
        self.env.cr.execute(
            SQL(
                """SELECT
                EXISTS (SELECT FROM handover_request WHERE %(opening)s),
                EXISTS (
                    SELECT FROM mail_activity
                    WHERE handover_asked_by_id IS NOT NULL AND active),
                EXISTS (SELECT FROM handover_request WHERE %(letting_in)s),
                (SELECT min(date_freeze) FROM handover_request
                    WHERE date_freeze IS NOT NULL AND state IN %(frozen)s
                        AND (predecessor_id = %(user)s OR predecessor_id IS NULL
                            AND %(user)s IN (
                                SELECT res_users_id FROM handover_request_giver_rel
                                WHERE handover_request_id = handover_request.id)))""",
                opening=SQL(" OR ").join(self._opening_sql(user_id)),
                letting_in=SQL(" OR ").join(self._letting_in_sql()),
                frozen=FROZEN,
                user=user_id,
            ),
            log_exceptions=False,
        )
        return Known(*self.env.cr.fetchone())

    # ------------------------------------------------------------
    # WHAT ADD-ONS ADD TO
    # ------------------------------------------------------------

    @api.model
    def _opening_sql(self, user_id):
        """Return conditions on handovers that may open something to the user.

        Wider than the record rules, and quick. Extended by super().
        """
        return [
            SQL(
                "(state IN ('approved', 'running') AND %s)",
                self._taken_over_by(user_id),
            ),
            SQL(
                """(digest IS NOT NULL AND predecessor_access IN ('keep', 'read')
                AND (predecessor_id = %(user)s OR predecessor_id IS NULL AND EXISTS (
                    SELECT FROM handover_request_line line
                    WHERE line.predecessor_id = %(user)s
                        AND line.request_id = handover_request.id)))""",
                user=user_id,
            ),
        ]

    @api.model
    def _taken_over_by(self, user_id):
        """Return the condition on handovers by which a user takes something."""
        return SQL(
            """id IN (SELECT handover_request_id FROM handover_request_successor_rel
            WHERE res_users_id = %s)""",
            user_id,
        )

    @api.model
    def _letting_in_sql(self):
        """Return conditions on handovers by which somebody follows for a time.

        Extended by super().
        """
        # they go on following, where followers have access
        return [
            SQL(
                "(digest IS NOT NULL AND predecessor_access = 'keep'"
                " AND predecessor_follows)"
            )
        ]
