"""The scripts of examples/, from outside, on both protocols."""

import csv
import io
import json
import re
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from threading import Thread
from unittest.mock import patch
from zipfile import ZipFile

import openpyxl

from odoo import fields
from odoo.tools import mute_logger

from odoo.addons.crm_handover.evidence import verify

from ..common import MANAGER, PROJECT_USER
from ..rpc.test_rpc import NOISE, RpcCase

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
sys.path.append(str(EXAMPLES))

from handover_scripts import cli, clients, following, handing_over, people_file  # noqa: E402

SALES_MANAGER = "sales_team.group_sale_manager"
HEAD = (
    *("person", "from", "until", "to", "kind", "record", "reason", "purpose", "key"),
    *("company", "cover"),
)


class ScriptCase(RpcCase):
    @classmethod
    def get_ready(cls):
        super().get_ready()
        # one that the demo data do not have as well
        cls.reason.name = "Goes to sea"
        # scripts have a user of their own
        cls.robot = cls.make_user("robot", f"{MANAGER},{SALES_MANAGER},{PROJECT_USER}")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys["robot"] = cls.make_key(cls.robot)

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, *rows, name="people.csv"):
        """Write a list; rows are dictionaries."""
        path = self.folder / name
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, HEAD)
            writer.writeheader()
            writer.writerows(rows)
        return str(path)

    def run_script(self, *words, protocol="json2", login="robot", key=None):
        """Run the program as somebody; return its exit code and what it printed."""
        words = [
            *("--url", self.base_url(), "--database", self.env.cr.dbname),
            *("--protocol", protocol, "--login", getattr(self, login).login, *words),
        ]
        key = key or self.keys[login]
        out, err = io.StringIO(), io.StringIO()
        with (
            mute_logger(*NOISE),
            self.outside(),
            patch.dict("os.environ", HANDOVER_KEY=key),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = cli.main(words)
        self.env.invalidate_all()
        return code, out.getvalue() + err.getvalue()

    def assertEnds(self, expected, *words, **options):
        code, said = self.run_script(*words, **options)
        self.assertEqual(code, expected, said)
        return said

    def handovers(self):
        return self.Request.search([("predecessor_id", "=", self.anna.id)])

    def row(self, **values):
        return {
            "person": self.anna.login, "to": self.bruno.login,
            "from": "2097-01-01", "reason": self.reason.name, **values,
        }  # fmt: skip


class TestScripts(ScriptCase):
    def tell_the_whole_way(self, protocol):
        deal, other = self.make_lead(), self.make_lead(name="Other")
        customer = self.make_customer()
        path = self.write(
            self.row(key=f"whole {protocol}"),
            self.row(
                to=self.chen.name, kind="crm.lead", record="Other",
                key=f"whole {protocol}",
            ),
        )  # fmt: skip
        before = self.handovers()
        said = self.assertEnds(cli.WELL, "plan", path, protocol=protocol)
        self.assertIn("nothing was changed", said)
        self.assertIn(f"crm.lead Other → {self.chen.name}: 1 record(s)\n", said)
        self.assertIn(f"the rest → {self.bruno.login}: 2 record(s)\n", said)
        self.assertEqual(self.handovers(), before)

        self.assertEnds(cli.WELL, "apply", path, protocol=protocol)
        request = self.handovers() - before
        self.assertEqual(request.state, "submitted")
        takers = {line.res_id: line.successor_id for line in request.line_ids}
        self.assertEqual(takers[other.id], self.chen)
        self.assertEqual(takers[deal.id], self.bruno)
        self.assertEqual(takers[customer.id], self.bruno)

        # a second run finds it there
        said = self.assertEnds(cli.WELL, "apply", path, "--json", protocol=protocol)
        self.assertIn(request.name, said)
        self.assertEqual(self.handovers() - before, request)
        waits = ("watch", request.name)
        self.assertEnds(cli.UNFINISHED, *waits, protocol=protocol)
        request.with_user(self.leader).action_approve()
        request.with_user(self.leader).action_run()
        self.assertOwner(other, self.chen)
        said = self.assertEnds(cli.WELL, *waits, protocol=protocol)
        self.assertIn("3 of 3 handed over", said)

        # a third one as well, though the records are the successors' now
        said = self.assertEnds(cli.WELL, "apply", path, protocol=protocol)
        self.assertIn(f"{request.name}: {self.anna.login}, transferred", said)
        said = self.assertEnds(cli.WELL, "plan", path, protocol=protocol)
        self.assertIn(f"crm.lead Other → {self.chen.name}\n", said)
        self.assertIn(f"the rest → {self.bruno.login}\n", said)
        self.assertEqual(self.handovers() - before, request)

        self.assertEnds(
            cli.WELL, "evidence", request.client_key, "--folder", str(self.folder),
            protocol=protocol,
        )  # fmt: skip
        evidence = json.loads((self.folder / f"{request.client_key}.json").read_text())
        self.assertNotIn(False, [well for well, _said in verify.check(evidence)])
        return request

    def test_json2_from_the_list_to_the_evidence(self):
        self.tell_the_whole_way("json2")

    def test_odoorpc_from_the_list_to_the_evidence(self):
        self.tell_the_whole_way("odoorpc")

    def test_a_run_that_was_cut_off_goes_on(self):
        self.make_lead()
        path = self.write(self.row(key="cut"))
        cut = clients.Unreachable("cut")
        with patch.object(handing_over, "_fill", side_effect=cut):
            said = self.assertEnds(cli.UNREACHABLE, "apply", path)
        self.assertIn("cut", said)
        request = self.handovers()
        self.assertRecordValues(request, [{"state": "draft", "line_count": 0}])
        self.assertEnds(cli.WELL, "apply", path)
        self.assertEqual(self.handovers(), request)
        self.assertRecordValues(request, [{"state": "submitted", "line_count": 1}])
        # what another user made with the same key is none of theirs
        chens = self.make_request(
            records=self.make_lead(self.chen), by=self.chen,
            predecessor_id=self.chen.id, client_key="cut twice",
        )  # fmt: skip
        chens.with_user(self.chen).action_submit()
        path = self.write(
            self.row(key="cut twice"),
            self.row(kind="crm.lead", record="none", key="cut twice"),
        )
        said = self.assertEnds(cli.REFUSED, "plan", path)
        self.assertIn("row 3: whoever hands over has no “none”", said)
        # the key belongs to what was sent with it
        path = self.write(self.row(key="cut", purpose="Something else"))
        said = self.assertEnds(cli.REFUSED, "apply", path)
        self.assertIn("row 2", said)
        self.assertIn("from something else", said)

    def test_each_row_that_is_wrong_is_named_and_nothing_is_made(self):
        self.make_user("twin", "base.group_user", name="Twin")
        self.make_user("twin2", "base.group_user", name="Twin")
        self.make_lead()
        theirs = self.make_lead(self.other)
        path = self.write(
            self.row(),
            self.row(person="nobody@home.test"),
            self.row(to="Twin", key="twins"),
            self.row(**{"from": "2097-13-45"}),
            self.row(record="Deal"),
            self.row(kind="res.country", key="kind"),
            self.row(kind="crm.lead", record="No such deal", key="record"),
            self.row(reason="Whatever", key="reason"),
            self.row(person=""),
            self.row(until="2096-01-01"),
            # somebody else's, and none at all
            self.row(kind="crm.lead", record=str(theirs.id), key="theirs"),
            self.row(kind="crm.lead", record="2147483640", key="none"),
        )
        said = self.assertEnds(cli.REFUSED, "apply", path)
        for number in range(3, 14):
            self.assertIn(f"row {number}: ", said)
        self.assertNotIn("row 2:", said)
        self.assertIn("twin2@home.test, twin@home.test", said)
        self.assertFalse(self.handovers())
        self.assertEnds(cli.REFUSED, "apply", path, "--rest", "--draft")
        self.assertRecordValues(self.handovers(), [{"state": "draft"}])

    def test_what_two_rows_give_to_two_people_is_refused(self):
        deal = self.make_lead(name="Both")
        chens = {"to": self.chen.login}
        path = self.write(
            self.row(),
            self.row(**chens),
            self.row(kind="crm.lead"),
            self.row(kind="crm.lead", **chens),
            self.row(kind="crm.lead", record="Both"),
            self.row(kind="crm.lead", record=str(deal.id), **chens),
            # the same once more says nothing else
            self.row(kind="crm.lead"),
        )
        said = self.assertEnds(cli.REFUSED, "plan", path)
        for number, first in ((3, 2), (5, 4), (7, 6)):
            told = f"row {number}: this goes to somebody already, by row {first}"
            self.assertIn(told, said)
        self.assertEqual(said.count("goes to somebody"), 3)
        path = self.write(self.row(kind="crm.lead"), self.row(kind="crm.lead"))
        said = self.assertEnds(cli.WELL, "plan", path)
        self.assertIn(f"crm.lead → {self.bruno.login}: 1 record(s)\n", said)

    def test_records_of_two_kinds_with_one_id_go_each_to_their_own_person(self):
        self.env.cr.execute(
            "SELECT nextval('crm_lead_id_seq'), nextval('project_task_id_seq')"
        )
        free = max(self.env.cr.fetchone())
        self.env.cr.execute(
            "SELECT setval('crm_lead_id_seq', %s), setval('project_task_id_seq', %s)",
            [free, free],
        )
        lead, task, customer = self.make_lead(), self.make_task(), self.make_customer()
        self.assertEqual(lead.id, task.id)
        single = {"kind": "crm.lead", "record": str(lead.id), "to": self.other.login}
        path = self.write(
            self.row(key="ids"),
            self.row(**single, key="ids"),
            self.row(kind="project.task", to=self.chen.login, key="ids"),
        )
        self.assertEnds(cli.WELL, "apply", path)
        request = self.handovers()
        self.assertEqual(
            {line.res_model: line.successor_id for line in request.line_ids},
            {
                "crm.lead": self.other,
                "project.task": self.chen,
                "res.partner": self.bruno,
            },
        )
        self.assertEqual(customer.user_id, self.anna)

        # what comes to the list later is told by its row, by each command
        second = self.make_lead(name="Second")
        path = self.write(
            self.row(key="ids"),
            self.row(**single, key="ids"),
            self.row(kind="project.task", to=self.leader.login, key="ids"),
            self.row(kind="crm.lead", record="Second", to=self.chen.login, key="ids"),
        )
        for command in ("plan", "apply"):
            said = self.assertEnds(cli.REFUSED, command, path)
            told = f"is not so in {request.name}, which was submitted before"
            self.assertIn(f"row 4: {told}: 1 of its records go to somebody else", said)
            self.assertIn(f"row 5: {told}: “Second” is not in it", said)
            self.assertNotIn("row 2:", said)
            self.assertNotIn("row 3:", said)
        self.assertEqual(request.line_ids.filtered("successor_id"), request.line_ids)
        self.assertEqual(self.handovers(), request)
        self.assertOwner(second, self.anna)

    def test_a_kind_that_came_to_the_list_later_is_told(self):
        self.make_task()
        self.make_lead()
        leads = self.row(kind="crm.lead", key="kinds")
        self.assertEnds(cli.WELL, "apply", self.write(leads))
        path = self.write(leads, self.row(kind="project.task", key="kinds"))
        said = self.assertEnds(cli.REFUSED, "apply", path)
        self.assertIn("it was submitted without this kind", said)
        self.assertNotIn("row 2:", said)

    def test_one_person_by_two_names_is_one_handover(self):
        self.make_task()
        self.make_lead()
        path = self.write(
            self.row(kind="crm.lead"),
            self.row(person=self.anna.name, kind="project.task", to=self.chen.login),
        )
        self.assertEnds(cli.WELL, "apply", path)
        request = self.handovers()
        self.assertEqual(len(request), 1)
        self.assertEqual(request.line_ids.successor_id, self.bruno | self.chen)
        # and so it is in whichever order the list names them the next time
        path = self.write(
            self.row(person=self.anna.name, kind="project.task", to=self.chen.login),
            self.row(kind="crm.lead"),
        )
        self.assertEnds(cli.WELL, "apply", path)
        self.assertEqual(self.handovers(), request)
        path = self.write(
            self.row(key="one"),
            self.row(person=self.other.login, key="one"),
            self.row(person=self.anna.name, key="one", reason="Another"),
        )
        said = self.assertEnds(cli.REFUSED, "plan", path)
        self.assertIn("row 3: row 2 has this key", said)
        self.assertIn("row 4: row 2 gives another reason", said)

    def test_a_row_that_was_taken_off_the_list_holds_up_the_draft(self):
        self.make_lead()
        self.make_task()
        leads = self.row(kind="crm.lead", key="fewer", to=self.chen.login)
        tasks = self.row(kind="project.task", key="fewer")
        self.assertEnds(cli.WELL, "apply", self.write(leads, tasks), "--draft")
        path = self.write(tasks)
        for command in ("plan", "apply"):
            said = self.assertEnds(cli.REFUSED, command, path)
            self.assertIn("row 2", said)
            self.assertIn("1 record(s) are on the draft that no row names", said)
        self.assertEqual(self.handovers().state, "draft")
        path = self.write(tasks, self.row(key="fewer", kind="crm.lead"))
        self.assertEnds(cli.WELL, "apply", path)
        self.assertEqual(self.handovers().line_ids.successor_id, self.bruno)

    def test_a_record_is_named_as_a_whole(self):
        """Odoo finds contacts by their e-mail as well."""
        customer = self.make_customer(name="Whole Name", email="whole@customer.test")
        wrong = self.row(kind="res.partner", record="whole@customer.test")
        said = self.assertEnds(cli.REFUSED, "plan", self.write(wrong))
        self.assertIn("row 2: whoever hands over has no “whole@customer.test”", said)
        path = self.write(self.row(kind="res.partner", record="Whole Name"))
        self.assertEnds(cli.WELL, "apply", path)
        self.assertEqual(self.handovers().line_ids.res_id, customer.id)

    def test_a_kind_that_is_collected_no_more_was_handed_over_all_the_same(self):
        self.make_task()
        path = self.write(self.row(kind="project.task", key="former"))
        self.assertEnds(cli.WELL, "apply", path)
        self.handovers().with_user(self.leader).action_approve()
        self.env.ref("crm_handover.scope_project_task").active = False
        self.assertEnds(cli.WELL, "apply", path)
        new = self.write(self.row(kind="project.task", key="new"))
        said = self.assertEnds(cli.REFUSED, "apply", new)
        self.assertIn("row 2: “project.task” is no kind of record", said)

    def test_who_works_in_several_companies_hands_over_in_the_one_that_is_named(self):
        self.make_lead()
        people = self.robot | self.anna | self.bruno
        people.company_ids |= self.abroad
        self.make_lead(company_id=self.abroad.id, team_id=False)
        said = self.assertEnds(cli.REFUSED, "plan", self.write(self.row()))
        self.assertIn("row 2: they work in several companies: say in “company”", said)
        self.assertIn("Abroad, Home", said)
        path = self.write(self.row(company="Home"), self.row(company="Abroad"))
        said = self.assertEnds(cli.WELL, "plan", path)
        for company in ("Home", "Abroad"):
            self.assertIn(f", in {company}\n  has now: crm.lead 1\n", said)
        self.assertEqual(said.count("the rest → bruno@home.test: 1 record(s)"), 2)
        self.assertEnds(cli.WELL, "apply", path, "--draft")
        self.assertEnds(cli.WELL, "apply", path, "--draft")
        self.assertEqual(
            {one.company_id: one.line_count for one in self.handovers()},
            {self.company: 1, self.abroad: 1},
        )
        said = self.assertEnds(
            cli.REFUSED, "plan", self.write(self.row(company="Nowhere"))
        )
        self.assertIn("row 2: nothing is called “Nowhere”", said)
        # whom the successor's company is not
        path = self.write(self.row(to=self.chen.login, company="Abroad"))
        said = self.assertEnds(cli.REFUSED, "plan", path)
        self.assertIn("row 2: ", said)

    def test_somebody_stands_in_lightly(self):
        self.make_lead()
        path = self.write(
            self.row(until="2097-01-09", cover="Light"),
            self.row(until="2097-01-09", cover="none"),
            self.row(cover="light", key="no end"),
        )
        said = self.assertEnds(cli.REFUSED, "apply", path, "--rest")
        self.assertIn("row 3: cover 'none' is neither light nor full", said)
        self.assertIn("row 4: a cover needs its end", said)
        wanted = {"state": "submitted", "cover": "light", "kind": "temporary"}
        self.assertRecordValues(self.handovers(), [wanted])

    def test_whose_key_it_is_finds_their_own_handover_first(self):
        for user in (self.anna, self.robot):
            draft = {"predecessor_id": self.anna.id, "client_key": "same"}
            mine = self.Request.with_user(user).create(draft)
        said = self.assertEnds(cli.UNFINISHED, "watch", "same")
        self.assertIn("same: draft", said)
        robot = clients.Json2(self.base_url(), self.env.cr.dbname, self.keys["robot"])
        with self.outside():
            ids = following.find(robot, ["same"])
        self.assertEqual(ids, {"same": mine.id})

    def test_the_dry_run_tells_of_each_row_what_odoo_would_refuse(self):
        self.make_lead()
        self.make_user("former", "base.group_user", active=False)
        path = self.write(
            self.row(person=self.portal.login),
            self.row(person="nobody@home.test"),
            self.row(),
            self.row(to="former@home.test", key="archived"),
            self.row(to=self.portal.login, key="portal"),
            self.row(to=self.anna.name, key="self"),
            # nothing to hand over; an end that is past
            self.row(person=self.chen.login),
            self.row(**{"from": "2020-01-01"}, until="2020-02-01"),
        )
        before = self.snapshot()
        said = self.assertEnds(cli.REFUSED, "plan", path)
        self.assertSameAs(before)
        self.assertIn("row 8: There is nothing on this handover.", said)
        self.assertIn("row 9: Its end is past", said)
        for number in (2, 3, 5, 6, 7, 8, 9):
            self.assertIn(f"row {number}: ", said)
        self.assertIn(f"{self.anna.login}: from", said)
        self.assertIn("1 handover(s) can be made", said)
        self.assertFalse(self.handovers())

    def test_a_run_that_is_cut_off_tells_what_it_has_made(self):
        self.make_lead()
        self.make_lead(self.chen)
        path = self.write(
            self.row(key="first"), self.row(person=self.chen.login, key="second")
        )
        made, hand_over = [], handing_over.hand_over

        def cut(*args, **options):
            if made:
                raise clients.Unreachable("cut")
            made.append(hand_over(*args, **options))
            return made[0]

        with patch.object(cli, "hand_over", cut):
            said = self.assertEnds(cli.UNREACHABLE, "apply", path, "--json")
        self.assertIn(f'"name": "{self.handovers().name}"', said)
        self.assertIn("handovers: cut", said)

    def test_a_handover_that_came_to_nothing_is_no_success(self):
        self.make_lead()
        path = self.write(self.row(key="nothing"))
        self.assertEnds(cli.WELL, "apply", path)
        request = self.handovers()
        request.with_user(self.leader).action_refuse("Not now")
        said = self.assertEnds(cli.REFUSED, "apply", path)
        self.assertIn(f"row 2: {request.name}: it is refused", said)

    def test_what_is_no_odoo_is_told_in_one_line(self):
        class Answer(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                code = self.path[1:4]
                self.send_response(int(code) if code.isdecimal() else 200)
                self.send_header("Location", "https://login.example.com/")
                self.end_headers()
                self.wfile.write(b"<html>\nWelcome</html>")

            do_GET = do_POST

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        where = f"http://127.0.0.1:{server.server_port}"
        path = self.write(self.row())
        for protocol, url in product(
            sorted(clients.CLIENTS),
            (where, f"{where}/302", f"{where}/404", "http://[broken", "odoo"),
        ):
            with (
                self.subTest(protocol, url=url),
                patch.object(type(self), "base_url", lambda _self, url=url: url),
            ):
                said = self.assertEnds(cli.UNREACHABLE, "plan", path, protocol=protocol)
                self.assertEqual(said.count("\n"), 1, said)

    def test_what_odoo_does_not_allow_is_told_with_its_reason(self):
        self.make_lead()
        path = self.write(self.row())
        said = self.assertEnds(cli.REFUSED, "apply", path, login="other")
        self.assertIn("row 2", said)
        self.assertFalse(self.handovers())
        # nothing to hand over: the draft stays, and says so
        path = self.write(self.row(person=self.chen.login))
        said = self.assertEnds(cli.REFUSED, "apply", path)
        self.assertIn("HO/", said)

    def test_who_does_not_get_in_and_what_is_no_list(self):
        path = self.write(self.row())
        for protocol in sorted(clients.CLIENTS):
            said = self.assertEnds(
                cli.UNREACHABLE, "plan", path, protocol=protocol, key="wrong"
            )
            self.assertNotIn("Traceback", said)
        self.assertEnds(cli.WRONG, "plan", str(self.folder / "none.csv"))
        (self.folder / "no.csv").write_text("name,date\na,b\n", encoding="utf-8")
        said = self.assertEnds(cli.WRONG, "plan", str(self.folder / "no.csv"))
        self.assertIn("person", said)
        (self.folder / "no.xlsx").write_text("no", encoding="utf-8")
        self.assertEnds(cli.WRONG, "plan", str(self.folder / "no.xlsx"))
        # a good archive, and nothing good in it
        with ZipFile(self.folder / "bad.xlsx", "w") as book:
            for name in ("[Content_Types].xml", "xl/workbook.xml"):
                book.writestr(name, "<no")
        said = self.assertEnds(cli.WRONG, "plan", str(self.folder / "bad.xlsx"))
        self.assertIn("is no XLSX file", said)
        book = openpyxl.Workbook()
        for cells in (HEAD, ("a", "", "", "b", "crm.lead"), ("c", "", "", "d")):
            book.active.append(cells)
        book.active.merge_cells("E2:E3")
        book.save(self.folder / "merged.xlsx")
        said = self.assertEnds(cli.WRONG, "plan", str(self.folder / "merged.xlsx"))
        self.assertIn("has merged cells", said)
        self.assertEnds(cli.REFUSED, "watch", "HO/none")

    def test_troubles_and_documents(self):
        request = self.make_request("submitted")
        request.with_user(self.leader).action_refuse("Not now")
        said = self.assertEnds(cli.REFUSED, "watch", request.name)
        self.assertIn("refused", said)
        folder = ("--folder", str(self.folder))
        said = self.assertEnds(cli.REFUSED, "document", request.name, *folder)
        self.assertIn("no document yet", said)
        files = self.env["ir.attachment"].create(
            [
                {"name": name, "raw": name, "res_model": request._name, "res_id": id_}
                for name, id_ in (("Final/1.pdf", request.id), ("1.xlsx", request.id))
            ]
        )
        request.document_ids._trusting().create(
            {
                "request_id": request.id, "kind": "final", "lang": "en_US",
                "occasion": "1", "digest": "x", "date": fields.Datetime.now(),
                "sha256": "x", "annex_sha256": "x",
                "attachment_id": files[0].id, "annex_id": files[1].id,
            }
        )  # fmt: skip
        self.assertEnds(cli.WELL, "document", request.name, *folder)
        self.assertEqual(
            {path.name: path.read_text() for path in self.folder.iterdir()},
            {"Final-1.pdf": "Final/1.pdf", "1.xlsx": "1.xlsx"},
        )


class TestPeopleFile(ScriptCase):
    def test_a_spreadsheet_in_chinese(self):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append([people_file.COLUMNS[name] for name in HEAD])
        sheet.append(
            [
                *("陈", date(2097, 1, 4), datetime(2097, 1, 8), "李", "crm.lead", 7.0),
                *("请假", None, 1001),
            ]
        )
        path = self.folder / "人员.xlsx"
        book.save(path)
        zone = cli._zone("Asia/Shanghai")
        [wanted], wrong = people_file.read(path, zone)
        self.assertFalse(wrong)
        # the last day belongs to it
        self.assertEqual(
            (wanted.person, wanted.start, wanted.end, wanted.key, wanted.reason),
            ("陈", "2097-01-03 16:00:00", "2097-01-08 16:00:00", "1001", "请假"),
        )
        [part] = wanted.parts
        self.assertEqual((part.to, part.kind, part.record), ("李", "crm.lead", "7"))

    def test_times_and_keys(self):
        path = self.write(
            self.row(**{"from": "2097-07-01 17:30"}),
            self.row(**{"from": "2097-07-01 17:30", "to": "x", "kind": "k"}),
            self.row(**{"from": ""}),
        )
        [first, second], wrong = people_file.read(path, cli._zone("Europe/Berlin"))
        self.assertFalse(wrong)
        self.assertEqual(first.start, "2097-07-01 15:30:00")
        self.assertEqual(len(first.parts), 2)
        self.assertEqual(second.start, "")
        self.assertNotEqual(first.key, second.key)
        again = people_file.read(path, cli._zone("Europe/Berlin"))[0]
        self.assertEqual([one.key for one in again], [first.key, second.key])
        # "open end", as many systems write it
        for zone, until in (
            ("UTC", "9999-12-31"),
            ("America/Lima", "9999-12-31 23:59"),
        ):
            path = self.write(self.row(until=until), self.row(key="well"))
            [well], [wrong] = people_file.read(path, cli._zone(zone))
            self.assertEqual(well.key, "well")
            self.assertIn("row 2: until 9999-12-31", str(wrong))

    def test_what_pip_installs_is_what_it_needs(self):
        about = (EXAMPLES / "pyproject.toml").read_text(encoding="utf-8")
        [needed] = re.findall(r"^dependencies = \[(.*)\]$", about, re.M)
        self.assertEqual(
            re.findall(r'"(\w+)>', needed),
            ["httpx", "odoorpc", "openpyxl", "tqdm", "tzdata"],
        )
        self.assertIn('handovers = "handover_scripts.cli:run"', about)
