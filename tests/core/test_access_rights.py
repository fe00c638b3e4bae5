"""The table of rights: who may do what. One test per verb, one turn per role.

Whoever is not named as allowed gets an error, and nothing changes.
"""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools import mute_logger

from ..common import MANAGER, SALESMAN, HandoverCommon

APPROVER = "crm_handover.group_handover_approver"
MODELS = (
    "handover.request",
    "handover.request.line",
    "handover.request.event",
    "handover.request.signoff",
)


class RightsCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.everybody = {
            "anna": cls.anna,
            "bruno": cls.bruno,
            "other": cls.other,
            "alldocs": cls.alldocs,
            "leader": cls.leader,
            "approver": cls.approver,
            "manager": cls.manager,
            "admin": cls.admin,
            "projectuser": cls.projectuser,
            "employee": cls.employee,
            "portal": cls.portal,
            "foreigner": cls.foreigner,
        }

    def assertOnly(self, allowed, call, *but):
        """Fail unless ``call(user)`` works for these roles and for no other.

        Each turn starts from the same state.
        """
        before = self.snapshot()
        for role, user in self.everybody.items():
            if role in but:
                continue
            with self.subTest(role=role):
                if role in allowed.split():
                    self.turn(call, user)
                else:
                    self.assertNoTurn(call, user)
                    self.assertSameAs(before)

    def assertNoTurn(self, call, user):
        with (
            mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_rule"),
            self.assertRaisesRegex((AccessError, UserError), ""),
            self.env.cr.savepoint(),
        ):
            call(user)
        self.env.invalidate_all()

    def turn(self, call, user):
        """Do it, and undo it for the next role."""

        class Undone(Exception):
            pass

        self.env.cr.flush()
        try:
            with self.env.cr.savepoint():
                call(user)
                self.env.flush_all()
                raise Undone
        except Undone:
            self.env.invalidate_all()


class TestCreating(RightsCase):
    def test_create_for_own_records(self):
        def create(user):
            request = self.Request.with_user(user).create(
                {"predecessor_id": user.id, "successor_id": self.chen.id}
            )
            self.assertEqual(request.requester_id, user)

        self.assertOnly(
            "anna bruno other alldocs leader approver manager admin projectuser",
            create,
            "foreigner",
        )

    def test_foreigner_creates_at_home_only(self):
        taker = self.make_user("taker", SALESMAN, self.abroad)
        values = {"predecessor_id": self.foreigner.id, "successor_id": taker.id}
        requests = self.Request.with_user(self.foreigner)
        self.assertEqual(requests.create(values).company_id, self.abroad)
        with self.assertRefused((AccessError, UserError)):
            requests.create({**values, "company_id": self.company.id})

    def test_create_for_a_member_of_the_team(self):
        self.assertOnly(
            "leader manager admin",
            lambda user: self.Request.with_user(user).create(
                {"predecessor_id": self.chen.id, "successor_id": self.bruno.id}
            ),
        )

    def test_create_for_the_team(self):
        self.assertOnly(
            "leader manager admin",
            lambda user: self.Request.with_user(user).create(
                {"source_team_id": self.team.id, "successor_id": self.other.id}
            ),
        )

    def test_create_for_several_people(self):
        """Whoever leads each of them; who leads one of them does not even read it."""
        dora, of_dora = self.make_users({"dora": SALESMAN, "of_dora": SALESMAN})
        second = self.make_team("Second", of_dora, dora)
        self.make_lead(dora)
        self.everybody |= {"dora": dora, "of_dora": of_dora}
        self.addCleanup(self.everybody.pop, "dora")
        self.addCleanup(self.everybody.pop, "of_dora")

        def create(user, people=self.anna | dora):
            return self.Request.with_user(user).create(
                {
                    "predecessor_ids": [Command.set(people.ids)],
                    "successor_id": self.bruno.id,
                }
            )

        self.assertOnly("manager admin", create)
        self.assertOnly(
            "leader manager admin", lambda user: create(user, self.anna | self.chen)
        )
        request = create(self.manager)
        self.assertFalse(request.sudo().superior_ids)
        request.action_collect()
        request.action_submit()
        self.assertOnly(
            "approver manager admin anna dora bruno", lambda user: request.with_user(
                user
            ).read(["name"]),
        )  # fmt: skip
        # who decides does not give
        for user in (self.leader, of_dora, self.anna, dora):
            self.assertNoTurn(
                lambda user: request.with_user(user).action_approve(), user
            )
        request.action_draft()
        # a colleague of theirs who leads both teams
        second.user_id = self.leader
        self.assertOnly("leader manager admin", create)
        request = create(self.manager)
        self.assertEqual(request.sudo().team_ids, self.team | second)
        self.assertEqual(request.sudo().superior_ids, self.leader)
        # somebody else leads one of them by now, and nobody both
        second.user_id = of_dora
        self.assertFalse(request.sudo().superior_ids)
        for user in (self.leader, of_dora):
            self.assertFalse(request.with_user(user).has_access("read"))
        self.team.user_id = of_dora
        self.assertEqual(request.sudo().superior_ids, of_dora)
        # whoever leads both leads both of others: nothing is written
        write = patch.object(type(self.Request), "write", autospec=True)
        with write as written:
            self.Request._sync_several(self.team | second)
        written.assert_not_called()

    def test_nobody_decides_on_what_they_give_with_others(self):
        self.make_lead(self.approver)
        request = self.Request.with_user(self.manager).create(
            {
                "predecessor_ids": [Command.set((self.anna | self.approver).ids)],
                "successor_id": self.bruno.id,
            }
        )
        request.action_collect()
        request.action_submit()
        self.assertNotEqual(request.approver_id, self.approver)
        with self.assertRefused(AccessError, "does not decide on it"):
            request.with_user(self.approver).action_approve()

    def test_create_for_somebody_of_no_team(self):
        self.assertOnly(
            "other manager admin",
            lambda user: self.Request.with_user(user).create(
                {"predecessor_id": self.other.id, "successor_id": self.bruno.id}
            ),
        )

    def test_leader_cannot_claim_a_stranger_by_naming_the_own_team(self):
        with self.assertRefused(AccessError, "your own work"):
            self.Request.with_user(self.leader).create(
                {
                    "predecessor_id": self.other.id,
                    "source_team_id": self.team.id,
                    "successor_id": self.bruno.id,
                }
            )

    def test_requester_does_not_choose_the_superior_by_naming_a_team(self):
        friend = self.make_user("friend", SALESMAN)
        team = self.make_team("Of a friend", friend)
        with self.assertRefused(UserError, "may not approve"):
            self.make_request(source_team_id=team.id, approver_id=friend.id)
        request = self.make_request("submitted", source_team_id=team.id)
        self.assertEqual(request.approver_id, self.leader)
        for verb in ("read", "write"):
            self.assertFalse(request.with_user(friend).has_access(verb))
        with self.assertRefused(AccessError):
            request.with_user(friend).action_approve()

    def test_who_has_a_record_of_a_team_does_not_decide_on_it(self):
        """Nor the leader, where one is theirs: somebody else is asked."""
        self.chen.group_ids = [Command.link(self.env.ref(APPROVER).id)]
        chens, leaders = self.make_lead(self.chen), self.make_lead(self.leader)
        requests = [
            self.make_request(
                records=records, by=self.manager, predecessor_id=False,
                source_team_id=self.team.id,
            )
            for records in (chens, chens.copy() | leaders)
        ]  # fmt: skip
        for request in requests:
            self.bring(request, "submitted")
            with self.assertRefused(AccessError, "hands over"):
                request.with_user(self.chen).action_approve()
        first, second = requests
        self.assertEqual(first.approver_id, self.leader)
        self.assertNotIn(second.approver_id, self.leader | self.chen)
        with self.assertRefused(AccessError, "hands over"):
            second.with_user(self.leader).action_approve()
        for request, user in ((first, self.leader), (second, self.approver)):
            request.with_user(user).action_approve()
            self.assertEqual(request.state, "transferred")

    def test_requester_does_not_turn_a_draft_on_somebody_else(self):
        request = self.make_request(records=self.env["crm.lead"])
        for values in (
            {"predecessor_id": self.other.id},
            {"predecessor_id": False, "source_team_id": self.team.id},
        ):
            with self.assertRefused(AccessError, "your own work"):
                request.with_user(self.anna).write(values)

    def test_add_a_record_of_somebody_else(self):
        """Nobody does, the administrator included."""
        foreign = self.make_lead(self.other)
        unowned = self.make_lead(self.env["res.users"])
        request = self.make_request()
        for ids in (foreign.ids, unowned.ids, [*self.make_lead().ids, *foreign.ids]):
            self.assertOnly(
                "", lambda user, ids=ids: request.with_user(user).add_records(
                    "crm.lead", ids
                ),
            )  # fmt: skip

    def test_add_own_records(self):
        lead, request = self.make_lead(), self.make_request()
        self.assertOnly(
            "anna manager admin",
            lambda user: request.with_user(user).add_records("crm.lead", lead.ids),
        )

    def test_collect(self):
        request = self.make_request()
        self.assertOnly(
            "anna manager admin", lambda user: request.with_user(user).action_collect()
        )

    def test_lines_are_not_created_by_hand(self):
        lead = self.make_lead(self.other)
        request = self.make_request()
        values = request.line_ids.copy_data()[0]
        values.update(res_id=lead.id, request_id=request.id)
        command = {"line_ids": [(0, 0, values)]}
        lines = self.env["handover.request.line"]
        self.assertOnly("", lambda user: lines.with_user(user).create(values))
        self.assertOnly("", lambda user: request.with_user(user).write(command))


class TestSeeing(RightsCase):
    SEEING = "anna bruno leader approver manager admin"

    def assertSeen(self, records, allowed):
        for role, user in self.everybody.items():
            with self.subTest(role=role, model=records._name):
                mine = records.with_user(user)
                mine.invalidate_model()
                seen = role in allowed.split()
                if not seen:
                    self.assertFalse(mine.browse(records.ids).has_access("read"))
                    with self.assertRaises(AccessError):
                        mine.read(["display_name"])
                    try:
                        found = mine.search([("id", "in", records.ids)])
                    except AccessError:
                        continue
                    self.assertFalse(found)
                    continue
                self.assertTrue(mine.read())
                self.assertEqual(mine.search([("id", "in", records.ids)]), records)

    def test_handover_and_all_that_belongs_to_it(self):
        for state in ("draft", "submitted", "transferred", "done"):
            request = self.make_request(state)
            self.assertSeen(request, self.SEEING)
            self.assertSeen(request.line_ids, self.SEEING)
            if state != "draft":
                self.assertSeen(request.event_ids, self.SEEING)
        self.assertSeen(request.signoff_ids, self.SEEING)

    def test_successor_sees_only_what_comes(self):
        request = self.make_request(records=self.make_lead() | self.make_lead())
        first, second = request.line_ids
        second.with_user(self.anna).successor_id = self.chen
        self.assertSeen(first, self.SEEING)
        self.assertSeen(second, "anna leader approver manager admin")
        self.assertEqual(
            second.with_user(self.chen).read(["res_name"])[0]["id"], second.id
        )

    def test_who_is_no_successor_any_more_sees_nothing(self):
        request = self.make_request()
        request.with_user(self.anna).successor_id = self.chen
        self.assertSeen(request, "anna leader approver manager admin")
        self.assertSeen(request.line_ids, "anna leader approver manager admin")

    def test_predecessor_sees_what_others_requested(self):
        request = self.make_request("submitted", by=self.leader)
        self.assertSeen(request, self.SEEING)
        self.assertSeen(request.line_ids, self.SEEING)

    def test_leader_of_another_team(self):
        boss = self.make_user("boss", SALESMAN)
        self.make_team("Others", boss, self.other)
        request = self.make_request("submitted")
        self.assertFalse(request.with_user(boss).has_access("read"))
        with self.assertRefused(AccessError):
            request.with_user(boss).action_approve()

    def test_superiors_are_the_same_for_every_caller(self):
        """Who leads a team that is archived as well: rights hang on it."""
        request = self.make_request("submitted")
        self.team.active = False
        for first in (True, False):
            self.env.invalidate_all()
            for active_test in (first, not first):
                asked = request.with_context(active_test=active_test)
                self.assertIn(self.leader, asked.superior_ids)
        self.assertSeen(request, self.SEEING)
        # as whatever an add-on brings to it has to be
        for path in self.Request._superior_paths():
            model = self.Request
            for name in path.split("."):
                field = model._fields[name]
                several = field.type in ("one2many", "many2many")
                self.assertFalse(several and field.context.get("active_test", True))
                model = model[name]

    def test_superiors_are_found_by_each_question(self):
        nothing = self.env["crm.lead"]
        self.make_team("Without a Leader", self.leader, self.other).user_id = False
        led = self.make_request("submitted")
        others = self.Request.union(
            *(
                self.make_request(records=nothing, by=user, predecessor_id=user.id)
                for user in (self.other, self.alldocs)
            )
        )
        self.assertEqual([len(one.team_ids) for one in led | others], [1, 1, 0])
        name, login = self.leader.name, self.leader.login
        questions = [
            (led, "superior_ids", "=", self.leader.id),
            (others, "superior_ids", "!=", self.leader.id),
            (others, "superior_ids", "=", False),
            (led, "superior_ids", "!=", False),
            (led | others, "superior_ids", "in", [self.leader.id, False]),
            (led, "superior_ids", "ilike", name),
            (others, "superior_ids", "not ilike", name),
            (led, "superior_ids.login", "=", login),
            (others, "superior_ids", "not any", [("login", "=", login)]),
        ]
        # a team that its reader does not see is none to whom it makes a difference
        self.env.flush_all()
        self.cr.execute(
            "UPDATE crm_team SET company_id = %s WHERE id = %s",
            [self.abroad.id, self.team.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.team.with_user(self.manager).has_access("read"))
        for found, *question in questions:
            with self.subTest(question):
                mine = (led | others).with_user(self.manager)
                domain = [("id", "in", mine.ids), tuple(question)]
                self.assertEqual(mine.search(domain), found)
                self.assertEqual(mine.filtered_domain(domain), found)

    def test_counts_on_a_record_are_the_viewers_own(self):
        lead = self.make_lead()
        self.make_request("submitted", lead)
        for user, count in ((self.anna, 1), (self.alldocs, 0), (self.leader, 1)):
            mine = lead.with_user(user)
            if mine.has_access("read"):
                self.assertEqual(mine.handover_count, count, user.login)

    def test_preflight_and_progress(self):
        request = self.make_request("submitted")
        for verb in ("preflight", "get_progress"):
            self.assertOnly(
                self.SEEING,
                lambda user, verb=verb: getattr(request.with_user(user), verb)(),
            )

    def test_preflight_tells_a_successor_about_own_records_only(self):
        taken = self.make_lead(name="Taken")
        self.make_request("submitted", taken, successor_id=self.other.id)
        request = self.make_request(records=taken | self.make_lead(name="Free"))
        free = request.line_ids.filtered(lambda line: line.res_name == "Free")
        free.with_user(self.anna).successor_id = self.chen
        for user, told in ((self.anna, True), (self.bruno, True), (self.chen, False)):
            self.env.invalidate_all()
            findings = request.with_user(user).preflight()["findings"]
            self.assertEqual("Taken" in str(findings), told, user.login)

    def test_wizard_row_of_somebody_else(self):
        request = self.make_request("submitted")
        wizards = (
            self.env["handover.request.refuse"]
            .with_user(self.leader)
            .create({"request_id": request.id, "reason": "No"})
        )
        wizards |= wizards.with_user(self.approver).create(
            {"request_id": request.id, "reason": "No"}
        )
        mine = wizards[0].with_user(self.approver)
        for verb in ("read", "write", "unlink"):
            self.assertFalse(mine.has_access(verb))
        with self.assertRefused(AccessError):
            mine.action_refuse()

    def test_wizard_tells_no_name_of_an_unseen_handover(self):
        request = self.make_request("submitted")
        with self.assertRefused(AccessError):
            wizard = (
                self.env["handover.request.refuse"]
                .with_user(self.other)
                .create({"request_id": request.id, "reason": "Who is it?"})
            )
            self.fail(wizard.read(["request_id"]))


class TestEditing(RightsCase):
    def test_edit_a_draft(self):
        request = self.make_request()
        for values in (
            {"purpose": "Grow"}, {"successor_id": self.chen.id}, {"line_ids": [(5,)]},
        ):  # fmt: skip
            self.assertOnly(
                "anna manager admin",
                lambda user, values=values: request.with_user(user).write(values),
            )

    def test_edit_lines_of_a_draft(self):
        line = self.make_request().line_ids
        for values in (
            {"note": "Ask first"}, {"risk": "low"}, {"successor_id": self.chen.id},
        ):  # fmt: skip
            self.assertOnly(
                "anna manager admin",
                lambda user, values=values: line.with_user(user).write(values),
            )
        self.assertOnly(
            "anna manager admin", lambda user: line.with_user(user).unlink()
        )

    def test_predecessor_adds_notes_to_what_others_requested(self):
        line = self.make_request(by=self.manager).line_ids
        allowed = "anna manager admin"
        for values in ({"note": "Ask first"}, {"risk": "low"}):
            self.assertOnly(
                allowed, lambda user, values=values: line.with_user(user).write(values)
            )
        for values in (
            {"successor_id": self.chen.id},
            {"note": "Ask", "successor_id": self.chen.id},
        ):
            self.assertOnly(
                "manager admin",
                lambda user, values=values: line.with_user(user).write(values),
            )
        self.assertOnly("manager admin", lambda user: line.with_user(user).unlink())

    def test_edit_what_is_submitted(self):
        """Nobody does, in any later state."""
        for state in (
            "submitted", "approved", "running", "transferred", "done", "refused",
            "cancelled",
        ):  # fmt: skip
            request = self.make_request(state, self.make_lead())
            lead = self.make_lead()
            before = self.snapshot()
            for values in (
                {"successor_id": self.chen.id},
                {"predecessor_id": self.chen.id},
                {"approver_id": self.manager.id},
                {"date_planned": "2040-01-01"},
                {"purpose": "Changed"},
                {"company_id": self.abroad.id},
                {"kind": "temporary"},
                {"line_ids": [(1, request.line_ids.id, {"note": "Changed"})]},
                {"line_ids": [(5,)]},
            ):
                for user in (self.anna, self.admin):
                    with self.subTest(state=state, values=values, user=user.login):
                        self.assertNoTurn(
                            lambda user, r=request, v=values: r.with_user(user).write(
                                v
                            ),
                            user,
                        )
            line = request.line_ids
            for user in (self.anna, self.bruno, self.leader, self.manager, self.admin):
                mine = line.with_user(user)
                for call in (
                    lambda mine=mine: mine.write({"note": "Changed"}),
                    lambda mine=mine: mine.write({"successor_id": self.chen.id}),
                    lambda mine=mine: mine.unlink(),
                    lambda mine=mine: mine.request_id.action_collect(),
                    lambda mine=mine, lead=lead: mine.request_id.add_records(
                        "crm.lead", lead.ids
                    ),
                ):
                    with self.subTest(state=state, user=user.login):
                        self.assertNoTurn(lambda _user, call=call: call(), user)
            self.assertSameAs(before)

    def test_delete_a_draft(self):
        request = self.make_request()
        self.assertOnly(
            "anna manager admin", lambda user: request.with_user(user).unlink()
        )
        events = self.make_request("submitted", self.make_lead())
        events.with_user(self.anna).action_draft()
        kept = events.event_ids
        ref = events.id
        events.with_user(self.anna).unlink()
        self.env.invalidate_all()
        self.assertEqual(set(kept.mapped("request_ref")), {ref})
        last = self.env["handover.request.event"].search([("request_ref", "=", ref)])
        self.assertEqual(
            last.mapped("code"), ["submitted", "draft", "deleted"], "the evidence stays"
        )

    def test_delete_anything_else(self):
        """Nobody does, the administrator and the superuser included."""
        for state in ("submitted", "approved", "running", "transferred", "done",
                      "refused", "cancelled"):  # fmt: skip
            request = self.make_request(state, self.make_lead())
            before = self.snapshot()
            for records in (request, request.line_ids, request.event_ids,
                            request.signoff_ids):  # fmt: skip
                if not records:
                    continue
                for user in (self.anna, self.bruno, self.manager, self.admin):
                    with self.subTest(state=state, model=records._name, by=user.login):
                        self.assertNoTurn(
                            lambda user, r=records: r.with_user(user).unlink(), user
                        )
            self.assertSameAs(before)
            with self.assertRefused(UserError):
                request.sudo().unlink()
            with self.assertRefused(AccessError):
                request.event_ids.sudo().unlink()

    def test_change_an_event(self):
        event = self.make_request("submitted").event_ids
        values = {"code": "approved"}
        self.assertOnly("", lambda user: event.with_user(user).write(values))
        self.assertOnly("", lambda user: event.with_user(user).copy())
        with self.assertRefused(AccessError):
            event.sudo().write(values)

    def test_change_a_signature(self):
        signature = self.make_request("done").signoff_ids[0]
        self.assertOnly(
            "", lambda user: signature.with_user(user).write({"comment": "Never"})
        )
        self.assertOnly("", lambda user: signature.with_user(user).unlink())
        self.assertOnly("", lambda user: signature.with_user(user).copy())


class TestMoving(RightsCase):
    def test_submit(self):
        request = self.make_request()
        self.assertOnly(
            "anna manager admin", lambda user: request.with_user(user).action_submit()
        )

    def test_take_back(self):
        for state in ("submitted", "refused", "cancelled"):
            request = self.make_request(state, self.make_lead())
            self.assertOnly(
                "anna manager admin",
                lambda user, request=request: request.with_user(user).action_draft(),
            )

    def test_cancel_before_it_runs(self):
        for state in ("draft", "submitted", "approved"):
            request = self.make_request(state, self.make_lead())
            self.assertOnly(
                "anna manager admin",
                lambda user, request=request: request.with_user(user).action_cancel(),
            )

    def test_cancel_while_it_runs(self):
        request = self.make_request("running")
        self.assertOnly(
            "leader approver manager admin",
            lambda user: request.with_user(user).action_cancel(),
        )

    def test_approve(self):
        request = self.make_request("submitted")
        self.assertOnly(
            "leader approver manager admin",
            lambda user: request.with_user(user).action_approve(),
        )

    def test_refuse(self):
        request = self.make_request("submitted")
        self.assertOnly(
            "leader approver manager admin",
            lambda user: request.with_user(user).action_refuse("No"),
        )

    def test_refuse_with_the_wizard(self):
        request = self.make_request("submitted")

        def refuse(user):
            wizards = self.env["handover.request.refuse"].with_user(user)
            wizards.create({"request_id": request.id, "reason": "No"}).action_refuse()

        self.assertOnly("leader approver manager admin", refuse)

    def assertUndecided(self, request, user):
        for call in (
            lambda mine: mine.action_approve(),
            lambda mine: mine.action_refuse("No"),
        ):
            with self.assertRefused(AccessError, "does not decide"):
                call(request.with_user(user))

    def test_nobody_decides_on_what_they_requested(self):
        """Whatever the role, once submitted by an approver, a manager, a leader."""
        for user in (self.approver, self.manager, self.admin):
            lead = self.make_lead(user)
            request = self.make_request("submitted", lead, by=user,
                                        predecessor_id=user.id)  # fmt: skip
            self.assertNotEqual(request.approver_id, user)
            self.assertUndecided(request, user)
        for user in (self.leader, self.manager, self.admin):
            request = self.make_request("submitted", self.make_lead(), by=user)
            self.assertNotEqual(request.approver_id, user)
            self.assertUndecided(request, user)

    def test_nobody_decides_on_what_they_give(self):
        lead = self.make_lead(self.approver)
        request = self.make_request(
            "submitted", lead, by=self.manager, predecessor_id=self.approver.id
        )
        self.assertUndecided(request, self.approver)

    def test_nobody_decides_on_what_they_take(self):
        for user in (self.approver, self.leader):
            request = self.make_request(
                "submitted", self.make_lead(), successor_id=user.id
            )
            self.assertNotEqual(request.approver_id, user)
            self.assertUndecided(request, user)

    def test_nobody_decides_on_what_they_take_in_part(self):
        request = self.make_request(records=self.make_lead() | self.make_lead())
        request.with_user(self.anna).line_ids[0].successor_id = self.approver
        request.with_user(self.anna).action_submit()
        self.assertUndecided(request, self.approver)

    def test_run(self):
        request = self.make_request("approved")
        self.assertOnly(
            "leader approver manager admin",
            lambda user: request.with_user(user).action_run(),
        )

    def test_retry(self):
        request = self.make_request("transferred")
        self.env.cr.execute(
            "UPDATE handover_request_line SET state = 'failed' WHERE request_id = %s",
            request.ids,
        )
        self.env.invalidate_all()
        self.assertOnly(
            "leader approver manager admin",
            lambda user: request.with_user(user).action_retry(),
        )

    def test_return(self):
        request = self.make_request("transferred")
        self.assertOnly(
            "leader approver manager admin",
            lambda user: request.with_user(user).action_return("Back"),
        )

    def test_accept_and_decline(self):
        line = self.make_request("approved").line_ids
        self.assertOnly("bruno", lambda user: line.with_user(user).action_accept())
        self.assertOnly("bruno", lambda user: line.with_user(user).action_decline("x"))

    def test_decline_with_the_wizard(self):
        line = self.make_request("approved").line_ids

        def decline(user):
            wizards = self.env["handover.request.line.decline"].with_user(user)
            values = {"line_ids": [(6, 0, line.ids)], "reason": "Far"}
            wizards.create(values).action_decline()

        self.assertOnly("bruno", decline)

    def test_confirm(self):
        request = self.make_request("transferred")
        self.assertOnly(
            "anna bruno", lambda user: request.with_user(user).action_confirm()
        )

    def test_sign_for_somebody_who_left(self):
        request = self.make_request("transferred")
        self.anna.active = False
        self.assertOnly(
            "bruno manager admin",
            lambda user: request.with_user(user).action_confirm(),
            "anna",
        )

    def test_buttons_ask_what_the_moves_ask(self):
        """What ``can_*`` says is what happens."""
        verbs = {
            "can_submit": ("draft", lambda r: r.action_submit()),
            "can_approve": ("submitted", lambda r: r.action_approve()),
            "can_refuse": ("submitted", lambda r: r.action_refuse("No")),
            "can_draft": ("refused", lambda r: r.action_draft()),
            "can_cancel": ("approved", lambda r: r.action_cancel()),
            "can_run": ("approved", lambda r: r.action_run()),
            "can_confirm": ("transferred", lambda r: r.action_confirm()),
            "can_edit": ("draft", lambda r: r.write({"purpose": "x"})),
        }
        for name, (state, call) in verbs.items():
            request = self.make_request(state, self.make_lead())
            for role in TestSeeing.SEEING.split():
                user = self.everybody[role]
                mine = request.with_user(user)
                mine.invalidate_recordset([name])
                with self.subTest(button=name, role=role):
                    if mine[name]:
                        self.turn(lambda _user, c=call, mine=mine: c(mine), user)
                    else:
                        self.assertNoTurn(lambda _u, c=call, mine=mine: c(mine), user)


class TestConfiguring(RightsCase):
    def test_edit_scopes(self):
        scope = self.env.ref("crm_handover.scope_crm_lead")
        for call in (
            lambda user: scope.with_user(user).write({"domain": "[]"}),
            lambda user: scope.with_user(user).unlink(),
            lambda user: scope.with_user(user).copy(),
        ):
            self.assertOnly("admin", call)

    def test_edit_reasons(self):
        # whoever is in one of several companies would change them for the others
        self.admin.company_ids = self.env["res.company"].search([])
        reason = self.env.ref("crm_handover.reason_absence")
        for call in (
            lambda user: reason.with_user(user).write({"name": "Ill"}),
            lambda user: reason.with_user(user).create({"name": "Ill"}),
        ):
            self.assertOnly("admin", call)

    def test_sensitive_models_get_no_scope(self):
        """A scope says which field names an owner: keys and jobs are no work."""
        for model, field in (
            ("ir.cron", "user_id"),
            ("res.users.apikeys", "user_id"),
            ("res.users", "create_uid"),
            ("handover.request", "predecessor_id"),
            ("crm.lead", "create_uid"),
            ("crm.lead", "write_uid"),
            ("res.users.identitycheck", "create_uid"),
        ):
            names = self.env["ir.model.fields"]._get(model, field)
            with self.subTest(model=model), self.assertRefused(UserError):
                self.env["handover.scope"].create(
                    {
                        "name": "Trick",
                        "model_id": self.env["ir.model"]._get_id(model),
                        "owner_field_id": names.id,
                    }
                )

    def test_domain_of_a_scope_is_no_code(self):
        scope = self.env.ref("crm_handover.scope_crm_lead")
        for domain in (
            "nonsense", "[('nothing', '=', 1)]", "__import__('os')", "[1, 2]", "{}",
            "[('user_id', '=', uid)]",
        ):  # fmt: skip
            with self.subTest(domain=domain), self.assertRefused(UserError):
                scope.with_user(self.admin).domain = domain

    def test_plain_user_opens_the_wizard_for_own_records_only(self):
        leads = self.make_lead() | self.make_lead()
        wizards = self.env["handover.request.generate"]
        context = {"active_model": "crm.lead", "active_ids": leads.ids}
        form = Form(wizards.with_user(self.anna).with_context(**context))
        form.successor_id = self.bruno
        form.note = "Mind the gap"
        form.save().action_generate()
        request = self.Request.search([("requester_id", "=", self.anna.id)])
        self.assertEqual(set(self.codes(request)), set(leads))
        self.assertEqual(set(request.line_ids.mapped("note")), {"Mind the gap"})
        for user in (self.alldocs, self.projectuser, self.employee):
            with self.subTest(user=user.login), self.assertRefused(AccessError):
                wizards.with_user(user).create(
                    {
                        "res_model": "crm.lead",
                        "res_ids": leads.ids,
                        "successor_id": self.bruno.id,
                    }
                ).action_generate()

    def test_manager_without_crm_manages(self):
        """The group is enough: no access to the records themselves is needed."""
        user = self.make_user("plain", MANAGER)
        lead = self.make_lead()
        request = self.make_request(records=lead, by=user)
        request.with_user(user).action_submit()
        request.with_user(self.leader).action_approve()
        self.assertOwner(lead, self.bruno)
