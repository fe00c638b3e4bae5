from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

CARE = "crm_handover_review.mail_activity_type_care"


class HandoverRequest(models.Model):
    """Alarms: a to-do for the successor at first, and for a superior days later.

    What is wrong stands in the digest and on the page of the successor. The to-do is on
    the handover, where others read it, and so it tells neither figures nor names.
    """

    _inherit = "handover.request"

    @api.model
    def _own_todo_types(self):
        return super()._own_todo_types() | self._todo_types(CARE)

    @api.model
    def _reminded_types(self):
        return super()._reminded_types() | self._todo_types(CARE)

    def _reminder_texts(self, user):
        return [*super()._reminder_texts(user), *self._alarm_texts(user)]

    def _conclude(self, figures):
        result = super()._conclude(figures)
        # after the last review there is nothing to follow up any more
        if self._planned_reviews():
            self._raise_alarms()
        return result

    def _end_follow_up(self):
        self._todos(CARE).unlink()
        return super()._end_follow_up()

    def _raise_alarms(self):
        """Give to-dos to whoever has something to look after, and take back others."""
        self.ensure_one()
        followups = self.env["handover.followup"].sudo()
        mine = Domain("request_id", "=", self.id)
        since = dict(
            followups._read_group(
                mine & Domain("alarm_since", "!=", False),
                ["successor_id"],
                ["alarm_since:min"],
            )
        )
        today = fields.Date.today()
        todos = self._todos(CARE)
        for user in self._overloaded(self._takers()):
            # how long is known from the to-do that was given for it
            theirs = todos.filtered(lambda todo, user=user: todo.user_id == user)
            days = [*theirs.mapped("date_deadline"), today, since.get(user, today)]
            since[user] = min(days)
        wanted = self.env["res.users"].sudo().union(*since)
        limit = today - timedelta(days=self.company_id.handover_alarm_days)
        if any(day <= limit for day in since.values()):
            wanted |= self._in_charge(self.approver_id)
        wanted = wanted.filtered(self._shows_to)
        asked = todos.user_id
        todos.filtered(lambda todo: todo.user_id not in wanted).unlink()
        for user in wanted - asked:
            self._ask_to_care(user, takes=user in since)

    def _ask_to_care(self, user, takes):
        def text(env):
            if takes:
                return env._("Look after what you took over: “Who to Call Next”")
            return env._("Look after this handover with the successors")

        self._ask(CARE, user, text)

    def _overloaded(self, users):
        """Return those of ``users`` who have more open records than the company set."""
        most = self.company_id.sudo().handover_max_open
        if not most:
            return users.browse()
        return users.filtered(lambda user: self._load(user) > most)

    def _load(self, user):
        """Return how many open records of all kinds a user has in the company."""
        return sum(
            scope._records().search_count(
                scope._collectable_domain(self.company_id) & scope._owner_domain(user)
            )
            for scope in self.env["handover.scope"]._in_use()
        )

    def _alarm_texts(self, user):
        """Return what is wrong, as far as ``user`` may see it, in their language."""
        self.ensure_one()
        followups = (
            self.env["handover.followup"]
            .with_user(user)
            .with_context(
                allowed_company_ids=self.company_id.ids, lang=user.lang, tz=user.tz
            )
        )
        env = followups.env
        mine = [("request_id", "=", self.id)]
        silent, unplanned, fallen = (
            followups.search_count([*mine, (name, "=", True)])
            for name in ("no_contact", "no_step", "fell_back")
        )
        texts = []
        if silent:
            texts.append(env._("Customers without a first contact in time: %s", silent))
        if unplanned:
            texts.append(env._("High risks without a next step: %s", unplanned))
        if fallen:
            texts.append(env._("Deals that fell back: %s", fallen))
        seen = followups.search(mine).successor_id
        for successor in self._overloaded(seen.sudo()):
            texts.append(
                env._(
                    "%(person)s has more open records than agreed: %(count)s",
                    person=successor.name,
                    count=self._load(successor),
                )
            )
        return texts
