from collections import Counter

from odoo import models
from odoo.tools import SQL, human_size

from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.word_texts import labelled, listed

from ..file_kinds import kind


class HandoverRequest(models.Model):
    """The files that go along: of the records, and of the handover itself.

    Who reads the handover reads its own files: approver and successors get what the
    predecessor puts there.
    """

    _inherit = "handover.request"

    @door
    def get_files(self):
        """Tell which files go along, and what could stay behind.

        :return: ``{"summary": {"count", "size", "records", "kinds": [{"kind", "name",
            "count"}]}, "own": [{"id", "name", "kind", "size", "date", "url"}],
            "loose": {"count", "size", "can_add", "rows"}, "links": {"count", "rows":
            [{"line_id", "record", "scope", "links"}]}}``; ``loose`` has rows for the
            predecessor only, of several people for each their own, and ``links`` the
            addresses for who may open the record
        """
        single(self)
        summary = self._file_summary()
        names = self.env["handover.request.line"]._file_kinds()
        counts = Counter(summary["kinds"]).most_common()
        return {
            "summary": {
                **summary,
                "kinds": [
                    {"kind": kind_, "name": names[kind_], "count": count}
                    for kind_, count in counts
                ],
            },
            "own": self.env["handover.request.line"]._list_files(
                self._own_file_domain()
            ),
            "loose": self._loose_file_answer(),
            "links": self._private_link_answer(),
        }

    def _file_summary(self):
        """Count the files of the records on the lines that the user reads.

        :return: ``{"count": int, "size": bytes as float, "kinds": {kind: count},
            "records": number of records with files}``
        """
        self.ensure_one()
        lines = self.env["handover.request.line"]._search(
            [("request_id", "=", self.id)]
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT file.type, file.mimetype, count(*),
                    COALESCE(sum(file.file_size), 0),
                    count(DISTINCT (file.res_model, file.res_id)), GROUPING(file.type)
                FROM ir_attachment file
                JOIN (SELECT DISTINCT res_model, res_id FROM handover_request_line
                      WHERE id IN %s) line USING (res_model, res_id)
                WHERE file.res_field IS NULL
                GROUP BY GROUPING SETS ((file.type, file.mimetype), ())""",
                lines.subselect(),
            )
        )
        summary = {"count": 0, "size": 0.0, "kinds": Counter(), "records": 0}
        for type_, mimetype, count, size, records, total in self.env.cr.fetchall():
            if total:
                summary.update(count=count, size=float(size), records=records)
            else:
                summary["kinds"][kind(mimetype, type_ == "url")] += count
        return {**summary, "kinds": dict(summary["kinds"])}

    def _report_sections(self):
        summary = self._file_summary()
        names = self.env["handover.request.line"]._file_kinds()
        kinds = listed(
            self.env,
            (labelled(self.env, names[k], n) for k, n in summary["kinds"].items()),
        )
        figures = self.env._(
            "Files: %(count)s, records: %(records)s, %(size)s (%(kinds)s)",
            count=summary["count"],
            records=summary["records"],
            size=human_size(summary["size"]) or "0",
            kinds=kinds or "–",
        )
        title = self.env._("Files")
        return [
            *super()._report_sections(),
            {"key": "files", "title": title, "text": figures},
        ]
