"""The table of rights once more, from outside: every cell, over both protocols.

Who is allowed gets through, and their turn is undone. Everybody else gets a refusal,
and afterwards no owner, group, membership, follower, message or handover is different.
Who has no part in a handover is told neither its name nor anybody's in it.
"""

from contextlib import contextmanager
from datetime import timedelta

from odoo import Command, fields

from ..common import PROJECT_USER, ROLES, SALESMAN
from .test_rpc import REFUSALS, RpcCase

REQUEST, LINE, EVENT, SIGNOFF = (
    "handover.request", "handover.request.line", "handover.request.event",
    "handover.request.signoff",
)  # fmt: skip
OUTSIDERS = (
    "other", "alldocs", "projectuser", "employee", "portal", "foreigner",
)  # fmt: skip
EDITORS = "anna manager admin"
OPERATORS = "leader approver manager admin"
SEEING = "anna bruno leader approver manager admin"
SECRET = "Zanzibar"


class Undone(Exception):
    pass


class TestRightsTable(RpcCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        soon = fields.Datetime.now() + timedelta(hours=1)
        keys = cls.env["res.users.apikeys"]
        cls.logins = [name for name in [*ROLES, "foreigner"] if name != "chen"]
        for login in cls.logins:
            user = getattr(cls, login)
            cls.keys[login] = keys.with_user(user).sudo()._generate("rpc", "t", soon)
        cls.taker = cls.make_user("taker", SALESMAN, cls.abroad)

    def setUp(self):
        super().setUp()
        self.clients = {
            protocol: {login: self.client(protocol, login) for login in self.logins}
            for protocol in REFUSALS
        }

    @contextmanager
    def undone(self):
        """Undo what was done, for the next role."""
        self.env.cr.flush()
        try:
            with self.env.cr.savepoint():
                yield
                raise Undone
        except Undone:
            self.env.invalidate_all()

    def handover(self, state="draft", **values):
        return self.make_request(state, self.make_lead(name=SECRET), **values)

    def assertOnly(self, allowed, *calls):
        """Fail unless these calls work for these roles, and for no other.

        :param calls: ``(model, method, ids, arguments)``, or a function that answers
            this for the login of a role
        """
        allowed = allowed.split()
        for number, call in enumerate(calls):
            made = {
                login: call(login) if callable(call) else call for login in self.logins
            }
            for protocol, clients in self.clients.items():
                before = self.snapshot()
                for login, client in clients.items():
                    model, method, ids, arguments = made[login]
                    where = {"call": number, "method": method, "by": login}
                    with self.subTest(protocol=protocol, **where):
                        args = (client, model, method, ids)
                        if login in allowed:
                            with self.undone():
                                self.assertIsNotNone(self.take(*args, **arguments))
                        else:
                            self.assertTurnedAway(protocol, login, *args, **arguments)
                self.assertSameAs(before)

    def take(self, client, model, method, ids, **arguments):
        if method == "create":
            return self.create(client, model, *arguments["vals_list"])
        return self.call(client, model, method, ids, **arguments)

    def assertTurnedAway(self, protocol, login, *args, **arguments):
        _code, text = self.assertRefusedCall(protocol, *args, **arguments)
        if login in OUTSIDERS:
            for name in (SECRET, "HO/", "Bruno"):
                self.assertNotIn(name, text)

    # ------------------------------------------------------------
    # THE ROWS, IN THE ORDER OF THE TABLE
    # ------------------------------------------------------------

    def creation(self, **values):
        return REQUEST, "create", None, {"vals_list": [values]}

    def test_create_for_own_records(self):
        def create(login):
            taker = self.taker if login == "foreigner" else self.chen
            user = getattr(self, login)
            return self.creation(predecessor_id=user.id, successor_id=taker.id)

        self.assertOnly(
            "anna bruno other alldocs leader approver manager projectuser admin"
            " foreigner",
            create,
        )

    def test_create_for_somebody_else(self):
        taker = self.bruno.id
        self.assertOnly(
            "leader manager admin",
            self.creation(predecessor_id=self.chen.id, successor_id=taker),
            self.creation(source_team_id=self.team.id, successor_id=taker),
        )
        stranger = self.make_user("stranger", SALESMAN)
        self.assertOnly(
            "manager admin",
            self.creation(predecessor_id=stranger.id, successor_id=taker),
        )

    def test_add_records(self):
        draft, own = self.handover(), self.make_lead(name=SECRET)
        foreign = self.make_lead(self.other, name=SECRET)
        unowned = self.make_lead(self.env["res.users"], name=SECRET)

        def add(*leads):
            ids = [lead.id for lead in leads]
            arguments = {"res_model": "crm.lead", "res_ids": ids}
            return REQUEST, "add_records", draft.ids, arguments

        self.assertOnly("", add(foreign), add(unowned), add(own, foreign))
        self.assertOnly(
            EDITORS, add(own), (REQUEST, "action_collect", draft.ids, {})
        )  # fmt: skip

    def test_see(self):
        request = self.handover("done")
        self.assertOnly(
            SEEING,
            (REQUEST, "preflight", request.ids, {}),
            (REQUEST, "get_progress", request.ids, {}),
            (REQUEST, "action_view_lines", request.ids, {}),
            *(
                (records._name, "read", records.ids, {"fields": ["display_name"]})
                for records in (
                    request, request.line_ids, request.event_ids, request.signoff_ids,
                )
            ),
        )  # fmt: skip

    def test_see_of_several_who_give(self):
        """Each of them their own records, notes and mails, and nobody else's."""
        annas, others = self.make_lead(name="Annas"), self.make_lead(
            self.other, name=SECRET
        )  # fmt: skip
        request = self.Request.with_user(self.manager).create(
            {
                "predecessor_ids": [Command.set((self.anna | self.other).ids)],
                "successor_id": self.bruno.id,
            }
        )
        request.action_collect()
        lines = {line.res_id: line for line in request.line_ids.sudo()}
        theirs = {"anna": lines[annas.id], "other": lines[others.id]}
        theirs["other"]._trusting().note = SECRET
        for protocol, clients in self.clients.items():
            for login, line in theirs.items():
                with self.subTest(protocol=protocol, login=login):
                    client = clients[login]
                    self.call(client, REQUEST, "read", request.ids, fields=["name"])
                    seen = self.call(
                        client, LINE, "search_read", None,
                        domain=[["request_id", "=", request.id]],
                        fields=["res_name", "note"],
                    )  # fmt: skip
                    self.assertEqual([row["id"] for row in seen], line.ids)
                    self.assertEqual(seen[0]["note"], line.note)
                    evidence = self.call(
                        client, REQUEST, "export_evidence", request.ids
                    )
                    self.assertTrue(evidence["partial"])
                    self.assertEqual([row["id"] for row in evidence["lines"]], line.ids)
                    for foreign in set(theirs.values()) - {line}:
                        for vals in ({"note": "Mine"}, {"risk": "high"}):
                            self.assertRefusedCall(
                                protocol, client, LINE, "write", foreign.ids, vals=vals
                            )
                    for vals in ({"successor_id": self.leader.id}, {"state": "done"}):
                        self.assertRefusedCall(
                            protocol, client, LINE, "write", line.ids, vals=vals
                        )
                    self.assertRefusedCall(
                        protocol, client, REQUEST, "write", request.ids,
                        vals={"predecessor_ids": [[3, self.anna.id]]},
                    )  # fmt: skip
                    with self.undone():
                        self.call(
                            client, LINE, "write", line.ids, vals={"note": "To know"}
                        )
        # what did not go through is told to whose it was
        request.with_user(self.manager).action_submit()
        request.with_user(self.approver).sudo()._trusting()
        theirs["other"]._trusting().write({"state": "skipped"})
        values = {
            login: request.sudo()._prepare_notice_values(
                "transferred", getattr(self, login)
            )["lines"]
            for login in ("anna", "other", "manager")
        }
        self.assertFalse(values["anna"])
        self.assertEqual(values["other"], theirs["other"])
        self.assertEqual(values["manager"], theirs["other"])

    def test_edit_in_draft(self):
        request = self.handover()
        self.assertOnly(
            EDITORS,
            (REQUEST, "write", request.ids, {"vals": {"purpose": "Grow"}}),
            (LINE, "write", request.line_ids.ids, {"vals": {"note": "Ask"}}),
            (LINE, "write", request.line_ids.ids,
             {"vals": {"successor_id": self.chen.id}}),
            (LINE, "unlink", request.line_ids.ids, {}),
        )  # fmt: skip

    def test_edit_once_submitted(self):
        for state in ("submitted", "approved", "transferred"):
            request = self.handover(state)
            line = request.line_ids
            self.assertOnly(
                "",
                *(
                    (REQUEST, "write", request.ids, {"vals": values})
                    for values in (
                        {"successor_id": self.chen.id},
                        {"date_planned": "2040-01-01 00:00:00"},
                        {"approver_id": self.manager.id},
                        {"line_ids": [[2, line.id, 0]]},
                    )
                ),
                (LINE, "write", line.ids, {"vals": {"note": "Changed"}}),
                (LINE, "write", line.ids, {"vals": {"successor_id": self.chen.id}}),
            )

    def test_write_an_outcome(self):
        request = self.handover("done")
        self.assertOnly(
            "",
            (REQUEST, "write", request.ids, {"vals": {"state": "draft"}}),
            (REQUEST, "write", request.ids, {"vals": {"requester_id": self.bruno.id}}),
            (LINE, "write", request.line_ids.ids, {"vals": {"state": "todo"}}),
            (SIGNOFF, "write", request.signoff_ids[:1].ids, {"vals": {"comment": "x"}}),
        )

    def test_submit_take_back_cancel(self):
        self.assertOnly(
            EDITORS,
            (REQUEST, "action_submit", self.handover().ids, {}),
            (REQUEST, "action_draft", self.handover("submitted").ids, {}),
            (REQUEST, "action_cancel", self.handover("approved").ids, {}),
        )

    def test_approve_and_refuse(self):
        ids = self.handover("submitted").ids
        self.assertOnly(
            OPERATORS,
            (REQUEST, "action_approve", ids, {}),
            (REQUEST, "action_refuse", ids, {"reason": "No"}),
        )

    def test_decide_on_what_one_takes_part_in(self):
        """Requested, given or taken by the very person who would decide."""
        made = {}
        for login in OPERATORS.split():
            user = getattr(self, login)
            lead = self.make_lead(user, name=SECRET)
            mine = self.make_request("submitted", lead, by=user, predecessor_id=user.id)
            # customers are what every employee can take
            customer = self.make_customer(name=SECRET)
            taken = self.make_request("submitted", customer, successor_id=user.id)
            made[login] = [mine, taken]
            if login != "approver":
                made[login].append(self.handover("submitted", by=user))
        for number, method in enumerate(("action_approve", "action_refuse") * 3):

            def decide(login, method=method, number=number):
                requests = made.get(login) or made["leader"]
                request = requests[number // 2 % len(requests)]
                arguments = {"reason": "No"} if method == "action_refuse" else {}
                return REQUEST, method, request.ids, arguments

            self.assertOnly("", decide)

    def failed(self):
        request = self.handover("transferred")
        self.env.cr.execute(
            "UPDATE handover_request_line SET state = 'failed' WHERE request_id = %s",
            request.ids,
        )
        self.env.invalidate_all()
        return request

    def test_run_retry_stop_return(self):
        transferred = self.handover("transferred")
        self.assertOnly(
            OPERATORS,
            (REQUEST, "action_run", self.handover("approved").ids, {}),
            (REQUEST, "action_retry", self.failed().ids, {}),
            (REQUEST, "action_cancel", self.handover("running").ids, {}),
            (REQUEST, "preview_return", transferred.ids, {}),
            (REQUEST, "action_return", transferred.ids, {}),
            (LINE, "action_return", transferred.line_ids.ids, {}),
        )

    def test_decide_on_what_was_not_handed_over(self):
        ids = self.failed().line_ids.ids
        self.env["crm.lead"].search([("user_id", "=", self.bruno.id)]).write(
            {"user_id": self.anna.id}
        )
        self.assertOnly(
            "anna leader approver manager admin",
            (LINE, "action_settle", ids, {}),
            (LINE, "action_new_draft", ids, {}),
            (LINE, "action_give_to", ids, {"successor_id": self.chen.id}),
        )

    def test_accept_decline_confirm(self):
        lines = self.handover("approved").line_ids
        self.assertOnly(
            "bruno",
            (LINE, "action_accept", lines.ids, {}),
            (LINE, "action_decline", lines.ids, {"reason": "Far"}),
        )
        self.assertOnly(
            "anna bruno",
            (REQUEST, "action_confirm", self.handover("transferred").ids, {}),
        )

    def test_sign_for_who_left(self):
        request = self.handover("transferred")
        self.anna.active = False
        self.logins.remove("anna")
        for clients in self.clients.values():
            del clients["anna"]
        request.with_user(self.bruno).action_confirm()
        self.logins.remove("bruno")
        for clients in self.clients.values():
            del clients["bruno"]
        self.assertOnly("manager admin", (REQUEST, "action_confirm", request.ids, {}))

    def test_delete(self):
        draft, submitted = self.handover(), self.handover("submitted")
        done = self.handover("done")
        self.assertOnly(EDITORS, (REQUEST, "unlink", draft.ids, {}))
        self.assertOnly(
            "",
            (REQUEST, "unlink", submitted.ids, {}),
            *(
                (records._name, "unlink", records.ids, {})
                for records in (done, done.line_ids, done.event_ids, done.signoff_ids)
            ),
            (EVENT, "write", done.event_ids.ids, {"vals": {"code": "refused"}}),
            (EVENT, "copy", done.event_ids[:1].ids, {}),
        )

    def test_configure(self):
        scope = self.env.ref("crm_handover.scope_crm_lead")
        reason = self.env.ref("crm_handover.reason_absence")
        # whoever is in one of several companies would change it for the others as well
        self.admin.company_ids = self.env["res.company"].search([])
        self.assertOnly(
            "admin",
            ("handover.scope", "write", scope.ids, {"vals": {"domain": "[]"}}),
            ("handover.scope", "copy", scope.ids, {}),
            ("handover.scope", "unlink", scope.ids, {}),
        )
        self.assertOnly(
            "admin",
            ("handover.reason", "write", reason.ids, {"vals": {"name": "Ill"}}),
        )

    def test_wizard_of_somebody_else(self):
        request = self.handover("submitted")
        wizard = self.env["handover.request.refuse"].with_user(self.leader)
        wizard = wizard.create({"request_id": request.id, "reason": "No"})
        self.assertOnly(
            "leader",
            (wizard._name, "read", wizard.ids, {"fields": ["reason"]}),
            (wizard._name, "write", wizard.ids, {"vals": {"reason": "Yes"}}),
            (wizard._name, "action_refuse", wizard.ids, {}),
        )

    # ------------------------------------------------------------
    # PERMISSIONS
    # ------------------------------------------------------------

    def lacking(self):
        """A draft for somebody who has no access to leads."""
        newcomer = self.make_user("newcomer", PROJECT_USER)
        return self.handover(successor_id=newcomer.id)

    def test_propose_a_permission(self):
        request = self.lacking()
        values = {
            "request_id": request.id,
            "user_id": request.successor_id.id,
            "group_id": self.env.ref(SALESMAN).id,
        }
        self.assertOnly(
            "anna leader manager admin",
            ("handover.grant", "create", None, {"vals_list": [values]}),
            (REQUEST, "action_propose_permissions", request.ids, {}),
        )

    def test_make_a_permission_active(self):
        request = self.lacking()
        request.with_user(self.anna).action_propose_permissions()
        ids = request.grant_ids.ids
        self.assertOnly(
            "",
            ("handover.grant", "write", ids, {"vals": {"state": "active"}}),
            ("handover.grant", "write", ids, {"vals": {"had_before": False}}),
            ("handover.grant", "copy", ids, {"default": {"state": "active"}}),
        )

    def test_end_a_permission(self):
        request = self.lacking()
        request.with_user(self.anna).action_propose_permissions()
        self.bring(request.with_user(self.anna), "transferred")
        self.assertOnly(
            OPERATORS, ("handover.grant", "action_end", request.grant_ids.ids, {})
        )

    def test_edit_what_may_be_given(self):
        group = self.env.ref("sales_team.group_sale_salesman_all_leads")
        values = {"group_id": group.id, "description": "sees all leads"}
        listed = self.env["handover.grantable"].search([], limit=1)
        self.assertOnly(
            "admin",
            ("handover.grantable", "create", None, {"vals_list": [values]}),
            ("handover.grantable", "write", listed.ids, {"vals": {"active": False}}),
            ("handover.grantable", "unlink", listed.ids, {}),
        )
