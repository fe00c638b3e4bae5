"""One to-do, meeting or follower that refuses keeps no record back, and is named."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError

from ..kinds import KindsCommon

WHY = "Only members of the team may have it."


class TestWhatStaysBehind(KindsCommon):
    @contextmanager
    def refusing(self, model, verb="write", sealed=("Sealed",), error=None):
        """Have an add-on refuse to change what is called like this."""
        error = error or ValidationError(WHY)
        Model = self.env.registry[model]
        original = getattr(Model, verb)
        self.tries = []

        def refuse(records, *args, **kwargs):
            self.tries.append(records.ids)
            if any(name in sealed for name in records.mapped("display_name")):
                raise error
            return original(records, *args, **kwargs)

        with patch.object(Model, verb, refuse):
            yield

    @contextmanager
    def database_refuses(self, table, when):
        """Have the database refuse to change rows of a table."""
        self.env.flush_all()
        self.env.cr.execute(
            f"""CREATE FUNCTION fault_stay() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'members only' USING ERRCODE = '23514'; END $$;
            CREATE TRIGGER fault_stay BEFORE INSERT OR UPDATE ON {table}
            FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION fault_stay()"""
        )
        yield
        self.env.cr.execute("DROP FUNCTION fault_stay CASCADE")

    def line(self, request, record):
        return request.line_ids.filtered(
            lambda line: (line.res_model, line.res_id) == (record._name, record.id)
        )

    def assertTold(self, request, record, name, why=WHY):
        """The line says what stayed and why, and somebody has it on their list."""
        line = self.line(request, record)
        self.assertIn(name, line.result_message)
        self.assertIn(why, line.result_message)
        [thing] = line.after["stayed"]
        self.assertIn(thing["text"], line.result_message)
        [todo] = self.attention(request)
        self.assertIn(name, todo.note)
        self.assertIn(why, todo.note)

    def give_back(self, request):
        request.with_user(self.approver).action_return()
        self.env.invalidate_all()

    # ------------------------------------------------------------
    # THERE
    # ------------------------------------------------------------

    def test_a_to_do_that_refuses_keeps_no_record_back(self):
        for scope, record in self.make_all().items():
            with self.subTest(kind=scope.model):
                other = self.make_of(scope)
                sealed, free = self.make_todo(record), self.make_todo(record)
                elsewhere = self.make_todo(other)
                sealed.summary = "Sealed"
                with self.refusing("mail.activity"):
                    request = self.make_request("transferred", record + other)
                self.assertEqual(set(self.codes(request).values()), {"done"})
                for owned in (record, other):
                    self.assertEqual(self.owner_of(scope, owned), self.bruno)
                self.assertEqual(sealed.user_id, self.anna)
                self.assertEqual((free + elsewhere).user_id, self.bruno)
                self.assertTold(request, record, "Sealed")
                self.assertFalse(self.line(request, other).result_message)
                self.assertNotIn("stayed", self.line(request, other).after)

    def test_what_stayed_is_not_taken_for_what_went(self):
        lead = self.make_lead()
        sealed = self.make_todo(lead)
        sealed.summary = "Sealed"
        with self.refusing("mail.activity"):
            request = self.make_request("transferred", lead)
        self.assertNotIn("activities", request.line_ids.after)
        sealed.user_id = self.bruno
        self.give_back(request)
        self.assertEqual(sealed.user_id, self.bruno, "it had not come from Anna")

    def test_a_to_do_that_the_database_refuses(self):
        lead = self.make_lead()
        sealed, free = self.make_todo(lead), self.make_todo(lead)
        sealed.summary = "Sealed"
        with self.database_refuses("mail_activity", "NEW.summary = 'Sealed'"):
            request = self.make_request("transferred", lead)
        self.assertEqual(self.codes(request), {lead: "done"})
        self.assertEqual((sealed.user_id, free.user_id), (self.anna, self.bruno))
        self.assertTold(request, lead, "Sealed", "fault_stay")

    def test_a_mistake_of_an_add_on_keeps_no_record_back(self):
        lead = self.make_lead()
        self.make_todo(lead).summary = "Sealed"
        with self.refusing("mail.activity", error=ZeroDivisionError("a mistake")):
            request = self.make_request("transferred", lead)
        self.assertOwner(lead, self.bruno)
        self.assertTold(request, lead, "Sealed", "Unexpected error")
        self.assertNotIn("a mistake", request.line_ids.result_message)

    def test_a_meeting_that_refuses_keeps_no_record_back(self):
        lead = self.make_lead()
        sealed, free = self.make_meeting(lead, name="Sealed"), self.make_meeting(lead)
        with self.refusing("calendar.event"):
            request = self.make_request("transferred", lead)
        self.assertOwner(lead, self.bruno)
        self.assertEqual((sealed.user_id, free.user_id), (self.anna, self.bruno))
        self.assertTold(request, lead, "Sealed")
        self.give_back(request)
        self.assertEqual((sealed + free).user_id, self.anna)

    def test_a_follower_who_is_refused_keeps_no_record_back(self):
        for scope, record in self.make_all().items():
            with self.subTest(kind=scope.model):
                condition = f"NEW.res_id = {record.id} AND NEW.partner_id = " + str(
                    self.bruno.partner_id.id
                )
                other = self.make_of(scope)
                with self.database_refuses("mail_followers", condition):
                    request = self.make_request("transferred", record + other)
                self.assertEqual(set(self.codes(request).values()), {"done"})
                self.assertTold(request, record, "Bruno", "fault_stay")
                self.assertFalse(self.line(request, other).result_message)
                self.assertNotIn("subscribed", self.line(request, record).after)

    def test_who_cannot_be_unsubscribed_goes_on_following(self):
        lead = self.make_lead()
        lead.message_subscribe(self.anna.partner_id.ids)
        follow = lead.message_follower_ids.filtered(
            lambda follow: follow.partner_id == self.anna.partner_id
        )
        sealed = follow.display_name
        with self.refusing("mail.followers", "unlink", sealed=[sealed]):
            request = self.make_request("transferred", lead)
        self.assertOwner(lead, self.bruno)
        self.assertIn(self.anna.partner_id, lead.message_partner_ids)
        self.assertNotIn("unsubscribed", request.line_ids.after)
        self.assertTold(request, lead, "Anna")

    def test_what_the_successor_had_already_tells_it_too(self):
        lead = self.make_lead()
        self.make_todo(lead).summary = "Sealed"
        request = self.make_request("approved", lead)
        lead.user_id = self.bruno
        with self.refusing("mail.activity"):
            request.with_user(self.approver).action_run()
        self.env.invalidate_all()
        self.assertEqual(self.codes(request), {lead: "already"})
        self.assertTold(request, lead, "Sealed")

    def test_one_of_many_is_found_in_few_steps(self):
        lead = self.make_lead()
        todos = self.make_todo(lead)
        for _number in range(63):
            todos += self.make_todo(lead)
        todos[40].summary = "Sealed"
        with self.refusing("mail.activity"):
            request = self.make_request("transferred", lead)
        self.assertEqual((todos - todos[40]).user_id, self.bruno)
        self.assertTold(request, lead, "Sealed")
        ours = [ids for ids in self.tries if ids and set(ids) <= set(todos.ids)]
        self.assertLessEqual(len(ours), 2 * 7)

    # ------------------------------------------------------------
    # AND BACK
    # ------------------------------------------------------------

    def test_a_to_do_that_refuses_keeps_nothing_from_going_back(self):
        for scope, record in self.make_all().items():
            with self.subTest(kind=scope.model):
                sealed, free = self.make_todo(record), self.make_todo(record)
                sealed.summary = "Sealed"
                request = self.make_request("transferred", record)
                # what else the person still has is told there as well
                self.assertNotIn("Sealed", str(self.attention(request).mapped("note")))
                with self.refusing("mail.activity"):
                    self.give_back(request)
                self.assertEqual(request.state, "returned")
                self.assertEqual(self.owner_of(scope, record), self.anna)
                self.assertEqual(
                    (sealed.user_id, free.user_id), (self.bruno, self.anna)
                )
                self.assertTold(request, record, "Sealed")

    def test_a_meeting_that_refuses_keeps_nothing_from_going_back(self):
        lead = self.make_lead()
        meeting = self.make_meeting(lead, name="Sealed")
        request = self.make_request("transferred", lead)
        with self.refusing("calendar.event"):
            self.give_back(request)
        self.assertOwner(lead, self.anna)
        self.assertEqual(meeting.user_id, self.bruno)
        self.assertTold(request, lead, "Sealed")

    def test_a_follower_who_is_refused_keeps_nothing_from_going_back(self):
        lead = self.make_lead()
        lead.message_subscribe(self.anna.partner_id.ids)
        request = self.make_request("transferred", lead)
        condition = f"NEW.partner_id = {self.anna.partner_id.id}"
        with self.database_refuses("mail_followers", condition):
            self.give_back(request)
        self.assertOwner(lead, self.anna)
        self.assertEqual(request.state, "returned")
        self.assertTold(request, lead, "Anna", "fault_stay")


class TestRecordRefuses(KindsCommon):
    """The record itself: what refused is named, and what to do."""

    @contextmanager
    def failing(self, scope, error):
        Model = self.env.registry[scope.model]
        original = Model.write
        owner = scope.owner_field_id.name

        def refuse(records, values):
            if owner in values:
                raise error
            return original(records, values)

        with patch.object(Model, "write", refuse):
            yield

    def test_the_text_of_whatever_refused_and_what_to_do(self):
        errors = {
            "rejected": UserError("A deal with Meridian stays in the key accounts."),
            "forbidden": AccessError("Only key account managers may do this."),
        }
        for scope, record in self.make_all().items():
            for code, error in errors.items():
                with self.subTest(kind=scope.model, code=code):
                    request = self.make_request("approved", record)
                    with self.failing(scope, error):
                        request.with_user(self.approver).action_run()
                    self.env.invalidate_all()
                    line = request.line_ids
                    self.assertEqual((line.state, line.result_code), ("failed", code))
                    self.assertIn(str(error), line.result_message)
                    self.assertIn("try again", line.result_message)
                    self.assertEqual(self.owner_of(scope, record), self.anna)

    def test_a_constraint_of_the_database_is_named_without_the_row(self):
        lead = self.make_lead(description="Nobody else may know")
        request = self.make_request("approved", lead)
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE crm_lead ADD CONSTRAINT key_accounts_only"
            f" CHECK (user_id != {self.bruno.id})"
        )
        request.with_user(self.approver).action_run()
        self.env.invalidate_all()
        message = request.line_ids.result_message
        self.assertEqual(request.line_ids.result_code, "rejected")
        self.assertIn("key_accounts_only", message)
        self.assertIn("try again", message)
        self.assertNotIn("Nobody else", message)

    def test_a_record_that_cannot_be_looked_at_stops_no_other(self):
        broken, other = self.make_lead(name="Broken"), self.make_lead()
        request = self.make_request("approved", broken + other)
        Engine = self.env.registry["handover.engine"]
        original = Engine._taker_obstacle

        def fail(engine, taker, scope, record):
            if record.name == "Broken":
                raise ZeroDivisionError("a mistake")
            return original(engine, taker, scope, record)

        with patch.object(Engine, "_taker_obstacle", fail):
            request.with_user(self.approver).action_run()
        self.env.invalidate_all()
        self.assertEqual(self.codes(request), {broken: "error", other: "done"})
        self.assertOwner(other, self.bruno)
        self.assertOwner(broken, self.anna)
        self.assertIn("administrator", self.line_of(request, broken).result_message)

    def line_of(self, request, record):
        return request.line_ids.filtered(lambda line: line.res_id == record.id)
