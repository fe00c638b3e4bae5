from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from .handover_request_leftovers import HANDOVER, MEETING, TODO


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
        domain &= ~Request._on_sealed_records()
        yield TODO, Todo._handover_count_by_holder(domain)
        domain = Request._held_meetings(users) & ~private
        yield MEETING, Meeting._read_group(domain, ["user_id"], ["__count"])
        yield (
            HANDOVER,
            [(user, len(ids)) for user, ids in Request._held_by(users).items()],
        )
