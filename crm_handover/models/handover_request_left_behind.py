from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..word_texts import sentences
from . import handover_audience
from .handover_guard import door
from .handover_request_leftovers import HANDOVER, MEETING, TODO

# of each kind, so many are named
NAMED = 3


class HandoverRequest(models.Model):
    """What is left behind, and what came since: told in the check, at the end, and to
    who confirms.
    """

    _inherit = "handover.request"

    collected_scope_ids = fields.Many2many(
        "handover.scope",
        "handover_request_collected_scope_rel",
        string="Kinds Collected",
        readonly=True,
        copy=False,
        help="Kinds of record of which everything was collected.",
    )
    removed_records = handover_audience.Json(
        readonly=True,
        audience="givers",
        copy=False,
        prefetch=False,
        help="Records that somebody took off the list: they did not come since.",
    )
    leaves_work = fields.Boolean(
        string="Work Left Behind",
        readonly=True,
        copy=False,
        help="When somebody last looked, the predecessor still had work that did not"
        " move.",
    )
    left_behind = fields.Json(
        compute="_compute_left_behind",
        help="What the predecessor still has, for who confirms: a sentence (text), and"
        " what there is how much of (parts).",
    )

    @api.depends("state", "leaves_work", "signoff_ids")
    @api.depends_context("uid", "lang")
    def _compute_left_behind(self):
        for request in self:
            request.left_behind = request._left_behind_for(self.env.user)

    @door
    def action_add_late_records(self):
        """Add the records that came to the predecessor after collecting.

        What somebody took off the list stays off.

        :return: ``True``
        :raise AccessError: when the caller may not edit the handover
        :raise UserError: when it is no draft, or would become too large
        """
        self._lock()
        for request in self:
            if refusal := request._edit_refusal():
                raise refusal
            request._check_may_request()
            request._collect_all(request._came_since())
        return True

    # ------------------------------------------------------------
    # WHAT WAS COLLECTED
    # ------------------------------------------------------------

    def _note_collected(self, scopes):
        """Keep of which kinds everything is on the list, so that more is noticed."""
        removed = self.removed_records or {}
        whole = {str(scope.id) for scope in scopes}
        self._trusting().write(
            {
                "collected_scope_ids": [fields.Command.link(id_) for id_ in scopes.ids],
                "removed_records": {
                    kind: ids for kind, ids in removed.items() if kind not in whole
                },
            }
        )

    def _note_removed(self, lines):
        """Keep what somebody takes off the list: it did not come after collecting."""
        self._lock()
        for request in self:
            removed = dict(request.sudo().removed_records or {})
            mine = lines.filtered(lambda line, of=request: line.request_id == of)
            for scope, some in mine.grouped("scope_id").items():
                kind = str(scope.id)
                removed[kind] = [*removed.get(kind, []), *some.mapped("res_id")]
            request._trusting().write({"removed_records": removed})

    def _not_removed_domain(self, scope):
        """Return the domain of the records of a kind that nobody took off the list.

        They may be many: the database reads them where it looks for the others.
        """
        request = self.sudo()
        request.flush_recordset(["removed_records"])
        removed = SQL(
            """SELECT jsonb_array_elements_text(removed_records -> %s)::int
            FROM handover_request WHERE id = %s""",
            str(scope.id),
            self._origin.id or 0,
        )
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "%s NOT IN (%s)", SQL.identifier(alias, "id"), removed
            ),
            predicate=lambda record: record.id not in request._removed_ids(scope),
        )

    def _removed_ids(self, scope):
        return (self.removed_records or {}).get(str(scope.id), ())

    def _kinds_of_lines(self):
        """Return the kinds of record that are on the handover, as superuser."""
        lines = self.env["handover.request.line"].sudo()
        mine = Domain("request_id", "in", self.ids)
        groups = lines._read_group(mine, ["scope_id"])
        return lines.scope_id.union(*(scope for [scope] in groups))

    # ------------------------------------------------------------
    # THE CHECK
    # ------------------------------------------------------------

    def _preflight_findings(self):
        return [*super()._preflight_findings(), *self._left_behind_findings()]

    def _left_behind_findings(self):
        """Return what is left behind and what came since, for who may know it."""
        if not self._sees_sealed(self.env.user):
            return []
        late, left = self._came_since_counts(), self._left_behind_counts()
        # of who gives a part of their work, the rest is no surprise
        severity = "warning" if late or left and self._gives_all() else "info"
        return self._came_since_findings(late) + [
            self._left_finding(severity, model, rest)
            for model, count in left.items()
            if (rest := count - late.get(model, 0)) > 0
        ]

    def _left_finding(self, severity, model, count):
        values = {"kind": self._left_name(model), "giver": self._giver_name()}
        if model == HANDOVER:
            text = self.env._(
                "Handovers that wait for %(giver)s: %(count)s.", count=count, **values
            )
        else:
            text = self.env._(
                "%(kind)s of %(giver)s that stay behind: %(count)s.",
                count=count,
                **values,
            )
        finding = self._finding("left_behind", severity, text, self._left_fix(model))
        return {**finding, "res_model": model}

    def _left_fix(self, model):
        """Return the way out, as a sentence."""
        fixes = {
            TODO: self.env._(
                "Give them to somebody: nobody does them once their user is archived."
            ),
            MEETING: self.env._("Change who organises them, or cancel them."),
            HANDOVER: self.env._("Have them finished, or given to somebody else."),
        }
        return fixes.get(
            model,
            self.env._("Add them here, or make another handover in their company."),
        )

    def _left_name(self, model):
        """Return what people call what is left: to-dos, or a kind of record."""
        names = {
            TODO: self.env._("To-dos"),
            MEETING: self.env._("Meetings"),
            HANDOVER: self.env._("Handovers"),
        }
        scope = self.env["handover.scope"]._of_model(model)
        return names.get(model) or scope.with_env(self.env).name

    def _giver_name(self):
        return self._names(self._givers()) or self.sudo().source_team_id.name

    # ------------------------------------------------------------
    # THE END, AND THE CONFIRMATIONS
    # ------------------------------------------------------------

    def _prepare_move_values(self, move):
        values = super()._prepare_move_values(move)
        if move in ("submit", "finish", "complete"):
            values["leaves_work"] = self._leaves_work()
        return values

    def _after_move(self, move):
        result = super()._after_move(move)
        if move in ("finish", "complete"):
            for request in self.filtered("leaves_work"):
                request._log_event("left_behind")
                told = request._people("transferred") if move == "finish" else ()
                trouble = request._left_trouble()
                request._call_for_attention(trouble, told, lasts=False)
        return result

    def _troubles(self):
        yield from super()._troubles()
        # what was left may have found somebody since
        if self.state == "transferred" and self.leaves_work and self._leaves_work():
            yield self._left_trouble()

    def _left_trouble(self):
        """Return what is told to who looks after it: all who see it read it."""
        giver = self._giver_name()
        return lambda env: env._(
            "%s still has work that did not move with it. The handover says what it is:"
            " give it to somebody, as to-dos go when the user is archived.",
            giver,
        )

    def _leaves_work(self):
        """Look again whether work stays behind."""
        request = self.sudo()
        return request._gives_all() and request._is_anything(request._left())

    def _left_note(self):
        """Look again, and return what the event keeps: whether work stays behind."""
        left = self._leaves_work()
        if left != self.leaves_work:
            self._trusting().write({"leaves_work": left})
        return {"left": True} if left else {}

    def _approval_note(self):
        note = super()._approval_note()
        if self.leaves_work:
            note += Markup("<p>%s</p>") % self._left_text()
        return note

    def _left_behind_for(self, user):
        """Return what ``user`` is told is left: who may confirm, or has confirmed.

        :return: ``{"text", "parts": [{"res_model", "name", "count", "names"}]}``, the
            parts for who may know them, and of each the first names that they may read;
            ``False`` while nothing is left, or it is not the time
        """
        # what was left when it was confirmed is still to be given to somebody
        told = self.state == "transferred" or self.state == "done" and self.leaves_work
        if not told or not self._gives_all():
            return False
        left = self._left()
        counts = self._left_behind_counts(left)
        if not counts:
            return False
        late = self._counts_of(self._came_since())
        if not self._sees_sealed(user):
            counts, late = {}, {}
        came = [self._came_since_text(model, count) for model, count in late.items()]
        return {
            "text": sentences(self.env, [self._left_text(), *came]),
            "parts": [
                {
                    "res_model": model,
                    "name": self._left_name(model),
                    "count": count,
                    "names": self._left_names(model, left[model], user),
                }
                for model, count in counts.items()
            ],
        }

    def _left_names(self, model, domain, user):
        """Return the first names of what is left, as far as ``user`` may read it.

        :param domain: of what is left, see :meth:`_left`
        """
        Model = self.env[model].with_user(user).with_context(active_test=False)
        if not Model.has_access("read"):
            return []
        # which are left is for the code to know: readers may not see stages
        left = self._left_model(model)._search(domain)
        readable = Domain("id", "in", left.subselect())
        found = Model.search(readable, limit=NAMED).mapped("display_name")
        return [name for name in found if name]

    def _left_text(self):
        return self.env._(
            "%s still has work that did not move with it.", self._giver_name()
        )

    def _next_step_transferred(self):
        text, todo = super()._next_step_transferred()
        if self.leaves_work and self.left_behind:
            text = sentences(self.env, [text, self._left_text()])
        return text, todo

    def _prepare_notice_values(self, step, user, about=None):
        values = super()._prepare_notice_values(step, user, about)
        left = step == "transferred" and self.leaves_work
        told = left and self._left_behind_for(user)
        return {**values, "left": told or {}}
