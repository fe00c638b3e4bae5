"""One record of each kind that can be handed over, for promises about all of them."""

from odoo import Command

from .common import HandoverCommon


class KindsCommon(HandoverCommon):
    """What is promised of one kind is promised of each: in the core, and by glue."""

    @classmethod
    def kinds(cls):
        """The kinds of record in use, whichever add-ons brought them."""
        return cls.env["handover.scope"]._in_use()

    @classmethod
    def make_of(cls, scope, owner=None, **values):
        """Make a record of this kind; a new kind needs a line here."""
        owner = owner or cls.anna
        makers = {
            "res.partner": cls.make_customer,
            "crm.lead": cls.make_lead,
            "project.task": cls.make_task,
            "project.project": cls.make_project,
            "sale.order": cls.make_order,
        }
        return makers[scope.model](owner, **values)

    @classmethod
    def make_project(cls, owner, **values):
        values = {"name": "Warehouse", "user_id": owner.id, **values}
        return cls.make("project.project", **values)

    @classmethod
    def make_order(cls, owner, **values):
        customer = cls.env["res.partner"].create({"name": "Brewery"})
        values = {"partner_id": customer.id, "user_id": owner.id, **values}
        if owner in cls.team.member_ids:
            values.setdefault("team_id", cls.team.id)
        return cls.make("sale.order", **values)

    @classmethod
    def make_all(cls, owner=None):
        """One record of each kind: ``{kind: record}``."""
        return {scope: cls.make_of(scope, owner) for scope in cls.kinds()}

    @classmethod
    def make_request_of(cls, records, state="draft", by=None, **values):
        """A handover of records of several models, in this state."""
        by = by or cls.anna
        request = cls.make_request(records=cls.env["crm.lead"], by=by, **values)
        for record in records:
            request.with_user(by).add_records(record._name, record.ids)
        cls.bring(request.with_user(by), state)
        return request.with_env(cls.env)

    @classmethod
    def owner_of(cls, scope, record):
        record.invalidate_recordset()
        return scope._owners(record.sudo())

    @classmethod
    def run_some(cls, request, count):
        """Have a worker hand over, or give back, so many records of a running one."""
        engine = cls.env["handover.engine"]
        lines = engine._claim(request, limit=count)
        engine._transfer(lines)
        cls.env.flush_all()
        cls.env.invalidate_all()
        return lines

    @classmethod
    def attention(cls, request):
        """The to-dos for whoever looks after what went wrong."""
        return request._todos("crm_handover.mail_activity_type_attention")

    @classmethod
    def both_companies(cls, login, *teams, groups=None):
        """A user of both companies, who is in these sales teams; abroad comes first."""
        groups = groups or "sales_team.group_sale_salesman,project.group_project_user"
        companies = [Command.set((cls.company | cls.abroad).ids)]
        user = cls.make_user(login, groups, cls.abroad, company_ids=companies)
        cls.env["ir.config_parameter"].set_param("sales_team.membership_multi", "True")
        for team in teams:
            cls.env["crm.team.member"].create(
                {"crm_team_id": team.id, "user_id": user.id}
            )
        return user
