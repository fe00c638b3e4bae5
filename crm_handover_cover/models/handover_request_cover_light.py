from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.crm_handover.models.handover_request import MOVES
from odoo.addons.crm_handover.models.handover_states import HANDED_OVER
from odoo.addons.crm_handover.word_texts import listed

COVERS = [
    ("full", "The records change their owner"),
    ("light", "The owner stays, somebody works along"),
]
# while it is in one of these, who stands in works along
WORKING = ("running", *HANDED_OVER)
LIGHT = Domain("kind", "=", "temporary") & Domain("cover", "=", "light")
# so long a to-do may take to be saved: its time is when that began
OVERLAP = timedelta(minutes=5)


class HandoverRequest(models.Model):
    """A light cover: nothing changes its owner, who stands in works along.

    They read and write the records, follow them, and have copies of their to-dos, until
    it ends by whichever way. The lines are those of any handover, and say so.
    """

    _inherit = "handover.request"

    cover = fields.Selection(
        COVERS,
        string="While They Are Away",
        default="full",
        required=True,
        content=True,
        help="A temporary handover changes the owner of the records until it ends; or"
        " the owner stays, and who stands in reads and writes along, follows them and"
        " has copies of the to-dos until then.",
    )
    todos_copied_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="To-dos that came until then were copied for who stands in.",
    )

    def _is_light(self):
        """Tell whether nothing changes its owner by this handover."""
        self.ensure_one()
        return self.kind == "temporary" and self.cover == "light"

    @api.model
    def _changing_owners(self):
        return super()._changing_owners() & ~LIGHT

    @api.model
    def _proposed_values(self, values):
        proposed = super()._proposed_values(values)
        if values.get("kind") != "temporary" or not values.get("date_return"):
            return proposed
        company = self.env["res.company"].browse(values.get("company_id"))
        days = (company or self.env.company).sudo().handover_light_days
        start = values.get("date_planned") or fields.Datetime.now()
        length = fields.Datetime.to_datetime(
            values["date_return"]
        ) - fields.Datetime.to_datetime(start)
        cover = "light" if length <= timedelta(days=days) else "full"
        return {**proposed, "cover": cover}

    @api.onchange("kind", "date_planned", "date_return")
    def _onchange_cover(self):
        proposed = self._proposed_values(
            {
                "kind": self.kind,
                "company_id": self.company_id.id,
                "date_planned": self.date_planned,
                "date_return": self.date_return,
            }
        )
        self.cover = proposed.get("cover", "full")

    # ------------------------------------------------------------
    # BEFORE
    # ------------------------------------------------------------

    def _request_findings(self):
        return [*super()._request_findings(), *self._light_findings()]

    def _light_findings(self):
        """Return what keeps a light cover from being one."""
        if not self._is_light():
            return
        pooled = [("request_id", "=", self.id), ("pool_team_id", "!=", False)]
        lines = self.env["handover.request.line"].sudo()
        if lines.search_count(pooled, limit=1):
            yield self._finding(
                "light_pool",
                "blocker",
                self.env._("In a pool nobody stands in for anybody."),
                self.env._("Choose a successor, or have the records change owner."),
            )

    def _approval_note(self):
        note = super()._approval_note()
        if self._is_light():
            note += Markup("<p>%s</p>") % self._light_rule(self.env)
        return note

    @api.model
    def _light_rule(self, env):
        return env._(
            "Nothing changes its owner: who stands in reads and writes along, and has"
            " copies of the to-dos, until it ends."
        )

    def _report_sections(self):
        sections = super()._report_sections()
        if self._is_light():
            title = self._fields["cover"]._description_string(self.env)
            text = self._light_rule(self.env)
            sections = [*sections, {"key": "cover", "title": title, "text": text}]
        return sections

    def _carried_over(self):
        # of a cover, the rest is covered in the same way
        names = ("cover", "new_records", "credit_share", "credit_days")
        return (*super()._carried_over(), *(names if self._goes_on() else ()))

    # what makes new work, and what is on records of others, stays as it is

    def _prepare_move_values(self, move):
        values = super()._prepare_move_values(move)
        if move == "submit" and self._is_light():
            values["inflow"] = False
        return values

    def _inflow_moves(self, code, found, known):
        return not self._is_light() and super()._inflow_moves(code, found, known)

    def _moves_elsewhere(self):
        return not self._is_light() and super()._moves_elsewhere()

    def _nobodys_domain(self, scope):
        return Domain.FALSE if self._is_light() else super()._nobodys_domain(scope)

    # ------------------------------------------------------------
    # WHILE IT LASTS
    # ------------------------------------------------------------

    def _leaves_work(self):
        # all of it stays, as it is meant to
        return not self._is_light() and super()._leaves_work()

    def _left_behind_for(self, user):
        return not self._is_light() and super()._left_behind_for(user)

    def _parties(self):
        # nobody has given or taken anything to confirm
        return {} if self._is_light() else super()._parties()

    def _finish_if_ready(self):
        result = super()._finish_if_ready()
        if self.state == "transferred" and self._is_light():
            self._complete_if_confirmed()
        return result

    @api.model
    def _cover_steps(self):
        yield from super()._cover_steps()
        light = self._covering() & Domain("cover", "=", "light")
        for request in self.search(light, order="id"):
            yield request.id, "_copy_new_todos"

    def _copy_new_todos(self):
        """Have who stands in have copies of the to-dos that came since."""
        self._lock()
        if not (self._is_covering() and self._is_light() and self.move_activities):
            return
        # those that came while the records were lent are among them
        since = self.todos_copied_until or self.date_started
        until = fields.Datetime.now() - OVERLAP
        groups = self._lent_lines().grouped(
            lambda line: (line.scope_id, line.predecessor_id, line.successor_id)
        )
        for (scope, giver, taker), some in groups.items():
            records = scope._records(some.mapped("res_id"))
            self.env["mail.activity"]._handover_copy(records, giver, taker, since)
            # and none of what is somebody else's to do by now
            (some | some._lent_besides())._drop_copies(records, taker)
        self._trusting().write({"todos_copied_until": until})

    def _lent_lines(self):
        """Return the lines that somebody works along on, as superuser."""
        lines = self.env["handover.request.line"].sudo()
        mine = Domain("request_id", "in", self.ids)
        return lines.search(
            mine & Domain("state", "=", "done") & Domain("result_code", "=", "done")
        )

    # ------------------------------------------------------------
    # THE END, BY WHICHEVER WAY
    # ------------------------------------------------------------

    def _after_move(self, move):
        result = super()._after_move(move)
        if MOVES[move].target not in WORKING:
            for request in self.filtered(lambda one: one.date_started):
                if request._is_light():
                    request.sudo().line_ids._stop_lending()
        return result

    def _return_besides(self):
        kept = self.sudo().ended_follows
        followers = self._followers_of(kept) if kept else self.env["res.users"]
        facts = super()._return_besides()
        if followers and self.date_finished:
            self._end_lent_since(followers)
        return facts

    def _end_lent_since(self, users):
        """End what users follow again by a cover that has ended meanwhile."""
        lines = self.env["handover.request.line"].sudo()
        lines = lines.search(
            Domain("successor_id", "in", users.ids)
            & Domain("request_id", "any", LIGHT)
            & Domain("state", "=", "returned")
            & Domain("date_returned", ">=", self.date_finished)
        )
        lines._stop_lending()

    @api.model
    def _held_todos(self, people):
        # a copy is nothing that anybody would have to take over
        copies = Domain("handover_copy_of_id", "=", False)
        return super()._held_todos(people) & copies

    @api.model
    def _note_departure(self, users):
        result = super()._note_departure(users)
        light = self._covering() & Domain("cover", "=", "light")
        light &= Domain("successor_ids", "in", users.ids)
        for request in self.sudo().search(light, order="id"):
            lines = request._lent_lines()
            theirs = lines.filtered(lambda line: line.successor_id in users)
            if theirs:
                theirs._stop_lending()
                names = theirs.successor_id.mapped("name")
                request._call_for_attention(
                    lambda env, names=names: env._(
                        "%s, who stood in, has left: have somebody else stand in.",
                        listed(env, names),
                    )
                )
        return result

    # ------------------------------------------------------------
    # WHAT IS TOLD
    # ------------------------------------------------------------

    def _next_step_confirmed(self):
        if not self._is_light():
            return super()._next_step_confirmed()
        return self.env._(
            "%(people)s may work along until %(date)s; nothing has changed its owner.",
            people=self._names(self.successor_ids),
            date=self._told_moment(self.date_return),
        ), ""
