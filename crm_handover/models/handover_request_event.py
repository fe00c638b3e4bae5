import threading
from urllib.parse import urlsplit

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.http import request as http_request

from ..evidence import verify
from ..evidence.plain import plain
from . import handover_audience
from .handover_guard import door, typed
from .handover_said import in_language

CODES = [
    ("submitted", "Submitted"),
    ("approved", "Approved"),
    ("undone", "Approval taken back"),
    ("refused", "Refused"),
    ("draft", "Taken back to draft"),
    ("running", "Started"),
    ("transferred", "Handed over"),
    ("needs_review", "Approval lapsed"),
    ("cancelled", "Cancelled"),
    ("accepted", "Records accepted"),
    ("declined", "Records declined"),
    ("retried", "Tried again"),
    ("signed", "Confirmed"),
    ("done", "Completed"),
    ("returning", "Giving back started"),
    ("return_asked", "Asked to give back"),
    ("gone_back", "Gone back past it"),
    ("returned", "Returned"),
    ("left_behind", "Work left behind"),
    ("came_along", "Later records go along"),
    ("reassigned", "Another approver asked"),
    ("deputy_asked", "Deputy asked"),
    ("escalated", "Next in line asked"),
    ("redirected", "New work is redirected"),
    ("claimed", "Taken from the pool"),
    ("end_asked", "Later end asked for"),
    ("end_changed", "Another end"),
    ("end_refused", "Later end refused"),
    ("continued", "Goes on in another handover"),
    ("settled", "Left as they are"),
    ("deleted", "Draft deleted"),
    ("permission_given", "Permission given"),
    ("permission_suspended", "Permission suspended"),
    ("permission_resumed", "Permission given again"),
    ("permission_ended", "Permission ended"),
    ("unfollowed", "Following ended"),
    ("follows", "Follows again"),
]


def kept(*codes):
    """Return the policy for codes that an add-on brings: its events stay without it."""
    return dict.fromkeys(codes, lambda _events: None)


class HandoverRequestEvent(models.Model):
    """What happened to a handover: the evidence, next to the chatter for people.

    Append-only. Nobody changes or deletes an event, the administrator included; each
    one carries the hash of the one before it, and the handover that of the last one.
    The form of the hashes is that of ``evidence/verify.py``.
    """

    _name = "handover.request.event"
    _description = "Handover Event"
    _inherit = ["handover.guard", "handover.audience"]
    _order = "id"
    _rec_name = "code"
    # who and when are fields of its own, and no column is outside of the hash
    _log_access = False

    request_id = fields.Many2one(
        "handover.request",
        index=True,
        ondelete="set null",
        help="The handover that it happened to; empty once that was deleted.",
    )
    # the draft may be deleted, what happened to it stays
    request_ref = fields.Integer(
        required=True,
        index=True,
        string="Handover ID",
        help="The handover's ID, which stays when it was deleted.",
    )
    request_name = fields.Char(
        required=True,
        string="Handover Number",
        help="The handover's number, which stays when it was deleted.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="restrict",
        help="The company of the handover.",
    )
    code = fields.Selection(CODES, required=True, help="What happened.")
    actor_id = fields.Many2one(
        "res.users", required=True, ondelete="restrict", help="Who did it."
    )
    date = fields.Datetime(required=True, help="When it happened.")
    transport = fields.Selection(
        [("web", "Web"), ("rpc", "RPC"), ("server", "Server")],
        required=True,
        help="From where it came: the screens, an API, the clock.",
    )
    data = handover_audience.Json(
        help="Figures, digests and texts that belong to it.", audience="givers"
    )
    # who reads which part, and what proves it to whoever does not
    closed = fields.Json(
        string="Parts for Some Readers",
        groups=fields.NO_ACCESS,
        help="The parts that are not for everybody: for whom, and their digests.",
    )
    salts = fields.Json(
        groups=fields.NO_ACCESS,
        help="What keeps such a part from being guessed by its digest.",
    )
    previous_hash = fields.Char(
        help="The hash of the event before, which makes them a chain."
    )
    hash = fields.Char(required=True, help="SHA-256 of this event and the one before.")
    # of a capability that was uninstalled, the code itself
    what = fields.Char(
        compute="_compute_what", help="What happened, in the reader's language."
    )
    summary = fields.Char(
        compute="_compute_summary",
        help="What is to be known about it, in the reader's language.",
    )

    _deleted_idx = models.Index("(actor_id, date) WHERE code = 'deleted'")

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_what(self):
        names = dict(self._fields["code"]._description_selection(self.env))
        for event in self:
            event.what = names.get(event.code, event.code)

    @api.depends("data", "audiences")
    @api.depends_context("lang", "uid", "handover_readers")
    def _compute_summary(self):
        for event in self:
            texts, unread = event._texts(), event._unread()
            event.summary = ", ".join(
                texts[key]
                for key, value in (event.data or {}).items()
                if value and key not in unread
            )

    @api.model
    def _unread(self):
        """Return the data that is for the export, not for reading."""
        return {
            *verify.DIGESTS,
            "asked",
            "form",
            "thing",
            "until",
            "before",
            "after",
            "former_end",
        }

    def _texts(self):
        """Return what each piece of data says in words; extended by super()."""
        data = self.data or {}
        texts = {key: str(in_language(self.env, value)) for key, value in data.items()}
        return texts | {
            "version": self.env._("version %s", data.get("version")),
            "in_place_of": self.env._("in the place of %s", data.get("in_place_of")),
            "days": self._told_days(data.get("days")),
            "self_approval": self.env._("by a manager who takes part"),
            "done": self.env._("%s handed over", data.get("done")),
            "skipped": self.env._("%s left alone", data.get("skipped")),
            "failed": self.env._("%s failed", data.get("failed")),
            "lines": self._told_records(data.get("lines")),
            "left": self.env._("with work left behind"),
            "records": self._told_records(data.get("records")),
            "paused": self.env._("no new leads from %s", data.get("paused")),
            "resumed": self.env._("new leads again from %s", data.get("resumed")),
            "stopped": self.env._("no new mail from %s", data.get("stopped")),
            "started": self.env._("new mail again from %s", data.get("started")),
            "late_records": self.env["handover.request"]._late_rule(
                self.env, data.get("late_records")
            ),
            "activities_elsewhere": self.env._(
                "to-dos on records of others: %s", data.get("activities_elsewhere")
            ),
            "meetings_elsewhere": self.env._(
                "meetings on records of others: %s", data.get("meetings_elsewhere")
            ),
            "seats_elsewhere": self.env._(
                "invitations: %s", data.get("seats_elsewhere")
            ),
            "stayed_elsewhere": self.env._(
                "Not moved: %s", texts.get("stayed_elsewhere")
            ),
            "back_elsewhere": self.env._(
                "to-dos back on records of others: %s", data.get("back_elsewhere")
            ),
            "returned": self.env._("%s given back", data.get("returned")),
            "end": self.env._("until %s", self._told_time(data.get("end"))),
            "changed": self.env._("%s changed since", data.get("changed")),
            "follows": self._told_records(data.get("follows")),
            "taken_back": self.env._(
                "taken back though changed since: %s", data.get("taken_back")
            ),
        }

    def _told_records(self, count):
        if count == 1:
            return self.env._("1 record")
        return self.env._("%s records", count)

    def _told_days(self, count):
        if count == 1:
            return self.env._("after 1 day")
        return self.env._("after %s days", count)

    def _told_time(self, value):
        """Return a time of the data for the reader: their language and time zone."""
        time = value and fields.Datetime.to_datetime(value)
        return self.request_id._told_moment(time)

    @api.model
    def _append(self, request, code, **data):
        """Write down that ``code`` happened to ``request``, locked by the caller.

        Writing the head is a conflict for who did not see the last event yet, which a
        lock alone is not: one chain, no fork.
        """
        data |= self._form(data)
        values = {
            "request_ref": request.id,
            "request_name": request.name,
            "company_id": request.company_id.id,
            "code": code,
            "actor_id": self.env.uid,
            "date": fields.Datetime.to_string(fields.Datetime.now()),
            "transport": self._transport(),
            # the database keeps no empty dictionary
            "data": data or False,
            # not the hash of the last event that is there: that one may be missing
            "previous_hash": request.sudo().event_head or "",
            **self._seal(code, data),
        }
        values["hash"] = verify.event_hash(values)
        event = self._trusting().create({**values, "request_id": request.id})
        request._write_unwatched({"event_head": values["hash"]})
        return event

    @api.model
    def _form(self, data):
        """Return what tells by which form digests were made, if not by the first."""
        if verify.FORM == 1 or data.keys().isdisjoint(verify.DIGESTS):
            return {}
        return {"form": verify.FORM}

    def _plain(self):
        """Return the events as the evidence has them: a list of dictionaries."""
        return [
            {
                name: plain(event[name])
                for name in ("id", "request_id", *verify.EVENT, "hash", *verify.SEALED)
            }
            | {"previous_hash": event.previous_hash or ""}
            for event in self
        ]

    @api.model
    def _transport(self):
        # what happens by itself, in the background or within somebody's call
        if self.env.uid == SUPERUSER_ID:
            return "server"
        # XML-RPC puts the request aside while it works; the thread still knows the URL
        url = getattr(threading.current_thread(), "url", "")
        if http_request:
            url = http_request.httprequest.url
        if not url:
            return "server"
        rpc = urlsplit(url).path.startswith(("/xmlrpc", "/jsonrpc", "/json/"))
        return "rpc" if rpc else "web"

    # ------------------------------------------------------------
    # VERIFICATION
    # ------------------------------------------------------------

    @door
    def verify(self):
        """Check the history that these events belong to, of one handover.

        The history of a deleted draft can be checked here only.

        :return: the same as the handover's ``verify``
        :raise UserError: when the events are of several handovers
        """
        refs = set(self.mapped("request_ref"))
        if len(refs) > 1:
            raise UserError(self.env._("Choose events of one handover."))
        request = self.env["handover.request"].browse(refs)
        if request.sudo().exists():
            return request.verify()
        return request._verify_deleted()

    # ------------------------------------------------------------
    # APPEND-ONLY
    # ------------------------------------------------------------

    @api.model
    def _creation_problem(self):
        return self.env._("Events are written by what happens.")

    # nobody writes, so nothing goes on to super
    # pylint: disable-next=method-required-super
    @typed
    def write(self, vals):
        raise AccessError(self.env._("Nobody changes an event."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("Nobody deletes an event."))
