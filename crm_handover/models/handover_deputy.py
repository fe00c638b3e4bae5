from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .handover_guard import typed

APPROVER = "crm_handover.group_handover_approver"


class HandoverDeputy(models.Model):
    """Who is asked as well while somebody who decides on handovers is away.

    No right is lent: a deputy decides with rights of their own, and on nothing that
    they have a part in. What changes is who is asked, and what the history says.
    """

    _name = "handover.deputy"
    _description = "Deputy"
    _inherit = ["handover.typed"]
    _order = "date_from desc, id desc"
    _rec_name = "deputy_id"

    user_id = fields.Many2one(
        "res.users",
        string="Who Is Away",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="cascade",
        domain="[('share', '=', False)]",
        help="Who decides on handovers, and is away.",
    )
    deputy_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        help="Who is asked as well: an approver of handovers, who decides with their"
        " own rights.",
    )
    date_from = fields.Date(
        string="First Day",
        required=True,
        default=fields.Date.context_today,
        help="The first day on which the deputy is asked.",
    )
    date_to = fields.Date(
        string="Last Day",
        required=True,
        help="The last day on which the deputy is asked.",
    )

    @api.model_create_multi
    @typed
    def create(self, vals_list):
        deputies = super().create(vals_list)
        deputies._ask_about_waiting()
        return deputies

    @typed
    def write(self, vals):
        former = self._asked_by_this()
        result = super().write(vals)
        self._ask_about_waiting()
        # who is back decides alone
        self.env["handover.request"]._dismiss(former)
        return result

    def unlink(self):
        former = self._asked_by_this()
        result = super().unlink()
        self.env["handover.request"]._dismiss(former)
        return result

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for row in self:
            if row.date_to < row.date_from:
                raise ValidationError(
                    self.env._("The last day is not before the first one.")
                )

    @api.constrains("user_id", "deputy_id")
    def _check_people(self):
        self.env["res.groups"]._handover_decide()
        for row in self:
            user, deputy = row.user_id.sudo(), row.deputy_id.sudo()
            if user == deputy:
                raise ValidationError(self.env._("Nobody is their own deputy."))
            if not (deputy.active and deputy._handover_has_group(APPROVER)):
                # without the name, which the caller may not know
                raise ValidationError(
                    self.env._("Choose an approver of handovers as deputy.")
                )
            if not user.company_ids & deputy.company_ids:
                raise ValidationError(
                    self.env._("Choose a deputy who works in the same company.")
                )

    @api.model
    def _deputies_of(self, users):
        """Return who is asked for ``users`` today, and for their deputies.

        The day is that of who is away. Read from the table, as all who decides is.

        :return: users, as superuser, without ``users``
        """
        found = asked = users.sudo()
        while asked:
            rows = self.sudo().search(Domain("user_id", "in", asked.ids))
            now = rows.filtered(lambda row: row._is_now()).deputy_id
            asked = now.filtered("active") - found
            found |= asked
        return found - users

    @api.model
    def _handover_seats(self):
        """Return as what somebody is asked still: ``{field: domain of the rows}``."""
        # wherever they live, it is not over there yet
        yesterday = fields.Date.subtract(fields.Date.today(), days=1)
        lasting = Domain("date_to", ">=", yesterday)
        return {"user_id": lasting, "deputy_id": lasting}

    def _asked_by_this(self):
        """Return who may be asked because of these rows: deputies, and theirs."""
        return self.deputy_id | self._deputies_of(self.deputy_id)

    def _is_now(self):
        """Tell whether today, where who is away lives, is one of these days."""
        today = fields.Date.context_today(self.with_context(tz=self.user_id.tz))
        return self.date_from <= today <= self.date_to

    def _ask_about_waiting(self):
        """Ask these deputies at once about what waits for who is away already."""
        users = self.filtered(lambda row: row._is_now()).user_id
        self.env["handover.request"]._ask_deputies_of(users)
