from collections import defaultdict

from odoo import api, fields, models

from ..word_texts import besides, listed
from .handover_states import HANDED_OVER


class HandoverRequest(models.Model):
    """What the predecessor follows besides: records of others, and closed ones.

    Its messages would reach who has left, for ever. It ends with the handover, and is
    kept for the way back. Where a team hands over, so do its people who have left; the
    others, who work on here, stop following what they give away together.
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
        request = self.sudo()
        return self._leaves_for_good(
            request.predecessor_id, request.kind, request.reason_id
        )

    @api.model
    def _leaves_for_good(self, giver, kind, reason):
        """Tell whether ``giver`` leaves the company with a handover like this.

        :param giver: a user or nobody, as superuser
        :param str kind: of the handover
        :param reason: of the handover, or none
        """
        leaves = reason.leaves or self._is_gone(giver)
        return bool(giver) and kind == "permanent" and leaves

    @api.model
    def _is_gone(self, user):
        """Tell whether ``user`` is no employee any more: archived, or of the portal."""
        return not user.active or user.share

    def _leavers(self):
        """Return whose follows besides end with it, as superuser.

        The reason says it of a person. Of a team's people, that they are gone.
        """
        self.ensure_one()
        if self._is_farewell():
            return self.sudo().predecessor_id
        return self._team_givers().filtered(self._is_gone)

    def _team_givers(self):
        """Return whose records a team gives away for good, as superuser."""
        if self.sudo().predecessor_id or self.kind != "permanent":
            return self.env["res.users"].sudo()
        return self._line_givers()

    def _leaving_domain(self, users):
        """Return the domain of what these leavers follow besides, and what ends."""
        if self.predecessor_follows:
            return fields.Domain.FALSE
        elsewhere = self.env["mail.followers"]._handover_elsewhere_domain
        return fields.Domain.OR(elsewhere(user) for user in users)

    def _given_domain(self, state):
        """Return the domain of what a team's people follow of what others of it give.

        Not of what is their own, or becomes it; nor what ended by this handover before,
        and goes on since by their choice.

        :param str state: of the lines, before or after they are handed over
        """
        if self.predecessor_follows:
            return fields.Domain.FALSE
        users = self._team_givers()
        users -= users.filtered(self._is_gone)
        theirs = fields.Domain("partner_id", "in", users.partner_id.ids)
        follows = self.env["mail.followers"].sudo()
        follows = follows.search(theirs & self._listed_domain(state))
        ended = {
            (model, id_, *partner)
            for model, _subtypes, ids, *partner in self.sudo().ended_follows or ()
            for id_ in ids
        }
        people = self._people_of_records(follows, state)
        given = follows.filtered(
            lambda follow: (
                (key := (follow.res_model, follow.res_id, follow.partner_id.id))
                not in ended
                and key not in people
            )
        )
        return fields.Domain("id", "in", given.ids)

    def _people_of_records(self, follows, state):
        """Return whose business the followed records are, or become.

        :param str state: of the lines that count
        :return: ``{(model, id, id of their contact)}``
        """
        owners = defaultdict(self.env["res.users"].sudo().browse)
        lines = self.env["handover.request.line"].sudo()
        mine = [("request_id", "=", self.id), ("state", "=", state)]
        followed = follows.grouped("res_model").items()
        for scope in self.env["handover.scope"]._in_use():
            for model, some in followed:
                if model == scope.model:
                    ids = list(set(some.mapped("res_id")))
                    for record in scope._open(scope._records(ids).exists()):
                        owners[model, record.id] |= scope._owners(record)
        for model, some in followed:
            ids = some.mapped("res_id")
            listed = [*mine, ("res_model", "=", model), ("res_id", "in", ids)]
            for line in lines.search(listed):
                owners[model, line.res_id] |= line.successor_id
        people = {
            (*key, partner_id)
            for key, users in owners.items()
            for partner_id in users.partner_id.ids
        }
        # a contact is its own business
        people |= {("res.partner", id_, id_) for id_ in follows.partner_id.ids}
        return people

    def _listed_domain(self, state=None):
        """Return the domain of followers of the records on this handover.

        :param str state: of their lines, if only those
        """
        lines = self.env["handover.request.line"].sudo()
        listed = fields.Domain.FALSE
        for scope in self.env["handover.scope"]._in_use():
            of_scope = fields.Domain("request_id", "=", self.id)
            of_scope &= fields.Domain("scope_id", "=", scope.id)
            if state:
                of_scope &= fields.Domain("state", "=", state)
            ids = lines._search(of_scope).subselect("res_id")
            listed |= fields.Domain("res_model", "=", scope.model) & fields.Domain(
                "res_id", "in", ids
            )
        return listed

    # ------------------------------------------------------------
    # TOLD BEFORE
    # ------------------------------------------------------------

    def _stays_with_giver(self, elsewhere=True):
        staying = super()._stays_with_giver(elsewhere)
        giver = self.predecessor_id.sudo()
        if giver and self._may_give_all(self.requester_id or self.env.user):
            follows = self.env["mail.followers"].sudo()
            count = follows.search_count(follows._handover_elsewhere_domain(giver))
            if count:
                staying.append(
                    {
                        "name": self.env._("Followed Records"),
                        "count": count,
                        "why": self._follows_why(),
                    }
                )
        return staying

    def _follows_why(self):
        if not self._is_farewell():
            return self.env._("of others or closed, only followed")
        if self.predecessor_follows:
            return self.env._("of others or closed, only followed: that goes on")
        return self.env._("of others or closed, only followed: that ends")

    def _preflight_findings(self):
        return [*super()._preflight_findings(), *self._follow_findings()]

    def _follow_findings(self):
        if not self._sees_sealed(self.env.user):
            return []
        if not self._is_farewell():
            return self._team_follow_findings()
        follows = self.env["mail.followers"].sudo()
        # what becomes of those on the handover is told there
        elsewhere = follows._handover_elsewhere_domain(self.sudo().predecessor_id)
        elsewhere &= ~self._listed_domain()
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

    def _team_follow_findings(self):
        follows = self.env["mail.followers"].sudo()
        ends = self._leaving_domain(self._leavers()) | self._given_domain("todo")
        if not (count := follows.search_count(ends)):
            return []
        text = self.env._(
            "People of %(team)s follow records that others of them give away, or have"
            " left; that ends with the handover: %(count)s.",
            team=self._giver_name(),
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
            for request in self:
                ends = request._leaving_domain(request._leavers())
                if move == "finish":
                    # also what was tried again: of what ended, nothing ends twice
                    ends |= request._given_domain("done")
                request._end_follows(ends)
        return result

    def _besides_givers(self):
        givers = super()._besides_givers()
        kept = self.sudo().ended_follows
        return givers | self._followers_of(kept) if kept else givers

    def _followers_of(self, kept):
        """Return who follows again: who hands over, or who of the team is there."""
        if giver := self.sudo().predecessor_id:
            return giver
        ids = {partner_id for *_what, partner_id in kept}
        # whoever of a team has left keeps nothing from going back to the others
        return self._team_givers().filtered(
            lambda user: not self._is_gone(user) and user.partner_id.id in ids
        )

    def _return_besides(self):
        facts = super()._return_besides()
        self._follow_again()
        return facts

    def _besides_refusals(self):
        yield from super()._besides_refusals()
        if kept := self.sudo().ended_follows:
            # kinds, and no names of others' records
            models = {model for model, *_what in kept}
            yield self.env._(
                "%(user)s does not follow again: %(kinds)s.",
                user=self._giver_name(),
                kinds=listed(self.env, sorted(map(self._kind_name, models))),
            )

    @api.model
    def _kind_name(self, model):
        return self.env["ir.model"]._get(model).sudo().name or model

    def _end_follows(self, ends):
        """End what people follow besides: a domain of followers."""
        follows = self.env["mail.followers"].sudo()
        names = ["res_model", "res_id", "partner_id", "subtype_ids"]
        if follows := follows.search_fetch(ends, names):
            self.sudo()._end_these(follows)

    def _end_these(self, follows):
        """End what they follow; what refuses goes on."""
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
        if self.state not in HANDED_OVER or not (leavers := self._leavers()):
            return None
        follows = self.env["mail.followers"].sudo()
        groups = follows._read_group(
            self._leaving_domain(leavers), ["res_model"], ["__count"]
        )
        # everybody on the handover reads it: kinds, and no names of others' records
        return groups and (
            lambda env: env._(
                "%(user)s goes on following records, remove the follower there:"
                " %(records)s",
                user=listed(env, leavers.mapped("name")),
                records=listed(
                    env,
                    (
                        besides(env, env["ir.model"]._get(model).sudo().name, count)
                        for model, count in groups
                    ),
                ),
            )
        )

    @api.model
    def _end_follows_of(self, users):
        """End what users follow who are gone by now, after their last handover."""
        requests = self.sudo().search(
            self._given_by(users)
            & fields.Domain("state", "in", HANDED_OVER)
            # who was away for a time goes on following
            & fields.Domain("kind", "=", "permanent")
        )
        givers = {
            request: request.predecessor_id or request._team_givers()
            for request in requests
        }
        for user in users:
            theirs = requests.filtered(
                lambda request, user=user: user in givers[request]
            )
            # what they handed over themselves says more of them than what a team did
            theirs = theirs.filtered("predecessor_id") or theirs
            last = theirs.sorted("id")[-1:]
            if last:
                last._lock()
                last._end_follows(last._leaving_domain(last._leavers() & user))

    def _follow_again(self):
        """Give those back what ended whose it was, and keep what refuses."""
        request = self.sudo()
        kept = request.ended_follows
        if not kept:
            return
        follows = self.env["mail.followers"].sudo()
        count, refused = 0, []
        for user in self._followers_of(kept):
            partner = user.partner_id
            # of one person all of it, whichever contact was theirs then
            theirs = [
                row for row in kept if request.predecessor_id or partner.id in row[3:]
            ]
            some, left = follows._handover_restore(partner, theirs)
            count += some
            refused += left
        request._trusting().write({"ended_follows": refused or False})
        if count or not refused:
            request._log_event("follows", follows=count)
