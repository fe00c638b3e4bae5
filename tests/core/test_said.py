"""What is kept of what nobody wrote reads in the language of each reader."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.evidence import verify
from odoo.addons.crm_handover.models.handover_said import (
    Sentence,
    in_language,
    joined,
    keep_said,
)

from ..common import SALESMAN, HandoverCommon

CHINESE, ENGLISH = "zh_CN", "en_US"
MODELS = "odoo.addons.crm_handover.models"


class TestSaid(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang(CHINESE)
        cls.env["ir.module.module"].search(
            [("name", "=like", "crm_handover%"), ("state", "=", "installed")]
        )._update_translations([CHINESE])
        cls.anna.lang, cls.approver.lang = CHINESE, ENGLISH

    def assertSaid(self, record, name, english, chinese):
        """A field says it to each reader, and as the code reads it, without a word."""
        for lang, text in ((ENGLISH, english), (CHINESE, chinese)):
            self.assertIn(text, record.with_context(lang=lang)[name])

    def last(self, request, code):
        return request.sudo().event_ids.filtered(lambda event: event.code == code)[-1:]

    def lapse(self, run):
        request = self.make_request("approved", successor_id=self.chen.id)
        self.chen.active = False
        run(request)
        self.chen.active = True
        self.assertEqual(request.state, "needs_review")
        said = "Chen left meanwhile.", "Chen 此间已离职。"
        self.assertSaid(request, "refusal_reason", *said)
        self.assertSaid(self.last(request, "needs_review"), "summary", *said)
        export = request.with_user(self.approver).export_evidence()
        self.assertTrue(all(good for good, _text in verify.check(export)))
        # over RPC, and whether or not it was in memory before
        for user, text in zip((self.approver, self.anna), said, strict=True):
            self.env.invalidate_all()
            seen = self.Request.with_user(user).with_context(lang=user.lang)
            [row] = seen.browse(request.id).read(["refusal_reason"])
            self.assertEqual(row["refusal_reason"], text)
            mine = [("id", "=", request.id)]
            part = [("refusal_reason", "ilike", text[-5:])]
            self.assertEqual(seen.search(mine + part).id, request.id)
            [[value, _count]] = seen._read_group(mine, ["refusal_reason"], ["__count"])
            self.assertEqual(value, text)
        return request

    def test_an_approval_that_lapses_by_the_clock(self):
        def due(request):
            with freeze_time(request.date_planned + timedelta(minutes=1)):
                self.run_cron()

        request = self.lapse(due)
        mine = self.Request.with_user(self.anna).with_context(lang=CHINESE)
        mine.browse(request.id).action_draft()
        mine.browse(request.id).write({"successor_id": self.bruno.id})
        mine.browse(request.id).action_submit()
        self.assertFalse(request.refusal_reason)
        # what somebody writes stays as it is, whoever reads it
        request.with_user(self.approver).action_refuse("Not yet")
        self.assertSaid(request, "refusal_reason", "Not yet", "Not yet")

    def test_an_approval_that_lapses_for_a_reader_of_another_language(self):
        self.lapse(
            lambda request: (
                request.with_user(self.approver).with_context(lang=CHINESE).action_run()
            )
        )

    def test_the_check_at_the_start_is_made_once_for_all_languages(self):
        request = self.make_request("approved")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE handover_request SET purpose = 'Mine' WHERE id = %s", [request.id]
        )
        self.env.invalidate_all()
        asked, ask = [], type(request)._content_digest
        with patch.object(
            type(request),
            "_content_digest",
            lambda self, form=None: asked.append(self.id) or ask(self, form),
        ):
            request.with_user(self.approver).action_run()
        self.assertEqual(request.state, "needs_review")
        self.assertEqual(asked, [request.id])
        self.assertSaid(
            request, "refusal_reason",
            "its content is not what was approved.", "其内容与批准的不一致。",
        )  # fmt: skip

    def test_only_a_text_in_languages_is_taken_for_one(self):
        for said in (
            {ENGLISH: "Mine", CHINESE: "我的"}, {CHINESE: "我的"}, {"sr@latin": "Moje"}
        ):  # fmt: skip
            self.assertIn(in_language(self.env, said), said.values())
        for data in (
            {"crm.lead": 3}, {"crm.lead": "three"}, {ENGLISH: 3}, {"people": "Anna"},
            [ENGLISH], "Mine", 3, None,
        ):  # fmt: skip
            self.assertEqual(in_language(self.env, data), data)

    def test_nobody_translates_what_is_kept(self):
        request = self.make_request("refused")
        said, words = request.refusal_reason, {ENGLISH: "Mine", CHINESE: "我的"}
        for user in (self.anna, self.approver, self.manager):
            with self.assertRaises(AccessError), self.cr.savepoint():
                request.with_user(user).update_field_translations(
                    "refusal_reason", words
                )
        self.env.invalidate_all()
        self.assertSaid(request, "refusal_reason", said, said)
        # who takes over does not read what was wrong with it
        request = self.make_request("approved")
        request._keep_said("refusal_reason", words)
        self.env.invalidate_all()
        theirs, _how = request.with_user(self.bruno).get_field_translations(
            "refusal_reason"
        )
        self.assertFalse(any(row["value"] or row["source"] for row in theirs))
        ours, _how = request.with_user(self.anna).get_field_translations(
            "refusal_reason"
        )
        self.assertLessEqual({"Mine", "我的"}, {row["value"] for row in ours})

    def test_a_permission_that_ends(self):
        request = self.make_request(successor_id=self.projectuser.id)
        grants = self.env["handover.grant"].with_user(self.anna).create(
            [
                {
                    "request_id": request.id, "user_id": self.projectuser.id,
                    "kind": "group", "group_id": self.env.ref(SALESMAN).id,
                },
            ]
        )  # fmt: skip
        self.bring(request.with_user(self.anna), "transferred")
        end_job = self.env.ref("crm_handover.ir_cron_handover_grant_end")
        with (
            freeze_time(grants.expires_at + timedelta(minutes=1)),
            self.enter_registry_test_mode(),
        ):
            end_job.method_direct_trigger()
        self.env.invalidate_all()
        said = "Its time was over.", "已到期。"
        self.assertSaid(grants.sudo(), "end_reason", *said)
        self.assertSaid(self.last(request, "permission_ended"), "summary", *said)
        self.assertTrue(request.with_user(self.approver).verify()["ok"])

    def test_the_end_of_a_time(self):
        end = fields.Datetime.now() + timedelta(days=2)
        request = self.make_request("transferred", kind="temporary", date_return=end)
        with freeze_time(end + timedelta(minutes=1)):
            self.run_cron()
        self.assertEqual(request.state, "returned")
        self.assertSaid(
            self.last(request, "returning"), "summary",
            "The agreed time is over.", "约定的期限已到。",
        )  # fmt: skip
        self.assertTrue(request.with_user(self.approver).verify()["ok"])

    def test_what_a_batch_could_not_do(self):
        """What the background writes on a line is for who requested it."""
        request = self.make_request("running")
        line = request.sudo().line_ids
        engine = self.env["handover.engine"].with_context(lang=False)
        with self.assertLogs(f"{MODELS}.handover_engine", "ERROR"):
            engine._give_up(line.ids, ValueError("x"))
        kept = line.result_message
        self.assertRegex(kept, r"[\u4e00-\u9fff]")
        self.assertEqual(line.with_context(lang=CHINESE).outcome_text, kept)
        self.assertIn("Unexpected error", line.with_context(lang=ENGLISH).outcome_text)

    def test_what_refuses_keeps_its_words_and_ours_are_the_readers(self):
        """On the line, in the digest, and in the to-do of who looks after it."""
        lead = self.make_lead()
        end = fields.Datetime.now() + timedelta(days=5)
        request = self.make_request(
            "transferred", lead, kind="temporary", date_return=end,
            coordinator_id=self.approver.id,
        )  # fmt: skip

        def refuse(_leads, _values):
            raise UserError("Closed for the season")

        with patch.object(type(lead), "write", refuse):
            request.with_user(self.approver).action_return()
        self.assertEqual(request.line_ids.result_code, "rejected")
        line, kept = request.line_ids, request.line_ids.result_message
        self.assertEqual(kept, "Closed for the season 请更正后重试。")
        english = "Closed for the season Correct this, then try again."
        self.assertSaid(line, "outcome_text", english, kept)
        note = request._todos("crm_handover.mail_activity_type_attention").note
        self.assertIn(english, note)
        self.assertNotRegex(note, r"[\u4e00-\u9fff]")
        # and around what a database says
        chinese = line.with_context(lang=CHINESE).env
        around = line._sentences_around()[2](chinese, "no_wednesdays")
        texts = line.with_context(lang=ENGLISH)
        frames = texts._frames_around()
        self.assertEqual(
            texts._in_readers_words(f"{around} 请更正后重试。", frames),
            "The database refused the change: no_wednesdays Correct this, then try"
            " again.",
        )
        own = "Somebody's own"
        self.assertEqual(texts._in_readers_words(own, frames), own)

    # ------------------------------------------------------------
    # WHY AN OUTCOME IS WHAT IT IS
    # ------------------------------------------------------------

    def assertEachReads(self, line, code, english, chinese):
        """Each has the cause in their language; what is kept is who requested's."""
        self.assertEqual(line.result_code, code, line.result_message)
        self.assertSaid(line, "outcome_text", english, chinese)
        kept = line.result_message
        self.assertEqual(line.with_context(lang=CHINESE).outcome_text, kept)
        self.assertNotRegex(
            line.with_context(lang=ENGLISH).outcome_text, r"[\u4e00-\u9fff]"
        )
        self.assertEqual(
            {*line.result_said},
            {code for code, _name in self.env["res.lang"].get_installed()},
        )

    def test_of_one_outcome_each_reads_the_cause_that_it_had(self):
        (self.anna | self.bruno).company_ids += self.abroad
        of_team, abroad, won, done = [
            self.make_lead(team_id=team.id)
            for team in (self.team, *[self.env["crm.team"]] * 3)
        ]
        left = self.make_lead(team_id=False)
        call = self.make_todo(done)
        # without a text of its own it is called as its kind is
        call.summary = False
        call.activity_type_id.name = "Call"
        call.activity_type_id.with_context(lang=CHINESE).name = "电话"
        request = self.make_request("approved", of_team + abroad + won + done + left)
        abroad.company_id = self.abroad
        won.action_set_won()
        left.user_id = self.chen
        self.env.flush_all()
        self.cr.execute(
            "UPDATE crm_team SET company_id = %s WHERE id = %s",
            (self.abroad.id, self.team.id),
        )
        self.env.invalidate_all()
        Todo = type(call)
        write = Todo.write

        def refuse(todos, values):
            if "user_id" in values:
                raise UserError("Members only")
            return write(todos, values)

        with patch.object(Todo, "write", refuse):
            request.with_user(self.approver).action_run()
        self.env.invalidate_all()
        lines = {line.res_id: line for line in request.line_ids}
        for record, *told in (
            (of_team, "other_company", "Its sales team Home Team belongs", "销售团队"),
            (abroad, "other_company", "It belongs to Abroad now, and the", "Abroad"),
            (won, "closed", "It is closed (Won) and stays with Anna.", "Anna"),
            (left, "stale_owner", "It belongs to Chen now", "Chen"),
        ):
            with self.subTest(cause=told[1]):
                self.assertEachReads(lines[record.id], *told)
        # what refused keeps its words, our sentence before them is the reader's
        line = lines[done.id]
        self.assertEachReads(
            line, "done",
            "The to-do “Call” stays with Anna; give it to somebody who may have it."
            " Members only",
            "电话",
        )  # fmt: skip
        [thing] = line.after["stayed"]
        self.assertEqual(thing["text"], line.result_message)
        # who it was handed over from is gone: one of several reasons of that code
        self.anna.active = False
        request.with_user(self.approver).action_return()
        self.assertEachReads(
            line, "successor_no_access", "Anna is not an active employee.", "Anna"
        )
        self.assertTrue(request.with_user(self.approver).verify()["ok"])
        # what was kept before there were languages beside it is told as far as it goes
        self.env.flush_all()
        self.cr.execute(
            "UPDATE handover_request_line SET result_said = NULL WHERE id = %s",
            [line.id],
        )
        self.env.invalidate_all()
        self.assertSaid(line, "outcome_text", "Anna could not open it.", "Anna")

    def test_texts_of_one_cause_are_made_once(self):
        """Whatever the number of records: not a translation for each, and no query."""
        counts = []
        for count in (2, 6):
            leads = [self.make_lead() for _each in range(count)]
            request = self.make_request("approved", self.env["crm.lead"].union(*leads))
            lines = request.sudo().line_ids.with_context(lang=CHINESE)
            lines = lines.browse(lines.ids)
            made = []

            def say(env, made=made):
                made.append(env.lang)
                return env._("The successor declined it.")

            sentences = [Sentence(lines.env, say) for _line in lines]
            made.clear()
            results = [{"code": "declined", "message": text} for text in sentences]
            self.env.flush_all()
            before = self.cr.sql_log_count
            lines._record_results(dict(zip(lines.ids, results, strict=True)))
            counts.append(self.cr.sql_log_count - before)
            self.assertCountEqual(made, lines[0].result_said)
        self.assertEqual(counts[0], counts[1])

    def test_what_is_one_text_in_one_language_alone_is_kept_as_two(self):
        """Two teams have the same name here, and not in Chinese."""
        words = ("甲", "乙", "乙")
        results = [
            {
                "message": Sentence(
                    self.env, lambda env, x=word: x if env.lang == CHINESE else "One"
                )
            }
            for word in words
        ]
        both = joined(self.env, [result["message"] for result in results[:2]])
        results += [{"message": both}]
        keep_said(self.env["crm.lead"], results)
        said = [result["said"][CHINESE] for result in results]
        self.assertEqual(said, [*words, "甲 乙"])
        self.assertIs(results[1]["said"], results[2]["said"])

    def test_what_an_addon_says_of_an_outcome_stays_as_it_came(self):
        """Also where we have words of ours for that outcome."""
        request = self.make_request("approved")
        line = request.sudo().line_ids.with_context(lang=CHINESE)
        line._record_results({line.id: {"code": "other_company", "message": "No!"}})
        self.assertSaid(line, "outcome_text", "No!", "No!")
        # of a handover that somebody stops, or that ends with who asked for it
        request = self.make_request("running")
        request.with_user(self.leader)._cancel_because(
            lambda env: env._("It was stopped.")
        )
        line = request.sudo().line_ids
        said = line.result_said
        self.assertEqual(line.result_message, said[CHINESE])
        self.assertSaid(line, "outcome_text", "It was stopped.", said[CHINESE])
