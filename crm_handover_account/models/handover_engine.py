"""Draft invoices follow the order or the customer that they belong to.

Who sold is a fact once an invoice is posted: that one keeps its seller. What went
along is kept on the line, so that exactly that goes back.
"""

from odoo import api, models
from odoo.fields import Domain

# what customers are sent, and as long as nobody has posted it
DRAFT = Domain("state", "=", "draft") & Domain(
    "move_type", "in", ["out_invoice", "out_refund"]
)


class HandoverEngine(models.AbstractModel):
    _inherit = "handover.engine"

    @api.model
    def _go_along(self, lines, records, giver, taker, keeper, moved):
        result = super()._go_along(lines, records, giver, taker, keeper, moved)
        handler, homes = lines.scope_id._handler(), {}
        for draft in self._drafts_about(lines, giver):
            if home := handler._handover_draft_home(draft, records, giver, taker):
                homes[draft] = home
        # whoever takes a record from a team's pool has its drafts with it
        kept = self._kept_drafts(lines, records)
        nobody = giver.browse()
        for draft in self._drafts(nobody, Domain("id", "in", [*kept])):
            homes[draft] = kept[draft.id][0]
        self._pass_drafts(lines.scope_id, homes, taker, moved)
        return result

    @api.model
    def _go_back_along(self, lines, records, giver, taker, keeper, moved):
        result = super()._go_back_along(lines, records, giver, taker, keeper, moved)
        kept = self._kept_drafts(lines, records)
        # what somebody has posted or given away since stays as it is
        homes, teams = {}, {}
        for draft in self._drafts(giver, Domain("id", "in", [*kept])):
            homes[draft], former, left = kept[draft.id]
            former = draft.team_id.browse(former or ()).exists()
            teams[draft] = former if draft.team_id.id == left else draft.team_id
        self._write_drafts(homes, taker, teams, moved)
        return result

    @api.model
    def _together(self, before, after, result):
        old_before, new_after = super()._together(before, after, result)
        first = {id_: team for id_, team, _left in after.get("invoices", ())}
        if invoices := result["after"].get("invoices", ()):
            new_after["invoices"] = [
                [id_, first.get(id_, team), left] for id_, team, left in invoices
            ]
        return old_before, new_after

    @api.model
    def _kept_drafts(self, lines, records):
        """Return what went along with records before.

        :return: ``{id of an invoice: (its record, former team, team since)}``
        """
        return {
            id_: (records.browse(line.res_id), former, left)
            for line in lines
            for id_, former, left in (line.after or {}).get("invoices", ())
        }

    # ------------------------------------------------------------
    # WHICH
    # ------------------------------------------------------------

    @api.model
    def _drafts(self, seller, domain):
        """Return the draft invoices of a seller, who may be nobody."""
        theirs = Domain("invoice_user_id", "in", seller.ids or [False])
        return self.env["account.move"].sudo().search(DRAFT & theirs & domain)

    @api.model
    def _drafts_about(self, lines, seller):
        """Return the draft invoices of a seller about the records of ``lines``.

        :param lines: lines of one kind and one handover
        """
        scope = lines.scope_id
        # another user field of a customer or an order does not say who sells
        if scope.owner_field_id.name != "user_id":
            return self.env["account.move"]
        records = scope._records(lines.mapped("res_id")).exists()
        about = scope._handler()._handover_drafts_domain(records)
        company = Domain("company_id", "child_of", lines.request_id.company_id.ids)
        return self._drafts(seller, about & company)

    @api.model
    def _drafts_open_to(self, drafts, user):
        """Return those of ``drafts`` that ``user`` could open as their seller."""
        if not user._handover_may_any(drafts):
            return drafts.browse()
        becomes = {"invoice_user_id": user}
        return drafts.browse(self._readable_as(drafts, user, becomes))

    # ------------------------------------------------------------
    # THEIR SELLER
    # ------------------------------------------------------------

    @api.model
    def _pass_drafts(self, scope, homes, taker, moved):
        """Give drafts to ``taker``, with the team of their record, and keep which.

        :param homes: the record of each draft, ``{invoice: record}``
        :param taker: who gets them; nobody where the record is in a team's pool
        :param moved: what went along, by record id; it is added there
        """
        if not homes:
            return
        drafts = self.env["account.move"].sudo().union(*homes)
        opened = self._drafts_open_to(drafts, taker) if taker else drafts
        for draft in drafts - opened:
            self._draft_stays(moved, homes[draft], draft, self._not_open_to(taker))
        former = {draft: draft.team_id.id for draft in opened}
        team = scope.team_field_id.name
        teams = {draft: homes[draft][team] if team else None for draft in opened}
        for draft in self._write_drafts(homes, taker, teams, moved):
            row = [draft.id, former[draft], draft.team_id.id]
            moved[homes[draft].id].setdefault("invoices", []).append(row)

    @api.model
    def _write_drafts(self, homes, taker, teams, moved):
        """Write the seller of drafts, but for those that refuse.

        :param homes: the record of each draft, ``{invoice: record}``
        :param teams: the team that each comes into; ``None``: the seller's own
        :return: those that did not refuse
        """
        went = self.env["account.move"].sudo()
        by_team = {}
        for draft, team in teams.items():
            by_team[team] = by_team.get(team, went) | draft
        for team, drafts in by_team.items():
            values = {"invoice_user_id": taker.id}
            if team is not None:
                values["team_id"] = team.id
            refused = self._sift(
                drafts, lambda some, values=values: self._write_draft(some, values)
            )
            for draft, error in refused.items():
                self._draft_stays(moved, homes[draft], draft, error)
            went |= drafts.filtered(lambda draft, refused=refused: draft not in refused)
        return went

    @api.model
    def _write_draft(self, drafts, values):
        # an invoice has no note of the handover: that its seller changed is told there
        drafts.with_context(tracking_disable=False).write(values)

    @api.model
    def _draft_stays(self, moved, record, draft, error):
        # who reads the line need not be one who may open invoices: it has no name
        user = draft.invoice_user_id.name
        text = self._say(
            lambda env: env._(
                "A draft invoice stays with %(user)s; give it to somebody who may have"
                " it.",
                user=user or env._("nobody"),
            )
        )
        self._stays(moved, record.id, draft, error, text, name="")
