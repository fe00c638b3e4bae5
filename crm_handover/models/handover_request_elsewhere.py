from collections import defaultdict

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from ..word_texts import labelled, listed, sentences
from . import handover_audience
from .handover_engine import QUIET
from .handover_request_leftovers import MEETING, TODO
from .handover_said import in_all_languages, in_language, in_words
from .handover_states import AHEAD, HANDED_OVER

# what becomes of to-dos and meetings that are about records of others
ELSEWHERE = [
    ("stay", "They stay"),
    ("one", "They go to one person"),
    ("owners", "Each goes to the record's owner"),
]
# what moved, by what it is: the rows of each
MOVED = ("activities", "meetings", "seats")
# so many reasons are told where somebody only looks
NAMED = 3
# lines whose record goes, or went, with its to-dos and meetings
GOING = ("todo", "done", "returned")
# until it is all handed over, who gets it is waited for
WAITED_FOR = ("submitted", "approved", "running")
# and of meetings to which the predecessor is only invited
GUEST = [("stay", "They stay a guest"), ("seat", "Somebody comes instead")]


class HandoverRequest(models.Model):
    """What the predecessor has to do on records of others goes along by choice.

    Once, when everything is handed over. What moved is kept, so that exactly that goes
    back with the whole handover.
    """

    _inherit = "handover.request"

    elsewhere = fields.Selection(
        ELSEWHERE,
        string="To-dos and Meetings on Records of Others",
        default="stay",
        required=True,
        content=True,
        help="What becomes of the predecessor's open to-dos, and of the future meetings"
        " that they organise, on records that are others': they stay; they go to one"
        " person; or each goes to whoever owns the record.",
    )
    guest_meetings = fields.Selection(
        GUEST,
        string="Meetings to Which They Are Invited",
        default="stay",
        required=True,
        content=True,
        help="What becomes of future meetings of others to which the predecessor is"
        " invited: they stay a guest, or somebody comes in their place.",
    )
    elsewhere_user_id = fields.Many2one(
        "res.users",
        string="Who Gets Them",
        domain="[('share', '=', False), ('id', '!=', predecessor_id),"
        " ('company_ids', 'in', company_id)]",
        content=True,
        help="Who gets to-dos and meetings on records of others, and is invited"
        " instead. Empty: the one who takes over everything.",
    )
    elsewhere_moved = handover_audience.Json(
        string="What Moved Elsewhere",
        readonly=True,
        audience="givers",
        copy=False,
        prefetch=False,
        help="Which to-dos and meetings on records of others moved, for the way back.",
    )

    @api.constrains("elsewhere_user_id", "predecessor_id", "company_id")
    def _check_elsewhere_user(self):
        for request in self.filtered("elsewhere_user_id"):
            request._check_successor_user(request.elsewhere_user_id)

    @api.model
    def _held_handovers(self, user):
        takes = Domain("elsewhere_user_id", "=", user.id)
        takes &= Domain("state", "in", WAITED_FOR)
        return super()._held_handovers(user) | takes

    @api.model
    def _held_roles(self):
        takes = Domain("state", "in", WAITED_FOR)
        return super()._held_roles() | {"elsewhere_user_id": takes}

    def _people_problem(self):
        if problem := super()._people_problem():
            return problem
        taker = self.sudo().elsewhere_user_id
        if self._moves_elsewhere() and taker and not self._can_take_elsewhere(taker):
            name = taker.name
            return lambda env: env._("%s left meanwhile.", name)
        return None

    def _roles_of_the_departed(self, user):
        yield from super()._roles_of_the_departed(user)
        if self.elsewhere_user_id == user and self.state in WAITED_FOR:
            yield "successor"

    # ------------------------------------------------------------
    # WHO GETS WHAT
    # ------------------------------------------------------------

    def _moves_elsewhere(self):
        """Tell whether anything on records of others is to move."""
        return {self.elsewhere, self.guest_meetings} != {"stay"}

    def _names_one(self):
        """Tell whether one person is to get any of it."""
        return self.elsewhere == "one" or self.guest_meetings == "seat"

    def _may_move_elsewhere(self):
        """Tell whether the requester may give more than records of the predecessor."""
        return bool(self.predecessor_id) and self._may_give_all(self.requester_id)

    def _elsewhere_taker(self):
        """Return the one person who gets it, as superuser, or nobody."""
        request = self.sudo()
        user = request.elsewhere_user_id or request._inflow_taker()
        return user if self._can_take_elsewhere(user) else user.browse()

    def _can_take_elsewhere(self, user):
        giver = self.sudo().predecessor_id
        works_here = self.company_id in user.company_ids
        return bool(user.active and not user.share and works_here and user != giver)

    def _elsewhere_todos(self):
        """Return which to-dos go to whom: ``{user: to-dos}``, as superuser.

        Those of meetings go with the meetings. What is about no record has no owner to
        go to, and goes to the one person.
        """
        giver, Todo = self.sudo().predecessor_id, self.env[TODO].sudo()
        return self._by_elsewhere_taker(
            lambda: Todo.search(
                self._held_todos(giver)
                & Todo._handover_movable_domain(giver)
                & Domain("calendar_event_id", "=", False)
            ),
            lambda todos: {todo: (todo.res_model, todo.res_id) for todo in todos},
        )

    def _elsewhere_meetings(self):
        """Return which meetings go to whom: ``{user: meetings}``, as superuser."""
        giver = self.sudo().predecessor_id
        Meeting = self.env["handover.engine"]._meetings()
        return self._by_elsewhere_taker(
            lambda: Meeting.search(
                self._left_meetings(giver) & Meeting._handover_about_domain()
            ),
            lambda meetings: meetings._handover_subjects(),
        )

    def _by_elsewhere_taker(self, search, subjects):
        """Return what ``search`` finds by who gets it; what nobody can get is not in.

        :param search: a function, asked only where something is to move
        :param subjects: a function of what was found that returns what each is about:
            ``{thing: (model, id)}``
        """
        if self.elsewhere == "stay" or not self._may_move_elsewhere():
            return {}
        found = search()
        about, ids = subjects(found), defaultdict(set)
        for model, record_id in about.values():
            ids[model].add(record_id)
        takers = {
            (model, record_id): taker
            for model, some in ids.items()
            for taker, records in self._elsewhere_records(model, some).items()
            for record_id in records.ids
        }
        if self.elsewhere == "one":
            takers[False, 0] = self._elsewhere_taker()
        found = found.filtered(lambda one: one in about)
        by_taker = found.grouped(lambda one: takers.get(about[one]))
        return {taker: things for taker, things in by_taker.items() if taker}

    def _elsewhere_records(self, model, ids):
        """Return whose the records of others are: ``{who gets it there: records}``.

        What the taker may not read stays, as does what is on this handover, in another
        company, or private.
        """
        if model not in self.env:
            return {}
        Model = self.env[model].sudo().with_context(active_test=False)
        records = Model.browse(ids).exists()
        lines = self.env["handover.request.line"].sudo()
        mine = [("request_id", "=", self._origin.id), ("res_model", "=", model)]
        # what was left alone is others' by now
        mine.append(("state", "in", GOING))
        records -= Model.browse(lines.search(mine).mapped("res_id"))
        if "company_id" in Model._fields:
            here = (self.company_id, self.company_id.browse())
            records = records.filtered(lambda record: record.company_id in here)
        scopes = self.env["handover.scope"]._all_of_model(model)
        if scopes:
            records -= scopes[:1]._handler()._handover_sealed(records)
        by_taker = defaultdict(Model.browse)
        giver = self.sudo().predecessor_id
        one = self._elsewhere_taker() if self.elsewhere == "one" else None
        for record in records:
            owners = self._owners_elsewhere(scopes, record)
            if giver in owners:
                continue
            taker = one
            if one is None:
                taker = owners.filtered(self._can_take_elsewhere)[:1]
            if taker:
                by_taker[taker] |= record
        return {
            taker: readable
            for taker, some in by_taker.items()
            if (readable := self._readable_elsewhere(some, taker))
        }

    @api.model
    def _owners_elsewhere(self, scopes, record):
        """Return who owns a record, of whatever model, as superuser."""
        if scopes:
            return scopes._all_owners(record)
        field = record._fields.get("user_id")
        names_user = field and field.comodel_name == "res.users"
        return record.user_id if names_user else self.env["res.users"].sudo()

    def _readable_elsewhere(self, records, user):
        may = user._handover_may(records, companies=self.company_id)
        return may.with_user(user).sudo()

    def _guest_seats(self):
        """Return the meetings of others in which somebody comes instead."""
        Meeting = self.env["handover.engine"]._meetings()
        if self.guest_meetings == "stay" or not self._may_move_elsewhere():
            return Meeting
        giver = self.sudo().predecessor_id
        # who has declined does not come, and nobody comes instead
        comes = Domain("partner_id", "=", giver.partner_id.id)
        comes &= Domain("state", "!=", "declined")
        return Meeting.search(
            Domain("attendee_ids", "any", comes)
            & Domain("user_id", "!=", giver.id)
            & Domain("start", ">", fields.Datetime.now())
            & ~Meeting._handover_private_domain()
        )

    # ------------------------------------------------------------
    # WHAT IS TOLD
    # ------------------------------------------------------------

    def _request_findings(self):
        return [*super()._request_findings(), *self._elsewhere_problems()]

    def _elsewhere_problems(self):
        if not self._moves_elsewhere():
            return []
        if not self._may_move_elsewhere():
            text = self.env._(
                "To-dos and meetings on records of others are not yours to hand over."
            )
            fix = self.env._("Have them stay, or ask who leads the predecessor.")
        elif self._names_one() and not self._elsewhere_taker():
            text = self.env._(
                "Nobody is named who gets to-dos and meetings on records of others."
            )
            fix = self.env._("Choose somebody, or have them stay.")
        else:
            return []
        return [self._finding("elsewhere", "blocker", text, fix)]

    def _preflight_findings(self):
        return [*super()._preflight_findings(), *self._elsewhere_findings()]

    def _elsewhere_findings(self):
        """Return how much goes along from records of others, for who may know it."""
        if not self._moves_elsewhere() or not self._sees_sealed(self.env.user):
            return []
        if self._elsewhere_problems():
            # nothing is told to go along while it cannot
            return []
        todos = sum(map(len, self._elsewhere_todos().values()))
        meetings = sum(map(len, self._elsewhere_meetings().values()))
        counts = [
            (self.env._("To-dos"), todos),
            (self.env._("Meetings"), meetings),
            (self.env._("Invitations"), len(self._guest_seats())),
        ]
        told = listed(
            self.env,
            (labelled(self.env, name, count) for name, count in counts if count),
        )
        text = self.env._("On records of others, these go along: %s.", told)
        if not told:
            text = self.env._("On records of others, nothing goes along.")
        fix = self.env._(
            "They move once everything is handed over. What somebody may not open stays"
            " with %s.",
            self._giver_name(),
        )
        return [self._finding("elsewhere", "info", text, fix)]

    def _left(self):
        # what goes along is not left behind, until it was tried
        domains = super()._left()
        ahead = self.state in (*AHEAD, "running") and not self._was_moved_elsewhere()
        if self.elsewhere == "stay" or not ahead:
            return domains
        for model, find in (
            (TODO, self._elsewhere_todos),
            (MEETING, self._elsewhere_meetings),
        ):
            if not domains[model].is_false():
                going = [id_ for things in find().values() for id_ in things.ids]
                domains[model] &= Domain("id", "not in", going)
        return domains

    # ------------------------------------------------------------
    # WITH THE HANDOVER
    # ------------------------------------------------------------

    def _elsewhere_engine(self):
        return (
            self.env["handover.engine"]
            .with_user(SUPERUSER_ID)
            .with_context(
                **QUIET,
                lang=self.sudo().requester_id.lang,
                allowed_company_ids=self.company_id.ids,
            )
        )

    def _move_elsewhere(self):
        """Move what is on records of others; return what the event tells of it."""
        if not self._moves_elsewhere():
            return {}
        request, engine = self.sudo(), self._elsewhere_engine()
        # before one moves, as a meeting may be about what another one names
        todos, meetings = self._elsewhere_todos(), self._elsewhere_meetings()
        seats, taker = self._guest_seats(), self._elsewhere_taker()
        if self._was_moved_elsewhere():
            # what came since is not what was approved to go
            todos = self._only_stayed(todos)
            meetings = self._only_stayed(meetings)
            seats &= self._stayed_things(MEETING, seat=True)
        kept, stayed = {name: [] for name in MOVED}, defaultdict(dict)
        for user, some in todos.items():
            kept["activities"] += self._give_todos(engine, some, user, stayed)
        for user, some in meetings.items():
            kept["meetings"] += self._give_meetings(engine, some, user, stayed)
        if taker:
            kept["seats"] += self._give_seats(engine, seats, taker, stayed)
        former = request.elsewhere_moved or {}
        rows = {name: [*former.get(name, ()), *some] for name, some in kept.items()}
        # what is tried again says by itself what refuses now
        rows["stayed"] = [
            {**row, "text": in_words(engine, row["text"])}
            for some in stayed.values()
            for row in some["stayed"]
        ]
        rows["approved"] = fields.Datetime.to_string(self.date_approved)
        request._trusting().write({"elsewhere_moved": rows})
        facts = {f"{name}_elsewhere": len(some) for name, some in kept.items() if some}
        return {**facts, **self._stayed_fact()}

    def _was_moved_elsewhere(self):
        """Tell whether it moved by the approval that holds, but for what refused.

        Whoever approves it anew approves of what is there then.
        """
        approved = fields.Datetime.to_string(self.date_approved)
        moved = self.sudo().elsewhere_moved
        return bool(moved) and moved.get("approved", approved) == approved

    def _only_stayed(self, by_taker):
        """Return what of ``{user: things}`` refused the last time, by who gets it."""
        return {
            user: some
            for user, things in by_taker.items()
            if (some := things & self._stayed_things(things._name))
        }

    def _stayed_things(self, model, seat=False):
        """Return the things of a model that refused the last time, as superuser.

        A series is told by one of its meetings.

        :param bool seat: meetings in which somebody was to come instead, or the others
        """
        things = self.env["handover.engine"]._meetings().env[model].browse(
            row["res_id"]
            for row in (self.sudo().elsewhere_moved or {}).get("stayed", ())
            if row["res_model"] == model and bool(row.get("seat")) == seat
        )  # fmt: skip
        things = things.with_context(active_test=False).exists()
        if model == MEETING:
            things |= things.recurrence_id.calendar_event_ids
        return things

    def _give_todos(self, engine, todos, taker, stayed):
        """Give to-dos to ``taker``; what refuses is noted in ``stayed``."""
        moved = defaultdict(dict)
        engine._move_activities(todos.with_env(engine.env), taker, moved)
        rows = [row for some in moved.values() for row in some.get("stayed", ())]
        if rows:
            stayed[taker, TODO]["stayed"] = rows
        refused = self._stayed_ids(moved, TODO)
        return [[todo.id, taker.id] for todo in todos if todo.id not in refused]

    def _give_meetings(self, engine, meetings, taker, stayed):
        """Make ``taker`` the organiser; what refuses is noted in ``stayed``."""
        meetings = meetings.with_env(engine.env)
        people = (self.sudo().predecessor_id.partner_id, taker.partner_id)
        came = {meeting: meeting._handover_guests() for meeting in meetings}
        refused, stay = engine._reorganise(
            meetings, taker, dict.fromkeys(meetings, people)
        )
        for meeting, error in refused.items():
            engine._meeting_stays(stayed, meeting.id, meeting, error)
        return [
            [meeting.id, taker.id, *(partner in came[meeting] for partner in people)]
            for meeting in meetings - stay
        ]

    def _give_seats(self, engine, meetings, taker, stayed):
        """Have ``taker`` come instead; what refuses is noted in ``stayed``."""
        meetings = meetings.with_env(engine.env)
        came = {meeting: meeting._handover_guests() for meeting in meetings}
        giver = self.sudo().predecessor_id
        people = (giver.partner_id, taker.partner_id)
        refused, stay = engine._reseat(meetings, dict.fromkeys(meetings, people))
        for meeting, error in refused.items():
            text = self._seat_stays(giver, meeting)
            engine._stays(stayed, meeting.id, meeting, error, engine._say(text))
            stayed[meeting.id]["stayed"][-1]["seat"] = True
        return [
            [meeting.id, taker.id, taker.partner_id in came[meeting]]
            for meeting in meetings - stay
        ]

    @api.model
    def _seat_stays(self, giver, meeting):
        name = meeting.display_name
        return lambda env: env._(
            "%(user)s still comes to the meeting “%(meeting)s”; change who comes.",
            user=giver.name,
            meeting=name,
        )

    # ------------------------------------------------------------
    # WHAT STAYED
    # ------------------------------------------------------------

    def _stayed_elsewhere(self):
        """Return why something of it still is theirs, and the way on, as they are kept.

        For those who may know what is elsewhere: each has it by :func:`in_language`.
        """
        rows = (self.sudo().elsewhere_moved or {}).get("stayed", ())
        return [row["text"] for row in rows if self._still_stays(row)]

    def _still_stays(self, row):
        """Tell whether what refused is still to do, or to come, and still theirs."""
        request = self.sudo().with_context(active_test=False)
        giver = request.predecessor_id
        things = request.env[row["res_model"]].browse(row["res_id"]).exists()
        if row["res_model"] == MEETING:
            # a series is told by one of its meetings
            things |= things.recurrence_id.calendar_event_ids
            now = fields.Datetime.now()
            things = things.filtered(lambda meeting: meeting.start > now)
        things = things.filtered("active")
        if row.get("seat"):
            return giver.partner_id in things.partner_ids
        return giver in things.user_id

    def _stayed_fact(self):
        """Return what the event keeps of what stayed, as `_move` takes it."""
        texts = self._stayed_elsewhere()
        return {"stayed_elsewhere": self._some_of(texts)} if texts else {}

    def _some_of(self, texts):
        """Return the first of some texts that are kept, as one in every language."""
        more = ["…"] if len(texts) > NAMED else []
        return in_all_languages(
            self,
            lambda env: sentences(
                env, [in_language(env, t) for t in texts[:NAMED]] + more
            ),
        )

    def _confirm_warnings(self):
        yield from super()._confirm_warnings()
        if self._audience_reads("givers"):
            for text in self._stayed_elsewhere():
                yield in_language(self.env, text)

    def _troubles(self):
        yield from super()._troubles()
        yield (
            self.state in HANDED_OVER
            and self._stayed_elsewhere()
            and (
                lambda env: env._(
                    "Not moved: %s",
                    in_language(env, self._stayed_fact()["stayed_elsewhere"]),
                )
            )
        )
