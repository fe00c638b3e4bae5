from itertools import chain

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..word_texts import listed
from .handover_states import CLOSED, TAKEN
from .handover_transaction import held

# so many people are named, the rest is counted
NAMED = 3
# who gives what is in teams alone, and leads none; an empty list reads as all of it
NO_TEAM = -1
# in the cache of the transaction: rows that do not change until it ends
KEPT_ROWS = "handover_kept_rows"


class HandoverRequest(models.Model):
    """Who is who: roles, parties, who stands in, who is asked, who is told."""

    _inherit = "handover.request"

    given_team_ids = fields.Json(
        string="Teams Given",
        readonly=True,
        copy=False,
        prefetch=False,
        groups="base.group_system",
        help="The sales teams that the requester led when it was submitted, where they"
        " give what is in these alone.",
    )

    # ------------------------------------------------------------
    # ROLES
    # ------------------------------------------------------------

    def _is_manager(self, user):
        return (
            self.company_id in user.sudo().company_ids
            and user._handover_has_group("crm_handover.group_handover_manager")
            and self._keep_place(user)
        )

    def _is_operator(self, user):
        """Tell whether ``user`` may act for this handover as a superior."""
        self.ensure_one()
        if self.company_id not in user.sudo().company_ids or not user.active:
            return False
        if user._handover_has_group("crm_handover.group_handover_approver"):
            return self._keep_place(user)
        if user not in self._leaders():
            return False
        if not user._handover_has_group("crm_handover.group_handover_user"):
            return False
        self._keep_leading(user)
        return self._keep_place(user)

    def _keep_place(self, user):
        """Where it is decided, have ``user`` stay active and in this company.

        Of many candidates only for the one who is found to be who may.

        :return: ``True``
        """
        self._keep_rows("res_users", SQL("id = %s", user.id))
        self._keep_rows(
            "res_company_users_rel",
            SQL("user_id = %s AND cid = %s", user.id, self.company_id.id),
        )
        return True

    def _keep_leading(self, user):
        """Where it is decided, have ``user`` go on leading whoever hands over.

        Extended by super(), for who leads by another rule.
        """
        teams = self._giving_teams().filtered(lambda team: team.user_id == user)
        self._keep_rows("crm_team", SQL("id = ANY(%s)", teams.ids))
        if givers := self._givers():
            self._keep_rows(
                "crm_team_member",
                SQL(
                    "user_id = ANY(%s) AND crm_team_id = ANY(%s)", givers.ids, teams.ids
                ),
            )

    @api.model
    def _keep_rows(self, table, which):
        """Where it is decided, have rows stay as they are until the transaction ends.

        Whoever changed one since the transaction began is a conflict: it is tried
        again, and then sees the change.
        """
        if not self.env["res.groups"]._handover_decides():
            return
        kept = held(self.env.cr, KEPT_ROWS)
        key = table, which.code, *map(str, which.params)
        if key not in kept:
            self.env.cr.execute(
                SQL(
                    "SELECT FROM %s WHERE %s FOR SHARE",
                    SQL.identifier(table),
                    which,
                ),
                log_exceptions=False,
            )
            kept[key] = True

    def _is_editor(self, user):
        self.ensure_one()
        return user == self.requester_id or self._is_manager(user)

    def _takes_part(self, user):
        """Tell whether ``user`` requested it, hands over or takes over.

        Asked before each batch of a run: it looks for one line, not at all of them.
        """
        return user in self._named() or self._gives_lines(user)

    def _named(self):
        """Return the users whom the handover names as such."""
        request = self.sudo()
        return (
            request.requester_id
            | request.create_uid
            | request._givers()
            | request.successor_id
            # what somebody takes from a pool later was not theirs by the approval
            | (request.successor_ids - request._claimers())
            | request.grant_ids.user_id
            | request.elsewhere_user_id
        )

    def _gives_lines(self, user):
        """Tell whether records of ``user`` are on it; by an index, of a million too."""
        lines = self.env["handover.request.line"].sudo()
        theirs = [("predecessor_id", "=", user.id), ("request_id", "in", self.ids)]
        return bool(lines.search_count(theirs, limit=1))

    def _line_givers(self):
        """Return whose records are on it: of a team, several people's."""
        lines = self.env["handover.request.line"].sudo()
        mine = [("request_id", "in", self.ids), ("predecessor_id", "!=", False)]
        groups = lines._read_group(mine, ["predecessor_id"])
        return self.env["res.users"].sudo().union(*(user for [user] in groups))

    def _role_problem(self, role, user):
        """Return why ``user`` does not have this role here, or an empty text."""
        if role == "system":
            return self.env._("this happens by itself.")
        if role == "editor" and not self._is_editor(user):
            return self.env._("only the requester may do this.")
        if role in ("operator", "decider") and not self._is_operator(user):
            return self.env._(
                "only a team leader, an approver or a manager may do this."
            )
        if role == "decider" and self._takes_part(user):
            self._keep_rows("res_company", SQL("id = %s", self.company_id.id))
            alone = self.company_id.sudo().handover_self_approval
            if not (alone and self._is_manager(user)):
                return self.env._(
                    "who requests it, hands over or takes over does not decide on it."
                )
        return ""

    def _decision_problem(self, user):
        """Return why ``user`` may not approve what is proposed, or an empty text."""
        if problem := self._role_problem("decider", user):
            return problem
        grants = self.sudo().grant_ids.filtered(lambda grant: grant.state != "ended")
        problems = (grant._approver_problem(user) for grant in grants)
        return next(filter(None, problems), "")

    def _find_approver(self):
        """Return who is asked: the one named, a team leader, or another approver.

        :raise UserError: when nobody may decide
        """
        self.ensure_one()
        for user in self._approver_candidates():
            if not self._decision_problem(user):
                return user
        raise UserError(
            self.env._(
                "%s: nobody in the company may approve it. Let the administrator name"
                " an approver.",
                self.name,
            )
        )

    def _approver_candidates(self):
        """Return who may be asked to decide, who first comes first, as superuser."""
        candidates = self.approver_id.sudo() | self._leaders()
        return candidates.union(*self._approvers())

    def _approvers(self):
        """Yield the approvers and managers of the company, as superuser."""
        users = self.env["res.users"].sudo()
        for group in ("group_handover_approver", "group_handover_manager"):
            yield from users.search(
                [
                    ("all_group_ids", "in", self.env.ref(f"crm_handover.{group}").ids),
                    ("company_ids", "in", self.company_id.ids),
                    ("id", "!=", SUPERUSER_ID),
                ]
            )

    # ------------------------------------------------------------
    # GIVERS
    # ------------------------------------------------------------

    def _givers(self):
        """Return the people who are named as those who hand over, as superuser.

        One, or several together; nobody where a team does.
        """
        self.ensure_one()
        return self.sudo().predecessor_id | self._several_givers()

    def _several_givers(self):
        """Return those who hand over together, as superuser; nobody where one does."""
        self.ensure_one()
        request = self.sudo()
        if request.predecessor_id or request.source_team_id:
            # a list beside it is refused: the database is not asked for it
            return request.predecessor_ids.browse()
        return request.predecessor_ids._origin

    def _check_several(self):
        """Raise unless those who hand over together are the only word on it."""
        self.ensure_one()
        several = self.sudo().predecessor_ids
        if not several:
            return
        if len(several) < 2 or self.predecessor_id or self.source_team_id:
            raise ValidationError(
                self.env._(
                    "%s: name one person who hands over, a team, or at least two people"
                    " together.",
                    self.name,
                )
            )
        if self.kind != "permanent":
            raise ValidationError(
                self.env._(
                    "%s: several people hand over together for good only. Make a"
                    " handover for each of them.",
                    self.name,
                )
            )

    def _gives_a_part(self, user):
        """Tell whether ``user`` is one of several givers, and reads no more than that.

        As the record rules have it: of the records, those that they give or take.
        """
        return (
            user in self._several_givers()
            and user not in self.requester_id | self.coordinator_id | self.superior_ids
            and not user._handover_has_group("crm_handover.group_handover_approver")
        )

    def _giving_teams(self):
        """Return the sales teams that the work belongs to, as superuser.

        Those of the handover's company, or of none. Of people who left it, or left at
        all, the teams they were in: archiving a user archives the memberships. Of
        several people, those whose leader leads each of them.
        """
        self.ensure_one()
        givers = self._givers()
        if not givers:
            return self.source_team_id.sudo()
        # the source team is the requester's word: it makes nobody a superior
        members = self.env["crm.team.member"].sudo().with_context(active_test=False)
        members = members.search(
            [
                ("user_id", "in", givers.ids),
                ("crm_team_id.company_id", "in", [self.company_id.id, False]),
            ]
        )
        gone = givers.filtered(self._has_left)
        members = members.filtered(lambda one: one.active or one.user_id in gone)
        if len(givers) == 1:
            return members.crm_team_id
        leaders = members.crm_team_id.user_id
        for giver in givers:
            theirs = members.filtered(lambda one, of=giver: one.user_id == of)
            leaders &= theirs.crm_team_id.user_id
        return members.crm_team_id.filtered(lambda team: team.user_id in leaders)

    def _leaders(self):
        """Return who leads whoever hands over, as superuser; extended by super().

        Those who work in handovers are superiors here: they may request it, decide on
        it and look after it, see :meth:`_is_operator`.
        """
        return self._giving_teams().user_id

    @api.model
    def _leads_somebody(self, user):
        """Tell whether ``user`` sees figures of handovers: approvers, and leaders."""
        if user._handover_has_group("crm_handover.group_handover_approver"):
            return True
        leads = self.env["crm.team"].sudo().search_count([("user_id", "=", user.id)], 1)
        # whoever is a superior for another reason, of what there is
        theirs = [("superior_ids", "in", user.ids)]
        return bool(leads or self.has_access("read") and self.search_count(theirs, 1))

    def _concerned_values(self):
        """Return what the record rules read of who leads here; extended by super()."""
        return {"team_ids": [fields.Command.set(self._giving_teams().ids)]}

    @api.model
    def _sync_several(self, teams):
        """Have who leads all of several givers by now read it, and nobody else.

        Whoever leads somebody's team is their superior; of several people that hangs on
        the leaders of other teams as well.

        :param teams: those that somebody else leads by now
        """
        theirs = Domain("predecessor_ids.crm_team_ids", "in", teams.ids)
        theirs |= Domain("team_ids", "in", teams.ids)
        several = Domain("predecessor_ids", "!=", False)
        for request in self.sudo().search(several & theirs):
            # most often the others still have another leader, and nothing changes
            if request.team_ids != request._giving_teams():
                request._trusting().write(request._concerned_values())

    @api.model
    def _superior_paths(self):
        """Return the paths to the superiors, which :meth:`_concerned_values` keeps.

        Whoever asks who is a superior asks these, by ``superior_ids``: the record rules
        of all add-ons, and what only some readers are told. Fields of several records
        on them have ``active_test`` off in their context. Extended by super().
        """
        return ("team_ids.user_id",)

    @api.depends(lambda self: self._superior_paths())
    def _compute_superior_ids(self):
        paths = self._superior_paths()
        for request in self:
            # whoever asks: the value is the same for all of them
            everybody = request.with_context(active_test=False)
            request.superior_ids = request.browse().predecessor_id.union(
                *map(everybody.mapped, paths)
            )

    @api.model
    def _search_superior_ids(self, operator, value):
        if operator in ("any", "any!"):
            return self._led(operator, value)
        if operator != "in":
            # what is negative is asked as the contrary
            return NotImplemented
        found = self._led("in", [user for user in value if user])
        if not all(value):
            # not even one of the paths has anybody
            found |= ~self._led("!=", False)
        return found

    @api.model
    def _led(self, operator, value):
        """Return the domain of the handovers with such a superior, by any path.

        As the superiors are computed, whether or not the reader sees the teams.
        """
        domains = []
        for path in self._superior_paths():
            *way, last = path.split(".")
            domain = Domain(last, operator, value)
            for name in reversed(way):
                domain = Domain(name, "any!", domain)
            domains.append(domain)
        return Domain.OR(domains)

    def _has_left(self, giver):
        """Tell whether ``giver`` does not work in the handover's company any more."""
        giver = giver.sudo()
        return not giver.active or self.company_id not in giver.company_ids

    def _may_give_all(self, user):
        """Tell whether ``user`` may hand over all that this giver has here."""
        self.ensure_one()
        return bool(
            (self.predecessor_id and self.predecessor_id == user)
            or user.id == SUPERUSER_ID
            or self._is_manager(user)
            or user in self._leaders()
        )

    def _part_of(self, scope, user):
        """Return the domain of what ``user`` may hand over of a kind of record.

        All of it, or as the leader of a team what names this team, whoever owns it: the
        owner may have gone to another team, or never have been in one.
        """
        if self._may_give_all(user):
            return Domain.TRUE
        return self._led_part(scope, user)

    def _led_part(self, scope, user):
        """Return the domain of what ``user`` may hand over as the leader of a team."""
        if not scope.team_field_id:
            return Domain.FALSE
        return Domain(scope.team_field_id.name, "in", self._led_teams(user).ids)

    def _led_teams(self, user):
        """Return the teams of this company, or of none, that ``user`` leads."""
        led = [("user_id", "=", user.id)]
        led.append(("company_id", "in", [self.company_id.id, False]))
        return self.env["crm.team"].sudo().search(led)

    def _requested_part(self, scope):
        """Return the domain of what the requester may hand over of a kind of record."""
        return self._requested_parts(scope)[scope]

    def _requested_parts(self, scopes):
        """Return the same of several kinds: ``{kind: domain}``."""
        user = self.requester_id or self.env.user
        if self._may_give_all(user):
            return dict.fromkeys(scopes, Domain.TRUE)
        return {scope: self._led_part(scope, user) for scope in scopes}

    def _teams_by_now(self, scope):
        """Return the domain of what is in no team but those it was handed over from.

        A team hands over what names it; a leader who gives no more than that, what
        named a team of theirs when it was submitted. What the requester leads by now
        is not asked: only where records are counts.
        """
        if not scope.team_field_id:
            return Domain.TRUE
        if not (givers := self._givers()):
            return scope._belonging_domain(givers, self.source_team_id)
        request, team_ids = self.sudo(), set()
        while request:
            ahead = request.state == "draft"
            given = request._teams_given() if ahead else request.given_team_ids
            if not given:
                return Domain.TRUE
            team_ids.update(given)
            # whoever goes on with the rest of one need have no part in it
            request = request.origin_id
        return Domain(scope.team_field_id.name, "in", list(team_ids))

    def _teams_given(self):
        """Return the ids of the teams of which the requester gives what is in them.

        Nothing where they may hand over all of it.
        """
        if not self._givers() or self._may_give_all(self.requester_id):
            return False
        return self._led_teams(self.requester_id).ids or [NO_TEAM]

    def _prepare_move_values(self, move):
        values = super()._prepare_move_values(move)
        if move == "submit":
            values["given_team_ids"] = self._teams_given()
        return values

    def _gives_part(self, user):
        """Tell whether the giver owns something in a team that ``user`` leads.

        Of several people, whoever leads each of them hands over all of it, and nobody
        else a part.
        """
        member = user._handover_has_group("crm_handover.group_handover_user")
        return bool(self.predecessor_id and member) and any(
            scope._records().search_count(
                self._belonging_here(scope) & self._part_of(scope, user), limit=1
            )
            for scope in self.env["handover.scope"]._in_use()
        )

    def _check_may_request(self):
        """Raise unless the caller may hand over something of what this giver has."""
        self.ensure_one()
        self.env["res.groups"]._handover_decide()
        user = self.env.user
        if self._may_give_all(user) or self._gives_part(user):
            return
        raise AccessError(
            self.env._("You may hand over your own work, or that of a team you lead.")
        )

    def _may_request(self):
        """Tell whether the caller may hand over what belongs to this giver."""
        try:
            self._check_may_request()
        except AccessError:
            return False
        return True

    def _is_unreachable(self, giver):
        """Tell whether ``giver`` can neither brief nor confirm."""
        return self.is_sudden or not giver.active

    # ------------------------------------------------------------
    # TAKERS
    # ------------------------------------------------------------

    def _check_successor_user(self, successor):
        """Raise unless ``successor`` can take work over in this company."""
        self.ensure_one()
        if not successor.active or successor.share:
            # without the name, which the caller may not know
            raise ValidationError(
                self.env._(
                    "%s: choose an active employee's user as successor.", self.name
                )
            )
        if self.company_id not in successor.sudo().company_ids:
            raise ValidationError(
                self.env._(
                    "%(handover)s: choose a successor who works in %(company)s.",
                    handover=self.name,
                    company=self.company_id.sudo().name,
                )
            )
        # of several people one may take what another one gives
        if successor == self.predecessor_id:
            raise ValidationError(
                self.env._("Nobody hands work over to themselves: choose another user.")
            )

    def _takers(self):
        """Return the successors who have something from this handover."""
        groups = (
            self.env["handover.request.line"]
            .sudo()
            ._read_group(Domain("request_id", "=", self.id) & TAKEN, ["successor_id"])
        )
        users = self.env["res.users"].sudo()
        return users.union(*(successor for [successor] in groups))

    # ------------------------------------------------------------
    # WHO CONFIRMS
    # ------------------------------------------------------------

    def _parties(self):
        """Return who confirms: ``{user: role}``."""
        self.ensure_one()
        request = self.sudo()
        # who takes something from a pool has said so with it
        parties = dict.fromkeys(self._takers() - self._claimers(), "successor")
        for giver in request._confirming_givers():
            parties.setdefault(giver, "predecessor")
        return parties

    def _confirming_givers(self):
        """Return who confirms as predecessor, as superuser.

        Of several people those of whom something went, or all where nothing did.
        """
        request = self.sudo()
        several = request._several_givers()
        if not several:
            return request.predecessor_id or request.source_team_id.user_id
        theirs = Domain("predecessor_id", "in", several.ids) & TAKEN
        theirs &= Domain("request_id", "=", self.id)
        lines = self.env["handover.request.line"].sudo()
        gave = several.browse().union(
            *(giver for [giver] in lines._read_group(theirs, ["predecessor_id"]))
        )
        return (several & gave) or several

    def _unconfirmed_for(self, user):
        """Return the parties that ``user`` can still confirm for."""
        confirmed = self.sudo().signoff_ids.user_id
        parties = [party for party in self._parties() if party not in confirmed]
        mine = [party for party in parties if party == user]
        if not mine and self._is_manager(user):
            mine = [party for party in parties if self._needs_stand_in(party)]
        return self.env["res.users"].sudo().union(*mine)

    def _needs_stand_in(self, party):
        """Tell whether ``party`` cannot confirm: who has left, or cannot be reached."""
        gives = self._parties()[party] == "predecessor"
        return not party.active or (gives and self.is_sudden)

    # ------------------------------------------------------------
    # WHO ACTS
    # ------------------------------------------------------------

    def _person(self, role):
        """Return who has ``role``; of several successors the one for everything."""
        request = self.sudo()
        if role == "predecessor":
            if request._several_givers():
                # whoever put them together knows whom to ask
                return request.requester_id
            return request.predecessor_id or request.source_team_id.user_id
        if role == "successor":
            return request.successor_id or request.successor_ids[:1]
        return request[f"{role}_id"]

    def _in_charge(self, user):
        """Return ``user``, or who stands in for them and sees the handover."""
        request = self.sudo()
        people = (
            user, request.coordinator_id, request.requester_id, request.approver_id
        )  # fmt: skip
        return next(filter(request._shows_to, people), user.browse())

    def _caretaker(self, without=()):
        """Return who looks after what goes wrong: a user who sees it, or none.

        The coordinator; where none is named the requester, and where that one is who
        hands over, whoever approved it or leads the team. When all of them have left,
        somebody who may approve handovers.

        :param without: users who are about to leave
        """
        self.ensure_one()
        request = self.sudo()
        people = (
            request.coordinator_id | request.requester_id | request.approver_id
        ) + request._leaders()
        givers = request._givers()
        candidates = chain(people - givers, givers, request._approvers())
        there = (user for user in candidates if user not in without)
        return next(filter(request._shows_to, there), givers[:0])

    # ------------------------------------------------------------
    # WHO SEES, AND IS TOLD
    # ------------------------------------------------------------

    def _shows_to(self, user):
        """Tell whether ``user`` is here and sees the handover.

        Who hands over sees it from another company of theirs as well.
        """
        if not user.active:
            return False
        companies = user.sudo().company_ids
        if self.company_id in companies:
            companies = self.company_id
        elif user not in self._givers():
            return False
        return bool(user._handover_may(self, companies=companies))

    def _sees_sealed(self, user):
        """Tell whether ``user`` may know how much is private: not who only takes."""
        if user in self.predecessor_id | self.coordinator_id or self._is_operator(user):
            return True
        # who leads another team of theirs hands over what names that team, no more
        return self._is_editor(user) and self._may_give_all(user)

    def _people(self, step):
        """Return the users who are told about ``step``.

        Who coordinates is told of everything; who approved it, and who leads the teams,
        when something did not go through.
        """
        request = self.sudo()
        people = request.requester_id | request.coordinator_id
        if step == "declined":
            people |= request._givers()
            return people | request._superiors()
        people |= request._givers() | request.successor_ids
        if step == "progress":
            return people | request.approver_id
        if step in ("transferred", "returned") and request._in_trouble():
            people |= request._superiors()
        return people

    def _expecting(self):
        """Return who was asked to decide, or told that something comes.

        Since it was proposed last; they hear of it when it does not come. Who asked for
        it, and who coordinates, are told of everything.
        """
        request = self.sudo()
        if request.state in ("draft", *CLOSED):
            return request.approver_id.browse()
        people = request.requester_id | request.coordinator_id
        people |= request.approver_id | request.asked_ids
        if request._heard_of_approval():
            people |= request._people("approved")
        return people

    def _heard_of_approval(self):
        """Tell whether it was approved since it was a draft, and people were told so.

        What was to start with its approval, and did not, they never heard of.
        """
        if not self._was_approved():
            return False
        return bool(self.date_started) or not self._led_on_at_once(self._lapsed_on())

    def _lapsed_on(self):
        """Return when the approval has lapsed; while it has not, that is now."""
        if self.state != "needs_review":
            return fields.Datetime.now()
        events = self.event_ids.filtered(lambda event: event.code == "needs_review")
        return events.sorted("id")[-1:].date or fields.Datetime.now()

    def _was_approved(self):
        """Tell whether it was approved since it was a draft, whatever came then."""
        events = self.env["handover.request.event"].sudo()
        mine = [("request_id", "=", self.id), ("code", "in", ["approved", "draft"])]
        return events.search(mine, order="id desc", limit=1).code == "approved"

    def _superiors(self):
        """Return who approved it and who leads the teams, as far as they see it."""
        superiors = self.approver_id | self._leaders()
        return superiors.filtered(self._shows_to)

    def _names(self, users):
        """Return the names of ``users`` as a list in words."""
        return self._in_words(users.sudo().mapped("name"))

    def _in_words(self, names):
        """Return ``names`` as a list in words, the first ones of many."""
        if len(names) > NAMED:
            return self.env._(
                "%(names)s and %(count)s more",
                names=listed(self.env, names[: NAMED - 1]),
                count=len(names) - NAMED + 1,
            )
        if len(names) < 2:
            return "".join(names)
        return self.env._(
            "%(names)s and %(name)s",
            names=listed(self.env, names[:-1]),
            name=names[-1],
        )
