"""Training in the web client: planned, rated, signed off, waived."""

from datetime import timedelta

from odoo import Command, fields

from .test_tours import TourCase


class TrainingTourCase(TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls.env["mail.activity.plan"].create(
            {
                "name": "Leaving",
                "res_model": "handover.request",
                "company_id": False,
                "handover_training_required": True,
                "handover_topic_ids": [
                    Command.create({"name": "Customers", "minutes": 60}),
                    Command.create({"name": "Deals", "minutes": 30}),
                ],
            }
        )
        cls.reason.plan_id = plan

    def confirmed(self):
        """A handover that waits for its training only."""
        request = self.make_request("transferred")
        for user in (self.anna, self.bruno):
            request.with_user(user).action_confirm()
        return request

    def sign_off(self):
        """Bruno rates himself, and signs off: the handover is done."""
        request = self.confirmed()
        self.tour("handover_training_sign", self.bruno, request)
        trainee = request.trainee_ids
        self.assertRecordValues(
            trainee, [{"before": 2.0, "after": 4.5, "comment": "Two weeks together"}]
        )
        self.assertEqual(request.state, "done")

    def mark_attendance(self):
        """Anna, who trains, says who was there."""
        request = self.make_request("submitted")
        earlier = fields.Datetime.now() - timedelta(hours=2)
        request.with_user(self.anna).plan_training(fields.Datetime.to_string(earlier))
        self.tour("handover_training_attendance", self.anna, request)
        self.assertEqual(request.training_ids.attended_ids, self.bruno)

    def waive(self):
        """A manager does without the training: the handover is done."""
        request = self.confirmed()
        self.tour("handover_training_waive", self.manager, request)
        self.assertRecordValues(
            request,
            [
                {
                    "state": "done",
                    "training_state": "waived",
                    "training_waiver": "He knows it all",
                }
            ],
        )


class TestTrainingTours(TrainingTourCase):
    def test_coordinator_plans_a_session(self):
        request = self.make_request("submitted", coordinator_id=self.chen.id)
        self.tour("handover_training_plan", self.chen, request)
        session = request.training_ids
        self.assertRecordValues(
            session,
            [
                {
                    "state": "planned",
                    "trainer_id": self.anna.id,
                    "attendee_ids": self.bruno.ids,
                }
            ],
        )
        self.assertEqual(
            session.topic_ids.mapped("name"), ["Customers", "Deals", "Prices"]
        )
        meeting = session.event_id
        self.assertEqual(meeting.user_id, self.chen)
        self.assertEqual(meeting.partner_ids, (self.anna | self.bruno).partner_id)

    def test_trainer_marks_attendance(self):
        self.mark_attendance()

    def test_successor_rates_and_signs_off(self):
        self.sign_off()

    def test_manager_waives(self):
        self.waive()


class TestTrainingPhoneTours(TrainingTourCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_successor_rates_and_signs_off(self):
        self.sign_off()

    def test_trainer_marks_attendance(self):
        self.mark_attendance()
