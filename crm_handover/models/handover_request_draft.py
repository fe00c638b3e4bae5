from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .handover_limits import limit


class HandoverRequest(models.Model):
    """The draft: who may change it, and what a change brings along."""

    _inherit = "handover.request"

    def _edit_refusal(self):
        """Return the error that keeps the caller from editing, or ``None``."""
        self.ensure_one()
        if self.env.uid != SUPERUSER_ID and (
            problem := self._role_problem("editor", self.env.user)
        ):
            return AccessError(
                self.env._(
                    "%(handover)s: %(problem)s", handover=self.name, problem=problem
                )
            )
        if self.state != "draft":
            return UserError(
                self.env._(
                    "%s is no draft: take it back to draft before you change it.",
                    self.name,
                )
            )
        return None

    def _check_line_edit(self, lines, names=None):
        """Raise unless the caller may change ``names`` of lines, or remove them."""
        self.ensure_one()
        refusal = self._edit_refusal()
        # what the predecessor knows is welcome, whoever requested the handover
        notes = self.state == "draft" and names and names <= {"note", "risk"}
        mine = lines.filtered(lambda line: line.request_id == self)
        user = self.env.user
        gives = user == self.predecessor_id or (
            # of several people each for what is theirs
            user in self._several_givers() and mine.sudo().predecessor_id <= user
        )
        if refusal and not (notes and gives):
            raise refusal
        if any(line.state != "todo" for line in mine):
            raise UserError(
                self.env._("%s: what is handed over is not changed.", self.name)
            )

    @api.model
    def _check_rate(self, more):
        """Raise when the caller would have made too many requests within a day.

        Deleted drafts count for whoever deleted them, so deleting makes no room. What
        the code makes on its own account is not asked about, nor counted.
        """
        if self.env.uid == SUPERUSER_ID:
            return
        uid, yesterday = self.env.uid, self.env.cr.now() - timedelta(days=1)
        made = self.sudo().search_count(self._made_domain(uid, yesterday))
        Event = self.env["handover.request.event"].sudo()
        made += Event.search_count(
            [("code", "=", "deleted"), ("actor_id", "=", uid), ("date", ">", yesterday)]
        )
        most = limit(self.env, "max_requests_per_day")
        if made + more > most:
            raise UserError(
                self.env._(
                    "You have made %(count)s handovers within 24 hours, %(limit)s are"
                    " allowed: go on tomorrow, or ask the administrator.",
                    count=made,
                    limit=most,
                )
            )

    @api.model
    def _made_domain(self, uid, since):
        """Return the domain of what a user has made since; extended by super()."""
        return Domain("requester_id", "=", uid) & Domain("create_date", ">", since)

    def _touch(self):
        """Count a change of content, and keep the list of successors right."""
        requests = self.exists()
        for version, some in requests.grouped("version").items():
            some._trusting().write({"version": version + 1})
        for request in requests:
            request._sync_successors()

    def _sync_successors(self):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT successor_id FROM handover_request_line"
                " WHERE request_id = %s AND successor_id IS NOT NULL",
                self.id,
            )
        )
        ids = {row[0] for row in self.env.cr.fetchall()} | set(self.successor_id.ids)
        if ids != set(self.sudo().successor_ids.ids):
            self._trusting().write({"successor_ids": [fields.Command.set(ids)]})
        self._sync_pools()
