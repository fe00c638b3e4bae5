from odoo import api, models

from odoo.addons.crm_handover.day_texts import moment_text


class EventEvent(models.Model):
    _name = "event.event"
    _inherit = ["event.event", "handover.mixin"]

    _handover_facts = {"stage": "stage_id", "deadline": "date_begin"}

    _handover_card_fields = (
        "stage_id", "date_begin", "date_end", "address_id", "organizer_id",
        "seats_max", "seats_taken", "tag_ids", "note",
    )  # fmt: skip

    @api.model
    def _handover_card_sections(self, record):
        sections = super()._handover_card_sections(record)
        env, size = record.env, self._handover_card_rows
        tickets = record.event_ticket_ids._filtered_access("read")
        rows = [self._handover_ticket_row(ticket) for ticket in tickets[:size]]
        sections += self._handover_section(
            "event_tickets", env._("Event Tickets"), rows, len(tickets), env
        )
        mails = record.event_mail_ids._filtered_access("read")
        mails = mails.filtered(lambda mail: not mail.mail_done)
        rows = [self._handover_mail_row(mail) for mail in mails[:size]]
        return sections + self._handover_section(
            "event_mails", env._("Planned Mails"), rows, len(mails), env
        )

    @api.model
    def _handover_ticket_row(self, ticket):
        env = ticket.env
        taken = env._("taken: %s", ticket.seats_taken)
        if ticket.seats_max:
            taken = env._(
                "taken: %(taken)s of %(seats)s",
                taken=ticket.seats_taken,
                seats=ticket.seats_max,
            )
        return self._handover_row(ticket.name, taken)

    @api.model
    def _handover_mail_row(self, mail):
        # the name of what is sent is no secret to who reads when
        name = mail.sudo().template_ref.display_name or ""
        return self._handover_row(
            name, mail.scheduled_date and moment_text(mail.env, mail.scheduled_date)
        )
