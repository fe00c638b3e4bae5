"""The handover document: what it says, to whom, and the versions that come alone."""

import hashlib
import io
import unicodedata
from base64 import b64decode
from datetime import timedelta
from unittest.mock import patch

import openpyxl

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from ..common import HandoverCommon

MODELS = "odoo.addons.crm_handover_document.models"
REPORTS = f"{MODELS}.ir_actions_report.IrActionsReport"
CRON = "crm_handover_document.ir_cron_handover_request_document"
REPORT = "crm_handover_document.handover_document_report"
CHINESE = "手工啤酒厂"


class DocumentCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref(CRON)
        # nothing is loaded that a printer would have to wait for
        cls.env["ir.config_parameter"].set_param("report.print_delay", "20")
        # a handover of somebody else's may be waiting for its document
        waiting = cls.Request.search([("document_due", "!=", False)])
        waiting._plan_document(False)
        cls.two = cls.make_lead(name="Brewhouse", expected_revenue=84_000)
        cls.two |= cls.make_lead(name="Canteen", expected_revenue=1_500)

    def run_document_cron(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def split(self, state="draft", **values):
        """A handover of two deals, to Bruno and to Chen."""
        if state == "approved":
            values["date_planned"] = fields.Datetime.now() + timedelta(days=1)
        request = self.make_request(records=self.two, **values)
        lines = request.sudo().line_ids.sorted("res_name")
        lines[1].with_user(self.anna).successor_id = self.chen
        self.bring(request.with_user(self.anna), state)
        return request

    def pdf(self, request, user, **context):
        """What ``user`` prints: bytes."""
        reports = self.env["ir.actions.report"].with_user(user)
        context = {"lang": user.lang, "force_report_rendering": True, **context}
        reports = reports.with_context(**context)
        content, kind = reports._render_qweb_pdf(REPORT, request.ids)
        self.assertEqual(kind, "pdf")
        return content

    def pages(self, pdf):
        """The text of each page, as people read it."""
        pages = PdfFileReader(io.BytesIO(pdf)).pages
        # fonts tell some characters by their look: ⼯ for 工
        texts = [unicodedata.normalize("NFKC", page.extract_text()) for page in pages]
        return [" ".join(text.split()) for text in texts]

    def printed(self, request, user, **context):
        return " ".join(self.pages(self.pdf(request, user, **context)))

    def rows(self, annex):
        book = openpyxl.load_workbook(io.BytesIO(annex))
        return [[cell.value for cell in row] for row in book.active.iter_rows()]


class TestPrint(DocumentCase):
    def test_the_predecessor_prints_what_is_agreed(self):
        request = self.make_request(
            "transferred",
            self.two,
            purpose="Nobody waits for an answer.",
            kind="permanent",
        )
        line = request.line_ids[0]
        text = self.printed(request, self.anna)
        for known in (
            request.name, "Home", "Anna", "anna@home.test", "Bruno", "Approver",
            "Resignation", "Nobody waits for an answer.", "Brewhouse", "Canteen",
            "Version to sign", request.digest, request.event_head, line.res_name,
            "Handed over",
        ):  # fmt: skip
            self.assertIn(known, text)
        self.assertIn("85,500", text, "what the deals are worth")
        self.assertIn("Page 1 of", text)
        self.assertNotIn("This is a part", text)

    def test_a_draft_is_not_for_signing(self):
        text = self.printed(self.make_request(records=self.two), self.anna)
        self.assertIn("For information", text)
        self.assertIn("The parties sign a version that was approved.", text)
        self.assertNotIn("Place, date, time", text)

    def test_chinese_is_read_out_of_the_pdf(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.anna.lang = "zh_CN"
        # as the translators have it
        self.env.ref(
            "crm_handover_document.handover_document_opening"
        ).update_field_translations(
            "arch_db", {"zh_CN": {"Handover Document": "工作交接单"}}
        )
        lead = self.make_lead(name=CHINESE)
        request = self.make_request(records=lead, purpose="请尽快联系。")
        text = self.printed(request, self.anna).replace(" ", "")
        for known in ("工作交接单", CHINESE, "请尽快联系。", "草稿"):
            self.assertIn(known, text)
        self.assertIn(CHINESE, self.printed(request, self.approver), "in English too")

    def test_times_are_those_of_the_reader(self):
        planned = fields.Datetime.to_datetime("2030-01-15 23:30:00")
        request = self.make_request(records=self.two, date_planned=planned)
        self.anna.tz = "Asia/Shanghai"
        text = self.printed(request, self.anna)
        self.assertIn("Jan 16, 2030 07:30", text)
        self.assertIn("Asia/Shanghai, UTC+08:00", text)
        text = self.printed(request, self.anna, tz="Nowhere/Land")
        self.assertIn("Asia/Shanghai", text, "a zone that is none is not taken")

    def test_a_successor_prints_own_records_only(self):
        request = self.split("transferred")
        request.line_ids.filtered(
            lambda line: line.successor_id == self.chen
        )._trusting().note = "Between Chen and Anna"
        text = self.printed(request, self.bruno)
        self.assertIn("Brewhouse", text)
        self.assertIn("This is a part: it has the records that Bruno takes over", text)
        self.assertIn("84,000", text)
        for unknown in ("Canteen", "1,500", "85,500", "Between Chen"):
            self.assertNotIn(unknown, text)

    def test_who_sees_no_handover_prints_none(self):
        request = self.make_request("transferred", self.two)
        for user in (self.other, self.employee, self.portal, self.foreigner):
            with self.subTest(user.name), self.assertRefused(AccessError):
                self.pdf(request, user)
            with self.subTest(user.name), self.assertRefused(AccessError):
                request.with_user(user).action_download_annex()

    def test_what_people_wrote_is_text(self):
        request = self.make_request(
            records=self.make_lead(name="<b>Bold</b> & Sons\x07\u202e"),
            purpose="<script>document.title</script><img src='http://x.test/i.png'/>",
        )
        html = self.env["ir.actions.report"].with_user(self.anna)
        html = html._render_qweb_html(REPORT, request.ids)[0].decode()
        self.assertIn("&lt;b&gt;Bold&lt;/b&gt; &amp; Sons", html)
        self.assertNotIn("<img src='http", html)
        self.assertNotIn("<script>document.title", html)
        self.assertNotIn('src="http', html)
        printed = self.printed(request, self.anna)
        self.assertIn("<b>Bold</b> & Sons", printed)
        self.assertNotRegex(printed, "[\x07\u202e]")

    def test_deals_are_worth_what_the_reader_may_know(self):
        """Who sees the handover need not see the deals themselves."""
        request = self.make_request("approved", self.two)
        boss = self.make_user("boss", "crm_handover.group_handover_approver")
        self.assertNotIn("84,000", self.printed(request, boss))
        self.assertIn("84,000", self.printed(request, self.anna))

    def test_permissions_are_for_who_sees_them(self):
        group = self.env["res.groups"].create({"name": "Key Cabinet"})
        self.env["handover.grantable"].create(
            {"group_id": group.id, "description": "opens the cabinet"}
        )
        request = self.make_request(records=self.two, coordinator_id=self.other.id)
        self.env["handover.grant"].with_user(self.anna).create(
            {"request_id": request.id, "user_id": self.bruno.id, "group_id": group.id}
        )
        self.assertIn("Key Cabinet", self.printed(request, self.anna))
        self.assertNotIn("Key Cabinet", self.printed(request, self.other))

    def test_many_records_stay_readable(self):
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": f"Deal {number}",
                    "type": "opportunity",
                    "user_id": self.anna.id,
                    "team_id": self.team.id,
                    "company_id": self.company.id,
                }
                for number in range(100)
            ]
        )
        request = self.make_request(records=leads)
        pages = self.pages(self.pdf(request, self.anna))
        self.assertLess(len(pages), 10)
        text = " ".join(pages)
        self.assertIn("and 60 more: see the annex.", text)
        self.assertIn("Deal 39", text)
        self.assertNotIn("Deal 41", text)
        with_rows = [page for page in pages if "Deal 2" in page or "Deal 39" in page]
        for page in with_rows:
            self.assertIn("Successor, state", page, "the heads come again")
        for number, page in enumerate(pages, 1):
            self.assertIn(f"Page {number} of {len(pages)}", page)

    def test_long_texts_are_on_no_page_lost(self):
        words = " ".join(f"word{number}" for number in range(1_200))
        request = self.make_request(records=self.two, purpose=words)
        text = self.printed(request, self.anna)
        for number in (0, 600, 1_199):
            self.assertIn(f"word{number}", text)
        request.line_ids[0].with_user(self.anna).note = words
        [kind] = request.with_user(self.anna)._document_values()["kinds"]
        notes = [row["note"] for row in kind["rows"] if row["note"]]
        self.assertEqual(len(notes), 1)
        self.assertTrue(notes[0].startswith("word0 "))
        self.assertTrue(notes[0].endswith(" […]"), "the annex has the rest")

    def test_risks_come_first(self):
        request = self.make_request(records=self.two)
        line = request.line_ids.filtered(lambda line: line.res_name == "Canteen")
        line.with_user(self.anna).write({"risk": "high", "note": "Price is open."})
        text = self.printed(request, self.anna)
        first = text.index("Price is open.")
        self.assertLess(text.index("Risks"), first)
        self.assertLess(first, text.index("Records by kind"))
        self.assertLess(first, text.index("Brewhouse"))

    def test_what_stays_is_said(self):
        self.make_lead(name="Won", active=False, probability=0)
        self.make_lead(name="Forgotten")
        request = self.make_request(records=self.two, move_meetings=False)
        text = self.printed(request, self.anna)
        self.assertIn("1 open ones are not on this handover.", text)
        self.assertIn("1 closed or archived ones stay with their owner.", text)
        self.assertIn("Future meetings stay with the predecessor.", text)

    def test_the_print_button_is_the_report(self):
        request = self.make_request(records=self.two)
        action = request.with_user(self.anna).action_print_document()
        self.assertEqual(
            (action["type"], action["report_name"]),
            ("ir.actions.report", "crm_handover_document.report_handover_document"),
        )


class TestPrinter(DocumentCase):
    def test_a_missing_font_is_named(self):
        request = self.make_request(records=self.make_lead(name=CHINESE))
        with (
            patch(f"{REPORTS}._handover_has_font", return_value=False),
            self.assertRefused(UserError, "fonts-noto-cjk"),
        ):
            self.pdf(request, self.anna)

    def test_without_chinese_no_font_is_asked_for(self):
        request = self.make_request(records=self.two)
        with patch(f"{REPORTS}._handover_has_font", return_value=False):
            self.assertIn("Brewhouse", self.printed(request, self.anna))

    def test_fontconfig_is_asked(self):
        reports = self.env["ir.actions.report"]
        self.assertTrue(reports._handover_has_font("zh"))
        self.assertFalse(reports._handover_has_font("xx"))
        path = f"{MODELS}.ir_actions_report.find_in_path"
        with patch(path, side_effect=OSError):
            self.assertFalse(reports._handover_has_font("zh"))

    def test_a_missing_printer_is_named(self):
        request = self.make_request(records=self.two)
        path = "odoo.addons.base.models.ir_actions_report.IrActionsReport"
        for state in ("install", "broken"):
            with (
                patch(f"{path}.get_wkhtmltopdf_state", return_value=state),
                self.assertRefused(UserError, "wkhtmltopdf"),
            ):
                self.pdf(request, self.anna)


class TestAnnex(DocumentCase):
    def annex(self, request, user):
        action = request.with_user(user).action_download_annex()
        wizard = int(action["url"].split("/")[4])
        wizard = self.env["handover.request.evidence"].browse(wizard)
        self.assertEqual(wizard.create_uid, user)
        return self.rows(b64decode(wizard.content))

    def test_it_has_all_records_as_text(self):
        formula = '=HYPERLINK("http://x.test")'
        lead = self.make_lead(name=formula, expected_revenue=12)
        request = self.make_request(records=lead | self.two)
        request.line_ids[0].with_user(self.anna).note = "@SUM(1+1)"
        content = request.with_user(self.anna)._document_annex()
        book = openpyxl.load_workbook(io.BytesIO(content))
        cells = [cell for row in book.active.iter_rows() for cell in row]
        self.assertFalse(
            [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
        )
        self.assertEqual({cell.data_type for cell in cells if cell.value}, {"s"})
        values = [cell.value for cell in cells]
        for known in (formula, "@SUM(1+1)", "Brewhouse", "Canteen"):
            self.assertIn(known, values)

    def test_a_successor_gets_own_records_only(self):
        request = self.split("transferred")
        names = [row[2] for row in self.annex(request, self.bruno)[1:]]
        self.assertEqual(names, ["Brewhouse"])
        names = [row[2] for row in self.annex(request, self.anna)[1:]]
        self.assertEqual(sorted(names), ["Brewhouse", "Canteen"])

    def test_chunks_leave_nothing_out_and_each_customer_stands_together(self):
        bakery, dairy = (
            self.make("res.partner", name=name) for name in ("Bakery", "Dairy")
        )
        leads = [
            self.make_lead(name=name, partner_id=partner.id)
            for name, partner in (("Oven", bakery), ("Milk", dairy), ("Flour", bakery))
        ]
        request = self.make_request(records=self.two.union(*leads))
        with patch(f"{MODELS}.handover_request_document_annex.CHUNK", 1):
            rows = [row[2:4] for row in self.annex(request, self.anna)[1:]]
        self.assertEqual(
            rows,
            [
                ["Oven", "Bakery"], ["Flour", "Bakery"], ["Milk", "Dairy"],
                ["Brewhouse", ""], ["Canteen", ""],
            ],
        )  # fmt: skip


class TestVersions(DocumentCase):
    def versions(self, request):
        return [
            (document.kind, document.lang, document.user_id)
            for document in request.sudo().document_ids.sorted("id")
        ]

    def text(self, document):
        return " ".join(self.pages(document.sudo().attachment_id.raw))

    def test_one_to_sign_comes_after_the_approval(self):
        request = self.make_request("approved", self.two)
        self.assertFalse(request.document_ids, "not inside of the click")
        self.assertEqual(request.document_due, "to_sign")
        self.run_document_cron()
        nobody = self.env["res.users"]
        self.assertEqual(self.versions(request), [("to_sign", "en_US", nobody)])
        self.assertFalse(request.document_due)
        self.run_document_cron()
        self.assertEqual(len(request.document_ids), 1, "once")
        document = request.document_ids
        for file in (document.attachment_id, document.annex_id):
            self.assertEqual(
                (file.res_model, file.res_id), ("handover.request", request.id)
            )
        text = self.text(document)
        self.assertIn("Version to sign", text)
        self.assertIn(request.digest, text)
        self.assertIn(document.annex_sha256, text)
        self.assertIn("Place, date, time", text)

    def test_the_final_one_comes_after_the_last_confirmation(self):
        request = self.make_request("transferred", self.two)
        self.run_document_cron()
        request.with_user(self.anna).action_confirm("Told the customers.")
        self.run_document_cron()
        self.assertEqual(len(request.document_ids), 1, "one is still to confirm")
        request.with_user(self.bruno).action_confirm()
        head = request.event_head
        self.run_document_cron()
        self.assertEqual([v[0] for v in self.versions(request)], ["to_sign", "final"])
        text = self.text(request.document_ids.sorted("id")[-1])
        for known in ("Final version", request.digest, head, "Told the customers."):
            self.assertIn(known, text)
        self.assertIn("Confirmed in Odoo on", text)
        self.assertTrue(request.verify()["ok"])
        self.assertTrue(all(not d.outdated for d in request.document_ids))

    def test_what_several_people_read_has_what_all_of_them_may_read(self):
        request = self.make_request(
            "transferred", self.two, coordinator_id=self.other.id
        )
        self.run_document_cron()
        text = self.text(request.document_ids)
        self.assertIn("Brewhouse", text)
        self.assertNotIn("84,000", text, "who coordinates may not open it")
        self.assertNotIn("84,000", self.printed(request, self.other))
        for user in (self.anna, self.bruno, self.approver):
            self.assertIn("84,000", self.printed(request, user), user.name)

    def test_each_language_of_the_people_gets_one(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.bruno.lang = "zh_CN"
        request = self.make_request("approved", self.two)
        self.run_document_cron()
        langs = sorted(lang for _kind, lang, _user in self.versions(request))
        self.assertEqual(langs, ["en_US", "zh_CN"])

    def test_what_runs_goes_first(self):
        request = self.make_request("running", self.two)
        self.run_document_cron()
        self.assertFalse(request.document_ids)
        self.run_cron()
        self.assertEqual(request.state, "transferred")
        self.run_document_cron()
        [document] = request.sudo().document_ids
        self.assertEqual(document.kind, "to_sign")
        self.assertIn("Handed over", self.text(document))

    def test_with_several_successors_each_gets_the_own_part(self):
        request = self.split("approved")
        self.run_document_cron()
        nobody = self.env["res.users"]
        found = {user for _kind, _lang, user in self.versions(request)}
        self.assertEqual(found, {nobody, self.bruno, self.chen})
        by_user = {document.user_id: document for document in request.document_ids}
        self.assertIn("Brewhouse", self.text(by_user[self.bruno]))
        self.assertNotIn("Canteen", self.text(by_user[self.bruno]))
        self.assertIn("Canteen", self.text(by_user[nobody]))
        files = request.document_ids.attachment_id | request.document_ids.annex_id
        self.assertEqual(set(files.mapped("res_model")), {"handover.document"})
        seen = {
            self.bruno: by_user[self.bruno],
            self.chen: by_user[self.chen],
            self.anna: request.document_ids,
            self.leader: request.document_ids,
            self.approver: request.document_ids,
            self.other: request.document_ids.browse(),
            self.foreigner: request.document_ids.browse(),
        }
        for user, documents in seen.items():
            with self.subTest(user.name):
                found = self.env["handover.document"].with_user(user).search([])
                self.assertEqual(found, documents)
                for document in request.document_ids:
                    allowed = document in documents
                    file = document.attachment_id.with_user(user)
                    self.assertEqual(file.has_access("read"), allowed)
                    annex = document.annex_id.with_user(user)
                    self.assertEqual(annex.has_access("read"), allowed)

    def test_of_several_who_give_nobody_gets_the_whole(self):
        """Each is printed with their own team, and gets the part that they take."""
        self.make_team("Second Team", self.leader, self.other)
        self.make_lead(self.other, name="Brewery")
        request = self.Request.with_user(self.manager).create(
            {
                "predecessor_ids": [Command.set((self.anna | self.other).ids)],
                "successor_id": self.bruno.id,
            }
        )
        request.action_collect()
        annas = request.line_ids.filtered(lambda one: one.predecessor_id == self.anna)
        annas.successor_id = self.other
        parties = request._document_parties([("request_id", "=", request.id)], False)
        teams = {party["name"]: party["detail"] for party in parties[:2]}
        self.assertIn(self.team.name, teams[self.anna.name])
        self.assertNotIn("Second Team", teams[self.anna.name])
        self.assertIn("Second Team", teams[self.other.name])
        versions = request.sudo()._document_versions()
        for version in versions:
            if self.other in version.readers:
                self.assertEqual(version.user, self.other)
        self.assertIn(self.other, [version.user for version in versions])
        # nor where one takes it all
        request.line_ids.successor_id = self.bruno
        request.action_submit()
        request.with_user(self.approver).action_approve()
        self.run_document_cron()
        for document in request.sudo().document_ids:
            for giver in self.anna | self.other:
                for file in (document.attachment_id, document.annex_id):
                    allowed = document.user_id == giver
                    self.assertEqual(file.with_user(giver).has_access("read"), allowed)

    def test_values_are_those_that_all_readers_know(self):
        request = self.make_request("approved", self.two)
        self.run_document_cron()
        text = self.text(request.document_ids)
        self.assertIn("Brewhouse", text)
        self.assertNotIn("84,000", text, "a manager without CRM reads it as well")
        for user in (self.manager, self.leader):
            user.group_ids += self.env.ref("sales_team.group_sale_manager")
        request = self.make_request("approved", self.make_lead(expected_revenue=66_000))
        self.run_document_cron()
        self.assertIn("66,000", self.text(request.document_ids))

    def test_a_new_successor_does_not_get_what_others_were_to_take(self):
        request = self.make_request("approved", self.two)
        self.run_document_cron()
        document = request.document_ids
        self.assertTrue(document.attachment_id.with_user(self.bruno).has_access("read"))
        request.with_user(self.anna).action_cancel()
        request.with_user(self.anna).action_draft()
        request.line_ids[0].with_user(self.anna).successor_id = self.chen
        for user in (self.bruno, self.chen):
            self.assertTrue(request.with_user(user).has_access("read"))
            for file in (document.attachment_id, document.annex_id):
                self.assertFalse(file.with_user(user).has_access("read"))
        self.assertTrue(document.attachment_id.with_user(self.anna).has_access("read"))
        self.assertTrue(document.outdated)

    def test_after_another_approval_there_is_another_version(self):
        request = self.make_request("approved", self.two)
        self.run_document_cron()
        request.with_user(self.anna).action_cancel()
        request.with_user(self.anna).action_draft()
        request.with_user(self.anna).write(
            {"date_planned": fields.Datetime.now() + timedelta(days=2)}
        )
        self.bring(request.with_user(self.anna), "approved")
        self.run_document_cron()
        first, second = request.document_ids.sorted("id")
        self.assertTrue(first.outdated)
        self.assertFalse(second.outdated)
        self.assertIn(request.digest, self.text(second))

    def test_nobody_changes_or_deletes_them(self):
        request = self.make_request("approved", self.two)
        self.run_document_cron()
        document = request.document_ids
        for user in (self.anna, self.manager, self.admin):
            mine = document.with_user(user)
            with self.subTest(user.name):
                with self.assertRefused(AccessError):
                    mine.write({"sha256": "0"})
                with self.assertRefused(AccessError):
                    mine.unlink()
                with self.assertRefused(AccessError):
                    mine.create({"request_id": request.id})
                for file in (document.attachment_id, document.annex_id):
                    with self.assertRefused(AccessError):
                        file.with_user(user).write({"raw": b"forged"})
                    with self.assertRefused(AccessError):
                        file.with_user(user).unlink()
        with self.assertRefused(AccessError):
            document.sudo().write({"sha256": "0"})
        with self.assertRefused(AccessError):
            request.with_user(self.anna).write({"document_due": False})

    def test_the_history_knows_the_file(self):
        request = self.make_request("approved", self.two)
        self.run_document_cron()
        document = request.document_ids
        event = request.event_ids.filtered(lambda event: event.code == "document")
        sha256 = hashlib.sha256(document.attachment_id.raw).hexdigest()
        self.assertEqual(document.sha256, sha256)
        self.assertEqual(event.data["sha256"], sha256)
        self.assertTrue(request.verify()["ok"])

    def test_a_failure_is_said_and_tried_again(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.bruno.lang = "zh_CN"
        request = self.make_request("approved", self.two)
        other = self.make_request("approved", self.make_lead(name="Other"))
        other.successor_ids.lang = "en_US"
        self.bruno.lang = "zh_CN"
        with patch(f"{REPORTS}._handover_has_font", return_value=False):
            self.run_document_cron()
        self.assertIn("fonts-noto-cjk", request.document_problem)
        self.assertEqual(request.document_due, "to_sign")
        self.run_document_cron()
        self.assertFalse(request.document_problem)
        self.assertEqual(len(request.document_ids), 2)

    @mute_logger(f"{MODELS}.handover_request_document")
    def test_one_failure_stops_no_other_handover(self):
        broken = self.make_request("approved", self.make_lead(name="Broken"))
        whole = self.make_request("approved", self.two)
        printed = type(broken)._print_version

        def fail(request, version):
            if request == broken:
                raise ValueError("broken")
            return printed(request, version)

        with patch.object(type(broken), "_print_version", fail):
            self.run_document_cron()
        self.assertEqual(len(whole.document_ids), 1)
        self.assertFalse(broken.document_ids)
        self.assertIn("log", broken.document_problem)
        self.assertNotIn("ValueError", broken.document_problem)

    def test_what_is_not_approved_any_more_gets_none(self):
        request = self.make_request("approved", self.two)
        request.with_user(self.anna).action_cancel()
        self.run_document_cron()
        self.assertFalse(request.document_ids)
        self.assertFalse(request.document_due)

    def test_an_approval_that_is_taken_back_takes_its_documents_back(self):
        request = self.make_request("approved", self.two)
        self.run_document_cron()
        document = request.document_ids
        request.with_user(self.approver).action_undo_approval()
        self.assertTrue(document.outdated)
        self.assertFalse(request.document_due)
        file = document.attachment_id
        self.assertFalse(file.with_user(self.bruno).has_access("read"))
        request.with_user(self.approver).action_approve()
        self.run_document_cron()
        self.assertEqual(len(request.document_ids), 2)

    def test_a_draft_goes_with_its_documents(self):
        request = self.make_request("approved", self.two)
        self.run_document_cron()
        files = request.document_ids.attachment_id | request.document_ids.annex_id
        request.with_user(self.anna).action_cancel()
        request.with_user(self.anna).action_draft()
        request.with_user(self.anna).unlink()
        self.assertFalse(request.exists())
        self.assertFalse(files.exists())
