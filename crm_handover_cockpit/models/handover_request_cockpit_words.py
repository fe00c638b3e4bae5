from collections import Counter

from babel.dates import format_date as babel_date

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools.misc import babel_locale_parse

from odoo.addons.crm_handover.day_texts import day_text
from odoo.addons.crm_handover.models.handover_states import AHEAD, CLOSED, HANDED_OVER

# so many days ahead, a day is called by its name
A_WEEK = 7


class HandoverRequest(models.Model):
    """The top of the cockpit: who, when, what is at stake, and where it stands."""

    _inherit = "handover.request"

    # ------------------------------------------------------------
    # HEAD
    # ------------------------------------------------------------

    def _cockpit_head(self):
        giver = self.sudo().predecessor_id
        takers, pools = self._cockpit_seen()
        day, ahead = self._cockpit_day(), self.state in (*AHEAD, "needs_review")
        return {
            "title": self._cockpit_title(day),
            "subtitle": self._cockpit_subtitle(),
            "days_left": (day - self._cockpit_today()).days if day and ahead else False,
            "step": self.next_step,
            "work": self._cockpit_work(),
            "giver": {"id": giver.id, "name": self._giver_name()},
            "givers": self._cockpit_giver_faces(),
            "takers": self._cockpit_faces(takers, pools),
        }

    def _cockpit_work(self):
        """Return how far what goes on by itself is: ``{"percent"}``, or ``False``.

        The percent is ``False`` of what is done in one part.
        """
        if self.state == "running":
            return {"percent": int(self.progress)}
        told = self.background_told or {}
        if not told.get("step"):
            return False
        share = 100 * told["done"] // (told["total"] or 1)
        return {"percent": told["in_parts"] and min(share, 100)}

    def _cockpit_giver_faces(self):
        """Return who hands over as the screen shows it; a team below 0."""
        givers, team = self._givers(), self.sudo().source_team_id
        if not givers and team:
            return [{"id": -team.id, "name": team.name}]
        return self._cockpit_faces(givers.sudo(), team.browse())

    def _cockpit_faces(self, takers, pools):
        """Return who takes over as the screen shows it, pools below 0."""
        return [
            *({"id": user.id, "name": user.name} for user in takers),
            *(
                {"id": -team.id, "name": self._cockpit_pool_name(team)}
                for team in pools
            ),
        ]

    def _cockpit_seen(self):
        """Return the successors and the teams whose pools take something.

        :return: two recordsets as superuser: of who only takes over, themselves
        """
        takers = self.sudo().successor_ids
        # who declined all of it takes nothing, and in the end who got nothing
        gets = Domain("request_id", "=", self.id) & Domain("decision", "!=", "declined")
        if self.state in HANDED_OVER:
            gets &= Domain("state", "=", "done")
        seen = self.env["handover.request.line"]._read_group(
            gets, ["successor_id", "pool_team_id"]
        )
        named = takers.browse().union(*(user for user, _team in seen if user)).sudo()
        pools = self.sudo().pool_team_ids
        pools &= pools.browse().union(*(team for user, team in seen if not user)).sudo()
        found = (takers & named) or takers & self.env.user
        return found or (takers.browse() if pools else takers), pools

    def _cockpit_today(self):
        return fields.Date.context_today(self)

    def _cockpit_day(self):
        """Return the day that the headline is about, or ``False``."""
        leaves = self.reason_id.sudo().leaves and self.kind == "permanent"
        if leaves and self.date_overlap_end:
            return self.date_overlap_end
        return self.date_planned and self._day(self.date_planned)

    def _cockpit_title(self, day):
        """Return the headline: who does what, and when."""
        env, values = self.env, {"person": self._giver_name()}
        match self.state:
            case "refused":
                return env._("The handover of %(person)s was refused", **values)
            case "cancelled":
                return env._("%(person)s keeps the work: it was cancelled", **values)
            case "returned":
                return env._("%(person)s has the work back", **values)
            case "running":
                return env._("The work of %(person)s changes hands now", **values)
        if self.state in HANDED_OVER:
            takers, pools = self._cockpit_seen()
            faces = self._cockpit_faces(takers, pools)
            values["takers"] = self._in_words([face["name"] for face in faces])
            if not faces:
                return env._("The work of %(person)s passes on", **values)
            if self.kind == "temporary":
                values["back"] = self._cockpit_date(self._day(self.date_return))
                return env._(
                    "%(person)s is away until %(back)s, covered by %(takers)s", **values
                )
            return env._("%(takers)s took over from %(person)s", **values)
        givers = self._givers()
        if not givers:
            return env._("The work of %(person)s passes on", **values)
        if len(givers) > 1:
            return self._cockpit_title_of_many(day, values)
        if self.kind == "temporary":
            return self._cockpit_title_away(day, values)
        if self.reason_id.sudo().leaves:
            return self._cockpit_title_leaves(day, values)
        return self._cockpit_title_gives(day, values)

    def _cockpit_title_of_many(self, day, values):
        """Return the headline of several people who leave, or hand over for good."""
        env = self.env
        values = {
            "people": values["person"],
            "day": day and self._cockpit_day_name(day),
        }
        if self.reason_id.sudo().leaves:
            if not day:
                return env._("%(people)s leave", **values)
            if day < self._cockpit_today():
                return env._("%(people)s left on %(day)s", **values)
            return env._("%(people)s leave on %(day)s", **values)
        if day:
            return env._("%(people)s hand over on %(day)s", **values)
        return env._("%(people)s hand over", **values)

    def _cockpit_title_leaves(self, day, values):
        env = self.env
        if not day:
            return env._("%(person)s leaves", **values)
        days, values["day"] = (
            (day - self._cockpit_today()).days,
            self._cockpit_day_name(day),
        )
        if days < 0:
            return env._("%(person)s left on %(day)s", **values)
        if days == 0:
            return env._("%(person)s leaves today", **values)
        if days == 1:
            return env._("%(person)s leaves tomorrow", **values)
        return env._("%(person)s leaves on %(day)s", **values)

    def _cockpit_title_away(self, day, values):
        env, back = self.env, self.date_return and self._day(self.date_return)
        values["back"] = self._cockpit_date(back) if back else "…"
        if not day:
            return env._("%(person)s is away until %(back)s", **values)
        values["day"] = self._cockpit_day_name(day)
        return env._("%(person)s is away from %(day)s until %(back)s", **values)

    def _cockpit_title_gives(self, day, values):
        env = self.env
        if not day:
            return env._("%(person)s hands over", **values)
        days, values["day"] = (
            (day - self._cockpit_today()).days,
            self._cockpit_day_name(day),
        )
        if days == 0:
            return env._("%(person)s hands over today", **values)
        if days == 1:
            return env._("%(person)s hands over tomorrow", **values)
        return env._("%(person)s hands over on %(day)s", **values)

    def _cockpit_subtitle(self):
        """Return reason, kind and the day on which the records move."""
        parts = [self.reason_id.sudo().name]
        if self.state in AHEAD and self.date_planned:
            moment = self._cockpit_date(self._told_day(self.date_planned))
            parts.append(self.env._("moves on %s", moment))
        if self.date_finished:
            moment = self._cockpit_date(self._cockpit_reader_day(self.date_finished))
            parts.append(self.env._("handed over on %s", moment))
        return " · ".join(filter(None, parts))

    def _cockpit_state_name(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        return states[self.state]

    # ------------------------------------------------------------
    # DAYS
    # ------------------------------------------------------------

    def _cockpit_locale(self):
        return babel_locale_parse(self.env.lang or "en_US")

    def _cockpit_day_name(self, day):
        """Return what people call a day: within a week its name, else its date."""
        if 1 < (day - self._cockpit_today()).days < A_WEEK:
            return babel_date(day, "EEEE", locale=self._cockpit_locale())
        return self._cockpit_date(day)

    def _cockpit_date(self, day):
        """Return a date in short, with its year when that is another one."""
        return day_text(self.env, day)

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _cockpit_figures(self, rows):
        """Return what is at stake, as far as the reader sees it."""
        scopes = self.env["handover.scope"].browse({row.kind for row in rows})
        # customers are counted as such, whoever of their people is a record as well
        people = scopes.filtered(lambda scope: scope.model == "res.partner").ids
        kinds = Counter(row.kind for row in rows if row.kind not in people)
        valued = {row.kind for row in rows if row.value}
        return {
            "customers": len({row.bundle for row in rows if row.of_customer}),
            "others": len({row.bundle for row in rows if not row.of_customer}),
            "records": len(rows),
            "value": sum(row.value for row in rows),
            "kinds": [
                {"id": id_, "count": count, "valued": id_ in valued}
                for id_, count in kinds.most_common()
            ],
            "todos": sum(row.todos for row in rows),
            "late": sum(row.late for row in rows),
            "meetings": len({one for row in rows for one in row.meetings}),
        }

    # ------------------------------------------------------------
    # REPORT
    # ------------------------------------------------------------

    def _cockpit_score(self):
        """Return the score of a handover that was reviewed, for who may know it."""
        known = self._cockpit_knows("has_result", "result_score")
        return known and self.has_result and self.result_score

    def _cockpit_report(self):
        """Return what the score is made of, for who may know it: ``[{name, points}]``.

        What is not known yet has no points: it is left out.
        """
        if not self._cockpit_knows("has_result", "result_table") or not self.has_result:
            return []
        return [
            {"name": row["name"], "points": row["points"], "rule": row["rule"]}
            for row in self.result_table
            if row["points"] is not False
        ]

    def _cockpit_knows(self, *names):
        """Tell whether these fields are there, and the reader reads them."""
        return all(
            name in self._fields and self._has_field_access(self._fields[name], "read")
            for name in names
        )

    # ------------------------------------------------------------
    # STAGES
    # ------------------------------------------------------------

    def _cockpit_stages(self):
        """Return the way as a line: ``[{"key", "name", "detail", "is"}]``.

        ``is`` says ``done``, ``now`` or ``ahead``.
        """
        env, state = self.env, self.state
        stages = [
            ("collect", env._("Collected"), self._cockpit_moment(self.create_date)),
            ("brief", env._("Brief & Split"), self._cockpit_stage_brief()),
            ("approve", self._cockpit_approval_name(), self._cockpit_stage_approve()),
            ("move", env._("Moves"), self._cockpit_stage_move()),
            ("confirm", self._cockpit_confirm_name(), self._cockpit_stage_confirm()),
            ("call", env._("Customers Called"), self._cockpit_stage_call()),
        ]
        present = {
            "draft": 1 if self.line_count else 0, "refused": 1, "needs_review": 1,
            "submitted": 2, "approved": 3, "running": 3, "transferred": 4, "done": 5,
        }.get(state, -1)  # fmt: skip
        return [
            {
                "key": key,
                "name": name,
                "detail": detail,
                "is": "done" if n < present else "now" if n == present else "ahead",
            }
            for n, (key, name, detail) in enumerate(stages)
        ]

    def _cockpit_moment(self, moment):
        return self._cockpit_date(self._cockpit_reader_day(moment)) if moment else ""

    def _cockpit_stage_brief(self):
        if self.date_submitted and self.state not in ("draft", *CLOSED):
            return self._cockpit_moment(self.date_submitted)
        who, until = self._cockpit_who(self.requester_id), self._cockpit_until()
        if not (who and until):
            return who or until
        return f"{who} · {until}"

    def _cockpit_until(self):
        """Return by when what comes before the move is due: text, or nothing."""
        if not self.date_planned or self.state in CLOSED:
            return ""
        day = self._cockpit_date(self._told_day(self.date_planned))
        return self.env._("until %s", day)

    def _cockpit_confirm_name(self):
        both = len(self._givers()) < 2 and len(self.sudo().successor_ids) < 2
        return self.env._("Both Confirm") if both else self.env._("All Confirm")

    def _cockpit_who(self, user):
        return self.env._("you") if user == self.env.user else user.sudo().name or ""

    def _cockpit_approval_name(self):
        if self.date_approved:
            return self.env._("Approved")
        approver = self._cockpit_approver()
        if not approver:
            return self.env._("Approval")
        if approver == self.env.user:
            return self.env._("You Approve")
        return self.env._("%s approves", approver.sudo().name)

    def _cockpit_approver(self):
        """Return who decides, or is going to be asked, as superuser."""
        if self.approver_id:
            return self.approver_id.sudo()
        leaders = self._leaders().filtered(lambda user: not self._takes_part(user))
        return leaders[:1]

    def _cockpit_stage_approve(self):
        if self.date_approved:
            return self._cockpit_moment(self.date_approved)
        if self.state == "submitted":
            return self.env._("asked on %s", self._cockpit_moment(self.date_submitted))
        return self._cockpit_until()

    def _cockpit_stage_move(self):
        if self.date_finished or self.date_started:
            return self._cockpit_moment(self.date_finished or self.date_started)
        if self.date_planned:
            return self._told_moment(self.date_planned)
        return self.env._("at the approval")

    def _cockpit_stage_confirm(self):
        if self.state == "transferred":
            return self._names(self.pending_user_ids)
        if self.date_completed:
            return self._cockpit_moment(self.date_completed)
        return ""

    def _cockpit_stage_call(self):
        days = "review_days" in self._fields and self.review_days
        if not days:
            return ""
        days = " · ".join(part.strip() for part in days.split(","))
        return self.env._("%s days", days)
