from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.crm_handover.day_texts import day_text
from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.models.handover_states import (
    AHEAD,
    HANDED_OVER,
    IN_PROGRESS,
    STATES,
)

# it is to hand over something for good
FOR_GOOD = Domain("kind", "=", "permanent") & Domain(
    "state", "in", (*AHEAD, "running", "needs_review")
)
# who manages whom hangs on these
MANAGING = frozenset(("parent_id", "user_id", "active", "company_id"))


class HrEmployee(models.Model):
    """What HR sees of an employee's handover: its state and its day, and no more."""

    _inherit = "hr.employee"

    handover_state = fields.Selection(
        STATES,
        compute="_compute_handover_state",
        compute_sudo=True,
        groups="hr.group_hr_user",
        string="Handover",
        help="Where the handover of their work stands, without what is on it.",
    )
    handover_date = fields.Date(
        compute="_compute_handover_state",
        compute_sudo=True,
        groups="hr.group_hr_user",
        string="Handover On",
        help="The day on which their work was handed over, or is planned to be.",
    )

    handover_former_manager_id = fields.Many2one(
        "hr.employee",
        string="Manager Who Left",
        groups=fields.NO_ACCESS,
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Who managed them until they were archived: above that one it goes on,"
        " until somebody says who manages them.",
    )

    @api.depends("user_id", "company_id")
    def _compute_handover_state(self):
        for employee in self:
            request = employee._handover_latest()
            employee.handover_state = request.state
            moment = request.date_finished or request.date_planned
            employee.handover_date = moment and request._day(moment)

    def _handover_latest(self):
        """Return the handover of their work that counts, or none, as superuser.

        The one that is to take it along for good; else one that is under way, or the
        latest that was not given up.
        """
        self.ensure_one()
        requests = self.env["handover.request"].sudo()
        # a form that is not saved names whomever somebody likes
        employee = self._origin
        if not employee.user_id:
            return requests
        found = requests.search(
            [
                ("predecessor_id", "=", employee.user_id.id),
                ("company_id", "=", employee.company_id.id),
                ("state", "not in", ("refused", "cancelled")),
            ],
            order="id desc",
        )
        under_way = found.filtered(lambda request: request.state in IN_PROGRESS)
        for_good = found.filtered_domain(FOR_GOOD).sorted(
            # of several the one that was made of everything
            lambda request: not request.collected_scope_ids
        )
        return for_good[:1] or under_way[:1] or found[:1]

    def _handover_told(self):
        """Return state and day of the handover in words, or an empty text."""
        self.ensure_one()
        if not self.handover_state:
            return ""
        states = dict(self._fields["handover_state"]._description_selection(self.env))
        state = states[self.handover_state]
        if not self.handover_date:
            return state
        day = day_text(self.env, self.handover_date)
        if self.handover_state in HANDED_OVER:
            return self.env._("%(state)s on %(day)s", state=state, day=day)
        return self.env._("%(state)s, planned for %(day)s", state=state, day=day)

    @door
    def action_view_handover(self):
        """Open the handover of their work, for whoever may read it.

        :return: a window action; to others a note with its state and day
        """
        single(self)
        request = self._handover_latest()
        mine = request.sudo(False)
        if request and mine.has_access("read"):
            return mine._open_form()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "%(handover)s. What is on it is shown to its participants and"
                    " their superiors.",
                    handover=self._handover_told() or self.env._("No handover"),
                ),
            },
        }

    # ------------------------------------------------------------
    # WHO MANAGES WHOM
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        employees = super().create(vals_list)
        self.env["handover.request"]._sync_managers_of(employees._handover_managed())
        return employees

    def write(self, vals):
        if not MANAGING & vals.keys():
            return super().write(vals)
        people = self._handover_managed()
        result = super().write(vals)
        if "parent_id" in vals:
            # whoever says who manages them, be it nobody, has said it
            former = self.sudo().filtered("handover_former_manager_id")
            former.write({"handover_former_manager_id": False})
        people |= self._handover_managed()
        self.env["handover.request"]._sync_managers_of(people)
        return result

    def action_archive(self):
        # core has nobody manage whom they managed: who is above them still leads those
        everybody = self.sudo().with_context(active_test=False)
        leaving = self.filtered("active")
        below = everybody.search([("parent_id", "in", leaving.ids)])
        heads = {employee: employee.parent_id for employee in below}
        result = super().action_archive()
        alone = below.filtered(lambda employee: not employee.parent_id)
        for head, some in alone.grouped(heads.get).items():
            some.write({"handover_former_manager_id": head.id})
        if alone:
            people = alone._handover_managed()
            self.env["handover.request"]._sync_managers_of(people)
        return result

    def _handover_heads(self):
        """Return who manages these employees, or did until they were archived."""
        return self.parent_id | self.filtered(
            lambda employee: not employee.parent_id
        ).handover_former_manager_id.filtered(lambda head: not head.active)

    def _handover_managed(self):
        """Return the users of these employees, and of all below them, as superuser."""
        everybody = self.sudo().with_context(active_test=False)
        found, heads = everybody.browse(), everybody.browse(self.ids)
        while heads:
            found |= everybody.search([("id", "child_of", heads.ids)])
            former = [("handover_former_manager_id", "in", found.ids)]
            heads = everybody.search(former) - found
        return found.user_id
