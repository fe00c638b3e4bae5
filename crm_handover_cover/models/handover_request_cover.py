from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_handover.models.handover_states import HANDED_OVER


class HandoverRequest(models.Model):
    """Cover while somebody is away: what is due by the clock, a step at a time."""

    _inherit = "handover.request"

    @api.model
    def _cron_cover(self):
        """Do what covers need by now, each step committed by itself."""
        cron, Request = self.env["ir.cron"], self.sudo()
        safely = self.env["handover.background"]._safely
        steps = list(Request._cover_steps())
        cron._commit_progress(remaining=len(steps))
        for id_, step in steps:
            request = Request.browse(id_)
            safely(getattr(request, step), request._tell_failure)
            if not cron._commit_progress(1):
                break

    @api.model
    def _cover_steps(self):
        """Yield what is due: ids of handovers, and names of methods.

        Each method looks again whether it is so. Extended by super().
        """
        return iter(())

    @api.model
    def _covering(self):
        """Return the domain of the covers that go on now: handed over, not back."""
        return Domain("kind", "=", "temporary") & Domain("state", "in", HANDED_OVER)

    def _is_covering(self):
        """Tell whether somebody is covered now: handed over, and the end to come."""
        self.ensure_one()
        return bool(self.filtered_domain(self._covering()))
