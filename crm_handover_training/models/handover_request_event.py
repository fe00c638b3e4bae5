from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_request_event import kept


class HandoverRequestEvent(models.Model):
    _inherit = "handover.request.event"

    code = fields.Selection(
        selection_add=[
            ("training_changed", "Training topics changed"),
            ("training_planned", "Training planned"),
            ("training_attended", "Training attended"),
            ("training_signed", "Training signed off"),
            ("training_waived", "Training waived"),
        ],
        ondelete=kept(
            "training_changed",
            "training_planned",
            "training_attended",
            "training_signed",
            "training_waived",
        ),
    )

    @api.model
    def _unread(self):
        return super()._unread() | {"start"}

    @api.model
    def _closed_parts(self):
        return super()._closed_parts() | {
            "training_signed": {"rating": "givers", "comment": "givers"},
            "training_waived": {"reason": "givers"},
        }

    def _texts(self):
        data = self.data or {}
        return super()._texts() | {
            "topics": self.env._("%s topics", data.get("topics")),
            "added": self.env._("added: %s", data.get("added")),
            "removed": self.env._("removed: %s", data.get("removed")),
            "rating": self.env._("self-rating %s", data.get("rating")),
        }
