"""Permissions: who may propose, give and end them, and that nobody keeps one."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from psycopg2 import errors

from odoo import SUPERUSER_ID, Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.sql_db import db_connect
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.crm_handover.hooks import uninstall_hook
from odoo.addons.crm_handover.models.handover_grantable import FORBIDDEN
from odoo.addons.crm_handover.models.res_groups import DECIDING

from ..common import MANAGER, PROJECT_USER, SALESMAN, HandoverCommon
from .test_access_rights import RightsCase


class GrantCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesman = cls.env.ref(SALESMAN)
        cls.end_job = cls.env.ref("crm_handover.ir_cron_handover_grant_end")

    def draft(self, successor=None, records=None, **values):
        successor = successor or self.projectuser
        return self.make_request(
            records=records, successor_id=successor.id, **values
        ).with_user(self.anna)

    def propose(self, request, user=None, **values):
        if not values.keys() & {"group_id", "team_id", "project_id"}:
            values["group_id"] = self.salesman.id
        values.setdefault("kind", next(iter(values)).removesuffix("_id"))
        user = user or request.successor_id
        values = {"request_id": request.id, "user_id": user.id, **values}
        return self.env["handover.grant"].with_user(self.anna).create(values).sudo()

    def hand_over(self, request):
        request.with_user(self.anna).action_submit()
        request.with_user(self.approver).action_approve()
        self.assertEqual(request.sudo().state, "transferred")

    def given(self, successor=None, by=None, **values):
        """A permission that is active, and its handover handed over."""
        request = self.draft(successor)
        grant = self.propose(request, **values)
        request.with_user(self.anna).action_submit()
        request.with_user(by or self.approver).action_approve()
        self.assertEqual(grant.state, "active")
        return grant

    def pass_time(self, grant):
        """Let the end of a permission come, and the job run."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE handover_grant SET expires_at = now() AT TIME ZONE 'utc'"
            " - interval '1 second' WHERE id IN %s",
            [tuple(grant.ids)],
        )
        grant.invalidate_recordset()
        self.run_end_job()

    def run_end_job(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.end_job.method_direct_trigger()
        self.env.invalidate_all()

    def assertHas(self, user, group):
        user.invalidate_recordset()
        self.assertIn(group, user.group_ids)

    def assertHasNot(self, user, group):
        user.invalidate_recordset()
        self.assertNotIn(group, user.group_ids)
        self.assertFalse(user.has_group(SALESMAN) and group == self.salesman)

    def codes_of(self, request):
        return request.sudo().event_ids.mapped("code")


class TestProposing(RightsCase, GrantCase):
    def test_preflight_says_what_is_missing_and_what_would_help(self):
        request = self.draft()
        result = request.preflight()
        self.assertFalse(result["ok"])
        [finding] = [f for f in result["findings"] if f["code"] == "missing_permission"]
        self.assertIn("Projectuser", finding["message"])
        self.assertFalse(request.grant_ids, "looking changes nothing")
        request.action_propose_permissions()
        grant = request.grant_ids
        self.assertEqual(
            (grant.user_id, grant.group_id, grant.state),
            (self.projectuser, self.salesman, "proposed"),
        )
        result = request.preflight()
        self.assertTrue(result["ok"], result["findings"])
        [finding] = [f for f in result["findings"] if f["code"] == "permission"]
        self.assertIn("own leads and opportunities", finding["message"])

    def test_nothing_missing_nothing_proposed(self):
        request = self.draft(self.bruno)
        with self.assertRefused(UserError, "lack no permission"):
            request.action_propose_permissions()

    def test_what_another_handover_lends_is_proposed_again(self):
        self.given()
        request = self.draft()
        request.action_propose_permissions()
        self.assertEqual(request.grant_ids.group_id, self.salesman)

    def test_team_of_the_target_is_proposed(self):
        team = self.make_team("Big Customers", self.leader)
        request = self.draft(self.bruno, target_team_id=team.id)
        request.action_propose_permissions()
        self.assertEqual(request.grant_ids.team_id, team)

    def test_who_proposes(self):
        request = self.draft()

        def propose(user):
            self.env["handover.grant"].with_user(user).create(
                {
                    "request_id": request.id,
                    "user_id": self.projectuser.id,
                    "group_id": self.salesman.id,
                }
            )

        self.assertOnly("anna leader manager admin", propose)
        self.assertOnly(
            "anna leader manager admin",
            lambda user: request.with_user(user).action_propose_permissions(),
        )

    def test_who_changes_or_removes_a_proposal(self):
        grant = self.propose(self.draft())
        later = fields.Datetime.now() + timedelta(days=10)
        self.assertOnly(
            "anna leader manager admin",
            lambda user: grant.with_user(user).sudo(False).write({"expires_at": later}),
        )
        self.assertOnly(
            "anna leader manager admin",
            lambda user: grant.with_user(user).sudo(False).unlink(),
        )

    def test_who_sees_it(self):
        grant = self.propose(self.draft(), user=self.projectuser)
        self.assertOnly(
            "anna leader approver manager admin projectuser",
            lambda user: grant.with_user(user).sudo(False).check_access("read"),
        )

    def test_nothing_is_proposed_once_submitted(self):
        request = self.draft()
        grant = self.propose(request)
        request.action_submit()
        for user in (self.anna, self.leader, self.approver, self.manager, self.admin):
            with self.assertRefused((AccessError, UserError)):
                grant.with_user(user).sudo(False).write({"expires_at": "2099-01-01"})
            with self.assertRefused((AccessError, UserError)):
                grant.with_user(user).sudo(False).unlink()
            with self.assertRefused((AccessError, UserError)):
                request.with_user(user).action_propose_permissions()

    def test_a_proposal_counts_as_a_change_of_content(self):
        request = self.draft()
        version = request.version
        grant = self.propose(request)
        self.assertEqual(request.version, version + 1)
        grant.with_user(self.anna).sudo(False).unlink()
        self.assertEqual(request.version, version + 2)

    def test_only_what_is_on_the_list(self):
        group = self.env.ref("sales_team.group_sale_salesman_all_leads")
        with self.assertRefused(UserError, "not among"):
            self.propose(self.draft(), group_id=group.id)

    def test_only_for_who_takes_over(self):
        with self.assertRefused(UserError, "takes nothing over"):
            self.propose(self.draft(), user=self.other)

    def test_never_for_ever_and_never_for_the_past(self):
        request = self.draft()
        now = fields.Datetime.now()
        with self.assertRefused(UserError, "at the most"):
            self.propose(
                request, group_id=self.salesman.id, expires_at=now + timedelta(days=400)
            )
        with self.assertRefused(UserError, "before it begins"):
            self.propose(request, group_id=self.salesman.id, expires_at=now)

    def test_its_end_is_the_return_or_three_months(self):
        end = self.propose(self.draft()).expires_at
        self.assertAlmostEqual(
            end, fields.Datetime.now() + timedelta(days=90), delta=timedelta(hours=1)
        )
        back = fields.Datetime.now() + timedelta(days=14)
        request = self.draft(kind="temporary", date_return=back)
        self.assertEqual(self.propose(request).expires_at, request.date_return)

    def test_name_of_a_hidden_project_is_not_told(self):
        hidden = self.make(
            "project.project", name="Secret", privacy_visibility="followers"
        )
        request = self.draft()
        with self.assertRaises(AccessError) as known:
            self.propose(request, project_id=hidden.id)
        with self.assertRaises(AccessError) as unknown:
            self.propose(request, project_id=hidden.id + 1000)
        self.assertEqual(str(known.exception), str(unknown.exception))
        self.assertNotIn("Secret", str(known.exception))

    def test_nobody_makes_it_active_by_hand(self):
        request = self.draft()
        grant = self.propose(request)
        values = [
            {"state": "active"}, {"had_before": True}, {"memory": {}}, {"closure": []},
            {"approved": True},
            {"request_id": self.draft().id},
        ]  # fmt: skip
        for user in (self.anna, self.manager, self.admin, self.env.user):
            for vals in values:
                with self.assertRefused((AccessError, UserError)):
                    grant.with_user(user).sudo(False).write(vals)
                with self.assertRefused((AccessError, UserError)):
                    grant.with_user(user).sudo().write(vals)
        with self.assertRefused(AccessError):
            self.propose(request, group_id=self.salesman.id, state="active")
        grant.with_user(self.anna).sudo(False).unlink()
        values = {
            "request_id": request.id,
            "user_id": self.projectuser.id,
            "group_id": self.salesman.id,
        }
        Grant = self.env["handover.grant"].with_user(self.anna)
        for name in ("state", "had_before"):
            with self.assertRefused(AccessError):
                Grant.with_context(**{f"default_{name}": "active"}).create(values)
        self.env["ir.default"].with_user(self.anna).set(
            "handover.grant", "state", "active", user_id=True
        )
        self.assertEqual(Grant.create(values).state, "proposed")
        self.assertHasNot(self.projectuser, self.salesman)


class TestTheList(GrantCase):
    def add(self, group, user=None):
        return (
            self.env["handover.grantable"]
            .with_user(user or self.admin)
            .create({"group_id": group.id, "description": "opens"})
        )

    def test_only_the_administrator_edits_it(self):
        group = self.env.ref("sales_team.group_sale_salesman_all_leads")
        for user in (self.anna, self.leader, self.approver, self.manager):
            with self.assertRefused(AccessError):
                self.add(group, user)
        self.assertTrue(self.add(group))

    def test_what_makes_somebody_an_administrator_is_never_on_it(self):
        for name in FORBIDDEN:
            group = self.env.ref(name, raise_if_not_found=False)
            if group:
                with self.subTest(name), self.assertRefused(ValidationError):
                    self.add(group)

    def test_what_implies_such_a_group_is_not_on_it_either(self):
        for name in ("base.group_system", "crm_handover.group_handover_approver"):
            group = self.env["res.groups"].create(
                {"name": "Harmless", "implied_ids": self.env.ref(name).ids}
            )
            with self.assertRefused(ValidationError, "includes"):
                self.add(group)

    def test_what_everybody_has_is_not_given(self):
        with self.assertRefused(ValidationError):
            self.add(self.env.ref("base.group_user"))


class TestGiving(GrantCase):
    def test_successor_opens_the_first_record_thanks_to_it(self):
        request = self.draft(records=self.make_lead() + self.make_lead())
        grant = self.propose(request)
        self.assertHasNot(self.projectuser, self.salesman)
        request.action_submit()
        self.assertHasNot(self.projectuser, self.salesman)
        request.with_user(self.approver).action_approve()
        self.assertEqual(set(self.codes(request).values()), {"done"})
        self.assertHas(self.projectuser, self.salesman)
        for lead in self.codes(request):
            self.assertTrue(lead.with_user(self.projectuser).has_access("write"))
        codes = self.codes_of(request)
        self.assertLess(codes.index("permission_given"), codes.index("transferred"))
        self.assertEqual(grant.date_active.date(), fields.Date.today())

    def test_planned_for_later_it_is_given_later(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        request = self.draft(date_planned=tomorrow)
        grant = self.propose(request)
        request.action_submit()
        request.with_user(self.approver).action_approve()
        self.assertEqual(grant.state, "proposed")
        self.assertHasNot(self.projectuser, self.salesman)

    def test_who_lacks_a_right_does_not_approve_it(self):
        self.env["handover.grantable"].search([]).active = True
        task = self.make_task(self.anna)
        salesman = new_test_user(
            self.env, "crm_only", SALESMAN, company_id=self.company.id
        )
        request = self.draft(salesman, records=task)
        self.propose(request, group_id=self.env.ref(PROJECT_USER).id)
        self.env.ref("base.user_admin").company_ids = [Command.link(self.company.id)]
        request.action_submit()
        self.assertFalse(request.with_user(self.approver).can_approve)
        with self.assertRefused(AccessError, "more than they may do"):
            request.with_user(self.approver).action_approve()
        request.with_user(self.approver).action_refuse("not I")

    def test_who_gains_does_not_approve(self):
        request = self.draft(self.approver)
        self.propose(request)
        request.action_submit()
        with self.assertRefused(AccessError):
            request.with_user(self.approver).action_approve()

    def test_list_changed_after_the_approval(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        request = self.draft(date_planned=tomorrow)
        self.propose(request)
        request.action_submit()
        request.with_user(self.approver).action_approve()
        self.salesman.handover_grantable_ids.active = False
        request.with_user(self.approver).action_run()
        self.assertEqual(request.state, "needs_review")
        self.assertHasNot(self.projectuser, self.salesman)

    def test_group_that_grew_after_the_approval(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        request = self.draft(date_planned=tomorrow)
        self.propose(request)
        request.action_submit()
        request.with_user(self.approver).action_approve()
        self.salesman.implied_ids += self.env["res.groups"].create({"name": "More"})
        request.with_user(self.approver).action_run()
        self.assertEqual(request.state, "needs_review")
        self.assertHasNot(self.projectuser, self.salesman)

    def test_longer_than_approved_behind_the_back(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        request = self.draft(date_planned=tomorrow)
        grant = self.propose(request)
        request.action_submit()
        request.with_user(self.approver).action_approve()
        self.env.cr.execute(
            "UPDATE handover_grant SET expires_at = expires_at + interval '9 days'"
            " WHERE id = %s",
            [grant.id],
        )
        self.env.invalidate_all()
        request.with_user(self.approver).action_run()
        self.assertEqual(request.state, "needs_review")

    def test_not_without_the_job_that_ends_it(self):
        request = self.draft()
        self.propose(request)
        request.action_submit()
        self.end_job.active = False
        with self.assertRefused(UserError, "would not end"):
            request.with_user(self.approver).action_approve()


class TestTakingNothing(GrantCase):
    """Whoever takes nothing over in the end has nothing by it either."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north = cls.make_team("North", cls.leader)
        cls.secret = cls.make(
            "project.project", name="Secret", privacy_visibility="followers"
        )
        cls.secret.message_subscribe((cls.approver | cls.anna).partner_id.ids)
        cls.export = cls.env.ref("base.group_allow_export")
        cls.approver.group_ids += cls.env.ref(PROJECT_USER) | cls.export
        cls.env["handover.grantable"].create(
            {"group_id": cls.export.id, "description": "Exports"}
        )

    def approved(self):
        """Chen takes one of two records over, with each kind of permission."""
        self.leads = self.make_lead() | self.make_lead()
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        request = self.draft(self.bruno, self.leads, date_planned=tomorrow)
        line = request.line_ids.filtered(lambda one: one.res_id == self.leads[1].id)
        line.successor_id = self.chen
        self.grants = self.env["handover.grant"].sudo()
        for name, thing in (
            ("group_id", self.export), ("team_id", self.north),
            ("project_id", self.secret),
        ):  # fmt: skip
            self.grants |= self.propose(request, self.chen, **{name: thing.id})
        self.stays = self.propose(request, self.bruno, team_id=self.north.id)
        request.action_submit()
        request.with_user(self.approver).action_approve()
        request = request.sudo()
        self.assertEqual(request.state, "approved")
        self.line = request.line_ids.filtered(lambda one: one.successor_id == self.chen)
        return request

    def assertNothingGiven(self, request):
        self.env.invalidate_all()
        self.assertEqual(set(self.grants.mapped("state")), {"ended"})
        self.assertEqual(
            set(self.grants.mapped("end_reason")),
            {"They take nothing over here any more."},
        )
        self.assertHasNot(self.chen, self.export)
        self.assertNotIn(self.chen, self.north.member_ids)
        self.assertNotIn(self.chen.partner_id, self.secret.message_partner_ids)
        self.assertEqual(self.stays.state, "active")
        self.assertIn(self.bruno, self.north.member_ids)
        self.assertEqual(request.with_user(self.approver).verify()["problems"], [])

    def test_who_has_declined_everything_gets_none(self):
        request = self.approved()
        self.line.with_user(self.chen).action_decline("Too far")
        request.with_user(self.approver).action_run()
        self.assertEqual(request.state, "transferred")
        self.assertNothingGiven(request)
        given = request.event_ids.filtered(lambda one: one.code == "permission_given")
        self.assertEqual({one.data["user"] for one in given}, {self.bruno.name})

    def test_nor_who_has_not_accepted_where_that_is_needed(self):
        self.company.handover_acceptance = "needed"
        request = self.approved()
        theirs = request.line_ids - self.line
        theirs.with_user(self.bruno).action_accept()
        request.with_user(self.approver).action_run()
        self.assertNothingGiven(request)

    def test_who_got_nothing_of_theirs_keeps_none(self):
        request = self.approved()
        self.leads[1].user_id = self.other
        request.with_user(self.approver).action_run()
        self.assertEqual(self.line.result_code, "stale_owner")
        self.assertNothingGiven(request)

    def test_what_failed_is_waited_for_until_somebody_decides(self):
        request = self.approved()
        Lead = self.registry["crm.lead"]

        def refuse(leads, vals, write=Lead.write, one=self.leads[1]):
            if one in leads and "user_id" in vals:
                raise UserError("Not today.")
            return write(leads, vals)

        with patch.object(Lead, "write", refuse):
            request.with_user(self.approver).action_run()
        self.env.invalidate_all()
        self.assertEqual((request.state, self.line.state), ("transferred", "failed"))
        self.assertEqual(set(self.grants.mapped("state")), {"active"})
        self.line.with_user(self.approver).action_settle()
        self.assertNothingGiven(request)


class TestEnding(RightsCase, GrantCase):
    def test_its_time_ends_it(self):
        grant = self.given()
        self.run_end_job()
        self.assertEqual(grant.state, "active", "not before its time")
        self.pass_time(grant)
        self.assertEqual(grant.state, "ended")
        self.assertHasNot(self.projectuser, self.salesman)
        self.assertIn("permission_ended", self.codes_of(grant.request_id))

    def test_what_was_there_before_stays(self):
        grant = self.given(self.bruno)
        self.assertTrue(grant.had_before)
        self.pass_time(grant)
        self.assertHas(self.bruno, self.salesman)

    def test_two_of_the_same_end_with_the_last_one(self):
        first, second = self.given(), self.given()
        self.pass_time(first)
        self.assertHas(self.projectuser, self.salesman)
        self.pass_time(second)
        self.assertHasNot(self.projectuser, self.salesman)

    def test_two_of_the_same_for_who_had_it(self):
        first, second = self.given(self.bruno), self.given(self.bruno)
        self.pass_time(second)
        self.pass_time(first)
        self.assertHas(self.bruno, self.salesman)

    def test_what_another_group_gives_stays(self):
        grant = self.given()
        self.projectuser.group_ids += self.env.ref(
            "sales_team.group_sale_salesman_all_leads"
        )
        self.pass_time(grant)
        self.assertTrue(self.projectuser.has_group(SALESMAN))

    def test_who_ends_it_by_hand(self):
        grant = self.given()
        self.assertOnly(
            "leader approver manager admin",
            lambda user: grant.with_user(user).sudo(False).action_end("Enough"),
        )
        grant.with_user(self.leader).sudo(False).action_end("Enough")
        self.assertEqual((grant.state, grant.end_reason), ("ended", "Enough"))
        self.assertHasNot(self.projectuser, self.salesman)
        self.assertTrue(grant.with_user(self.leader).sudo(False).action_end())

    def test_return_ends_it(self):
        grant = self.given()
        grant.request_id.with_user(self.approver).action_return()
        self.assertEqual(grant.request_id.state, "returned")
        self.assertEqual(grant.state, "ended")
        self.assertHasNot(self.projectuser, self.salesman)

    def test_return_of_some_records_does_not(self):
        request = self.draft(records=self.make_lead() + self.make_lead())
        grant = self.propose(request)
        self.hand_over(request)
        request.line_ids[0].with_user(self.approver).action_return()
        self.assertEqual(grant.state, "active")
        request.line_ids[1].with_user(self.approver).action_return()
        self.assertEqual(grant.state, "ended")

    def test_temporary_handover_takes_it_back_by_itself(self):
        back = fields.Datetime.now() + timedelta(days=2)
        request = self.draft(kind="temporary", date_return=back)
        grant = self.propose(
            request, group_id=self.salesman.id, expires_at=back + timedelta(days=5)
        )
        self.hand_over(request)
        self.env.cr.execute(
            "UPDATE handover_request SET date_return = now() AT TIME ZONE 'utc'"
            " WHERE id = %s",
            [request.id],
        )
        self.env.invalidate_all()
        self.run_cron()
        self.assertEqual((request.state, grant.state), ("returned", "ended"))
        self.assertHasNot(self.projectuser, self.salesman)

    def test_one_that_fails_does_not_keep_the_others(self):
        first, second = self.given(), self.given(self.employee)
        Grant = type(self.env["handover.grant"])
        end = Grant._end_if_over

        def fail(grant):
            if grant.id == first.id:
                raise ValueError("no")
            return end(grant)

        self.env.flush_all()
        with (
            patch.object(Grant, "_end_if_over", fail),
            self.assertLogs("odoo.addons.crm_handover", "ERROR"),
        ):
            self.pass_time(first + second)
        self.assertEqual((first.state, second.state), ("active", "ended"))

    def test_alarm_when_nothing_ends(self):
        grant = self.given()
        self.end_job.active = False
        self.env.cr.execute(
            "UPDATE handover_grant SET expires_at = now() AT TIME ZONE 'utc'"
            " - interval '2 hours'"
        )
        self.env.invalidate_all()
        self.run_cron()
        self.run_cron()
        alarms = grant.request_id.activity_ids
        self.assertEqual(alarms.user_id, self.approver)
        self.assertEqual(len(alarms), 1)

    def test_draft_with_proposals_is_deleted_one_with_permissions_is_not(self):
        request = self.draft()
        grant = self.propose(request)
        request.unlink()
        self.assertFalse(grant.exists())
        grant = self.given()
        request = grant.request_id
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE handover_request SET state = 'draft' WHERE id = %s", [request.id]
        )
        self.env.invalidate_all()
        with self.assertRefused(UserError, "given permissions"):
            request.with_user(self.anna).sudo(False).unlink()

    def test_uninstalling_ends_what_is_live_and_tells_managers(self):
        grant = self.given()
        user, group, thing = grant.user_id, grant.group_id, grant._thing_name()
        self.assertIn(group, user.all_group_ids)
        running = self.make_request("running", self.make_lead()).name
        messages = self.env["mail.message"].search([])
        uninstall_hook(self.env(su=True))
        self.env.invalidate_all()
        self.assertHasNot(user, group)
        told = self.env["mail.message"].search([]) - messages
        told = told.filtered(lambda m: self.manager.partner_id in m.partner_ids)
        self.assertEqual(len(told), 1)
        for text in (user.name, thing, running):
            self.assertIn(text, told.body)
        self.assertFalse(grant.exists())


class TestGrowing(GrantCase):
    def setUp(self):
        super().setUp()
        self.group = self.env["res.groups"].create({"name": "Prices"})
        self.env["handover.grantable"].create(
            {"group_id": self.group.id, "description": "sees prices"}
        )
        self.approver.group_ids += self.group
        self.grant = self.given(self.bruno, group_id=self.group.id)
        self.more = self.env.ref("sales_team.group_sale_salesman_all_leads")

    def test_group_that_grows_is_taken_back_at_once(self):
        self.assertHas(self.bruno, self.group)
        self.group.implied_ids += self.more
        self.assertEqual(self.grant.state, "suspended")
        self.assertHasNot(self.bruno, self.group)
        self.assertFalse(
            self.bruno.has_group("sales_team.group_sale_salesman_all_leads")
        )
        alarm = self.grant.request_id.activity_ids
        self.assertIn("Prices", alarm.note)

    def test_group_as_it_was_is_given_again(self):
        self.group.implied_ids += self.more
        self.group.implied_ids -= self.more
        self.assertEqual(self.grant.state, "active")
        self.assertHas(self.bruno, self.group)
        self.assertIn("permission_resumed", self.codes_of(self.grant.request_id))

    def test_growing_behind_the_back_is_found_by_the_job(self):
        self.env.cr.execute(
            "INSERT INTO res_groups_implied_rel (gid, hid) VALUES (%s, %s)",
            [self.group.id, self.more.id],
        )
        self.env.registry.clear_cache("groups")
        self.env.invalidate_all()
        self.run_end_job()
        self.assertEqual(self.grant.state, "suspended")

    def test_suspended_one_ends_at_its_time(self):
        self.group.implied_ids += self.more
        self.pass_time(self.grant)
        self.assertEqual(self.grant.state, "ended")
        self.group.implied_ids -= self.more
        self.assertEqual(self.grant.state, "ended")
        self.assertHasNot(self.bruno, self.group)


class TestRemembered(GrantCase):
    """Core remembers what groups imply, and who has them: that decides nothing."""

    @contextmanager
    def another(self):
        """A transaction that sees nothing of this one; what it does is undone."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            yield self.env(cr=cr, user=SUPERUSER_ID, su=True)
            cr.rollback()

    def remember(self):
        """Have core remember what a transaction reads that began before ours."""
        # what ours has read since its own change is no part of the story
        self.env.registry.clear_cache("groups")
        with self.another() as env:
            env["res.groups"]._get_group_definitions()
        self.env.invalidate_all()

    def planned(self):
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        request = self.draft(date_planned=tomorrow)
        grant = self.propose(request)
        request.action_submit()
        request.with_user(self.approver).action_approve()
        self.assertEqual(request.sudo().state, "approved")
        return request.sudo(), grant

    def test_a_group_that_grew_since_the_approval_is_not_given(self):
        request, grant = self.planned()
        more = self.env.ref("base.group_system")
        self.salesman.implied_ids += more
        self.remember()
        self.assertNotIn(more, self.salesman.all_implied_ids, "it is remembered")
        request._start()
        self.assertEqual(request.state, "needs_review")
        self.assertEqual(grant.state, "proposed")
        self.assertHasNot(self.projectuser, self.salesman)

    def test_a_group_that_grows_is_taken_back_whatever_is_remembered(self):
        grant = self.given()
        follow = type(self.salesman)._handover_follow

        def late(groups):
            self.remember()
            return follow(groups)

        with patch.object(type(self.salesman), "_handover_follow", late):
            self.salesman.implied_ids += self.env.ref("base.group_system")
        self.assertEqual(grant.state, "suspended")
        self.assertHasNot(self.projectuser, self.salesman)

    def test_so_does_one_that_a_new_group_makes_grow(self):
        grant = self.given()
        self.env["res.groups"].create(
            {
                "name": "More",
                "implied_by_ids": [Command.link(self.salesman.id)],
                "implied_ids": [Command.link(self.env.ref("base.group_system").id)],
            }
        )
        self.assertEqual(grant.state, "suspended")

    def another_transaction(self):
        """Have nothing be decided on nor locked, as when another one begins."""
        self.env.cr.precommit.clear()
        self.env.cr.cache.pop(DECIDING, None)

    def forget_about(self, user):
        """Take all groups from somebody, as core does not learn it."""
        self.assertTrue(user.has_group("crm_handover.group_handover_approver"))
        self.env.cr.execute("DELETE FROM res_groups_users_rel WHERE uid = %s", user.ids)
        self.another_transaction()
        self.assertTrue(user.has_group("crm_handover.group_handover_approver"))

    def test_a_role_that_is_only_remembered_is_none(self):
        request = self.draft(self.bruno)
        request.action_submit()
        self.forget_about(self.approver)
        with self.assertRefused(AccessError):
            request.with_user(self.approver).action_approve()

    def test_nor_is_one_at_the_start(self):
        request, _grant = self.planned()
        self.forget_about(self.approver)
        request._start()
        self.assertEqual(request.state, "needs_review")

    def assertHeld(self, table, condition):
        query = f"SELECT FROM {table} WHERE {condition} FOR UPDATE NOWAIT"
        with (
            self.another() as env,
            mute_logger("odoo.sql_db"),
            self.assertRaises(errors.LockNotAvailable),
        ):
            env.cr.execute(query)

    def test_what_is_decided_by_does_not_change_meanwhile(self):
        request, _grant = self.planned()
        request._lock()
        admin = self.env.ref("base.user_admin")
        self.assertTrue(admin._handover_has_group("base.group_system"))
        self.assertHeld("res_groups_users_rel", f"uid = {admin.id}")
        request.grant_ids._has_grown()
        self.assertHeld("res_groups_implied_rel", f"gid = {self.salesman.id}")
        # where groups are given or grow, one transaction comes after the other
        held = self.env.ref("crm_handover.group_handover_manager")
        self.assertHeld("res_groups", f"id = {held.id}")

    def test_who_leads_does_not_change_meanwhile(self):
        request, _grant = self.planned()
        request._lock()
        self.assertTrue(request._is_operator(self.leader))
        for table, which in (
            ("res_users", f"id = {self.leader.id}"),
            ("res_company_users_rel", f"user_id = {self.leader.id}"),
            ("crm_team", f"id = {self.team.id}"),
            ("crm_team_member", f"user_id = {self.anna.id}"),
        ):
            with self.subTest(table):
                self.assertHeld(table, which)

    def test_what_is_closed_to_the_approver_is_not_what_is_remembered(self):
        boss = self.make_user(
            "boss", "sales_team.group_sale_manager,project.group_project_manager"
        )
        closed = self.make(
            "project.project", name="Secret", privacy_visibility="followers"
        )
        closed.message_subscribe(self.anna.partner_id.ids)
        request = self.draft()
        grant = self.propose(request, project_id=closed.id)
        self.another_transaction()
        self.assertFalse(grant._approver_problem(boss))
        manager = self.env.ref("project.group_project_manager")
        self.env.cr.execute(
            "DELETE FROM res_groups_users_rel WHERE uid = %s AND gid = %s",
            [boss.id, manager.id],
        )
        self.env.invalidate_all()
        self.assertFalse(grant._approver_problem(boss), "it is remembered")
        request.sudo()._lock()
        self.assertIn("closed to them", grant._approver_problem(boss))
        # what opens something does not change until that is done
        of_model = [("model_id.model", "=", "project.project")]
        for table, model in (
            ("ir_rule", "ir.rule"), ("ir_model_access", "ir.model.access")
        ):  # fmt: skip
            row = self.env[model].search(of_model, limit=1)
            self.assertHeld(table, f"id = {row.id}")

    def test_nothing_is_decided_by_rights_that_are_only_remembered(self):
        """Of whatever core makes rights of, another server has changed one thing."""
        manager = self.env.ref("project.group_project_manager")
        head = self.env["res.groups"].create(
            {"name": "Head", "implied_ids": [Command.link(manager.id)]}
        )
        boss = self.make_user("boss", "sales_team.group_sale_manager")
        boss.group_ids += head
        closed = self.make(
            "project.project", name="Secret", privacy_visibility="followers",
            company_id=self.company.id,
        )  # fmt: skip
        request = self.draft()
        engine, cr = self.env["handover.engine"].sudo(), self.env.cr
        model = self.env["ir.model"]._get_id("project.project")
        ways = {
            "access": (
                "UPDATE ir_model_access SET perm_read = FALSE WHERE model_id = %s",
                [model],
            ),
            "rule": (
                "UPDATE ir_rule SET domain_force = '[(0, ''='', 1)]'"
                " WHERE model_id = %s",
                [model],
            ),
            "group": ("DELETE FROM res_groups_users_rel WHERE uid = %s", [boss.id]),
            "implied": (
                "DELETE FROM res_groups_implied_rel WHERE gid = %s AND hid = %s",
                [head.id, manager.id],
            ),
            "company": (
                "UPDATE res_company_users_rel SET cid = %s WHERE user_id = %s",
                [self.abroad.id, boss.id],
            ),
        }

        def opened():
            self.env.invalidate_all()
            return [
                bool(engine._readable(closed, boss)),
                bool(closed._handover_read_by(boss)),
                bool(engine._readable_as(closed, boss, {})),
                boss._handover_may_any(closed),
            ]

        found = {}
        self.another_transaction()
        for what, (query, parameters) in ways.items():
            with self.subTest(what), cr.savepoint() as savepoint:
                self.assertEqual(opened(), [True] * 4)
                cr.execute(query, parameters)
                self.assertTrue(cr.rowcount)
                self.assertEqual(opened(), [True] * 4, "it is remembered")
                request.sudo()._lock()
                found[what] = opened()
                savepoint.rollback()
            self.another_transaction()
            self.assertEqual(opened(), [True] * 4)
        # what rules say of it, and whether access rights let them at any, are two parts
        self.assertEqual(
            found,
            {
                "access": [False, False, True, False],
                "rule": [False, False, False, True],
                "group": [False, False, True, False],
                "implied": [False, False, False, True],
                "company": [False, False, False, True],
            },
        )

    def test_what_no_lock_precedes_asks_the_tables_by_itself(self):
        request = self.draft(self.bruno)
        request.action_submit()
        attention = "crm_handover.mail_activity_type_attention"
        request.sudo()._ask(attention, self.anna, lambda env: "Look at it")
        todo = request.sudo()._todos(attention).with_user(self.manager)
        filters = self.env["ir.filters"].with_user(self.manager)
        several = filters.create(
            {"name": "All", "model_id": "handover.request", "user_ids": False}
        )
        theirs, cr = request.with_user(self.manager), self.env.cr
        role = self.env.ref(MANAGER)
        for what, call in {
            "to-do": lambda: todo.write({"summary": "x"}),
            "its end": lambda: todo.unlink(),
            "filter": lambda: several.write({"name": "x"}),
            "days of reviews": lambda: theirs.write({"review_days": "9"}),
        }.items():
            for has_role in (True, False):
                self.another_transaction()
                with self.subTest(what, has_role=has_role), cr.savepoint() as savepoint:
                    self.assertTrue(self.manager.has_group(MANAGER))
                    if has_role:
                        call()
                    else:
                        cr.execute(
                            "DELETE FROM res_groups_users_rel"
                            " WHERE uid = %s AND gid = %s",
                            [self.manager.id, role.id],
                        )
                        self.env.invalidate_all()
                        self.assertTrue(self.manager.has_group(MANAGER))
                        with self.assertRefused(AccessError):
                            call()
                    savepoint.rollback()

    def test_nothing_is_given_while_a_group_changes(self):
        self.salesman.implied_ids += self.env.ref("base.group_allow_export")
        held = self.env.ref("crm_handover.group_handover_manager")
        self.assertHeld("res_groups", f"id = {held.id}")

    def test_all_servers_forget_after_the_commit(self):
        more = self.env.ref("base.group_system")
        self.salesman.implied_ids += more
        self.remember()
        self.assertNotIn(more, self.salesman.all_implied_ids)
        registry = self.env.registry
        with patch.object(registry, "signal_changes") as signal:
            self.env.cr.postcommit.run()
        signal.assert_called()
        self.env.invalidate_all()
        self.assertIn(more, self.salesman.all_implied_ids)


class TestTeams(GrantCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north = cls.make_team("North", cls.leader)
        cls.south = cls.make_team("South", cls.leader)

    def teams(self, user):
        self.env.invalidate_all()
        return (
            self.env["crm.team.member"].search([("user_id", "=", user.id)]).crm_team_id
        )

    def several(self, yes):
        self.env["ir.config_parameter"].set_param("sales_team.membership_multi", yes)

    def test_where_people_are_in_one_team_they_come_back_to_theirs(self):
        self.several(False)
        grant = self.given(self.bruno, team_id=self.north.id)
        self.assertEqual(self.teams(self.bruno), self.north)
        self.pass_time(grant)
        self.assertEqual(self.teams(self.bruno), self.team)
        members = self.env["crm.team.member"].with_context(active_test=False)
        mine = [("user_id", "=", self.bruno.id), ("crm_team_id", "=", self.north.id)]
        self.assertFalse(members.search(mine), "nothing is left behind")

    def test_where_people_are_in_several_teams_nothing_else_changes(self):
        self.several(True)
        grant = self.given(self.bruno, team_id=self.north.id)
        self.assertEqual(self.teams(self.bruno), self.north | self.team)
        self.pass_time(grant)
        self.assertEqual(self.teams(self.bruno), self.team)

    def test_member_stays_member(self):
        grant = self.given(self.bruno, team_id=self.team.id)
        self.assertTrue(grant.had_before)
        self.pass_time(grant)
        self.assertEqual(self.teams(self.bruno), self.team)

    def test_former_member_is_a_former_member_again(self):
        self.several(True)
        member = self.env["crm.team.member"].create(
            {"user_id": self.bruno.id, "crm_team_id": self.north.id, "active": False}
        )
        grant = self.given(self.bruno, team_id=self.north.id)
        self.assertTrue(member.active)
        self.pass_time(grant)
        self.assertTrue(member.exists())
        self.assertFalse(member.active)

    def test_one_after_the_other_in_any_order(self):
        self.several(False)
        for first_ends_first in (True, False):
            with self.subTest(first_ends_first=first_ends_first):
                first = self.given(self.bruno, team_id=self.north.id)
                second = self.given(self.bruno, team_id=self.south.id)
                self.assertEqual(self.teams(self.bruno), self.south)
                order = (first, second) if first_ends_first else (second, first)
                self.pass_time(order[0])
                left = self.south if first_ends_first else self.north
                self.assertEqual(self.teams(self.bruno), left)
                self.pass_time(order[1])
                self.assertEqual(self.teams(self.bruno), self.team)

    def test_new_team_chosen_meanwhile_stays(self):
        self.several(False)
        grant = self.given(self.bruno, team_id=self.north.id)
        self.env["crm.team.member"].create(
            {"user_id": self.bruno.id, "crm_team_id": self.south.id}
        )
        self.pass_time(grant)
        self.assertEqual(self.teams(self.bruno), self.south)


class TestProjects(GrantCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.closed = cls.make(
            "project.project", name="Closed", privacy_visibility="followers"
        )
        cls.closed.message_subscribe((cls.anna | cls.approver).partner_id.ids)
        cls.task = cls.make_task(cls.anna, project_id=cls.closed.id)
        cls.approver.group_ids += cls.env.ref(PROJECT_USER)

    def test_successor_opens_the_project_and_then_no_more(self):
        mine = self.closed.with_user(self.bruno)
        self.assertFalse(mine.has_access("read"))
        grant = self.given(self.bruno, project_id=self.closed.id)
        self.assertTrue(mine.has_access("read"))
        self.assertTrue(self.task.with_user(self.bruno).has_access("read"))
        later = self.make_task(self.anna, project_id=self.closed.id)
        own = self.make_task(self.bruno, project_id=self.closed.id)
        self.pass_time(grant)
        self.assertFalse(mine.has_access("read"))
        for task in (self.task, later):
            self.assertFalse(task.with_user(self.bruno).has_access("read"))
        self.assertTrue(own.with_user(self.bruno).has_access("read"))

    def test_follower_stays_follower(self):
        self.closed.message_subscribe(self.bruno.partner_id.ids)
        grant = self.given(self.bruno, project_id=self.closed.id)
        self.pass_time(grant)
        self.assertIn(self.bruno.partner_id, self.closed.message_partner_ids)
