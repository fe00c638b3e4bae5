from functools import reduce
from operator import and_

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.crm_handover.word_texts import besides, labelled, listed

ROLES = [
    ("leader", "Leader of the predecessor's team"),
    ("team_leader", "Leader of the team"),
    ("pool", "Pool of the team"),
    ("project_manager", "Manager of the project"),
    ("employee_manager", "Manager of the employee"),
    ("user", "This person"),
]
NEEDS_TEAM = ("team_leader", "pool")
# found record by record, or no person: such ones take over, and do nothing else
TAKERS_ONLY = ("pool", "project_manager")


class HandoverTemplateRole(models.Model):
    """One row of a template: what somebody does, and the role by which they are found.

    Nobody is named but by :attr:`user_id`; who it is by now is looked up as superuser,
    since who uses a template need not see teams, projects and employees.
    """

    _name = "handover.template.role"
    _description = "Role in a Handover Template"
    _inherit = ["handover.typed"]
    _order = "template_id, sequence, id"

    template_id = fields.Many2one(
        "handover.template",
        required=True,
        index=True,
        ondelete="cascade",
        help="The template that the row belongs to.",
    )
    company_id = fields.Many2one(related="template_id.company_id", store=True)
    sequence = fields.Integer(
        default=10, help="Its place: the first row that finds somebody counts."
    )
    part = fields.Selection(
        [
            ("successor", "Successor"),
            ("coordinator", "Coordinator"),
            ("approver", "Approver"),
        ],
        string="Does What",
        default="successor",
        required=True,
        help="What whoever is found does: takes over, coordinates or approves.",
    )
    scope_ids = fields.Many2many(
        "handover.scope",
        string="Kinds of Record",
        # without the archived ones it would be for all
        context={"active_test": False},
        help="What they take over. Empty: what no other row says.",
    )
    role = fields.Selection(
        ROLES,
        default="leader",
        required=True,
        help="Their role: who has it is looked up each time the template is used.",
    )
    team_id = fields.Many2one(
        "crm.team",
        ondelete="restrict",
        help="The team whose leader or pool is meant.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        help="Who is meant, by name: of all roles the one that ends when they leave.",
    )

    @api.depends("role", "team_id", "user_id", "scope_ids")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["role"]._description_selection(self.env))
        for row in self:
            thing = row._thing().sudo().name
            label = labels.get(row.role, "")
            told = besides(row.env, label, thing) if thing else label
            kinds = listed(row.env, row.scope_ids.mapped("name"))
            row.display_name = labelled(row.env, kinds, told) if kinds else told

    @api.constrains("part", "role", "team_id", "user_id", "scope_ids")
    def _check_role(self):
        self.template_id._check_teams()
        for row in self:
            named = {"role": row.display_name, "template": row.template_id.name}
            if row.role in NEEDS_TEAM and not row.team_id:
                raise ValidationError(
                    self.env._("%(template)s, %(role)s: choose the team.", **named)
                )
            if row.role == "user" and not row.user_id:
                raise ValidationError(
                    self.env._("%(template)s, %(role)s: choose the person.", **named)
                )
            if row.part != "successor" and (row.role in TAKERS_ONLY or row.scope_ids):
                raise ValidationError(
                    self.env._(
                        "%(template)s, %(role)s: only who takes over is found like"
                        " this, or for some kinds of record.",
                        **named,
                    )
                )

    # ------------------------------------------------------------
    # WHO IT IS BY NOW
    # ------------------------------------------------------------

    def _thing(self):
        """Return the team or person that the row names, if its role asks for one."""
        if self.role in NEEDS_TEAM:
            return self.team_id
        return self.user_id if self.role == "user" else self.team_id.browse()

    def _is_of_each_record(self):
        """Tell whether each record may have somebody else for this role."""
        return self.role == "project_manager"

    def _candidates(self, request, giver):
        """Return who has this role for a handover, as superuser; extended by super().

        Whoever comes first is taken, if they can be. Roles of each record are asked
        of :meth:`_managers`.

        :param giver: the user who hands over, none for all of a team
        """
        users = self.env["res.users"].sudo()
        if self.role == "leader":
            teams = request._giving_teams()
            return users.browse((teams.filtered("active") or teams).user_id.ids)
        if self.role in NEEDS_TEAM:
            team = self.sudo().team_id.filtered("active")
            return users.browse(team.user_id.ids)
        if self.role == "employee_manager":
            company = request.company_id.sudo()
            givers = giver or request._givers() or request._line_givers()
            givers = users.browse(givers.ids)
            managers = [one._handover_managers(company) for one in givers]
            # of several people whoever manages all of them
            return reduce(and_, managers) if managers else users
        return users.browse(self.sudo().user_id.ids)

    def _find(self, request, giver):
        """Return who has this role: ``(user, team, problem)``, as superuser.

        :param request: a draft, may be one that is not saved
        :param giver: the user who hands over, may be none
        :return: a user, or the team whose pool it is, or why it is nobody
        """
        self.ensure_one()
        team = self.env["crm.team"].sudo()
        candidates = self._candidates(request, giver)
        if self.role == "pool":
            pool = self.sudo().team_id
            fits = (pool.company_id or request.company_id) == request.company_id
            if pool.active and fits and (pool.member_ids | pool.user_id):
                return candidates.browse(), pool, ""
            problem = self.env._("nobody could take records out of its pool")
            return candidates.browse(), team, problem
        problems = [self._unfit(request, giver, user) for user in candidates]
        for user, problem in zip(candidates, problems, strict=True):
            if not problem:
                return user, team, ""
        problem = problems[0] if problems else self.env._("there is nobody")
        return candidates.browse(), team, problem

    def _unfit(self, request, giver, user):
        """Return why ``user`` cannot have this part in a handover, or an empty text."""
        user, company = user.sudo(), request.company_id.sudo()
        facts = {"user": user.name, "company": company.name}
        if not user.active or user.share:
            return self.env._("%(user)s has left", **facts)
        if company not in user.company_ids:
            return self.env._("%(user)s does not work in %(company)s", **facts)
        # of several people each takes over from the others, and does nothing else
        givers = giver if self.part == "successor" else giver or request._givers()
        if user.id in givers.ids:
            return self.env._("it is %(user)s, who hands over", **facts)
        if not user._handover_has_group("crm_handover.group_handover_user"):
            return self.env._("%(user)s has no access to handovers", **facts)
        if self.part == "approver" and request._decision_problem(user):
            return self.env._("%(user)s may not decide on it", **facts)
        return ""

    # ------------------------------------------------------------
    # OF EACH RECORD
    # ------------------------------------------------------------

    @api.model
    def _managers(self, records, company):
        """Return who manages the project of each record: ``{id: user}``, as superuser.

        A deal has the projects of its orders. Of what has no project, whoever manages
        all open projects of its customer.

        :param company: the one whose projects count, and those of no company
        """
        users = self.env["res.users"].sudo()
        records = records.sudo().with_context(active_test=False)
        known = records._fields
        if records._name == "project.project":
            return {}
        found, rest = {}, records
        project = known.get("project_id")
        if project and project.comodel_name == "project.project":
            of_projects = records.filtered("project_id")
            found = {
                record.id: users.browse(record.project_id.user_id.ids)
                for record in of_projects
                if record.project_id.user_id
            }
            rest -= of_projects
        sold = dict(self._managers_of_orders(rest))
        for record, managers in sold.items():
            # of several nobody is guessed
            if len(managers) == 1:
                found[record.id] = users.browse(managers.ids)
        rest -= rest.browse(record.id for record in sold)
        return found | self._managers_of_customers(rest, company)

    @api.model
    def _managers_of_orders(self, records):
        """Yield who manages the projects of each record's orders, where there are any.

        :return: pairs of a record and users
        """
        orders = records._fields.get("order_ids")
        if not orders or orders.comodel_name != "sale.order":
            return
        for record in records:
            living = record.order_ids.filtered(lambda order: order.state != "cancel")
            if managers := self._projects_sold(living).user_id:
                yield record, managers

    @api.model
    def _projects_sold(self, orders):
        """Return the projects of orders, as superuser: an app of Odoo's knows them."""
        if "project_ids" not in orders._fields:
            return self.env["project.project"].sudo()
        return orders.project_ids

    @api.model
    def _managers_of_customers(self, records, company):
        """Return the same by customers: of those with one manager alone."""
        partner = records._fields.get("partner_id")
        if records._name == "res.partner":
            customers = {record.id: record for record in records}
        elif partner and partner.comodel_name == "res.partner":
            customers = {record.id: record.partner_id for record in records}
        else:
            return {}
        scope = self.env["handover.scope"]._of_model("project.project")
        partners = self.env["res.partner"].sudo().union(*customers.values())
        if not scope or not partners:
            return {}
        whole = partners.commercial_partner_id
        projects = scope._records().search(
            scope._open_domain()
            & scope._company_domain(company)
            & fields.Domain("partner_id", "child_of", whole.ids)
            & fields.Domain("user_id", "!=", False)
        )
        people = {}
        for project in projects:
            whose = project.partner_id.commercial_partner_id
            people[whose] = people.get(whose, project.user_id) | project.user_id
        found = {}
        for id_, customer in customers.items():
            user = people.get(customer.commercial_partner_id)
            if user and len(user) == 1:
                found[id_] = self.env["res.users"].sudo().browse(user.ids)
        return found
