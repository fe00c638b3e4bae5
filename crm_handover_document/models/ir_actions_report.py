import io
import re
import subprocess

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import find_in_path

from odoo.addons.crm_handover.evidence.texts import visible

REPORT = "crm_handover_document.report_handover_document"
# of any language that is written with them
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_layout(self):
        # core's loads its styles from the server, which a job need not reach
        if self.report_name == REPORT:
            return self.env.ref("crm_handover_document.handover_document_layout")
        return super()._get_layout()

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        report = self._get_report(report_ref)
        if report.report_name != REPORT:
            return super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=res_ids
            )
        # one by one, as the plain wkhtmltopdf prints one document at a time
        requests = self.env["handover.request"].browse(res_ids)
        return {
            request.id: {
                "stream": io.BytesIO(self._handover_pdf(request._document_values())),
                "attachment": None,
            }
            for request in requests
        }

    @api.model
    def _handover_pdf(self, values):
        """Print one handover document.

        :param dict values: what ``_document_values`` of the handover returned
        :return: the PDF, as bytes
        :raise UserError: when the server lacks what it takes to print
        """
        report = self.env.ref("crm_handover_document.handover_document_report").sudo()
        report = report.with_context(lang=values["lang"])
        html = report._render_template(REPORT, {"documents": [values]})
        # the name of a record may have characters that no page can hold
        text = visible(html.decode())
        if problem := self._handover_print_problem(HAN.search(text)):
            raise UserError(problem)
        bodies, _ids, _header, _footer, options = report._prepare_html(text)
        # neither header nor footer: the pages bring theirs, whichever wkhtmltopdf
        return report._run_wkhtmltopdf(
            bodies, report_ref=REPORT, specific_paperformat_args=options
        )

    @api.model
    def _handover_print_problem(self, han):
        """Return what the server lacks to print, and what to do, or an empty text.

        :param bool han: whether there are Chinese characters to print
        """
        if self.get_wkhtmltopdf_state() not in ("ok", "workers"):
            return self.env._(
                "The document cannot be printed: the server has no wkhtmltopdf that"
                " works. Let the administrator install it (on Debian and Ubuntu the"
                " package wkhtmltopdf) and start Odoo again."
            )
        if han and not self._handover_has_font("zh"):
            return self.env._(
                "The document cannot be printed: the server has no font for Chinese."
                " Let the administrator install one (on Debian and Ubuntu the packages"
                " fontconfig and fonts-noto-cjk), then print again."
            )
        return ""

    @api.model
    def _handover_has_font(self, language):
        """Tell whether fontconfig, which wkhtmltopdf asks, has a font for it."""
        try:
            fonts = subprocess.run(
                [find_in_path("fc-list"), f":lang={language}", "family"],
                capture_output=True,
                check=True,
                timeout=30,
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return bool(fonts.stdout.strip())
