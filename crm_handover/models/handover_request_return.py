from collections import Counter, defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ..word_texts import listed, sentences
from .handover_guard import check_count, door, is_id, single
from .handover_said import in_all_languages
from .handover_states import HANDED_OVER

BATCH = 1_000

# what successors have from a handover, and nobody has said otherwise
HELD = Domain("state", "=", "done") & Domain("result_code", "in", ["done", "already"])
# what was to go back and could not: it stays with the successor for the time being
STUCK = Domain("state", "=", "failed") & Domain("goes_back", "=", True)
# what stayed with the successors: it goes back when somebody chooses it
STAYED_CODES = ("changed_since", "closed")
STAYED = Domain("state", "=", "done") & Domain("result_code", "in", STAYED_CODES)


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
        reason = self._check_reason(reason) if reason else ""
        self._require("return")
        for request in self:
            request._do("return", reason, count=request.done_count)
        return True

    def _do_return(self, reason):
        self._return(reason)

    @door
    def preview_return(self, line_ids=False):
        """Tell what giving back would do now, and change nothing.

        :param list line_ids: ids of lines of this handover; empty: all that the
            successors have from it
        :return: ``{"lines": [{"line_id", "result_code", "message"}], "counts": {code:
            number}}``; ``done`` is what would go back: its message says from whom,
            where it went on by other handovers, what was changed since and by whom,
            and what would not be kept; ``already`` is what stays theirs
        :raise AccessError: when the caller may not give it back
        :raise UserError: when it was not handed over, or a line is not one of its own
        """
        single(self)
        if refusal := self._refusal("return"):
            raise refusal
        found = self._foresee_return(self._check_line_ids(line_ids))
        counts = Counter(row["result_code"] for row in found)
        return {"lines": found, "counts": dict(counts)}

    @door
    def action_choose_return(self):
        """Open the dialog that shows what would go back, to choose from it.

        Where no record is left to choose, what moved besides records goes back at once.

        :return: a window action
        :raise AccessError: when the caller may not give it back
        :raise UserError: when there is nothing to give back
        """
        single(self)
        return self._choose_return()

    # ------------------------------------------------------------
    # BEFORE
    # ------------------------------------------------------------

    def _check_line_ids(self, line_ids):
        """Return lines of this handover, ``None`` without ids; raise what is wrong."""
        if not line_ids:
            return None
        if not isinstance(line_ids, (list, tuple)) or not all(map(is_id, line_ids)):
            raise UserError(self.env._("Records are given by the ids of their lines."))
        check_count(self.env, line_ids)
        lines = self.env["handover.request.line"]
        found = lines.search([("request_id", "=", self.id), ("id", "in", line_ids)])
        if set(line_ids) - set(found.ids):
            raise UserError(
                self.env._("%s: some of these records are not on it.", self.name)
            )
        return found

    def _check_moves_back(self, lines):
        """Raise where giving these lines back would change nothing, not their outcome.

        :raise AccessError: when the caller may not give them back
        """
        self._require("return")
        told = lines.filtered_domain(STAYED)
        if not told or told != lines:
            return
        found = {row["line_id"]: row for row in self._foresee_return(lines)}
        same = lines.filtered(lambda line: line._stays_so(found.get(line.id)))
        if same == lines:
            raise UserError(
                self.env._(
                    "%(record)s stays with the successor: %(why)s Press “Give Back” and"
                    " choose that for it to take it back all the same.",
                    record=lines[0].res_name,
                    why=found[lines[0].id]["message"],
                )
            )

    def _choose_return(self, lines=None):
        if refusal := self._refusal("return"):
            raise refusal
        if lines is None:
            # also what was changed since: somebody decides on it
            mine = Domain("request_id", "=", self.id)
            lines = self.line_ids.search(mine & (HELD | STUCK | STAYED))
            if not lines and self._besides_givers():
                self._give_back("")
                return self._open_form()
        return self.env["handover.request.return"]._open(self, lines)

    def _return_domain(self, lines=None):
        """Return the domain of what goes back: all that is held, or of these lines."""
        mine = Domain("request_id", "=", self.id)
        if lines is None:
            return mine & (HELD | STUCK)
        return mine & (HELD | STUCK | STAYED) & Domain("id", "in", lines.ids)

    def _foresee_return(self, lines=None):
        """Return what would become of these lines, or of all, on the way back.

        :return: a list of ``{"line_id", "result_code", "message"}``
        """
        Line = self.env["handover.request.line"].sudo()
        found = []
        for some in split_every(
            BATCH, Line.search(self._return_domain(lines)).ids, Line.browse
        ):
            # as if they were on the way back, in this transaction's memory alone
            Line._fields["goes_back"]._update_cache(some, True)
            some.invalidate_recordset(["chain_end_id"], flush=False)
            obstacles = self.env["handover.engine"].sudo()._foreseen(some)
            going = some.browse(line.id for line in some if line.id not in obstacles)
            lost = self._lost_on_the_way(going)
            changed = self.env["handover.engine"].sudo()._changed_meanwhile(going)
            for line in some:
                passed = self.env["handover.engine"]._passed_text(line)
                told = [passed, changed.get(line.id), lost.get(line.id)]
                text = sentences(self.env, told)
                code, text = obstacles.get(line.id, ("done", text))
                found.append({"line_id": line.id, "result_code": code, "message": text})
            self.env.invalidate_all()
        return self._with_worth(found)

    def _with_worth(self, found):
        """Add to closed records what they are worth, for whoever decides on them.

        What the outcome keeps does not say it: others read that as well.
        """
        lines = (
            self.env["handover.request.line"]
            .sudo()
            .browse(row["line_id"] for row in found if row["result_code"] == "closed")
        )
        worth = {
            line.id: text
            for line, scope, record in lines._closed_to_reader()
            if (text := lines._tell_worth(scope, record))
        }
        for row in found:
            if text := worth.get(row["line_id"]):
                value = self.env._("Worth: %s.", text)
                row["message"] = f"{row['message']} {value}"
        return found

    def _lost_on_the_way(self, lines):
        """Return which values of records would not go back with them.

        :return: ``{line id: text}``
        """
        texts = {}
        for scope, some in lines.grouped("scope_id").items():
            losses = self.env["handover.engine"].sudo()._losses(scope, some)
            for line in some:
                if labels := losses.get(line.res_id):
                    texts[line.id] = self.env._(
                        "Not kept with the former team: %s.",
                        listed(self.env, sorted(labels)),
                    )
        return texts

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _ask_for_return(self, lines, reason=False):
        """Ask who has these records by now to give them back: a to-do for each person.

        They decide; the records stay with them until then.

        :param lines: lines of this handover
        """
        if not lines:
            return
        reason = self._check_reason(reason) if reason else ""
        self._require("return")
        found = defaultdict(list)
        mine = lines.filtered(lambda line: line.request_id == self)
        for scope, some in mine.sudo().grouped("scope_id").items():
            records = scope._records(some.mapped("res_id")).exists()
            givers = {line.res_id: line.predecessor_id for line in some}
            for record in records:
                if owner := scope._owners(record).filtered("active")[:1]:
                    found[owner].append((record, givers[record.id]))
        asked = sum(
            self._ask_about(owner, "back", rows, reason)
            for owner, rows in found.items()
        )
        if asked:
            self._log_event("return_asked", records=asked, reason=reason)

    def _give_back(self, reason, lines=None, taken_back=None):
        """Give back all of it, or some lines, for the caller.

        :param taken_back: lines that go back though they were changed since
        """
        reason = self._check_reason(reason) if reason else ""
        self._require("return")
        for request in self:
            request._return(reason, lines, taken_back)

    def _return(self, reason, lines=None, taken_back=None):
        """Start the way back, for these lines or all that were handed over.

        :param reason: why, as somebody has written it; or a function of an environment
            that returns it as a sentence
        """
        if callable(reason):
            reason = in_all_languages(self, reason)
        count = self.env["handover.request.line"]._update(
            self._return_domain(lines),
            SQL(
                """state = 'todo', goes_back = TRUE, attempts = 0, next_try = NULL,
                    taken_back = id = ANY(%s)""",
                taken_back.ids if taken_back else [],
            ),
        )
        if not count and not (lines is None and self._besides_givers()):
            raise UserError(self.env._("%s: there is nothing to give back.", self.name))
        # what was stopped has no such day yet
        handed_over = self.date_finished or self._last_transfer()
        values = {"date_finished": handed_over, "goes_back": True}
        facts = {"taken_back": len(taken_back)} if taken_back else {}
        self._move("return", values, reason=reason, records=count, **facts)
        self._proceed()

    def _last_transfer(self):
        """Return when the last record was handed over."""
        lines = self.env["handover.request.line"].sudo()
        mine = [("request_id", "=", self.id)]
        return lines._read_group(mine, aggregates=["date_done:max"])[0][0]

    def _stop_return(self):
        """Leave with the successors what has not been given back yet.

        As they had it before, so that it can be given back another time; what had
        stayed with them for a reason says so still.
        """
        keeps = SQL("result_code IN %s", STAYED_CODES)
        self.env["handover.request.line"]._update(
            Domain("request_id", "=", self.id)
            & Domain("state", "=", "todo")
            & Domain("goes_back", "=", True),
            SQL(
                """state = 'done', goes_back = FALSE,
                    result_message = CASE WHEN %(keeps)s THEN result_message END,
                    result_said = CASE WHEN %(keeps)s THEN result_said END,
                    result_code = CASE WHEN %(keeps)s THEN result_code
                        WHEN before IS NULL THEN 'already' ELSE 'done' END""",
                keeps=keeps,
            ),
        )

    def _finish_return(self):
        """Close the way back: returned, or handed over still where lines remain."""
        lines = self.env["handover.request.line"].sudo()
        facts = {
            "returned": self.returned_count,
            "changed": lines.search_count(Domain("request_id", "=", self.id) & STAYED),
            "failed": self.failed_count,
            "outcome": self._outcome_digest(),
        }
        values, asker = {"goes_back": False}, self.sudo().return_asked_by_id
        if self._has_lines(STUCK):
            # it stays with the successor until somebody tries again
            self._move("stay", values, **facts)
        elif self._has_lines(HELD):
            self._move("stay", values, **facts)
            self._complete_if_confirmed()
        else:
            facts |= self._give_besides_back()
            if self._besides_givers():
                # the records are back, and the rest waits for another try
                self._move("stay", values, **facts)
            else:
                values["date_returned"] = fields.Datetime.now()
                self._move("give_back", values, **facts)
        self._end_needless_permissions(lambda env: env._("The records went back."))
        # with the end, a wish for a later one has come to nothing
        self._notify("returned", people=self._people("returned") | asker)

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
        if self._has_lines(HELD | STUCK) or self._besides_givers():
            self._return(lambda env: env._("The agreed time is over."))
        elif self.state in HANDED_OVER:
            self._move("nothing_left", {"date_returned": now})
            self._end_needless_permissions(
                lambda env: env._("The agreed time is over.")
            )

    def _has_lines(self, domain):
        """Tell whether lines of this handover are in ``domain``."""
        lines = self.env["handover.request.line"].sudo()
        return bool(
            lines.search_count(Domain("request_id", "=", self.id) & domain, limit=1)
        )
