"""A draft as a spreadsheet: downloaded, filled in, looked at, applied or refused."""

import base64
import csv
import io
import json
import zipfile
from unittest.mock import patch

import openpyxl

from odoo import Command
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover_spreadsheet import reader, workbook
from odoo.addons.crm_handover_spreadsheet.models.handover_request_spreadsheet import (
    WIDTHS,
)

from ..common import HandoverCommon

LIMIT = "crm_handover.max_records_per_call"


class SpreadsheetCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brewery = cls.make_customer(name="Brewery")
        cls.deal = cls.make_lead(
            name="Kettle", partner_id=cls.brewery.id, expected_revenue=84_000
        )
        cls.task = cls.make_task(name="=1+1")
        cls.request = cls.make_request(records=cls.deal)
        mine = cls.request.with_user(cls.anna)
        mine.add_records("project.task", cls.task.ids)
        mine.add_records("res.partner", cls.brewery.ids)
        cls.line, cls.task_line, cls.customer_line = (
            cls.request.line_ids.filtered(lambda line, r=r: line.res_model == r._name)
            for r in (cls.deal, cls.task, cls.brewery)
        )

    def book(self, user=None, request=None):
        """What somebody downloads, as openpyxl has it."""
        request = (request or self.request).with_user(user or self.anna)
        action = request.action_download_spreadsheet()
        wizard = action["url"].split("/")[4]
        content = request.env["handover.request.evidence"].browse(int(wizard)).content
        return openpyxl.load_workbook(io.BytesIO(base64.b64decode(content)))

    def rows(self, book):
        """The cells of a book: ``{record: {head: cell}}``."""
        head, *rows = book.worksheets[0].iter_rows()
        names = [cell.value for cell in head]
        found = [dict(zip(names, row, strict=True)) for row in rows]
        return {row["Record"].value: row for row in found}

    def content(self, book):
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()

    def upload(self, file, user=None, request=None, check=True):
        """The dialog with a file: a book, or bytes."""
        content = file if isinstance(file, bytes) else self.content(file)
        request = (request or self.request).with_user(user or self.anna)
        action = request.action_upload_spreadsheet()
        dialog = request.env[action["res_model"]].browse(action["res_id"])
        dialog.content = base64.b64encode(content)
        if check:
            self.assertEqual(dialog.action_check()["res_id"], dialog.id)
        return dialog

    def told(self, dialog):
        return [
            (row.kind, row.number, row.column, row.after or row.message)
            for row in dialog.row_ids
        ]

    def csv(self, *rows):
        return "\n".join(["Key,Successor,Risk,Note", *rows]).encode()


class TestSpreadsheet(SpreadsheetCase):
    def test_the_predecessor_fills_it_in_and_applies_it(self):
        """In another language than the one it was downloaded in."""
        self.line.with_user(self.anna).note = "  Call\r\nfirst\x07 "
        book = self.book()
        rows = self.rows(book)
        cells = {head: cell.value for head, cell in rows["Kettle"].items()}
        stamp = json.loads(cells.pop("As Downloaded"))
        self.assertEqual(stamp["owners"], self.anna.ids)
        self.assertEqual(
            cells,
            {
                "Key": f"crm.lead,{self.deal.id}", "Kind": self.line.scope_id.name,
                "Record": "Kettle", "Customer": "Brewery", "Stage": "New",
                "Value": 84_000, "Currency": self.company.currency_id.name,
                "Next Step": None, "Owner": "Anna", "Successor": "Bruno",
                "Team's Pool": None, "Risk": "None", "Note": "Call\nfirst\ufffd",
            },
        )  # fmt: skip
        formula = rows["=1+1"]["Record"]
        self.assertEqual(formula.data_type, "s", "a text is no formula")
        proposed = [cell.value for cell in book["lists"]["A"]]
        self.assertIn("Chen", proposed)
        self.assertNotIn("Anna", proposed)
        self.assertNotIn("Foreigner", proposed)
        # what is filled in stays a text, also where nothing stands yet
        columns = book.worksheets[0].column_dimensions
        looks = {
            head: columns[cell.column_letter].number_format
            for head, cell in rows["Kettle"].items()
        }
        text = {head for head, look in looks.items() if look == "@"}
        self.assertEqual(text, {"Successor", "Team's Pool", "Risk", "Note"})
        self.assertEqual(rows["Kettle"]["Note"].number_format, "@")

        self.env["res.lang"]._activate_lang("de_DE")
        self.anna.lang = "de_DE"
        before = self.snapshot()
        self.assertFalse(self.told(self.upload(book)), "nothing was filled in")
        rows["Kettle"]["Successor"].value = "chen@home.test"
        rows["Kettle"]["Risk"].value = "High"
        rows["=1+1"]["Successor"].value = None
        rows["=1+1"]["Team's Pool"].value = None
        rows["Brewery"]["Note"].value = "@home since 1870"
        dialog = self.upload(book)
        self.assertSameAs(before)
        self.assertEqual({row.kind for row in dialog.row_ids}, {"change"})
        self.assertEqual((dialog.change_count, len(dialog.row_ids)), (3, 4))
        version = self.request.version
        dialog.action_apply()
        self.assertEqual(self.line.successor_id, self.chen)
        self.assertEqual(self.line.risk, "high")
        self.assertEqual(
            self.line.note, "  Call\r\nfirst\x07 ", "it was left as it was"
        )
        self.assertFalse(self.task_line.successor_id)
        self.assertEqual(self.customer_line.note, "@home since 1870")
        self.assertEqual(self.request.version, version + 1, "one change")
        self.assertIn(self.chen, self.request.successor_ids)
        with self.assertRefused(UserError, "."):
            dialog.action_apply()

    def test_csv_from_elsewhere_is_taken_as_well(self):
        key = f"crm.lead, {self.deal.id}"
        file = f"risk;KEY;Unknown\nhigh;{key};1\n;;\n".encode("utf-8-sig")
        dialog = self.upload(file)
        self.assertEqual(self.told(dialog), [("change", 2, "Risk", "High")])
        dialog.action_apply()
        self.assertEqual(self.line.risk, "high")

    def test_a_pool_takes_the_place_of_a_successor(self):
        book = self.book()
        rows = self.rows(book)
        rows["Kettle"]["Team's Pool"].value = "home team"
        rows["Brewery"]["Team's Pool"].value = "Home Team"
        dialog = self.upload(book)
        self.assertEqual(
            [row[:3] for row in self.told(dialog)],
            [
                ("problem", self.rows(book)["Brewery"]["Key"].row, "Team's Pool"),
                ("change", self.rows(book)["Kettle"]["Key"].row, "Successor"),
                ("change", self.rows(book)["Kettle"]["Key"].row, "Team's Pool"),
            ],
            "a customer always belongs to somebody; what is replaced is told",
        )
        self.assertEqual(
            [(row.before, row.after) for row in dialog.row_ids[1:]],
            [("Bruno", "–"), ("–", "Home Team")],
        )
        rows["Brewery"]["Team's Pool"].value = None
        self.upload(book).action_apply()
        self.assertEqual(self.line.pool_team_id, self.team)
        self.assertFalse(self.line.successor_id)
        # and the other way round
        book = self.book()
        self.rows(book)["Kettle"]["Successor"].value = "Bruno"
        self.upload(book).action_apply()
        self.assertFalse(self.line.pool_team_id)
        self.assertEqual(self.line.successor_id, self.bruno)

    def test_what_was_left_as_it_was_asks_for_nothing(self):
        """Whatever became of those whom it names, and in another language."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.team.with_context(lang="de_DE").name = "Heimat"
        book = self.book()
        rows = self.rows(book)
        self.assertIn("Home Team", [cell.value for cell in book["lists"]["B"]])
        rows["Kettle"]["Team's Pool"].value = "Home Team"
        german = self.request.with_context(lang="de_DE")
        self.upload(book, request=german).action_apply()
        self.assertEqual(self.line.pool_team_id, self.team)

        book = self.book(request=german)
        self.assertEqual(self.cell(book, "Kettle", "pool"), "Heimat")
        abroad = self.env["crm.team"].create(
            {"name": "Abroad", "company_id": self.abroad.id}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_team SET active = false WHERE id = %s", [self.team.id]
        )
        self.env.cr.execute(
            "UPDATE res_users SET share = true WHERE id = %s", [self.bruno.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self.told(self.upload(book)), [])
        # but nothing is told of what the caller may not read
        stamp = json.loads(self.cell(book, "Kettle", "stamp"))
        for id_ in (abroad.id, [abroad.id], True, 2**70):
            stamp["pool_team_id"] = id_
            key = f"crm.lead,{self.deal.id}"
            file = io.StringIO()
            writer = csv.writer(file)
            writer.writerow(["Key", "Team's Pool", "As Downloaded"])
            writer.writerow([key, "Abroad", json.dumps(stamp)])
            dialog = self.upload(file.getvalue().encode())
            self.assertIn("No sales team", dialog.row_ids.message, id_)

    def cell(self, book, record, name):
        """The text of a cell, by the column's name, in whatever language."""
        number = list(WIDTHS).index(name)
        found = [
            row for row in book.worksheets[0].iter_rows() if row[2].value == record
        ]
        return found[0][number].value

    def test_each_row_says_what_is_wrong_and_nothing_is_changed(self):
        gone = self.make_user("gone", "base.group_user", active=False)
        elsewhere = self.make_lead(name="Elsewhere")
        key = f"crm.lead,{self.deal.id}"
        before = self.snapshot()
        dialog = self.upload(
            self.csv(
                f'"{key}",Nobody',
                f'"{key}",Chen',
                ",Chen",
                f'"crm.lead,{elsewhere.id}",Chen',
            )
        )
        self.assertEqual(
            [row[:3] for row in self.told(dialog)],
            [
                ("problem", 2, "Successor"), ("problem", 3, "Key"),
                ("problem", 4, "Key"), ("problem", 5, "Key"),
            ],
        )  # fmt: skip
        for file, column, reason in (
            (f'"{key}",Gone,,', "Successor", "Gone was archived"),
            (f'"{key}",Foreigner,,', "Successor", "."),
            (f'"{key}",Anna,,', "Successor", "Nobody hands work over to themselves"),
            (f'"{key}",Portal,,', "Successor", "Nobody is called “Portal”"),
            (f'"{key}",Chen,enormous,', "Risk", "None, Low, Medium, High"),
            (f'"{key}",Chen,,{"x" * 10_001}', "Note", "10000 are allowed"),
        ):
            with self.subTest(file[:40]):
                dialog = self.upload(self.csv(file))
                [row] = dialog.row_ids.filtered(lambda row: row.kind == "problem")
                self.assertEqual((row.number, row.column), (2, column))
                self.assertRegex(row.message, reason)
                with self.assertRefused(UserError, f"Row 2, {column}: "):
                    dialog.action_apply()
        dialog = self.upload(self.csv(f'"{key}",Bruno,,a\0b'))
        self.assertEqual(dialog.row_ids.after, "a\ufffdb")
        self.assertTrue(gone)
        self.assertSameAs(before)

    def test_what_changed_since_the_download_is_not_written_over(self):
        book = self.book()
        for name in ("Kettle", "=1+1", "Brewery"):
            self.rows(book)[name]["Note"].value = "From the file"
        self.line.with_user(self.anna).note = "On the screen"
        self.line.with_user(self.anna).successor_id = self.chen
        self.task.user_ids = self.other
        dialog = self.upload(book)
        told = {row.record: row for row in dialog.row_ids}
        self.assertEqual(told["Kettle"].kind, "problem")
        self.assertIn("“On the screen”", told["Kettle"].message)
        self.assertEqual(told["=1+1"].column, "Owner")
        self.assertEqual(told["Brewery"].kind, "change")
        # what was left as it was is no wish
        self.rows(book)["Kettle"]["Note"].value = None
        self.rows(book)["=1+1"]["Note"].value = None
        dialog = self.upload(book)
        self.assertEqual([row.record for row in dialog.row_ids], ["Brewery"])
        # nor is it written over what came between the look and the applying
        self.customer_line.with_user(self.anna).note = "Faster"
        with self.assertRefused(UserError, "“Faster”"):
            dialog.action_apply()
        self.assertEqual(self.customer_line.note, "Faster")
        self.assertEqual(self.line.successor_id, self.chen)

    def test_who_has_a_name_with_others_is_asked_for_and_never_guessed(self):
        group = "sales_team.group_sale_salesman"
        one, two = (self.make_user(login, group, name="Li Wei") for login in "ab")
        self.make_user("c", group, name="Li Wei", active=False)
        book = self.book()
        proposed = [cell.value for cell in book["lists"]["A"]]
        self.assertIn("Li Wei (a@home.test)", proposed)
        rows = self.rows(book)
        rows["Kettle"]["Successor"].value = "li wei"
        rows["=1+1"]["Successor"].value = "li wei"
        rows["Brewery"]["Successor"].value = "Li Wei (a@home.test)"
        dialog = self.upload(book)
        self.assertEqual(dialog.question_count, 1, "asked once")
        question = dialog.row_ids.filtered(lambda row: row.kind == "question")
        self.assertEqual(question.people_ids, one | two)
        with self.assertRefused(UserError, "Several people are called “li wei”"):
            dialog.action_apply()
        question.choice_id = self.chen
        dialog.action_check()
        self.assertEqual(dialog.question_count, 1, "nobody of that name")
        question = dialog.row_ids.filtered(lambda row: row.kind == "question")
        question.choice_id = two
        # of another file nothing was said
        file, key = dialog.content, f"crm.lead,{self.deal.id}"
        dialog.content = base64.b64encode(self.csv(f'"{key}",li wei'))
        dialog.action_check()
        self.assertEqual(dialog.question_count, 1)
        dialog.content = file
        dialog.action_check()
        self.assertEqual(dialog.question_count, 1)
        question = dialog.row_ids.filtered(lambda row: row.kind == "question")
        question.choice_id = two
        dialog.action_check()
        dialog.action_check()
        self.assertFalse(dialog.question_count)
        dialog.action_apply()
        self.assertEqual((self.line | self.task_line).successor_id, two)
        self.assertEqual(self.customer_line.successor_id, one)
        # a name that is still there asks nothing
        self.assertFalse(self.upload(self.book()).row_ids)

    def test_which_of_several_teams_is_asked_and_never_guessed(self):
        twin = self.make_team("Home Team", self.leader, self.chen)
        book = self.book()
        self.rows(book)["Kettle"]["Team's Pool"].value = "home team"
        dialog = self.upload(book)
        [question] = dialog.row_ids.filtered(lambda row: row.kind == "question")
        self.assertTrue(question.asks_team)
        self.assertEqual(question.team_ids, self.team | twin)
        with self.assertRefused(UserError, "Several teams are called “home team”"):
            dialog.action_apply()
        question.team_choice_id = twin
        dialog.action_check()
        dialog.action_check()
        self.assertFalse(dialog.question_count)
        dialog.action_apply()
        self.assertEqual(self.line.pool_team_id, twin)

    def test_files_that_are_none(self):
        book = self.book()
        self.rows(book)["Kettle"]["Note"].value = "=1+1"
        dialog = self.upload(book)
        self.assertIn("formula", dialog.row_ids.message)
        good = self.content(self.book())

        def packed(**parts):
            file = io.BytesIO(good)
            with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as target:
                for name, content in parts.items():
                    target.writestr(name.replace("__", "/"), content)
            return file.getvalue()

        far = self.book()
        far.worksheets[0].cell(reader.MAX_ROWS + 9, 1, "never seen")
        # the first of the cells has the value, and the others nothing
        merged = self.book()
        merged.worksheets[0].merge_cells("I2:I4")
        wide = '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
        entity = wide.encode()
        for content, reason in {
            b"%PDF-1.4 \xff": "cannot be read",
            b"PK\x03\x04 broken": "cannot be read",
            good[: len(good) // 2]: "cannot be read",
            b"": "Choose a file",
            b"Name,Note\nKettle,x": "no column Key",
            b"Key,Kind\n1,2": "no column Key",
            b"Key,Note,note\n1,2,3": "there twice",
            "Key,Note\n1,人".encode("gbk"): "cannot be read",
            packed(**{"xl__externalLinks__externalLink1.xml": b"<x/>"}): "other files",
            packed(**{"xl__vbaProject.bin": b"x"}): "other files",
            packed(**{"xl__evil.xml": entity}): "other files",
            packed(**{"xl__evil.bin": b"<!ENTITY"}): "other files",
            packed(**{"xl__evil.rels": wide.encode("utf-16")}): "other files",
            packed(evil=wide.encode("utf-16-be")): "other files",
            packed(evil=wide.encode("utf-32-le")): "other files",
            packed(evil=b"<?xml version='1.0' encoding='UTF-7'?>"): "other",
            packed(bomb=bytes(reader.MAX_UNPACKED)): "too large",
            b"x" * (reader.MAX_FILE + 1): "too large",
            self.content(far): "too large",
            self.content(merged): "are merged",
        }.items():
            with self.subTest(content[:20]), self.assertRefused(UserError, reason):
                self.upload(content)
        # rows that are there for their looks alone
        looks = self.book()
        far = looks.worksheets[0].row_dimensions[reader.LAST_ROW]
        far.height = 30
        self.assertFalse(self.upload(looks).row_ids)
        # what a printer is called is no text of a sheet
        printer = "HP LaserJet".encode("utf-16-le")
        self.assertFalse(self.upload(packed(printer=printer)).row_ids)
        self.env["ir.config_parameter"].set_param(LIMIT, "1")
        with self.assertRefused(UserError, "3 rows in one file"):
            self.upload(good)

    def test_who_may_not_see_or_change_it_gets_nowhere(self):
        book = self.book()
        self.rows(book)["Kettle"]["Note"].value = "Mine"
        for login in ("other", "alldocs", "foreigner", "employee", "portal"):
            theirs = self.request.with_user(getattr(self, login))
            for name in ("action_download_spreadsheet", "action_upload_spreadsheet"):
                with self.subTest(login=login), self.assertRefused(AccessError):
                    getattr(theirs, name)()
        # superiors and successors read it
        for user in (self.bruno, self.leader):
            self.assertIn("Kettle", self.rows(self.book(user)))
            with self.assertRefused(AccessError):
                self.upload(book, user)
        # nobody has a dialog about it of their own
        with self.assertRefused(AccessError):
            self.env["handover.request.upload"].with_user(self.other).create(
                {"request_id": self.request.id}
            )

    def test_the_predecessor_of_somebody_elses_draft_writes_notes_alone(self):
        request = self.make_request(records=self.make_lead(name="Tap"), by=self.manager)
        book = self.book(request=request)
        rows = self.rows(book)
        rows["Tap"]["Note"].value = "Knows all"
        rows["Tap"]["Successor"].value = "Chen"
        dialog = self.upload(book, request=request)
        [row] = dialog.row_ids
        self.assertEqual((row.kind, row.column), ("problem", "Successor"))
        rows["Tap"]["Successor"].value = "Bruno"
        self.upload(book, request=request).action_apply()
        self.assertEqual(request.line_ids.note, "Knows all")

    def test_of_several_who_give_each_writes_notes_of_their_own_alone(self):
        chens = self.make_lead(self.chen, name="Copper")
        self.make_lead(name="Malt")
        request = self.Request.with_user(self.leader).create(
            {
                "predecessor_ids": [Command.set((self.anna | self.chen).ids)],
                "successor_id": self.bruno.id, "reason_id": self.reason.id,
            }
        )  # fmt: skip
        request.action_collect()
        rows = self.rows(book := self.book(request=request))
        self.assertNotIn("Copper", rows)
        rows["Malt"]["Note"].value = "From Bavaria"
        self.upload(book, request=request).action_apply()
        notes = {line.res_name: line.note for line in request.line_ids}
        self.assertEqual((notes["Malt"], notes["Copper"]), ("From Bavaria", False))
        rows["Malt"]["Successor"].value = "Other"
        [told] = self.told(self.upload(book, request=request))
        self.assertIn("only the requester", told[-1])
        theirs = self.csv(f"crm.lead,{chens.id},,,Mine")
        [told] = self.told(self.upload(theirs, request=request))
        self.assertIn("No record of this handover has the key", told[-1])
        with self.assertRefused(AccessError):
            self.upload(book, user=self.bruno, request=request)

    def test_a_record_that_the_reader_may_not_open_tells_its_name_alone(self):
        self.brewery.sudo().write({"company_id": self.company.id})
        secret = self.make_task(self.anna, name="Plan B")
        request = self.make_request(records=secret, by=self.anna)
        self.project.privacy_visibility = "followers"
        cells = self.rows(self.book(self.leader, request))["Plan B"]
        stamp = json.loads(cells["As Downloaded"].value)
        self.assertIsNone(stamp["owners"])
        for head in ("Customer", "Stage", "Next Step", "Owner"):
            self.assertFalse(cells[head].value, head)

    def test_only_a_draft_is_filled_in(self):
        book = self.book()
        self.rows(book)["Kettle"]["Risk"].value = "High"
        dialog = self.upload(book)
        self.bring(self.request.with_user(self.anna), "submitted")
        before = self.snapshot()
        for method in (dialog.action_apply, dialog.action_check):
            with self.assertRefused(UserError, "is no draft"):
                method()
        with self.assertRefused(UserError, "is no draft"):
            self.book()
        self.assertSameAs(before)


class TestMany(SpreadsheetCase):
    SECONDS = 8
    COUNT = 400

    @classmethod
    def make_leads(cls, count):
        """Many at once; how they come into being is not the question."""
        cls.env.flush_all()
        columns = "name, type, user_id, team_id, company_id, stage_id, active, priority"
        cls.env.cr.execute(
            f"""INSERT INTO crm_lead ({columns})
            SELECT 'Deal ' || n, {columns.partition(", ")[2]}
            FROM crm_lead, generate_series(1, %s) AS n WHERE id = %s RETURNING id""",
            [count, cls.deal.id],
        )
        return cls.deal.browse(id_ for [id_] in cls.env.cr.fetchall())

    def test_it_takes_few_queries_however_many_records_there_are(self):
        request = self.make_request(records=self.make_leads(self.COUNT))
        self.env.flush_all()
        self.env.invalidate_all()
        queries, counts = self.env.cr.sql_log_count, {}

        def took(step):
            nonlocal queries
            counts[step] = self.env.cr.sql_log_count - queries
            queries = self.env.cr.sql_log_count

        book = self.book(request=request)
        for number, cells in enumerate(self.rows(book).values()):
            cells["Successor"].value = "Chen"
            cells["Note"].value = f"Note {number}"
        took("download")
        dialog = self.upload(book, request=request)
        took("check")
        dialog.action_apply()
        self.env.flush_all()
        took("apply")
        self.assertEqual(dialog.change_count, self.COUNT)
        self.assertEqual(dialog.unlisted_count, 2 * self.COUNT - 500)
        self.assertEqual(request.line_ids.successor_id, self.chen)
        self.assertEqual(len(set(request.line_ids.mapped("note"))), self.COUNT)
        self.assertLess(counts["download"], 150)
        self.assertLess(counts["check"], 150)
        self.assertLess(counts["apply"], 150 + 2 * self.COUNT, counts)


class TestParts(HandoverCommon):
    def test_examples_in_the_code(self):
        self.assertExamples(workbook)
        self.assertExamples(reader)

    def test_a_long_text_is_cut_and_not_lost(self):
        with patch.object(workbook, "LONGEST", 5):
            self.assertEqual(workbook.written("Kettles"), "Kettl")
