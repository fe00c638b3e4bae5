from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain

from .handover_states import TAKEN


class Chain(NamedTuple):
    """Where a record is that went on from a handover by other ones."""

    # the line that brought it to who has it now; its own one, where it went no further
    end: models.BaseModel
    # somebody on the way gave it away for good
    for_good: bool
    # it came to who has it by a later handover that began somewhere else
    anew: bool
    # who handed it over had it for a time only, and it has gone back from them since
    over: bool


class HandoverRequestLine(models.Model):
    """Chains: a record that who took it over handed over as well.

    Somebody who has a record for a time can give away no more than that: when the time
    is over, it goes back from whoever has it by then. docs/decisions/22-chains.md has
    the cases.
    """

    _inherit = "handover.request.line"

    chain_end_id = fields.Many2one(
        "handover.request.line",
        compute="_compute_chain_end_id",
        groups=fields.NO_ACCESS,
        help="What brought the record to who has it, as far as handovers tell: this, or"
        " a later handover by who took it over.",
    )

    @api.depends("goes_back", "state", "successor_id", "before")
    def _compute_chain_end_id(self):
        chains = self._chains()
        for line in self:
            line.chain_end_id = chains[line.id].end

    def _chains(self):
        """Return where the records of these lines went on, in one look at the table.

        :return: ``{line id: Chain}``
        """
        lines = self.sudo()
        others = {}
        # by whom somebody only works along, no record went anywhere
        changing = lines.request_id._changing_owners()
        # what has not moved has not gone on
        moved = lines.filtered(lambda line: line.date_done and line.before)
        for scope, some in moved.grouped("scope_id").items():
            found = lines.search(
                Domain("res_model", "=", scope.model)
                & Domain("res_id", "in", some.mapped("res_id"))
                & Domain("scope_id", "=", scope.id)
                & Domain("date_done", "!=", False)
                & Domain("request_id", "any", changing),
                order="date_done, id",
            )
            for key, group in found.grouped("res_id").items():
                others[scope.id, key] = group
        return {
            line.id: line._chain(
                others.get((line.scope_id.id, line.res_id), lines.browse())
            )
            for line in lines
        }

    def _chain(self, others):
        """Return where the record of one line went on.

        :param others: all lines of this record that moved it, in the order of time
        """
        if len(others) < 2 or self not in others:
            # as nearly all of them; and what did not move it has no part in a chain
            return Chain(self, False, False, False)
        others = others.filtered("before")
        over = others._over()
        end, for_good, anew = self, False, False
        lasting = self.request_id.kind == "permanent"
        for other in (others - over).filtered_domain(TAKEN):
            if other == self or other._moved_before(self):
                continue
            permanent = other.request_id.kind == "permanent"
            if other.predecessor_id != end.successor_id:
                anew = anew or other.successor_id == end.successor_id
            elif permanent and lasting:
                # given away by who may: what came before says nothing any more
                break
            else:
                end, for_good = other, for_good or permanent
        return Chain(end, for_good, anew, self in over)

    def _over(self):
        """Return those lines whose record its giver would not have any more.

        They had it by another handover, and it has gone back from them since; or they
        had it from somebody of whom that is so.

        :param self: all lines of one record that moved it, in the order of time
        """
        over = self.browse()
        for line in self:
            source = self.filtered(
                lambda other, line=line: (
                    other.successor_id == line.predecessor_id
                    and other._moved_before(line)
                    and not other._went_back_before(line)
                )
            )[-1:]
            if source and (source in over or source.state == "returned"):
                over |= line
        return over

    def _moved_before(self, other):
        return (self.date_done, self.id) < (other.date_done, other.id)

    def _went_back_before(self, other):
        return self.state == "returned" and self.date_returned < other.date_done
