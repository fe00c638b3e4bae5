"""Recent service records on the card of a customer, of whatever app has them."""

from unittest.mock import patch

from ..common import HandoverCommon

MODELS = "odoo.addons.crm_handover_briefing.models.res_partner_services.SERVICE_MODELS"


class TestServiceRecords(HandoverCommon):
    """An app for services is rarely there: tasks are looked at as if they were one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_customer()
        cls.contact = cls.make_customer(parent_id=cls.customer.id)
        cls.startClassPatcher(patch(MODELS, ("no.such.model", "project.task")))

    def sections(self, user):
        customer = self.customer.with_user(user)
        sections = self.env["res.partner"].sudo()._handover_card_sections(customer)
        return [s for s in sections if s["key"] == "project.task"]

    def test_the_latest_with_date_and_stage(self):
        stage = self.env["project.task.type"].create({"name": "Waiting for parts"})
        self.make_task(partner_id=self.make_customer().id, name="Elsewhere")
        tasks = [
            self.make_task(
                name=f"Leak {number}", partner_id=self.contact.id, stage_id=stage.id
            )
            for number in range(7)
        ]
        [section] = self.sections(self.anna)
        self.assertEqual(section["title"], "Task")
        self.assertEqual(
            [row["res_id"] for row in section["rows"]],
            [task.id for task in reversed(tasks)][:5],
        )
        row = section["rows"][0]
        self.assertEqual((row["text"], row["res_model"]), ("Leak 6", "project.task"))
        self.assertIn(", Waiting for parts", row["detail"])

    def test_only_what_the_reader_may_read(self):
        self.project.privacy_visibility = "followers"
        self.make_task(self.anna, partner_id=self.customer.id)
        self.assertTrue(self.sections(self.anna))
        self.assertFalse(self.sections(self.bruno))
        self.assertFalse(self.sections(self.approver))

    def test_without_any_there_is_no_section(self):
        self.assertFalse(self.sections(self.anna))
