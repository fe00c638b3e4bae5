"""What the add-on leaves when it goes, and that people work on without it."""

from odoo.addons.crm_handover_briefing.hooks import READING, uninstall_hook

from ..common import HandoverCommon


class TestUninstall(HandoverCommon):
    def test_nothing_uses_the_type_of_its_todos(self):
        reading = self.env.ref(READING)
        plan = self.env["mail.activity.plan"].create(
            {"name": "Read", "res_model": "handover.request"}
        )
        step = self.env["mail.activity.plan.template"].create(
            {
                "plan_id": plan.id, "activity_type_id": reading.id,
                "summary": "Read it all", "responsible_type": "successor",
            }
        )  # fmt: skip
        open_, done = self.make_request("approved"), self.make_request("approved")
        for request in (open_, done):
            request.with_user(self.anna).action_release_cards()
        cards = self.env["handover.card"].with_user(self.bruno)
        cards.search([("request_id", "=", done.id)]).action_understand()
        todos = self.env["mail.activity"].with_context(active_test=False)
        mine = todos.search([("activity_type_id", "=", reading.id)])
        self.assertEqual(set(mine.mapped("active")), {True, False})
        others = todos.search_count([("activity_type_id", "!=", reading.id)])
        uninstall_hook(self.env)
        self.assertFalse(mine.exists())
        self.assertEqual(todos.search_count([]), others)
        self.assertRecordValues(
            step,
            [
                {
                    "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                    "summary": "Read it all",
                    "responsible_type": "successor",
                }
            ],
        )
        reading.unlink()
