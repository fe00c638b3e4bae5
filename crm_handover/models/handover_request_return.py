from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .handover_guard import door


class HandoverRequest(models.Model):
    """The way back: what is still as the handover left it goes back to its owner.

    A temporary handover takes it by itself when its time is over.
    """

    _inherit = "handover.request"

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
        """Leave with the successors what has not been given back yet."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE handover_request_line SET state = 'done', goes_back = FALSE"
                " WHERE request_id = %s AND state = 'todo' AND goes_back",
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
        remaining = [
            *mine, ("state", "=", "done"), ("result_code", "in", ("done", "already"))
        ]  # fmt: skip
        in_trouble = [*mine, ("state", "=", "failed"), ("goes_back", "=", True)]
        if Line.search_count(in_trouble, limit=1):
            # it stays with the successor until somebody tries again
            self._move("stay", values, **facts)
        elif Line.search_count(remaining, limit=1):
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
        if self.env["handover.request.line"].search_count(
            [
                ("request_id", "=", self.id),
                ("state", "=", "done"),
                ("result_code", "in", ("done", "already")),
            ],
            limit=1,
        ):
            self._return(self.env._("The agreed time is over."))
        else:
            self._move("nothing_left", {"date_returned": fields.Datetime.now()})
            self._end_needless_permissions(self.env._("The agreed time is over."))
