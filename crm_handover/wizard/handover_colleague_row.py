from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.handover_guard import door


class HandoverColleagueRow(models.TransientModel):
    """What a colleague has to do with a customer who is handed over.

    It goes along by a handover of its own: by whoever may hand over the colleague's
    work, or when the colleague agrees, who is asked by a to-do.
    """

    _name = "handover.colleague.row"
    _description = "Work of a Colleague"
    _inherit = ["handover.request.wizard"]
    _order = "user_id, res_model, name, id"

    user_id = fields.Many2one(
        "res.users", string="Colleague", readonly=True, help="Who has it."
    )
    successor_id = fields.Many2one(
        "res.users", readonly=True, help="Who gets the customer."
    )
    scope_id = fields.Many2one(
        "handover.scope", string="Kind", readonly=True, help="What kind of record."
    )
    res_model = fields.Char(readonly=True, help="The technical name of the model.")
    res_id = fields.Integer(string="Record ID", readonly=True, help="Which record.")
    name = fields.Char(readonly=True, help="The record.")
    asked = fields.Boolean(readonly=True, help="It goes along, or its owner is asked.")

    @api.model
    def _open(self, request):
        """Return the action that shows what the reader sees of it now."""
        found = request._colleague_records()
        if not found:
            raise UserError(
                self.env._("No colleague has open work with the same customers.")
            )
        self.search([("create_uid", "=", self.env.uid)]).unlink()
        rows = self.create(
            [
                {
                    "request_id": request.id,
                    "user_id": scope._owners(record.sudo())[:1].id,
                    "successor_id": takers[record.id].id,
                    "scope_id": scope.id,
                    "res_model": record._name,
                    "res_id": record.id,
                    "name": record.display_name,
                }
                for scope, records in found.items()
                for takers in (request._takers_of(scope, records),)
                for record in records
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_handover.handover_colleague_row_action"
        )
        return {**action, "domain": [("id", "in", rows.ids)]}

    @door
    def action_ask(self):
        """Have these records go along, or ask who has them.

        Of whom the caller may hand over the work: on a draft for each of them, which
        needs an approval as any other. All others get one to-do about theirs.

        :return: ``True``, or a window action with the drafts
        :raise AccessError: when the caller may not read a record
        :raise UserError: when nobody takes the customer over, or nobody can be asked
        """
        drafts = self.env["handover.request"]
        rows = self.filtered(lambda row: not row.asked)
        groups = rows.grouped(lambda row: (row.request_id, row.user_id.sudo()))
        for (request, owner), some in groups.items():
            draft = request.new(
                {"company_id": request.company_id.id, "predecessor_id": owner.id}
            )
            if draft._may_request():
                drafts |= some._take_along(request, owner)
            else:
                some._ask_owner(request, owner)
        rows.write({"asked": True})
        return drafts._open() if drafts else True

    def _take_along(self, request, owner):
        """Return drafts of what ``owner`` has, one for each successor."""
        drafts = self.env["handover.request"]
        for taker, rows in self.grouped("successor_id").items():
            self._check_taker(taker, owner)
            draft = drafts.create(
                {
                    "company_id": request.company_id.id,
                    "predecessor_id": owner.id,
                    "successor_id": taker.id,
                    "reason_id": request.reason_id.id,
                    "purpose": self.env._("Goes along with %s.", request.name),
                }
            )
            for model, some in rows.grouped("res_model").items():
                draft.add_records(model, some.mapped("res_id"))
            drafts |= draft
        return drafts

    def _check_taker(self, taker, owner):
        if not taker or taker == owner:
            raise UserError(
                self.env._("Choose first who takes over the customers on the list.")
            )

    def _ask_owner(self, request, owner):
        """Ask who has the records whether they go along, by one to-do."""
        rows = []
        for row in self:
            taker = row.successor_id.sudo()
            row._check_taker(taker, owner)
            name = row.res_model
            if not self.env["handover.scope"]._owner_fields(name):
                raise UserError(
                    self.env._("%s takes no to-dos: ask its owner yourself.", row.name)
                )
            record = self.env[name].browse(row.res_id)
            record.check_access("read")
            rows.append((record, taker))
        request._ask_about(owner, "along", rows)
