"""How much anybody may ask for; above it the answer says how much, and what to do."""

from odoo.exceptions import UserError

from odoo.addons.crm_handover.models.handover_limits import LIMITS, limit

from ..common import HandoverCommon
from .test_rpc import REFUSALS, RpcCase


class LimitsCase(HandoverCommon):
    def set_limit(self, name, value):
        self.env["ir.config_parameter"].set_param(f"crm_handover.{name}", value)


class TestSettings(LimitsCase):
    def test_defaults(self):
        self.assertEqual(
            LIMITS,
            {
                "max_records_per_call": 20_000, "max_records": 200_000,
                "background_from": 20_000, "max_text": 10_000,
                "max_requests_per_day": 500,
            },
        )  # fmt: skip
        for name, number in LIMITS.items():
            self.assertEqual(limit(self.env(user=self.anna), name), number)

    def test_a_wrong_value_never_means_without_limit(self):
        for name, number in LIMITS.items():
            for value in ("0", "-1", "", False, "many", "1e9", "5.5", "∞", "None"):
                with self.subTest(name=name, value=value):
                    self.set_limit(name, value)
                    self.assertEqual(limit(self.env, name), number)

    def test_the_administrator_sets_them_on_the_screen(self):
        settings = self.env["res.config.settings"].with_user(self.admin)
        for name, number in LIMITS.items():
            field = f"handover_{name}"
            self.assertEqual(settings.create({})[field], number)
            settings.create({field: 7}).execute()
            self.assertEqual(limit(self.env, name), 7)
            settings.create({field: 0}).execute()
            self.assertEqual(limit(self.env, name), number, "empty: the default")

    def test_nobody_else_sets_them(self):
        for user in (self.anna, self.approver, self.manager):
            settings = self.env["res.config.settings"].with_user(user)
            self.assertFalse(settings.has_access("create"))
            parameters = self.env["ir.config_parameter"].with_user(user)
            self.assertFalse(parameters.has_access("write"))


class TestRecords(LimitsCase):
    def test_in_one_call(self):
        self.set_limit("max_records_per_call", 3)
        leads = self.env["crm.lead"].union(*(self.make_lead() for _n in range(4)))
        request = self.make_request(records=leads[:0])
        mine = request.with_user(self.anna)
        with self.assertRefused(UserError, "4 records .* 3 at the most"):
            mine.add_records("crm.lead", leads.ids)
        mine.add_records("crm.lead", leads[:3].ids)
        mine.add_records("crm.lead", leads[3:].ids)
        self.bring(mine, "submitted")
        self.bring_approved(request)
        lines = request.line_ids.with_user(self.bruno)
        with self.assertRefused(UserError, "4 records .* 3 at the most"):
            lines.action_accept()
        self.assertTrue(lines[:3].action_accept())

    def bring_approved(self, request):
        request._trusting().date_planned = "2040-01-01"
        request.with_user(self.approver).action_approve()

    def test_in_one_handover(self):
        self.set_limit("max_records", 3)
        leads = self.env["crm.lead"].union(*(self.make_lead() for _n in range(4)))
        request = self.make_request(records=leads[:2])
        mine = request.with_user(self.anna)
        with self.assertRefused(UserError, f"{request.name} would have 4 .* 3 are"):
            mine.add_records("crm.lead", leads[2:].ids)
        with self.assertRefused(UserError, f"{request.name} would have 4 .* 3 are"):
            mine.action_collect()
        mine.add_records("crm.lead", leads[1:3].ids)
        self.assertEqual(len(request.line_ids), 3, "what was there counts once")
        leads[3].user_id = self.other
        self.assertTrue(mine.action_collect(), "what is there needs no room")

    def test_kinds_count_together(self):
        self.set_limit("max_records", 3)
        for make in (self.make_lead, self.make_lead, self.make_task, self.make_task):
            make()
        request = self.make_request(records=self.env["crm.lead"])
        with self.assertRefused(UserError, "would have 4 records"):
            request.with_user(self.anna).action_collect()


class TestTexts(LimitsCase):
    def setUp(self):
        super().setUp()
        self.set_limit("max_text", 20)

    def test_what_is_written(self):
        request = self.make_request(records=self.make_lead())
        long, fits = "x" * 21, "ü" * 20
        for records, name in (
            (request, "purpose"), (request, "client_key"), (request.line_ids, "note"),
        ):  # fmt: skip
            mine = records.with_user(self.anna)
            with self.assertRefused(UserError, "21 characters, 20 are allowed"):
                mine.write({name: long})
            mine.write({name: fits})
            self.assertEqual(mine[name], fits)
        # a mail has its layout besides
        mine = request.with_user(self.anna)
        self.assertIn(long, mine.message_post(body=long).body)
        with self.assertRefused(UserError, "characters that are none"):
            mine.message_post(body="a\0b")
        with self.assertRefused(UserError, "21 characters, 20 are allowed"):
            request.with_user(self.anna).write(
                {"line_ids": [(1, request.line_ids.id, {"note": long})]}
            )
        with self.assertRefused(UserError, "Purpose: the text has 21 characters"):
            self.make_request(purpose=long)

    def test_what_a_call_says(self):
        long = "x" * 21
        submitted = self.make_request("submitted")
        approved = self.make_request("approved", self.make_lead())
        transferred = self.make_request("transferred", self.make_lead())
        for call in (
            lambda: submitted.with_user(self.leader).action_refuse(long),
            lambda: submitted.with_user(self.anna).action_cancel(reason=long),
            lambda: approved.line_ids.with_user(self.bruno).action_decline(long),
            lambda: transferred.with_user(self.bruno).action_confirm(long),
            lambda: transferred.with_user(self.leader).action_return(long),
            lambda: (
                self.env["handover.request.refuse"]
                .with_user(self.leader)
                .create({"request_id": submitted.id, "reason": long})
                .action_refuse()
            ),
        ):
            with self.assertRefused(UserError, "21 characters, 20 are allowed"):
                call()

    def test_a_key_is_refused_rather_than_cut(self):
        self.set_limit("max_text", False)
        with self.assertRefused(UserError, "65 characters, 64 are allowed"):
            self.make_request(client_key="k" * 65)

    def test_what_no_database_can_hold(self):
        request = self.make_request()
        for text in ("a\0b", "\ud800"):
            with self.assertRefused(UserError, "characters that are none"):
                request.with_user(self.anna).purpose = text


class TestRequests(LimitsCase):
    def setUp(self):
        super().setUp()
        self.set_limit("max_requests_per_day", 3)

    def make_own(self, user=None, count=1):
        user = user or self.other
        values = {"predecessor_id": user.id, "successor_id": self.bruno.id}
        return self.Request.with_user(user).create([values] * count)

    def test_per_person_and_day(self):
        self.make_own(count=2)
        with self.assertRefused(UserError, "made 2 handovers .* 3 are allowed"):
            self.make_own(count=2)
        self.make_own()
        with self.assertRefused(UserError, "made 3 handovers .* 3 are allowed"):
            self.make_own()
        self.make_own(self.projectuser)

    def test_deleting_makes_no_room(self):
        for _number in range(3):
            self.make_own().unlink()
        with self.assertRefused(UserError, "made 3 handovers"):
            self.make_own()

    def test_copies_count(self):
        request = self.make_own()
        request.copy()
        request.copy()
        with self.assertRefused(UserError, "made 3 handovers"):
            request.copy()

    def test_it_is_over_after_a_day(self):
        self.make_own(count=3)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE handover_request SET create_date = create_date"
            " - interval '24 hours 1 second' WHERE requester_id = %s",
            [self.other.id],
        )
        self.assertTrue(self.make_own(count=3))

    def test_no_role_is_exempt_but_the_system(self):
        for user in (self.manager, self.admin):
            self.make_own(user, 3)
            with self.assertRefused(UserError, "made 3 handovers"):
                self.make_own(user)
        values = {
            "predecessor_id": self.anna.id, "successor_id": self.bruno.id,
            "company_id": self.company.id,
        }  # fmt: skip
        self.assertEqual(len(self.Request.create([values] * 4)), 4)


class TestOverRpc(LimitsCase, RpcCase):
    def test_refused_in_words_and_nothing_changes(self):
        request = self.make_request()
        leads = self.make_lead() | self.make_lead()
        for name in LIMITS:
            self.set_limit(name, 1)
        values = {"predecessor_id": self.anna.id, "successor_id": self.bruno.id}
        before = self.snapshot()
        for protocol in REFUSALS:
            client = self.client(protocol, "anna")
            for model, method, ids, arguments in (
                ("handover.request", "add_records", request.ids,
                 {"res_model": "crm.lead", "res_ids": leads.ids}),
                ("handover.request", "add_records", request.ids,
                 {"res_model": "crm.lead", "res_ids": leads[:1].ids}),
                ("handover.request", "action_collect", request.ids, {}),
                ("handover.request", "write", request.ids, {"vals": {"purpose": "xx"}}),
                ("handover.request", "action_cancel", request.ids, {"reason": "xx"}),
                ("handover.request", "copy", request.ids, {}),
                ("handover.request", "create", None, {"vals_list": [values]}),
            ):  # fmt: skip
                with self.subTest(protocol=protocol, method=method):
                    _code, text = self.assertRefusedCall(
                        protocol, client, model, method, ids, **arguments
                    )
                    self.assertIn("1", text)
        self.assertSameAs(before)
