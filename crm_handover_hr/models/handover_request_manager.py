from odoo import api, fields, models
from odoo.tools import SQL


class HandoverRequest(models.Model):
    """An employee's manager is a superior, where the company says so.

    Whoever manages that one as well, up to the top. They come after the leaders of the
    sales teams, who know the work.
    """

    _inherit = "handover.request"

    manager_ids = fields.Many2many(
        "res.users",
        "handover_request_manager_rel",
        string="Managers Concerned",
        copy=False,
        readonly=True,
        context={"active_test": False},
        help="Who manages the predecessor, where managers are superiors; they decide"
        " besides the leaders of the teams.",
    )

    def _leaders(self):
        return super()._leaders() | self._managers()

    @api.model
    def _led_by(self, user, people):
        company = self.new({}).company_id.sudo()
        managed = people.browse()
        if company.handover_managers:
            managed = people.filtered(
                lambda person: user in person.sudo()._handover_managers(company)
            )
        return super()._led_by(user, people) | managed

    def _managers(self):
        """Return who manages the predecessor and is a superior by it, as superuser.

        Of several people, who manages each of them.
        """
        givers, company = self._givers(), self.company_id.sudo()
        if not givers or not company.handover_managers:
            return givers.browse()
        first, *others = givers
        managers = first._handover_managers(company)
        for giver in others:
            managers &= giver._handover_managers(company)
        return managers

    def _keep_leading(self, user):
        result = super()._keep_leading(user)
        givers, company = self._givers(), self.company_id.sudo()
        if company.handover_managers:
            for giver in givers:
                chain = giver._handover_chain(company)
                self._keep_rows("hr_employee", SQL("id = ANY(%s)", sorted(chain.ids)))
        return result

    def _concerned_values(self):
        managers = self._managers()
        values = {"manager_ids": [fields.Command.set(managers.ids)]}
        return super()._concerned_values() | values

    def _sync_managers(self):
        """Have the managers of today read these handovers, and no others."""
        for some in self.grouped(
            lambda request: (request._givers(), request.company_id)
        ).values():
            # whoever it is about, they are the same on all of somebody's handovers
            managers = some[:1]._managers()
            other = some.filtered(lambda one, now=managers: one.manager_ids != now)
            if other:
                ids = managers.ids
                other._trusting().write({"manager_ids": [fields.Command.set(ids)]})

    @api.model
    def _sync_managers_of(self, people):
        """Have it follow that somebody else manages ``people``, or they moved."""
        theirs = ["|", ("predecessor_id", "in", people.ids)]
        theirs.append(("predecessor_ids", "in", people.ids))
        # elsewhere nobody reads anything by it
        theirs.append(("company_id.handover_managers", "=", True))
        self.sudo().search(theirs)._sync_managers()

    @api.model
    def _superior_paths(self):
        return (*super()._superior_paths(), "manager_ids")


class ResUsers(models.Model):
    _inherit = "res.users"

    def _handover_managers(self, company):
        """Return who manages a user in ``company``, the nearest first, as superuser.

        Whoever left is passed over, and so is who does not work in the company: above
        them it goes on.
        """
        managers = super()._handover_managers(company)
        for step in self._handover_chain(company):
            if step.active and step.user_id.active:
                managers |= step.user_id.filtered(
                    lambda user: company in user.company_ids
                )
        return managers - self

    def _handover_chain(self, company):
        """Return a user's employees in ``company`` and who manages them, as superuser.

        The nearest first, and whoever left as well.
        """
        self.ensure_one()
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        mine = employees.search(
            [("user_id", "=", self.id), ("company_id", "=", company.id)]
        )
        # of whoever comes back there may be an older one
        step = mine.filtered("active") or mine
        chain, seen = step, employees.browse()
        while step := step._handover_heads() - seen:
            seen |= step
            chain |= step
        return chain
