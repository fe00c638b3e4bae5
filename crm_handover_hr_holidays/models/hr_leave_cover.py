from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.models.handover_states import HANDED_OVER
from odoo.addons.crm_handover.models.handover_transaction import undoing
from odoo.addons.crm_handover.models.handover_values import check_values

from .hr_leave import TAKES_PLACE
from .hr_leave_split import SPLIT, STAND_IN

FOLLOWED = frozenset(
    (
        *(STAND_IN, "state", "employee_id", "holiday_status_id"),
        *("request_date_from", "request_date_to", "date_from", "date_to"),
        *("request_date_from_period", "request_date_to_period"),
    )
)
# it has come to an end: somebody who is chosen anew gets another one
OVER = ("cancelled", "refused", "returned")
ABSENCE = "crm_handover.reason_absence"


class HrLeave(models.Model):
    """The handover follows the leave: made, submitted, changed and given up with it."""

    _inherit = "hr.leave"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_stand_in_value(vals)
        splitting = self.env.context.get("handover_split")
        # what needs no approval is granted at once, before anybody noted who chose
        quiet = self.with_context(handover_split=SPLIT)
        leaves = super(HrLeave, quiet).create(vals_list)
        leaves = leaves.with_context(handover_split=splitting)
        chosen = leaves.filtered(STAND_IN)
        chosen._check_stand_in()
        chosen._handover_note_chooser()
        chosen._handover_follow(chosen=True)
        return leaves

    def write(self, vals):
        if not FOLLOWED & vals.keys() or self._handover_is_splitting():
            return super().write(vals)
        chosen = STAND_IN in vals
        self._check_stand_in_value(vals)
        rest, granted = self.sudo().browse(), self.browse()
        if vals.get("state") == "validate":
            # what is granted already is not granted again
            granted = self.filtered(lambda leave: leave.state != "validate")
        if "employee_id" in vals:
            leaving = self.filtered(
                lambda one: one.employee_id.id != vals["employee_id"]
            )
            rest |= leaving._handover_part_ways()
            vals = vals if chosen else self._without_stand_in(vals)
        result = super().write(vals)
        if chosen:
            self._check_stand_in()
            self._handover_note_chooser()
            rest |= self._handover_chosen()
        granted._handover_follow(chosen, granted=True)
        (self - granted)._handover_follow(chosen)
        rest.with_env(self.env)._handover_follow()
        return result

    def unlink(self):
        rest = self._handover_part_ways()
        covers = self.sudo().handover_request_ids
        result = super().unlink()
        for cover in covers.with_env(self.env).sudo():
            try:
                with undoing(self.env.cr):
                    cover._end_with_leave()
            except (AccessError, UserError) as error:
                cover._tell_failure(error)
        rest.with_env(self.env)._handover_follow()
        return result

    def _without_stand_in(self, vals):
        """Return ``vals`` so that nobody has chosen for somebody else's leave."""
        if all(leave.employee_id.id == vals["employee_id"] for leave in self):
            return vals
        return {**vals, STAND_IN: False}

    def _handover_note_chooser(self):
        """Keep that the caller said who stands in: what follows is done as they."""
        self.sudo().handover_chosen_by_id = self.env.uid

    def _check_stand_in_value(self, vals):
        """Raise unless what is sent as the stand-in can be one."""
        check_values(self, {key: vals[key] for key in vals.keys() & {STAND_IN}})

    def _check_stand_in(self):
        """Raise unless the caller may say who stands in, and that one can.

        :raise AccessError: when somebody else has to say it
        :raise UserError: when it is nobody who can take over
        """
        self.env["res.groups"]._handover_decide()
        for leave in self:
            if not leave._handover_may_choose():
                raise AccessError(
                    self.env._(
                        "Who stands in is chosen by the employee, or by who may hand"
                        " over their work."
                    )
                )
            user, employee = leave[STAND_IN].sudo(), leave.sudo().employee_id
            if user and (
                not user.active
                or user.share
                or user == employee.user_id
                or employee.company_id not in user.company_ids
            ):
                # without the name, which the caller may not know
                raise UserError(
                    self.env._(
                        "Who stands in: choose another active employee's user of the"
                        " same company."
                    )
                )

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _handover_follow(self, chosen=False, granted=False, former=None):
        """Have the handovers of these leaves be as the leaves are now.

        A leave is never held up by its handover: what does not go on by itself is told
        to whoever chose the stand-in. Who chooses one is told at once.

        :param chosen: the caller has said now who stands in
        :param granted: the leaves were approved now
        :param former: the handover that covered them until now, as superuser
        """
        wholes = self._handover_whole()
        wholes.filtered(
            lambda leave: leave.state not in TAKES_PLACE
        )._handover_pass_on()
        leaves = wholes._handover_whole().filtered(
            lambda leave: leave[STAND_IN] or leave.handover_request_ids
        )
        # what Odoo does not let a leave become is refused by itself
        leaves.flush_recordset()
        for leave in leaves:
            if chosen:
                leave._handover_cover_now(chosen, granted)
                continue
            try:
                with undoing(self.env.cr):
                    leave._handover_cover_now(chosen, granted)
            except (AccessError, UserError) as error:
                cover = leave._handover_cover() or former
                if cover and leave.state == "validate":
                    cover._ask_to_submit(error)
                elif cover:
                    cover._tell_failure(error)

    def _handover_cover_now(self, chosen, granted):
        cover, people = self._handover_cover(), None
        if chosen and cover.state in OVER:
            cover._trusting().leave_id = False
            cover = cover.browse()
        if not self._handover_wanted():
            cover._end_with_leave()
            return
        if cover:
            values = self._handover_dates()
            if chosen:
                values["successor_id"] = self[STAND_IN].id
            people = cover._follow_leave(values)
            granted |= people is not None
            if granted and cover.state == "approved":
                cover._wake_crons(cover.date_planned)
        elif chosen or granted:
            cover = self._handover_make()
        if cover.state == "draft" and (granted or chosen) and self.state == "validate":
            self._handover_submit(cover)
        if people:
            cover._tell_taken_back(people)

    def _handover_wanted(self):
        """Tell whether somebody is to stand in during the leave."""
        if not (self[STAND_IN] and self.state in TAKES_PLACE):
            return False
        # what has begun ends with the leave, however short that has become
        begun = self._handover_cover().state in ("running", *HANDED_OVER)
        ahead = self._handover_dates()["date_return"] > fields.Datetime.now()
        return (begun and ahead) or self._handover_fits()

    def _handover_make(self):
        """Make the draft of what the employee has, as whoever chose the stand-in."""
        user = self.employee_id.user_id
        chooser = self._handover_chooser()
        company = self.employee_id.company_id
        requests = self.env["handover.request"].with_user(chooser or user)
        requests = requests.with_context(allowed_company_ids=company.ids)
        if not self.employee_id._handover_has_records():
            return requests.sudo().browse()
        if not chooser:
            self._handover_tell_unchosen()
            return requests.sudo().browse()
        reason = self.env.ref(ABSENCE, raise_if_not_found=False)
        values = {
            "predecessor_id": user.id,
            "company_id": company.id,
            "kind": "temporary",
            "reason_id": reason.id if reason else False,
            "successor_id": self[STAND_IN].id,
            **self._handover_dates(),
        }
        # as the dialog would: by the length
        request = requests.create({**requests._proposed_values(values), **values})
        # it is submitted in the same breath
        request._collect_now(request._collected_scopes(False))
        request._trusting().write({"leave_id": self.id})
        return request.with_env(self.env).sudo()

    def _handover_tell_unchosen(self):
        """Tell that nobody stands in: who said it may not say it any more."""
        user = self.employee_id.user_id
        leave = self.with_context(lang=user.lang)
        leave.message_notify(
            partner_ids=(user | self.handover_chosen_by_id).partner_id.ids,
            subject=leave.env._("Nobody stands in"),
            body=leave.env._(
                "Whoever chose who stands in during this leave may not hand over the"
                " work any more. Choose who stands in once more."
            ),
        )

    def _handover_dates(self):
        """Return what the handover has from the leave, whatever becomes of it: when."""
        parts = self._handover_parts()
        return {
            "date_planned": min(parts.mapped("date_from")),
            "date_return": max(parts.mapped("date_to")),
        }

    def _handover_submit(self, cover):
        """Have it decided on; what keeps it from that is told to who chose it."""
        try:
            with undoing(self.env.cr):
                mine = cover._as_requester()
                # who chose it reads why not
                mine.with_context(lang=mine.env.user.lang).action_submit()
        except (AccessError, UserError) as error:
            cover._ask_to_submit(error)
