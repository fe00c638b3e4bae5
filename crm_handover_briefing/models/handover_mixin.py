from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import formatLang, html2plaintext
from odoo.tools.misc import human_size

from odoo.addons.crm_handover.day_texts import day_text, moment_text

# rows of a list on a card; the record itself has the rest
ROWS = 8
# characters of a description, of a message
LONG, SHORT = 600, 160
# records of the same customer whose messages are looked through
RELATED = 200
# what is related to a customer, in this order
RELATED_MODELS = ("crm.lead", "project.project", "project.task")


class HandoverMixin(models.AbstractModel):
    """What the database knows of a record, for its briefing card.

    Everything is read with the rights of whoever looks at the card: what they may not
    read is not there.
    """

    _inherit = "handover.mixin"

    # fields that a card shows as they are; those that a model has not are left out
    _handover_card_fields = (
        "partner_id", "project_id", "stage_id", "state", "expected_revenue",
        "recurring_revenue", "probability", "date_deadline", "date", "priority",
        "category_id", "tag_ids", "comment", "description",
    )  # fmt: skip

    @api.model
    def _handover_card_sections(self, record):
        known = [
            ("record", self.env._("The Record"), self._handover_card_values(record)),
            ("people", self.env._("People"), self._handover_card_people(record)),
            (
                "communication",
                self.env._("Last Contact"),
                self._handover_card_messages(record),
            ),
            ("todos", self.env._("Open To-dos"), self._handover_card_todos(record)),
            ("meetings", self.env._("Meetings"), self._handover_card_meetings(record)),
            (
                "related",
                self.env._("Same Customer"),
                [
                    self._handover_card_row(other, self._handover_card_summary(other))
                    for records in self._handover_card_related(record)
                    for other in records[:ROWS]
                ],
            ),
            ("files", self.env._("Files"), self._handover_card_files(record)),
        ]
        sections = [
            {"key": key, "title": title, "rows": rows}
            for key, title, rows in known
            if rows
        ]
        return sections + super()._handover_card_sections(record)

    @api.model
    def _handover_card_row(self, record, detail="", text=""):
        """Return a row that opens ``record``."""
        return {
            "text": text or record.display_name,
            "detail": detail,
            "res_model": record._name,
            "res_id": record.id,
        }

    # ------------------------------------------------------------
    # THE RECORD
    # ------------------------------------------------------------

    @api.model
    def _handover_card_values(self, record):
        kind = self.env["ir.model"]._get(record._name).name
        rows = [self._handover_card_row(record, record.display_name, text=kind)]
        for name in self._handover_card_fields:
            field = record._fields.get(name)
            if field and record._has_field_access(field, "read"):
                text = self._handover_card_text(record, field)
                if text:
                    label = field._description_string(self.env)
                    rows.append(
                        {
                            "text": label,
                            "detail": text,
                            "res_model": False,
                            "res_id": False,
                        }
                    )
        return rows

    @api.model
    def _handover_card_text(self, record, field):
        """Return the value of a field in words; empty where there is none."""
        value = record[field.name]
        if field.relational:
            seen = value._filtered_access("read")
            return ", ".join(seen.mapped("display_name"))
        if not value:
            return ""
        if field.type == "selection":
            # the lowest priority is none
            if field.name == "priority" and value == "0":
                return ""
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "html":
            return self._handover_card_short(html2plaintext(value), LONG)
        if field.type == "date":
            return day_text(self.env, value)
        if field.type == "datetime":
            return moment_text(self.env, value)
        if field.type == "monetary":
            currency = record[field.get_currency_field(record)]
            return formatLang(self.env, value, currency_obj=currency)
        if field.type in ("integer", "float"):
            unit = " %" if field.name == "probability" else ""
            return f"{formatLang(self.env, value, digits=0)}{unit}"
        return self._handover_card_short(str(value), LONG)

    @api.model
    def _handover_card_short(self, text, size):
        text = text.strip()
        return text if len(text) <= size else f"{text[: size - 1].rstrip()}…"

    # ------------------------------------------------------------
    # PEOPLE
    # ------------------------------------------------------------

    @api.model
    def _handover_card_partner(self, record):
        """Return the customer that ``record`` is, or belongs to."""
        partners = self.env["res.partner"]
        if record._name == "res.partner":
            return record
        field = record._fields.get("partner_id")
        if not field or field.comodel_name != partners._name:
            return partners
        if not record._has_field_access(field, "read"):
            return partners
        return record.partner_id._filtered_access("read")

    @api.model
    def _handover_card_people(self, record):
        partner = self._handover_card_partner(record)
        if not partner:
            names = ("contact_name", "function", "email_from", "phone")
            known = [record._fields.get(name) for name in names]
            texts = [record[f.name] for f in known if f and f.type == "char"]
            name, *rest = texts or [""]
            texts = [text for text in rest if text]
            if not name and not texts:
                return []
            return [
                {
                    "text": name or texts[0],
                    "detail": " · ".join(texts if name else texts[1:]),
                    "res_model": False,
                    "res_id": False,
                }
            ]
        company = partner.commercial_partner_id
        people = partner | company | company.child_ids.filtered("function")
        people |= company.child_ids
        people = people._filtered_access("read")[:ROWS]
        return [
            self._handover_card_row(
                person,
                " · ".join(filter(None, (person.function, person.email, person.phone))),
                text=person.name or person.display_name,
            )
            for person in people
        ]

    # ------------------------------------------------------------
    # WHAT HAPPENED, AND WHAT WILL
    # ------------------------------------------------------------

    @api.model
    def _handover_card_related(self, record):
        """Return other records of the same customer: a list of recordsets."""
        company = self._handover_card_partner(record).commercial_partner_id
        related = []
        for model in RELATED_MODELS if company else ():
            Model = self.env[model]
            if not Model.has_access("read"):
                continue
            others = Model.search(
                [("partner_id", "child_of", company.ids)],
                order="write_date desc",
                limit=RELATED,
            )
            related.append(others - record if model == record._name else others)
        return [records for records in related if records]

    @api.model
    def _handover_card_summary(self, record):
        """Return in one line where a related record stands."""
        parts = [self.env["ir.model"]._get(record._name).name]
        for name in ("stage_id", "expected_revenue", "date_deadline"):
            field = record._fields.get(name)
            if field and record._has_field_access(field, "read"):
                parts.append(self._handover_card_text(record, field))
        return " · ".join(filter(None, parts))

    @api.model
    def _handover_card_messages(self, record):
        """Return the last word of the customer, and the last one to them."""
        where = Domain("model", "=", record._name) & Domain("res_id", "=", record.id)
        for records in self._handover_card_related(record):
            where |= Domain("model", "=", records._name) & Domain(
                "res_id", "in", records.ids
            )
        theirs = Domain("author_id", "=", False) | Domain(
            "author_id.partner_share", "=", True
        )
        written = self.env["handover.contact"]._written_domain()
        kinds = {
            self.env._("From the customer"): theirs & written,
            self.env._("To the customer"): ~theirs & written,
        }
        rows = []
        for title, kind in kinds.items():
            message = self.env["mail.message"].search(
                where & kind, order="date desc, id desc", limit=1
            )
            if message:
                words = html2plaintext(message.body or "") or message.subject or ""
                parts = (
                    moment_text(self.env, message.date),
                    message.author_id.sudo().name or message.email_from,
                    self._handover_card_short(" ".join(words.split()), SHORT),
                )
                row = self._handover_card_row(
                    self.env[message.model].browse(message.res_id),
                    " · ".join(filter(None, parts)),
                    text=title,
                )
                rows.append(row)
        return rows

    @api.model
    def _handover_card_todos(self, record):
        if "activity_ids" not in record._fields:
            return []
        todos = self.env["mail.activity"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)],
            order="date_deadline, id",
        )
        todos = todos.filtered(
            lambda todo: not self._handover_card_sealed(todo.calendar_event_id)
        )[:ROWS]
        return [
            {
                "text": todo.summary or todo.activity_type_id.name,
                "detail": " · ".join(
                    filter(
                        None,
                        (
                            day_text(self.env, todo.date_deadline),
                            todo.user_id.sudo().name,
                        ),
                    )
                ),
                "res_model": False,
                "res_id": False,
            }
            for todo in todos
        ]

    @api.model
    def _handover_card_meetings(self, record):
        """Return what comes, and what was last; private meetings stay private."""
        domain = self._handover_meeting_domain(record)
        Meeting, now = self.env["calendar.event"], fields.Datetime.now()
        coming = Meeting.search(
            domain & Domain("start", ">=", now), order="start", limit=5 * ROWS
        )
        past = Meeting.search(
            domain & Domain("start", "<", now), order="start desc", limit=ROWS
        )
        coming, past = (
            meetings.filtered(lambda meeting: not self._handover_card_sealed(meeting))
            for meetings in (coming, past)
        )
        meetings = coming[: ROWS - 1] + past[:1]
        return [
            self._handover_card_row(
                meeting,
                " · ".join(
                    filter(
                        None,
                        (
                            day_text(self.env, meeting.start_date)
                            if meeting.allday
                            else moment_text(self.env, meeting.start),
                            meeting.location,
                        ),
                    )
                ),
                text=meeting.name,
            )
            for meeting in meetings
        ]

    @api.model
    def _handover_card_sealed(self, meeting):
        """Tell whether ``meeting`` is private to others than the reader."""
        # as superuser: core hides from others who comes to a private meeting
        mine = self.env.user.partner_id in meeting.sudo().partner_ids
        return bool(meeting._handover_private()) and not mine

    @api.model
    def _handover_card_files(self, record):
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("res_field", "=", False),
            ],
            order="create_date desc, id desc",
            limit=ROWS,
        )
        return [
            self._handover_card_row(
                file,
                " · ".join(
                    filter(
                        None,
                        (
                            human_size(file.file_size) if file.file_size else "",
                            day_text(self.env, file.create_date),
                        ),
                    )
                ),
                text=file.name,
            )
            for file in files
        ]
