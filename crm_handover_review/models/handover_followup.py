from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.models.handover_named import needs
from odoo.addons.crm_handover.models.handover_statistics import grown

# records that are begun with in one transaction
BEGIN = 20_000
# between reasons
SEPARATOR = " · "


class HandoverFollowup(models.Model):
    """A record in the first weeks with its successor, until the last review.

    It is worked out anew every day, and is gone after the last review: what remains are
    the figures of the handover.
    """

    _name = "handover.followup"
    _description = "Follow-up of a Record"
    _inherit = ["handover.guard", "handover.review.query"]
    _order = "urgency desc, id"
    _rec_name = "res_name"
    _allow_sudo_commands = False

    line_id = fields.Many2one(
        "handover.request.line",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The record that is followed up.",
    )
    request_id = fields.Many2one(
        "handover.request",
        string="Handover",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The handover that brought the record.",
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    successor_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Who looks after the record now.",
    )
    customer_id = fields.Many2one(
        "res.partner",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The company of the customer when the record was handed over.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The person on the record when it was handed over.",
    )
    phone = fields.Char(
        related="partner_id.phone", help="The phone number of the record's contact."
    )
    scope_id = fields.Many2one(related="line_id.scope_id")
    res_name = fields.Char(related="line_id.res_name")
    risk = fields.Selection(related="line_id.risk")
    # with the reader's rights: it is told once its card is released
    note = fields.Text(related="line_id.note", related_sudo=False)

    date_finished = fields.Datetime(related="request_id.date_finished")
    currency_id = fields.Many2one(
        related="company_id.currency_id", help="The currency of the amounts."
    )
    is_open = fields.Boolean(
        readonly=True, help="It is open, and still belongs to the successor."
    )
    date_contact = fields.Datetime(
        "First Contact",
        readonly=True,
        help="When the customer heard from the successor first, or a meeting was.",
    )
    overdue_count = fields.Integer(
        "Overdue To-dos", readonly=True, help="To-dos on the record whose day is over."
    )
    amount = fields.Monetary(
        "Value", readonly=True, help="Expected revenue, in the company's currency."
    )
    promises = fields.Boolean(
        readonly=True, help="The predecessor promised something to the customer."
    )
    no_contact = fields.Boolean(
        "No Contact in Time",
        readonly=True,
        help="The customer has not heard from the successor within the agreed days.",
    )
    no_step = fields.Boolean(
        "High Risk Without a Step",
        readonly=True,
        help="The risk is high, and there is neither a to-do nor a meeting ahead.",
    )
    fell_back = fields.Boolean(
        "Deal Fell Back",
        readonly=True,
        help="The deal is in an earlier stage than at the handover.",
    )
    alarm_since = fields.Date(
        readonly=True, index="btree_not_null", help="Since when something is wrong."
    )
    urgency = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="Up to 40 points for a customer who has heard nothing, 30 for the risk, 15"
        " for promises, 15 for overdue to-dos, 15 for a deal that fell back, 10 for a"
        " high risk without a next step, and 20 for the value.",
    )
    why = fields.Char(
        compute="_compute_why", string="Because", help="Why it is urgent, in words."
    )

    _one_per_line = models.UniqueIndex(
        "(line_id)", "A record is followed up once per handover."
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    def _silence(self, days):
        """Say that nobody had contact for so many days since the handover."""
        if days < 1:
            return self.env._("taken over today, no contact yet")
        if days == 1:
            return self.env._("no contact since yesterday")
        return self.env._("no contact in %s days", days)

    @api.depends(
        *("date_contact", "risk", "overdue_count", "amount", "promises"),
        *("no_step", "fell_back"),
    )
    @api.depends_context("lang", "tz")
    @needs("line_id")
    def _compute_why(self):
        risks = self._risk_names()
        for followup in self:
            reasons = followup._reasons(risks)
            if followup.amount:
                value = followup._in_words(followup.amount)
                reasons.append(self.env._("worth %s", value))
            followup.why = SEPARATOR.join(reasons)

    @api.model
    def _risk_names(self):
        """Return what the risks are called: looked up once for many records."""
        line = self.env["handover.request.line"]
        return dict(line._fields["risk"]._description_selection(self.env))

    def _reasons(self, risks):
        """Return why it is urgent: texts, without what it is worth.

        :param dict risks: see :meth:`_risk_names`
        """
        self.ensure_one()
        reasons = []
        if not self.date_contact:
            today = fields.Date.context_today(self)
            done = self.date_finished or fields.Datetime.now()
            taken = fields.Datetime.context_timestamp(self, done).date()
            reasons.append(self._silence((today - taken).days))
        if self.risk != "none":
            reasons.append(self.env._("risk: %s", risks[self.risk]))
        if self.promises:
            reasons.append(self.env._("something was promised"))
        if self.overdue_count:
            reasons.append(self.env._("overdue to-dos: %s", self.overdue_count))
        if self.fell_back:
            reasons.append(self.env._("fell back to an earlier stage"))
        if self.no_step:
            reasons.append(self.env._("no next step"))
        return reasons

    def _in_words(self, amount):
        """Return an amount in the company's currency, for people."""
        # cents say nothing here
        return formatLang(
            self.env, amount, currency_obj=self.currency_id, rounding_unit="units"
        )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def _creation_problem(self):
        return self.env._("Records are followed up by themselves.")

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_open_record(self):
        """Open the record, with the caller's own rights.

        :return: a window action
        """
        single(self)
        return self.line_id.action_open_record()

    # ------------------------------------------------------------
    # BUILDING
    # ------------------------------------------------------------

    @api.model
    def _follow(self, request):
        """Begin to follow up what was handed over, and stop where it was given back."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """DELETE FROM handover_followup followup
                USING handover_request_line line
                WHERE line.id = followup.line_id AND line.request_id = %s
                    AND line.state != 'done'""",
                request.id,
            )
        )
        lines = self.env["handover.request.line"].sudo()
        mine = [("request_id", "=", request.id), ("state", "=", "done")]
        for (scope,) in lines._read_group(mine, ["scope_id"]):
            while count := self._follow_kind(request, scope):
                # screens of the handover read them from now on
                grown(self.env.cr, self._table, count)
                self.env["handover.background"]._commit_part()
        self.env.invalidate_all()

    @api.model
    def _forget(self, request):
        """Forget all records of a handover."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM handover_followup WHERE request_id = %s", request.id)
        )
        self.env.invalidate_all()

    @api.model
    def _follow_kind(self, request, scope):
        """Begin with the next records of one kind; return how many there were."""
        record, customer, partner = SQL(), SQL("NULL::int"), SQL("NULL::int")
        Model, field = scope._records(), scope._handler()._handover_customer_field
        if scope.model == "res.partner":
            field = "id"
        known = field in Model._fields and Model._fields[field].column_type
        if field == "id" or (known and Model._fields[field].store):
            record = SQL(
                """LEFT JOIN %s record ON record.id = line.res_id
                LEFT JOIN res_partner partner ON partner.id = %s""",
                SQL.identifier(Model._table),
                SQL.identifier("record", field),
            )
            customer = SQL("partner.commercial_partner_id")
            partner = SQL("partner.id")
        self.env.cr.execute(
            SQL(
                """INSERT INTO handover_followup (line_id, request_id, company_id,
                    successor_id, customer_id, partner_id, create_uid, create_date,
                    write_uid, write_date)
                SELECT line.id, line.request_id, line.company_id, line.successor_id,
                    %(customer)s, %(partner)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                FROM handover_request_line line %(record)s
                WHERE line.request_id = %(request)s AND line.scope_id = %(scope)s
                    AND line.state = 'done' AND line.result_code IN ('done', 'already')
                    AND line.successor_id IS NOT NULL
                    AND NOT EXISTS (SELECT FROM handover_followup known
                        WHERE known.line_id = line.id)
                LIMIT %(batch)s
                ON CONFLICT (line_id) DO NOTHING""",
                customer=customer,
                partner=partner,
                record=record,
                request=request.id,
                scope=scope.id,
                batch=BEGIN,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        return self.env.cr.rowcount
