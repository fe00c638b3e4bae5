"""Whatever ends a handover ends what people were asked for, of every add-on."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from ..common import HandoverCommon


class TestTodosEnd(HandoverCommon):
    """Generated: each type of to-do that is installed, by each end there is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.types = cls.Request._own_todo_types()
        cls.reason.plan_id = cls.env.ref("crm_handover.plan_resignation")

    def ends(self):
        """Each end: ``{name: (state before, what is done)}``."""
        judge, anna, past = self.approver, self.anna, {"date_planned": False}
        return {
            "a draft is cancelled": ("draft", anna, "action_cancel", [], {}),
            "cancelled": ("submitted", anna, "action_cancel", [], {}),
            "cancelled once approved": ("approved", anna, "action_cancel", [], {}),
            "stopped": ("running", judge, "action_cancel", [], past),
            "refused": ("submitted", judge, "action_refuse", ["No"], {}),
            "taken back": ("submitted", anna, "action_draft", [], {}),
            "taken back after it lapsed": (
                "needs_review", anna, "action_draft", [], {},
            ),
            "given back": ("transferred", judge, "action_return", [], past),
            "given back once done": ("done", judge, "action_return", [], past),
        }  # fmt: skip

    def make_in(self, state, values):
        if state != "needs_review":
            return self.make_request(state, **values)
        request = self.make_request("approved", **values)
        request._review(lambda env: "Somebody left.")
        return request

    def ask(self, request):
        """Give Bruno a to-do of each type."""
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": kind.id, "user_id": self.bruno.id,
                    "res_model_id": self.env["ir.model"]._get_id(request._name),
                    "res_id": request.id, "handover_made": True,
                }
                for kind in self.types
            ]
        )  # fmt: skip

    def asked(self, request):
        """The open to-dos on the handover, the steps of its plan among them."""
        return self.env["mail.activity"].search(
            [("res_model", "=", request._name), ("res_id", "=", request.id)]
        )

    def test_each_type_at_each_end(self):
        for end, (state, user, method, args, values) in self.ends().items():
            request = self.make_in(state, values)
            request._plan_steps()
            self.ask(request)
            theirs = self.make_todo(request, self.leader)
            here = self.asked(request)
            self.assertTrue(self.types <= here.activity_type_id, end)
            self.assertTrue(here.filtered("handover_step_date"), end)
            getattr(request.with_user(user), method)(*args)
            with self.subTest(end):
                # what somebody planned on their own account stays
                self.assertEqual(self.asked(request), theirs)

    def test_the_end_of_the_agreed_time_ends_them_as_well(self):
        end = fields.Datetime.now() + timedelta(days=5)
        request = self.make_request("transferred", kind="temporary", date_return=end)
        self.ask(request)
        with freeze_time(end + timedelta(minutes=1)):
            request._return_if_due()
        self.assertEqual(request.state, "returned")
        self.assertFalse(self.asked(request))

    def test_going_on_ends_none(self):
        request = self.make_request("submitted")
        kinds = self.types - self.env.ref("crm_handover.mail_activity_type_approval")
        for kind in kinds:
            request.activity_schedule(activity_type_id=kind.id, user_id=self.anna.id)
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        request._trusting().date_planned = tomorrow
        request._move("approve", {"digest": request._content_digest()})
        self.assertTrue(kinds <= self.asked(request).activity_type_id)

    def test_a_deleted_draft_leaves_none(self):
        request = self.make_request()
        self.ask(request)
        todos = self.asked(request)
        self.assertTrue(todos)
        request.with_user(self.anna).unlink()
        self.assertFalse(todos.exists())
