from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_guard import typed

CHOSEN = [
    ("talked", "knows the customer"),
    ("territory", "knows the territory"),
    ("language", "speaks the language"),
    ("tag", "has such customers"),
    ("load", "by load"),
    ("turn", "in turn"),
    ("team", "by load in the team"),
    ("hand", "by hand"),
]


class HandoverRequestLine(models.Model):
    """Why somebody gets a record: the rule of the split, as long as they get it."""

    _inherit = "handover.request.line"

    chosen_by = fields.Selection(
        CHOSEN,
        string="Why This Successor",
        copy=False,
        help="By which rule the split has given the record to its successor. Whoever"
        " names another one takes it away.",
    )
    # "user id,team id,rule": what an undo leads back to
    before_hand = fields.Char(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="Who had the record before it was given by hand, and by which rule:"
        " whoever gives it back brings the reason back.",
    )

    @typed
    def write(self, vals):
        known = {}
        if not {"successor_id", "pool_team_id"}.isdisjoint(vals):
            known = {
                line: line.successor_id
                for line, kept in zip(self, self.sudo(), strict=True)
                if line.chosen_by or kept.before_hand
            }
        result = super().write(vals)
        changed = [line.id for line in known if line.successor_id != known[line]]
        if changed:
            forgotten = {"chosen_by": False, "before_hand": False}
            self.browse(changed)._trusting().write(forgotten)
        return result

    def _given_by_hand(self, share):
        """Return why somebody has this record who gets it by hand, and what was before.

        :param tuple share: ids of who gets it and of which team's pool, or ``False``
        :return: ``(rule, before_hand)``: given back, it has its former rule
        """
        had = self.successor_id.id or 0, self.pool_team_id.id or 0
        before = self.sudo().before_hand or ",".join(
            [*map(str, had), self.chosen_by or ""]
        )
        *former, rule = before.split(",")
        if former == [str(id_ or 0) for id_ in share]:
            return rule, False
        return "hand", before

    def _check_gives_not(self, taker):
        """Raise when who would take this record is who hands it over."""
        if taker and taker.id == self.predecessor_id.id:
            raise UserError(
                self.env._(
                    "%(record)s: %(person)s hands it over and cannot take it over."
                    " Choose somebody else.",
                    record=self.res_name,
                    person=self.sudo().predecessor_id.name,
                )
            )

    @api.model
    def _give_by_hand(self, domain, taker):
        """Give lines to somebody else by hand, in one statement.

        As :meth:`_given_by_hand` says of each why.

        :param taker: a user, or nobody
        :return: how many lines there are
        """
        had = SQL(
            """COALESCE(before_hand, CONCAT(COALESCE(successor_id, 0), ',',
            COALESCE(pool_team_id, 0), ',', chosen_by))"""
        )
        back = SQL("STARTS_WITH(%s, %s)", had, f"{taker.id or 0},0,")
        rule = SQL(
            "CASE WHEN %s THEN NULLIF(SPLIT_PART(%s, ',', 3), '') ELSE 'hand' END",
            back,
            had,
        )
        return self._update(
            domain,
            SQL(
                """successor_id = %s, pool_team_id = NULL, chosen_by = %s,
                before_hand = CASE WHEN %s THEN NULL ELSE %s END""",
                taker.id or None,
                rule if taker else SQL("NULL"),
                back,
                had,
            ),
        )

    @api.model
    def _hand_to(self, domain, successor_id, pool_team_id):
        others = Domain("successor_id", "!=", successor_id)
        kept = Domain("chosen_by", "!=", False) | Domain("before_hand", "!=", False)
        self._update(
            domain & others & kept, SQL("chosen_by = NULL, before_hand = NULL")
        )
        return super()._hand_to(domain, successor_id, pool_team_id)

    # ------------------------------------------------------------
    # REPORTS
    # ------------------------------------------------------------

    @api.model
    def _chosen_texts(self):
        """Return what the rules are called, in the reader's language."""
        return dict(self._fields["chosen_by"]._description_selection(self.env))

    @api.model
    def _report_columns(self):
        title = self.env._("Why This Successor")
        return super()._report_columns() | {"chosen_by": title}

    def _report_row(self):
        text = self._chosen_texts().get(self.chosen_by, "")
        return super()._report_row() | {"chosen_by": text}
