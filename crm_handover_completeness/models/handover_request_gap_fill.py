from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.crm_handover.evidence.plain import plain
from odoo.addons.crm_handover.models.handover_guard import door, single

from ..completeness import score

# records that are offered at once
SHOWN = 5


class HandoverRequest(models.Model):
    """Gaps that are filled where they are read."""

    _inherit = "handover.request"

    @door
    def get_gap(self, check_id, offset=0):
        """Return records that lack something, with what is asked for.

        One of several givers gets their own records.

        :param int check_id: of the check that found the gap
        :param int offset: how many are there already
        :return: ``{"check_id", "type", "label", "choices", "total", "lines": [{"id",
            "name", "value", "can_fill"}]}``; ``type`` is that of the field, ``todo``
            for a next step, or empty where nothing can be filled in here
        :raise AccessError: when the caller neither requests, hands over nor decides
        :raise UserError: when there is no such check
        """
        single(self)
        self._require_fill()
        check = self.env["handover.check"].browse(check_id or 0).exists()
        if not check:
            raise UserError(self.env._("There is no such check any more."))
        lines = self.env["handover.request.line"]
        domain = self._gap_domain(check)
        some = lines.search(domain, order="id", limit=SHOWN, offset=max(0, offset or 0))
        field = check._fill_field()
        return {
            "check_id": check.id,
            "type": check._fills_with(),
            "label": field._description_string(self.env) if field else check.name,
            "choices": self._gap_choices(check, field),
            "total": lines.search_count(domain),
            "lines": self._gap_lines(check, field, some),
        }

    def _gap_domain(self, check):
        domain = (
            Domain("request_id", "=", self.id)
            & Domain("state", "=", "todo")
            & Domain("gap_ids", "in", check.ids)
        )
        if self.sudo()._gives_a_part(self.env.user):
            domain &= Domain("predecessor_id", "=", self.env.uid)
        return domain

    def _gap_choices(self, check, field):
        if not field or field.type != "selection":
            return []
        return [list(one) for one in field._description_selection(self.env)]

    def _gap_lines(self, check, field, lines):
        Model = self.env[check.scope_id.sudo().model].with_context(active_test=False)
        records = Model.browse(lines.mapped("res_id")).exists()
        readable = records._filtered_access("read") if field else records.browse()
        writable = set(records._filtered_access("write").ids)
        values = {record.id: plain(record[field.name]) for record in readable}
        return [
            {
                "id": line.id,
                "name": line.res_name or "",
                "value": values.get(line.res_id, False),
                "can_fill": line.res_id in writable,
            }
            for line in lines
        ]

    def _sum_up_gaps(self):
        """Make the score of the whole agree with that of its records."""
        Line = self.env["handover.request.line"].sudo()
        checks = self._checks()
        weights = {
            scope: sum(some.mapped("weight"))
            for scope, some in checks.grouped("scope_id").items()
        }
        mine = [("request_id", "=", self.id), ("checked", "=", True)]
        by_scope = Line._read_group(mine, ["scope_id"], ["__count"])
        by_gap = Line._read_group(mine, ["gap_ids"], ["__count"])
        possible = sum(weights.get(scope, 0) * count for scope, count in by_scope)
        missing = sum(check.weight * count for check, count in by_gap if check)
        self._trusting().write({"score": score(possible, missing)})
