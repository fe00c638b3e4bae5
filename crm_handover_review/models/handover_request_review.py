from odoo import api, fields, models
from odoo.fields import Domain

TIMES = {"readonly": True, "copy": False}


def hours(label, rule, **options):
    """Return a field of hours of work; ``NULL`` in the database when there are none."""
    return fields.Float(label, digits=(16, 1), help=rule, **TIMES, **options)


def count(label, rule):
    return fields.Integer(label, help=rule, **TIMES)


def value(label, rule):
    return fields.Monetary(label, help=rule, **TIMES)


def before(of, label):
    """Return the twin of a figure: the same rule, the same time before the handover."""
    rule = "The same figure of the same records in the same time before the handover."
    return of(label, rule)


class HandoverRequestReview(models.Model):
    """What became of a successor's part of a handover, some days after it.

    Each figure comes from what Odoo recorded within the time of the review, by the rule
    in its help. Nothing depends on the day of measuring.
    """

    _name = "handover.request.review"
    _description = "Handover Review"
    _inherit = ["handover.guard", "handover.review.query"]
    _order = "date_due, request_id desc, id"
    _allow_sudo_commands = False

    request_id = fields.Many2one(
        "handover.request",
        string="Handover",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The handover that is measured.",
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", help="The currency of the amounts."
    )
    successor_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Whose records are measured.",
    )
    days = fields.Integer(
        "After Days",
        required=True,
        readonly=True,
        aggregator=None,
        help="How many days after the handover; the time of the review is that long.",
    )
    date_from = fields.Datetime(
        "Handed Over On",
        required=True,
        readonly=True,
        help="From when on it is measured.",
    )
    date_due = fields.Datetime(
        "Review On", required=True, readonly=True, help="When it is measured."
    )
    date_measured = fields.Datetime(
        "Measured On", **TIMES, help="When it was measured; empty while it is planned."
    )
    state = fields.Selection(
        [("planned", "Planned"), ("measured", "Measured")],
        compute="_compute_state",
        search="_search_state",
        help="Whether it is planned or measured.",
    )
    reason_id = fields.Many2one(related="request_id.reason_id")
    predecessor_id = fields.Many2one(related="request_id.predecessor_id")
    source_team_id = fields.Many2one(related="request_id.source_team_id")
    kind = fields.Selection(related="request_id.kind")

    # Customers
    record_count = count("Records", "Records of this successor that were handed over.")
    customer_count = count(
        "Customers",
        "Customers of these records, a company with its contacts once. A record without"
        " a customer counts for itself.",
    )
    contacted_count = count(
        "Customers Contacted",
        "Customers with at least one contact by the successor: an outgoing message, a"
        " to-do that was done, or a meeting that was not private, on the record, on the"
        " page of the customer, or with the customer. Internal notes are none.",
    )
    contacted_count_before = before(count, "Contacted Before")
    in_time_count = count(
        "Contacted in Time",
        "Customers whose first contact came within the days agreed in the settings.",
    )
    untouched_count = count(
        "Customers Not Touched", "Customers without any contact by the successor."
    )
    untouched_count_before = before(count, "Not Touched Before")
    first_contact_median = hours(
        "First Contact (h)",
        "Hours of work of the company from the handover to the first contact: the"
        " middle one of all customers contacted.",
        aggregator="avg",
    )
    first_contact_max = hours(
        "Slowest First Contact (h)",
        "Hours of work of the company from the handover to the first contact of the"
        " customer who waited longest, of those contacted.",
        aggregator="max",
    )
    contact_count = count(
        "Contacts",
        "How many contacts the successor had: messages, to-dos done, meetings.",
    )
    contact_count_before = before(count, "Contacts Before")

    # To-dos and mails
    overdue_count = count(
        "Overdue To-dos",
        "To-dos on the records that were open and past their date at the end of the"
        " time. Compared with the day of the handover.",
    )
    overdue_count_before = count(
        "Overdue at the Handover",
        "To-dos on the records that were open and past their date on the day of the"
        " handover.",
    )
    todo_done_count = count("To-dos Done", "To-dos on the records that were done.")
    todo_done_count_before = before(count, "Done Before")
    response_median = hours(
        "Response Time (h)",
        "Hours of work of the company from a customer's mail on a record to the next"
        " outgoing message by an employee: the middle one. Of several mails in a row"
        " the first counts.",
        aggregator="avg",
    )
    response_median_before = before(hours, "Response Time Before (h)")
    unanswered_count = count(
        "Mails Not Answered",
        "Customers' mails on the records that nobody had answered by the end.",
    )
    unanswered_count_before = before(count, "Not Answered Before")

    # Deals
    deal_count = count("Deals", "Leads and opportunities among the records.")
    moved_count = count(
        "Deals Moved On", "Deals in a later stage at the end, neither won nor lost."
    )
    moved_count_before = before(count, "Moved On Before")
    moved_value = value(
        "Value Moved On",
        "Expected revenue of the deals moved on, in the currency of the company by the"
        " rate of the last day.",
    )
    moved_value_before = before(value, "Value Moved On Before")
    fell_back_count = count(
        "Deals Fallen Back", "Deals in an earlier stage at the end, and not lost."
    )
    fell_back_count_before = before(count, "Fallen Back Before")
    won_count = count("Deals Won", "Deals that came into a winning stage.")
    won_count_before = before(count, "Won Before")
    won_value = value(
        "Value Won",
        "Expected revenue of the deals won, in the currency of the company by the rate"
        " of the last day.",
    )
    won_value_before = before(value, "Value Won Before")
    lost_count = count("Deals Lost", "Deals that were lost or archived.")
    lost_count_before = before(count, "Lost Before")
    lost_value = value(
        "Value Lost",
        "Expected revenue of the deals lost, in the currency of the company by the rate"
        " of the last day.",
    )
    lost_value_before = before(value, "Value Lost Before")

    # Tasks, complaints, questions
    task_done_count = count("Tasks Done", "Tasks among the records that were done.")
    task_done_count_before = before(count, "Tasks Done Before")
    task_in_time_count = count(
        "Tasks Done in Time",
        "Tasks that were done before their deadline, or that have none.",
    )
    task_in_time_count_before = before(count, "Tasks in Time Before")
    complaint_count = count(
        "Complaints",
        "Tickets that the customers opened, where an app for tickets is installed.",
    )
    complaint_count_before = before(count, "Complaints Before")
    question_count = count(
        "Questions",
        "Comments of the successor on the handover and on its cards: what had to be"
        " asked afterwards.",
    )

    _once = models.UniqueIndex(
        "(request_id, successor_id, days)", "There is one review of each day."
    )
    _planned_idx = models.Index("(date_due) WHERE date_measured IS NULL")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("date_measured")
    def _compute_state(self):
        for review in self:
            review.state = "measured" if review.date_measured else "planned"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = {"measured": "!=", "planned": "="}
        return Domain.OR(
            Domain("date_measured", wanted[state], False)
            for state in value
            if state in wanted
        )

    @api.depends("request_id.name", "successor_id", "days")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for review in self:
            review.display_name = self.env._(
                "%(handover)s, %(successor)s, day %(days)s",
                handover=review.request_id.name,
                successor=review.successor_id.name,
                days=review.days,
            )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def _creation_problem(self):
        return self.env._("Reviews come with the handover.")
