from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .handover_request_todo import LATER

# what becomes of records that come to the predecessor after collecting
LATE = [
    ("ask", "Ask who is in charge"),
    ("along", "They go along"),
    ("stay", "They stay"),
]


class HandoverRequest(models.Model):
    """Records that came after collecting, by the rule that was approved."""

    _inherit = "handover.request"

    late_records = fields.Selection(
        LATE,
        string="Records That Come Later",
        default="ask",
        required=True,
        content=True,
        help="What becomes of open records that come to the predecessor after"
        " collecting, and before the handover runs: whoever is in charge is asked; they"
        " go along, of the kinds that were collected, each to who gets its customer, or"
        " else to who takes over everything; or they stay.",
    )

    def _start(self):
        # only once it is certain that it starts with what was approved
        self._take_late_along()
        return super()._start()

    def _take_late_along(self):
        """Add what came since, where that is what was approved.

        What then is to be handed over is written down in the history, as another
        content of the same approval.
        """
        if self.late_records != "along" or any(self._start_problems()):
            return
        request = self.sudo()
        counted = [
            (part, count)
            for part in request._late_parts(starting=True)[0]
            if (count := part[0]._records().search_count(part[1]))
        ]
        if not counted:
            return
        try:
            request._check_size(sum(count for _part, count in counted))
        except UserError:
            # more than one handover takes: they stay, and are told as such
            return
        last = request._last_line_id()
        request._collect_late([part for part, _count in counted])
        request._accept_late(last)
        late = self.env["handover.request.line"].sudo()
        count = late.search_count(request._after_domain(last))
        request._note_content("came_along", records=count)

    def _collect_late(self, parts):
        """Add what came since, each to who takes it; see :meth:`_late_parts`."""
        lines = self.env["handover.request.line"]
        for scope, domain, taker in parts:
            last = self._last_line_id()
            self._collect(scope, domain)
            if taker:
                lines._hand_to(self._after_domain(last), taker.id, False)
        self._records_changed()

    def _last_line_id(self):
        """Return the id of the line that was added last, 0 where there is none."""
        lines = self.env["handover.request.line"].sudo()
        mine = Domain("request_id", "=", self.id)
        return lines.search(mine, order="id desc", limit=1).id or 0

    def _after_domain(self, last):
        """Return the domain of the lines added after the one with the id ``last``."""
        return Domain("request_id", "=", self.id) & Domain("id", ">", last)

    def _late_parts(self, starting=False):
        """Return what came since by who takes it by the rule “they go along”.

        Who has its customer on this handover; else whoever takes what names nobody, or
        has all of this handover.

        :param bool starting: see :meth:`_willing`
        :return: ``[(kind, domain, user)]``, without a user for what goes as anything
            that names nobody; and ``{kind: domain}`` of what nobody takes
        """
        request = self.sudo()
        takers, everything = request._customer_takers(), request._inflow_taker()
        by_default, pool = request._defaults()
        willing = request._willing(
            request.successor_ids | everything | by_default, starting
        )
        parts, left = [], {}
        for scope, came in request._came_since().items():
            theirs, rest, nobodys = request._domains_by_taker(scope, takers, willing)
            parts += [(scope, came & domain, user) for user, domain in theirs.items()]
            pooled = pool and scope._has_pool()
            if pooled or by_default in willing:
                parts.append((scope, came & rest, None))
            elif everything and everything in willing:
                rest &= request._of_others(scope, everything)
                parts.append((scope, came & rest, everything))
            else:
                nobodys |= rest
            if not nobodys.is_false():
                left[scope] = came & nobodys
        return parts, left

    def _willing(self, users, starting=False):
        """Return those of ``users`` who may get more by this handover.

        Nobody does who has declined all that was theirs; nor, where successors have to
        accept, who was asked for nothing.

        :param bool starting: whether it is too late for an answer: where successors
            have to accept, who has accepted nothing gets no more
        """
        Line = self.env["handover.request.line"].sudo()
        mine = [("request_id", "=", self.id), ("successor_id", "in", users.ids)]
        groups = Line._read_group(mine, ["successor_id", "decision"])
        said = {user: set() for user in users}
        for user, decision in groups:
            said[user].add(decision)
        needed = self._needs_acceptance()
        open_to = {"accepted"} if starting else {"accepted", "pending"}
        return users.filtered(
            lambda user: (
                user.active
                and not user.share
                and said[user] != {"declined"}
                and (not needed or said[user] & open_to)
            )
        )

    def _of_others(self, scope, taker):
        """Return the domain of what somebody other than its taker hands over.

        Where a team does, or several people do, some of it may be its taker's already.
        """
        if self.predecessor_id:
            return Domain.TRUE
        owner = scope.owner_field_id.name
        others = Domain(owner, "in", (self._several_givers() - taker).ids)
        return Domain(owner, "not in", taker.ids) | others

    def _domains_by_taker(self, scope, takers, users):
        """Return which records of a kind go to whom, as they have the customer.

        :param takers: who has which customer, ``{partner id: user}``
        :param users: who of them may get more
        :return: ``{user: domain}``; the domain of those whose customer nobody has; and
            of those whose customer somebody has who gets no more
        """
        name = self._customer_field(scope)
        # a contact is its own customer
        if not name or scope.model == "res.partner":
            return {}, Domain.TRUE, Domain.FALSE
        company = f"{name}.commercial_partner_id"
        known = Domain(name, "in", list(takers))
        by_taker, theirs, nobodys = {}, {}, Domain.FALSE
        for id_, user in takers.items():
            by_taker.setdefault(user, []).append(id_)
        for user, ids in by_taker.items():
            domain = Domain(name, "in", ids) | ~known & Domain(company, "in", ids)
            domain &= self._of_others(scope, user)
            if user in users:
                theirs[user] = domain
            else:
                nobodys |= domain
        return theirs, ~known & ~Domain(company, "in", list(takers)), nobodys

    @api.model
    def _customer_field(self, scope):
        """Return the name of the stored field with a record's customer, or nothing."""
        name = scope._handler()._handover_customer_field
        field = scope._records()._fields.get(name)
        known = field and field.store and field.comodel_name == "res.partner"
        return name if known else ""

    def _accept_late(self, last):
        """Have who accepted what was approved accept what goes along with it.

        That it does is part of what they accepted; whoever has declined some of it, or
        not answered, is asked about nothing more.

        :param int last: the id of the last line of what was approved
        """
        Line = self.env["handover.request.line"].sudo()
        approved = Domain("request_id", "=", self.id) & Domain("id", "<=", last)
        approved &= Domain("state", "=", "todo")
        groups = Line._read_group(
            approved, ["successor_id"], ["decision:array_agg_distinct"]
        )
        accepting = [user.id for user, said in groups if said == ["accepted"]]
        if accepting:
            theirs = Domain("successor_id", "in", accepting)
            Line._keep_decision(self._after_domain(last) & theirs, "accepted", False)

    # ------------------------------------------------------------
    # WHAT IS TOLD
    # ------------------------------------------------------------

    def _came_since_findings(self, late):
        """Return what came since and what becomes of it, for who may know it.

        :param late: how many there are, see :meth:`_came_since_counts`
        """
        if not late or self.late_records != "along":
            severity = "warning" if self.late_records == "ask" else "info"
            fix = late and self._late_fix()
            return [
                self._late_finding(severity, model, count, fix)
                for model, count in late.items()
            ]
        parts, nobodys = self._late_parts()
        going_along = {}
        for scope, domain, _taker in parts:
            going_along[scope] = going_along.get(scope, Domain.FALSE) | domain
        counts, left = self._counts_of(going_along), self._counts_of(nobodys)
        findings = []
        for model in late:
            rest = left.get(model, 0)
            if going := counts.get(model, 0):
                fix = self.env._("They go along when it runs, as the handover says.")
                findings.append(self._late_finding("info", model, going, fix))
            if rest:
                fix = self.env._(
                    "It is not clear who takes them. Choose who takes over everything,"
                    " or hand them over by themselves."
                )
                findings.append(self._late_finding("warning", model, rest, fix))
        return findings

    def _late_finding(self, severity, model, count, fix):
        text = self._came_since_text(model, count)
        finding = self._finding("came_since", severity, text, fix)
        return {**finding, "res_model": model}

    def _came_since_text(self, model, count):
        return self.env._(
            "%(kind)s that came to %(giver)s after collecting: %(count)s.",
            kind=self._left_name(model),
            giver=self._giver_name(),
            count=count,
        )

    def _late_fix(self):
        """Return the way out for what came since where nothing goes along."""
        if self.late_records == "stay":
            return self.env._("They stay, as the handover says.")
        if self.state == "draft":
            return self.env._("Add them, or leave them to somebody.")
        return self.env._("Take it back to draft to add them, or make another one.")

    def _late_trouble(self):
        """Return that somebody has to decide on what came since, or ``None``."""
        if self.state != "approved" or self.late_records == "stay":
            return None
        asks = self.late_records == "ask"
        came = self._came_since() if asks else self._late_parts()[1]
        if not self._is_anything(self._by_model(came)):
            return None
        return self._late_text()

    def _late_text(self):
        giver = self._giver_name()
        return lambda env: env._(
            "Records came to %s after collecting, and stay when it runs. The check says"
            " how many: take it back to draft to add them, or hand them over by"
            " themselves.",
            giver,
        )

    @api.model
    def _asking_about_late(self):
        """Return approved handovers that ask about what came since, as superuser."""
        rules = Domain("late_records", "in", ["ask", "along"])
        kinds = Domain("collected_scope_ids", "!=", False)
        return self.sudo().search(Domain("state", "=", "approved") & rules & kinds)

    def _mind_late(self):
        """Ask whoever looks after it about what came since, once for each approval.

        Once somebody has decided on all of it, they are asked no more.
        """
        if trouble := self._late_trouble():
            self._call_for_attention(trouble, since=self.date_approved, kind=LATER)
        elif self._end_told(LATER):
            # what comes after that is told again
            self._forget_told(self._late_text())

    def _approval_note(self):
        note = super()._approval_note()
        rule = self._late_rule(self.env, self.late_records)
        return note + Markup("<p>%s</p>") % rule

    def _left_note(self):
        # the event of an approval says which rule was approved
        return {**super()._left_note(), "late_records": self.late_records}

    @api.model
    def _late_rule(self, env, rule):
        """Return what a rule says, as a sentence; empty for what is none."""
        return {
            "ask": env._(
                "Records that come after collecting stay, and whoever is in charge is"
                " asked about them."
            ),
            "along": env._(
                "Records that come after collecting go along: of the same kinds, each"
                " to who gets its customer, or else to who takes over everything."
                " Whoever is in charge is asked about the rest."
            ),
            "stay": env._("Records that come after collecting stay."),
        }.get(rule, "")
