from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.models.handover_named import needs


class HandoverRadarRow(models.TransientModel):
    """What the radar found for the reader when they opened it."""

    _name = "handover.radar.row"
    _description = "Found by the Radar"
    _inherit = ["handover.typed"]
    _order = "user_id, handover desc, count desc, id"

    user_id = fields.Many2one(
        "res.users",
        string="Person",
        readonly=True,
        help="Who left, is leaving or never logged in.",
    )
    situation = fields.Selection(
        [
            ("left", "Left"),
            ("leaving", "Is leaving"),
            ("absent", "Never logged in"),
            ("shared", "No employee any more"),
        ],
        readonly=True,
        help="Archived already, a handover or departure is under way, invited and never"
        " there, or a user of the portal by now.",
    )
    model = fields.Char(readonly=True, help="The technical name of the model.")
    field = fields.Char(readonly=True, help="The technical name of the field.")
    record_ids = fields.Json(
        readonly=True, help="The records, where their field cannot be searched."
    )
    what = fields.Char(compute="_compute_what", help="What people call these records.")
    named_as = fields.Char(
        compute="_compute_what", help="As what the records name the person."
    )
    count = fields.Integer(readonly=True, help="How many that you may read.")
    estimated = fields.Boolean(
        readonly=True,
        help="The number was worked out from a part of a large table.",
    )
    value = fields.Monetary(
        readonly=True,
        help="What the open ones are worth that you may read, in your company's"
        " currency.",
    )
    currency_id = fields.Many2one(
        "res.currency", readonly=True, help="The currency of your company."
    )
    since = fields.Date(
        readonly=True,
        help="When the person was archived, invited, leaves as an employee, or their"
        " handover was made.",
    )
    handover = fields.Boolean(
        string="Can Be Handed Over",
        readonly=True,
        help="A handover moves them. Others are changed by who may.",
    )
    who_changes = fields.Char(
        compute="_compute_what",
        string="Changed By",
        help="Which groups may change what no handover moves.",
    )

    @api.depends("model", "field", "handover")
    @api.depends_context("lang")
    @needs("model", "field")
    def _compute_what(self):
        models_ = self.env["ir.model"]
        Access = self.env["ir.model.access"].sudo()
        for model, rows in self.grouped("model").items():
            # asked once, however many people have such records
            Model, what = self.env.get(model), models_._get(model).sudo().name or model
            groups = ", ".join(Access.group_names_with_access(model, "write"))
            for row in rows:
                field = Model._fields.get(row.field) if Model is not None else None
                row.what = what
                row.named_as = (
                    field and field._description_string(self.env) or row.field
                )
                row.who_changes = not row.handover and groups

    @api.model
    def _open(self, radar):
        """Return the action that shows what ``radar`` finds for the reader now."""
        people = radar._who_left()
        absent = radar._never_came()
        since, owners = radar._since(people), radar._owner_fields()
        worth, currency = radar._worth(people), self.env.company.currency_id

        def situation(user):
            if not user.active:
                return "left"
            if user.share:
                return "shared"
            return "absent" if user in absent else "leaving"

        self.search([("create_uid", "=", self.env.uid)]).unlink()
        rows = self.create(
            [
                {
                    "user_id": row.user.id,
                    "situation": situation(row.user),
                    "model": row.model,
                    "field": row.field,
                    "record_ids": list(row.ids) or False,
                    "count": row.count,
                    "estimated": row.estimated,
                    "value": worth.get((row.user.id, row.model, row.field), 0),
                    "currency_id": currency.id,
                    "since": since.get(row.user, False),
                    "handover": (row.model, row.field) in owners,
                }
                for row in radar._rows(people)
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_handover_radar.handover_radar_row_action"
        )
        return {**action, "domain": [("id", "in", rows.ids)]}

    @door
    def action_open_records(self):
        """Open the records, as far as the reader may read them.

        :return: a window action
        """
        single(self)
        Model = self.env.get(self.model)
        if Model is None or self.field not in Model._fields:
            raise UserError(self.env._("%s is not there any more.", self.what))
        if self.record_ids:
            domain = [("id", "in", self.record_ids)]
        else:
            # the contact is named, whoever may read it
            person = self.user_id.sudo()
            radar, field = self.env["handover.radar"], Model._fields[self.field]
            domain = radar._naming_domain(field, person) & radar._part_domain(field)
            domain = list(domain)
        return {
            "type": "ir.actions.act_window",
            "name": self.what,
            "res_model": self.model,
            "domain": domain,
            "views": [[False, "list"], [False, "form"]],
            "context": {"create": False},
        }

    @door
    def action_hand_over(self):
        """Open the dialog that prepares the handover of all that the person has.

        :return: a window action
        """
        single(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_handover.handover_request_prepare_action"
        )
        context = {
            "dialog_size": "extra-large",
            "default_predecessor_id": self.user_id.id,
        }
        return {**action, "context": context}

    @door
    def action_mute(self):
        """Look at these fields no more, for anybody.

        :return: ``True``
        :raise AccessError: when the caller is no administrator
        :raise UserError: when a field was removed since
        """
        muted = self.env["handover.radar.muted"]
        if not muted.has_access("create"):
            raise AccessError(
                self.env._("Only administrators choose what the radar leaves out.")
            )
        fields_ = self.env["ir.model.fields"]
        chosen = fields_.union(*(fields_._get(row.model, row.field) for row in self))
        if not all(fields_._get(row.model, row.field) for row in self):
            raise UserError(self.env._("One of these fields is not there any more."))
        chosen -= muted.search([("field_id", "in", chosen.ids)]).field_id
        muted.create([{"field_id": field.id} for field in chosen])
        return True
