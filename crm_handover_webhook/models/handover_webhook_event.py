import json
import time
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_guard import door

from ..sender import Unsent, send, signature
from .handover_webhook import EVENTS

CRON = "crm_handover_webhook.ir_cron_handover_webhook_send"
# of the form of what is sent, see docs/events.md
VERSION = 1
# the pauses after each try, in minutes: three days in all, then it has failed
PAUSES = (1, 5, 15, 60, 180, 360, 720, 1440, 1440)
# an answer from 400 to 499 refuses this one event, but for those that say: not now
NOT_NOW = {"status 408", "status 425", "status 429"}
# days until what was told, and what was not, is forgotten
KEPT = {"sent": 30, "failed": 90}


class HandoverWebhookEvent(models.Model):
    """Something that another system is told: waiting, sent, or failed.

    What is sent is fixed when it happens. Of one handover, an address gets one after
    the other: the next one waits until the one before was sent or has failed.
    """

    _name = "handover.webhook.event"
    _description = "Event to Tell"
    _inherit = ["handover.guard"]
    _order = "id desc"
    _rec_name = "uuid"

    webhook_id = fields.Many2one(
        "handover.webhook",
        required=True,
        index=True,
        ondelete="cascade",
        help="Who is told.",
    )
    request_id = fields.Many2one(
        "handover.request",
        string="Handover",
        index="btree_not_null",
        ondelete="set null",
        help="The handover that it happened to; empty once that was deleted.",
    )
    request_ref = fields.Integer(
        string="Handover ID", required=True, help="Its ID, which stays."
    )
    number = fields.Integer(
        required=True, help="Which one it is of those that are told of this handover."
    )
    code = fields.Selection(
        EVENTS, string="Event", required=True, help="What happened."
    )
    uuid = fields.Char(
        string="Event ID", required=True, help="Sent again, an event has the same ID."
    )
    body = fields.Text(required=True, help="What is sent, as JSON.")
    state = fields.Selection(
        [("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed")],
        default="waiting",
        required=True,
        index=True,
        help="Whether the other system has taken it.",
    )
    attempts = fields.Integer(help="How often it was tried.")
    next_try = fields.Datetime(help="When it is tried again.")
    date_sent = fields.Datetime(string="Sent On", help="When it was taken.")
    problem = fields.Char(help="Why the last try failed, as a word.")
    why = fields.Char(
        compute="_compute_why", string="Because", help="Why the last try failed."
    )

    _number_idx = models.Index("(webhook_id, request_ref, number)")
    _waiting_idx = models.Index("(webhook_id, request_ref, id) WHERE state = 'waiting'")

    @api.model
    def _guarded_initial(self):
        return {"state": "waiting", "attempts": 0}

    @api.model
    def _creation_problem(self):
        return self.env._("Events are written by what happens.")

    @api.depends("problem")
    @api.depends_context("lang")
    def _compute_why(self):
        for event in self:
            event.why = self._why(event.problem) if event.problem else False

    @api.model
    def _why(self, word):
        """Return what a word of the sender's says, in the reader's language."""
        told = {
            "scheme": self.env._("The address has to begin with https://."),
            "address": self.env._("It is no address that events can be sent to."),
            "private": self.env._(
                "The address is within a private network: the server has to allow that."
            ),
            "name": self.env._("The name of the server is not known."),
            "tls": self.env._("The certificate of the server is not in order."),
            "timeout": self.env._("It did not answer in time."),
            "connection": self.env._("No connection, or it broke off."),
        }
        return told.get(word) or self.env._("It answered: %s.", word)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_send_again(self):
        """Send these events, with the same ID: failed ones, and those sent already.

        :return: ``True``
        """
        values = {"state": "waiting", "attempts": 0, "next_try": False}
        self._trusting().write(values)
        self.sudo().webhook_id.next_try = False
        self._wake()
        return True

    @api.model
    def _wake(self):
        # it comes after the commit
        if cron := self.env.ref(CRON, raise_if_not_found=False):
            cron.sudo()._trigger()

    # ------------------------------------------------------------
    # THE OUTBOX
    # ------------------------------------------------------------

    @api.model
    def _tell(self, request, code, **facts):
        """Put an event into the outbox, in the transaction in which it happens.

        :param request: one handover
        :param str code: of ``EVENTS``
        :param facts: what the event has besides: plain values, and no customer data
        """
        webhooks = self.env["handover.webhook"]._telling(code, request.company_id)
        for webhook in webhooks:
            id_ = str(uuid.uuid4())
            known = [("webhook_id", "=", webhook.id), ("request_ref", "=", request.id)]
            # the newest one of each handover is kept for this
            last = self.sudo().search(known, order="number desc", limit=1)
            number = last.number + 1
            told = {
                "version": VERSION,
                "id": id_,
                "event": code,
                "number": number,
                "date": fields.Datetime.now().isoformat() + "Z",
                "handover": request._webhook_facts(),
                **facts,
            }
            self._trusting().create(
                {
                    "webhook_id": webhook.id,
                    "request_id": request.id,
                    "request_ref": request.id,
                    "number": number,
                    "code": code,
                    "uuid": id_,
                    "body": json.dumps(told, sort_keys=True),
                }
            )
        if webhooks:
            self._wake()

    @api.model
    def _next(self, webhook):
        """Return the next event of an address that is due, locked, or none."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """SELECT id FROM handover_webhook_event event
                WHERE webhook_id = %(webhook)s AND state = 'waiting'
                    AND (next_try IS NULL OR next_try <= %(now)s)
                    AND NOT EXISTS (
                        SELECT 1 FROM handover_webhook_event before
                        WHERE before.webhook_id = event.webhook_id
                            AND before.request_ref = event.request_ref
                            AND before.state = 'waiting' AND before.id < event.id)
                ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED""",
                webhook=webhook.id,
                now=fields.Datetime.now(),
            )
        )
        return self.sudo().browse(row[0] for row in self.env.cr.fetchall())

    def _send(self):
        """Try it once, and write down how that went.

        :return: whether the address can be sent the next one: it took this one, or
            refused just that
        """
        body, moment = self.body.encode(), int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "crm_handover",
            "X-Handover-Event": self.code,
            "X-Handover-Id": self.uuid,
            "X-Handover-Signature": signature(self.webhook_id.secret, moment, body),
        }
        now = fields.Datetime.now()
        try:
            send(self.webhook_id.url, body, headers)
        except Unsent as error:
            tries = self.attempts + 1
            again = tries <= len(PAUSES)
            pause = timedelta(minutes=PAUSES[tries - 1]) if again else None
            self._trusting().write(
                {
                    "attempts": tries,
                    "problem": str(error),
                    "state": "waiting" if again else "failed",
                    "next_try": now + pause if again else False,
                }
            )
            return str(error).startswith("status 4") and str(error) not in NOT_NOW
        self._trusting().write(
            {
                "attempts": self.attempts + 1,
                "state": "sent",
                "date_sent": now,
                "next_try": False,
                "problem": False,
            }
        )
        return True

    @api.autovacuum
    def _gc_told(self):
        """Forget what was told, and what could not be told, after a while.

        But for the last one of each handover, which is counted from, as long as the
        handover is there.
        """
        for state, days in KEPT.items():
            old = fields.Datetime.now() - timedelta(days=days)
            self.flush_model()
            self.env.cr.execute(
                SQL(
                    """SELECT id FROM handover_webhook_event event
                    WHERE state = %(state)s AND write_date < %(old)s
                        AND (request_id IS NULL OR EXISTS (
                            SELECT 1 FROM handover_webhook_event newer
                            WHERE newer.webhook_id = event.webhook_id
                                AND newer.request_ref = event.request_ref
                                AND newer.number > event.number))
                    ORDER BY id LIMIT 10000""",
                    state=state,
                    old=old,
                )
            )
            found = self.browse(row[0] for row in self.env.cr.fetchall())
            found._trusting().unlink()
