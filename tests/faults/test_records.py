"""Between approval and run the world goes on: records vanish, people leave."""

from .common import FaultCase


class TestChangedMeanwhile(FaultCase):
    """Each handover is approved, something happens, then it runs."""

    def rpc(self, model, method, *arguments, **options):
        return self.server.call("admin", model, method, *arguments, **options)

    def assertOthersWent(self, request, leads, lead, code, state):
        """One lead has this outcome, all others were handed over."""
        others = len(leads) - 1
        self.assertEqual(
            self.outcomes(request), {("done", "done"): others, (state, code): 1}
        )
        self.assertEqual(self.code_of(request, lead), code)
        self.assertEqual(self.state(request), "transferred")
        rest = [id_ for id_ in leads if id_ != lead]
        self.assertEqual(self.owners(rest), {"bruno": others})
        self.assertEqual(self.changes(rest), {1: others})
        self.assertConsistent(request, rest)

    def test_a_deleted_record_is_missing(self):
        leads = self.make_leads(20)
        request = self.make_planned(leads)
        self.rpc("crm.lead", "unlink", leads[:1])
        self.run_now(request)
        self.assertOthersWent(request, leads, leads[0], "missing", "skipped")

    def test_merged_leads_one_is_handed_over_the_other_missing(self):
        leads = self.make_leads(20)
        request = self.make_planned(leads)
        values = {"opportunity_ids": [(6, 0, leads[:2])]}
        wizard = self.rpc("crm.merge.opportunity", "create", values)
        self.rpc("crm.merge.opportunity", "action_merge", [wizard])
        [gone] = set(leads[:2]) - set(
            self.db.column("SELECT id FROM crm_lead WHERE id = ANY(%s)", leads[:2])
        )
        self.run_now(request)
        self.assertOthersWent(request, leads, gone, "missing", "skipped")

    def test_merged_customers_one_is_handed_over_no_line_is_lost(self):
        values = {"name": "Brewery", "user_id": self.ids["anna"], "email": "b@b.test"}
        partners = [self.rpc("res.partner", "create", values) for _n in range(3)]
        request = self.make_planned(partners, model="res.partner")
        values = {
            "partner_ids": [(6, 0, partners[:2])],
            "dst_partner_id": partners[1],
            "state": "selection",
        }
        wizard = self.rpc("base.partner.merge.automatic.wizard", "create", values)
        self.rpc("base.partner.merge.automatic.wizard", "action_merge", [wizard])
        self.run_now(request)
        self.assertEqual(
            self.outcomes(request), {("done", "done"): 2, ("skipped", "missing"): 1}
        )
        self.assertEqual(self.code_of(request, partners[0]), "missing")
        owners = self.db.query(
            "SELECT id, user_id FROM res_partner WHERE id = ANY(%s) ORDER BY id",
            partners,
        )
        self.assertEqual(
            owners, [(partners[1], self.ids["bruno"]), (partners[2], self.ids["bruno"])]
        )

    def test_merging_the_customers_behind_the_people_keeps_an_open_handover(self):
        leads = self.make_leads(3)
        partner, other = (
            self.rpc("res.partner", "create", {"name": "Twin", "email": "t@t.test"})
            for _n in range(2)
        )
        self.db.query(
            "UPDATE crm_lead SET partner_id = %s WHERE id = ANY(%s)", other, leads
        )
        request = self.make_planned(leads)
        values = {
            "partner_ids": [(6, 0, [partner, other])],
            "dst_partner_id": partner,
            "state": "selection",
        }
        wizard = self.rpc("base.partner.merge.automatic.wizard", "create", values)
        self.rpc("base.partner.merge.automatic.wizard", "action_merge", [wizard])
        named = self.rpc(
            "handover.request.line", "search_count",
            [("request_id", "=", request), ("customer_id", "=", partner)],
        )  # fmt: skip
        self.assertEqual(named, 3)
        self.run_now(request)
        self.assertHandedOverOnce(request, leads)

    def test_a_reassigned_record_is_left_alone(self):
        leads = self.make_leads(20)
        request = self.make_planned(leads)
        self.rpc("crm.lead", "write", leads[:1], {"user_id": self.ids["chen"]})
        self.run_now(request)
        self.assertOthersWent(request, leads, leads[0], "stale_owner", "skipped")
        self.assertEqual(self.owners(leads[:1]), {"chen": 1})

    def test_a_record_that_the_successor_got_meanwhile_counts_as_handed_over(self):
        leads = self.make_leads(20)
        request = self.make_planned(leads)
        self.rpc("crm.lead", "write", leads[:1], {"user_id": self.ids["bruno"]})
        self.run_now(request)
        self.assertOthersWent(request, leads, leads[0], "already", "done")
        self.assertEqual(self.changes(leads[:1]), {1: 1}, "it was written again")

    def test_a_record_that_was_archived_stays_where_it_was(self):
        leads = self.make_leads(20)
        request = self.make_planned(leads)
        self.rpc("crm.lead", "write", leads[:1], {"active": False})
        self.run_now(request)
        self.assertOthersWent(request, leads, leads[0], "closed", "skipped")
        self.assertEqual(self.owners(leads[:1]), {"anna": 1})

    def test_a_record_in_another_company_stays_there(self):
        leads = self.make_leads(20)
        request = self.make_planned(leads)
        company = self.rpc("res.company", "create", {"name": f"Abroad {request}"})
        self.db.query(
            "UPDATE crm_lead SET company_id = %s, team_id = NULL WHERE id = %s",
            company,
            leads[0],
        )
        self.run_now(request)
        self.assertOthersWent(request, leads, leads[0], "other_company", "failed")
        self.assertEqual(
            self.db.query(
                "SELECT user_id, company_id FROM crm_lead WHERE id = %s", leads[0]
            ),
            [(self.ids["anna"], company)],
        )

    # ------------------------------------------------------------
    # THE DATABASE REFUSES
    # ------------------------------------------------------------

    def test_a_record_that_the_database_refuses_does_not_stop_the_others(self):
        leads = self.make_leads(50)
        request = self.make_planned(leads)
        self.trigger(
            "fault_refuse",
            f"IF NEW.id = {leads[30]} THEN RAISE EXCEPTION 'no'"
            " USING ERRCODE = '23514'; END IF; RETURN NEW;",
        )
        self.run_now(request)
        self.assertOthersWent(request, leads, leads[30], "rejected", "failed")
        self.assertEqual(self.owners(leads[30:31]), {"anna": 1})

    def test_a_conflict_that_passes_after_three_tries_fails_no_line(self):
        # sequences survive a rollback: they count the transactions that were tried
        self.db.query("CREATE SEQUENCE fault_last; CREATE SEQUENCE fault_tries")
        leads = self.make_leads(300)
        request = self.make_request(leads)
        self.trigger(
            "fault_conflict",
            f"IF NEW.id = {leads[30]} AND NEW.user_id != OLD.user_id THEN"
            " IF (SELECT last_value FROM fault_last) != txid_current() THEN"
            " PERFORM setval('fault_last', txid_current()), nextval('fault_tries');"
            " END IF;"
            " IF (SELECT last_value FROM fault_tries) <= 3 THEN"
            " RAISE EXCEPTION 'try again' USING ERRCODE = '40001'; END IF;"
            " END IF; RETURN NEW;",
        )
        self.approve(request)
        self.wait_for_state(request, "transferred")
        self.assertEqual(self.db.value("SELECT last_value FROM fault_tries"), 4)
        self.assertHandedOverOnce(request, leads)

    def test_an_owner_that_the_database_puts_back_is_not_reported_as_done(self):
        leads = self.make_leads(50)
        request = self.make_planned(leads)
        self.trigger(
            "fault_put_back",
            f"IF NEW.id = {leads[30]} THEN NEW.user_id := OLD.user_id; END IF;"
            " RETURN NEW;",
        )
        self.run_now(request)
        self.assertOthersWent(request, leads, leads[30], "overridden", "failed")
        self.assertEqual(self.owners(leads[30:31]), {"anna": 1})
        notes = "SELECT count(*) FROM mail_message WHERE model = 'crm.lead'"
        self.assertEqual(self.db.value(f"{notes} AND res_id = %s", leads[30]), 0)

    # ------------------------------------------------------------
    # THE APPROVAL NO LONGER HOLDS
    # ------------------------------------------------------------

    def assertLapsed(self, request, leads):
        self.assertEqual(self.state(request), "needs_review")
        self.assertEqual(self.outcomes(request), {("todo", None): len(leads)})
        self.assertEqual(self.owners(leads), {"anna": len(leads)})
        self.assertEqual(self.changes(leads), {0: len(leads)})
        self.assertEvents(request, "submitted", "approved", "needs_review")

    def test_a_successor_who_left_is_given_nothing(self):
        leads = self.make_leads(20)
        request = self.make_planned(leads)
        self.db.query("UPDATE res_users SET active = FALSE WHERE login = 'bruno'")
        self.addCleanup(
            self.db.query, "UPDATE res_users SET active = TRUE WHERE login = 'bruno'"
        )
        self.run_now(request)
        self.assertLapsed(request, leads)

    def test_an_approver_who_lost_the_role_has_approved_nothing(self):
        leads = self.make_leads(20)
        values = {
            "name": "Former", "login": "former", "password": "former",
            "group_ids": [(6, 0, self.groups("sales_team.group_sale_manager"))],
        }  # fmt: skip
        former = self.rpc("res.users", "create", values)
        self.ids["former"] = former
        tomorrow = "2199-01-01 00:00:00"
        request = self.make_request(leads, date_planned=tomorrow)
        self.server.call("former", "handover.request", "action_approve", [request])
        values = {"group_ids": [(6, 0, self.groups("base.group_user"))]}
        self.rpc("res.users", "write", [former], values)
        self.run_now(request)
        self.assertLapsed(request, leads)

    def groups(self, *xml_ids):
        return [
            self.db.value(
                "SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s",
                *xml_id.split("."),
            )
            for xml_id in xml_ids
        ]

    def test_lines_changed_behind_the_back_are_not_what_was_approved(self):
        leads = self.make_leads(20)
        request = self.make_planned(leads)
        self.db.query(
            "UPDATE handover_request_line SET successor_id = %s"
            " WHERE request_id = %s AND res_id = %s",
            self.ids["chen"],
            request,
            leads[0],
        )
        self.run_now(request)
        self.assertLapsed(request, leads)

    def test_a_successor_who_leaves_in_the_middle_gets_nothing_more(self):
        self.slow_down(3)
        leads = self.make_leads(1500)
        request = self.make_request(leads, successor_id=self.ids["chen"])
        self.approve(request)
        self.wait_for_lines(request, 1)
        self.db.query("UPDATE res_users SET active = FALSE WHERE login = 'chen'")
        self.addCleanup(
            self.db.query, "UPDATE res_users SET active = TRUE WHERE login = 'chen'"
        )
        self.wait_for_state(request, "needs_review", "transferred")
        outcomes = self.outcomes(request)
        done = outcomes.pop(("done", "done"))
        self.assertLess(done, 1500, "left too late for this test")
        self.assertEqual(self.owners(leads), {"chen": done, "anna": 1500 - done})
        # what was not looked at any more waits for the review
        self.assertLessEqual(
            set(outcomes), {("failed", "successor_no_access"), ("todo", None)}
        )
        self.assertConsistent(request, leads)
