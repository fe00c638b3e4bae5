"""What takes too long within a click goes on in the background, as it would at once."""

import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.models import handover_request_background as background
from odoo.addons.crm_handover.models import (
    handover_request_background_check,
    handover_request_rest,
)
from odoo.addons.crm_handover.models.handover_states import FREE

from ..common import HandoverCommon

COUNT = 12
RUN = "odoo.addons.crm_handover.models.handover_request_run.INLINE_LIMIT"


class TestBackground(HandoverCommon):
    # what brings a handover to where a step is taken, by whom, and with what
    WAYS = {
        "collect": ("draft", "anna", "action_collect", ()),
        "submit": ("draft", "anna", "action_submit", ()),
        "approve": ("submitted", "approver", "action_approve", ()),
        "refuse": ("submitted", "approver", "action_refuse", ("Not now",)),
        "draft": ("submitted", "anna", "action_draft", ()),
        "run": ("approved", "approver", "action_run", ()),
        "retry": ("transferred", "approver", "action_retry", ()),
        "cancel": ("approved", "anna", "action_cancel", ("Over",)),
        "return": ("transferred", "approver", "action_return", ()),
        "accept": ("approved", "bruno", "action_accept_all", ()),
        "settle": ("approved", "approver", "action_settle", ()),
        "split": ("draft", "anna", "allocate", (False, "turn", "both")),
        "reassign": ("draft", "anna", "reassign", ("from", "to", "other")),
    }
    # they answer how many, which is not known before
    COUNTING = {"split", "reassign"}
    # what does not look like the others: each has a test of its own
    OTHERS = {"check", "release", "continue", "file"}

    def setUp(self):
        super().setUp()
        modules = background, handover_request_background_check, handover_request_rest
        for module in modules:
            self.startPatcher(patch.object(module, "PART", 2))
        records = "odoo.addons.crm_handover.models.handover_request_records"
        self.startPatcher(patch(f"{records}.COLLECT_BATCH", 5))

    def limit(self, count):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("crm_handover.background_from", count)

    def prepare(self, step):
        """A handover on which ``step`` is next; and the button of who takes it."""
        state, login, button, args = self.WAYS[step]
        leads = self.env["crm.lead"].union(*(self.make_lead() for _n in range(COUNT)))
        start = leads[:1] if step == "collect" else leads
        request = self.make_request(state, start)
        if step == "retry":
            failed = request.line_ids
            failed._trusting().write({"state": "failed", "result_code": "error"})
            leads.write({"user_id": self.anna.id})
        if step == "settle":
            request.line_ids.with_user(self.bruno).action_decline("Too far")
        if step == "split":
            args = (*args[:2], (self.bruno | self.chen).ids)
        if step == "reassign":
            args = self.anna.id, request.successor_id.id, self.chen.id
        user = getattr(self, login)
        request = request.with_user(user)
        return leads, request, lambda: getattr(request, button)(*args)

    def outcome(self, request):
        """What is left of a step that is through."""
        request.invalidate_recordset()
        request = request.sudo()
        lines = request.line_ids
        return {
            "state": request.state,
            "lines": sorted(
                (
                    line.state,
                    line.result_code or "",
                    line.reserved,
                    line.decision,
                    line.successor_id.name or "",
                )
                for line in lines
            ),
            # the first of two handovers ends what the second finds ended
            "events": [
                code
                for code in request.event_ids.sorted("id").mapped("code")
                if code != "unfollowed"
            ],
            "version": request.version,
            "collected": len(request.collected_scope_ids),
        }

    def test_what_each_step_does_in_the_background_is_what_it_does_at_once(self):
        steps = self.env["handover.request"]._background_steps()
        self.assertEqual(set(self.WAYS) | self.OTHERS, set(steps))
        self.assertEqual(FREE[1:], [name for name in steps if steps[name].looks])
        for step in self.WAYS:
            with self.subTest(step=step), patch(RUN, 200):
                self.limit(20_000)
                _leads, request, press = self.prepare(step)
                press()
                at_once = self.outcome(request)
                if step == "collect":
                    # what it has collected is no other one's any more
                    request.sudo().line_ids._trusting().unlink()

                _leads, request, press = self.prepare(step)
                if step == "collect":
                    count = len(at_once["lines"])
                before = self.outcome(request)
                self.limit(1)
                self.assertIs(press(), 0 if step in self.COUNTING else True)
                self.assertEqual(self.outcome(request), before)
                told = request.get_progress()["background"]
                self.assertEqual((told["step"], told["done"]), (step, 0))
                self.assertIn("in the background", request.next_step["text"])
                self.refused(request)

                self.run_cron()
                after = self.outcome(request)
                if step == "collect":
                    self.assertGreaterEqual(len(after["lines"]), count)
                    after["lines"] = at_once["lines"]
                self.assertEqual(after, at_once)
                self.assertFalse(request.get_progress()["background"])

    def test_nobody_accepts_before_the_approval_or_in_the_background_of_a_run(self):
        request = self.make_request("submitted", self.make_lead() | self.make_lead())
        self.limit(1)
        for state in ("submitted", "running"):
            request._trusting().write({"state": state})
            with self.subTest(state), self.assertRefused(UserError):
                request.with_user(self.bruno).action_accept_all()
            self.assertFalse(request.background_step)

    def refused(self, request):
        """Nothing changes the handover meanwhile, whoever asks."""
        lead = self.make_lead()
        request = request.sudo().with_user(self.manager).sudo(False)
        before = self.outcome(request)
        ways = {
            "write": lambda: request.write({"purpose": "Another"}),
            "line": lambda: request.line_ids[:1].write({"note": "Another"}),
            "add": lambda: request.add_records("crm.lead", lead.ids),
            "collect": request.action_collect,
            "submit": request.action_submit,
            "draft": request.action_draft,
            "cancel": request.action_cancel,
            "delete": request.unlink,
        }
        for name, way in ways.items():
            with self.subTest(way=name), self.assertRaises(UserError) as refused:
                way()
            if request.state == "draft":
                self.assertIn("in the background", str(refused.exception), name)
        self.assertEqual(self.outcome(request), before)

    def part(self, request):
        """Do one part, as a cron does that has no time for another."""
        with self.enter_registry_test_mode():
            more = request.sudo()._do_next_part()
        request.invalidate_recordset()
        return more

    def test_who_asked_stops_collecting_and_keeps_what_is_there(self):
        _leads, request, press = self.prepare("collect")
        self.limit(1)
        press()
        while request.line_count == 1:
            self.assertTrue(self.part(request))
        there = request.line_count
        with self.assertRaises(AccessError):
            request.with_user(self.chen).action_stop_background()
        with self.assertRaises(AccessError):
            request.with_user(self.bruno).action_stop_background()
        version = request.version
        self.assertIs(request.action_stop_background(), True)
        self.run_cron()
        self.assertEqual(request.line_count, there)
        self.assertGreater(request.version, version)
        self.assertFalse(request.collected_scope_ids)
        with self.assertRaises(UserError):
            request.action_stop_background()

    def test_a_submission_that_is_stopped_while_it_reserves_frees_the_records(self):
        _leads, request, press = self.prepare("submit")
        self.limit(1)
        press()
        while not any(request.sudo().line_ids.mapped("reserved")):
            self.assertTrue(self.part(request))
        request.action_stop_background()
        self.run_cron()
        self.assertFalse(any(request.sudo().line_ids.mapped("reserved")))
        self.assertEqual(request.state, "draft")
        self.assertFalse(request.get_progress()["background"])
        self.limit(20_000)
        request.action_submit()
        self.assertEqual(request.state, "submitted")

    def unsettled(self):
        """A handover of which nothing is taken, and more than one call may name."""
        request = self.prepare("settle")[1]
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("crm_handover.max_records_per_call", 3)
        self.limit(1)
        return request.with_user(self.manager)

    def test_a_draft_of_many_that_were_declined_is_filled_in_the_background(self):
        request = self.unsettled()
        draft = request.browse(request.action_new_draft()["res_id"])
        self.assertEqual((draft.line_count, draft.background_step), (0, "continue"))
        self.part(draft)
        self.refused(draft)
        self.assertEqual((draft.line_count, request.unsettled_count), (2, COUNT - 2))
        self.run_cron()
        self.assertEqual((draft.state, draft.line_count), ("draft", COUNT))
        self.assertEqual(request.unsettled_count, 0)
        self.assertFalse(draft.get_progress()["background"])
        events = request.sudo().event_ids.filtered(lambda e: e.code == "continued")
        self.assertEqual(len(events), 1)

    def test_many_that_were_declined_are_given_to_somebody_else(self):
        request = self.unsettled()
        action = request.action_choose_give()
        dialog = (
            self.env["handover.request.give"]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({"successor_id": self.chen.id})
        )
        self.assertEqual(dialog.line_count, COUNT)
        draft = request.browse(dialog.action_give()["res_id"])
        self.run_cron()
        # submitted as any draft of so many is: after it was filled
        self.run_cron()
        self.assertEqual((draft.state, draft.line_count), ("submitted", COUNT))
        self.assertEqual(draft.line_ids.successor_id, self.chen)

    def test_a_filling_that_is_stopped_leaves_the_rest_where_it_is(self):
        request = self.unsettled()
        draft = request.browse(request.action_new_draft()["res_id"])
        self.part(draft)
        draft.action_stop_background()
        self.run_cron()
        self.assertEqual((draft.state, draft.line_count), ("draft", 2))
        self.assertEqual(request.unsettled_count, COUNT - 2)

    def test_files_of_many_are_made_in_the_background_for_who_asked(self):
        _leads, request, _press = self.prepare("submit")
        dialog = self.env["handover.request.evidence"].with_user(self.anna)
        dialog = dialog.create({"request_id": request.id})
        asks = {
            "evidence": dialog.action_download,
            "annex": request.action_download_annex,
            "spreadsheet": request.action_download_spreadsheet,
        }
        self.assertEqual(set(asks), set(request._file_makers()))
        for kind, ask in asks.items():
            with self.subTest(kind=kind):
                self.limit(20_000)
                self.assertIn("/content/", ask()["url"])
                self.limit(1)
                self.assertIn("in the background", ask()["params"]["message"])
                self.assertEqual(request.background_step, "file")
                # nobody is kept from changing it
                request.write({"purpose": kind})
                self.run_cron()
                self.assertFalse(request.background_step)
                url = ask()["url"]
                file = dialog.browse(int(url.split("/")[4]))
                self.assertTrue(file.content)
                with self.assertRaises(AccessError):
                    file.with_user(self.chen).read(["content"])
                # asked for once more, it is made once more
                self.assertNotIn("url", ask())
                self.run_cron()
        # what came meanwhile is not in it
        request.write({"purpose": "Another"})
        self.assertNotIn("url", asks["annex"]())

    def test_who_waits_for_a_file_is_told_that_something_else_goes_first(self):
        _leads, request, press = self.prepare("submit")
        self.limit(1)
        request.action_download_annex()
        users = type(self.env["res.users"])
        with patch.object(users, "_bus_send", autospec=True) as sent:
            press()
        told = [
            call.args[2]["message"]
            for call in sent.call_args_list
            if call.args[1] == "simple_notification"
        ]
        self.assertEqual(len(told), 1)
        self.assertIn("“Make a File” was not done", told[0])
        self.run_cron()
        self.assertEqual(request.state, "submitted")

    def test_what_is_said_of_all_is_written_in_as_many_statements_as_of_some(self):
        def queries(step, count):
            with patch(f"{__name__}.COUNT", count):
                ready = "submit" if step == "delete" else step
                _leads, request, press = self.prepare(ready)
            if step == "delete":
                press = request.unlink
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            press()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.limit(20_000)
        for step in ("accept", "settle", "cancel", "delete"):
            with self.subTest(step=step):
                few = queries(step, 4)
                self.assertLessEqual(queries(step, 130), few)

    def test_what_is_done_in_one_part_is_not_stopped(self):
        _leads, request, press = self.prepare("refuse")
        self.limit(1)
        press()
        self.assertFalse(request.get_progress()["background"]["can_stop"])
        with self.assertRaises(UserError):
            request.action_stop_background()

    def test_a_check_in_the_background_finds_the_same_and_keeps_nobody_waiting(self):
        leads, request, _press = self.prepare("submit")
        leads[1:4].sudo().user_id = self.chen
        lines = request.sudo().line_ids
        lines[6:8]._trusting().write({"successor_id": False})
        self.limit(20_000)
        at_once, causes = request.preflight(), request.get_causes()["causes"]
        self.assertFalse(at_once["ok"])
        self.limit(1)
        reader = request.with_user(self.bruno)
        for asks in (request, reader):
            answer = asks.preflight()
            self.assertEqual([f["code"] for f in answer["findings"]], ["being_checked"])
            self.assertFalse(answer["ok"])
        # who asked last is answered; nobody is kept from changing it
        request.get_causes()
        self.assertTrue(self.part(request))
        request.write({"purpose": "Another"})
        self.run_cron()
        self.assertEqual(request.get_causes()["causes"][0]["code"], "being_checked")
        self.run_cron()
        self.assertEqual(request.preflight(), at_once)
        told = request.get_causes()["causes"]
        self.assertEqual(self.sorted(told), self.sorted(causes))

    def sorted(self, causes):
        """Causes as texts that can be compared: in whatever order they were found."""
        for cause in causes:
            cause["line_ids"].sort()
        return sorted(json.dumps(cause, sort_keys=True) for cause in causes)

    def test_who_may_not_do_it_does_not_have_it_done_in_the_background(self):
        _leads, request, _press = self.prepare("submit")
        self.limit(1)
        for user in (self.chen, self.bruno):
            with self.assertRaises(AccessError):
                request.with_user(user).action_submit()
        self.assertFalse(request.background_step)

    def test_what_refuses_is_told_to_who_asked_and_nothing_is_submitted(self):
        self.env["res.lang"]._activate_lang("de_DE")
        _leads, request, press = self.prepare("submit")
        self.limit(1)
        press()
        # a colleague takes one over before its turn has come
        request.sudo().line_ids[-1:]._trusting().write({"successor_id": False})
        self.run_cron()
        self.assertEqual(request.state, "draft")
        problem = request.get_progress()["background"]["problem"]
        self.assertIn("was not done", problem)
        self.assertIn("without a successor", problem)
        self.assertFalse(any(request.sudo().line_ids.mapped("reserved")))
        self.assertIn(problem, request.next_step["text"])
        # the next try forgets it
        request.sudo().line_ids[-1:]._trusting().write({"successor_id": self.bruno.id})
        request.action_submit()
        self.run_cron()
        self.assertEqual(request.state, "submitted")
        self.assertFalse(request.get_progress()["background"])

    def test_rights_are_asked_again_of_who_asked(self):
        _leads, request, press = self.prepare("approve")
        self.limit(1)
        press()
        self.approver.sudo().write({"active": False})
        self.run_cron()
        request = request.with_user(self.manager)
        self.assertEqual(request.state, "submitted")
        problem = request.get_progress()["background"]["problem"]
        self.assertIn("not active any more", problem)

    def test_records_are_freed_where_who_asked_is_gone_and_it_is_told_why(self):
        _leads, request, press = self.prepare("submit")
        self.limit(1)
        press()
        while not any(request.sudo().line_ids.mapped("reserved")):
            self.assertTrue(self.part(request))
        self.anna.sudo().write({"active": False})
        self.run_cron()
        request = request.with_user(self.manager)
        self.assertFalse(any(request.sudo().line_ids.mapped("reserved")))
        problem = request.get_progress()["background"]["problem"]
        self.assertIn("“Submit” was not done", problem)

    def test_a_check_holds_up_nothing_that_runs(self):
        request = self.make_request("running", self.prepare("submit")[0])
        self.limit(1)
        request.with_user(self.bruno).preflight()
        self.assertEqual(request.background_step, "check")
        self.run_cron()
        self.assertEqual(request.state, "transferred")

    def test_all_who_check_get_their_answer(self):
        _leads, request, _press = self.prepare("submit")
        self.limit(1)
        askers = request, request.with_user(self.approver)
        for _time in range(3):
            for asks in askers:
                asks.preflight()
            self.run_cron()
        for asks in askers:
            codes = [finding["code"] for finding in asks.preflight()["findings"]]
            self.assertNotIn("being_checked", codes)

    def test_what_a_server_does_not_live_through_ends_and_says_so(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.approver.lang = "de_DE"
        _leads, request, press = self.prepare("approve")
        self.limit(1)
        request.with_context(lang="de_DE").action_approve()
        note = {**request.sudo().background, "tries": background.MOST_TRIES}
        request.sudo()._trusting().write({"background": note})
        self.assertTrue(request.get_progress()["background"]["can_stop"])
        self.run_cron()
        self.assertEqual(request.state, "submitted")
        problem = request.get_progress()["background"]["problem"]
        self.assertIn("Der Server hat es mehrmals abgebrochen", problem)

    def test_every_door_is_closed_while_something_goes_on(self):
        _leads, request, press = self.prepare("run")
        self.limit(1)
        press()
        ways = (
            request.with_user(self.approver).action_undo_approval,
            request.with_user(self.anna).action_plan_steps,
            request.with_user(self.anna).action_confirm,
        )
        for way in ways:
            with self.assertRaises(UserError) as refused:
                way()
            self.assertIn("in the background", str(refused.exception))
