from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .handover_request_cover_light import LIGHT, WORKING


class HandoverRequest(models.Model):
    _inherit = "handover.request"

    @api.model
    def _everybody_fields(self):
        return super()._everybody_fields() | {"kind", "cover"}

    @api.model
    def _letting_in_sql(self):
        return [*super()._letting_in_sql(), SQL("(%s)", self._working_along())]

    @api.model
    def _opening_sql(self, user_id):
        theirs = self._taken_over_by(user_id)
        along = SQL("(%s AND %s)", self._working_along(), theirs)
        return [*super()._opening_sql(user_id), along]

    @api.model
    def _working_along(self):
        """Return the SQL condition on light covers that go on, or are to be tidied."""
        return SQL("kind = 'temporary' AND cover = 'light' AND state IN %s", WORKING)


class HandoverRequestLine(models.Model):
    """A record on which somebody works along, while its owner stays."""

    _inherit = "handover.request.line"

    def _compute_outcome(self):
        result = super()._compute_outcome()
        for line in self:
            if line.result_code == "done" and line.request_id._is_light():
                over = line.state == "returned"
                line.outcome = (
                    self.env._("Cover ended") if over else self.env._("Covered")
                )
        return result

    def _note_body(self, note, risk):
        if self.goes_back or not self.request_id._is_light():
            return super()._note_body(note, risk)
        before, after = self._told_people()
        link = Markup(
            '<a href="#" data-oe-model="handover.request" data-oe-id="%s">%s</a>'
        )
        return Markup("<p>%s</p>") % self.env._(
            "%(after)s works along for %(before)s: %(handover)s",
            before=before,
            after=after,
            handover=link % (self.request_id.id, self.request_id.name),
        )

    @api.model
    def _following_domain(self, enters):
        lent = (
            Domain("state", "=", "done")
            & Domain("result_code", "=", "done")
            & Domain("request_id", "any", LIGHT & Domain("state", "in", WORKING))
        )
        return super()._following_domain(enters) | lent

    def _left_with(self):
        request = self.request_id
        if not request._is_light():
            return super()._left_with()
        return request.predecessor_id, request.source_team_id

    def _follow_again(self):
        engine, todos = self.env["handover.engine"].sudo(), self.env["mail.activity"]
        now = fields.Datetime.now()
        light = self.filtered(
            lambda line: (
                line.request_id._is_light()
                and (line.request_id.date_return or now) > now
                and line.successor_id.active
                and not line.successor_id.share
            )
        )
        groups = light.grouped(lambda line: (line.scope_id, line.successor_id))
        for (scope, taker), lines in groups.items():
            known = lines | lines._lent_before()
            ids = {line.res_id for line in known if line._subscribed()}
            records = scope._records(ids).exists()
            if engine._has_followers(records):
                engine._follow(records, taker, {id_: {} for id_ in records._ids})
            copied = lines.filtered(
                lambda line: line.request_id.move_activities and line.predecessor_id
            )
            for giver, some in copied.grouped("predecessor_id").items():
                records = scope._records(some.mapped("res_id")).exists()
                todos.sudo()._handover_copy(records, giver, taker)
        return super()._follow_again()

    def _end_following(self):
        light = self.filtered(lambda line: line.request_id._is_light())
        light._stop_lending()
        return super(HandoverRequestLine, self - light)._end_following()

    def _stop_lending(self):
        """End what somebody had by working along, but on what is theirs by now.

        What they work along on by another cover as well ends with that one.
        """
        engine = self.env["handover.engine"].sudo()
        groups = self.sudo().grouped(lambda line: (line.scope_id, line.successor_id))
        for (scope, taker), lines in groups.items():
            if scope._is_gone():
                continue
            records = scope._records(lines.mapped("res_id")).exists()
            others = lines._lent_besides()
            others._drop_copies(records, taker)
            records -= records.browse(others.mapped("res_id"))
            before = lines._lent_before()
            subscribed = {line.res_id for line in lines | before if line._subscribed()}
            lent = records.filtered(
                lambda record, ids=subscribed, scope=scope, taker=taker: (
                    record.id in ids and taker not in scope._owners(record)
                )
            )
            if lent and engine._has_followers(lent):
                follows = engine._follows(lent, taker.partner_id)
                follows |= self.env["handover.mixin"]._handover_follows_within(
                    lent, taker, lines.request_id
                )
                engine._sift(follows, lambda some: some.unlink())
        self.env["handover.mixin"]._handover_forget_access()

    def _drop_copies(self, records, taker):
        """Have ``taker`` keep no copies of to-dos on ``records`` but by these lines."""
        copied = self.filtered("request_id.move_activities")
        kept = {(line.res_id, line.predecessor_id) for line in copied}
        copies = self.env["mail.activity"].sudo()._handover_copies(records, taker)
        copies.filtered(
            lambda copy: (
                (copy.res_id, copy.handover_copy_of_id._handover_holder()) not in kept
            )
        ).unlink()

    def _subscribed(self):
        """Tell whether who works along follows the record by this line."""
        after = self.after or {}
        return bool(after.get("lent") and after.get("subscribed"))

    def _lent_besides(self):
        """Return lines of other covers by which the same person works along on these.

        Of those that go on: of one kind and one successor, as superuser. What went on
        to somebody else is lent no more.
        """
        lines = self.search(
            self._lent_domain()
            & Domain("state", "=", "done")
            & Domain("request_id.state", "in", WORKING)
            & Domain("successor_id.active", "=", True)
            & Domain("successor_id.share", "=", False)
        )
        return lines._held()

    def _lent_before(self):
        """Return lines of other covers that ended while these went on."""
        ended = Domain("state", "=", "returned")
        # it was stopped, and is given back at its end
        ended |= Domain("request_id.state", "not in", WORKING)
        began = {line.res_id: line.date_done for line in self if line.date_done}
        return self.search(self._lent_domain() & ended).filtered(
            lambda line: (
                line.res_id in began
                and (not line.date_returned or line.date_returned >= began[line.res_id])
            )
        )

    def _lent_domain(self):
        """Return the domain of lines of other light covers of the same."""
        return (
            Domain("id", "not in", self.ids)
            & Domain("scope_id", "in", self.scope_id.ids)
            & Domain("successor_id", "in", self.successor_id.ids)
            & Domain("res_id", "in", self.mapped("res_id"))
            & Domain("result_code", "=", "done")
            & Domain("request_id", "any", LIGHT)
        )
