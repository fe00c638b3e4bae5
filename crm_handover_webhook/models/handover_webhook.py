import secrets
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..sender import problem

# for one address in one run, in seconds: another one waits no longer
TURN = 30
# an address that did not answer is left alone for so long, in minutes
PAUSE = 2
# events that are told to who is told of another one
ALONG = {"returned_in_part": "returned"}
# what may be told, and how it is called
EVENTS = [
    ("submitted", "Submitted"),
    ("approved", "Approved"),
    ("transferred", "Handed over"),
    ("done", "Completed"),
    ("returned", "Returned"),
    ("returned_in_part", "Returned in part"),
    ("review_due", "Review due"),
    ("cover_begins", "Cover begins"),
    ("cover_ends", "Cover ends"),
]


class HandoverWebhook(models.Model):
    """An address of another system that is told what happens to handovers.

    Administrators alone have it, of their companies. What is told waits in an outbox,
    which is written with what happened, and sent after that.
    """

    _name = "handover.webhook"
    _description = "Webhook"
    _inherit = ["handover.typed"]
    _order = "name, id"

    name = fields.Char(required=True, help="Which system it is.")
    active = fields.Boolean(
        default=True, help="Archived, it is told nothing; what waits stays."
    )
    url = fields.Char(
        string="Address",
        required=True,
        help="Where events are sent: an address that begins with https://, on the"
        " Internet.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        # empty means all of them
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Whose handovers it is told of. Empty: those of all companies, for"
        " administrators who are in all of them.",
    )
    secret = fields.Char(
        required=True,
        copy=False,
        default=lambda _self: secrets.token_urlsafe(32),
        help="Events are signed with it: the other system knows it as well, and nobody"
        " else.",
    )
    on_submitted = fields.Boolean(
        "Submitted", default=True, help="Somebody was asked to approve a handover."
    )
    on_approved = fields.Boolean(
        "Approved", default=True, help="A handover was approved."
    )
    on_transferred = fields.Boolean(
        "Handed Over",
        default=True,
        help="Every record has its outcome; failed and declined ones are named.",
    )
    on_done = fields.Boolean(
        "Completed", default=True, help="The last one has confirmed."
    )
    on_returned = fields.Boolean(
        "Returned", default=True, help="A handover was given back, or a part of it."
    )
    on_review_due = fields.Boolean(
        "Review Due", default=True, help="Figures of a review are there."
    )
    on_cover_begins = fields.Boolean(
        "Cover Begins", default=True, help="A temporary handover has begun."
    )
    on_cover_ends = fields.Boolean(
        "Cover Ends", default=True, help="A temporary handover is over."
    )
    next_try = fields.Datetime(
        readonly=True, copy=False, help="It did not answer, and is left alone so long."
    )
    event_ids = fields.One2many(
        "handover.webhook.event", "webhook_id", string="Outbox", help="What is told."
    )
    waiting_count = fields.Integer(
        compute="_compute_counts", string="Waiting", help="Events that are to be sent."
    )
    failed_count = fields.Integer(
        compute="_compute_counts", string="Failed", help="Events that did not arrive."
    )

    @api.depends("event_ids.state")
    def _compute_counts(self):
        groups = self.env["handover.webhook.event"]._read_group(
            [("webhook_id", "in", self.ids)], ["webhook_id", "state"], ["__count"]
        )
        counts = {(webhook.id, state): count for webhook, state, count in groups}
        for webhook in self:
            webhook.waiting_count = counts.get((webhook._origin.id, "waiting"), 0)
            webhook.failed_count = counts.get((webhook._origin.id, "failed"), 0)

    @api.constrains("url")
    def _check_url(self):
        for webhook in self:
            if word := problem(webhook.url):
                raise ValidationError(
                    self.env._(
                        "%(webhook)s: %(problem)s",
                        webhook=webhook.name,
                        problem=self.env["handover.webhook.event"]._why(word),
                    )
                )

    @api.constrains("secret")
    def _check_secret(self):
        for webhook in self:
            if len(webhook.secret.strip()) < 16:
                raise ValidationError(
                    self.env._(
                        "%s: choose a secret of 16 characters at least.", webhook.name
                    )
                )

    # ------------------------------------------------------------
    # SENDING
    # ------------------------------------------------------------

    @api.model
    def _telling(self, code, company):
        """Return the addresses that are told of such events there, as superuser."""
        theirs = ("company_id", "in", (company.id, False))
        named = f"on_{ALONG.get(code, code)}"
        return self.sudo().search([(named, "=", True), theirs])

    @api.model
    def _of_all(self):
        """Return what the record rules have for webhooks of all companies.

        :return: a list with ``False`` for who is in all companies; else an empty one
        """
        return self.env.user._handover_of_all()

    @api.model
    def _cron_send(self):
        """Send what waits; an address that does not answer holds up no other one."""
        commit = self.env["ir.cron"]._commit_progress
        now = fields.Datetime.now()
        due = ["|", ("next_try", "=", False), ("next_try", "<=", now)]
        webhooks = self.sudo().search(due, order="id")
        left, unfinished = len(webhooks), 0
        seconds = commit(remaining=left)
        for webhook in webhooks:
            # each has its share of the time, and one event at least
            turn = min(TURN, seconds / left)
            left -= 1
            unfinished += not webhook._send_waiting(commit, turn)
            # with something remaining the job comes again at once
            seconds = commit(1, remaining=left + unfinished)

    def _send_waiting(self, commit, turn):
        """Send what is due of this address, until it fails or its turn is over.

        :param commit: a function that commits
        :param turn: how long, in seconds
        :return: whether nothing is left for now
        """
        end = time.monotonic() + turn
        while event := self.env["handover.webhook.event"]._next(self):
            answered = event._send()
            if not answered:
                pause = timedelta(minutes=PAUSE)
                self.next_try = fields.Datetime.now() + pause
            commit()
            if not answered:
                return True
            if time.monotonic() >= end:
                return False
        if self.next_try:
            self.next_try = False
        return True
