"""People, records and questions that all tests share. No test needs demo data."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import TransactionCase, tagged

from . import world
from .assertions import HandoverAssertions

SALESMAN = "sales_team.group_sale_salesman"
PROJECT_USER = "project.group_project_user"
MANAGER = "crm_handover.group_handover_manager"

# login: groups. A role has what it needs and nothing more.
ROLES = {
    "anna": f"{SALESMAN},{PROJECT_USER}",  # hands over
    "bruno": f"{SALESMAN},{PROJECT_USER}",  # takes over
    "chen": f"{SALESMAN},{PROJECT_USER}",  # takes over as well
    "other": f"{SALESMAN},{PROJECT_USER}",
    "alldocs": "sales_team.group_sale_salesman_all_leads",
    "leader": SALESMAN,  # leads the team of anna, bruno and chen
    "approver": "sales_team.group_sale_manager",
    "manager": MANAGER,
    "admin": "base.group_system",
    "projectuser": PROJECT_USER,
    "employee": "base.group_user",
    "portal": "base.group_portal",
}
FOREIGNER = f"sales_team.group_sale_manager,{MANAGER}"
CONTEXT = {"no_reset_password": True, "lang": "en_US"}
IN_NO_WAY_CONCERNED = ("other", "alldocs", "projectuser", "employee", "portal")


@tagged("standard", "post_install", "-at_install")
class HandoverCommon(HandoverAssertions, TransactionCase):
    @classmethod
    def setUpClass(cls):
        people = world.known(HandoverCommon)
        super().setUpClass()
        cls.env = cls.env(context=CONTEXT)
        for name, (model, ids) in people.items():
            setattr(cls, name, cls.env[model].browse(ids))
        cls.get_ready()

    @classmethod
    def get_ready(cls):
        """What a class does in its own transaction."""
        # the checks of what is missing have tests of their own
        if "handover.check" in cls.env:
            cls.env["handover.check"].search([]).active = False
        # so has the archive guard
        if "handover_archive_guard" in cls.env["res.company"]._fields:
            cls.env["res.company"].search([]).handover_archive_guard = False
        cls.Request = cls.env["handover.request"]
        cls.crons = cls.env["ir.cron"].search(
            [("model_id.model", "=", "handover.request"), ("code", "like", "_cron_run")]
        )

    @classmethod
    def make_world(cls):
        """Make two companies with their people, a team and a project."""
        cls.env["res.lang"]._activate_lang("en_US")
        cls.company = cls.env["res.company"].create({"name": "Home"})
        cls.abroad = cls.env["res.company"].create({"name": "Abroad"})
        cls.env = cls.env(context=CONTEXT)
        for login, user in zip(ROLES, cls.make_users(ROLES), strict=True):
            setattr(cls, login, user)
        cls.foreigner = cls.make_user("foreigner", FOREIGNER, cls.abroad)
        cls.team = cls.make_team("Home Team", cls.leader, cls.anna, cls.bruno, cls.chen)
        cls.project = cls.make("project.project", name="Warehouse")
        # the steps of a plan have tests of their own
        cls.reason = cls.env["handover.reason"].create({"name": "Resignation"})

    @classmethod
    def make(cls, model, **values):
        if "company_id" in cls.env[model]._fields and model != "res.partner":
            values.setdefault("company_id", cls.company.id)
        Model = cls.env[model].with_company(cls.company)
        # a mail to its owner takes as long as all the rest
        record = Model.with_context(mail_auto_subscribe_no_notify=True).create(values)
        return record.with_env(cls.env)

    @classmethod
    def make_user(cls, login, groups, company=None, **values):
        return cls.make_users({login: groups}, company, **values)

    @classmethod
    def make_users(cls, roles, company=None, **values):
        """Users from ``{login: groups}``, at once: each class needs a dozen of them.

        Their password is the whole login.
        """
        company = company or cls.company
        ref = cls.env.ref
        users = cls.env["res.users"].create(
            [
                {
                    "name": login.capitalize(), "login": f"{login}@home.test",
                    "email": f"{login}@home.test", "password": f"{login}@home.test",
                    "group_ids": [Command.link(ref(g).id) for g in groups.split(",")],
                    "company_id": company.id, "company_ids": [Command.link(company.id)],
                    "lang": "en_US", "notification_type": "email", **values,
                }
                for login, groups in roles.items()
            ]
        )  # fmt: skip
        # a welcome to-do that another add-on may give to new users
        cls.env["project.task"].search([("user_ids", "in", users.ids)]).unlink()
        return users

    @classmethod
    def make_team(cls, name, leader, *members):
        return cls.make(
            "crm.team", name=name, user_id=leader.id,
            crm_team_member_ids=[Command.create({"user_id": m.id}) for m in members],
        )  # fmt: skip

    @classmethod
    def make_lead(cls, owner=None, **values):
        owner = cls.anna if owner is None else owner
        values = {"name": "Deal", "type": "opportunity", "user_id": owner.id, **values}
        if owner in cls.team.member_ids:
            values.setdefault("team_id", cls.team.id)
        return cls.make("crm.lead", **values)

    @classmethod
    def make_customer(cls, owner=None, **values):
        owner = owner or cls.anna
        return cls.make(
            "res.partner", **{"name": "Brewery", "user_id": owner.id} | values
        )

    @classmethod
    def make_task(cls, *owners, **values):
        ids = [owner.id for owner in owners or (cls.anna,)]
        values = {"name": "Plan", "project_id": cls.project.id, **values}
        return cls.make("project.task", user_ids=[Command.set(ids)], **values)

    @classmethod
    def make_todo(cls, record, user=None, **values):
        return record.activity_schedule(
            "mail.mail_activity_data_todo", summary="Call",
            user_id=(user or cls.anna).id, **values,
        )  # fmt: skip

    @classmethod
    def make_meeting(cls, record, user=None, days=3, **values):
        user = user or cls.anna
        start = fields.Datetime.now() + timedelta(days=days)
        model = cls.env["ir.model"]._get_id(record._name)
        values = {
            "name": "Visit", "user_id": user.id, "start": start,
            "stop": start + timedelta(hours=1), "res_model_id": model,
            "res_id": record.id, "partner_ids": [Command.set(user.partner_id.ids)],
            **values,
        }  # fmt: skip
        return cls.env["calendar.event"].create(values)

    @classmethod
    def make_series(cls, record, count=40, days=1, **values):
        """Make a daily meeting; answer its meetings, the first one first."""
        values = {
            "recurrency": True, "rrule_type_ui": "daily", "rrule_type": "daily",
            "interval": 1, "end_type": "count", "count": count, "event_tz": "UTC",
            **values,
        }  # fmt: skip
        base = cls.make_meeting(record, days=days, **values)
        return base.recurrence_id.calendar_event_ids.sorted("start")

    @classmethod
    def make_request(cls, state="draft", records=None, by=None, **values):
        """A handover from Anna to Bruno, brought into ``state`` by those who may."""
        records = cls.make_lead() if records is None else records
        values = {
            "predecessor_id": cls.anna.id,
            "successor_id": cls.bruno.id,
            "reason_id": cls.reason.id,
            **values,
        }
        if state == "approved":
            tomorrow = fields.Datetime.now() + timedelta(days=1)
            values.setdefault("date_planned", tomorrow)
        by = by or cls.anna
        request = cls.Request.with_user(by).create(values)
        if records:
            request.add_records(records._name, records.ids)
        cls.bring(request, state)
        return request.with_env(cls.env)

    @classmethod
    def bring(cls, request, state):
        """Take the usual way to ``state``."""
        judge = request.with_user(cls.approver)
        if state != "draft":
            request.action_submit()
        if state == "refused":
            judge.action_refuse("Not now")
        if state == "cancelled":
            request.action_cancel()
        # nothing is handed over within the call: it stays running
        limit = -1 if state == "running" else 200
        path = "odoo.addons.crm_handover.models.handover_request_run.INLINE_LIMIT"
        if state in ("approved", "needs_review", "running", "transferred", "done"):
            with patch(path, limit):
                judge.action_approve()
        if state == "done":
            for user in request.sudo().successor_ids | request.predecessor_id:
                request.with_user(user).action_confirm()
        request.invalidate_recordset()
        assert request.sudo().state == state, request.sudo().state

    @classmethod
    def codes(cls, request):
        """The outcome of each record: ``{record: code}``."""
        lines = request.sudo().line_ids
        return {
            cls.env[line.res_model].browse(line.res_id): line.result_code
            for line in lines
        }

    def run_cron(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            for cron in self.crons:
                cron.method_direct_trigger()
        self.env.invalidate_all()
