"""Where a handover stands, whose turn it is, and the one button that stands out."""

from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.tools.safe_eval import safe_eval

from ..common import HandoverCommon

ROLES = ("anna", "bruno", "chen", "leader", "approver", "manager", "admin")
STATES = (
    "draft", "submitted", "approved", "running", "transferred", "done", "refused",
    "cancelled",
)  # fmt: skip


class TestNextStep(HandoverCommon):
    def setUp(self):
        super().setUp()
        self.arches = {}

    def step(self, request, user):
        request.invalidate_recordset()
        return request.with_user(user).next_step

    def assertStep(self, request, user, text, todo="", mine=False):
        step = self.step(request, user)
        self.assertIn(text, step["text"])
        self.assertIn(todo, step["todo"])
        self.assertEqual(step["mine"], mine, step)

    def test_requester_collects_and_submits_a_draft(self):
        request = self.make_request(records=self.env["crm.lead"])
        self.assertStep(
            request, self.anna, "without records", "Collect the records", mine=True
        )
        request.with_user(self.anna).add_records("crm.lead", self.make_lead().ids)
        self.assertStep(request, self.anna, "A draft", "to the team leader", mine=True)
        self.assertStep(request, self.bruno, "Waiting for Anna to submit")

    def test_approver_is_named_until_the_decision(self):
        request = self.make_request("submitted")
        self.assertStep(
            request, self.leader, "Waiting for you", "approve or refuse", mine=True
        )
        self.assertStep(request, self.approver, "Waiting for Leader", "decide as well")
        self.assertStep(request, self.anna, "Waiting for Leader", "Take it back")
        self.assertEqual(self.step(request, self.bruno)["todo"], "")

    def test_successor_decides_before_the_time(self):
        request = self.make_request("approved")
        self.assertStep(request, self.bruno, "is handed over on", "Accept", mine=True)
        self.assertStep(request, self.approver, "is handed over on", "hand over now")
        request.line_ids.with_user(self.bruno).action_accept()
        self.assertStep(request, self.bruno, "is handed over on")

    def test_both_confirm(self):
        request = self.make_request("transferred")
        self.assertStep(request, self.bruno, "for you", "confirm your part", mine=True)
        self.assertStep(request, self.leader, "Waiting for Bruno and Anna to confirm.")
        request.with_user(self.bruno).action_confirm()
        self.assertStep(request, self.bruno, "Waiting for Anna to confirm.")
        request.with_user(self.anna).action_confirm()
        self.assertStep(request, self.bruno, "Handed over and confirmed.")

    def test_manager_confirms_for_who_has_left(self):
        request = self.make_request("transferred")
        request.with_user(self.bruno).action_confirm()
        self.anna.with_context(active_test=False).active = False
        self.assertStep(request, self.manager, "for Anna", "confirm", mine=True)
        self.assertStep(request, self.approver, "for Anna")

    def test_failures_come_first(self):
        request = self.make_request("transferred", self.make_lead() | self.make_lead())
        request.line_ids[0]._trusting().write({"state": "failed"})
        self.assertStep(request, self.leader, "failed: 1", "try again")

    def test_refused_and_cancelled(self):
        request = self.make_request("refused")
        self.assertStep(request, self.anna, "Refused.", "back to draft", mine=True)
        self.assertStep(request, self.leader, "Waiting for Anna to correct it")
        request = self.make_request("cancelled")
        self.assertStep(request, self.anna, "stay with their owner")

    def test_late_steps_are_counted(self):
        request = self.make_request("transferred")
        request.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=self.anna.id,
            handover_step_date=fields.Date.today(),
            date_deadline=fields.Date.today() - timedelta(days=3),
        )
        self.assertStep(request, self.leader, "Late steps: 1")

    def test_temporary_ones_say_when_they_come_back(self):
        start = fields.Datetime.now()
        request = self.make_request(
            "done", kind="temporary", date_return=start + timedelta(days=5)
        )
        self.assertStep(request, self.bruno, "it comes back on")

    def test_every_state_has_words_for_everybody(self):
        for state in STATES:
            request = self.make_request(state)
            for login in ROLES:
                user = getattr(self, login)
                if login == "chen":
                    continue
                step = self.step(request, user)
                self.assertTrue(step["text"], f"{state} {login}")
                self.assertNotIn("False", step["text"] + step["todo"])
        request._trusting().write({"state": "needs_review"})
        self.assertStep(request, self.anna, "did not go on", "back to draft", mine=True)
        request._trusting().write({"state": "returned"})
        self.assertStep(request, self.anna, "Given back")

    def test_many_people_are_counted(self):
        names = self.Request._names(self.anna | self.bruno | self.chen | self.leader)
        self.assertEqual(names, "Anna, Bruno and 2 more")
        self.assertEqual(self.Request._names(self.anna), "Anna")

    def test_in_the_readers_language(self):
        request = self.make_request("transferred")
        for lang in ("en_US", "zh_CN"):
            self.env["res.lang"]._activate_lang(lang)
            text = request.with_user(self.leader).with_context(lang=lang).next_step
            self.assertIn("Anna", text["text"])

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    def arch(self, request):
        """The form as the reader gets it, asked for once."""
        login = request.env.user.login
        if login not in self.arches:
            views = request.get_views([(False, "form")])["views"]
            self.arches[login] = etree.fromstring(views["form"]["arch"])
        return self.arches[login]

    def header(self, request):
        """The buttons of the header that a reader sees: ``[(label, primary)]``."""
        arch = self.arch(request)
        values = {name: request[name] for name in request._fields if name[:4] == "can_"}
        for name in (
            "id", "state", "date_planned", "line_count", "asks_successors",
            "confirm_warning",
        ):  # fmt: skip
            values[name] = request[name]
        for button in arch.iterfind("./header/button"):
            if not safe_eval(button.get("invisible"), dict(values)):
                yield button.get("string"), "btn-primary" in button.get("class", "")

    def primary(self, request, login):
        request.invalidate_recordset()
        buttons = list(self.header(request.with_user(getattr(self, login))))
        return [label for label, primary in buttons if primary]

    def test_one_button_stands_out_for_each_role_and_state(self):
        expected = {
            "draft": {"anna": "Submit", "manager": "Submit", "admin": "Submit"},
            "submitted": dict.fromkeys(
                ("leader", "approver", "manager", "admin"), "Approve and Hand Over"
            ),
            "approved": dict.fromkeys(
                ("leader", "approver", "manager", "admin"), "Hand Over Now"
            ),
            "transferred": {"anna": "Confirm", "bruno": "Confirm"},
            "refused": dict.fromkeys(("anna", "manager", "admin"), "Back to Draft"),
        }
        for state in STATES:
            request = self.make_request(state)
            for login in ROLES:
                if login == "chen":
                    continue
                label = expected.get(state, {}).get(login)
                self.assertEqual(
                    self.primary(request, login),
                    [label] if label else [],
                    f"{state}, {login}",
                )

    def test_one_button_stands_out_where_records_failed(self):
        for state in ("running", "transferred"):
            lead = self.make_lead() | self.make_lead()
            request = self.make_request(state, lead)
            request.line_ids[0]._trusting().write({"state": "failed"})
            for login in ("anna", "bruno", "leader", "manager"):
                self.assertLessEqual(len(self.primary(request, login)), 1)
            self.assertEqual(self.primary(request, "leader"), ["Try Again"])
