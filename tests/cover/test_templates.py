"""A template says what a cover does; what somebody chooses in the dialog stays."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.tests import Form
from odoo.tools import mute_logger

from ..common import HandoverCommon

VALUES = {
    "cover": "light", "new_records": "along", "credit_share": 60, "credit_days": 5,
}  # fmt: skip


class TestCoverTemplates(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.away = cls.make(
            "handover.template", name="Away", kind="temporary", **VALUES
        )
        cls.long = timedelta(days=300)

    def test_options_are_filled_for_covers_alone(self):
        end = fields.Datetime.now() + self.long
        request = self.make_request(kind="temporary", date_return=end)
        self.assertEqual(request.cover, "full")
        request.with_user(self.anna).action_use_template(self.away.id)
        self.assertRecordValues(request, [VALUES])
        usual = self.make("handover.template", name="Usual", credit_share=10)
        request.with_user(self.anna).action_use_template(usual.id)
        self.assertEqual((request.kind, request.credit_share), ("permanent", 60))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.away.credit_share = 101
            self.env.flush_all()

    def test_the_dialog_is_filled_and_what_is_chosen_stays(self):
        self.make_lead()
        dialogs = self.env["handover.request.prepare"].with_user(self.anna)
        for cover in ("light", "full"):
            with Form(dialogs.with_company(self.company)) as form:
                form.template_id = self.away
                form.successor_id = self.bruno
                form.date_return = fields.Datetime.now() + self.long
                self.assertEqual(form.cover, "light", "not by its length")
                form.cover = cover
            request = self.Request.browse(form.record.action_prepare()["res_id"])
            expected = {**VALUES, "cover": cover}
            self.assertRecordValues(request, [expected])
