from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..word_texts import listed


class HandoverRequest(models.Model):
    """The predecessor: what they keep of the records, what is private, whether they can
    be reached.

    Record rules open what they keep. Of who cannot be reached a handover manager
    confirms, and what is private stays sealed; it is counted, and no more.
    """

    _inherit = "handover.request"

    predecessor_access = fields.Selection(
        [
            ("none", "Nothing"),
            ("read", "Reads until a date"),
            ("keep", "As before"),
        ],
        string="Predecessor's Access",
        default="none",
        required=True,
        copy=False,
        tracking=True,
        help="What the predecessor may do with the records after the handover, besides"
        " what everybody with the same rights may. It ends when they are given back.",
        content=True,
    )
    date_access_end = fields.Datetime(
        string="Reads Until",
        copy=False,
        tracking=True,
        help="Until then the predecessor reads the records, their messages and files.",
        content=True,
    )

    is_sudden = fields.Boolean(
        string="Predecessor Cannot Be Reached",
        tracking=True,
        copy=False,
        help="After a sudden leave: the briefing is made from data only, and a handover"
        " manager confirms for the predecessor. Private meetings and tasks stay"
        " sealed.",
        content=True,
    )

    _kept_access_idx = models.Index(
        "(predecessor_id) WHERE predecessor_access != 'none'"
    )

    @api.onchange("predecessor_access")
    def _onchange_predecessor_access(self):
        if self.predecessor_access != "read":
            self.date_access_end = False

    @api.constrains("predecessor_access", "date_access_end", "date_planned")
    def _check_access_end(self):
        for request in self:
            end = request.date_access_end
            if request.predecessor_access != "read":
                if end:
                    raise ValidationError(
                        self.env._(
                            "%s: a date until which the predecessor reads is for access"
                            " that ends on a date.",
                            request.name,
                        )
                    )
                continue
            if not end or end <= (request.date_planned or request.create_date):
                raise ValidationError(
                    self.env._(
                        "%s: say until when the predecessor reads, after its start.",
                        request.name,
                    )
                )

    def _predecessor_stays_follower(self, handler):
        """Tell whether the predecessor goes on following records of this model.

        :param handler: the model's hooks; where followers have access by following, it
            would outlast what the request says
        """
        self.ensure_one()
        entering = handler._handover_enters_by_following()
        return self.predecessor_follows and (
            not entering or self.predecessor_access == "keep"
        )

    # ------------------------------------------------------------
    # WHAT STAYS PRIVATE
    # ------------------------------------------------------------

    def _sealed_texts(self):
        """Return how much of the predecessor is private, a text for each kind.

        The caller has asked :meth:`_sees_sealed`, for whoever reads it.
        """
        self.ensure_one()
        giver = self.sudo().predecessor_id
        if not giver:
            return []
        counts = {}
        lines = self.env["handover.request.line"].sudo()
        for scope in self.env["handover.scope"]._in_use():
            sealed = scope._handler()._handover_sealed_domain()
            if sealed.is_false():
                continue
            chosen = lines._search(
                [("request_id", "=", self.id), ("scope_id", "=", scope.id)]
            )
            counts[scope.with_env(self.env).name] = scope._records().search_count(
                sealed
                & scope._open_domain()
                & scope._belonging_domain(giver, self.source_team_id)
                & fields.Domain("id", "not in", chosen.subselect("res_id"))
            )
        meetings = self.env["calendar.event"].sudo()
        counts[self.env._("Meetings")] = meetings.search_count(
            meetings._handover_upcoming_domain(giver)
            & meetings._handover_private_domain()
        )
        return [
            self.env._("%(kind)s: %(count)s", kind=kind, count=count)
            for kind, count in counts.items()
            if count
        ]

    def _request_findings(self):
        return [*super()._request_findings(), *self._sealed_findings()]

    def _sealed_findings(self):
        """Tell the caller what stays with a predecessor who cannot be reached."""
        giver = self.sudo().predecessor_id
        if not giver or not self._is_unreachable(giver):
            return []
        texts = self._sealed_texts() if self._sees_sealed(self.env.user) else []
        if not texts:
            return []
        return [
            self._finding(
                "sealed",
                "info",
                self.env._(
                    "Private, and so it stays with its owner: %s",
                    listed(self.env, texts),
                ),
                self.env._("Its owner can add private tasks one by one."),
            )
        ]
