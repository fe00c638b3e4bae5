"""Handovers in every state, and something in every table of ours that is installed."""

from datetime import timedelta

from odoo import fields

from .common import SALESMAN, HandoverCommon

STATES = (
    "draft", "submitted", "approved", "running", "transferred", "done", "refused",
    "cancelled",
)  # fmt: skip


class Everything(HandoverCommon):
    """To be the class of a test, or to be filled outside of one."""

    @classmethod
    def make_everything(cls):
        """Make all of it; the handovers are ``cls.requests``, by their state."""
        if "handover.webhook" in cls.env:
            # what happens from here on waits in its outbox
            cls.env["handover.webhook"].create(
                {
                    "name": "Directory",
                    "url": "https://example.com/handovers",
                    "company_id": False,
                }  # fmt: skip
            )
        cls.requests = {state: cls.make_request(state) for state in STATES}
        returned = cls.make_request("done", cls.make_customer())
        returned.with_user(cls.approver).action_return()
        lapsed = cls.make_request("approved")
        cls.bruno.active = False
        lapsed.with_user(cls.approver).action_run()
        cls.bruno.active = True
        cls.requests |= {"returned": returned, "needs_review": lapsed}
        cls.make_permission()
        if "handover.check" in cls.env:
            cls.requests["draft"].with_user(cls.anna).action_check_completeness()
        if "handover.card" in cls.env:
            cls.requests["approved"].with_user(cls.anna).action_release_cards()
        if "handover.training" in cls.env:
            cls.make_training()
        if "handover.document" in cls.env:
            cls.make_document()
        if "handover.request.review" in cls.env:
            cls.make_reviews()
        if "handover.template" in cls.env:
            role = fields.Command.create(
                {"role": "team_leader", "team_id": cls.team.id}
            )
            cls.make("handover.template", name="Usual", role_ids=[role])

    @classmethod
    def make_permission(cls):
        """Have a permission live."""
        request = cls.make_request(successor_id=cls.projectuser.id)
        cls.env["handover.grant"].with_user(cls.anna).create(
            {
                "request_id": request.id, "user_id": cls.projectuser.id,
                "kind": "group", "group_id": cls.env.ref(SALESMAN).id,
            }
        )  # fmt: skip
        request.with_user(cls.anna).action_submit()
        request.with_user(cls.approver).action_approve()
        assert request.grant_ids.state == "active", request.grant_ids.state

    @classmethod
    def make_training(cls):
        request = cls.requests["approved"].with_user(cls.anna)
        topics = request.env["handover.training.topic"]
        topic = topics.create({"request_id": request.id, "name": "Keys"})
        start = fields.Datetime.now() + timedelta(days=2)
        request.plan_training(fields.Datetime.to_string(start))
        request.with_user(cls.bruno).rate_training(topic.id, "before", 2)

    @classmethod
    def make_document(cls):
        request = cls.requests["done"]
        files = cls.env["ir.attachment"].create(
            [{"name": name, "raw": b"x"} for name in ("a.pdf", "a.xlsx")]
        )
        document = cls.env["handover.document"]._trusting().create(
            {
                "request_id": request.id, "kind": "final", "lang": "en_US",
                "occasion": "0", "date": fields.Datetime.now(), "sha256": "0",
                "annex_sha256": "0", "attachment_id": files[0].id,
                "annex_id": files[1].id,
            }
        )  # fmt: skip
        files.write({"res_model": document._name, "res_id": document.id})

    @classmethod
    def make_reviews(cls):
        request, now = cls.requests["done"], fields.Datetime.now()
        request.sudo()._follow_up()
        cls.env["handover.request.rating"]._trusting().create(
            {
                "request_id": request.id, "days": 7, "user_id": cls.anna.id,
                "role": "predecessor", "rating": 4, "date": now, "lesson": "Sooner",
                "lesson_state": "open",
            }
        )  # fmt: skip
        cls.env["handover.customer.rating"]._trusting().create(
            {
                "request_id": request.id, "successor_id": cls.bruno.id,
                "partner_id": cls.make_customer().id, "date_asked": now,
            }
        )  # fmt: skip
