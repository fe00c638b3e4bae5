"""The glue to events; run by ../radar/test_beside.py, where the add-ons are."""

from odoo import Command

USER = "event.group_event_user"


class EventTests:
    @classmethod
    def get_ready(cls):
        super().get_ready()
        for user in (cls.anna, cls.bruno):
            user.group_ids |= cls.env.ref(USER)

    def make_event(self, year=2040, **values):
        values = {
            "name": "Open day", "user_id": self.anna.id, "date_tz": "UTC",
            "date_begin": f"{year}-05-05 08:00:00",
            "date_end": f"{year}-05-06 08:00:00", **values,
        }  # fmt: skip
        return self.make("event.event", **values)

    def test_events_are_collected_change_hands_and_come_back(self):
        event = self.make_event()
        stages = self.env["event.stage"]
        over = stages.create({"name": "Over", "pipe_end": True})
        self.make_event(2020)
        self.make_event(kanban_state="cancel")
        self.make_event(stage_id=over.id)
        self.make_event(user_id=self.other.id)
        request = self.make_request(records=self.env["crm.lead"])
        request.with_user(self.anna).action_collect()
        lines = request.line_ids.filtered(lambda one: one.res_model == "event.event")
        self.assertEqual(lines.mapped("res_id"), event.ids)
        names = ["organizer_id", "address_id", "stage_id", "date_begin", "date_tz"]
        before = event.read(names, load=None)
        self.bring(request.with_user(self.anna), "transferred")
        self.assertOwner(event, self.bruno)
        self.assertEqual(event.read(names, load=None), before)
        self.assertTrue(self.notes(event))
        request.with_user(self.leader).action_return()
        self.assertOwner(event, self.anna)
        # who has no role in Events is named before
        request = self.make_request(records=event, successor_id=self.chen.id)
        found = request.with_user(self.anna).preflight()
        self.assertEqual(found["counts"]["successor_no_access"], 1)

    def test_the_card_of_an_event(self):
        template = self.env.ref("event.event_subscription")
        event = self.make_event(
            event_ticket_ids=[
                Command.create({"name": "Guests", "seats_max": 20}),
                Command.create({"name": "Press"}),
            ],
            event_mail_ids=[
                Command.create(
                    {
                        "interval_type": "before_event", "interval_unit": "days",
                        "template_ref": f"mail.template,{template.id}",
                    }
                )
            ],
        )  # fmt: skip
        self.make(
            "event.registration", event_id=event.id, name="Guest",
            event_ticket_id=event.event_ticket_ids[0].id,
        )  # fmt: skip
        sections = {
            section["key"]: section["rows"]
            for section in event._handover_card_sections(event.with_user(self.anna))
        }
        self.assertEqual(
            [(row["text"], row["detail"]) for row in sections["event_tickets"]],
            [("Guests", "taken: 1 of 20"), ("Press", "taken: 0")],
        )
        [mail] = sections["event_mails"]
        self.assertEqual(mail["text"], template.display_name)
        self.assertIn("2040", mail["detail"])
