from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_amount

from odoo.addons.crm_handover.models.handover_request_leftovers import (
    HANDOVER,
    MEETING,
    TODO,
)
from odoo.addons.crm_handover.models.handover_states import HANDED_OVER, IN_PROGRESS

# so many people are named with what they have, the rest is counted
NAMED = 3


class HandoverHeldWork(models.AbstractModel):
    """What many people have at once: a query for each kind, not for each person."""

    _name = "handover.held.work"
    _description = "Work of Several People"

    @api.model
    def _counts(self, users):
        """Return what ``users`` have that others would have to do.

        Not what is private to them: nobody else can do anything about it.

        :return: ``{user: {model: count}}``, of what there is any
        """
        counts = defaultdict(dict)
        users = users.sudo()
        for model, rows in self._rows(users):
            for user, count in rows:
                if user in users and count:
                    held = counts[user]
                    held[model] = held.get(model, 0) + count
        return dict(counts)

    @api.model
    def _rows(self, users):
        """Yield ``(model, [(user, count)])`` for each kind of thing."""
        Request = self.env["handover.request"].sudo()
        for scope in self.env["handover.scope"].sudo()._in_use():
            domain = Request._held_records(scope, users)
            domain &= ~scope._handler()._handover_sealed_domain()
            owner = scope.owner_field_id.name
            yield (
                scope.model,
                scope._records()._read_group(domain, [owner], ["__count"]),
            )
        Todo = self.env[TODO].sudo()
        Meeting = self.env[MEETING].sudo().with_context(active_test=False)
        private = Meeting._handover_private_domain()
        # their to-dos are as private, and are kept all the same
        domain = Request._held_todos(users)
        domain &= Domain("calendar_event_id", "=", False) | Domain(
            "calendar_event_id", "any", ~private
        )
        yield TODO, Todo._handover_count_by_holder(domain)
        domain = Request._held_meetings(users) & ~private
        yield MEETING, Meeting._read_group(domain, ["user_id"], ["__count"])
        named = self._people_of_handovers() & users
        yield (
            HANDOVER,
            [
                (user, Request.search_count(Request._held_handovers(user)))
                for user in named
            ],
        )

    @api.model
    def _values(self, users):
        """Return what open records of ``users`` are worth that the caller may read.

        :return: ``{user: {model: value}}``, in the currency of the caller's company
        """
        values = defaultdict(dict)
        Request, company = self.env["handover.request"].sudo(), self.env.company
        people = {user.id: user for user in users.sudo()}
        for scope in self.env["handover.scope"].sudo()._in_use():
            # the guard itself looks as superuser
            Model = self.env(su=False)[scope.model].with_context(active_test=False)
            amount = scope._fact_field("amount")
            if not (
                amount
                and Model.has_access("read")
                and Model._has_field_access(amount, "read")
            ):
                continue
            # which are open is for the code to know: callers may not see stages
            held = scope._records()._search(Request._held_records(scope, users))
            readable = Model._search(Domain("id", "in", held.subselect()))
            worth = scope._worth_by_owner(readable, company)
            for user_id, (_count, value) in worth.items():
                if user := people.get(user_id):
                    of_user = values[user]
                    of_user[scope.model] = of_user.get(scope.model, 0) + value
        return dict(values)

    @api.model
    def _people_of_handovers(self):
        """Return who has a part in a handover that is not over."""
        Request = self.env["handover.request"].sudo()
        states = ("draft", "submitted", "refused", "needs_review")
        live = Domain("state", "in", (*states, *IN_PROGRESS, *HANDED_OVER))
        people = self.env["res.users"].sudo()
        for name in ("requester_id", "approver_id", "coordinator_id", "predecessor_id",
                     "successor_ids"):  # fmt: skip
            for [user] in Request._read_group(live, [name]):
                people |= user
        return people

    # ------------------------------------------------------------
    # TEXTS
    # ------------------------------------------------------------

    @api.model
    def _parts(self, counts):
        """Return what people have, for people to read, by their users.

        :param counts: as of :meth:`_counts`
        :return: ``{user: [{"name", "count", "value"}]}``; the value is a text, empty
            where there is none that the caller may read
        """
        people = self.env["res.users"].sudo().union(*counts)
        worth, currency = self._values(people), self.env.company.currency_id

        def told(user, model):
            value = worth.get(user, {}).get(model)
            return format_amount(self.env, value, currency) if value else ""

        Request = self.env["handover.request"]
        models = {model for held in counts.values() for model in held}
        names = {model: Request._left_name(model) for model in models}
        return {
            user: [
                {"name": names[model], "count": held[model], "value": told(user, model)}
                for model in held
            ]
            for user, held in counts.items()
        }

    @api.model
    def _told(self, parts):
        """Return what people have, in one sentence.

        :param parts: as of :meth:`_parts`
        """
        texts = [
            self.env._(
                "%(user)s (%(work)s)",
                user=user.name,
                work=", ".join(self._part_text(part) for part in theirs),
            )
            for user, theirs in list(parts.items())[:NAMED]
        ]
        if len(parts) > NAMED:
            texts.append(self.env._("more people: %s", len(parts) - NAMED))
        return ", ".join(texts)

    @api.model
    def _part_text(self, part):
        values = {"kind": part["name"], "count": part["count"]}
        if part["value"]:
            return self.env._(
                "%(kind)s: %(count)s, worth %(value)s", **values, value=part["value"]
            )
        return self.env._("%(kind)s: %(count)s", **values)
