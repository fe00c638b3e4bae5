from odoo import api, fields, models
from odoo.tools import SQL


class HandoverRequestReview(models.Model):
    _inherit = "handover.request.review"

    visit_count = fields.Integer(
        "Visits Held",
        readonly=True,
        copy=False,
        help="Visits among the records that were held.",
    )
    # a figure with a twin of this name is measured for the time before as well
    visit_count_before = fields.Integer(
        "Visits Held Before",
        readonly=True,
        copy=False,
        help="The same figure in the same time before the handover.",
    )

    @api.model
    def _figures(self, request, actor, start, end):
        figures = super()._figures(request, actor, start, end)
        query = SQL(
            """SELECT work.successor_id, count(*) AS visit_count
            FROM (%(work)s) work JOIN demo_visit visit ON visit.id = work.res_id
            WHERE work.res_model = 'demo.visit' AND visit.state = 'held'
                AND visit.date > %(start)s AND visit.date <= %(end)s
            GROUP BY work.successor_id""",
            work=self._work(request, actor),
            start=start,
            end=end,
        )
        for row in self._rows(query):
            figures[row.pop("successor_id")] |= row
        return figures
