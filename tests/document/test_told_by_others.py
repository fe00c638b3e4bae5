"""What other capabilities add to the document and its annex, all of them installed."""

from odoo import Command

from .test_document import DocumentCase


class TestToldByOthers(DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_lead(name="Brewery", phone="+49 30 1234")
        cls.request = cls.make_request(records=cls.lead, by=cls.anna)
        cls.line = cls.request.line_ids

    def values(self):
        return self.request.with_user(self.anna)._document_values()

    def row(self):
        """The only row of the annex: ``{head: text}``."""
        self.env.flush_all()
        heads, row = self.rows(self.request.with_user(self.anna)._document_annex())
        return dict(zip(heads, row, strict=True))

    def test_cards_tell_more_of_a_record(self):
        action = self.line.with_user(self.anna).action_open_card()
        card = self.env["handover.card"].with_user(self.anna).browse(action["res_id"])
        told = {
            "note": "Ring twice", "risk": "high", "promises": "Price stays",
            "avoid": "No calls on Fridays", "next_steps": "Send the offer",
            "risk_detail": "They may leave", "risk_measure": "Visit them",
        }  # fmt: skip
        card.write(told)
        card.action_release()
        [row] = self.values()["kinds"][0]["rows"]
        self.assertEqual(
            row["known"],
            [
                ("Promised", "Price stays"),
                ("Not to do", "No calls on Fridays"),
                ("Next", "Send the offer"),
            ],
        )
        [risk] = self.values()["risks"]["rows"]
        self.assertEqual((risk["note"], risk["risk"]), ("Ring twice", "high"))
        self.assertEqual(
            [text for _label, text in risk["risk_known"]],
            ["They may leave", "Visit them"],
        )
        printed = self.printed(self.request, self.anna)
        annexed = self.row()
        for name in set(told) - {"risk"}:
            self.assertIn(told[name], printed)
            self.assertIn(told[name], annexed.values())
        self.assertEqual(annexed["Promised"], "Price stays")

    def test_completeness_is_a_figure_of_kinds_and_records(self):
        scope = self.env.ref("crm_handover.scope_crm_lead")
        checks = self.env["handover.check"].create(
            [
                {
                    "name": name, "kind": "field_missing", "field_names": field,
                    "scope_id": scope.id, "weight": weight,
                }
                for name, field, weight in (
                    ("No phone", "phone", 3), ("No mail", "email_from", 1),
                )
            ]
        )  # fmt: skip
        self.assertTrue(checks)
        self.request.with_user(self.anna).check_completeness()
        values = self.values()
        self.assertEqual(
            values["columns"], [{"title": "Completeness", "total": "75 %"}]
        )
        self.assertEqual(values["kinds"][0]["figures"], ["75 %"])
        self.assertIn("Completeness", self.printed(self.request, self.anna))
        self.assertEqual(self.row()["Completeness"], "75")

    def test_files_of_the_records_are_counted(self):
        file = {"res_model": self.lead._name, "res_id": self.lead.id, "raw": b"1234"}
        self.env["ir.attachment"].create({"name": "Terms", **file})
        text = self.values()["sections"]["files"]["text"]
        self.assertTrue(text.startswith("Files: 1, records: 1, 4"), text)
        self.assertIn(text, self.printed(self.request, self.anna))
        self.assertEqual(self.row()["Files"], "1")

    def test_training_has_a_section(self):
        self.assertNotIn("training", self.values()["sections"])
        self.reason.plan_id = self.env["mail.activity.plan"].create(
            {
                "name": "Leaving",
                "res_model": "handover.request",
                "company_id": False,
                "handover_training_required": True,
                "handover_topic_ids": [Command.create({"name": "Customers"})],
            }
        )
        self.env.invalidate_all()
        section = self.values()["sections"]["training"]
        self.assertEqual(section["title"], "Training")
        self.assertIn(
            f"Training {section['text']}", self.printed(self.request, self.anna)
        )

    def test_without_them_a_sentence_stands_for_the_files(self):
        values = self.values()
        self.assertIn("files", values["sections"])
        values |= {"sections": {}, "columns": []}
        reports = self.env["ir.actions.report"].with_user(self.anna)
        [text] = [" ".join(self.pages(reports._handover_pdf(values)))]
        self.assertIn("The files of the records go along with them.", text)
