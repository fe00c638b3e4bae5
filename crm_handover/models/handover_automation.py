"""Automation rules of Odoo, webhooks among them, see what happens and hold up nothing.

``base_automation`` puts them around ``write`` on the class of the registry.
"""

import logging

from odoo import api, models

from .handover_background import FATAL, TRANSIENT
from .handover_transaction import undoing

_logger = logging.getLogger(__name__)


class HandoverAutomated(models.AbstractModel):
    """What rules watch, and what goes on where one of them fails."""

    _name = "handover.automated"
    _description = "Watched by Automation Rules"

    @api.model
    def _has_automations(self):
        """Tell whether automation rules, webhooks among them, watch this model."""
        if "base.automation" not in self.env:
            return False
        rules = self.env["base.automation"].sudo()
        return bool(rules.search_count([("model_name", "=", self._name)], limit=1))

    @api.model
    def _despite_automations(self, step):
        """Do ``step``, which rules see and may fail on.

        :return: whether that went well; otherwise nothing was done
        """
        try:
            with undoing(self.env.cr):
                step()
                self.env.flush_all()
        except (*TRANSIENT, *FATAL):
            raise
        except Exception:
            _logger.exception("An automation rule on %s failed", self._description)
            return False
        return True

    def _write_watched(self, values):
        """Write guarded values where rules see it; where one fails, without them."""
        if not self._has_automations():
            self._trusting().write(values)
        elif not self._despite_automations(lambda: self._trusting().write(values)):
            self._write_unwatched(values)

    def _write_unwatched(self, values):
        """Write guarded values where no rule sees it, nor what is computed of them."""
        records = self._trusting()
        if not self._has_automations():
            records.write(values)
            return
        rules = self.env["base.automation"].sudo()
        rules = rules.search([("model_name", "=", self._name)])
        # by what it remembers, they have done their part already
        records = records.with_context(__action_done=dict.fromkeys(rules, self))
        # even their conditions may fail: what the class inherits has none of them
        inherited = super(type(records), records)
        inherited.write(values)
        records.flush_recordset()
