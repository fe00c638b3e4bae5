from odoo import fields, models
from odoo.fields import Domain

from .handover_states import HANDED_OVER, UNDER_WAY

# who leaves for good gets no new leads from the submission on; who is away, while away
PAUSES = {"permanent": ("submit", "start"), "temporary": ("start",)}
RESUMES = ("draft", "refuse", "cancel", "stop", "give_back", "nothing_left")
# in which states a handover keeps somebody out
AWAY = {"permanent": UNDER_WAY, "temporary": ("running", *HANDED_OVER)}


class HandoverRequest(models.Model):
    """Who leaves gets no new leads: their teams' assignment leaves them out.

    It goes on as it was before when the handover does not come about, or goes back.
    What somebody has changed meanwhile stays as they want it.
    """

    _inherit = "handover.request"

    paused_members = fields.Json(
        readonly=True,
        copy=False,
        prefetch=False,
        groups="base.group_system",
        help="The memberships that are left out of assignment since, for the way back.",
    )

    def _pauses_assignment(self):
        """Tell whether the predecessor is to get no new leads by this handover.

        Who leaves, and who hands over everything and says no other reason. Who is away
        for a time: where everything is handed over.
        """
        self.ensure_one()
        # who leads one of their teams gives a part, and decides on no other
        if not self.predecessor_id or not self._may_give_all(self.requester_id):
            return False
        if self.kind == "temporary":
            return self._gives_all()
        return self._is_farewell() or (not self.reason_id and self._gives_all())

    def _paused_ids(self):
        return self.sudo().paused_members or []

    # ------------------------------------------------------------
    # WITH THE HANDOVER
    # ------------------------------------------------------------

    def _move_facts(self, move):
        facts = super()._move_facts(move)
        if move in PAUSES[self.kind] and self._pauses_assignment():
            if members := self._pause_assignment():
                facts["paused"] = self._names_of_teams(members)
        elif move in RESUMES and (members := self._resume_assignment()):
            facts["resumed"] = self._names_of_teams(members)
        return facts

    def _pause_assignment(self):
        """Leave the predecessor out of the assignment of leads; return where."""
        members = self.env["crm.team.member"].sudo().search(
            [
                ("user_id", "=", self.predecessor_id.id),
                ("crm_team_id.company_id", "in", [self.company_id.id, False]),
                ("assignment_optout", "=", False),
            ]
        )  # fmt: skip
        if members:
            members.write({"assignment_optout": True})
            self._trusting().write(
                {"paused_members": [*self._paused_ids(), *members.ids]}
            )
        return members

    def _resume_assignment(self):
        """Have leads assigned again to who is not left out by another handover.

        :return: the memberships in which that changes something
        """
        members = self.env["crm.team.member"].sudo().browse(self._paused_ids())
        if not members:
            return members
        self._trusting().write({"paused_members": False})
        if other := self._pausing_as_well():
            kept = {*other._paused_ids(), *members.ids}
            other._trusting().write({"paused_members": sorted(kept)})
            return members.browse()
        members = members.exists().filtered("assignment_optout")
        members.write({"assignment_optout": False})
        return members

    def _pausing_as_well(self):
        """Return another handover by which the same person gets no new leads."""
        others = self.sudo().search(
            Domain("predecessor_id", "=", self.predecessor_id.id)
            & Domain("id", "!=", self.id)
            & Domain.OR(
                Domain("kind", "=", kind) & Domain("state", "in", states)
                for kind, states in AWAY.items()
            )
        )
        return others.filtered(lambda other: other._pauses_assignment())[:1]

    def _names_of_teams(self, members):
        return ", ".join(members.crm_team_id.mapped("name"))

    # ------------------------------------------------------------
    # WHAT IS TOLD
    # ------------------------------------------------------------

    def _inflow_finding(self, code, found, moves):
        finding = super()._inflow_finding(code, found, moves)
        if code != "assignment" or not self._pauses_assignment():
            return finding
        fix = self.env._("It pauses while the handover is under way, and after it.")
        if self.kind == "temporary":
            fix = self.env._("It pauses until the records come back.")
        return finding | {"severity": "info", "fix": fix}
