import time
from datetime import timedelta
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..word_texts import labelled, sentences
from . import handover_audience
from .handover_background import TRANSIENT
from .handover_guard import door, single
from .handover_limits import limit
from .handover_request import MOVES
from .handover_statistics import grown
from .handover_transaction import LOOKING, undoing

# only we have it: no caller can send an object
_DOING = object()
# lines that are looked at, or reserved, in one transaction
PART = 5_000
# so often a part is begun that a server does not live through
MOST_TRIES = 3
# a part that was refused by a lock of somebody else is tried again then
LATER = timedelta(seconds=5)


class Step(NamedTuple):
    """What people ask for, and what of it takes long where there are many records."""

    # what the button says; a function of an environment
    label: object
    # it is done within the call up to so many times the limit of the settings
    factor: int = 1
    # it is done in parts, each of them committed, and can be stopped between two
    parts: bool = False
    # whoever reads the handover may ask for it: it changes nothing, and keeps nobody
    # from changing anything
    looks: bool = False


# by the names of what does them: `_do_submit`, and in parts `_part_of_submit`; those of
# add-ons come by `_background_steps`
STEPS = {
    "collect": Step(lambda env: env._("Collect Records"), parts=True),
    "submit": Step(lambda env: env._("Submit"), parts=True),
    "approve": Step(lambda env: env._("Approve"), factor=5),
    "refuse": Step(lambda env: env._("Refuse"), factor=2),
    "draft": Step(lambda env: env._("Back to Draft"), factor=2),
    "run": Step(lambda env: env._("Hand Over Now"), factor=5),
    "retry": Step(lambda env: env._("Try Again"), factor=2),
    "cancel": Step(lambda env: env._("Cancel"), factor=2),
    "return": Step(lambda env: env._("Give Back"), factor=2),
    "check": Step(lambda env: env._("Check"), factor=2, parts=True, looks=True),
    "accept": Step(lambda env: env._("Accept All")),
    "settle": Step(lambda env: env._("Leave as They Are")),
    # a draft of what was not handed over: the draft is what is being filled
    "continue": Step(lambda env: env._("New Draft"), parts=True),
    "file": Step(lambda env: env._("Make a File"), factor=2, looks=True),
    # what a submission that was stopped, or failed, leaves behind
    "release": Step(lambda env: env._("Back to Draft")),
}


class HandoverRequest(models.Model):
    """What would take too long within a click goes on in the background.

    Up to a size a step is done at once. Beyond it the handover notes what was asked
    for, by whom and when, and the crons do it: as who asked, whose rights are asked
    again then. Where it is done in parts, each is committed, so that whoever is killed
    leaves a part at the most to do again. Meanwhile nothing else changes the handover.
    What keeps the step from being done is told to who asked, and stays on the handover.
    """

    _inherit = "handover.request"

    background_step = fields.Char(
        string="Goes On in the Background",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="What somebody asked for, and what is being done in the background.",
    )
    background = fields.Json(
        string="Asked in the Background",
        readonly=True,
        copy=False,
        prefetch=False,
        groups="base.group_system",
        help="Who asked for it, when, and how far it is.",
    )
    background_problem = handover_audience.Text(
        string="Why It Was Not Done",
        readonly=True,
        copy=False,
        audience="givers",
        help="What kept the last step in the background from being done.",
    )
    background_told = fields.Json(
        string="How Far It Is",
        compute="_compute_background_told",
        help="What goes on in the background: how far it is, whether the reader may"
        " stop it; or why the last step was not done.",
    )

    @api.depends("background_step", "background_problem")
    @api.depends_context("uid", "lang")
    def _compute_background_told(self):
        for request in self:
            request.background_told = request._background_progress()

    # ------------------------------------------------------------
    # DOORS
    # ------------------------------------------------------------

    @door
    def action_stop_background(self):
        """Stop what goes on in the background, between two of its parts.

        What was collected by then stays on the list; a submission leaves a draft.

        :return: ``True``
        :raise AccessError: when the caller neither asked for it nor is a manager
        :raise UserError: when nothing goes on, or it is done in one part
        """
        single(self)
        self._lock()
        if refusal := self._stop_refusal():
            raise refusal
        self._end_step(False)
        return True

    def _stop_refusal(self):
        """Return the error that keeps the caller from stopping it, or ``None``."""
        step = self._background_steps().get(self.background_step)
        user = self.env.user
        note = self.sudo().background or {}
        # what a server did not live through is ended by people, too
        if not step or not (step.parts or note.get("tries", 0) > 1):
            return UserError(
                self.env._("%s: nothing goes on that could be stopped.", self.name)
            )
        asked = note.get("uid")
        if user.id != asked and not self._is_manager(user):
            return AccessError(
                self.env._(
                    "%s: only who asked for it, or a manager, stops it.", self.name
                )
            )
        return None

    # ------------------------------------------------------------
    # WITHIN THE CALL, OR LATER
    # ------------------------------------------------------------

    @api.model
    def _background_steps(self):
        """Return what may go on in the background; extended by super().

        :return: ``{name: Step}``
        """
        return STEPS

    def _do(self, step, *args, count=None):
        """Do a step that the caller may take: at once, or later where it takes long.

        :param str step: a key of :meth:`_background_steps`
        :param args: plain values for the method that does it
        :param int count: how many records it is about, unless it is all of them
        :return: what the method returns that does it; ``None`` where that is later
        """
        self.ensure_one()
        count = self.line_count if count is None else count
        if self._is_quick(step, count):
            if self.background_problem and step != "release":
                self._trusting().write({"background_problem": False})
            return getattr(self, f"_do_{step}")(*args)
        self._do_later(step, args, count)
        return None

    def _is_quick(self, step, count):
        """Tell whether a step is done within the call."""
        if self.env.cr.cache.get(LOOKING):
            # a dry run ends with its call
            return True
        most = self._background_steps()[step].factor
        return count <= most * limit(self.env, "background_from")

    def _do_later(self, step, args, total):
        """Note what the caller asked for, and have the crons do it."""
        former, note = self.background_step, self.sudo().background or {}
        looks = self._background_steps()[step].looks
        self._trusting().write(
            {
                "background_step": step,
                "background": {
                    "args": args,
                    "uid": self.env.uid,
                    "context": {
                        key: self.env.context[key]
                        for key in ("lang", "tz", "allowed_company_ids")
                        if key in self.env.context
                    },
                    "since": fields.Datetime.to_string(fields.Datetime.now()),
                    "total": total,
                    "done": 0,
                    "at": {},
                },
                **({} if looks else {"background_problem": False}),
            }
        )
        if former == "file":
            # a check is asked again by whoever looks, a file is waited for
            why = self._background_text()
            self._tell_asker(note, self._not_done(former, note, why))
        self._announce()
        self._wake_crons()

    def _background_refusal(self):
        """Return why nobody changes the handover now, or ``None``."""
        self.ensure_one()
        if not self.background_step or self.env.context.get("doing") is _DOING:
            return None
        step = self._background_steps().get(self.background_step)
        if step and step.looks:
            return None
        what = self._background_text()
        wait = (
            self.env._("Until it is through nothing else changes: wait, or stop it.")
            if step and step.parts
            else self.env._("Until it is through nothing else changes.")
        )
        return UserError(
            labelled(self.env, self.name, sentences(self.env, [what, wait]))
        )

    def _edit_refusal(self):
        return super()._edit_refusal() or self._background_refusal()

    def _refusal(self, move):
        refusal = super()._refusal(move)
        # who may not do it anyway is told so
        if isinstance(refusal, AccessError):
            return refusal
        return self._background_refusal() or refusal

    def _check_line_edit(self, lines, names=None):
        if refusal := self._background_refusal():
            raise refusal
        return super()._check_line_edit(lines, names)

    # ------------------------------------------------------------
    # HOW FAR IT IS
    # ------------------------------------------------------------

    def _background_text(self):
        """Return what goes on in the background, as a sentence."""
        step = self._background_steps().get(self.background_step)
        note = self.sudo().background or {}
        label = step.label(self.env) if step else self.background_step
        if not step or not step.parts:
            return self.env._("“%s” goes on in the background.", label)
        return self.env._(
            "“%(step)s” goes on in the background. Records: %(done)s of %(total)s.",
            step=label,
            done=f"{note.get('done', 0):,}",
            total=f"{note.get('total', 0):,}",
        )

    def _background_progress(self):
        """Return what :meth:`get_progress` tells of the background, or ``False``."""
        self.ensure_one()
        if not self.background_step:
            problem = self.background_problem
            return {"step": False, "problem": problem} if problem else False
        step = self._background_steps().get(self.background_step)
        note = self.sudo().background or {}
        return {
            "step": self.background_step,
            "text": self._background_text(),
            "done": note.get("done", 0),
            "total": note.get("total", 0),
            "in_parts": bool(step and step.parts),
            "can_stop": not self._stop_refusal(),
            "since": note.get("since", ""),
            "problem": "",
        }

    @api.depends("background_step", "background_problem")
    def _compute_next_step(self):
        result = super()._compute_next_step()
        for request in self.filtered("id"):
            if request.background_step:
                request.next_step = {
                    "text": request._background_text(),
                    "todo": "",
                    "mine": False,
                }
            elif problem := request.background_problem:
                step = request.next_step
                text = sentences(self.env, [problem, step["text"]])
                request.next_step = {**step, "text": text}
        return result

    # ------------------------------------------------------------
    # BY THE CRONS
    # ------------------------------------------------------------

    @api.model
    def _in_background(self):
        """Return the handovers of which something is done in the background."""
        return self.search([("background_step", "!=", False)], order="id")

    def _go_on_in_background(self, turn):
        """Do one part after the other, each committed, while there is time.

        :param float turn: seconds after which others have theirs
        :return: whether there was time for all of it
        """
        self.ensure_one()
        more, in_time, started = True, True, time.monotonic()
        while more and in_time and time.monotonic() - started < turn:
            self._note_try()
            more = self.env["handover.background"]._safely(
                self._do_next_part, self._end_step_by_error
            )
            in_time = self.env["ir.cron"]._commit_progress()
            # a million records take no more memory than a thousand
            self.env.invalidate_all()
        if more is None:
            self._wake_crons(fields.Datetime.now() + LATER)
        elif more:
            self._wake_crons()
        return bool(in_time)

    def _note_try(self):
        """Note that a part is begun, for whoever comes after a server that died.

        What takes more time or memory than a worker has is not begun for ever.
        """
        if self._is_taken():
            return
        self.invalidate_recordset()
        note = self.sudo().background
        if self.background_step and note:
            tries = note.get("tries", 0) + 1
            if tries > MOST_TRIES:
                env = self._asker_env(note)
                self._end_step(env._("The server has ended it several times."))
            else:
                self._trusting().write({"background": {**note, "tries": tries}})
        self.env["ir.cron"]._commit_progress()

    def _do_next_part(self):
        """Do the next part as who asked for it.

        :return: whether there are more; ``None`` when somebody else is at it
        """
        if self._is_taken():
            return None
        self.invalidate_recordset()
        note = self.sudo().background
        if not self.background_step or not note:
            return False
        try:
            with undoing(self.env.cr):
                note = self._as_who_asked(note)._part_of_step(note)
                self.env.flush_all()
        except TRANSIENT:
            raise
        except UserError as error:
            self._end_step(str(error))
            return False
        if note is None:
            return bool(self.background_step)
        self._trusting().write({"background": {**note, "tries": 0}})
        self._announce()
        return True

    def _as_who_asked(self, note):
        """Return the handover as whoever asked for what is noted."""
        user = self.env["res.users"].sudo().browse(note["uid"]).exists()
        if not user.active and user.id != SUPERUSER_ID:
            raise AccessError(
                self._asker_env(note)._(
                    "The user who asked for it is not active any more."
                )
            )
        context = {**note["context"], "doing": _DOING}
        return self.with_env(self.env(user=user.id, su=False, context=context))

    def _part_of_step(self, note):
        """Do the next part of what is noted.

        :return: the note for the rest; ``None`` when nothing is left
        """
        step = self.background_step
        if self._background_steps()[step].parts:
            note = getattr(self, f"_part_of_{step}")(note)
            if note is not None:
                return note
        else:
            self._require_step(step)
            getattr(self, f"_do_{step}")(*note["args"])
        # a part may have asked for another step
        if self.background_step == step:
            # why the last one was not done is told until another one is
            keeps = step == "release" or self._background_steps()[step].looks
            self._forget_step(self.background_problem if keeps else False)
            self._announce()
        return None

    def _require_step(self, step):
        """Raise unless who asked for a step may still take it.

        What is no move of the handover is asked by what does it.
        """
        stops = step == "cancel" and self.state == "running"
        if (move := "stop" if stops else step) in MOVES:
            self._require(move)

    def _forget_step(self, problem=False):
        self._trusting().write(
            {
                "background_step": False,
                "background": False,
                "background_problem": problem,
            }
        )

    def _end_step(self, problem):
        """End what goes on: somebody stopped it, or it cannot be done.

        :param problem: a sentence for who asked, or ``False``
        """
        step, note = self.background_step, self.sudo().background or {}
        reserved = step == "submit" and note.get("at", {}).get("reserving")
        if problem:
            problem = self._not_done(step, note, problem)
        self._forget_step(problem)
        if step == "collect" and note.get("done"):
            self._records_changed()
        if reserved:
            # that takes its time as well, whoever asked is there or not
            system = self.with_user(SUPERUSER_ID)
            system._do("release")
            system._trusting().write({"background_problem": problem})
        self._announce()
        if problem:
            self._tell_asker(note, problem)

    def _tell_asker(self, note, problem):
        """Tell who asked for a step why it was not done."""
        user = self.env["res.users"].sudo().browse(note.get("uid")).exists()
        user._bus_send(
            "simple_notification",
            {
                "type": "danger",
                "sticky": True,
                "title": self.name,
                "message": problem,
            },
        )

    def _asker_env(self, note):
        """Return the environment in the language of who asked."""
        return self.with_context(lang=note.get("context", {}).get("lang")).env

    def _not_done(self, step, note, problem):
        """Return that a step was not done and why, in the language of who asked."""
        env = self._asker_env(note)
        steps = self._background_steps()
        label = steps[step].label(env) if step in steps else step
        return env._(
            "“%(step)s” was not done: %(problem)s", step=label, problem=problem
        )

    def _end_step_by_error(self, error):
        """End what goes on because of an error that nobody foresaw."""
        self._end_step(str(self.env["handover.engine"]._reason(error)))

    # ------------------------------------------------------------
    # WHAT IS DONE IN PARTS
    # ------------------------------------------------------------

    def _part_of_collect(self, note):
        """Add the next records, of one kind after the other."""
        if refusal := self._edit_refusal():
            raise refusal
        self._check_may_request()
        at = note["at"] or {"kinds": note["args"][0], "last": 0, "lines": None}
        if at["lines"] is None:
            at["lines"] = self.line_count
        scopes = self.env["handover.scope"].sudo().browse(at["kinds"])._there()
        # one that is archived meanwhile is not collected any more
        scopes = scopes.filtered("active")
        if not scopes:
            # a kind that is not in use any more is none that was collected
            kinds = self.env["handover.scope"].browse(note["args"][0])
            self._note_collected(kinds & self._collected_scopes(False))
            self._records_changed()
            return None
        domain = self._collect_domain(scopes[0], after=at["last"])
        there = at["lines"] + note["done"]
        last, count = self._collect_part(scopes[0], domain, at["last"], there)
        if last is None:
            at = {**at, "kinds": scopes.ids[1:], "last": 0}
        else:
            at = {**at, "last": last}
        return {**note, "at": at, "done": note["done"] + count}

    def _part_of_submit(self, note):
        """Check the next records; after all of them, reserve the next ones."""
        self._require("submit")
        at, checked = note["at"] or {"last": 0, "reserving": False}, self.sudo()
        if not note["at"]:
            self._before_submission()
            checked._raise_blockers(checked._submission_findings())
            self._find_approver()
        last, count = (
            self._reserve_part(at["last"])
            if at["reserving"]
            else checked._check_part(at["last"])
        )
        done = note["done"] + count / 2
        if last is not None:
            return {**note, "at": {**at, "last": last}, "done": int(done)}
        if not at["reserving"]:
            at = {"last": 0, "reserving": True}
            return {**note, "at": at, "done": note["total"] // 2}
        # what is about the handover as a whole may have changed meanwhile
        checked._raise_blockers(checked._submission_findings())
        self._become_submitted()
        return None

    def _check_part(self, last):
        """Raise what of the next lines keeps it from being submitted.

        :return: the id of the last line, ``None`` after the last part; and how many
        """
        more = Domain("id", ">", last)
        lines = self.env["handover.request.line"].search(
            self._ahead_domain() & more, order="id", limit=PART
        )
        self._raise_blockers(self._batched_line_findings(lines))
        return lines.ids[-1] if len(lines) == PART else None, len(lines)

    def _reserve_part(self, last):
        """Reserve the next records, as :meth:`_freeze_lines` does all of them."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE handover_request_line SET reserved = TRUE WHERE id IN (
                    SELECT id FROM handover_request_line
                    WHERE request_id = %s AND state = 'todo' AND id > %s
                    ORDER BY id LIMIT %s)
                RETURNING id""",
                self.id,
                last,
                PART,
            )
        )
        ids = [id_ for [id_] in self.env.cr.fetchall()]
        full = len(ids) == PART
        if full != bool(last):
            # the first of several parts, and the last one
            grown(self.env.cr, "handover_request_line", PART)
        return max(ids) if full else None, len(ids)

    def _do_release(self):
        """Free the records that a submission has reserved which came to nothing."""
        self._release_lines()
