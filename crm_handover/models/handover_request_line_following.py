from odoo import api, models
from odoo.fields import Domain

from .handover_mixin_access import LEFT

# by which people go on following, where followers have access
KEEPING = (
    Domain("digest", "!=", False)
    & Domain("predecessor_access", "=", "keep")
    & Domain("predecessor_follows", "=", True)
)


class HandoverRequestLine(models.Model):
    """Who follows a record by a handover, where followers have access to it.

    As long as it is with whom the handover left it: what went on is nothing of theirs,
    and core asks nobody but the followers.
    """

    _inherit = "handover.request.line"

    @api.model
    def _following_domain(self, enters):
        """Return the domain of the lines whose record somebody follows for a time.

        Extended by super().

        :param bool enters: following gives access to records of the model; where it
            does not, who keeps it for good is the owner's to end
        """
        if not enters:
            return Domain.FALSE
        stays = Domain("predecessor_id", "!=", False)
        return LEFT & stays & Domain("request_id", "any", KEEPING)

    def _left_with(self):
        """Return with whom a record must be for somebody else to be let in.

        :return: a user or nobody, and the sales team that has it then
        """
        self.ensure_one()
        return self.successor_id, self.request_id.target_team_id or self.pool_team_id

    def _held(self):
        """Return those of these lines whose record is with whom they left it."""
        held = self.browse()
        groups = self.grouped(lambda line: (line.scope_id, *line._left_with()))
        for (scope, user, team), lines in groups.items():
            if scope._is_gone() or not (user or team):
                continue
            records = scope._records(lines.mapped("res_id")).exists()
            there = records.filtered_domain(scope._belonging_domain(user, team))
            ids = frozenset(there._ids)
            held |= lines.filtered(lambda line, ids=ids: line.res_id in ids)
        return held

    def _follow_again(self):
        """Let in again whom these lines let in: the record is back with its owner.

        Extended by super() for whom it lets in for a while; whoever was to keep access
        has lost it.
        """

    def _end_following(self):
        """Have those whom these lines let in follow no more, but what is theirs.

        Extended by super() for whom it lets in otherwise.
        """
        engine = self.env["handover.engine"].sudo()
        groups = self.grouped(lambda line: (line.scope_id, line.predecessor_id))
        for (scope, giver), lines in groups.items():
            records = scope._records(lines.mapped("res_id")).exists()
            if not engine._has_followers(records):
                continue
            gone = records.filtered(
                lambda record, scope=scope, giver=giver: (
                    giver not in scope._owners(record)
                )
            )
            # whoever has work of their own in it needs it
            gone -= self.env["handover.mixin"]._handover_works_within(gone, giver)
            follows = engine._follows(gone, giver.partner_id)
            follows |= self.env["handover.mixin"]._handover_follows_within(
                gone, giver, lines.request_id
            )
            engine._sift(follows, lambda some: some.unlink())
