from odoo import models
from odoo.fields import Domain

# what became of the handover, as far as a reader of the document must know
DECISIONS = (
    "submitted", "approved", "undone", "refused", "draft", "needs_review", "running",
    "retried", "transferred", "cancelled", "signed", "done", "returning", "returned",
)  # fmt: skip


class HandoverRequest(models.Model):
    """Who takes part in the handover: what they do, decided, get and sign."""

    _inherit = "handover.request"

    # ------------------------------------------------------------
    # PARTIES
    # ------------------------------------------------------------

    def _document_parties(self, lines, partial):
        """Return who takes part: role, name, and how to reach them."""
        request = self.sudo()
        givers, requester = request._givers(), request.requester_id
        coordinator, approver = request.coordinator_id, request.approver_id
        team = request.source_team_id or self._giving_teams()[:1]
        # where nobody is named, the team is
        parties = [
            self._document_party(
                self.env._("Predecessor"),
                giver,
                # each of several has a team of their own
                team if len(givers) < 2 else giver.sale_team_id,
            )
            for giver in givers or [givers]
        ]
        parties += self._document_takers(request, lines, partial)
        if requester not in givers:
            parties.append(self._document_party(self.env._("Requested by"), requester))
        if coordinator not in givers | requester:
            parties.append(self._document_party(self.env._("Coordinator"), coordinator))
        approved = (
            self.env._("Approved by")
            if request.date_approved
            else self.env._("Asked to approve")
        )
        parties.append(self._document_party(approved, approver))
        return [party for party in parties if party["name"]]

    def _document_takers(self, request, lines, partial):
        """Yield the successors, with the number of their records."""
        Line = self.env["handover.request.line"]
        counts = dict(Line._read_group(lines, ["successor_id"], ["__count"]))
        for user in request.successor_ids:
            count = counts.get(user, 0)
            detail = "" if partial and not count else self._document_count(count)
            team = request.target_team_id or user.sale_team_id
            yield self._document_party(self.env._("Successor"), user, team, detail)

    def _document_count(self, count):
        if count == 1:
            return self.env._("1 record")
        return self.env._("%s records", count)

    def _document_party(self, role, user, team=None, detail=""):
        """Return one party; where there is nobody, the team is."""
        team_name = team.name if team else ""
        if not user:
            return {"role": role, "name": team_name, "detail": detail}
        contact = [user.partner_id.function, user.email, team_name, detail]
        if not user.active:
            contact.append(self.env._("no longer works here"))
        detail = " · ".join(filter(None, contact))
        return {"role": role, "name": user.name, "detail": detail}

    # ------------------------------------------------------------
    # WHAT THEY DO, GET AND DECIDE
    # ------------------------------------------------------------

    def _document_steps(self):
        """Return the steps of the plan by day."""
        return [
            {
                "day": self._document_day(step.date_deadline),
                "name": step.summary or step.activity_type_id.name or "–",
                "who": step.user_id.sudo().name or "–",
                "state": self.env._("done on %s", self._document_day(step.date_done))
                if step.date_done
                else self.env._("open")
                if step.active
                else "–",
            }
            for step in self.step_ids.sorted("date_deadline")
        ]

    def _document_permissions(self, readers):
        """Return what successors get besides the records, and until when."""
        ids = self._readable_by_all(
            readers, "handover.grant", Domain("request_id", "=", self.id)
        )
        return [
            {
                "who": grant.user_id.sudo().name,
                "what": grant.thing,
                "until": self._document_time(grant.date_ended or grant.expires_at),
                "state": self._document_label("state", grant),
            }
            for grant in self.env["handover.grant"].browse(sorted(ids))
        ]

    def _document_decisions(self, events, partial):
        """Return what was decided and done, in order; the details count all records."""
        return [
            {
                "when": self._document_time(event.date),
                "what": event.what,
                "who": event.actor_id.sudo().name,
                "detail": "" if partial else self._document_short(event.summary),
            }
            for event in events
            if event.code in DECISIONS
        ]

    # ------------------------------------------------------------
    # SIGNATURES
    # ------------------------------------------------------------

    def _document_signatures(self, partial):
        """Return who signs, by hand or in Odoo: role, name, when and for whom."""
        request = self.sudo()
        givers = request._givers() or request.source_team_id.user_id
        takers = request.successor_ids
        if partial:
            takers &= self.env.user
        signed = {signoff.user_id: signoff for signoff in self.signoff_ids}
        people = [(self.env._("Predecessor"), giver) for giver in givers]
        people += [(self.env._("Successor"), user) for user in takers - givers]
        rows = []
        for role, user in people:
            signoff = signed.get(user)
            rows.append(
                {
                    "role": role,
                    "name": user.name,
                    "state": self._document_signed(signoff),
                    "comment": self._document_short(signoff.comment) if signoff else "",
                }
            )
        if request.approver_id and request.date_approved:
            approved = self._document_time(request.date_approved)
            rows.append(
                {
                    "role": self.env._("Approved by"),
                    "name": request.approver_id.name,
                    "state": self.env._("Approved in Odoo on %s", approved),
                    "comment": "",
                }
            )
        return rows

    def _document_signed(self, signoff):
        if not signoff:
            return self.env._("Not confirmed in Odoo yet")
        when = self._document_time(signoff.date)
        if signoff.signed_by_id == signoff.user_id:
            return self.env._("Confirmed in Odoo on %s", when)
        return self.env._(
            "Confirmed in Odoo on %(when)s, by %(user)s in their place",
            when=when,
            user=signoff.sudo().signed_by_id.name,
        )
