from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_states import TAKEN

from .handover_request_cover_light import LIGHT, WORKING


class HandoverMixin(models.AbstractModel):
    """Who works along on records reads and writes them, while that lasts."""

    _inherit = "handover.mixin"

    @api.model
    def _handover_cover_of(self):
        light = (
            LIGHT
            & Domain("state", "in", WORKING)
            & Domain("goes_back", "=", False)
            & Domain("date_return", ">", fields.Datetime.now())
            & Domain("successor_ids", "in", [self.env.uid])
        )
        return super()._handover_cover_of() | light

    @api.model
    def _handover_covered_domain(self, requests, named):
        # as long as they are with who was covered: what went on is nothing of theirs
        Scope = self.env["handover.scope"]
        lines = (
            named
            & Domain("state", "=", "done")
            & Domain("result_code", "=", "done")
            & Domain("successor_id", "=", self.env.uid)
            & self._handover_lines_domain()
        )
        return super()._handover_covered_domain(requests, named) | Domain.OR(
            self._handover_named(request, lines & Domain("scope_id", "=", scope_id))
            & Scope._belonging(
                self._name,
                request.predecessor_id,
                request.source_team_id,
                *owner_fields,
            )
            for request in requests
            for scope_id, *owner_fields in Scope._owner_fields(self._name)
        )

    @api.model
    def _handover_entered_domain(self):
        entered = super()._handover_entered_domain()
        if not self._handover_enters_by_following():
            return entered
        # until they follow it no more, whatever the clock says
        return entered | self._handover_entered_by(self._handover_lent_by())

    @api.model
    def _handover_overstayed_domain(self):
        overstayed = super()._handover_overstayed_domain()
        if not self._handover_enters_by_following():
            return overstayed
        requests = self._handover_lent_by()
        now = fields.Datetime.now()
        over = requests.filtered(
            lambda request: not request.date_return or request.date_return <= now
        )
        if not over:
            return overstayed
        lasting = self._handover_entered_by(requests - over)
        return overstayed | (self._handover_entered_by(over) & ~lasting)

    @api.model
    def _handover_lent_by(self):
        """Return the covers by which the user works along, as superuser.

        Those whose time is over as well, as long as nobody has cleaned up.
        """
        requests = self.env["handover.request"].sudo()
        if not requests._lets_in():
            return requests
        return requests.search(
            LIGHT
            & Domain("state", "in", WORKING)
            & Domain("successor_ids", "in", [self.env.uid])
        )

    @api.model
    def _handover_entered_by(self, requests):
        """Return the domain of the records that these covers have the user follow."""
        if not requests:
            return Domain.FALSE
        # what they could not read before, as each line has it
        by_it = Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "(%s ->> 'entered')::boolean", SQL.identifier(alias, "after")
            )
        )
        owners = self.env["handover.scope"]._owner_fields(self._name)
        # what is theirs by now they keep
        own = Domain.OR(
            Domain(name, "in", [self.env.uid]) for _id, name, _team in owners
        )
        lines = (
            Domain("request_id", "in", requests.ids)
            & Domain("successor_id", "=", self.env.uid)
            & TAKEN
            & self._handover_lines_domain()
        )
        entered = self._handover_on(lines & by_it) | self._handover_within_domain(
            requests
        )
        return entered & ~own

    @api.model
    def _handover_within_domain(self, requests):
        """Return the domain of what the user enters by following what it belongs to.

        Not what they made, nor what they followed before: what is made meanwhile, core
        has them follow as well.

        :param requests: those by which they work along
        """
        name = self._handover_entered_with
        if not name:
            return Domain.FALSE
        Whole = self.env[self._fields[name].comodel_name].sudo()
        whole = Whole.sudo(False)._handover_entered_by(requests)
        if whole.is_false():
            return Domain.FALSE
        ids = Whole.with_context(active_test=False)._search(whole)
        before = Domain(
            "message_partner_ids", "in", self.env.user.partner_id.ids
        ) & ~self._handover_since_domain(requests)
        return (
            Domain(name, "in", ids) & Domain("create_uid", "!=", self.env.uid) & ~before
        )
