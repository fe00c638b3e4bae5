"""Two people act on one handover at the same moment, on two servers."""

import threading
import xmlrpc.client
from contextlib import closing

from .common import FaultCase


class TestRaces(FaultCase):
    SERVERS = 2
    OPTIONS = ("--max-cron-threads", "0")

    def slow(self, name, table, condition):
        """Let a change take two seconds, within its transaction."""
        self.trigger(
            name,
            f"IF {condition} THEN PERFORM pg_sleep(2); END IF; RETURN NEW;",
            table,
        )

    def one_after_the_other(self, *calls):
        """Make calls on alternating servers, the first one being the slow one.

        :return: ``[(number of the call, answer or fault code)]``, in the order in which
            they came back
        """
        answers = []

        def make(number, call):
            try:
                answer = self.servers[number % len(self.servers)].call(*call)
            except xmlrpc.client.Fault as fault:
                answer = fault.faultCode
            answers.append((number, answer))

        threads = []
        for number, call in enumerate(calls):
            threads.append(threading.Thread(target=make, args=(number, call)))
            threads[-1].start()
            if not number:
                self.wait_until("the first one is busy", self.is_busy, wake=False)
        for thread in threads:
            thread.join()
        return answers

    def is_busy(self):
        return self.db.value(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event = 'PgSleep'"
        )

    def line_of(self, request):
        [line] = self.db.column(
            "SELECT id FROM handover_request_line WHERE request_id = %s", request
        )
        return line

    def successors(self, request):
        return self.db.column(
            "SELECT successor_id FROM handover_request_line WHERE request_id = %s",
            request,
        )

    def test_edit_of_a_line_during_submission_comes_too_late(self):
        request = self.make_request(self.make_leads(1), "draft")
        line = self.line_of(request)
        self.slow("slow_submit", "handover_request", "NEW.state = 'submitted'")
        answers = self.one_after_the_other(
            ("anna", "handover.request", "action_submit", [request]),
            ("anna", "handover.request.line", "write", [line],
             {"successor_id": self.ids["chen"]}),
        )  # fmt: skip
        self.assertEqual(answers, [(0, True), (1, 2)])
        self.assertEqual(self.state(request), "submitted")
        self.assertEqual(self.successors(request), [self.ids["bruno"]])

    def test_submission_during_an_edit_waits_for_it(self):
        request = self.make_request(self.make_leads(1), "draft")
        line = self.line_of(request)
        version = self.version(request)
        self.slow(
            "slow_edit", "handover_request_line",
            "NEW.successor_id IS DISTINCT FROM OLD.successor_id",
        )  # fmt: skip
        answers = self.one_after_the_other(
            ("anna", "handover.request.line", "write", [line],
             {"successor_id": self.ids["chen"]}),
            ("anna", "handover.request", "action_submit", [request]),
        )  # fmt: skip
        self.assertEqual(answers, [(0, True), (1, True)])
        self.assertEqual(self.successors(request), [self.ids["chen"]])
        args = ("lee", "handover.request", "action_approve", [request], version)
        self.assertRefuses(2, self.server.call, *args)
        self.assertEqual(self.state(request), "submitted")

    def version(self, request):
        return self.db.value(
            "SELECT version FROM handover_request WHERE id = %s", request
        )

    def test_taking_back_during_the_approval_comes_too_late(self):
        request = self.make_request(self.make_leads(1), date_planned="2040-01-01")
        self.slow("slow_approval", "handover_request", "NEW.state = 'approved'")
        answers = self.one_after_the_other(
            ("lee", "handover.request", "action_approve", [request]),
            ("anna", "handover.request", "action_draft", [request]),
        )
        self.assertEqual(answers, [(0, True), (1, 2)])
        self.assertEqual(self.state(request), "approved")
        self.assertEvents(request, "submitted", "approved")

    def test_approval_during_the_taking_back_comes_too_late(self):
        request = self.make_request(self.make_leads(1))
        self.slow("slow_draft", "handover_request", "NEW.state = 'draft'")
        answers = self.one_after_the_other(
            ("anna", "handover.request", "action_draft", [request]),
            ("lee", "handover.request", "action_approve", [request]),
        )
        self.assertEqual(answers, [(0, True), (1, 2)])
        self.assertEqual(self.state(request), "draft")
        self.assertEvents(request, "submitted", "draft")

    def test_two_approvers_at_once_decide_once(self):
        request = self.make_request(self.make_leads(1), date_planned="2040-01-01")
        self.slow("slow_approval", "handover_request", "NEW.state = 'approved'")
        answers = self.one_after_the_other(
            ("lee", "handover.request", "action_approve", [request]),
            ("boss", "handover.request", "action_approve", [request]),
            ("boss", "handover.request", "action_refuse", [request], "No"),
        )
        self.assertEqual(answers[0], (0, True))
        self.assertEqual(sorted(answers[1:]), [(1, 2), (2, 2)])
        approver = self.db.value(
            "SELECT approver_id FROM handover_request WHERE id = %s", request
        )
        self.assertEqual(approver, self.ids["lee"])
        self.assertEvents(request, "submitted", "approved")

    def another_company(self):
        return self.server.call("admin", "res.company", "create", {"name": "Elsewhere"})

    def company_of(self, user):
        return self.db.value("SELECT company_id FROM res_users WHERE id = %s", user)

    def test_who_loses_the_role_meanwhile_does_not_decide(self):
        """What somebody has changed and not committed yet is waited for, and seen."""
        lee, boss, anna = (self.ids[name] for name in ("lee", "boss", "anna"))
        team = "UPDATE crm_team SET user_id = %s WHERE user_id = %s"
        member = f"UPDATE crm_team_member SET active = %s WHERE user_id = {anna}"
        works = f"UPDATE res_company_users_rel SET cid = %s WHERE user_id = {boss}"
        user = f"UPDATE res_users SET active = %s WHERE id = {boss}"
        changes = {
            "leads no more": ("lee", team, (boss, lee), (lee, boss)),
            "the team is another one": ("lee", member, (False,), (True,)),
            "works elsewhere": (
                "boss", works, (self.another_company(),), (self.company_of(boss),),
            ),
            "was archived": ("boss", user, (False,), (True,)),
        }  # fmt: skip
        for name, (login, query, done, undone) in changes.items():
            request = self.make_request(self.make_leads(1), date_planned="2040-01-01")
            answers = []

            def approve(login=login, request=request, answers=answers):
                try:
                    answers.append(
                        self.server.call(
                            login, "handover.request", "action_approve", [request]
                        )
                    )
                except xmlrpc.client.Fault as fault:
                    answers.append(fault.faultCode)

            client = threading.Thread(target=approve)
            with closing(self.db.connect()) as another, another.cursor() as cursor:
                cursor.execute(query, done)
                client.start()
                client.join(2)
                with self.subTest(name):
                    self.assertTrue(client.is_alive(), "it waits")
                another.commit()
                client.join()
                cursor.execute(query, undone)
                another.commit()
            with self.subTest(name):
                self.assertEqual(answers, [4])
                self.assertEqual(self.state(request), "submitted")

    def test_same_key_sent_twice_at_once_makes_one_handover(self):
        self.trigger(
            "slow_creation", "PERFORM pg_sleep(1); RETURN NEW;", "handover_request",
            "BEFORE INSERT",
        )  # fmt: skip
        values = {
            "predecessor_id": self.ids["anna"], "successor_id": self.ids["bruno"],
            "client_key": "once",
        }  # fmt: skip
        create = ("anna", "handover.request", "create", values)
        answers = self.one_after_the_other(create, create)
        made = "SELECT id FROM handover_request WHERE client_key = 'once'"
        [id_] = self.db.column(made)
        # who came second is answered the same one
        self.assertEqual([answer for _number, answer in answers], [id_, id_])

    def test_two_handovers_do_not_reserve_one_record_at_once(self):
        leads = self.make_leads(1)
        requests = [self.make_request(leads, "draft") for _number in range(2)]
        self.slow("slow_submit", "handover_request", "NEW.state = 'submitted'")
        answers = self.one_after_the_other(
            *(
                ("anna", "handover.request", "action_submit", [request])
                for request in requests
            )
        )
        self.assertEqual(sorted(answers), [(0, True), (1, 2)])
        self.assertEqual([self.state(r) for r in requests], ["submitted", "draft"])

    def test_last_two_signatures_at_once_complete_it_once(self):
        request = self.make_request(self.make_leads(1))
        self.approve(request)
        self.assertEqual(self.state(request), "transferred")
        self.trigger(
            "slow_signature", "PERFORM pg_sleep(1); RETURN NEW;",
            "handover_request_signoff", "BEFORE INSERT",
        )  # fmt: skip
        answers = self.one_after_the_other(
            ("anna", "handover.request", "action_confirm", [request]),
            ("bruno", "handover.request", "action_confirm", [request]),
        )
        self.assertEqual(sorted(answers), [(0, True), (1, True)])
        self.assertEqual(self.state(request), "done")
        self.assertEqual(self.events(request).count("done"), 1)
        hashes = self.db.column(
            "SELECT previous_hash FROM handover_request_event WHERE request_ref = %s",
            request,
        )
        self.assertEqual(len(hashes), len(set(hashes)), "the chain has one end")

    def test_two_take_one_record_from_a_pool(self):
        [team] = self.db.column("SELECT id FROM crm_team WHERE user_id = %s",
                                self.ids["lee"])  # fmt: skip
        leads = self.make_leads(1)
        request = self.make_request(
            leads, "approved", successor_id=False, target_team_id=team, to_pool=True
        )
        self.wait_for_state(request, "transferred")
        self.assertEqual(self.owners(leads), {None: 1})
        line = self.line_of(request)
        self.slow("slow_claim", "handover_request_line", "NEW.date_claimed IS NOT NULL")
        claim = "handover.request.line", "action_claim", [line]
        answers = self.one_after_the_other(("bruno", *claim), ("chen", *claim))
        self.assertEqual(answers, [(0, True), (1, 2)])
        self.assertEqual(self.successors(request), [self.ids["bruno"]])
        self.assertEqual(self.owners(leads), {"bruno": 1})
        with self.assertRaisesRegex(xmlrpc.client.Fault, "Bruno"):
            self.server.call("chen", *claim)
