from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..day_texts import moment_text
from .handover_states import FROZEN


class HandoverRequest(models.Model):
    """From a day on, the predecessor changes nothing any more of who has the records.

    They read on and brief, and work on the records: close deals, won or lost, as well.
    They export none that is listed, delete and archive none, and give none to anybody.
    It ends with the handover.
    """

    _inherit = "handover.request"

    date_freeze = fields.Datetime(
        string="Frozen From",
        copy=False,
        tracking=True,
        content=True,
        help="From then on, once it is approved, the predecessor can export, delete,"
        " archive or give away none of the records on the list; they read them, and"
        " work on them, as before. It ends with the handover.",
    )

    _freeze_idx = models.Index("(predecessor_id) WHERE date_freeze IS NOT NULL")

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    @api.model
    def _freezes(self, user_id):
        """Tell whether records are frozen for this user now."""
        since = self._everybody(user_id).frozen
        return bool(since) and since <= fields.Datetime.now()

    def _after_move(self, move):
        result = super()._after_move(move)
        if frozen := self.sudo().filtered("date_freeze"):
            givers = "predecessor_id", "predecessor_ids"
            frozen.flush_recordset(["state", "date_freeze", *givers])
            self._forget_everybody()
        return result

    # ------------------------------------------------------------
    # WHAT
    # ------------------------------------------------------------

    @api.model
    def _check_frozen(self, records, what):
        """Raise when one of ``records`` is frozen for the user.

        :param str what: ``write``, ``archive``, ``unlink`` or ``export``
        """
        line = self._frozen_line(records)
        if not line:
            return
        values = {"record": line.res_name, "handover": line.request_id.name}
        raise UserError(
            {
                "write": self.env._(
                    "%(record)s is being handed over (%(handover)s): who has it is not"
                    " changed until that is over.",
                    **values,
                ),
                "archive": self.env._(
                    "%(record)s is being handed over (%(handover)s): it is not archived"
                    " until that is over.",
                    **values,
                ),
                "unlink": self.env._(
                    "%(record)s is being handed over (%(handover)s): it is not deleted"
                    " until that is over.",
                    **values,
                ),
                "export": self.env._(
                    "%(record)s is being handed over (%(handover)s): it is not exported"
                    " until that is over.",
                    **values,
                ),
            }[what]
        )

    @api.model
    def _frozen_line(self, records):
        """Return a line that freezes one of ``records`` for the user, or none."""
        lines = self.env["handover.request.line"].sudo()
        ids = [id_ for id_ in records._ids if isinstance(id_, int)]
        if not ids or records._name.startswith("handover."):
            return lines
        # of several people each has frozen what they give
        one_of_several = Domain("request_id.predecessor_ids", "in", [self.env.uid])
        one_of_several &= Domain("predecessor_id", "=", self.env.uid)
        gives = Domain("request_id.predecessor_id", "=", self.env.uid) | one_of_several
        return lines.search(
            Domain("res_model", "=", records._name)
            & Domain("res_id", "in", ids)
            & Domain("state", "not in", ["returned", "cancelled"])
            & gives
            & Domain("request_id.state", "in", FROZEN)
            & Domain("request_id.date_freeze", "<=", fields.Datetime.now()),
            limit=1,
        )

    # ------------------------------------------------------------
    # WHAT IS TOLD
    # ------------------------------------------------------------

    def _request_findings(self):
        return [*super()._request_findings(), *self._freeze_findings()]

    def _freeze_findings(self):
        if not self.date_freeze:
            return []
        fix = self.env._("It begins with the approval, and ends with the handover.")
        if self._several_givers():
            text = self.env._(
                "Frozen from %(date)s: of these people each exports, deletes, archives"
                " and gives away none of the records that they hand over.",
                date=moment_text(self.env, self.date_freeze),
            )
            return [self._finding("freeze", "info", text, fix)]
        if not self.predecessor_id:
            text = self.env._("A team's records are not frozen: choose a predecessor.")
            return [self._finding("freeze", "warning", text)]
        text = self.env._(
            "Frozen from %(date)s: %(user)s exports, deletes, archives and gives away"
            " none of the records.",
            date=moment_text(self.env, self.date_freeze),
            user=self.sudo().predecessor_id.name,
        )
        return [self._finding("freeze", "info", text, fix)]
