from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain

from .handover_background import FATAL, TRANSIENT
from .handover_request_pause import RESUMES
from .handover_request_unsettled import FAILED
from .handover_said import said_in
from .handover_states import HANDED_OVER
from .handover_transaction import undoing

# in which states what a handover stops is stopped
STOPPING = ("submitted", "approved", "running", "needs_review")
# lines that may still be tried again
TRIED = FAILED & Domain("settled", "=", False)


class HandoverRequest(models.Model):
    """From the submission on, nothing new comes to who leaves by itself.

    What addresses and recurring tasks on the list bring names nobody then, until it
    goes to the successor with the handover; or to the predecessor again, where nothing
    comes of it. Nothing goes to anybody whom nobody has approved yet. An address of a
    team that goes to several people, or to a pool, stays nobody's.
    """

    _inherit = "handover.request"

    stopped_inflow = fields.Json(
        readonly=True,
        copy=False,
        prefetch=False,
        groups="base.group_system",
        help="What brings the predecessor no new work since the submission, for the way"
        " back.",
    )

    @api.model
    def _stops(self, people):
        """Return what is stopped: ``{alias id: (request, row)}``, as superuser."""
        requests = self.sudo().search(
            Domain("predecessor_id", "in", people.ids)
            & Domain("stopped_inflow", "!=", False)
        )
        return {
            row["alias"]: (request, row)
            for request in requests
            for row in request.stopped_inflow["aliases"]
        }

    @api.model
    def _stopped_aliases(self, people):
        """Return addresses that are as it was left: ``{alias: whose it was}``."""
        aliases, stopped = self.env["mail.alias"].sudo(), {}
        for id_, (request, row) in self._stops(people).items():
            alias = aliases.browse(id_).exists()
            if alias and alias.alias_defaults == row["after"]:
                stopped[alias] = request.predecessor_id
        return stopped

    # ------------------------------------------------------------
    # WITH THE HANDOVER
    # ------------------------------------------------------------

    def _move_facts(self, move):
        facts = super()._move_facts(move)
        if move == "submit" and self._stops_inflow():
            if aliases := self._stop_inflow():
                facts["stopped"] = self._names_of_addresses(aliases)
        elif move in RESUMES and (aliases := self._start_inflow()):
            facts["started"] = self._names_of_addresses(aliases)
        return facts

    def _after_move(self, move):
        result = super()._after_move(move)
        for request in self:
            if move == "finish":
                # what did not move after all is the predecessor's
                request._start_inflow(request._ended_addresses())
            if move == "finish" or move in RESUMES:
                request._give_waiting_tasks(Domain("request_id", "=", request.id))
        return result

    def _stops_inflow(self):
        """Tell whether the predecessor is to get nothing more: who leaves for good."""
        return self.kind == "permanent" and self._pauses_assignment()

    def _ends_inflow(self):
        """Tell whether it is said who takes over, and that it is no one person."""
        lines = self.env["handover.request.line"].sudo()
        mine = Domain("request_id", "=", self._origin.id)
        unsaid = [("successor_id", "=", False), ("pool_team_id", "=", False)]
        return (
            self._stops_inflow()
            and bool(lines.search_count(mine, limit=1))
            and not lines.search_count(mine & Domain(unsaid), limit=1)
        )

    def _ended_addresses(self):
        """Return the ids of the addresses that the handover left to nobody."""
        return {
            row["res_id"]
            for row in self._moved_inflow()
            if row["source"] == "alias" and not row["taker"]
        }

    def _stop_inflow(self):
        """Have what moves with the handover name the predecessor no more."""
        sources, giver = self.env["handover.inflow"].sudo(), self.sudo().predecessor_id
        aliases, nobody = self.env["mail.alias"].sudo(), giver.browse()
        # what refused to be put back is still to be
        kept = (self.sudo().stopped_inflow or {}).get("aliases", ())
        rows = {row["alias"]: row for row in kept}
        for row in self.inflow or []:
            if row["source"] != "alias" or row["giver"] != giver.id:
                continue
            alias = aliases.browse(row["res_id"])
            change = partial(sources._change_alias, alias, giver, nobody)
            before, after = self._or_told(alias, change) or (None, None)
            # what another handover has stopped is put back by that one
            if before != after:
                stop = {"alias": alias.id, "before": before, "after": after}
                rows[alias.id] = stop
                aliases |= alias
        self._trusting().write({"stopped_inflow": {"aliases": [*rows.values()]}})
        return aliases

    def _start_inflow(self, ended=()):
        """Put back what was stopped, unless another handover stops it as well.

        :param ended: ids of addresses that stay nobody's
        :return: the addresses that bring new work to the predecessor again
        """
        aliases = self.env["mail.alias"].sudo()
        stopped = self.sudo().stopped_inflow
        if not stopped:
            return aliases
        self._trusting().write({"stopped_inflow": False})
        rows = [row for row in stopped["aliases"] if row["alias"] not in ended]
        if rows and (other := self._stopping_as_well()):
            rows = [*other.stopped_inflow["aliases"], *rows]
            other._trusting().write({"stopped_inflow": {"aliases": rows}})
            return aliases
        started, refused = aliases, []
        for row in rows:
            change = partial(self._start_address, row)
            alias = self._or_told(aliases.browse(row["alias"]), change)
            if alias is None:
                # it stays known as stopped
                refused.append(row)
            else:
                started |= alias
        if refused:
            self._trusting().write({"stopped_inflow": {"aliases": refused}})
        return started

    def _or_told(self, alias, change):
        """Change an address; where it refuses, it is told, and holds nothing up.

        :param alias: the address, as superuser
        :param change: a function
        :return: what that returns; ``None`` where it stays as it is, of which whoever
            looks after the handover is told
        """
        try:
            with undoing(self.env.cr):
                return change()
        except (*TRANSIENT, *FATAL):
            raise
        except Exception as error:  # noqa: BLE001 - any add-on may raise anything
            name = alias.display_name
            reason = self.env["handover.engine"]._reason(error)
            self._call_for_attention(lambda env: f"{name} {said_in(env, reason)}")
            return None

    def _stopping_as_well(self):
        """Return another handover that stops what comes to the same person, or none.

        What is handed over stops nothing more.
        """
        return self.sudo().search(
            Domain("predecessor_id", "=", self.predecessor_id.id)
            & Domain("id", "!=", self.id)
            & Domain("stopped_inflow", "!=", False)
            & Domain("state", "in", STOPPING),
            limit=1,
        )

    @api.model
    def _start_address(self, row):
        """Put an address back as it was; return it, or nothing where it was changed."""
        alias = self.env["mail.alias"].sudo().browse(row["alias"]).exists()
        undo = self.env["handover.inflow"].sudo()._undo_alias
        if alias and undo(alias, row["before"], row["after"]):
            return alias
        return alias.browse()

    def _change_setting(self, row, found):
        if row["source"] == "alias":
            stop = self._stops(found.giver).get(found.record.id)
            if stop:
                # it goes on from there, and back to what was before
                self._start_address(stop[1])
        return super()._change_setting(row, found)

    def _names_of_addresses(self, aliases):
        names = (alias.alias_full_name or alias.display_name for alias in aliases)
        return ", ".join(names)

    # ------------------------------------------------------------
    # RECURRING TASKS
    # ------------------------------------------------------------

    @api.model
    def _waiting_line(self, task, root):
        """Return the line with which comes what follows ``task``, of ``root``, or none.

        While the handover is under way that stops it: of who hands the root over.
        """
        lines = self.env["handover.request.line"].sudo()
        if not root.project_id:
            # nobody else would see it
            return lines
        known = Domain("id", "in", root.handover_line_id.ids)
        stopping = Domain("request_id.stopped_inflow", "!=", False)
        stopping &= Domain("request_id.state", "in", STOPPING)
        line = lines.search(
            (stopping & (known | Domain("res_id", "=", root.id)) | known & TRIED)
            & Domain("res_model", "=", "project.task")
            & Domain("successor_id", "!=", False),
            limit=1,
        )
        theirs = line.request_id.predecessor_id <= task.user_ids
        return line if theirs or task.handover_line_id else lines

    @api.model
    def _give_waiting_tasks(self, lines, for_good=False):
        """Give what recurring tasks brought meanwhile to who has them now.

        That is the successor where the line moved, and the predecessor where it did
        not. What comes with a line that may be tried again waits on.

        :param lines: the domain of the lines with which they come
        :param for_good: nothing is tried again
        """
        tasks = self.env["project.task"].sudo().with_context(active_test=False)
        tasks = tasks.search(Domain("handover_line_id", "any", lines))
        ended = tasks.filtered("is_closed")
        ended.write({"handover_line_id": False})
        for task in tasks - ended:
            line = task.handover_line_id
            waits = line.request_id.state in HANDED_OVER and not for_good
            if waits and line.filtered_domain(TRIED):
                continue
            moves = line.state == "done" or line.result_code in ("closed", "already")
            user = line.successor_id if moves else line.predecessor_id
            command = fields.Command.link(user.id)
            task.write({"user_ids": [command], "handover_line_id": False})

    # ------------------------------------------------------------
    # WHAT IS TOLD
    # ------------------------------------------------------------

    def _inflow_finding(self, code, found, moves):
        finding = super()._inflow_finding(code, found, moves)
        if not (moves and code in ("alias", "recurrence") and self._stops_inflow()):
            return finding
        if found.ends:
            fix = self.env._(
                "From the submission on it is nobody's, as no one person takes over."
                " Whoever may (%s) can name somebody.",
                self._who_changes(found.record),
            )
            return finding | {"fix": fix}
        fix = self.env._(
            "From the submission on it is theirs no more, and goes to %s with the"
            " handover.",
            found.taker.sudo().name,
        )
        return finding | {"fix": fix}
