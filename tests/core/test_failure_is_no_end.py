"""No failure, lock or conflict on the way back ends as an end; somebody is called."""

from contextlib import ExitStack, contextmanager
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..kinds import KindsCommon

ENGINE = "odoo.addons.crm_handover.models.handover_engine"


class TemporaryCommon(KindsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.end = fields.Datetime.now() + timedelta(days=5)

    @classmethod
    def make_temporary(cls, records, state="transferred", **values):
        values = {"kind": "temporary", "date_return": cls.end, **values}
        return cls.make_request_of(records, state, **values)

    def pass_time(self, days=0):
        """Let the crons come round after the end, and so many days later."""
        with freeze_time(self.end + timedelta(days=days, minutes=1)):
            self.run_cron()

    def assertStuck(self, request, *records):
        """It is no end: the records are with the successor, and can be tried again."""
        self.env.invalidate_all()
        self.assertEqual(request.state, "transferred")
        stuck = request.line_ids.filtered(lambda line: line.state == "failed")
        self.assertEqual(len(stuck), len(records))
        self.assertTrue(all(stuck.mapped("goes_back")))
        self.assertTrue(request.with_user(self.approver).can_retry)
        for line in stuck:
            self.assertTrue(line.result_message)
        [todo] = self.attention(request)
        self.assertIn(stuck[0].result_message, todo.note)

    def assertBack(self, request):
        self.env.invalidate_all()
        self.assertEqual(request.state, "returned")
        self.assertEqual(set(request.line_ids.mapped("state")), {"returned"})
        self.assertFalse(self.attention(request))

    def retry(self, request):
        request.with_user(self.approver).action_retry()
        self.env.invalidate_all()


class TestFailedReturn(TemporaryCommon):
    # ------------------------------------------------------------
    # CAUSES, each with its cure
    # ------------------------------------------------------------

    @contextmanager
    def anna_left(self):
        self.anna.active = False
        yield
        self.anna.active = True

    @contextmanager
    def anna_moved_to_another_company(self):
        self.anna.write(
            {
                "company_id": self.abroad.id,
                "company_ids": [Command.set(self.abroad.ids)],
            }
        )
        yield
        companies = (self.company | self.abroad).ids
        self.anna.company_ids = [Command.set(companies)]

    @contextmanager
    def anna_reads_nothing(self):
        groups = self.anna.group_ids
        self.anna.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        yield
        self.anna.group_ids = [Command.set(groups.ids)]

    @contextmanager
    def add_on_refuses(self):
        patches = []
        for scope in self.kinds():
            Model = self.env.registry[scope.model]

            def refuse(records, values, _write=Model.write, _scope=scope):
                if _scope.owner_field_id.name in values:
                    raise UserError("Not today.")
                return _write(records, values)

            patches.append(patch.object(Model, "write", refuse))
        for one in patches:
            one.start()
        yield
        for one in patches:
            one.stop()

    @contextmanager
    def add_on_makes_a_mistake(self):
        Engine = self.env.registry["handover.engine"]

        def fail(*_args):
            raise ZeroDivisionError("a mistake")

        with patch.object(Engine, "_return_obstacle", fail):
            yield

    def test_whatever_fails_is_tried_again_once_the_cause_is_gone(self):
        causes = (
            self.anna_left, self.anna_moved_to_another_company,
            self.anna_reads_nothing, self.add_on_refuses, self.add_on_makes_a_mistake,
        )  # fmt: skip
        # of no company; and what every employee may read
        spared = {
            self.anna_moved_to_another_company: ("res.partner",),
            self.anna_reads_nothing: ("res.partner", "project.project", "project.task"),
        }
        for cause in causes:
            with self.subTest(cause=cause.__name__), self.env.cr.savepoint() as point:
                records = {
                    scope: record
                    for scope, record in self.make_all().items()
                    if scope.model not in spared.get(cause, ())
                }
                request = self.make_temporary(records.values())
                with cause(), mute_logger(ENGINE):
                    self.pass_time()
                    self.assertStuck(request, *records)
                    for scope, record in records.items():
                        self.assertEqual(self.owner_of(scope, record), self.bruno)
                    with self.assertNothingChanged():
                        self.pass_time(days=1)
                        self.pass_time(days=30)
                    # the second try, too early
                    self.retry(request)
                    self.assertStuck(request, *records)
                self.retry(request)
                self.assertBack(request)
                for scope, record in records.items():
                    self.assertEqual(self.owner_of(scope, record), self.anna)
                point.rollback()

    def test_what_others_use_at_each_try(self):
        """A lock that outlasts every try is a failure, and no end."""
        lead = self.make_lead()
        request = self.make_temporary(lead)
        Lead = self.env.registry["crm.lead"]
        nothing = patch.object(
            Lead, "try_lock_for_update", lambda self, **_options: self.browse()
        )
        with nothing:
            for minute in range(8):
                self.pass_time(days=minute)
        self.assertStuck(request, lead)
        self.assertEqual(self.codes(request), {lead: "locked"})
        self.retry(request)
        self.assertBack(request)

    def test_the_rest_goes_back_and_the_last_one_ends_it(self):
        own, refused = self.make_lead(), self.make_lead(name="Refused")
        request = self.make_temporary(own + refused)
        self.env.cr.execute(
            """CREATE FUNCTION fault_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END $$;
            CREATE TRIGGER fault_refuse BEFORE UPDATE OF user_id ON crm_lead
            FOR EACH ROW WHEN (NEW.name = 'Refused') EXECUTE FUNCTION fault_refuse()"""
        )
        self.pass_time()
        self.assertOwner(own, self.anna)
        self.assertStuck(request, refused)
        self.env.cr.execute("DROP FUNCTION fault_refuse CASCADE")
        # gone in the middle: nothing is left that could fail
        refused.unlink()
        self.retry(request)
        self.assertEqual(self.codes(request)[refused], "missing")
        self.assertEqual(request.state, "returned")
        self.assertFalse(self.attention(request))

    def test_confirmed_ones_can_be_tried_again_too(self):
        lead = self.make_lead()
        request = self.make_temporary(lead, "done")
        with self.anna_left():
            self.pass_time()
            self.assertStuck(request, lead)
        self.retry(request)
        self.assertBack(request)

    def test_by_hand_it_is_the_same(self):
        lead = self.make_lead()
        request = self.make_request("done", lead)
        with self.anna_left():
            request.with_user(self.approver).action_return()
            self.assertStuck(request, lead)
            # and once more the same way
            request.with_user(self.approver).action_return()
            self.assertStuck(request, lead)
        request.with_user(self.approver).action_return()
        self.assertBack(request)

    def test_while_it_is_stuck_all_is_as_before(self):
        """Who has it keeps what it needs, who gave it still sees it."""
        lead = self.make_lead()
        request = self.make_temporary(lead, predecessor_access="keep")
        self.assertTrue(lead.with_user(self.anna).has_access("write"))
        with self.anna_left():
            self.pass_time()
        self.env.invalidate_all()
        self.assertEqual(request._takers(), self.bruno)
        self.assertTrue(lead.with_user(self.anna).has_access("write"))

    def test_the_form_says_so(self):
        request = self.make_temporary(self.make_lead())
        with self.anna_left():
            self.pass_time()
        self.env.invalidate_all()
        step = request.with_user(self.approver).next_step
        self.assertIn("failed: 1", step["text"])
        self.assertNotIn("Waiting for", step["text"])
        self.assertIn("try again", step["todo"])

    def test_somebody_is_called_even_when_all_who_knew_have_left(self):
        lead = self.make_lead()
        request = self.make_temporary(lead)
        everybody = self.anna | request.approver_id | self.leader
        everybody.active = False
        self.pass_time()
        self.env.invalidate_all()
        self.assertEqual(request.state, "transferred")
        [todo] = self.attention(request)
        self.assertTrue(todo.user_id.active)
        self.assertTrue(request._is_operator(todo.user_id))


class TestBesides(TemporaryCommon):
    """What moved besides records: with no record left that could fail for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        theirs = cls.make_lead(cls.chen, name="Theirs")
        cls.todo = cls.make_todo(theirs, cls.anna)
        cls.meeting = cls.make_meeting(theirs, cls.anna, days=9)
        cls.visit = cls.make_meeting(
            theirs, cls.chen, days=9,
            partner_ids=[Command.set((cls.chen | cls.anna).partner_id.ids)],
        )  # fmt: skip
        cls.alias = cls.team.alias_id
        cls.alias.alias_defaults = repr({"user_id": cls.anna.id})

    def moved(self, **values):
        """All records were changed meanwhile; the rest is as it was left."""
        lead = self.make_lead()
        values = {
            "elsewhere": "one", "elsewhere_user_id": self.alldocs.id,
            "guest_meetings": "seat", **values,
        }  # fmt: skip
        request = self.make_temporary(lead, **values)
        lead.user_id = self.chen
        self.assertHas(self.alldocs, self.bruno)
        return request

    def assertHas(self, user, address):
        self.env.invalidate_all()
        self.assertEqual(self.todo.user_id, user)
        self.assertEqual(self.meeting.user_id, user)
        guests = self.visit.with_context(active_test=False).partner_ids
        self.assertEqual(guests, (self.chen | user).partner_id)
        self.assertEqual(self.alias.alias_defaults, repr({"user_id": address.id}))

    def assertKept(self, request):
        self.assertHas(self.alldocs, self.bruno)
        self.assertEqual(request.state, "transferred")
        self.assertTrue(request.elsewhere_moved)
        [todo] = self.attention(request)
        self.assertIn("press “Give Back”", todo.note)
        self.assertTrue(request.with_user(self.approver).can_return)

    def assertAllBack(self, request):
        self.assertHas(self.anna, self.anna)
        self.assertEqual(request.state, "returned")
        self.assertFalse(request.elsewhere_moved)
        self.assertFalse(self.attention(request))

    def test_who_is_gone_gets_nothing_back_and_nothing_is_lost(self):
        request = self.moved()
        self.anna.active = False
        self.pass_time()
        self.assertKept(request)
        self.assertIn("Anna is not there", self.attention(request).note)
        with self.assertNothingChanged():
            self.pass_time(days=1)
        # the second try, too early
        request.with_user(self.approver).action_return()
        self.assertKept(request)
        self.anna.active = True
        request.with_user(self.approver).action_return()
        self.assertAllBack(request)

    def test_what_somebody_followed_waits_for_them(self):
        theirs = self.make_lead(self.chen, name="Followed")
        theirs.message_subscribe(self.anna.partner_id.ids)
        self.reason.leaves = True
        lead = self.make_lead()
        request = self.make_request("transferred", lead)
        self.assertNotIn(self.anna.partner_id, theirs.message_partner_ids)
        lead.user_id = self.chen
        self.anna.active = False
        request.with_user(self.approver).action_return()
        self.assertEqual(request.state, "transferred")
        self.assertTrue(request.ended_follows)
        self.anna.active = True
        request.with_user(self.approver).action_return()
        self.assertEqual(request.state, "returned")
        self.assertIn(self.anna.partner_id, theirs.message_partner_ids)

    def test_what_refuses_is_named_and_tried_again(self):
        request = self.moved()
        refusing = {
            "mail.activity": lambda values: "user_id" in values,
            "calendar.event": lambda values: {"user_id", "partner_ids"} & values.keys(),
            "mail.alias": lambda values: "alias_defaults" in values,
        }
        with ExitStack() as stack:
            for model, refuses in refusing.items():
                Model = self.env.registry[model]

                def refuse(records, values, _write=Model.write, _refuses=refuses):
                    if _refuses(values):
                        raise UserError("Not today.")
                    return _write(records, values)

                stack.enter_context(patch.object(Model, "write", refuse))
            self.pass_time()
            self.assertKept(request)
            for rows in ("activities", "meetings", "seats"):
                self.assertEqual(len(request.elsewhere_moved[rows]), 1)
            note = self.attention(request).note
            for text in ("to-do “", "meeting “Visit”", "Not today.", "…"):
                self.assertIn(text, note)
        # nothing but that is left of it, and the button brings it back
        action = request.with_user(self.approver).action_choose_return()
        self.assertEqual(action["type"], "ir.actions.act_window")
        request.with_user(self.approver).action_return()
        self.assertAllBack(request)

    def test_with_no_record_to_choose_the_button_gives_the_rest_back(self):
        lead = self.make_lead()
        request = self.make_temporary(
            lead, elsewhere="one", elsewhere_user_id=self.alldocs.id
        )
        Todo = self.env.registry["mail.activity"]
        write = Todo.write

        def refuse(todos, values):
            if "user_id" in values and self.todo in todos:
                raise UserError("Not today.")
            return write(todos, values)

        with patch.object(Todo, "write", refuse):
            self.pass_time()
        self.env.invalidate_all()
        self.assertOwner(lead, self.anna)
        self.assertEqual(self.meeting.user_id, self.anna)
        self.assertEqual(request.state, "transferred")
        judge = request.with_user(self.approver)
        self.assertTrue(judge.can_return)
        self.assertIn("besides records", judge.next_step["text"])
        action = judge.action_choose_return()
        self.assertEqual(action["res_id"], request.id)
        self.assertEqual(self.todo.user_id, self.anna)
        self.assertEqual(request.state, "returned")


class TestStoppedReturn(TemporaryCommon):
    def stop(self, request):
        request.with_user(self.approver).action_cancel("Not yet")
        self.env.invalidate_all()

    def start_return(self, request):
        """Due, but nothing has gone back when the cron is done."""
        with (
            patch(f"{ENGINE}.HandoverEngine._claim", lambda engine, *_args: ()),
            freeze_time(self.end + timedelta(minutes=1)),
        ):
            self.run_cron()
        self.env.invalidate_all()
        self.assertEqual((request.state, request.goes_back), ("running", True))

    def test_a_return_that_was_stopped_does_not_begin_again_by_itself(self):
        first, second = self.make_lead(), self.make_lead()
        request = self.make_temporary(first + second)
        self.start_return(request)
        with freeze_time(self.end + timedelta(hours=1)):
            self.run_some(request, 1)
            self.stop(request)
        self.assertEqual(request.state, "transferred")
        [held] = request.line_ids.filtered(lambda line: line.state == "done")
        [todo] = self.attention(request)
        self.assertIn("Give Back", todo.note)
        with self.assertNothingChanged():
            self.pass_time(days=1)
            self.pass_time(days=2)
        self.assertOwner(self.env["crm.lead"].browse(held.res_id), self.bruno)
        request.with_user(self.approver).action_return()
        self.assertBack(request)
        self.assertOwner(first + second, self.anna)

    def test_what_failed_and_was_stopped_can_go_back_later(self):
        lead = self.make_lead()
        request = self.make_temporary(lead)
        self.anna.active = False
        self.pass_time()
        self.assertStuck(request, lead)
        with patch(f"{ENGINE}.HandoverEngine._claim", lambda engine, *_args: ()):
            self.retry(request)
        self.stop(request)
        self.assertEqual(self.codes(request), {lead: "done"})
        self.anna.active = True
        request.with_user(self.approver).action_return()
        self.assertBack(request)
        self.assertOwner(lead, self.anna)

    def test_what_stays_for_a_reason_says_so_after_a_stop(self):
        """Whoever chose to take it back all the same, and stopped that."""
        won, lead = self.make_lead(), self.make_lead()
        request = self.make_request("transferred", won | lead)
        won.with_user(self.bruno).action_set_won()
        request.with_user(self.approver).action_return()
        line = request.line_ids.filtered(lambda line: line.res_id == won.id)
        self.assertEqual(line.result_code, "closed")
        message = line.result_message
        with patch(f"{ENGINE}.HandoverEngine._claim", lambda engine, *_args: ()):
            request.with_user(self.approver)._give_back("", line, line)
        self.assertEqual((line.state, line.goes_back), ("todo", True))
        self.stop(request)
        self.assertEqual((line.state, line.goes_back), ("done", False))
        self.assertEqual((line.result_code, line.result_message), ("closed", message))

    def test_a_later_end_is_a_new_one(self):
        lead = self.make_lead()
        request = self.make_temporary(lead)
        self.start_return(request)
        self.stop(request)
        later = self.end + timedelta(days=10)
        request._trusting().date_return = later
        self.pass_time(days=1)
        self.assertOwner(lead, self.bruno)
        self.pass_time(days=11)
        self.assertBack(request)

    def test_what_had_moved_before_it_was_stopped_comes_back_at_its_end(self):
        first, second = self.make_lead(), self.make_lead()
        request = self.make_temporary(first + second, "running")
        self.run_some(request, 1)
        self.stop(request)
        self.assertEqual(request.state, "cancelled")
        self.assertEqual((first + second).user_id, self.anna | self.bruno)
        self.pass_time()
        self.env.invalidate_all()
        self.assertOwner(first + second, self.anna)
        self.assertEqual(request.state, "returned")
        with self.assertNothingChanged():
            self.pass_time(days=1)

    def test_what_had_moved_before_the_approval_lapsed_is_not_forgotten(self):
        first, second = self.make_lead(), self.make_lead()
        request = self.make_temporary(first + second, "running")
        self.run_some(request, 1)
        self.bruno.active = False
        self.run_cron()
        self.env.invalidate_all()
        self.assertEqual(request.state, "needs_review")
        self.pass_time()
        self.env.invalidate_all()
        [todo] = self.attention(request)
        self.assertIn("lapsed on the way", todo.note)
        with self.assertNothingChanged():
            self.pass_time(days=1)
        # whoever has heard of it, and ended the to-do or thrown it away, has
        todo.action_done()
        self.env.invalidate_all()
        with self.assertNothingChanged():
            self.pass_time(days=1)
        request.with_user(self.anna).action_cancel()
        self.pass_time(days=2)
        self.env.invalidate_all()
        self.assertOwner(first + second, self.anna)
        self.assertEqual(request.state, "returned")
        self.assertFalse(self.attention(request))


class TestCronFails(TemporaryCommon):
    @contextmanager
    def failing(self, method):
        def fail(request, *_args):
            raise ZeroDivisionError("a mistake")

        with (
            patch.object(self.env.registry["handover.request"], method, fail),
            mute_logger(f"{ENGINE.rpartition('.')[0]}.handover_background", ENGINE),
        ):
            yield

    def assertCalledOnce(self, request):
        self.env.invalidate_all()
        [todo] = self.attention(request)
        self.assertEqual(todo.note.count("does not go on by itself"), 1)
        self.assertNotIn("a mistake", todo.note)

    def test_a_return_that_cannot_even_begin_calls_somebody_once(self):
        lead = self.make_lead()
        request = self.make_temporary(lead)
        with self.failing("_return"):
            self.pass_time()
            self.assertCalledOnce(request)
            with self.assertNothingChanged():
                self.pass_time(days=1)
        self.assertEqual(request.state, "transferred")
        self.pass_time(days=2)
        self.assertBack(request)

    def test_a_start_that_fails_calls_somebody_once(self):
        lead = self.make_lead()
        request = self.make_request("approved", lead)
        later = request.date_planned + timedelta(minutes=1)
        with self.failing("_give_permissions"), freeze_time(later):
            self.run_cron()
            self.assertCalledOnce(request)
            with self.assertNothingChanged():
                self.run_cron()
            # who has ended the to-do is told again the next day, not at each pass
            self.attention(request).unlink()
            with self.assertNothingChanged():
                self.run_cron()
        with self.failing("_give_permissions"), freeze_time(later + timedelta(days=1)):
            self.run_cron()
            self.assertCalledOnce(request)
        self.assertEqual(request.state, "approved")
        with freeze_time(later):
            self.run_cron()
        self.env.invalidate_all()
        self.assertEqual(request.state, "transferred")
        self.assertFalse(self.attention(request))

    def test_an_end_that_fails_calls_somebody_once(self):
        lead = self.make_lead()
        request = self.make_request("running", lead)
        with self.failing("_notify"):
            self.run_cron()
            self.assertCalledOnce(request)
        self.assertEqual(request.state, "running")
        self.run_cron()
        self.env.invalidate_all()
        self.assertEqual(request.state, "transferred")
        self.assertFalse(self.attention(request))


class TestRetryThere(KindsCommon):
    """On the way there, too: what failed can be tried again, however far it is."""

    def test_after_both_sides_have_confirmed(self):
        lead, other = self.make_lead(), self.make_lead(name="Refused")
        request = self.make_request("approved", lead + other)
        Lead = self.env.registry["crm.lead"]
        write = Lead.write

        def refuse(records, values):
            if "user_id" in values and "Refused" in records.mapped("name"):
                raise UserError("Not today.")
            return write(records, values)

        with patch.object(Lead, "write", refuse):
            request.with_user(self.approver).action_run()
        for user in (self.anna, self.bruno):
            request.with_user(user).action_confirm()
        self.env.invalidate_all()
        self.assertEqual(request.state, "done")
        self.assertTrue(request.with_user(self.approver).can_retry)
        request.with_user(self.approver).action_retry()
        self.env.invalidate_all()
        self.assertEqual(self.codes(request), {lead: "done", other: "done"})
        self.assertOwner(other, self.bruno)
        self.assertEqual(request.state, "done")
