from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .handover_states import TAKEN

# the keys in the order in which groups are shown
PARTS = [
    ("act", "Waiting for Me"),
    ("give", "I Hand Over"),
    ("take", "I Take Over"),
    ("watch", "Others"),
]


class HandoverRequest(models.Model):
    """What a handover is to the reader: what waits for them comes first."""

    _inherit = "handover.request"

    my_part = fields.Selection(
        PARTS,
        compute="_compute_my_part",
        help="What waits for you, what you hand over or requested, what you take over.",
    )
    waiting_for_me = fields.Boolean(
        string="Waiting for Me",
        compute="_compute_waiting_for_me",
        search="_search_waiting_for_me",
        help="It goes on once you have submitted, decided, accepted or confirmed.",
    )

    # the lists that the domain asks are long: the database answers
    @api.depends(
        "state", "requester_id", "approver_id", "asked_ids", "date_return_asked",
        "predecessor_id", "predecessor_ids", "source_team_id", "is_sudden",
        "line_ids.state", "line_ids.decision", "signoff_ids",
    )  # fmt: skip
    @api.depends_context("uid")
    def _compute_waiting_for_me(self):
        domain = Domain("id", "in", self.ids) & self._waiting_domain()
        waiting = set(self._search(domain))
        for request in self:
            request.waiting_for_me = request._origin.id in waiting

    @api.model
    def _search_waiting_for_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._waiting_domain()
        return domain if True in value else ~domain

    @api.depends(
        *("waiting_for_me", "requester_id", "predecessor_id", "predecessor_ids"),
        "successor_ids",
    )
    @api.depends_context("uid")
    def _compute_my_part(self):
        user = self.env.user
        for request in self:
            if request.waiting_for_me:
                request.my_part = "act"
            elif user in request.requester_id | request._givers():
                request.my_part = "give"
            elif user in request.successor_ids:
                request.my_part = "take"
            else:
                request.my_part = "watch"

    @api.model
    def _waiting_domain(self):
        """Return which handovers go on once the reader has done something."""
        user = self.env.user
        waiting = self._waiting_for_domain(user)
        if user.has_group("crm_handover.group_handover_manager"):
            # who has left, or cannot be reached, is confirmed for
            absent = Domain("predecessor_id.active", "=", False)
            absent |= Domain("is_sudden", "=", True)
            role = Domain("role", "=", "predecessor")
            absent &= Domain("signoff_ids", "not any", role)
            absent &= Domain("predecessor_ids", "=", False)
            absent |= Domain("id", "in", self._stood_in_for_several(user).ids)
            waiting |= Domain("state", "=", "transferred") & absent
        return waiting

    @api.model
    def _stood_in_for_several(self, user):
        """Return the handovers of several people where ``user`` confirms for one.

        They are few, and each of the people is asked about.
        """
        absent = Domain("predecessor_ids.active", "=", False)
        absent |= Domain("is_sudden", "=", True) & Domain(
            "predecessor_ids", "!=", False
        )
        several = self.sudo().search(Domain("state", "=", "transferred") & absent)
        return several.filtered(lambda request: request._unconfirmed_for(user))

    @api.model
    def _waiting_for_domain(self, user):
        """Return which handovers go on once ``user`` has done what is theirs to do."""
        mine = Domain("requester_id", "=", user.id)
        lines = Domain("successor_id", "=", user.id)
        undecided = lines & Domain("state", "=", "todo")
        undecided &= Domain("decision", "=", "pending")
        leads = Domain("predecessor_id", "=", False)
        leads &= Domain("source_team_id.user_id", "=", user.id)
        party = Domain("predecessor_id", "=", user.id) | leads
        # of several people those of whom something went, or all where nothing did
        given = Domain("predecessor_id", "=", user.id) & TAKEN
        # whoever asks: that they read no line of the others is not that none went
        gave = Domain("line_ids", "any!", given) | Domain("line_ids", "not any!", TAKEN)
        party |= Domain("predecessor_ids", "in", user.ids) & gave
        party |= Domain("line_ids", "any", lines & Domain("state", "=", "done"))
        unconfirmed = Domain("signoff_ids", "not any", Domain("user_id", "=", user.id))
        by_state = {
            "draft": mine,
            "refused": mine,
            "needs_review": mine,
            "submitted": Domain("approver_id", "=", user.id)
            | Domain("asked_ids", "in", user.ids),
            "approved": Domain("line_ids", "any", undecided),
            "transferred": party & unconfirmed,
        }
        later_end = Domain("date_return_asked", "!=", False)
        later_end &= Domain("asked_ids", "in", user.ids)
        return later_end | Domain.OR(
            Domain("state", "=", state) & domain for state, domain in by_state.items()
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        # for grouping: by what the reader has to do with it
        if field_expr != "my_part":
            return super()._field_to_sql(alias, field_expr, query)
        user = self.env.user
        waiting = self._search(self._waiting_domain(), bypass_access=True)
        return SQL(
            """CASE
                WHEN %(id)s IN %(waiting)s THEN 'act'
                WHEN %(uid)s IN (%(requester)s, %(giver)s) THEN 'give'
                WHEN EXISTS (
                    SELECT FROM handover_request_giver_rel giver
                    WHERE giver.handover_request_id = %(id)s
                        AND giver.res_users_id = %(uid)s
                ) THEN 'give'
                WHEN EXISTS (
                    SELECT FROM handover_request_successor_rel taker
                    WHERE taker.handover_request_id = %(id)s
                        AND taker.res_users_id = %(uid)s
                ) THEN 'take'
                ELSE 'watch'
            END""",
            id=SQL.identifier(alias, "id"),
            waiting=waiting.subselect(),
            uid=user.id,
            requester=self._field_to_sql(alias, "requester_id", query),
            giver=self._field_to_sql(alias, "predecessor_id", query),
        )
