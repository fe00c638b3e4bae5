from datetime import datetime
from typing import NamedTuple

from psycopg2.errors import UndefinedColumn, UndefinedTable

from odoo import api, models
from odoo.tools import SQL

from .handover_states import FROZEN
from .handover_transaction import keep

# where a transaction keeps it
KNOWN = "crm_handover every write"
# where a registry keeps whether its tables were seen; ``False`` when they are to go
THERE = "handover_tables_there"


class EveryWrite(NamedTuple):
    """What every write in Odoo asks handovers, whatever is written."""

    # whether anybody is asked anything
    asks: bool
    # for whom something is frozen, and since when (UTC), by the user's id
    frozen: dict[int, datetime]


NOTHING = EveryWrite(asks=False, frozen={})


class HandoverRequest(models.Model):
    """What every write in Odoo asks handovers: one statement in a transaction.

    Who has nothing to do with a handover pays no more than that.
    """

    _inherit = "handover.request"

    @api.model
    def _every_write(self):
        """Return what every write asks, read once in each transaction.

        As all decisions are: what a server keeps for longer may be of before somebody
        else's approval.
        """
        known = self.env.cr.cache
        if KNOWN not in known:
            keep(self.env.cr, KNOWN, self._read_every_write())
        return known[KNOWN]

    @api.model
    def _forget_every_write(self):
        """Have it read again: something of it was written here."""
        self.env.cr.cache.pop(KNOWN, None)

    @api.model
    def _read_every_write(self):
        self.env["mail.activity"].flush_model(["handover_asked_by_id", "active"])
        there = getattr(self.env.registry, THERE, None)
        if there:
            return self._select_every_write()
        try:
            with self.env.cr.savepoint(flush=False):
                answer = self._select_every_write()
        except (UndefinedColumn, UndefinedTable):
            # before the database is updated, and while it is uninstalled: all of
            # Odoo writes through here
            return NOTHING
        if there is None:
            setattr(self.env.registry, THERE, True)
        return answer

    @api.model
    def _select_every_write(self):
        self.env.cr.execute(
            SQL(
                """SELECT giver, min(date_freeze) FROM (
                    SELECT predecessor_id AS giver, date_freeze, state
                    FROM handover_request WHERE date_freeze IS NOT NULL
                    UNION ALL
                    SELECT several.res_users_id, date_freeze, state
                    FROM handover_request
                    JOIN handover_request_giver_rel several
                        ON several.handover_request_id = handover_request.id
                    WHERE date_freeze IS NOT NULL AND predecessor_id IS NULL
                ) AS frozen
                WHERE giver IS NOT NULL AND state IN %s GROUP BY giver
                UNION ALL
                SELECT NULL, NULL WHERE EXISTS (
                    SELECT FROM mail_activity
                    WHERE handover_asked_by_id IS NOT NULL AND active)""",
                FROZEN,
            ),
            log_exceptions=False,
        )
        frozen = dict(self.env.cr.fetchall())
        # the row of nobody says that somebody is asked
        asks = None in frozen
        frozen.pop(None, None)
        return EveryWrite(asks, frozen)
