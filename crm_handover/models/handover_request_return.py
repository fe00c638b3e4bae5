from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .handover_guard import door
from .handover_states import HANDED_OVER

# what successors have from a handover, and nobody has said otherwise
HELD = Domain("state", "=", "done") & Domain("result_code", "in", ["done", "already"])
# what was to go back and could not: it stays with the successor for the time being
STUCK = Domain("state", "=", "failed") & Domain("goes_back", "=", True)


class HandoverRequest(models.Model):
    """The way back: what is still as the handover left it goes back to its owner.

    A temporary handover takes it by itself when its time is over.
    """

    _inherit = "handover.request"

    date_return_tried = fields.Datetime(
        string="Given Back by Itself On",
        readonly=True,
        copy=False,
        help="When a temporary handover went back by itself, or at least tried to.",
    )

    @door
    def action_return(self, reason=False):
        """Give back what is still as the handover left it.

        The rest keeps its newer state and gets the result ``changed_since``, with who
        changed it and when. Large handovers go back in the background.

        :param str reason: why, optional
        :return: ``True``
        :raise UserError: when nothing was handed over
        """
        self._give_back(reason)
        return True

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _give_back(self, reason, lines=None):
        """Give back all of it, or some lines, for the caller."""
        reason = self._check_reason(reason) if reason else ""
        self._require("return")
        for request in self:
            request._return(reason, lines)

    def _return(self, reason, lines=None):
        """Start the way back, for these lines or all that were handed over."""
        self.env.flush_all()
        only = SQL("AND id IN %s", tuple(lines.ids)) if lines else SQL()
        self.env.cr.execute(
            SQL(
                """UPDATE handover_request_line
                SET state = 'todo', goes_back = TRUE, attempts = 0, next_try = NULL
                WHERE request_id = %s AND (
                    (state = 'done' AND result_code IN ('done', 'already'))
                    OR (state = 'failed' AND goes_back)) %s""",
                self.id,
                only,
            )
        )
        count = self.env.cr.rowcount
        self.env.invalidate_all()
        if not count:
            raise UserError(self.env._("%s: there is nothing to give back.", self.name))
        values = {"date_finished": False, "goes_back": True}
        self._move("return", values, reason=reason, records=count)
        self._proceed()

    def _stop_return(self):
        """Leave with the successors what has not been given back yet.

        As they had it before, so that it can be given back another time.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE handover_request_line
                SET state = 'done', goes_back = FALSE, result_message = NULL,
                    result_code = CASE WHEN before IS NULL THEN 'already'
                        ELSE 'done' END
                WHERE request_id = %s AND state = 'todo' AND goes_back""",
                self.id,
            )
        )
        self.env.invalidate_all()

    def _finish_return(self):
        """Close the way back: returned, or handed over still where lines remain."""
        Line = self.env["handover.request.line"].sudo()
        mine = [("request_id", "=", self.id)]
        facts = {
            "returned": Line.search_count([*mine, ("state", "=", "returned")]),
            "changed": Line.search_count(
                [*mine, ("result_code", "=", "changed_since")]
            ),
            "failed": self.failed_count,
            "outcome": self._outcome_digest(),
        }
        values = {"goes_back": False, "date_finished": fields.Datetime.now()}
        if self._has_lines(STUCK):
            # it stays with the successor until somebody tries again
            self._move("stay", values, **facts)
        elif self._has_lines(HELD):
            self._move("stay", values, **facts)
            self._complete_if_confirmed()
        else:
            values["date_returned"] = fields.Datetime.now()
            self._move("give_back", values, **facts)
        self._end_needless_permissions(self.env._("The records went back."))
        self._notify("returned")

    def _return_if_due(self):
        """Give a temporary handover back, as its approval said."""
        self._lock()
        if not self & self._due_back():
            return
        now = fields.Datetime.now()
        if self.state == "needs_review":
            # somebody decides first what becomes of the rest
            self._call_for_lapsed_return()
            return
        self._trusting().write({"date_return_tried": now})
        if self._has_lines(HELD | STUCK):
            self._return(self.env._("The agreed time is over."))
        elif self.state in HANDED_OVER:
            self._move("nothing_left", {"date_returned": now})
            self._end_needless_permissions(self.env._("The agreed time is over."))

    def _has_lines(self, domain):
        """Tell whether lines of this handover are in ``domain``."""
        lines = self.env["handover.request.line"].sudo()
        return bool(
            lines.search_count(Domain("request_id", "=", self.id) & domain, limit=1)
        )
