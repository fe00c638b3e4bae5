from odoo import api, models


class ReportHandoverDocument(models.AbstractModel):
    """The document as a page of the browser; the PDF is printed from the same."""

    _name = "report.crm_handover_document.report_handover_document"
    _description = "Handover Document"

    @api.model
    def _get_report_values(self, docids, data=None):
        requests = self.env["handover.request"].browse(docids)
        return {"documents": [request._document_values() for request in requests]}
