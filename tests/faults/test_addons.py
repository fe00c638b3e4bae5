"""Others' add-ons: what they say on every record, and what they bring to a handover."""

import xmlrpc.client

from .common import ROOT, FaultCase, install

# the add-on that docs/extending.md explains
EXAMPLE = "demo_visit"


class TestOtherAddons(FaultCase):
    ADDONS = (ROOT / "tests" / "addons", ROOT / "docs" / "example")

    @classmethod
    def prepare(cls):
        super().prepare()
        install(
            cls.db,
            *("handover_test_counting", "handover_test_refusing", EXAMPLE),
            "base_automation",
            addons=cls.ADDONS,
        )

    def make_visits(self):
        """Three visits of Anna's over RPC: two at a customer's, one at nobody's."""
        customer = self.server.call("anna", "res.partner", "create", {"name": "Acme"})
        values = [
            {"name": "First", "partner_id": customer, "date": "2030-01-01 09:00:00"},
            {"name": "Second", "partner_id": customer, "date": "2030-01-02 09:00:00"},
            {"name": "Nobody's", "date": "2030-01-03 09:00:00"},
        ]
        return self.server.call("anna", "demo.visit", "create", values)

    def review_of(self, request):
        """Have the first review of this handover measured; answer its figures."""
        [review] = self.db.column(
            "UPDATE handover_request_review SET date_due = now() AT TIME ZONE 'UTC'"
            " WHERE id = (SELECT min(id) FROM handover_request_review"
            " WHERE request_id = %s) RETURNING id",
            request,
        )
        self.db.query(
            "INSERT INTO ir_cron_trigger (cron_id, call_at) SELECT res_id,"
            " now() AT TIME ZONE 'UTC' FROM ir_model_data"
            " WHERE name = 'ir_cron_handover_request_follow_up'"
        )
        asked = "SELECT {} FROM handover_request_review WHERE id = %s"
        self.wait_until(
            "the review is measured",
            lambda: self.db.value(asked.format("date_measured IS NOT NULL"), review),
        )
        figures = asked.format("visit_count, visit_count_before")
        return self.db.query(figures, review)[0]

    def test_add_on_of_the_guide_brings_a_model_section_check_figure_and_event(self):
        visits = self.make_visits()
        request = self.make_request(visits, state="draft", model="demo.visit")
        found = self.server.call("anna", "handover.request", "preflight", [request])
        said = [one for one in found["findings"] if one["code"] == "visit_no_customer"]
        self.assertEqual([one["res_id"] for one in said], visits[2:])
        self.assertIn("Nobody's", said[0]["message"])
        self.assertTrue(found["ok"], found)
        lines = dict(
            self.db.query(
                "SELECT res_id, id FROM handover_request_line WHERE request_id = %s",
                request,
            )
        )

        def other_visits(visit):
            line = [lines[visit]]
            card = self.server.call("anna", "handover.request.line", "get_card", line)
            return [
                row["text"]
                for section in card["sections"]
                for row in section["rows"]
                if section["key"] == "visits"
            ]

        self.assertEqual(other_visits(visits[0]), ["Second"])
        self.assertEqual(other_visits(visits[2]), [])
        # nothing of them shows to a successor before the approval
        domain = [("id", "in", visits)]
        self.assertFalse(self.server.call("bruno", "demo.visit", "search", domain))
        self.server.call("anna", "handover.request", "action_submit", [request])
        self.approve(request)
        self.wait_for_state(request, "transferred")
        self.assertEqual(self.outcomes(request), {("done", "done"): 3})
        owners = self.db.column("SELECT DISTINCT user_id FROM demo_visit")
        self.assertEqual(owners, [self.ids["bruno"]])
        self.assertEqual(self.event_data(request, "visits_moved"), {"visits": 3})
        event = self.server.call(
            "bruno", "handover.request.event", "search_read",
            [("request_id", "=", request), ("code", "=", "visits_moved")],
            ["what", "summary"],
        )  # fmt: skip
        self.assertEqual(event[0]["what"], "Visits handed over")
        self.assertEqual(event[0]["summary"], "visits: 3")
        # held since, and one that was held before
        for visit, hours in zip(visits, (1, 2, -1), strict=True):
            self.db.query(
                "UPDATE demo_visit SET state = 'held', date = (SELECT max(date_from)"
                " FROM handover_request_review) + %s * interval '1 hour'"
                " WHERE id = %s",
                hours,
                visit,
            )
        self.assertEqual(self.review_of(request), (2, 1))
        self.assertTrue(
            self.server.call("boss", "handover.request", "verify", [request])["ok"]
        )
        self.uninstall_example(request)

    def uninstall_example(self, request):
        """Uninstall it: what was handed over stays as history that can be verified."""
        module = self.db.value(
            "SELECT id FROM ir_module_module WHERE name = %s", EXAMPLE
        )

        def uninstalled():
            # Odoo refuses while a scheduled action runs, and asks to try again
            try:
                self.server.call(
                    "admin", "ir.module.module", "button_immediate_uninstall", [module]
                )
            except xmlrpc.client.Fault as fault:
                self.assertIn("is currently processing a scheduled", str(fault))
                return False
            return True

        self.wait_until("it is uninstalled", uninstalled, wake=False)
        self.assertIsNone(self.db.value("SELECT to_regclass('demo_visit')"))
        self.assertIn("visits_moved", self.events(request))
        checked = self.server.call("boss", "handover.request", "verify", [request])
        self.assertTrue(checked["ok"], checked)
        told = self.server.call(
            "boss", "handover.request", "read", [request], ["state", "done_count"]
        )
        self.assertEqual(told[0]["done_count"], 3)

    def make_rule(self, model, code, *states):
        """Have Odoo's automation rules run code as the state becomes one of these."""
        [model_id] = self.db.column("SELECT id FROM ir_model WHERE model = %s", model)
        [state] = self.db.column(
            "SELECT id FROM ir_model_fields WHERE model = %s AND name = 'state'", model
        )
        action = {
            "name": "Rule", "model_id": model_id, "state": "code", "code": code,
        }  # fmt: skip
        values = {
            "name": "Rule", "model_id": model_id, "trigger": "on_create_or_write",
            "trigger_field_ids": [(6, 0, [state])],
            "filter_domain": f"[('state', 'in', {list(states)})]",
            "action_server_ids": [(0, 0, action)],
        }  # fmt: skip
        rule = self.server.call("admin", "base.automation", "create", values)
        self.addCleanup(self.server.call, "admin", "base.automation", "unlink", [rule])

    def test_automation_rule_that_fails_holds_up_no_handover(self):
        way = ("running", "transferred", "done")
        self.make_rule("handover.request", "raise UserError('no')", *way)
        self.make_rule("handover.request.line", "raise UserError('no')", "done")
        # what happens in the same breath is seen, unless another one fails on it
        tell = "log('seen ' + record.state)"
        self.make_rule("handover.request", tell, "approved", "transferred")
        leads = self.make_leads(3)
        request = self.make_request(leads)
        self.approve(request)
        self.wait_for_state(request, "transferred")
        self.assertHandedOverOnce(request, leads)
        for login in ("anna", "bruno"):
            self.server.call(login, "handover.request", "action_confirm", [request])
        self.assertEqual(self.state(request), "done")
        self.assertEqual(self.outcomes(request), {("done", "done"): 3})
        told = self.db.column("SELECT message FROM ir_logging WHERE func = 'Rule'")
        self.assertEqual(told, ["seen approved"])
        # a person is told, and may not go on
        self.make_rule("handover.request", "raise UserError('ask Lee')", "submitted")
        with self.assertRaisesRegex(xmlrpc.client.Fault, "ask Lee"):
            self.make_request(self.make_leads(1))

    def test_the_write_of_another_add_on_runs_once_for_each_record(self):
        leads = self.make_leads(300)
        request = self.make_request(leads)
        self.approve(request)
        self.wait_for_state(request, "transferred")
        rows = self.db.query(
            "SELECT owner_writes, referred, count(*) FROM crm_lead"
            " WHERE id = ANY(%s) GROUP BY 1, 2",
            leads,
        )
        self.assertEqual(rows, [(1, "now with Bruno", 300)])
        self.assertHandedOverOnce(request, leads)
        # the note tells the new owner in the place of core's tracking, which this one
        # extends: nothing is tracked a second time
        tracked = self.db.query(
            "SELECT count(*), count(DISTINCT message.res_id) FROM mail_tracking_value"
            " value JOIN mail_message message ON message.id = value.mail_message_id"
            " JOIN ir_model_fields field ON field.id = value.field_id"
            " WHERE message.model = 'crm.lead' AND message.res_id = ANY(%s)"
            " AND field.name = 'user_id'",
            leads,
        )
        self.assertEqual(tracked, [(300, 300)])

    def test_what_another_add_on_refuses_stays_and_says_why(self):
        leads = self.make_leads(50)
        refused, broken = leads[10], leads[40]
        self.db.query(
            "UPDATE crm_lead SET contact_name = 'Sealed' WHERE id = %s", refused
        )
        self.db.query(
            "UPDATE crm_lead SET contact_name = 'Broken' WHERE id = %s", broken
        )
        request = self.make_request(leads)
        self.approve(request)
        self.assertEqual(self.state(request), "transferred")
        self.assertEqual(
            self.outcomes(request),
            {("done", "done"): 48, ("failed", "rejected"): 1, ("failed", "error"): 1},
        )
        self.assertEqual(self.code_of(request, refused), "rejected")
        self.assertEqual(self.code_of(request, broken), "error")
        messages = dict(
            self.db.query(
                "SELECT res_id, result_message FROM handover_request_line"
                " WHERE request_id = %s AND state = 'failed'",
                request,
            )
        )
        self.assertIn("Deal 11 stays where it is.", messages[refused])
        self.assertIn("try again", messages[refused])
        self.assertNotIn("ZeroDivision", messages[broken])
        self.assertEqual(self.owners([refused, broken]), {"anna": 2})
        # the tries of the whole batch left no trace on the others
        others = [lead for lead in leads if lead not in (refused, broken)]
        self.assertEqual(
            self.db.query(
                "SELECT owner_writes, count(*) FROM crm_lead"
                " WHERE id = ANY(%s) GROUP BY 1",
                others,
            ),
            [(1, 48)],
        )
        self.assertConsistent(request, others)
