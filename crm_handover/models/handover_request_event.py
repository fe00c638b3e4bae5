import hashlib
import json
import threading
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.http import request as http_request

CODES = [
    ("submitted", "Submitted"),
    ("approved", "Approved"),
    ("refused", "Refused"),
    ("draft", "Taken back to draft"),
    ("running", "Started"),
    ("transferred", "Handed over"),
    ("needs_review", "Needs review"),
    ("cancelled", "Cancelled"),
    ("accepted", "Records accepted"),
    ("declined", "Records declined"),
    ("retried", "Tried again"),
    ("signed", "Signed"),
    ("done", "Completed"),
    ("returning", "Return started"),
    ("returned", "Returned"),
    ("deleted", "Draft deleted"),
    ("permission_given", "Permission given"),
    ("permission_suspended", "Permission suspended"),
    ("permission_resumed", "Permission given again"),
    ("permission_ended", "Permission ended"),
]

# for the export, not for reading
UNREAD = ("digest", "outcome", "thing", "until")


class HandoverRequestEvent(models.Model):
    """What happened to a handover: the evidence, next to the chatter for people.

    Append-only. Nobody changes or deletes an event, the administrator included; each
    one carries the hash of the one before it.
    """

    _name = "handover.request.event"
    _description = "Handover Event"
    _inherit = ["handover.guard"]
    _order = "id"
    _rec_name = "code"

    request_id = fields.Many2one("handover.request", index=True, ondelete="set null")
    # the draft may be deleted, what happened to it stays
    request_ref = fields.Integer(required=True, index=True, string="Handover ID")
    request_name = fields.Char(required=True, string="Handover Number")
    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    code = fields.Selection(CODES, required=True)
    actor_id = fields.Many2one("res.users", required=True, ondelete="restrict")
    date = fields.Datetime(required=True)
    transport = fields.Selection(
        [("web", "Web"), ("rpc", "RPC"), ("server", "Server")], required=True
    )
    data = fields.Json()
    previous_hash = fields.Char()
    hash = fields.Char(required=True)
    summary = fields.Char(compute="_compute_summary")

    @api.depends("data")
    @api.depends_context("lang")
    def _compute_summary(self):
        for event in self:
            texts = event._texts()
            event.summary = ", ".join(
                texts[key]
                for key, value in (event.data or {}).items()
                if value and key not in UNREAD
            )

    def _texts(self):
        """Return what each piece of data says in words."""
        data = self.data or {}
        texts = {key: str(value) for key, value in data.items()}
        return texts | {
            "version": self.env._("version %s", data.get("version")),
            "self_approval": self.env._("by a manager who takes part"),
            "done": self.env._("%s handed over", data.get("done")),
            "skipped": self.env._("%s left alone", data.get("skipped")),
            "failed": self.env._("%s failed", data.get("failed")),
            "lines": self.env._("%s records", data.get("lines")),
            "records": self.env._("%s records", data.get("records")),
            "returned": self.env._("%s given back", data.get("returned")),
            "changed": self.env._("%s changed since", data.get("changed")),
        }

    @api.model
    def _append(self, request, code, **data):
        """Write down that ``code`` happened to ``request``, locked by the caller.

        The request keeps the hash of its last event. Writing it is a conflict for who
        did not see that event yet, which a lock alone is not: one chain, no fork.
        """
        values = {
            "request_ref": request.id,
            "request_name": request.name,
            "code": code,
            "actor_id": self.env.uid,
            "date": fields.Datetime.to_string(fields.Datetime.now()),
            "transport": self._transport(),
            "data": data,
            "previous_hash": request.sudo().event_hash or "",
        }
        digest = self._digest(values)
        request._trusting().write({"event_hash": digest})
        return self._trusting().create(
            {
                **values,
                "request_id": request.id,
                "company_id": request.company_id.id,
                "hash": digest,
            }
        )

    @api.model
    def _digest(self, values):
        """Return the SHA-256 of an event's content and of the event before it."""
        text = json.dumps(values, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _transport(self):
        # XML-RPC puts the request aside while it works; the thread still knows the URL
        url = getattr(threading.current_thread(), "url", "")
        if http_request:
            url = http_request.httprequest.url
        if not url:
            return "server"
        rpc = urlsplit(url).path.startswith(("/xmlrpc", "/jsonrpc", "/json/"))
        return "rpc" if rpc else "web"

    # ------------------------------------------------------------
    # APPEND-ONLY
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self._trusted():
            raise AccessError(self.env._("Events are written by what happens."))
        return super().create(vals_list)

    # nobody writes, so nothing goes on to super
    # pylint: disable-next=method-required-super
    def write(self, vals):
        raise AccessError(self.env._("Nobody changes an event."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("Nobody deletes an event."))
