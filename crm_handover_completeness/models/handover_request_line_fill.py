from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.models.handover_values import check_value, is_nothing

from ..completeness import score
from .handover_check_fill import TODO


class HandoverRequestLine(models.Model):
    """The gap of one record, filled with the caller's own rights."""

    _inherit = "handover.request.line"

    @door
    def fill_gap(self, check_id, value, summary=False):
        """Write what the record lacks, with the caller's own rights.

        Which field it is, the check says. What is found missing afterwards is kept, as
        by a check of the completeness.

        :param int check_id: of the check that found the gap
        :param value: of the check's field, by its type; for a next step its day
        :param str summary: of a next step: what is to be done
        :return: ``{"count", "score"}``: how many records still lack it, and how
            complete the handover is
        :raise AccessError: when the caller may not change the record, or neither
            requests, hands over nor decides; of several givers, hands over this record
        :raise UserError: when the value is none, does not close the gap, or the record
            lacks nothing of that kind
        """
        single(self)
        request = self.request_id
        request._require_fill(self)
        check = self.gap_ids.filtered(lambda check: check.id == check_id)
        if not check or self.state != "todo":
            raise UserError(
                self.env._("%s: this is missing no more. Look again.", self.res_name)
            )
        record = self._record()
        if not record or not record.has_access("write"):
            raise AccessError(
                self.env._("%s: you may not change this record.", self.res_name)
            )
        if check._fills_with() == TODO:
            self._plan_next_step(record, value, summary)
        else:
            self._fill_field_of(record, check, value)
        self._look_again(check)
        return {
            "count": self.search_count(request._gap_domain(check)),
            "score": request.score,
        }

    def _check_filled(self, field, value):
        """Raise unless ``value`` is one of the type of ``field``, and not empty."""
        check_value(self.env, field, value)
        if is_nothing(value) or (isinstance(value, str) and not value.strip()):
            raise UserError(self.env._("%s: fill it in.", self.res_name))

    def _fill_field_of(self, record, check, value):
        field = check._fill_field()
        if not field:
            raise UserError(
                self.env._("%s: open the record to complete it.", self.res_name)
            )
        self._check_filled(field, value)
        record.write({field.name: value})

    def _plan_next_step(self, record, value, summary):
        """Plan a to-do for who has the record; it goes along with it."""
        field = self.env["mail.activity"]._fields["date_deadline"]
        self._check_filled(field, value)
        owner = self.sudo().predecessor_id or self.env.user
        env = self.with_context(lang=owner.lang).env
        record.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=value,
            summary=(summary or "").strip() or env._("Next step"),
            user_id=owner.id,
        )

    def _look_again(self, check):
        """Check the record anew; raise when it lacks the same as before."""
        self.env.flush_all()
        request = self.request_id
        checks = request._checks(("scope_id", "=", self.scope_id.id))
        found = request._gaps_by_record(checks, [self.res_id]).get(self.res_id, set())
        if check.id in found:
            raise UserError(
                self.env._(
                    "%(record)s: with this value it is still so: %(gap)s.",
                    record=self.res_name,
                    gap=check.name,
                )
            )
        # whoever submits or runs it meanwhile goes first
        request._lock()
        request._require_fill(self)
        gaps = checks.filtered(lambda check: check.id in found)
        possible, missing = sum(checks.mapped("weight")), sum(gaps.mapped("weight"))
        self._trusting().write(
            {
                "gap_ids": [fields.Command.set(gaps.ids)],
                "gap_count": len(gaps),
                "score": score(possible, missing),
            }
        )
        request._sum_up_gaps()
