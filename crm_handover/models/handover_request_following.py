from odoo import api, fields, models

from .handover_states import HANDED_OVER


class HandoverRequest(models.Model):
    """What the predecessor follows besides: records of others, and closed ones.

    Its messages would reach who has left, for ever. It ends with the handover, and is
    kept for the way back.
    """

    _inherit = "handover.request"

    is_farewell = fields.Boolean(
        compute="_compute_is_farewell",
        help="The predecessor leaves the company with this handover.",
    )
    ended_follows = fields.Json(
        readonly=True,
        copy=False,
        prefetch=False,
        groups="base.group_system",
        help="What the predecessor does not follow any more, for the way back.",
    )

    # ------------------------------------------------------------
    # WHETHER, AND HOW MUCH
    # ------------------------------------------------------------

    @api.depends("kind", "reason_id.leaves", "predecessor_id.active")
    def _compute_is_farewell(self):
        for request in self:
            request.is_farewell = request._is_farewell()

    def _is_farewell(self):
        """Tell whether the predecessor leaves the company with this handover."""
        self.ensure_one()
        giver = self.sudo().predecessor_id
        leaves = self.sudo().reason_id.leaves or not giver.active
        return bool(giver) and self.kind == "permanent" and leaves

    def _ends_follows(self):
        """Tell whether what the predecessor follows besides ends."""
        return self._is_farewell() and not self.predecessor_follows

    def _follows_elsewhere(self):
        """Return the domain of what the predecessor follows of others, or closed."""
        self.ensure_one()
        giver = self.sudo().predecessor_id
        return self.env["mail.followers"]._handover_elsewhere_domain(giver)

    def _listed_domain(self):
        """Return the domain of followers of the records on this handover."""
        lines = self.env["handover.request.line"].sudo()
        listed = fields.Domain.FALSE
        for scope in self.env["handover.scope"]._in_use():
            of_scope = fields.Domain("request_id", "=", self.id)
            of_scope &= fields.Domain("scope_id", "=", scope.id)
            ids = lines._search(of_scope).subselect("res_id")
            listed |= fields.Domain("res_model", "=", scope.model) & fields.Domain(
                "res_id", "in", ids
            )
        return listed

    # ------------------------------------------------------------
    # TOLD BEFORE
    # ------------------------------------------------------------

    def _portfolio(self):
        result = super()._portfolio()
        giver = self.predecessor_id.sudo()
        if giver and self._may_give_all(self.requester_id or self.env.user):
            follows = self.env["mail.followers"].sudo()
            count = follows.search_count(follows._handover_elsewhere_domain(giver))
            if count:
                result["staying"].append(
                    {
                        "name": self.env._("Followed Records"),
                        "count": count,
                        "why": self._follows_why(),
                    }
                )
        return result

    def _follows_why(self):
        if not self._is_farewell():
            return self.env._("of others or closed, only followed")
        if self.predecessor_follows:
            return self.env._("of others or closed, only followed: that goes on")
        return self.env._("of others or closed, only followed: that ends")

    def _preflight_findings(self):
        return [*super()._preflight_findings(), *self._follow_findings()]

    def _follow_findings(self):
        if not self._is_farewell() or not self._sees_sealed(self.env.user):
            return []
        follows = self.env["mail.followers"].sudo()
        # what becomes of those on the handover is told there
        elsewhere = self._follows_elsewhere() & ~self._listed_domain()
        count = follows.search_count(elsewhere)
        if not count:
            return []
        name = self.sudo().predecessor_id.name
        if self.predecessor_follows:
            text = self.env._(
                "%(user)s goes on following records of others and closed ones, and"
                " receiving their messages: %(count)s.",
                user=name,
                count=count,
            )
            fix = self.env._("To end it, untick “Predecessor keeps following”.")
        else:
            text = self.env._(
                "%(user)s follows records of others and closed ones, which ends with"
                " the handover: %(count)s.",
                user=name,
                count=count,
            )
            fix = self.env._("To let it go on, tick “Predecessor keeps following”.")
        return [self._finding("follows", "info", text, fix)]

    # ------------------------------------------------------------
    # THE END, AND THE WAY BACK
    # ------------------------------------------------------------

    def _after_move(self, move):
        result = super()._after_move(move)
        if move in ("finish", "complete"):
            self._end_follows()
        return result

    def _besides_givers(self):
        givers = super()._besides_givers()
        request = self.sudo()
        return givers | request.predecessor_id if request.ended_follows else givers

    def _return_besides(self):
        facts = super()._return_besides()
        self._follow_again()
        return facts

    def _besides_refusals(self):
        yield from super()._besides_refusals()
        if kept := self.sudo().ended_follows:
            # kinds, and no names of others' records
            models = {model for model, _subtypes, _ids in kept}
            yield self.env._(
                "%(user)s does not follow again: %(kinds)s.",
                user=self._giver_name(),
                kinds=", ".join(sorted(map(self._kind_name, models))),
            )

    @api.model
    def _kind_name(self, model):
        return self.env["ir.model"]._get(model).sudo().name or model

    def _end_follows(self):
        """End what predecessors who leave follow besides, unless it is to go on."""
        for request in self.sudo():
            if not request._ends_follows():
                continue
            follows = self.env["mail.followers"].sudo()
            follows = follows.search_fetch(
                request._follows_elsewhere(), ["res_model", "res_id", "subtype_ids"]
            )
            if follows:
                request._end_these(follows)

    def _end_these(self, follows):
        """End what the predecessor follows; what refuses goes on."""
        kept = self.ended_follows or []

        def end(some):
            plain = some._handover_plain()
            some.unlink()
            kept.extend(plain)

        refused = self.env["handover.engine"]._sift(follows, end)
        if ended := len(follows) - len(refused):
            self._trusting().write({"ended_follows": kept})
            self._log_event("unfollowed", follows=ended)

    def _troubles(self):
        yield from super()._troubles()
        yield self._follow_trouble()

    def _follow_trouble(self):
        """Return what the predecessor goes on following all the same, or ``None``."""
        if self.state not in HANDED_OVER or not self._ends_follows():
            return None
        follows = self.env["mail.followers"].sudo()
        groups = follows._read_group(
            self._follows_elsewhere(), ["res_model"], ["__count"]
        )
        # everybody on the handover reads it: kinds, and no names of others' records
        return groups and (
            lambda env: env._(
                "%(user)s goes on following records, remove the follower there:"
                " %(records)s",
                user=self.sudo().predecessor_id.name,
                records=", ".join(
                    f"{env['ir.model']._get(model).sudo().name} ({count})"
                    for model, count in groups
                ),
            )
        )

    @api.model
    def _end_follows_of(self, users):
        """End what users follow who are gone by now, after their last handover."""
        requests = self.sudo().search(
            [("predecessor_id", "in", users.ids), ("state", "in", HANDED_OVER)]
        )
        # who was away for a time goes on following
        requests = requests.filtered(lambda request: request.kind == "permanent")
        for of_user in requests.grouped("predecessor_id").values():
            last = of_user.sorted("id")[-1:]
            last._lock()
            last._end_follows()

    def _follow_again(self):
        """Give the predecessor back what ended, and keep what refuses."""
        request = self.sudo()
        if not request.ended_follows:
            return
        follows = self.env["mail.followers"].sudo()
        partner = request.predecessor_id.partner_id
        count, refused = follows._handover_restore(partner, request.ended_follows)
        request._trusting().write({"ended_follows": refused or False})
        if count or not refused:
            request._log_event("follows", follows=count)
