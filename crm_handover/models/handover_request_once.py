import json

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError

from ..evidence import verify
from .handover_guard import typed

UNIQUE_KEY = "handover_request_unique_client_key"


class HandoverRequest(models.Model):
    """A draft that is sent again: the same key makes the same handover, once.

    A caller whose connection broke does not know whether the handover was made. They
    send it again, with their own key, and are answered the one that there is.
    """

    _inherit = "handover.request"

    client_digest = fields.Char(
        string="What Was Sent",
        readonly=True,
        copy=False,
        help="SHA-256 of what the caller sent with their own key.",
    )

    @api.model_create_multi
    @typed
    def create(self, vals_list):
        known = [self._sent_before(vals) for vals in vals_list]
        new = [
            vals for vals, request in zip(vals_list, known, strict=True) if not request
        ]
        self._check_keys_differ(new)
        digests = [self._digest_of_sent(vals) for vals in new]
        try:
            made = super().create(new)
        except psycopg2.errors.UniqueViolation as error:
            if error.diag.constraint_name != UNIQUE_KEY:
                raise
            # the same was sent at the same time; the next try finds what that one made
            raise ConcurrencyError(str(error)) from error
        for request, digest in zip(made, digests, strict=True):
            if request.client_key:
                request._trusting().client_digest = digest
        made = iter(made)
        return self.browse().concat(*(request or next(made) for request in known))

    def _sent_before(self, vals):
        """Return the caller's handover that has the key of ``vals``, or none.

        :raise UserError: when something else was sent with this key
        """
        key = vals.get("client_key")
        if not key or not isinstance(key, str):
            return self.browse()
        mine = [("requester_id", "=", self.env.uid), ("client_key", "=", key)]
        request = self.sudo().search(mine, limit=1)
        sent = request.client_digest
        # who names no company is given one, which may count as sent
        with_company = {"company_id": request.company_id.id, **vals}
        same = {self._digest_of_sent(vals), self._digest_of_sent(with_company)}
        if sent and sent not in same:
            raise UserError(
                self.env._(
                    "%(handover)s was made with the key “%(key)s”, and from something"
                    " else: send this one with a key of its own.",
                    handover=request.name,
                    key=key,
                )
            )
        return self.browse(request.ids)

    def _check_keys_differ(self, vals_list):
        keys = [vals["client_key"] for vals in vals_list if vals.get("client_key")]
        if len(set(keys)) < len(keys):
            raise UserError(
                self.env._("Each handover is sent with a key of its own, or with none.")
            )

    @api.model
    def _digest_of_sent(self, vals):
        """Return the SHA-256 of what a caller sent, whichever way it came."""
        return verify.digest([json.loads(json.dumps(vals, default=str))])
