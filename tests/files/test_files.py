"""The files go along: counted, listed, and nothing stays behind unseen."""

import json

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase

from odoo.addons.crm_handover_files import file_kinds, private_places

from ..common import IN_NO_WAY_CONCERNED, HandoverCommon

PDF = "application/pdf"
DRIVE = r"C:\Users\Anna\prices.xlsx"
CLOUD = "https://www.dropbox.com/s/terms"


class FilesCase(HandoverCommon):
    @classmethod
    def attach(cls, record=None, name="Terms", by=None, **values):
        """A file of a record, or one that hangs nowhere."""
        if record is not None:
            values.update(res_model=record._name, res_id=record.id)
        files = cls.env["ir.attachment"].with_user(by or cls.anna)
        file = files.sudo().create({"name": name, "raw": b"1234", **values})
        return file.with_env(cls.env)

    def files_of(self, request, user):
        return request.with_user(user).get_files()


class TestPlainLogic(FilesCase):
    def test_kinds_and_places_are_what_the_modules_say(self):
        self.assertExamples(file_kinds, at_least=4)
        self.assertExamples(private_places, at_least=4)


class TestInventory(FilesCase):
    def test_files_are_counted_by_line(self):
        lead, bare = self.make_lead(), self.make_lead(name="Bare")
        self.attach(lead, mimetype=PDF)
        self.attach(lead, raw=b"123456", mimetype=PDF)
        self.attach(lead, type="url", url="https://example.com", raw=False)
        # a value of the record, and no file
        self.attach(lead, res_field="description")
        request = self.make_request(records=lead | bare)
        lines = {line.res_id: line for line in request.with_user(self.anna).line_ids}
        self.assertRecordValues(
            lines[lead.id],
            [{"file_count": 3, "file_size": 10.0, "file_kinds": "PDF: 2, Links: 1"}],
        )
        self.assertRecordValues(
            lines[bare.id],
            [{"file_count": 0, "file_size": 0.0, "file_kinds": ""}],
        )

    def test_a_page_of_lines_takes_one_query(self):
        counts = []
        for size in (2, 12):
            leads = self.env["crm.lead"].concat(
                *(self.make_lead() for _ in range(size))
            )
            tasks = self.make_task() | self.make_task()
            for record in leads:
                self.attach(record)
            request = self.make_request(records=leads)
            request.with_user(self.anna).add_records("project.task", tasks.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            lines = self.env["handover.request.line"].with_user(self.anna)
            lines = lines.search([("request_id", "=", request.id)])
            lines.scope_id._there()
            before = self.env.cr.sql_log_count
            self.assertEqual(sum(lines.mapped("file_count")), size)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts, [1, 1])

    def test_the_files_of_a_line_are_those_the_reader_may_open(self):
        lead = self.make_lead()
        file = self.attach(lead, "Offer", mimetype=PDF)
        link = self.attach(
            lead, "Site", type="url", url="https://example.com", raw=False
        )
        line = self.make_request(records=lead).line_ids
        listed = line.with_user(self.anna).get_files()
        self.assertEqual(
            [(row["name"], row["kind"], row["size"], row["url"]) for row in listed],
            [
                ("Site", "link", 0.0, link.url),
                ("Offer", "pdf", 4.0, f"/web/content/{file.id}?download=true"),
            ],
        )
        for address in ("javascript:alert(1)", "java\tscript:x", "data:text/html,x"):
            link.sudo().url = address
            [row] = [
                r for r in line.with_user(self.anna).get_files() if r["name"] == "Site"
            ]
            self.assertEqual(row["url"], "", "a name, and nothing to open")
        # in a draft the deal is not open to its successor yet
        self.assertEqual(line.with_user(self.bruno).get_files(), [])
        self.assertEqual(line.with_user(self.bruno).file_count, 2)
        self.bring(line.request_id.with_user(self.anna), "submitted")
        line.request_id.with_user(self.anna).action_draft()
        line.request_id.date_planned = "2031-01-01"
        self.bring(line.request_id.with_user(self.anna), "approved")
        self.assertEqual(len(line.with_user(self.bruno).get_files()), 2)

    def test_the_summary_is_what_the_reader_sees_of_the_lines(self):
        leads = self.make_lead() | self.make_lead() | self.make_lead()
        for lead in leads[:2]:
            self.attach(lead, mimetype=PDF)
            self.attach(lead, mimetype="image/png")
        request = self.make_request(records=leads)
        request.with_user(self.anna).line_ids[0].successor_id = self.chen
        everything = {
            "count": 4, "size": 16.0, "kinds": {"pdf": 2, "picture": 2}, "records": 2,
        }  # fmt: skip
        half = {
            "count": 2,
            "size": 8.0,
            "kinds": {"pdf": 1, "picture": 1},
            "records": 1,
        }
        for user, summary in (
            (self.anna, everything), (self.approver, everything), (self.bruno, half),
            (self.chen, half),
        ):  # fmt: skip
            theirs = request.with_user(user)
            self.assertEqual(theirs._file_summary(), summary, user.login)
            shown = self.files_of(request, user)["summary"]
            self.assertEqual(shown["count"], summary["count"])
            self.assertEqual(
                {row["kind"]: row["count"] for row in shown["kinds"]}, summary["kinds"]
            )

    def test_who_has_no_part_in_it_learns_nothing(self):
        request = self.make_request(records=self.make_lead())
        for login in IN_NO_WAY_CONCERNED:
            for records in (request, request.line_ids):
                with self.subTest(login), self.assertRefused(AccessError):
                    records.with_user(getattr(self, login)).get_files()

    def test_the_answer_goes_over_the_wire(self):
        lead = self.make_lead(description=CLOUD)
        self.attach(lead)
        self.attach()
        answer = self.files_of(self.make_request(records=lead), self.anna)
        self.assertNotIn("null", json.dumps(answer))
        # more bytes than XML-RPC has integers
        self.assertIsInstance(answer["summary"]["size"], float)


class TestOwnFiles(FilesCase):
    def test_approver_and_successor_read_the_files_of_the_handover(self):
        request = self.make_request("submitted")
        file = self.attach(request, "Plan")
        for user in (self.anna, self.bruno, self.leader, self.approver, self.manager):
            self.assertEqual(file.with_user(user).raw, b"1234")
            self.assertEqual(
                [row["name"] for row in self.files_of(request, user)["own"]], ["Plan"]
            )
        for login in IN_NO_WAY_CONCERNED:
            with self.assertRefused(AccessError):
                file.with_user(getattr(self, login)).read(["raw"])


class TestLooseFiles(FilesCase):
    def test_names_are_the_predecessors_own(self):
        loose = self.attach(name="Salary")
        self.attach(by=self.other)
        self.attach(self.make_lead())
        request = self.make_request("submitted")
        mine = self.files_of(request, self.anna)["loose"]
        self.assertEqual([row["id"] for row in mine["rows"]], loose.ids)
        self.assertEqual((mine["count"], mine["size"]), (1, 4.0))
        for user in (
            self.bruno, self.leader, self.approver, self.manager, self.admin,
        ):  # fmt: skip
            theirs = self.files_of(request, user)["loose"]
            self.assertEqual((theirs["count"], theirs["size"]), (1, 4.0))
            self.assertFalse(theirs["rows"] or theirs["can_add"])
            self.assertNotIn("Salary", json.dumps(request.with_user(user).preflight()))

    def test_the_check_counts_them(self):
        request = self.make_request()
        self.assertFalse(request.with_user(self.anna).preflight()["findings"])
        self.attach()
        [finding] = request.with_user(self.anna).preflight()["findings"]
        self.assertEqual(
            (finding["code"], finding["severity"]), ("loose_files", "warning")
        )
        self.assertIn("without a record: 1 (", finding["message"])
        self.assertTrue(request.with_user(self.anna).preflight()["ok"])

    def test_what_a_record_has_is_not_loose(self):
        template = self.env["mail.template"].create(
            {"name": "Offer", "attachment_ids": self.attach().ids}
        )
        self.assertTrue(template.attachment_ids)
        lead = self.make_lead()
        self.attach(lead)
        self.attach(self.make_meeting(lead))
        self.attach(public=True, res_model="ir.ui.view")
        request = self.make_request(records=lead)
        self.assertEqual(self.files_of(request, self.anna)["loose"]["count"], 0)

    def test_a_file_whose_record_is_gone_is_named(self):
        gone, unknown = self.attach(name="Old"), self.attach(name="Older")
        request = self.make_request()
        self.env.cr.execute(
            "UPDATE ir_attachment SET res_model = 'crm.lead', res_id = 2000000000"
            " WHERE id = %s",
            gone.ids,
        )
        self.env.cr.execute(
            "UPDATE ir_attachment SET res_model = 'no.such.model', res_id = 1"
            " WHERE id = %s",
            unknown.ids,
        )
        self.env.invalidate_all()
        rows = self.files_of(request, self.anna)["loose"]["rows"]
        self.assertEqual(
            [(row["name"], row["gone"]) for row in rows],
            [("Older", True), ("Old", True)],
        )
        with self.assertRefused(UserError, "without a record"):
            request.with_user(self.anna).add_files(gone.ids)

    def test_a_team_has_no_loose_files(self):
        request = self.make_request(
            records=self.env["crm.lead"], by=self.leader, predecessor_id=False,
            source_team_id=self.team.id,
        )  # fmt: skip
        self.attach()
        self.assertEqual(self.files_of(request, self.leader)["loose"]["count"], 0)

    def test_predecessor_puts_chosen_ones_onto_the_handover(self):
        chosen, left = self.attach(name="Prices"), self.attach(name="Diary")
        # whoever requested it: the files are the predecessor's
        request = self.make_request("submitted", by=self.manager)
        self.assertTrue(request.with_user(self.anna).add_files(chosen.ids))
        self.assertRecordValues(
            chosen, [{"res_model": request._name, "res_id": request.id}]
        )
        self.assertFalse(left.res_id)
        self.assertEqual(chosen.with_user(self.bruno).name, "Prices")
        with self.assertRefused(AccessError):
            left.with_user(self.bruno).read(["name"])
        self.assertEqual(self.files_of(request, self.anna)["loose"]["count"], 1)

    def test_of_several_who_give_each_adds_their_own(self):
        annas, chens = self.attach(), self.attach(by=self.chen)
        self.make_lead()
        request = self.Request.with_user(self.manager).create(
            {
                "predecessor_ids": [Command.set((self.anna | self.chen).ids)],
                "successor_id": self.bruno.id,
            }
        )
        loose = self.files_of(request, self.chen)["loose"]
        self.assertEqual([row["id"] for row in loose["rows"]], chens.ids)
        self.assertTrue(loose["can_add"])
        for user in (self.manager, self.bruno):
            self.assertEqual(self.files_of(request, user)["loose"]["count"], 0)
            with self.assertRefused(AccessError):
                request.with_user(user).add_files(chens.ids)
        mine = request.with_user(self.chen)
        with self.assertRefused(UserError, "files of your own"):
            mine.add_files(annas.ids)
        self.assertTrue(mine.add_files(chens.ids))
        self.assertEqual((chens.res_id, annas.res_id), (request.id, 0))

    def test_nobody_else_puts_them_there(self):
        file = self.attach()
        request = self.make_request("submitted", by=self.manager)
        for user in (
            self.bruno, self.leader, self.approver, self.manager, self.admin,
            self.other,
        ):  # fmt: skip
            with self.subTest(user.login), self.assertRefused(AccessError):
                request.with_user(user).add_files(file.ids)

    def test_only_ones_own_and_loose_files(self):
        lead = self.make_lead(self.other)
        foreign, hanging = self.attach(by=self.other), self.attach(lead)
        request = self.make_request().with_user(self.anna)
        for file in (foreign, hanging):
            with self.assertRefused(UserError, "of your own"):
                request.add_files(file.ids)
        for wrong in (False, [], "1", [True], ["1"], [0], 5):
            with self.subTest(wrong), self.assertRefused(UserError):
                request.add_files(wrong)

    def test_not_when_it_is_over(self):
        file = self.attach()
        request = self.make_request("cancelled").with_user(self.anna)
        self.assertFalse(request.get_files()["loose"]["can_add"])
        with self.assertRefused(UserError, "is over"):
            request.add_files(file.ids)


class TestPrivateLinks(FilesCase):
    def links(self, request, user=None):
        answer = self.files_of(request, user or self.anna)["links"]
        return {row["record"]: row["links"] for row in answer["rows"]}

    def test_they_are_named_by_record(self):
        drive = self.make_lead(name="Drive", description=f"<p>{DRIVE}</p>")
        cloud = self.make_lead(name="Cloud")
        self.attach(cloud, type="url", url=CLOUD, raw=False)
        fine = self.make_lead(
            name="Fine", description='<a href="https://example.com/a">a</a>'
        )
        request = self.make_request(records=drive | cloud | fine)
        self.assertEqual(self.links(request), {"Drive": [DRIVE], "Cloud": [CLOUD]})

    def test_of_every_kind_of_record(self):
        customer = self.make_customer(name="A", comment="<p>file:///home/x</p>")
        task = self.make_task(name="B", description=r"<p>\\nas\share</p>")
        request = self.make_request(records=customer)
        request.with_user(self.anna).add_records("project.task", task.ids)
        self.assertEqual(
            self.links(request), {"A": ["file:///home/x"], "B": [r"\\nas\share"]}
        )

    def test_successors_learn_of_those_on_their_own_lines(self):
        leads = self.make_lead(name="A", description=DRIVE)
        leads |= self.make_lead(name="B", description=DRIVE)
        request = self.make_request(records=leads)
        request.with_user(self.anna).line_ids[0].successor_id = self.chen
        # the text of a record that is not open yet is not shown
        self.assertEqual(self.links(request, self.chen), {"A": []})
        self.assertEqual(self.links(request, self.bruno), {"B": []})
        self.assertEqual(
            self.links(request, self.approver), {"A": [DRIVE], "B": [DRIVE]}
        )

    def test_places_are_a_setting(self):
        lead = self.make_lead(name="A", description="https://files.home.test/x")
        request = self.make_request(records=lead)
        self.assertFalse(self.links(request))
        settings = self.env["res.config.settings"].with_user(self.admin)
        self.assertIn("dropbox.com", settings.create({}).handover_private_places)
        settings.create({"handover_private_places": "home.test, x.y"}).execute()
        self.assertEqual(self.links(request), {"A": ["https://files.home.test/x"]})
        settings.create({"handover_private_places": False}).execute()
        lead.description = CLOUD
        self.assertEqual(self.links(request), {"A": [CLOUD]})

    def test_the_check_counts_the_records(self):
        leads = self.make_lead(description=DRIVE) | self.make_lead(description=CLOUD)
        request = self.make_request(records=leads | self.make_lead())
        [finding] = request.with_user(self.anna).preflight()["findings"]
        self.assertEqual(
            (finding["code"], finding["severity"]), ("private_links", "warning")
        )
        self.assertIn(": 2", finding["message"])

    def test_more_records_take_no_more_queries(self):
        counts = []
        for size in (2, 20):
            leads = self.env["crm.lead"].concat(
                *(self.make_lead(description=DRIVE) for _ in range(size))
            )
            request = self.make_request(records=leads).with_user(self.anna)
            self.assertTrue(request._private_links())
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(request._private_links()), size)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)


class TestUpload(FilesCase, HttpCase):
    def upload(self, request, user):
        self.authenticate(user.login, user.login)
        return self.url_open(
            "/mail/attachment/upload",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "thread_model": request._name,
                "thread_id": request.id,
            },
            files={"ufile": ("plan.txt", b"Monday", "text/plain")},
        )

    def test_who_reads_the_handover_adds_files(self):
        request = self.make_request("submitted", by=self.manager)
        for user in (self.anna, self.bruno, self.leader):
            self.assertEqual(self.upload(request, user).status_code, 200)
        own = self.files_of(request, self.bruno)["own"]
        self.assertEqual([row["name"] for row in own], ["plan.txt"] * 3)

    def test_others_do_not(self):
        request = self.make_request("submitted")
        self.assertEqual(self.upload(request, self.other).status_code, 404)
        self.assertFalse(self.files_of(request, self.anna)["own"])
