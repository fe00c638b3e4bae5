from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.models.handover_named import needs
from odoo.addons.crm_handover.models.handover_states import STATES

# it is asked for, or granted
TAKES_PLACE = ("confirm", "validate1", "validate")
PERIOD = ("employee_id", "request_date_from", "request_date_to")


class HrLeave(models.Model):
    """A leave of some days proposes who stands in; what comes of it is a handover."""

    _inherit = "hr.leave"

    handover_stand_in_id = fields.Many2one(
        "res.users",
        string="Who Stands In",
        copy=False,
        ondelete="set null",
        domain="[('share', '=', False), ('id', '!=', user_id),"
        " ('company_ids', 'in', employee_company_id)]",
        help="Who takes care of the employee's open work during the leave, once they"
        " have accepted it and a superior has approved it.",
    )
    handover_chosen_by_id = fields.Many2one(
        "res.users",
        string="Chosen By",
        groups=fields.NO_ACCESS,
        copy=False,
        readonly=True,
        ondelete="set null",
        help="Who said who stands in; the handover is made as they.",
    )
    handover_request_ids = fields.One2many(
        "handover.request",
        "leave_id",
        groups=fields.NO_ACCESS,
        help="The handover that covers the leave.",
    )
    handover_offered = fields.Boolean(
        compute="_compute_handover_offered",
        help="The reader can choose who stands in: the leave is long enough, and there"
        " is open work.",
    )
    handover_note = fields.Char(
        compute="_compute_handover_offered",
        string="Cover",
        help="Why nobody has to stand in.",
    )
    handover_state = fields.Selection(
        STATES,
        compute="_compute_handover_state",
        compute_sudo=True,
        string="Handover",
        help="Where the handover that covers the leave stands.",
    )

    @api.depends(*PERIOD, "number_of_days", "holiday_status_id", "state", "user_id")
    @api.depends_context("uid", "lang")
    @needs(*PERIOD)
    def _compute_handover_offered(self):
        for leave in self:
            fits = leave.state in TAKES_PLACE and leave._handover_fits()
            # who may not choose learns nothing of how much there is
            chooses = fits and leave._handover_may_choose()
            works = chooses and leave._handover_has_work()
            leave.handover_offered = works
            leave.handover_note = (
                chooses
                and not works
                and self.env._("There is no open work: nobody has to stand in.")
            )

    @api.depends(
        "handover_request_ids.state", "handover_part_of_id.handover_request_ids.state"
    )
    def _compute_handover_state(self):
        for leave in self:
            leave.handover_state = leave._handover_cover().state

    # ------------------------------------------------------------
    # WHETHER IT IS PROPOSED
    # ------------------------------------------------------------

    def _handover_fits(self):
        """Tell whether a leave is of the kind that proposes cover: of some days."""
        self.ensure_one()
        leave, parts = self.sudo(), self._handover_parts()
        days = leave.employee_id.company_id.handover_leave_days
        ends = [part.date_to for part in parts if part.date_to]
        return bool(
            days
            and leave.employee_id.user_id
            and not leave.request_unit_hours
            and sum(parts.mapped("number_of_days")) >= days
            and (not ends or max(ends) > fields.Datetime.now())
        )

    def _handover_has_work(self):
        """Tell whether the employee has records that somebody could look after."""
        return bool(self.sudo().employee_id._origin._handover_has_records())

    def _handover_may_choose(self):
        """Tell whether the caller may say who stands in.

        The employee, and whoever may hand over their work: others who plan leaves do
        not say what becomes of it.
        """
        self.ensure_one()
        owner = self.sudo().employee_id.user_id
        if self.env.user == owner:
            return True
        employee = self.sudo().employee_id._origin.sudo(False)
        return employee._handover_may_request(self.env.user)

    def _handover_chooser(self):
        """Return whoever said who stands in, if they may still say it, else nobody.

        For who the employee is now: somebody else may have become it since.
        """
        chooser = self.sudo().handover_chosen_by_id
        mine = self.with_user(chooser) if chooser.active else self.browse()
        return chooser if mine and mine._handover_may_choose() else chooser.browse()

    def _handover_cover(self):
        """Return the handover that covers the leave, or none, as superuser."""
        # a form that is not saved says of which leave it is a part
        return self._origin._handover_whole().handover_request_ids[:1]

    @door
    def action_view_handover(self):
        """Open the handover that covers the leave, as far as the caller may read it.

        :return: a window action
        :raise AccessError: when the caller has no part in it
        :raise UserError: when no handover covers it
        """
        single(self)
        cover = self._handover_cover().sudo(False)
        single(cover)
        cover.check_access("read")
        return cover._open()
