from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.crm_handover.models.handover_guard import door

from .handover_check_kinds import GAP_ACTIVITY

# to-dos on records; what goes beyond is summed up in one on the handover
TODO_LIMIT = 200


class HandoverRequest(models.Model):
    """Gaps become to-dos: on the records for their owner, summed up for others."""

    _inherit = "handover.request"

    @door
    def action_plan_gaps(self):
        """Check the records, and ask whoever is responsible for what is missing.

        The predecessor gets a to-do on each record, and one on the handover for what
        goes beyond 200 records or cannot be opened; the requester gets one on the
        handover. Asked again, to-dos follow what is missing by now. No mail is sent.

        :return: ``True``
        :raise AccessError: when the caller neither requests, hands over nor decides
        :raise UserError: when it is handed over already, or has no records
        """
        self._require_check()
        for request in self:
            request._measure()
            request._plan_gaps()
        return True

    @api.model
    def _own_todo_types(self):
        return super()._own_todo_types() | self._todo_types(GAP_ACTIVITY)

    def _plan_gaps(self):
        """Make the open to-dos be those that the present gaps ask for."""
        self.ensure_one()
        request = self.sudo()
        checks = self._checks()
        giver = request.predecessor_id
        # somebody who has left cannot be asked
        if not giver.active:
            giver = request.requester_id
        asked = {}
        for check in checks:
            theirs = check.responsible == "predecessor"
            user = giver if theirs else request.requester_id
            asked[user] = asked.get(user, checks.browse()) | check
        wanted = {}
        for user, theirs in asked.items():
            wanted.update(request._wanted_todos(user, theirs))
        open_todos = request._gap_todos()
        for todo in open_todos:
            note = wanted.pop((todo.res_model, todo.res_id, todo.user_id), None)
            if note is None:
                todo.unlink()
                continue
            values = {
                "note": note,
                "date_deadline": request._gap_deadline(todo.user_id),
            }
            if any(todo[name] != value for name, value in values.items()):
                todo.write(values)
        request._make_gap_todos(wanted)

    def _wanted_todos(self, user, checks):
        """Return what ``user`` is asked for: ``{(model, record id, user): note}``."""
        lines = self.env["handover.request.line"].search(
            [
                ("request_id", "=", self.id),
                ("state", "=", "todo"),
                ("gap_ids", "in", checks.ids),
            ],
            order="score, id",
        )
        checks = checks.with_context(lang=user.lang)
        direct = lines.browse()
        if user == self.predecessor_id:
            direct = self._openable(lines, user)[:TODO_LIMIT]
        wanted = {}
        for line in direct:
            names = checks.filtered(lambda check, line=line: check in line.gap_ids)
            wanted[line.res_model, line.res_id, user] = self._gap_note(
                names.mapped("name"), user
            )
        counts = Counter(check for line in lines - direct for check in line.gap_ids)
        texts = [
            checks.env._(
                "%(kind)s (%(count)s): %(gap)s",
                kind=check.scope_id.name,
                count=counts[check],
                gap=check.name,
            )
            for check in checks
            if counts[check]
        ]
        if texts:
            wanted[self._name, self.id, user] = self._gap_note(texts, user)
        return wanted

    def _openable(self, lines, user):
        """Return those of ``lines`` whose records ``user`` can open and plan for."""
        openable = set()
        for model, group in lines._there().grouped("res_model").items():
            if "activity_ids" in self.env[model]._fields:
                records = self.env[model].browse(group.mapped("res_id")).exists()
                readable = records.with_user(user)._filtered_access("read")
                openable.update((model, id_) for id_ in readable.ids)
        return lines.filtered(lambda line: (line.res_model, line.res_id) in openable)

    def _gap_note(self, texts, user):
        env = self.with_context(lang=user.lang).env
        items = Markup().join(Markup("<li>%s</li>") % text for text in texts)
        return Markup("<p>%s</p><ul>%s</ul>") % (
            env._("Missing for the handover %s:", self.name),
            items,
        )

    def _gap_todos(self):
        """Return the open to-dos that ask for what is missing in this handover."""
        todos = self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", self.env.ref(GAP_ACTIVITY).id),
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
            ]
        )
        lines = self.env["handover.request.line"]
        groups = lines._read_group(
            [("request_id", "=", self.id)], ["res_model"], ["res_id:array_agg"]
        )
        for model, res_ids in groups:
            todos |= todos.search(
                [
                    ("activity_type_id", "=", self.env.ref(GAP_ACTIVITY).id),
                    ("res_model", "=", model),
                    ("res_id", "in", res_ids),
                ]
            )
        return todos

    def _gap_deadline(self, user):
        """Return the last day before the handover, in the time zone of ``user``."""
        request = self.with_context(tz=user.tz or "UTC")
        today = fields.Date.context_today(request)
        if not self.date_planned:
            return self.env.ref(GAP_ACTIVITY).with_env(request.env)._get_date_deadline()
        planned = fields.Datetime.context_timestamp(request, self.date_planned)
        return max(today, fields.Date.subtract(planned.date(), days=1))

    def _make_gap_todos(self, wanted):
        type_id = self.env.ref(GAP_ACTIVITY).id
        model_id = self.env["ir.model"]._get_id
        values = [
            {
                "activity_type_id": type_id,
                "automated": True,
                "summary": self.with_context(lang=user.lang).env._(
                    "Complete before the handover"
                ),
                "note": note,
                "date_deadline": self._gap_deadline(user),
                "res_model_id": model_id(model),
                "res_id": res_id,
                "user_id": user.id,
            }
            for (model, res_id, user), note in wanted.items()
        ]
        # no notice for each of them
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            values
        )
