from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .handover_guard import door, is_id, model_door, single
from .handover_request_return import HELD
from .handover_states import AHEAD, HANDED_OVER, IN_PROGRESS

TODO, MEETING, HANDOVER = "mail.activity", "calendar.event", "handover.request"


class HandoverRequest(models.Model):
    """What people still have, asked in one place and each time anew.

    *Held* is what somebody has; *left* is what of it no handover under way takes along.
    Nothing is kept of the answers, as people go on working.
    """

    _inherit = "handover.request"

    @api.model
    @model_door
    def get_leftovers(self, user_id):
        """Tell what a person still has, as far as the caller may read it.

        :param int user_id: the person's user, who may have left
        :return: ``{"records": {model: n}, "activities": n, "activities_elsewhere": n,
            "meetings": n, "handovers": n, "follows": n}``: open records; to-dos on
            these records, and on others; future meetings that the person organises;
            handovers that wait for them; records that they follow
        :raise AccessError: when the caller is not the person, leads none of their
            teams, and is no approver of a company where they have work
        :raise UserError: when there is no such person
        """
        self.check_access("read")
        person = self._check_person(user_id)
        self._check_may_ask_about(person)
        meetings = self._held_meetings(person)
        # the to-do that belongs to a meeting is told as that meeting
        todos = self._held_todos(person)
        todos &= ~Domain("calendar_event_id", "any", meetings)
        on_own = todos & self._on_held_records(person)
        activities = self._readable_count(TODO, on_own)
        if person != self.env.user:
            # to others they are busy then, and nobody else can do anything about it
            meetings &= ~self.env[MEETING]._handover_private_domain()
        return {
            "records": self._held_record_counts(person),
            "activities": activities,
            "activities_elsewhere": self._readable_count(TODO, todos) - activities,
            "meetings": self._readable_count(MEETING, meetings),
            "handovers": self._readable_count(HANDOVER, self._held_handovers(person)),
            "follows": self._follow_count(person),
        }

    @door
    def action_view_left_behind(self, res_model, came_since=False):
        """Open what the predecessor still has and no handover takes along, in a list.

        :param str res_model: of what: to-dos, meetings, handovers, a kind of record
        :param bool came_since: only the records that came after collecting
        :return: a window action; the list shows what the caller may read
        :raise AccessError: when the caller only takes over
        """
        single(self)
        if not self._sees_sealed(self.env.user):
            raise AccessError(
                self.env._("%s: you may not see what the predecessor keeps.", self.name)
            )
        domains = self._by_model(self._came_since()) if came_since else self._left()
        if not isinstance(res_model, str) or res_model not in domains:
            raise UserError(self.env._("Name the model of what is left behind."))
        found = self._left_model(res_model).search(domains[res_model])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Left Behind"),
            "res_model": res_model,
            "domain": [("id", "in", found.ids)],
            "views": [[False, "list"], [False, "form"]],
            "context": {"create": False, "active_test": False},
        }

    # ------------------------------------------------------------
    # WHO MAY ASK
    # ------------------------------------------------------------

    @api.model
    def _check_person(self, user_id):
        """Return the employee's user of this id, as superuser, or raise."""
        users = self.env["res.users"].sudo().with_context(active_test=False)
        person = users.browse(user_id).exists() if is_id(user_id) else users
        if not person or person.share:
            raise UserError(
                self.env._("Say whose work it is: the id of an employee's user.")
            )
        return person

    @api.model
    def _check_may_ask_about(self, person):
        """Raise unless the caller may know what ``person`` still has."""
        self.env["res.groups"]._handover_decide()
        if not self._known_to_caller(person):
            raise AccessError(
                self.env._("You may ask what you, or people whom you lead, still have.")
            )

    @api.model
    def _known_to_caller(self, people):
        """Return those of whom the caller may know what they still have.

        Themselves, whom they lead, and as an approver who is in one of their companies,
        or left work there. Asked of all of them at once.
        """
        user = self.env.user
        known = (people & user) | self._led_by(user, people)
        if user._handover_has_group("crm_handover.group_handover_approver"):
            companies = user.sudo().company_ids
            here = people.filtered(lambda person: person.company_ids & companies)
            known |= here | self._with_work_in(people - here, companies)
        # as they were given: in their order, with their environment
        return people.filtered(lambda person: person in known)

    @api.model
    def _led_by(self, user, people):
        """Return those of ``people`` whose work belongs to a team that ``user`` leads.

        See :meth:`_giving_teams`.
        """
        request = self.new({})
        left = people.filtered(request._has_left)
        members = self.env["crm.team.member"].sudo().with_context(active_test=False)
        domain = Domain("user_id", "in", people.ids)
        domain &= Domain("crm_team_id.user_id", "=", user.id)
        domain &= Domain("crm_team_id.company_id", "in", [request.company_id.id, False])
        domain &= Domain("active", "=", True) | Domain("user_id", "in", left.ids)
        return members.search(domain).user_id

    @api.model
    def _with_work_in(self, people, companies):
        """Return those of ``people`` who left work in one of these companies."""
        owners = people.browse()
        for scope in self.env["handover.scope"]._in_use() if people else ():
            if "company_id" in self.env[scope.model]._fields:
                domain = self._held_records(scope, people)
                domain &= Domain("company_id", "in", companies.ids)
                owner = scope.owner_field_id.name
                for [user] in scope._records()._read_group(domain, [owner]):
                    owners |= user
                # of a large table each question takes a while
                people -= owners
            if not people:
                break
        return owners

    # ------------------------------------------------------------
    # WHAT SOMEBODY HAS
    # ------------------------------------------------------------

    @api.model
    def _held_records(self, scope, people):
        """Return the domain of the open records of a kind that people own."""
        return scope._work_domain() & scope._owner_domain(people)

    @api.model
    def _held_todos(self, people):
        """Return the domain of people's open to-dos.

        But for what a handover asks of them, and steps of its plan: it is told as such.
        """
        mine = Domain("user_id", "in", people.ids) & Domain("active", "=", True)
        mine &= Domain("handover_asked_by_id", "=", False)
        free = Domain("handover_made", "=", False)
        free &= Domain("handover_step_date", "=", False)
        return mine & (Domain("res_model", "!=", self._name) | free)

    @api.model
    def _held_meetings(self, people):
        """Return the domain of the future meetings that people organise."""
        return (
            Domain("user_id", "in", people.ids)
            & Domain("active", "=", True)
            & Domain("start", ">", fields.Datetime.now())
        )

    @api.model
    def _held_handovers(self, user):
        """Return the domain of handovers that wait for ``user``, or come back to them.

        They have something to do, look after it, are about to take over, or get their
        records back.
        """
        coordinates = Domain("coordinator_id", "=", user.id)
        takes = Domain("successor_ids", "in", user.ids)
        comes_back = self._given_by(user) & self._comes_back_domain()
        return (
            self._waiting_for_domain(user)
            | coordinates & Domain("state", "in", IN_PROGRESS)
            | takes & Domain("state", "in", ("submitted", "approved", "running"))
            | comes_back
        )

    @api.model
    def _held_roles(self):
        """Return in which handovers a role has something to do: ``{field: domain}``.

        Extended by super(), as :meth:`_held_handovers` is.
        """
        state = Domain("state", "=", "submitted")
        later_end = Domain("date_return_asked", "!=", False)
        return {
            "requester_id": Domain("state", "in", ("draft", "refused", "needs_review")),
            "approver_id": state,
            "asked_ids": state | later_end,
            "coordinator_id": Domain("state", "in", IN_PROGRESS),
            "successor_ids": Domain(
                "state", "in", ("submitted", "approved", "running")
            ),
        }

    @api.model
    def _held_by(self, users):
        """Return the ids of the handovers that wait for people: ``{user: set}``.

        Those of :meth:`_held_handovers`, with a query for each role, not for each
        person.
        """
        held = defaultdict(set)
        # who was archived just now has left something all the same
        requests = self.sudo().with_context(active_test=False)
        for name, domain in self._held_roles().items():
            named = domain & Domain(name, "in", users.ids)
            for request in requests.search_fetch(named, [name]):
                for user in request[name] & users:
                    held[user].add(request.id)
        for user, request in requests._unsigned_by(users) | requests._back_to(users):
            held[user].add(request.id)
        return held

    @api.model
    def _unsigned_by(self, users):
        """Return who of ``users`` has not confirmed what: ``{(user, handover)}``."""
        over = Domain("state", "=", "transferred")
        given = over & Domain("predecessor_id", "in", users.ids)
        led = over & Domain("predecessor_id", "=", False)
        led &= Domain("source_team_id.user_id", "in", users.ids)
        parties = {(r.predecessor_id, r) for r in self.search(given)}
        parties |= {(r.source_team_id.user_id, r) for r in self.search(led)}
        together = over & Domain("predecessor_ids", "in", users.ids)
        for request in self.search(together):
            givers = request._confirming_givers() & users
            parties |= {(giver, request) for giver in givers}
        lines = self.env["handover.request.line"]
        taken = Domain("successor_id", "in", users.ids) & Domain("state", "=", "done")
        taken &= Domain("request_id.state", "=", "transferred")
        parties.update(lines._read_group(taken, ["successor_id", "request_id"]))
        requests = self.union(*(request for _user, request in parties))
        signed = {(one.user_id, one.request_id) for one in requests.signoff_ids}
        return parties - signed

    @api.model
    def _back_to(self, users):
        """Return to whom of ``users`` what is to come back: ``{(user, handover)}``."""
        found = self.search(self._given_by(users) & self._comes_back_domain())
        people = {(request.predecessor_id, request) for request in found}
        lines = self.env["handover.request.line"]
        theirs = Domain("predecessor_id", "in", users.ids)
        theirs &= Domain("request_id", "in", found.ids)
        people.update(lines._read_group(theirs, ["predecessor_id", "request_id"]))
        return {(user, request) for user, request in people if user in users}

    @api.model
    def _given_by(self, users):
        """Return the domain of handovers of what users have or had, alone or not."""
        theirs = Domain("predecessor_id", "in", users.ids)
        # first those of teams, and of several people, which are few: lines may be a
        # million
        several = Domain("source_team_id", "!=", False)
        several |= Domain("predecessor_ids", "!=", False)
        teams = self.sudo().search(several)
        lines = self.env["handover.request.line"].sudo()
        groups = lines._read_group(
            theirs & Domain("request_id", "in", teams.ids), ["request_id"]
        )
        return theirs | Domain("id", "in", [request.id for [request] in groups])

    @api.model
    def _comes_back_domain(self):
        """Return the domain of handovers of which something is to come back."""
        stopped = Domain("state", "in", ("needs_review", "cancelled"))
        stopped &= Domain("line_ids", "any", HELD)
        return Domain("kind", "=", "temporary") & (
            Domain("state", "in", HANDED_OVER) | stopped
        )

    @api.model
    def _on_records(self, domains):
        """Return the domain of to-dos on records.

        :param dict domains: of the records, by their kind
        """
        return Domain.OR(
            Domain("res_model", "=", scope.model)
            & Domain("res_id", "in", scope._records()._search(domain))
            for scope, domain in domains.items()
        )

    @api.model
    def _on_sealed_records(self):
        """Return the domain of to-dos on private records, which are their owner's."""
        sealed = {
            scope: scope._handler()._handover_sealed_domain()
            for scope in self.env["handover.scope"]._in_use()
        }
        return self._on_records(
            {scope: domain for scope, domain in sealed.items() if not domain.is_false()}
        )

    @api.model
    def _on_held_records(self, person):
        return self._on_records(
            {
                scope: self._held_records(scope, person)
                for scope in self.env["handover.scope"]._in_use()
            }
        )

    # ------------------------------------------------------------
    # AS FAR AS THE CALLER MAY READ
    # ------------------------------------------------------------

    @api.model
    def _readable_count(self, model, domain):
        Model = self.env[model].with_context(active_test=False)
        return Model.search_count(domain) if Model.has_access("read") else 0

    @api.model
    def _held_record_counts(self, person):
        counts = {}
        for scope in self.env["handover.scope"]._in_use():
            # which are open is for the code to know: callers may not see stages
            held = scope._records()._search(self._held_records(scope, person))
            held = Domain("id", "in", held.subselect())
            if count := self._readable_count(scope.model, held):
                counts[scope.model] = counts.get(scope.model, 0) + count
        return counts

    @api.model
    def _follow_count(self, person):
        """Return how many records ``person`` follows; handovers are told as such."""
        follows = self.env["mail.followers"].sudo()
        theirs = Domain("partner_id", "=", person.partner_id.id)
        count = 0
        for [model] in follows._read_group(theirs, ["res_model"]):
            if model in self.env and not model.startswith("handover."):
                of_model = follows._search(theirs & Domain("res_model", "=", model))
                followed = Domain("id", "in", of_model.subselect("res_id"))
                count += self._readable_count(model, followed)
        return count

    # ------------------------------------------------------------
    # WHAT NO HANDOVER TAKES ALONG
    # ------------------------------------------------------------

    def _left(self):
        """Return what this handover leaves behind, and no other one takes along.

        :return: ``{model: domain}``, to search as :meth:`_left_model` does
        """
        self.ensure_one()
        people, kinds = self._giving_people(), self.env["handover.scope"]._in_use()
        held = self._held_at_all(people, kinds)
        nothing = Domain.FALSE
        domains = self._by_model(
            {
                kind: self._left_records(kind) if kind in held else nothing
                for kind in kinds
            }
        )
        domains[TODO] = self._left_todos(people) if TODO in held else nothing
        domains[MEETING] = self._left_meetings(people) if MEETING in held else nothing
        if giver := self.predecessor_id:
            # what they hand over themselves takes its work along; some comes back
            others = Domain("predecessor_id", "!=", giver.id)
            comes_back = Domain("kind", "=", "temporary")
            others |= comes_back & Domain("state", "in", HANDED_OVER)
            others &= Domain("id", "!=", self._origin.id)
            domains[HANDOVER] = self._held_handovers(giver) & others
        return domains

    def _held_at_all(self, people, kinds):
        """Return of what the giver has any, open or not: the database is asked once.

        What stays of it takes long to tell, and most people have a few kinds of work.

        :param people: who gives, see :meth:`_giving_people`
        :return: a set of kinds of record, and of the models of to-dos and meetings
        """
        givers, team = self._givers(), self.source_team_id.sudo()
        queries = {
            kind: kind._records()._search(kind._belonging_domain(givers, team))
            for kind in kinds
        }
        for model, domain in (
            (TODO, self._held_todos(people)),
            (MEETING, self._held_meetings(people)),
        ):
            queries[model] = self._left_model(model)._search(domain)
        queries = {key: query for key, query in queries.items() if not query.is_empty()}
        if not queries:
            return set()
        found = [SQL("EXISTS %s", query.subselect("1")) for query in queries.values()]
        [row] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(found)))
        return {key for key, there in zip(queries, row, strict=True) if there}

    def _left_behind_counts(self, left=None):
        """Return how much is left behind: ``{model: count}``, of what there is any.

        :param left: what :meth:`_left` answered, where the caller needs it as well
        """
        counts = {
            model: self._left_model(model).search_count(domain)
            for model, domain in (left or self._left()).items()
        }
        return {model: count for model, count in counts.items() if count}

    @api.model
    def _is_anything(self, left):
        """Tell whether there is any of this: the database is asked once.

        :param left: what :meth:`_left` answers
        """
        queries = [
            self._left_model(model)._search(domain) for model, domain in left.items()
        ]
        found = [
            SQL("EXISTS %s", q.subselect("1")) for q in queries if not q.is_empty()
        ]
        if not found:
            return False
        [[anything]] = self.env.execute_query(SQL("SELECT %s", SQL(" OR ").join(found)))
        return anything

    @api.model
    def _left_model(self, model):
        """Return the model that counts what is left; handovers as the caller may read.

        Of the rest the caller, who may know how much is left, learns numbers.
        """
        Model = self.env[model].with_context(active_test=False)
        return Model if model == HANDOVER else Model.sudo()

    def _giving_people(self):
        """Return who hands over: the people named, or the members of the team."""
        return self._givers() or self.sudo().source_team_id.member_ids

    @api.model
    def _taking_lines(self):
        """Return the domain of the lines whose records are still to be handed over."""
        return (
            Domain("state", "=", "todo")
            & Domain("goes_back", "=", False)
            & Domain("decision", "!=", "declined")
            & Domain("request_id.state", "in", IN_PROGRESS)
        )

    def _own_lines(self, *states):
        """Return the domain of the lines of this handover in some states."""
        mine = Domain("request_id", "=", self._origin.id)
        return mine & Domain("state", "in", states)

    def _staying_lines(self):
        """Return the domain of lines whose records stay, as they are closed by now."""
        closed = self.sudo()._closed_domains(chosen=False)
        return Domain.OR(
            self._own_lines("todo")
            & Domain("scope_id", "=", scope.id)
            & Domain("res_id", "in", scope._records()._search(domain))
            for scope, domain in closed.items()
        )

    def _left_records(self, scope):
        """Return the domain of the giver's open records that stay, but private ones.

        Of several people each by themselves: what two of them have goes from one only.
        """
        givers, team = self._givers(), self.source_team_id.sudo()
        lines = self.env["handover.request.line"].sudo()
        taken = self._taking_lines() | self._own_lines("done", "returned")
        taken &= scope._lines_domain()

        def staying(giver):
            gone = taken & Domain("predecessor_id", "in", giver.ids) if giver else taken
            return scope._belonging_domain(giver, team) & Domain(
                "id", "not in", lines._search(gone).subselect("res_id")
            )

        return (
            scope._work_domain()
            & Domain.OR(staying(giver) for giver in givers or [givers])
            & ~scope._handler()._handover_sealed_domain()
        )

    def _left_todos(self, people):
        """Return the domain of people's to-dos that move with no record.

        But for those of their meetings, which are told as meetings.
        """
        lines = self.env["handover.request.line"].sudo()
        taken = self._taking_lines() & ~self._staying_lines()
        taken &= Domain("request_id.move_activities", "=", True)
        # what went back went back with its to-dos
        taken |= self._own_lines("returned")
        taken &= Domain("predecessor_id", "in", people.ids)
        names = ("res_model", "res_id", "predecessor_id")
        rows = lines._search(taken).subselect(
            *(SQL.identifier(lines._table, name) for name in names)
        )

        def stays(_model, alias, _query):
            # not correlated: the database looks through the lines once
            return SQL(
                "(COALESCE(%s, ''), COALESCE(%s, 0), %s) NOT IN %s",
                SQL.identifier(alias, "res_model"),
                SQL.identifier(alias, "res_id"),
                self._todo_holder(alias),
                rows,
            )

        meetings = Domain("calendar_event_id", "any", self._held_meetings(people))
        held = self._held_todos(people) & ~self._on_sealed_records()
        return held & ~meetings & Domain.custom(to_sql=stays)

    @api.model
    def _todo_holder(self, alias):
        """Return who has a to-do, in the database's words."""
        return SQL.identifier(alias, "user_id")

    def _left_meetings(self, people):
        """Return the domain of people's meetings that move with no record.

        But private ones, which nobody else can do anything about.
        """
        Meeting = self.env[MEETING].sudo()
        public = ~Meeting._handover_private_domain()
        taken = Meeting._search(self._taken_meetings(people))
        return self._held_meetings(people) & public & Domain("id", "not in", taken)

    def _taken_meetings(self, people):
        """Return the domain of people's meetings that move with a record."""
        lines = self.env["handover.request.line"].sudo()
        taking = self._taking_lines() & ~self._staying_lines()
        taking &= Domain("predecessor_id", "in", people.ids)
        taking &= Domain("request_id.move_meetings", "=", True)
        groups = lines._read_group(
            taking, ["predecessor_id", "scope_id"], ["res_id:array_agg"]
        )
        return Domain.OR(
            self._held_meetings(giver)
            & self._about_records(scope, Domain("id", "in", ids))
            for giver, scope, ids in groups
            if scope in self.env["handover.scope"]._in_use()
        )

    @api.model
    def _about_records(self, scope, domain):
        """Return the domain of the meetings that follow records of a kind.

        :param domain: which of its records
        """
        return self.env[MEETING]._handover_follows_domain(scope, domain)

    # ------------------------------------------------------------
    # HOW MUCH OF SOMEBODY'S WORK IT IS
    # ------------------------------------------------------------

    def _gives_all(self):
        """Tell whether it hands over somebody's work, and not just some records of it.

        Everything was collected, or nothing more of its kinds is left.
        """
        self.ensure_one()
        if self.sudo().collected_scope_ids:
            return True
        lines = self.env["handover.request.line"].sudo()
        mine = [("request_id", "=", self._origin.id)]
        kinds = [scope for [scope] in lines._read_group(mine, ["scope_id"])]
        return not any(
            scope._records().search_count(self._left_records(scope), limit=1)
            for scope in self.env["handover.scope"]._in_use()
            if scope in kinds
        )

    def _came_since(self):
        """Return what came after collecting and is on no handover.

        :return: ``{kind of record: domain}`` of the kinds that were collected
        """
        kinds = self.sudo().collected_scope_ids
        return {
            scope: self._collect_domain(scope)
            & self._left_records(scope)
            & self._not_removed_domain(scope)
            for scope in self.env["handover.scope"]._in_use()
            if scope in kinds
        }

    @api.model
    def _by_model(self, domains):
        """Return domains of kinds of record by their models: ``{model: domain}``."""
        by_model = {}
        for scope, domain in domains.items():
            known = by_model.get(scope.model, Domain.FALSE)
            by_model[scope.model] = known | domain
        return by_model

    def _came_since_counts(self):
        """Return how many records came after collecting, while they can be added."""
        if self.state not in (*AHEAD, "needs_review"):
            return {}
        return self._counts_of(self._came_since())

    def _counts_of(self, domains):
        """Return how many records there are: ``{model: count}``, of what there is any.

        :param domains: ``{kind of record: domain}``
        """
        counts = {
            model: self._left_model(model).search_count(domain)
            for model, domain in self._by_model(domains).items()
        }
        return {model: count for model, count in counts.items() if count}
