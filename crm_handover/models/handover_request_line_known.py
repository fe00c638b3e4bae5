from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount

from ..day_texts import day_text, reader_day
from .handover_guard import door, single
from .handover_named import needs


class HandoverRequestLine(models.Model):
    """What the database knows of a record: columns of the list, and the card beside it.

    With the reader's rights, and for all lines of a kind together: what the reader may
    not open is empty.
    """

    _inherit = "handover.request.line"

    value = fields.Monetary(
        compute="_compute_known",
        help="What the record is worth in its own currency, if the reader may open it.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_known",
        help="The currency that the record names, or else that of its company.",
    )
    stage = fields.Char(
        compute="_compute_known",
        help="Where the record stands, if the reader may open it.",
    )
    next_date = fields.Date(
        string="Next Step On",
        compute="_compute_known",
        help="The day of the record's next to-do or meeting.",
    )
    next_step = fields.Char(
        compute="_compute_known",
        help="The record's next to-do or meeting that the reader may see, and its day.",
    )
    last_contact = fields.Date(
        compute="_compute_known",
        help="When somebody last wrote to or met the customer about this record.",
    )

    # ------------------------------------------------------------
    # COLUMNS
    # ------------------------------------------------------------

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    @needs("scope_id")
    def _compute_known(self):
        for scope, lines in self.grouped("scope_id").items():
            known = lines._known(scope)
            for line in lines:
                line.update(known.get(line.res_id, dict.fromkeys(self._known_fields())))

    @api.model
    def _known_fields(self):
        return [
            field.name
            for field in self._fields.values()
            if field.compute == "_compute_known"
        ]

    def _known(self, scope):
        """Return what the reader may know of records of one kind.

        :return: ``{record id: {name of a field: value}}``, of those that may be opened
        """
        if scope._is_gone() or not self.env[scope.sudo().model].has_access("read"):
            return {}
        Model = self.env[scope.sudo().model].with_context(active_test=False)
        records = Model.search([("id", "in", self.mapped("res_id"))])
        coming = self._known_next(scope, records)
        contacts = self.env["handover.contact"]._last(scope, records)
        known = {}
        for record in records:
            day, name = coming.get(record.id, (False, ""))
            last = contacts.get(record.id)
            known[record.id] = {
                **self._known_value(scope, record),
                "stage": self._known_stage(scope, record),
                "next_date": day,
                "next_step": f"{day_text(self.env, day)} · {name}" if day else False,
                "last_contact": last and reader_day(self.env, last),
            }
        return known

    @api.model
    def _known_value(self, scope, record):
        """Return what a record is worth, in its own currency."""
        field = scope._fact_field("amount")
        if field is None or not record._has_field_access(field, "read"):
            return {"value": False, "currency_id": False}
        # as superuser: the currency of a company that the reader need not open
        record = record.sudo()
        if field.type == "monetary":
            currency = record[field.get_currency_field(record)]
        else:
            company = "company_id" in record._fields and record.company_id
            currency = (company or self.env.company).currency_id
        return {"value": record[field.name], "currency_id": currency}

    @api.model
    def _known_stage(self, scope, record):
        """Return where a record stands, as lists name it."""
        field = record._fields.get(scope._handler()._handover_facts.get("stage"))
        if field is None or not record._has_field_access(field, "read"):
            return False
        # as superuser: of a stage the name is told, whoever may open the stage
        return field.convert_to_export(record.sudo()[field.name], record.sudo())

    @api.model
    def _known_next(self, scope, records):
        """Return the next to-do or meeting of each record: ``{id: (day, name)}``."""
        found = {}
        todos = self.env["mail.activity"].search_fetch(
            [
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                # the meeting counts for itself, unless it is private
                ("calendar_event_id", "=", False),
            ],
            ["res_id", "date_deadline", "summary", "activity_type_id"],
            order="date_deadline, id",
        )
        for todo in todos:
            name = todo.summary or todo.activity_type_id.sudo().name
            found.setdefault(todo.res_id, (todo.date_deadline, name or ""))
        Meeting = self.env["calendar.event"]
        meetings = Meeting.search(
            Domain("start", ">", fields.Datetime.now())
            & scope._handler()._handover_meeting_domain(scope._records(records.ids))
            & ~Meeting._handover_private_domain(),
            order="start, id",
        )
        for meeting in meetings:
            day = (
                meeting.start_date
                if meeting.allday
                else reader_day(self.env, meeting.start)
            )
            for id_ in self.env["handover.engine"]._record_ids_of(meeting, records):
                if id_ not in found or day < found[id_][0]:
                    found[id_] = (day, meeting.name)
        return found

    # ------------------------------------------------------------
    # THE CARD BESIDE THE LIST
    # ------------------------------------------------------------

    @door
    def get_card(self):
        """Return what is known of the record, for the card beside the list.

        :return: ``{"id", "name", "kind", "giver", "taker", "risk", "note", "value",
            "stage", "next_step", "last_contact", "gone", "sections", "buttons"}``; what
            the reader may not know is empty. ``sections`` are as of
            :meth:`_card_sections`, and ``buttons`` are methods of this model that
            open something: ``[{"method", "label"}]``
        :raise AccessError: when the caller may not read the line
        """
        single(self)
        value = self.currency_id and self.value
        return {
            "id": self.id,
            "name": self.res_name or "",
            "kind": self.scope_id.name,
            "giver": self.predecessor_id.sudo().name or "",
            "taker": self.successor_id.sudo().name
            or self.pool_team_id.sudo().name
            or "",
            "risk": self.risk,
            "note": self.note or "",
            "value": format_amount(self.env, value, self.currency_id) if value else "",
            "stage": self.stage or "",
            "next_step": self.next_step or "",
            "last_contact": day_text(self.env, self.last_contact),
            "gone": self.gone_reason or "",
            "sections": self._shown_sections(),
            "buttons": self._card_buttons(),
        }

    def _card_buttons(self):
        """Return what opens from the card; add-ons have theirs."""
        if self.gone_reason:
            return []
        return [{"method": "action_open_record", "label": self.env._("Open Record")}]

    def _shown_sections(self):
        """Return what the card shows: add-ons put first what somebody wrote."""
        return self._card_sections()

    def _card_sections(self):
        """Return what the database knows of the record, as far as the reader may read.

        :return: what ``handover.mixin._handover_card_sections`` does; nothing when the
            reader may not open the record, or it is gone
        """
        self.ensure_one()
        record = self.with_context(active_test=False)._record()
        if not record or not record.has_access("read"):
            return []
        known = isinstance(record, self.env.registry["handover.mixin"])
        handler = record if known else self.env["handover.mixin"]
        return handler._handover_card_sections(record)
