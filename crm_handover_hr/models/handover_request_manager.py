from odoo import api, fields, models


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
        """Return who manages the predecessor and is a superior by it, as superuser."""
        giver, company = self.predecessor_id.sudo(), self.company_id.sudo()
        if not giver or not company.handover_managers:
            return giver.browse()
        return giver._handover_managers(company)

    def _concerned_values(self):
        managers = self._managers()
        values = {"manager_ids": [fields.Command.set(managers.ids)]}
        return super()._concerned_values() | values

    def _sync_managers(self):
        """Have the managers of today read these handovers, and no others."""
        for request in self:
            managers = request._managers()
            if managers != request.manager_ids:
                ids = managers.ids
                request._trusting().write({"manager_ids": [fields.Command.set(ids)]})

    @api.model
    def _sync_managers_of(self, people):
        """Have it follow that somebody else manages ``people``, or they moved."""
        theirs = [("predecessor_id", "in", people.ids)]
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
        self.ensure_one()
        managers = super()._handover_managers(company)
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        mine = employees.search(
            [("user_id", "=", self.id), ("company_id", "=", company.id)]
        )
        # of whoever comes back there may be an older one
        step, seen = mine.filtered("active") or mine, employees.browse()
        while step := step.parent_id - seen:
            seen |= step
            managers |= step.filtered("active").user_id.filtered(
                lambda user: user.active and company in user.company_ids
            )
        return managers - self
