from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.crm_handover.models.handover_request_elsewhere import ELSEWHERE, GUEST
from odoo.addons.crm_handover.models.handover_request_late import LATE

# what a draft takes over as it is
OPTIONS = (
    "kind", "move_activities", "move_meetings", "predecessor_follows", "elsewhere",
    "guest_meetings", "late_records", "predecessor_access",
)  # fmt: skip


class HandoverTemplate(models.Model):
    """How a kind of handover is made: options, kinds of record, and people as roles.

    Managers keep it, whoever prepares a handover uses it. Who a role is, is looked up
    when it is used: so it outlives whoever leaves.
    """

    _name = "handover.template"
    _description = "Handover Template"
    _inherit = ["handover.typed"]
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="What people choose the template by."
    )
    sequence = fields.Integer(default=10, help="Its place in the list.")
    active = fields.Boolean(
        default=True, help="Archived, it is offered no more; old handovers keep it."
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        # who is not in all of them makes those of their own
        default=lambda self: (
            False if self.env.user._handover_of_all() else self.env.company
        ),
        help="Whose template it is. Empty: of all companies.",
    )
    reason_id = fields.Many2one(
        "handover.reason",
        ondelete="restrict",
        help="Why the work passes on; it brings the plan where the template has none.",
    )
    by_default = fields.Boolean(
        string="Proposed with Its Reason",
        help="Whoever chooses the reason is proposed this template.",
    )
    plan_id = fields.Many2one(
        "mail.activity.plan",
        domain="[('res_model', '=', 'handover.request'),"
        " ('company_id', 'in', (company_id, False))]",
        ondelete="set null",
        help="The steps and topics of a handover by this template. Empty: those of its"
        " reason.",
    )
    purpose = fields.Text(translate=True, help="What the handover is to achieve.")
    kind = fields.Selection(
        [("permanent", "Permanent"), ("temporary", "Temporary")],
        default="permanent",
        required=True,
        help="Permanent, or temporary with a day on which the records come back.",
    )
    scope_ids = fields.Many2many(
        "handover.scope",
        string="Kinds of Record",
        # without the archived ones it would be for all
        context={"active_test": False},
        help="What is handed over. Empty: all kinds.",
    )
    target_team_id = fields.Many2one(
        "crm.team",
        string="To Team",
        domain="[('company_id', 'in', (company_id, False))]",
        help="The team that the records belong to afterwards.",
    )
    move_activities = fields.Boolean(
        string="To-dos Move Along",
        default=True,
        help="Open to-dos of the predecessor on the records go to the successor.",
    )
    move_meetings = fields.Boolean(
        string="Meetings Move Along",
        default=True,
        help="Future meetings that the predecessor organises about the records go to"
        " the successor, a series from its next meeting on. Private ones stay, and so"
        " do those with colleagues alone.",
    )
    predecessor_follows = fields.Boolean(
        string="Predecessor Keeps Following",
        help="The predecessor goes on receiving the messages of the records; of tasks"
        " and projects only with access as before, since who follows them has access."
        " The same goes for what else they follow, which ends when they leave.",
    )
    elsewhere = fields.Selection(
        ELSEWHERE,
        string="To-dos and Meetings on Records of Others",
        default="stay",
        required=True,
        help="What becomes of the predecessor's open to-dos, and of the future meetings"
        " that they organise, on records that are others': they stay; they go to one"
        " person; or each goes to whoever owns the record.",
    )
    guest_meetings = fields.Selection(
        GUEST,
        string="Meetings to Which They Are Invited",
        default="stay",
        required=True,
        help="What becomes of future meetings of others to which the predecessor is"
        " invited: they stay a guest, or somebody comes in their place.",
    )
    late_records = fields.Selection(
        LATE,
        string="Records That Come Later",
        default="ask",
        required=True,
        help="What becomes of open records that come to the predecessor after"
        " collecting, and before the handover runs: whoever is in charge is asked; they"
        " go along, of the kinds that were collected, to the successor of the handover;"
        " or they stay.",
    )
    predecessor_access = fields.Selection(
        [
            ("none", "Nothing"),
            ("read", "Reads until a date"),
            ("keep", "As before"),
        ],
        string="Predecessor's Access",
        default="none",
        required=True,
        help="What the predecessor may do with the records after the handover, besides"
        " what everybody with the same rights may. It ends when they are given back.",
    )
    access_days = fields.Integer(
        string="Reads for Days",
        default=30,
        help="So many days after the start the predecessor still reads the records.",
    )
    freeze = fields.Boolean(
        string="Frozen Once Approved",
        help="From its approval on, the predecessor can export, delete, archive or give"
        " away none of the records on the list.",
    )
    propose_permissions = fields.Boolean(
        help="What the successors lack to open their records, and may be given, is"
        " proposed along with it."
    )
    although_closed = fields.Boolean(
        help="Hand over those that are closed as well: won, lost, done, cancelled or"
        " archived. Otherwise they stay with who closed them, and so does their credit."
    )
    for_won = fields.Boolean(
        string="For Won Deals", help="Of deals, it is used for won ones only."
    )
    role_ids = fields.One2many(
        "handover.template.role",
        "template_id",
        string="People",
        copy=True,
        help="Who takes over, coordinates and approves, by role. Of several rows for"
        " the same records, the first one that finds somebody counts.",
    )

    _reads_some_days = models.Constraint(
        "CHECK (access_days BETWEEN 1 AND 3650)",
        "The predecessor reads on for 1 to 3650 days.",
    )

    @api.constrains("company_id", "target_team_id", "role_ids")
    def _check_teams(self):
        for template in self.sudo():
            for team in template.target_team_id | template.role_ids.team_id:
                if team.company_id and team.company_id != template.company_id:
                    # others would read its name in a template of all companies
                    raise ValidationError(
                        self.env._(
                            "%(template)s: %(team)s is a team of %(company)s, so choose"
                            " that company for the template.",
                            template=template.name,
                            team=team.name,
                            company=team.company_id.name,
                        )
                    )

    @api.constrains("company_id", "plan_id")
    def _check_plan(self):
        for template in self.sudo():
            plan = template.plan_id
            if plan and plan.res_model != "handover.request":
                raise ValidationError(
                    self.env._("%s: choose a plan of handovers.", template.name)
                )
            if plan.company_id and plan.company_id != template.company_id:
                raise ValidationError(
                    self.env._(
                        "%(template)s: %(plan)s is a plan of %(company)s, so choose"
                        " that company for the template.",
                        template=template.name,
                        plan=plan.name,
                        company=plan.company_id.name,
                    )
                )

    # ------------------------------------------------------------
    # WHICH ONE
    # ------------------------------------------------------------

    @api.model
    def _proposed(self, reason, company):
        """Return the template that goes with a reason, first the company's own."""
        found = self.search(
            [
                ("by_default", "=", True),
                ("reason_id", "=", reason.id),
                ("for_won", "=", False),
                ("company_id", "in", (company.id, False)),
            ]
        )
        return found.sorted(lambda template: not template.company_id)[:1]

    @api.model
    def _named(self, template_id):
        """Return the template with this id, as the caller.

        :raise AccessError: when it does not exist, or is not for the caller
        """
        template = self.browse(template_id).exists()._filtered_access("read")
        if not template:
            raise AccessError(
                self.env._(
                    "%s: a record does not exist, or you may not see it.",
                    self._description,
                )
            )
        return template

    def _check_fits(self, request):
        """Raise unless ``request`` can be made with this template now."""
        self.ensure_one()
        if not self.active:
            raise UserError(
                self.env._("%s is archived: choose another template.", self.name)
            )
        if self.company_id and self.company_id != request.company_id:
            raise UserError(
                self.env._(
                    "%(template)s is for %(company)s: choose another template.",
                    template=self.name,
                    company=self.company_id.sudo().name,
                )
            )

    def _deals_problem(self, deals):
        """Return why it is not for these deals, or an empty text."""
        if not self.for_won or all(deal.won_status == "won" for deal in deals):
            return ""
        return self.env._(
            "%s is for won deals: select those only, or choose another template.",
            self.name,
        )

    # ------------------------------------------------------------
    # WHAT IT SAYS
    # ------------------------------------------------------------

    def _kinds(self):
        """Return the kinds of record that it is for, those in use, as superuser."""
        in_use, mine = self.env["handover.scope"]._in_use(), self.sudo().scope_ids
        return in_use & mine if mine else in_use

    def _option_values(self, request):
        """Return the values of a draft that say nothing about people."""
        values = {name: self[name] for name in OPTIONS}
        if self.kind == "permanent":
            values["date_return"] = False
        if self.reason_id:
            values["reason_id"] = self.reason_id.id
        if self.purpose:
            values["purpose"] = self.purpose
        values["date_access_end"] = False
        if self.predecessor_access == "read":
            start = request.date_planned or fields.Datetime.now()
            values["date_access_end"] = start + timedelta(days=self.access_days)
        # of a team nobody's records are frozen
        freezes = self.freeze and not request.source_team_id
        values["date_freeze"] = freezes and fields.Datetime.now()
        return values

    def _rows(self, part):
        """Return the rows for a part, as superuser: teams and people they name."""
        return self.sudo().role_ids.filtered(lambda row: row.part == part)

    def _taking(self, request):
        """Return who takes over what names nobody: values of a draft, or none.

        Of the rows for all kinds, the first that finds somebody.
        """
        team = self.target_team_id
        values = {"target_team_id": team.id} if team else {}
        for row in self._rows("successor"):
            if row.scope_ids or row._is_of_each_record():
                continue
            user, pool, _problem = row._find(request, request.predecessor_id)
            if user or pool:
                return {
                    "successor_id": user.id,
                    "target_team_id": pool.id or team.id,
                    "to_pool": bool(pool),
                }
        return values

    def _people_values(self, request):
        """Return who coordinates and approves, as values of a draft.

        :raise UserError: when nobody is found for a part that the template fills
        """
        values = {}
        for part in ("coordinator", "approver"):
            if rows := self._rows(part):
                found = [row._find(request, request.predecessor_id) for row in rows]
                user = next((user for user, _pool, _problem in found if user), None)
                if not user:
                    raise self._not_found(rows[0], found[0][2])
                values[f"{part}_id"] = user.id
        return values

    def _not_found(self, row, problem, count=0):
        """Return the error about a role that nobody has.

        :param int count: of records that nobody would take
        """
        named = {
            "template": self.name,
            "role": row.display_name,
            "problem": problem,
            "count": count,
        }
        if not count:
            return UserError(
                self.env._(
                    "%(template)s, %(role)s: %(problem)s. Name somebody there, add"
                    " another row to the template, or go on without it.",
                    **named,
                )
            )
        return UserError(
            self.env._(
                "%(template)s, %(role)s: %(problem)s. Records that nobody would take"
                " over: %(count)s. Name somebody there, add another row to the"
                " template, or choose who takes over without it.",
                **named,
            )
        )

    def _told(self):
        """Return who takes over what by this template, for people to read."""
        return "; ".join(self._rows("successor").mapped("display_name"))
