from odoo import models
from odoo.tools import split_every

from odoo.addons.crm_handover.models.handover_guard import door, single

from ..workbook import workbook

# lines that are in memory at the same time
CHUNK = 1_000


class HandoverRequest(models.Model):
    """The annex of the handover document: all records in full, as a spreadsheet."""

    _inherit = "handover.request"

    @door
    def action_download_annex(self):
        """Make a spreadsheet of the records that the caller may see, and download it.

        Of many records it is made in the background.

        :return: an action that downloads the file, or says that it is being made
        """
        single(self)
        return self._deliver("annex")

    def _file_makers(self):
        def annex():
            return "-annex.xlsx", self._document_annex()

        return {**super()._file_makers(), "annex": annex}

    def _document_annex(self, readers=None):
        """Return the annex: a spreadsheet of texts, as bytes.

        :param readers: the users who will read it; by default the user of ``self``
        """
        request = self._as_reader(readers)
        columns = request._document_columns()
        rows = request._document_annex_rows(readers or self.env.user, columns)
        title = request.env._("Records")
        return workbook(title, list(columns.values()), rows)

    def _document_columns(self):
        """Return the columns of the annex: ``{name: head}``."""
        return {
            "kind": self.env._("Kind"),
            "id": self.env._("Record ID"),
            "name": self.env._("Record"),
            "customer": self.env._("Customer"),
            "predecessor": self.env._("Predecessor"),
            "successor": self.env._("Successor"),
            "stage": self.env._("Stage"),
            "deadline": self.env._("Deadline"),
            "amount": self.env._("Amount"),
            "risk": self.env._("Risk"),
            "note": self.env._("Note"),
            **self.env["handover.request.line"]._report_columns(),
            "decision": self.env._("Decision"),
            "state": self.env._("State"),
            "outcome": self.env._("Outcome"),
            "explanation": self.env._("Explanation"),
            "date": self.env._("Handed Over On"),
            "returned": self.env._("Given Back On"),
        }

    def _document_annex_rows(self, readers, columns):
        """Yield the texts of each line, in chunks, to spare the memory."""
        Line = self.env["handover.request.line"]
        domain = self._document_lines()
        readable = self._document_readable(domain, readers)
        # each company with what is about it, then what is about none
        ids = Line.search(domain, order="customer_id, id").ids
        for some in split_every(CHUNK, ids, list):
            lines = Line.browse(some)
            facts = self._document_facts(lines, readable)
            for line in lines:
                row = self._document_annex_row(line, facts[line.id])
                yield [row[name] for name in columns]
            self.env.invalidate_all()

    def _document_annex_row(self, line, facts):
        """Return the texts of one line by column."""
        told = line._report_told()
        return {
            **self._document_fact_texts(facts),
            **line._report_row(),
            "note": told["note"],
            "kind": line.scope_id.name or "",
            "id": str(line.res_id),
            "name": line.res_name or "",
            "customer": line.customer_id.display_name or "",
            "predecessor": line.predecessor_id.sudo().name or "",
            "successor": line._taker_told(),
            "risk": self._document_label("risk", line, told["risk"]),
            "decision": self._document_label("decision", line),
            "state": self._document_label("state", line),
            "outcome": self._document_label("result_code", line),
            "explanation": line.outcome_text or "",
            "date": self._document_time(line.date_done),
            "returned": self._document_time(line.date_returned),
        }
