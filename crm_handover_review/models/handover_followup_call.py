from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_guard import door, model_door

from .handover_followup import SEPARATOR

# how long somebody who is called later is out of the way
LATER_DAYS = 3
# records of a customer that are named
NAMED = 3
# customers that are sent at first, and whenever somebody asks for more
WINDOW = 100
# so many are sent again to a screen that has them
MOST = 1000


class HandoverFollowup(models.Model):
    """The customers to call: what a successor took over, a row for each customer.

    That somebody was called is a done to-do on the record, as Odoo has it everywhere.
    """

    _inherit = "handover.followup"

    later_date = fields.Date(
        "Call Again On",
        readonly=True,
        copy=False,
        help="Until then the successor wants to see the customer no more.",
    )
    call_message_id = fields.Many2one(
        "mail.message",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="What the last call from the list left on the record.",
    )
    call_todo_id = fields.Many2one(
        "mail.activity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The to-do of the call, or of the one that was put off.",
    )

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    @api.model
    @model_door
    def get_calls(self, offset=0, limit=0, settled=False):
        """Return customers of what the caller took over, the most urgent first.

        :param int offset: how many the screen has already
        :param int limit: how many more, 1000 at the most; empty: 100
        :param bool settled: those who were called or put off, not those to call
        :return: ``{"customers": [...], "total": n, "called": n, "waiting": n}``, the
            numbers of all of them, ``waiting`` of those to call; a customer has
            ``ids`` (of follow-ups), ``name``, ``contact``, ``partner_id``, ``phone``,
            ``email``, ``records`` (``[{"id", "name"}]``, the most urgent ones, ``id``
            of the follow-up), ``more`` (how many others), ``why`` and ``note`` (texts),
            ``amount`` (text, empty for none), ``urgency`` (0 to 145), ``alarm``,
            ``called`` and ``later`` (a date, or ``False``)
        :raise AccessError: when the caller has nothing to do with handovers
        """
        self._refresh_mine()
        today = fields.Date.context_today(self)
        units = self._call_query(today)
        window = self._call_window(
            units, max(0, offset or 0), min(limit or WINDOW, MOST), bool(settled)
        )
        mine = self.browse(id_ for ids in window for id_ in ids)
        contacts = (mine.customer_id | mine.partner_id)._filtered_access("read")
        # at once, and a set: each of many customers looks into it
        for name in ("display_name", "phone", "email"):
            contacts.mapped(name)
        people, risks = {*contacts.ids}, self._risk_names()
        return {
            "customers": [
                mine.browse(ids).with_prefetch(mine.ids)._call_row(people, risks, today)
                for ids in window
            ],
            **self._call_counts(units),
        }

    def _call_query(self, today):
        """Return the customers of what the caller took over, as a query.

        Without a customer, a record stands for itself.
        """
        mine = self._search(
            Domain("successor_id", "=", self.env.uid) & Domain("is_open", "=", True)
        )
        self.env.flush_all()
        return SQL(
            """SELECT ids, urgency, called,
                (called AND NOT alarm) OR COALESCE(later > %(today)s, FALSE) AS settled
            FROM (
                SELECT array_agg(id ORDER BY COALESCE(urgency, 0) DESC, id) AS ids,
                    max(COALESCE(urgency, 0)) AS urgency, max(later_date) AS later,
                    bool_and(date_contact IS NOT NULL) AS called,
                    bool_or(alarm_since IS NOT NULL) AS alarm
                FROM handover_followup WHERE id IN %(mine)s
                GROUP BY COALESCE(customer_id, -id)
            ) unit""",
            today=today,
            mine=mine.subselect(),
        )

    def _call_window(self, units, offset, limit, settled):
        """Return the ids of each customer's follow-ups, the most urgent first."""
        rows = self._rows(
            SQL(
                """SELECT ids FROM (%s) customer WHERE settled = %s
                ORDER BY urgency DESC, ids[1] LIMIT %s OFFSET %s""",
                units,
                settled,
                max(1, limit),
                offset,
            )
        )
        return [row["ids"] for row in rows]

    def _call_counts(self, units):
        """Return how many customers there are, were called, and are to be called."""
        [counts] = self._rows(
            SQL(
                """SELECT count(*) AS total, count(*) FILTER (WHERE called) AS called,
                    count(*) FILTER (WHERE NOT settled) AS waiting
                FROM (%s) customer""",
                units,
            )
        )
        return counts

    def _call_units(self):
        """Return these, the follow-ups of each customer by themselves."""
        # without a customer, a record stands for itself
        return self.grouped(
            lambda one: one.customer_id.id or f"record {one.id}"
        ).values()

    def _call_row(self, people, risks, today):
        """Return one customer, whose follow-ups these are, the most urgent first.

        :param set people: ids of the contacts that the caller may read
        :param dict risks: what they are called
        """
        first = self[0]
        known = self.partner_id.filtered(lambda partner: partner.id in people)
        # somebody to talk to, where the most urgent record names nobody
        person = known.filtered("phone")[:1] or known[:1]
        customer = first.customer_id.filtered(lambda partner: partner.id in people)
        later = max((one.later_date for one in self if one.later_date), default=False)
        worth = sum(self.mapped("amount"))
        return {
            "ids": self.ids,
            "name": customer.display_name or first.res_name,
            "contact": person.display_name or "",
            "partner_id": person.id,
            "phone": person.phone or "",
            "email": person.email or "",
            "records": [{"id": one.id, "name": one.res_name} for one in self[:NAMED]],
            "more": len(self[NAMED:]),
            # what it is worth stands beside it, for all of the records
            "why": SEPARATOR.join(first._reasons(risks)),
            "note": next((one.note for one in self if one.note), ""),
            "amount": first._in_words(worth) if worth else "",
            "urgency": first.urgency,
            "alarm": any(one.alarm_since for one in self),
            "called": all(one.date_contact for one in self),
            "later": later and later > today and fields.Date.to_string(later),
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_mail(self):
        """Open a mail to the customer of these records, on the most urgent one.

        :return: a window action
        :raise UserError: when a record is not the caller's, or not open any more, or
            when they are of several customers
        """
        self._check_callable()
        if len(self._call_units()) != 1:
            raise UserError(self.env._("Choose records of one customer."))
        person = self.partner_id.filtered("email")[:1]
        record = self.sorted()[:1]._call_record("message_ids")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mail"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_composition_mode": "comment",
                "default_model": record._name,
                "default_res_ids": record.ids,
                "default_partner_ids": person.ids,
            },
        }

    @door
    def action_called(self):
        """Say that the customer of these records was called; it is a contact.

        :return: ``True``
        :raise UserError: when a record is not the caller's, or not open any more
        """
        self._check_callable()
        for unit in self._call_units():
            todo = unit._plan_call(fields.Date.context_today(self))
            unit._trusting().write(
                {
                    "date_contact": fields.Datetime.now(),
                    "call_message_id": todo.action_feedback(),
                    "call_todo_id": todo.id,
                    "later_date": False,
                }
            )
        return True

    @door
    def action_call_later(self):
        """Put the customer of these records off for three days, with a to-do.

        :return: ``True``
        :raise UserError: when a record is not the caller's, or not open any more
        """
        self._check_callable()
        day = fields.Date.context_today(self) + timedelta(days=LATER_DAYS)
        for unit in self._call_units():
            todo = unit._plan_call(day)
            unit._trusting().write({"later_date": day, "call_todo_id": todo.id})
        return True

    @door
    def action_undo_call(self):
        """Take back what the caller said last of the customer of these records.

        :return: ``True``
        :raise UserError: when a record is not the caller's, or not open any more
        """
        self._check_callable()
        ours = self.sudo()
        ours.call_todo_id.filtered(lambda todo: todo.user_id == self.env.user).unlink()
        author = self.env.user.partner_id
        said = ours.call_message_id.filtered(lambda said: said.author_id == author)
        said.unlink()
        self._trusting().write({"later_date": False})
        self._refresh_mine()
        return True

    def _check_callable(self):
        for followup in self:
            name = followup.res_name
            if followup.successor_id != self.env.user:
                raise UserError(
                    self.env._("%s: whoever took it over calls the customer.", name)
                )
            if not followup.is_open:
                raise UserError(
                    self.env._("%s: it is closed or passed on by now.", name)
                )

    def _plan_call(self, day):
        """Give the caller a to-do to call, on the most urgent of these records."""
        if planned := self.call_todo_id.filtered("active")[:1]:
            planned.date_deadline = day
            return planned
        return (
            self.sorted()[:1]
            ._call_record("activity_ids")
            .activity_schedule(
                "mail.mail_activity_data_call", day, user_id=self.env.uid
            )
        )

    def _call_record(self, field_name):
        """Return where a call is noted: the record, or its customer.

        :param str field_name: what it needs for that
        :raise UserError: when neither is there
        """
        scope = self.line_id.scope_id
        record = scope._records().with_env(self.env).browse(self.line_id.res_id)
        if field_name not in record._fields:
            record = self.customer_id
        if not record.exists():
            raise UserError(
                self.env._(
                    "%s: there is nothing any more on which to note it.", self.res_name
                )
            )
        return record
