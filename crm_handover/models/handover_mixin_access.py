"""What a handover opens besides the transfer: early for those who take over, late for
those who handed over.

Record rules ask whether a record is open to the user. They stand beside core's rules
for the same groups, and so they add to what a user sees and never take from it.
"""

from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .handover_states import TAKEN

# what still comes to its successor, of which requests
COMING_OF = Domain("state", "in", ["approved", "running"]) & Domain(
    "goes_back", "=", False
)
COMING = (
    Domain("state", "=", "todo")
    & Domain("goes_back", "=", False)
    & Domain("decision", "!=", "declined")
)
# what left its predecessor and has not come back; a request has a digest as long as
# what it says is approved
LEFT_OF = Domain("digest", "!=", False)
LEFT = TAKEN & (
    Domain("result_code", "in", ["done", "already"]) | Domain("state", "!=", "done")
)
# fields by which a record rule asks who follows a record
FOLLOWS = frozenset(
    ("message_partner_ids", "message_follower_ids", "message_is_follower")
)
# fields of the requests that are looked at
FETCHED = (
    *("requester_id", "predecessor_id", "source_team_id", "state", "goes_back"),
    *("target_team_id", "successor_ids", "pool_team_ids"),
    *("digest", "predecessor_access", "date_access_end"),
)


class HandoverMixin(models.AbstractModel):
    _inherit = "handover.mixin"

    # for the record rules; nobody reads them, and they are worked out when asked only
    handover_readable = fields.Boolean(
        compute="_compute_handover_readable",
        search="_search_handover_readable",
        groups=fields.NO_ACCESS,
        help="The reader sees the record because a handover brings it to them.",
    )
    handover_writable = fields.Boolean(
        compute="_compute_handover_writable",
        search="_search_handover_writable",
        groups=fields.NO_ACCESS,
        help="The reader may write the record because a handover gave it to them.",
    )

    @api.depends_context("uid", "handover_access")
    def _compute_handover_readable(self):
        opened = self._handover_opened("read")
        for record in self:
            record.handover_readable = record._origin.id in opened

    def _search_handover_readable(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._handover_open_domain("read")

    @api.depends_context("uid", "handover_access")
    def _compute_handover_writable(self):
        opened = self._handover_opened("write")
        for record in self:
            record.handover_writable = record._origin.id in opened

    def _search_handover_writable(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._handover_open_domain("write")

    def write(self, vals):
        if not self.env.su and self._handover_moves(vals):
            # whoever may not write it learns nothing of it
            self.check_access("write")
            given = self.filtered(
                lambda record: self._handover_moves(record._handover_changes(vals))
            )
            given._check_gives_own()
        lines = self._handover_gives(vals) and self._handover_lines_letting_in()
        held = lines and lines._held()
        result = super().write(vals)
        if lines:
            now = lines._held()
            # it went on: nobody stays in it by following that a handover gave them
            (held - now)._end_following()
            (now - held)._follow_again()
        return result

    def _handover_lines_letting_in(self):
        """Return the lines by which somebody follows ``self`` for a time, as superuser.

        That ends with what gave it to them.
        """
        lines = self.env["handover.request.line"].sudo()
        if not self.env["handover.request"]._lets_in():
            return lines
        by = lines._following_domain(self._handover_enters_by_following())
        if by.is_false():
            return lines
        named = self._handover_lines_domain() & Domain("res_id", "in", self.ids)
        return lines.search(named & by)

    def unlink(self):
        if not self.env.su:
            self._check_gone_own(self._handover_borrowed())
        return super().unlink()

    @api.model
    def _handover_moves(self, vals):
        """Tell whether these values say whose a record is, or who gets at it."""
        return self._handover_gives(vals) or bool(
            self._handover_access_fields & vals.keys()
        )

    def _handover_changes(self, vals):
        """Return those of ``vals`` that are not what this record names already.

        Who merges records writes all of them, and gives nobody anything.
        """
        record = self.sudo()
        return {
            name: value
            for name, value in vals.items()
            if name not in record._fields
            or record._fields[name].type != "many2one"
            or record[name].id != value
        }

    def _check_gives_own(self):
        """Raise where a handover alone lets the user write: who has it is not theirs.

        :raise UserError: for what they handed over, and may go on working on, and for
            what they work on while its owner is away
        """
        for record in self._handover_borrowed():
            raise UserError(
                self.env._(
                    "%s: you go on working on it after its handover. Who has it is for"
                    " its owner and their team to change.",
                    record.display_name,
                )
            )

    def _check_gone_own(self, lent):
        """Raise for what the user has by a handover alone: it does not go by them.

        :param lent: those of ``self`` that they have so
        :raise AccessError: for the first of them
        """
        for record in lent:
            raise AccessError(
                self.env._(
                    "%s: you have it by a handover alone. Whoever owns it deletes it,"
                    " or merges it with what belongs to others.",
                    record.display_name,
                )
            )

    def _check_merges_own(self, owner_field="user_id"):
        """Raise where a merge would take something from who lent it to the user.

        Core asks for the rights on the record that stays, and deletes the others as the
        superuser. What somebody else owns and lent is merged with their own alone.

        :raise AccessError: where something lent would go into what is not its owner's
        """
        if self.env.su:
            return
        borrowed = self._handover_borrowed()
        lent = self._handover_lent() | borrowed
        whose = self.sudo()
        together = borrowed == self and len(whose[owner_field]) == 1
        if lent and not (together and all(one[owner_field] for one in whose)):
            self._check_gone_own(lent)

    # ------------------------------------------------------------
    # ACCESS
    # ------------------------------------------------------------

    def _handover_opened(self, verb):
        """Return the ids of those of ``self`` that handovers open to the user."""
        named = Domain("res_id", "in", self._origin.ids)
        domain = self._handover_open_domain(verb, named)
        if domain.is_false():
            return frozenset()
        records = self.sudo().with_context(active_test=False)
        query = records._search(Domain("id", "in", self._origin.ids) & domain)
        return frozenset(query.get_result_ids())

    @api.model
    def _handover_open_domain(self, verb, named=Domain.TRUE):
        """Return the domain of the records that handovers open to the user.

        With ``handover_access=False`` in the context, handovers are left out of
        account: that is no way round a check, since it only narrows.

        :param str verb: ``read`` or ``write``
        :param named: a domain of the lines that are looked at
        """
        if self.env.context.get("handover_access") is False:
            return Domain.FALSE
        if not self.env["handover.request"]._concerns(self.env.uid):
            return Domain.FALSE
        coming_of = COMING_OF if verb == "read" else Domain.FALSE
        left_of, cover_of = self._handover_left_of(verb), self._handover_cover_of()
        mine = coming_of & Domain("successor_ids", "in", [self.env.uid])
        requests = (
            self.env["handover.request"]
            .sudo()
            .search_fetch(mine | left_of | cover_of, FETCHED)
        )
        coming = self._handover_coming_domain(
            requests.filtered_domain(coming_of), named
        )
        leaving = requests.filtered_domain(left_of)
        # of a team's handover the lines say who gave
        leaving -= leaving.filtered(
            lambda request: (
                not request.predecessor_id and not request._gives_lines(self.env.user)
            )
        )
        left = self._handover_left_domain(leaving, named)
        covering = requests.filtered_domain(cover_of)
        return coming | left | self._handover_covered_domain(covering, named)

    @api.model
    def _handover_coming_domain(self, requests, named):
        """Return the domain of the records that come to the user.

        What has another owner by now will be left alone, and so it does not come.
        """
        Scope = self.env["handover.scope"]
        lines = named & COMING & Domain("successor_id", "=", self.env.uid)
        return Domain.OR(
            self._handover_named(request, lines & Domain("scope_id", "=", scope_id))
            & Scope._belonging(
                self._name,
                request._givers(),
                request.source_team_id,
                *owner_fields,
            )
            for request in requests
            for scope_id, *owner_fields in Scope._owner_fields(self._name)
        )

    @api.model
    def _handover_left_of(self, verb):
        """Return the domain of the requests that leave access to the user."""
        kept = Domain("predecessor_access", "=", "keep")
        if verb == "read":
            kept |= Domain("predecessor_access", "=", "read") & Domain(
                "date_access_end", ">", fields.Datetime.now()
            )
        givers = Domain("predecessor_id", "in", [self.env.uid, False])
        return LEFT_OF & givers & kept

    @api.model
    def _handover_left_domain(self, requests, named):
        """Return the domain of the records that the user gave and may still open.

        As long as they are with whom they went to: what went on is nothing of theirs.
        """
        Scope = self.env["handover.scope"]
        lines = (
            named
            & LEFT
            & Domain("predecessor_id", "=", self.env.uid)
            & self._handover_lines_domain()
        )
        nobody = self.env["res.users"]
        return Domain.OR(
            self._handover_named(
                request,
                lines
                & Domain("scope_id", "=", scope_id)
                & Domain("successor_id", "=", taker.id),
            )
            & Scope._belonging(self._name, taker, team, *owner_fields)
            for request in requests
            for scope_id, *owner_fields in Scope._owner_fields(self._name)
            for taker in (*request.successor_ids, nobody)
            for team in (request.target_team_id or request.pool_team_ids[:1],)
            if taker or team
        )

    @api.model
    def _handover_cover_of(self):
        """Return the domain of the requests by which the user works along.

        None by themselves; extended by super().
        """
        return Domain.FALSE

    @api.model
    def _handover_covered_domain(self, requests, named):
        """Return the domain of the records on which the user works along.

        Extended by super().

        :param requests: of those of :meth:`_handover_cover_of`
        """
        return Domain.FALSE

    @api.model
    def _handover_named(self, request, lines):
        """Return the domain of the records that lines of ``request`` name.

        What is private to its owner is not among them, unless the owner added it.

        :param lines: a domain of lines
        """
        named = self._handover_on(Domain("request_id", "=", request.id) & lines)
        if request.requester_id != request.predecessor_id:
            named &= ~self._handover_sealed_domain()
        return named

    @api.model
    def _handover_on(self, lines):
        """Return the domain of the records that lines name.

        :param lines: a domain of lines
        """
        lines = self.env["handover.request.line"].sudo()._search(lines)
        ids = lines.subselect("res_id")
        # not as a condition on the id: those come before the ones on the owner, which
        # are cheaper
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "%s IN %s", SQL.identifier(alias, "id"), ids
            )
        )

    def _handover_guests(self):
        """Return those of ``self`` that the user reads by a handover alone."""
        records = self.sudo(False)
        guests = records.sudo().filtered("handover_readable").sudo(False)
        guests -= guests._filtered_access("write")
        return guests - guests.with_context(handover_access=False)._filtered_access(
            "read"
        )

    def _handover_lent(self):
        """Return those of ``self`` that the user reads by a handover alone.

        Those whom a light cover lets write are among them.
        """
        lent = self.sudo().filtered("handover_readable").sudo(False)
        lent -= lent.with_context(handover_access=False)._filtered_access("read")
        entered = self._handover_entered_domain()
        return lent | self._handover_among(entered)

    def _handover_borrowed(self):
        """Return those of ``self`` that the user may write by a handover alone."""
        opened = self._handover_opened("write")
        borrowed = self.filtered(lambda record: record._origin.id in opened)
        if borrowed:
            own = borrowed.with_context(handover_access=False)
            borrowed -= own._filtered_access("write")
        entered = self._handover_entered_domain()
        return borrowed | self._handover_among(entered)

    def _handover_among(self, domain):
        """Return those of ``self`` that are in a domain, archived or not."""
        if domain.is_false():
            return self.browse()
        found = self.sudo().with_context(active_test=False).filtered_domain(domain)
        return self & found.sudo(False)

    @api.model
    def _handover_lent_domain(self):
        """Return the domain of the records that the user reads by a handover alone."""
        opened = self._handover_open_domain("read")
        entered = self._handover_entered_domain()
        if (opened | entered).is_false() or not self.has_access("read"):
            return Domain.FALSE
        if opened.is_false():
            return entered
        records = self.with_context(handover_access=False, active_test=False)
        kept = Domain("id", "in", records._search([]))
        return entered | (opened & ~kept)

    @api.model
    def _handover_lends(self):
        """Tell whether the user may read some of them by a handover alone."""
        opened = self._handover_open_domain("read")
        return not (opened | self._handover_entered_domain()).is_false()

    @api.model
    def _handover_enters_by_following(self):
        """Tell whether followers have access to a record because they follow it.

        What an add-on does not say of its model, the record rules do.
        """
        looked_at = self.env["ir.rule"]._handover_looks_at(self._name)
        return self._handover_followers_enter or not FOLLOWS.isdisjoint(looked_at)

    @api.model
    def _handover_entered_domain(self):
        """Return the domain of the records that a handover has the user follow.

        Where followers enter, core's rules let them read it for that, as long as they
        follow: they have it by the handover all the same. Extended by super().
        """
        return Domain.FALSE

    @api.model
    def _handover_overstayed_domain(self):
        """Return the domain of what the user still follows by a handover that is over.

        Nobody has cleaned up yet; see :meth:`_handover_entered_domain`. Extended by
        super().
        """
        return Domain.FALSE

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if operation == "read" or self.env.su or not any(self._ids):
            return result
        rest = self - result[0] if result else self
        if not rest:
            return result
        over = rest._handover_among(rest._handover_overstayed_domain())
        if over:
            opened = over._handover_opened(operation)
            over = over.filtered(lambda record: record.id not in opened)
        if not over:
            return result
        if result:
            return result[0] | over, result[1]
        return over, partial(self.env["ir.rule"]._make_access_error, operation, over)

    @api.model
    def _handover_since_domain(self, requests):
        """Return the domain of what was made since one of ``requests`` has begun."""
        starts = [start for start in requests.mapped("date_started") if start]
        since = min(starts, default=fields.Datetime.now())
        return Domain("create_date", ">=", since)

    @api.model
    def _handover_parts(self, records):
        """Yield what belongs to records like these: a model as superuser, its field.

        Whoever follows one of ``records`` is let in there as well.
        """
        for name in self.env.registry["handover.mixin"]._inherit_children:
            Part = self.env[name].sudo()
            whole = Part._fields.get(Part._handover_entered_with)
            if whole and whole.comodel_name == records._name:
                yield Part, whole.name

    @api.model
    def _handover_follows_within(self, records, user, requests):
        """Return what has ``user`` follow what was made meanwhile in ``records``.

        Core has whoever follows a project follow its new tasks.

        :param requests: by which they followed ``records``
        """
        follows = self.env["mail.followers"].sudo()
        for Part, whole in self._handover_parts(records):
            owners = self.env["handover.scope"]._owner_fields(Part._name)
            own = Domain.OR(Domain(field, "in", user.ids) for _id, field, _t in owners)
            parts = Part.with_context(active_test=False).search(
                Domain(whole, "in", records.ids)
                & Part._handover_since_domain(requests)
                & Domain("create_uid", "!=", user.id)
                & Domain("message_partner_ids", "in", user.partner_id.ids)
                & ~own
            )
            follows |= self.env["handover.engine"]._follows(parts, user.partner_id)
        return follows

    @api.model
    def _handover_works_within(self, records, user):
        """Return those of ``records`` in which ``user`` has an open part, as a task."""
        Scope, within = self.env["handover.scope"].sudo(), records.browse()
        for Part, whole in self._handover_parts(records):
            # what is closed is nobody's work any more
            own = Domain.OR(
                Domain(field, "in", user.ids) & Scope.browse(id_)._open_domain()
                for id_, field, _team in Scope._owner_fields(Part._name)
            )
            parts = Part.search(Domain(whole, "in", records.ids) & own)
            within |= records & records.browse(parts[whole].ids)
        return within

    @api.model
    def _handover_forget_access(self):
        """Have access worked out anew, now that a handover has moved on."""
        for name in self.env.registry["handover.mixin"]._inherit_children:
            self.env[name].invalidate_model(
                ["handover_readable", "handover_writable"], flush=False
            )
