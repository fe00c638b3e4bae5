from odoo import models

from .hr_leave_split import SPLIT


class ResourceCalendarLeaves(models.Model):
    """A public holiday takes leaves back and grants them anew: nothing of that is news.

    Only what has become of them in the end is followed, once.
    """

    _inherit = "resource.calendar.leaves"

    def _reevaluate_leaves(self, time_domain_dict):
        if not time_domain_dict:
            return super()._reevaluate_leaves(time_domain_dict)
        leaves = self.env["hr.leave"].search(self._get_domain(time_domain_dict))
        quiet = self.with_context(handover_split=SPLIT)
        wholes = leaves._handover_whole()
        with leaves._handover_splitting(leaves.sudo().employee_id, wholes):
            return super(ResourceCalendarLeaves, quiet)._reevaluate_leaves(
                time_domain_dict
            )
