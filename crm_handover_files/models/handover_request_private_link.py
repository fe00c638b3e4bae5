from odoo import api, models
from odoo.tools import SQL

from ..private_places import DEFAULT, find, hints, places
from .handover_request_line_files import LISTED

PARAMETER = "crm_handover.private_places"


class HandoverRequest(models.Model):
    """Links that the successor cannot follow: to a computer, a drive, a personal cloud.

    Looked for in the texts of the records and in the links that hang on them.
    """

    _inherit = "handover.request"

    def _private_link_answer(self):
        """Return the records with such links; the links for who may open the record."""
        links = self._private_links()
        shown = self.env["handover.request.line"].browse(list(links)[:LISTED])
        readable = set()
        for model, lines in shown._there().grouped("res_model").items():
            records = self.env[model].browse(lines.mapped("res_id")).exists()
            found = records._filtered_access("read")
            readable.update((model, id_) for id_ in found.ids)
        return {
            "count": len(links),
            "rows": [
                {
                    "line_id": line.id,
                    "record": line.res_name or "",
                    "scope": line.scope_id.name,
                    "links": (
                        links[line.id]
                        if (line.res_model, line.res_id) in readable
                        else []
                    ),
                }
                for line in shown
            ],
        }

    def _private_links(self, *domain):
        """Return the links that only one person can follow, by line.

        :param domain: conditions on the lines, all of those that the user reads
        :return: ``{line id: [link]}``, in the order of the lines; for the user as far
            as they may open the record
        """
        self.ensure_one()
        names = self._private_places()
        Line = self.env["handover.request.line"]
        domain = [("request_id", "=", self.id), *domain]
        self.env.flush_all()
        found = {}
        for (scope,) in Line._read_group(domain, ["scope_id"]):
            if scope._is_gone():
                continue
            lines = Line._search([*domain, ("scope_id", "=", scope.id)]).subselect()
            for line_id, *texts in self._texts_with_hints(scope.model, lines, names):
                for text in texts:
                    if text and (links := find(text, names)):
                        found.setdefault(line_id, []).extend(links)
        return {id_: list(dict.fromkeys(found[id_])) for id_ in sorted(found)}

    def _texts_with_hints(self, model, lines, names):
        """Yield ``(line id, text, …)`` of the records that may have such a link.

        :param lines: SQL for ids of lines of this model
        """
        hint = hints(names)
        Model = self.env[model]
        columns = [
            SQL.identifier("record", field.name)
            for field in Model._fields.values()
            if field.type in ("html", "text")
            and field.store
            and field.column_type
            and not field.translate
            and not field.company_dependent
            and not field.groups
        ]
        if columns:
            self.env.cr.execute(
                SQL(
                    """SELECT line.id, %(columns)s FROM %(table)s record
                    JOIN handover_request_line line ON line.res_id = record.id
                    WHERE line.id IN %(lines)s AND (%(hints)s)""",
                    columns=SQL(", ").join(columns),
                    table=SQL.identifier(Model._table),
                    lines=lines,
                    hints=SQL(" OR ").join(SQL("%s ~* %s", c, hint) for c in columns),
                )
            )
            yield from self.env.cr.fetchall()
        self.env.cr.execute(
            SQL(
                """SELECT line.id, file.url FROM ir_attachment file
                JOIN handover_request_line line ON line.res_id = file.res_id
                WHERE line.id IN %(lines)s AND file.res_model = %(model)s
                    AND file.res_field IS NULL
                    AND file.type = 'url' AND file.url ~* %(hint)s""",
                lines=lines,
                model=model,
                hint=hint,
            )
        )
        yield from self.env.cr.fetchall()

    @api.model
    def _private_places(self):
        """Return the names of the places that belong to one person."""
        text = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        return places(text) or DEFAULT

    # ------------------------------------------------------------
    # PREFLIGHT
    # ------------------------------------------------------------

    def _preflight_findings(self):
        return [*super()._preflight_findings(), *self._private_link_findings()]

    def _private_link_findings(self):
        """Yield a finding that counts the records with links for one person."""
        if links := self._private_links(("state", "=", "todo")):
            yield self._finding(
                "private_links",
                "warning",
                self.env._(
                    "Records with links that others may be unable to follow: %s.",
                    len(links),
                ),
                self.env._("See “Files”."),
            )
