from odoo import api, fields, models

from odoo.addons.crm_handover.day_texts import day_text
from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.models.handover_named import needs


class HandoverRequestLineFacts(models.TransientModel):
    """What the database knows of a record, for its new owner, while no card is out.

    It says that the predecessor has told nothing, and lets the new owner ask.
    """

    _name = "handover.request.line.facts"
    _description = "Briefing Without a Card"
    _inherit = ["handover.typed"]
    _rec_name = "res_name"

    line_id = fields.Many2one(
        "handover.request.line",
        string="Record Handed Over",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="Which record of which handover it is about.",
    )
    scope_id = fields.Many2one(related="line_id.scope_id")
    res_name = fields.Char(related="line_id.res_name")
    request_id = fields.Many2one(related="line_id.request_id")
    facts = fields.Json(
        compute="_compute_facts",
        help="What the database knows of the record, as far as the reader may read it.",
    )
    untold = fields.Char(
        compute="_compute_untold",
        help="What the predecessor has not told, and whether they were asked.",
    )
    can_ask = fields.Boolean(
        compute="_compute_untold", help="The predecessor can be asked for it now."
    )

    @api.depends("line_id")
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    @needs("line_id")
    def _compute_facts(self):
        for record in self:
            record.facts = record.line_id._card_sections()

    @api.depends("line_id")
    @api.depends_context("uid", "lang", "tz")
    @needs("line_id")
    def _compute_untold(self):
        for record in self:
            line = record.line_id
            asked = line.sudo().card_ids.date_asked
            record.can_ask = not asked and not line._asking_refusal()
            # the first of them knows most about it
            giver = line.request_id._briefers(line)[:1].name or ""
            if asked:
                record.untold = self.env._(
                    "%(person)s was asked on %(date)s what only they know about this"
                    " record.",
                    person=giver,
                    date=day_text(self.env, asked),
                )
            elif record.can_ask:
                record.untold = self.env._(
                    "%s has told nothing about this record yet.", giver
                )
            else:
                record.untold = self.env._(
                    "%s has told nothing about this record, and cannot be asked any"
                    " more.",
                    giver,
                )

    @api.constrains("line_id")
    def _check_line(self):
        # a dialog must not tell the name of what its owner may not see; constraints
        # are checked as superuser
        self.sudo(False).line_id.check_access("read")

    @api.model
    def _open(self, line):
        """Return the window action that shows what is known of a line's record."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Briefing Card"),
            "res_model": self._name,
            "res_id": self.create({"line_id": line.id}).id,
            "views": [[False, "form"]],
        }

    @door
    def action_ask(self):
        """Ask the predecessor for what only they know; they get one to-do.

        :return: ``True``
        :raise UserError: when the predecessor cannot be asked
        """
        single(self)
        return self.line_id.action_ask_for_card()

    @door
    def action_open_record(self):
        """Open the record, with the caller's own rights.

        :return: a window action
        """
        single(self)
        return self.line_id.action_open_record()
