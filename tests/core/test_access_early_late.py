"""What a handover opens besides the transfer.

From the approval on the successor reads what is coming, and only reads. After the
transfer the predecessor keeps what the request says. Nobody else sees more or less.
"""

from collections import Counter
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.http import Request
from odoo.tests import Form, HttpCase
from odoo.tests.common import JsonRpcException
from odoo.tools import SQL, mute_logger

from ..common import HandoverCommon

MODELS = ("crm.lead", "project.project", "project.task")
OTHERS = (
    *("chen", "other", "leader", "manager", "projectuser", "employee", "portal"),
    "foreigner",
)


class AccessCase(HandoverCommon):
    """A lead, a project for invited people, and a task in it: all are Anna's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_lead(name="Coming Lead")
        cls.secret = cls.make(
            "project.project", name="Coming Project", user_id=cls.anna.id,
            privacy_visibility="followers",
        )  # fmt: skip
        cls.task = cls.make_task(name="Coming Task", project_id=cls.secret.id)
        cls.records = (cls.lead, cls.secret, cls.task)
        cls.rules = cls.env["ir.rule"].search(
            [
                "|",
                ("domain_force", "like", "handover_readable"),
                ("domain_force", "like", "handover_writable"),
            ]
        )
        cls.next_month = fields.Datetime.now() + timedelta(days=30)

    def make_handover(self, state, **values):
        """A handover of all three records."""
        if state == "approved":
            tomorrow = fields.Datetime.now() + timedelta(days=1)
            values.setdefault("date_planned", tomorrow)
        request = self.make_request(records=self.lead, **values).with_user(self.anna)
        for record in self.records[1:]:
            request.add_records(record._name, record.ids)
        self.bring(request, state)
        return request.with_env(self.env)

    def run_some(self, request, *records):
        """Hand over these records of a running handover, and leave the rest."""
        lines = request.line_ids.filtered(
            lambda line: self.env[line.res_model].browse(line.res_id) in records
        )
        self.env["handover.engine"].sudo()._transfer(lines.sudo())
        self.env.flush_all()

    def ways(self, user, record):
        """What every way of reading answers: whether it shows ``record``."""
        mine = record.with_user(user)
        domain = [("id", "=", record.id)]
        found = mine.web_search_read(domain, {"display_name": {}})
        counted = mine.formatted_read_group(domain, [], ["__count"])
        named = mine.name_search(record.name, domain)
        return {
            "access": mine.has_access("read"),
            "search": bool(mine.search(domain)),
            "count": bool(mine.search_count(domain)),
            "web_search_read": bool(found["records"]),
            "read_group": bool(counted[0]["__count"]),
            "name_search": record.id in [id_ for id_, _name in named],
        }

    def assertReads(self, user, *records):
        self.env.invalidate_all()
        for record in records:
            with self.subTest(reads=user.login, record=record.name):
                self.assertEqual(set(self.ways(user, record).values()), {True})
                [values] = record.with_user(user).read(["name"])
                self.assertEqual(values["name"], record.name)

    def assertReadsNot(self, user, *records):
        self.env.invalidate_all()
        for record in records:
            mine = record.with_user(user)
            with (
                self.subTest(reads_not=user.login, record=record.name),
                mute_logger("odoo.addons.base.models.ir_rule"),
            ):
                with self.assertRaises(AccessError):
                    mine.read(["name"])
                if mine.browse().has_access("read"):
                    self.assertEqual(set(self.ways(user, record).values()), {False})

    def assertChangesNothing(self, user, *records):
        for record in records:
            mine = record.with_user(user)
            guest = self.env["res.partner"].create({"name": "Guest"})
            for call in (
                lambda mine=mine: mine.write({"name": "Mine"}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: self.post(mine),
                lambda mine=mine, guest=guest: mine.message_subscribe(guest.ids),
            ):
                with (
                    self.subTest(changes_nothing=user.login, record=record.name),
                    self.assertRefused((AccessError, UserError)),
                ):
                    call()

    def post(self, record):
        record.message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def assertFollowsNot(self, user, *records):
        """Following would outlast the handover, and on tasks it gives more."""
        for record in records:
            record.with_user(user).message_subscribe(user.partner_id.ids)
            self.env.invalidate_all()
            self.assertNotIn(user.partner_id, record.message_partner_ids)


class TestEarly(AccessCase):
    """The successor, from the approval to the transfer."""

    def test_nothing_before_the_approval(self):
        for state in ("draft", "submitted", "refused", "cancelled"):
            request = self.make_handover(state)
            self.assertReadsNot(self.bruno, *self.records)
            if state == "submitted":
                request.with_user(self.anna).action_cancel()
            if state == "draft":
                request.with_user(self.anna).unlink()

    def test_successor_reads_from_the_approval_on_and_only_reads(self):
        groups = self.bruno.all_group_ids
        self.make_handover("approved")
        self.assertReads(self.bruno, *self.records)
        self.assertChangesNothing(self.bruno, *self.records)
        self.assertEqual(self.bruno.all_group_ids, groups)

    def test_in_the_transaction_of_the_approval(self):
        request = self.make_handover("submitted", date_planned=self.next_month)
        mine = self.lead.with_user(self.bruno)
        self.assertFalse(mine.has_access("read"))
        request.with_user(self.approver).action_approve()
        self.assertTrue(mine.has_access("read"))
        request.with_user(self.anna).action_cancel()
        self.assertFalse(mine.has_access("read"))

    def test_nobody_else_reads(self):
        self.make_handover("approved")
        for login in OTHERS:
            self.assertReadsNot(getattr(self, login), *self.records)

    def test_each_successor_reads_what_comes_to_them(self):
        request = self.make_handover("draft", date_planned=self.next_month)
        line = request.line_ids.filtered(lambda line: line.res_model == "crm.lead")
        line.with_user(self.anna).successor_id = self.chen
        self.bring(request.with_user(self.anna), "approved")
        self.assertReads(self.chen, self.lead)
        self.assertReadsNot(self.chen, self.secret, self.task)
        self.assertReads(self.bruno, self.secret, self.task)
        self.assertReadsNot(self.bruno, self.lead)

    def test_while_it_runs(self):
        other = self.make_lead(name="Later")
        request = self.make_handover("running")
        self.assertReads(self.bruno, *self.records)
        self.assertChangesNothing(self.bruno, *self.records)
        self.assertReadsNot(self.bruno, other)
        self.run_some(request, self.lead)
        self.assertReads(self.bruno, *self.records)
        self.assertTrue(self.lead.with_user(self.bruno).has_access("write"))

    def test_not_what_was_declined(self):
        request = self.make_handover("approved")
        lines = request.line_ids.with_user(self.bruno)
        lines.filtered(lambda line: line.res_model == "crm.lead").action_decline("No")
        self.assertReadsNot(self.bruno, self.lead)
        self.assertReads(self.bruno, self.secret, self.task)

    def test_not_what_is_cancelled_or_to_be_reviewed(self):
        request = self.make_handover("approved")
        request.sudo()._review(lambda env: "Somebody left.")
        self.assertReadsNot(self.bruno, *self.records)
        request.with_user(self.anna).action_draft()
        self.assertReadsNot(self.bruno, *self.records)
        self.bring(request.with_user(self.anna), "approved")
        self.assertReads(self.bruno, *self.records)
        request.with_user(self.anna).action_cancel()
        self.assertReadsNot(self.bruno, *self.records)

    def test_not_what_has_another_owner_by_now(self):
        self.make_handover("approved")
        self.lead.user_id = self.other
        self.task.user_ids = self.other
        self.assertReadsNot(self.bruno, self.lead, self.task)
        self.assertReads(self.bruno, self.secret)

    def test_not_in_a_company_of_others(self):
        self.make_handover("approved")
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_lead SET company_id = %s WHERE id = %s",
                self.abroad.id,
                self.lead.id,
            )
        )
        self.assertReadsNot(self.bruno, self.lead)

    def test_team_handover(self):
        lead = self.make_lead(self.chen, team_id=self.team.id)
        request = self.Request.with_user(self.leader).create(
            {
                "source_team_id": self.team.id,
                "successor_id": self.other.id,
                "date_planned": self.next_month,
            }
        )
        request.add_records("crm.lead", lead.ids)
        self.bring(request, "approved")
        self.assertReads(self.other, lead)
        self.assertReadsNot(self.bruno, lead)

    def test_private_task_only_when_its_owner_added_it(self):
        private = self.make_task(name="My Own", project_id=False)
        self.make_request("approved", private)
        self.assertReads(self.bruno, private)
        manager = self.make_request(
            "approved", self.task, by=self.manager, successor_id=self.chen.id
        )
        self.assertReads(self.chen, self.task)
        self.task.project_id = False
        self.assertReadsNot(self.chen, self.task)
        self.assertEqual(manager.state, "approved")

    def test_chatter_and_files(self):
        for record in self.records:
            record.message_post(
                body="We agreed on the phone", author_id=self.anna.partner_id.id,
                message_type="comment",
                attachments=[("in_the_talk.txt", b"spoken")],
            )  # fmt: skip
            self.make(
                "ir.attachment", name="offer.txt", raw=b"written",
                res_model=record._name, res_id=record.id,
            )  # fmt: skip
        request = self.make_handover("submitted", date_planned=self.next_month)
        for record in self.records:
            self.assertEqual(self.talk(self.bruno, record), ("", []))
        request.with_user(self.approver).action_approve()
        self.env.invalidate_all()
        for record in self.records:
            text, files = self.talk(self.bruno, record)
            self.assertIn("We agreed on the phone", text)
            self.assertEqual(files, [b"spoken", b"written"])
            self.assertEqual(self.talk(self.other, record), ("", []))

    def talk(self, user, record):
        """The messages and files of ``record`` that a user finds and opens."""
        messages = self.env["mail.message"].with_user(user)
        of_record = [("model", "=", record._name), ("res_id", "=", record.id)]
        found = messages.search([*of_record, ("message_type", "=", "comment")])
        files = self.env["ir.attachment"].with_user(user)
        of_record[0] = ("res_model", "=", record._name)
        attachments = files.search(of_record, order="name")
        return "".join(found.mapped("body")), attachments.mapped("raw")

    def test_successor_does_not_stay_by_following(self):
        request = self.make_handover("approved")
        self.assertFollowsNot(self.bruno, *self.records)
        with self.assertRefused(AccessError):
            self.make_todo(self.task.with_user(self.bruno), self.bruno)
        request.with_user(self.anna).action_cancel()
        self.assertReadsNot(self.bruno, *self.records)

    def test_who_may_read_anyway_talks_and_follows_as_before(self):
        task = self.make_task(name="Open")
        self.make_request("approved", task)
        mine = task.with_user(self.bruno)
        self.assertTrue(mine.has_access("write"))
        self.post(mine)
        self.assertIn(self.bruno.partner_id, task.message_partner_ids)

    def test_after_the_transfer_the_successor_owns(self):
        self.make_handover("transferred")
        self.assertReads(self.bruno, *self.records)
        self.assertTrue(self.lead.with_user(self.bruno).has_access("write"))
        self.assertTrue(self.task.with_user(self.bruno).has_access("write"))

    def test_whether_a_taker_can_open_it_is_asked_without_the_handover(self):
        self.make_handover("running")
        engine = self.env["handover.engine"].sudo()
        for record in self.records:
            self.assertReads(self.bruno, record)
            self.assertFalse(engine._readable(record, self.bruno))


class TestLate(AccessCase):
    """The predecessor, after the transfer."""

    def assertNothingKept(self):
        self.assertReadsNot(self.anna, *self.records)

    def end_access(self, request):
        past = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE handover_request SET date_access_end = %s WHERE id = %s",
                past,
                request.id,
            )
        )
        self.env.invalidate_all()

    def test_nothing(self):
        request = self.make_handover("transferred")
        self.assertEqual(request.predecessor_access, "none")
        self.assertNothingKept()

    def test_nothing_by_following_either(self):
        self.make_handover("transferred", predecessor_follows=True)
        self.assertNothingKept()
        self.assertIn(self.anna.partner_id, self.lead.message_partner_ids)

    def test_reads_until_a_date_and_only_reads(self):
        request = self.make_handover(
            "transferred", predecessor_access="read", date_access_end=self.next_month
        )
        self.assertReads(self.anna, *self.records)
        self.assertChangesNothing(self.anna, *self.records)
        self.assertFollowsNot(self.anna, *self.records)
        for login in OTHERS:
            self.assertReadsNot(getattr(self, login), *self.records)
        self.bring_done(request)
        self.assertReads(self.anna, *self.records)
        self.end_access(request)
        self.assertNothingKept()

    def test_does_not_follow_on_where_followers_have_access(self):
        self.make_handover(
            "transferred", predecessor_access="read", date_access_end=self.next_month,
            predecessor_follows=True,
        )  # fmt: skip
        self.assertIn(self.anna.partner_id, self.lead.message_partner_ids)
        for record in (self.secret, self.task):
            self.assertNotIn(self.anna.partner_id, record.message_partner_ids)
            self.assertChangesNothing(self.anna, record)

    def bring_done(self, request):
        for user in (self.anna, self.bruno):
            request.with_user(user).action_confirm()
        self.assertEqual(request.state, "done")

    def test_as_before(self):
        self.make_handover(
            "transferred", predecessor_access="keep", predecessor_follows=True
        )
        self.assertReads(self.anna, *self.records)
        for record in (self.lead, self.task):
            mine = record.with_user(self.anna)
            mine.write({"name": "Still writing"})
            self.post(mine)
            self.assertIn(self.anna.partner_id, record.message_partner_ids)
        for login in OTHERS:
            self.assertReadsNot(getattr(self, login), *self.records)

    def test_who_works_on_as_before_changes_nobody_who_has_it(self):
        self.make_handover("transferred", predecessor_access="keep")
        for record, values in (
            (self.lead, {"user_id": self.chen.id}),
            (self.lead, {"user_id": self.anna.id}),
            (self.lead, {"team_id": False}),
            (self.task, {"user_ids": [Command.link(self.anna.id)]}),
            (self.task, {"user_ids": [Command.clear()]}),
        ):
            mine = record.with_user(self.anna)
            with self.subTest(record._name, **values), self.assertRefused(UserError):
                mine.write(values)
        self.assertEqual(self.lead.user_id, self.bruno)
        self.assertEqual(self.task.user_ids, self.bruno)
        # whose they are by now gives them to whom they like
        self.lead.with_user(self.bruno).user_id = self.chen

    def test_as_before_without_following(self):
        self.make_handover("transferred", predecessor_access="keep")
        self.assertReads(self.anna, *self.records)
        self.lead.with_user(self.anna).write({"name": "Still writing"})
        self.task.with_user(self.anna).write({"name": "Still writing"})
        self.assertNotIn(self.anna.partner_id, self.lead.message_partner_ids)

    def test_what_is_given_back_is_no_longer_kept(self):
        request = self.make_handover("transferred", predecessor_access="keep")
        request.with_user(self.leader).action_return()
        self.assertEqual(request.state, "returned")
        self.assertReads(self.anna, *self.records)
        self.assertReadsNot(self.bruno, *self.records)
        self.lead.user_id = self.other
        self.assertReadsNot(self.anna, self.lead)

    def test_what_changed_since_is_no_longer_kept(self):
        request = self.make_handover("transferred", predecessor_access="keep")
        self.lead.user_id = self.chen
        self.assertReadsNot(self.anna, self.lead)
        request.with_user(self.leader).action_return()
        self.assertEqual(self.codes(request)[self.lead], "changed_since")
        self.assertReadsNot(self.anna, self.lead)

    def test_what_went_on_to_a_third_person_is_no_longer_kept(self):
        for access in ("keep", "read"):
            lead = self.make_lead()
            values = {"predecessor_access": access}
            if access == "read":
                values["date_access_end"] = self.next_month
            self.make_request("transferred", lead, **values)
            self.assertReads(self.anna, lead)
            self.make_request(
                "transferred", lead, by=self.bruno, predecessor_id=self.bruno.id,
                successor_id=self.chen.id,
            )  # fmt: skip
            self.assertEqual(lead.user_id, self.chen)
            self.assertReadsNot(self.anna, lead)
            self.assertFalse(lead.with_user(self.anna).has_access("write"))

    def test_what_went_on_is_not_kept_by_following_it(self):
        """Where core lets in whoever follows, following ends with the access."""
        kept = {"predecessor_access": "keep", "predecessor_follows": True}
        for privacy in ("followers", "invited_users"):
            self.secret.privacy_visibility = privacy
            self.secret.user_id = self.task.user_ids = self.anna
            request = self.make_handover("transferred", **kept)
            # what is made is as old as the test
            start = fields.Datetime.now() - timedelta(hours=1)
            request._trusting().write({"date_started": start})
            for record in self.records:
                self.assertIn(self.anna.partner_id, record.message_partner_ids)
            # core has who follows a project follow what is made in it
            made = self.make_task(self.bruno, project_id=self.secret.id)
            self.assertIn(self.anna.partner_id, made.message_partner_ids)
            # what is closed is no work of hers there
            self.make_task(project_id=self.secret.id, state="1_done")
            # who is there besides is none of what ends
            self.task.with_user(self.bruno).user_ids = [Command.link(self.other.id)]
            self.assertIn(self.anna.partner_id, self.task.message_partner_ids)
            if privacy == "followers":
                self.secret.user_id = self.chen
                self.task.with_user(self.bruno).user_ids = self.chen
            else:
                second = self.make_request(
                    records=self.secret, by=self.bruno, predecessor_id=self.bruno.id,
                    successor_id=self.chen.id, **kept,
                )  # fmt: skip
                second.with_user(self.bruno).add_records("project.task", self.task.ids)
                self.bring(second.with_user(self.bruno), "transferred")
                self.assertIn(self.bruno.partner_id, self.task.message_partner_ids)
            for record in (self.secret, self.task, made):
                with self.subTest(record._name, privacy=privacy):
                    people = record.message_partner_ids
                    self.assertNotIn(self.anna.partner_id, people, record)
                    self.assertReadsNot(self.anna, record)
                    self.assertFalse(record.with_user(self.anna).has_access("write"))
            # where following gives nothing, it is the owner's to end
            self.lead.user_id = self.chen
            self.assertIn(self.anna.partner_id, self.lead.message_partner_ids)
            self.lead.user_id = self.anna
        # who was in the middle leaves as it goes back past them
        self.task.user_ids = self.anna
        self.assertNotIn(self.bruno.partner_id, self.task.message_partner_ids)
        self.assertReads(self.bruno, self.secret)

    def test_what_a_team_took_over_is_kept_while_it_is_there(self):
        team = self.make_team("Other Team", self.other)
        lead = self.make_lead()
        self.make_request(
            "transferred", lead, successor_id=False, target_team_id=team.id,
            predecessor_access="keep",
        )  # fmt: skip
        self.assertEqual(lead.team_id, team)
        self.assertReads(self.anna, lead)
        lead.team_id = False
        lead.user_id = self.chen
        self.assertReadsNot(self.anna, lead)

    def test_what_was_handed_over_before_a_stop(self):
        request = self.make_handover(
            "running", predecessor_access="read", date_access_end=self.next_month
        )
        self.run_some(request, self.lead)
        self.assertReads(self.anna, *self.records)
        self.assertFalse(self.lead.with_user(self.anna).has_access("write"))
        request.with_user(self.leader).action_cancel()
        self.assertEqual(request.state, "cancelled")
        self.assertReads(self.anna, *self.records)
        self.assertReadsNot(self.bruno, self.secret, self.task)

    def test_nobody_gets_access_that_was_not_approved(self):
        """Not by the draft that a handover under review becomes, nor by its end."""
        request = self.make_handover("running")
        self.run_some(request, self.lead)
        request.sudo()._review(lambda env: "Somebody left.")
        mine = request.with_user(self.anna)
        mine.action_draft()
        mine.predecessor_access = "keep"
        self.assertReadsNot(self.anna, self.lead)
        mine.action_cancel()
        self.assertReadsNot(self.anna, self.lead)

    def test_in_a_team_handover_each_keeps_the_own(self):
        lead = self.make_lead(self.chen, team_id=self.team.id)
        request = self.Request.with_user(self.leader).create(
            {
                "source_team_id": self.team.id,
                "successor_id": self.other.id,
                "predecessor_access": "keep",
            }
        )
        request.add_records("crm.lead", [*lead.ids, *self.lead.ids])
        self.bring(request, "transferred")
        self.assertReads(self.chen, lead)
        self.assertReads(self.anna, self.lead)
        self.assertReadsNot(self.chen, self.lead)
        self.assertReadsNot(self.anna, lead)

    def test_what_the_successor_makes_private_stays_private(self):
        request = self.make_request(
            records=self.task, by=self.leader, predecessor_access="keep"
        )
        self.bring(request.with_user(self.leader), "transferred")
        self.assertReads(self.anna, self.task)
        self.task.project_id = False
        self.assertReadsNot(self.anna, self.task)

    def test_dates(self):
        for values, text in (
            ({"predecessor_access": "read"}, "say until when"),
            ({"date_access_end": self.next_month}, "ends on a date"),
            (
                {
                    "predecessor_access": "read",
                    "date_planned": self.next_month,
                    "date_access_end": self.next_month,
                },
                "after its start",
            ),
            (
                {
                    "predecessor_access": "read",
                    "date_access_end": fields.Datetime.now() - timedelta(days=1),
                },
                "after its start",
            ),
        ):
            with self.assertRefused(ValidationError, text):
                self.make_request(**values)

    def test_form_forgets_the_date_of_another_choice(self):
        request = self.make_request(
            predecessor_access="read", date_access_end=self.next_month
        )
        with Form(request.with_user(self.anna)) as form:
            form.predecessor_access = "keep"
        self.assertFalse(request.date_access_end)

    def test_is_approved_and_does_not_change_afterwards(self):
        request = self.make_handover("approved")
        for values in (
            {"predecessor_access": "keep"},
            {"predecessor_access": "read", "date_access_end": self.next_month},
        ):
            with self.assertRefused(UserError, "no draft"):
                request.with_user(self.anna).write(values)
        self.env.cr.execute(
            SQL(
                "UPDATE handover_request SET predecessor_access = 'keep' WHERE id = %s",
                request.id,
            )
        )
        request.invalidate_recordset()
        request.with_user(self.approver).action_run()
        self.assertEqual(request.state, "needs_review")

    def test_copy_starts_with_nothing(self):
        request = self.make_handover(
            "transferred", predecessor_access="read", date_access_end=self.next_month
        )
        copy = request.with_user(self.anna).copy()
        self.assertEqual(copy.predecessor_access, "none")
        self.assertFalse(copy.date_access_end)


class TestDoors(HttpCase, AccessCase):
    """Core lets in whoever names a project that they read, as the superuser."""

    def enter(self, task):
        """Come by each door of core's that takes the number of a project."""
        thread = {"thread_model": task._name, "thread_id": task.id}
        named = {"project_sharing_id": self.secret.id}
        post = {"post_data": {"body": "Let in"}, **thread, **named}
        with mute_logger("odoo.http"):
            for sent in (self.secret.id, str(self.secret.id), "x", [1]):
                with self.assertRaisesRegex(JsonRpcException, "NotFound"):
                    self.make_jsonrpc_request(
                        "/mail/message/post", {**post, "project_sharing_id": sent}
                    )
            uploaded = self.url_open(
                "/mail/attachment/upload",
                data={"csrf_token": Request.csrf_token(self), **thread, **named},
                files={"ufile": ("x.txt", b"x", "text/plain")},
            )
        self.assertEqual(uploaded.status_code, 404, uploaded.text)
        asked = {**thread, "access_params": named, "request_list": ["followers"]}
        told = self.make_jsonrpc_request(
            "/mail/data", {"fetch_params": [["mail.thread", asked]]}
        )
        return told["mail.thread"][0]["hasReadAccess"]

    def test_a_project_that_is_read_by_a_handover_opens_none_of_its_tasks(self):
        self.secret.privacy_visibility = "invited_users"
        theirs = self.make_task(self.chen, name="Of Chen", project_id=self.secret.id)
        self.assertTrue(theirs.access_token)
        request = self.make_handover("approved")
        self.assertReads(self.bruno, self.secret, self.task)
        self.assertReadsNot(self.bruno, theirs)
        self.authenticate(self.bruno.login, self.bruno.login)
        said = len((theirs | self.task).message_ids)
        self.assertIs(self.enter(theirs), False)
        self.assertIs(self.enter(self.task), True)
        self.env.invalidate_all()
        self.assertEqual(len((theirs | self.task).message_ids), said)
        request.with_user(self.anna).action_cancel()
        # whom core lets into the project comes in as before
        self.secret.message_subscribe(self.bruno.partner_id.ids)
        self.make_jsonrpc_request(
            "/mail/message/post",
            {"thread_model": theirs._name, "thread_id": theirs.id,
             "project_sharing_id": self.secret.id, "post_data": {"body": "Invited"}},
        )  # fmt: skip


class TestAddsAndNeverTakes(AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_lead(cls.other)
        cls.make_lead(cls.env["res.users"])
        cls.make_task(cls.other)
        cls.make_task(cls.chen, project_id=False)
        cls.people = {
            user.login.partition("@")[0]: user
            for user in cls.env["res.users"].search([("login", "like", "@home.test")])
        }

    def sights(self):
        """What everybody sees and may write: ``{(role, model, verb): ids}``."""
        self.env.invalidate_all()
        seen = {}
        for role, user in self.people.items():
            for model in MODELS:
                records = self.env[model].with_user(user)
                records = records.with_context(active_test=False)
                if not records.has_access("read"):
                    continue
                found = records.search([])
                seen[role, model, "read"] = set(found.ids)
                everything = self.env[model].with_context(active_test=False).search([])
                for verb in ("read", "write", "unlink"):
                    some = everything.with_user(user)._filtered_access(verb)
                    if verb == "read":
                        self.assertEqual(set(some.ids), set(found.ids), (role, model))
                    seen[role, model, verb] = set(some.ids)
        return seen

    def differences(self):
        """What our rules add, and what they take."""
        with_rules = self.sights()
        self.rules.active = False
        without = self.sights()
        self.rules.active = True
        self.assertEqual(set(with_rules), set(without))
        taken = {key: ids - with_rules[key] for key, ids in without.items()}
        self.assertFalse({key: ids for key, ids in taken.items() if ids})
        added = {key: ids - without[key] for key, ids in with_rules.items()}
        return {key: ids for key, ids in added.items() if ids}

    def test_rules_are_found(self):
        # those of glue add-ons are among the rules, and counted there
        ours = ("crm.lead", "project.project", "project.task")
        models = Counter(rule.model_id.model for rule in self.rules)
        self.assertEqual(
            {name: count for name, count in models.items() if name in ours},
            {"crm.lead": 2, "project.project": 1, "project.task": 2},
        )
        self.assertFalse(
            any(rule.perm_create or rule.perm_unlink for rule in self.rules)
        )

    def test_without_a_handover(self):
        self.assertEqual(len(self.people), 13)
        self.assertEqual(self.differences(), {})

    def test_with_handovers_that_nobody_approved(self):
        self.make_handover("submitted")
        self.assertEqual(self.differences(), {})

    def test_before_the_transfer(self):
        self.make_handover("approved")
        self.assertEqual(
            self.differences(),
            {("bruno", record._name, "read"): {record.id} for record in self.records},
        )

    def test_after_the_transfer_with_nothing(self):
        self.make_handover("transferred")
        self.assertEqual(self.differences(), {})

    def test_after_the_transfer_with_reading(self):
        self.make_handover(
            "transferred", predecessor_access="read", date_access_end=self.next_month
        )
        self.assertEqual(
            self.differences(),
            {("anna", record._name, "read"): {record.id} for record in self.records},
        )

    def test_after_the_transfer_as_before(self):
        self.make_handover("transferred", predecessor_access="keep")
        self.assertEqual(
            self.differences(),
            {
                ("anna", record._name, verb): {record.id}
                for record in self.records
                for verb in ("read", "write")
                if (record._name, verb) != ("project.project", "write")
            },
        )

    def test_where_core_s_own_rule_is_switched_off(self):
        """Where everybody sees everything, ours does not become the only rule."""
        self.make_handover("approved")
        self.env.ref("crm.crm_rule_personal_lead").active = False
        self.assertReads(self.other, self.lead)
        self.assertEqual(
            {key for key in self.differences() if key[1] == "crm.lead"}, set()
        )

    def test_nobody_asks_for_the_fields_of_the_rules(self):
        self.make_handover("approved")
        for user in (self.bruno, self.alldocs, self.admin):
            mine = self.lead.with_user(user)
            for name in ("handover_readable", "handover_writable"):
                self.assertNotIn(name, mine.fields_get())
                with self.assertRaises(AccessError):
                    mine.read([name])

    def test_context_of_a_caller_opens_nothing(self):
        self.make_handover("submitted")
        for value in (True, 1, None, "read"):
            mine = self.lead.with_user(self.bruno).with_context(handover_access=value)
            self.assertFalse(mine.has_access("read"))
            self.assertFalse(mine.search([("id", "=", self.lead.id)]))

    def test_what_own_records_cost(self):
        """A look for handovers in a transaction; nothing per writing or access."""
        mine = self.lead.with_user(self.anna)

        def read():
            mine.read(["name", "stage_id"])

        def write():
            mine.write({"referred": "Somebody"})
            mine.flush_recordset()

        def queries(work, times=1):
            self.env["handover.request"]._forget_everybody()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            for _time in range(times):
                work()
            return self.env.cr.sql_log_count - before

        for work, more in ((read, 1), (write, 0)):
            queries(work)
            with_rules = queries(work)
            self.rules.active = False
            queries(work)
            self.assertEqual(with_rules - queries(work), more, work.__name__)
            self.rules.active = True
