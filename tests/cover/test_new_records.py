"""What is new while somebody is away: by the rule that was approved."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.crm_handover_cover.models import handover_request_cover_new

from .common import DAY, HOUR, CoverCommon


class TestNewRecords(CoverCommon):
    def collected(self, rule, state="transferred", **values):
        request = self.cover("draft", records=False, new_records=rule, **values)
        request.with_user(self.anna).action_collect()
        self.bring(request.with_user(self.anna), state)
        return self.begun(request)

    def new_lead(self, owner=None, **values):
        return self.make_lead(owner, partner_id=self.customer.id, **values)

    def nobodys(self, **values):
        return self.make_lead(self.env["res.users"], **values)

    def test_it_goes_along_and_comes_back(self):
        request = self.collected("along")
        theirs = self.make_lead(name="Assigned")
        nobodys = self.nobodys(name="Asked", partner_id=self.customer.id)
        todo = self.make_todo(theirs)
        stranger = self.nobodys(name="Stranger")
        chens = self.new_lead(self.chen, name="Chen's")
        self.mind()
        self.assertOwner(theirs | nobodys, self.bruno)
        self.assertEqual(todo.user_id, self.bruno)
        self.assertFalse(stranger.user_id)
        self.assertOwner(chens, self.chen)
        self.assertEqual(self.codes_of_events(request)[-1], "came_meanwhile")
        self.assertEqual(self.told(request, "new work came"), (["Bruno"], 1))
        self.assertVerifies(request)
        # nothing twice
        self.mind()
        self.assertEqual(self.told(request, "new work came"), (["Bruno"], 1))
        self.assertEqual(self.codes_of_events(request).count("came_meanwhile"), 1)
        with freeze_time(request.date_return + HOUR):
            self.run_cron()
        self.assertEqual(request.state, "returned")
        self.assertOwner(theirs | self.lead, self.anna)
        self.assertFalse(nobodys.user_id)
        self.assertEqual(todo.user_id, self.anna)
        self.assertVerifies(request)

    def test_kinds_and_customers_that_were_not_approved_stay(self):
        request = self.cover(new_records="along")
        other = self.make_lead(name="Another customer")
        task = self.make_task(name="Another kind")
        same = self.new_lead(name="Same customer")
        self.mind()
        self.assertOwner(same, self.bruno)
        self.assertOwner(other, self.anna)
        self.assertEqual(task.user_ids, self.anna)
        self.assertEqual(request.line_count, 2)

    def test_a_rule_that_says_stay(self):
        request = self.collected("stay")
        lead = self.new_lead()
        self.mind()
        self.assertOwner(lead, self.anna)
        self.assertFalse(request.with_user(self.leader).new_count)
        self.assertFalse(request._todos("crm_handover.mail_activity_type_attention"))

    def test_who_decides_is_asked_once(self):
        request = self.collected("ask", coordinator_id=self.other.id)
        lead = self.new_lead()
        for _time in (1, 2):
            self.mind()
            [todo] = request._todos("crm_handover.mail_activity_type_attention")
            self.assertEqual(todo.user_id, self.other)
            self.assertEqual(str(todo.note).count("while Anna is away"), 1)
        self.assertOwner(lead, self.anna)
        for user in (self.anna, self.bruno, self.other, self.employee):
            with self.subTest(user.name), self.assertRaises(AccessError):
                request.with_user(user).action_take_new_records()
        self.assertEqual(request.with_user(self.leader).new_count, 1)
        request.with_user(self.leader).action_take_new_records()
        self.assertOwner(lead, self.bruno)
        self.assertFalse(request._todos("crm_handover.mail_activity_type_attention"))
        with self.assertRaisesRegex(UserError, "nothing new"):
            request.with_user(self.leader).action_take_new_records()
        self.assertVerifies(request)

    def test_nothing_before_the_begin_nor_after_the_end(self):
        ahead = self.collected(
            "along", "approved", date_planned=fields.Datetime.now() + DAY
        )
        lead = self.new_lead()
        self.mind()
        self.assertOwner(lead, self.anna)
        self.begun(ahead).with_user(self.leader).action_run()
        late = self.new_lead()
        with freeze_time(ahead.date_return + HOUR):
            self.mind()
        self.assertOwner(late, self.anna)

    def test_what_one_successor_has_decides_who_takes(self):
        other = self.make_customer(name="Bakery")
        request = self.cover("draft", self.lead | self.make_lead(), new_records="along")
        request.with_user(self.anna).add_records("res.partner", other.ids, self.chen.id)
        self.bring(request.with_user(self.anna), "transferred")
        self.begun(request)
        lead = self.make_lead(partner_id=other.id)
        self.mind()
        self.assertOwner(lead, self.chen)

    def test_who_did_not_accept_gets_nothing_more(self):
        """Neither who declined it all, nor who never answered where they have to."""
        other = self.make_customer(name="Bakery")
        for rule, answers in (("silence", "action_decline"), ("needed", None)):
            self.company.handover_acceptance = rule
            theirs = self.make_lead(partner_id=self.customer.id)
            request = self.cover("draft", theirs, new_records="along")
            request = request.with_user(self.anna)
            request.add_records("res.partner", other.ids, self.chen.id)
            self.bring(request, "submitted")
            tomorrow = fields.Datetime.now() + DAY
            request.sudo()._trusting().date_planned = tomorrow
            request.with_user(self.approver).action_approve()
            lines = request.sudo().line_ids
            chens = lines.filtered(lambda one: one.successor_id == self.chen)
            (lines - chens).with_user(self.bruno).action_accept()
            if answers:
                chens.with_user(self.chen).action_decline("No time")
            request.with_user(self.leader).action_run()
            self.begun(request.sudo())
            hers = self.make_lead(partner_id=other.id)
            his = self.make_lead(partner_id=self.customer.id)
            self.mind()
            with self.subTest(rule=rule):
                self.assertOwner(other, self.anna)
                self.assertOwner(hers, self.anna)
                self.assertOwner(his | theirs, self.bruno)
            request.with_user(self.leader).action_return()
            hers.active = False

    def test_the_rule_holds_for_a_team_as_well(self):
        request = self.make_request(
            records=False, by=self.leader, predecessor_id=False,
            source_team_id=self.team.id, successor_id=self.other.id,
            kind="temporary", new_records="along",
            date_return=fields.Datetime.now() + 10 * DAY,
        )  # fmt: skip
        request.with_user(self.leader).action_collect()
        self.bring(request.with_user(self.leader), "transferred")
        self.begun(request)
        self.assertOwner(self.lead, self.other)
        annas, chens = self.new_lead(), self.new_lead(self.chen)
        self.mind()
        self.assertOwner(annas | chens, self.other)
        givers = request.line_ids.filtered(
            lambda one: one.res_id in (annas | chens).ids
        )
        self.assertEqual(givers.predecessor_id, self.anna | self.chen)
        self.assertVerifies(request)
        with freeze_time(request.date_return + HOUR):
            self.run_cron()
        self.assertOwner(annas, self.anna)
        self.assertOwner(chens, self.chen)

    def test_what_nobody_takes_holds_up_nothing_that_comes_later(self):
        other = self.make_customer(name="Bakery")
        request = self.cover("draft", self.lead, new_records="along")
        request.with_user(self.anna).add_records("res.partner", other.ids, self.chen.id)
        # two successors, and nobody who takes over everything
        request.with_user(self.anna).successor_id = False
        mine = request.with_user(self.anna).line_ids
        mine.filtered(lambda one: one.res_model == "crm.lead").successor_id = self.bruno
        mine.filtered(lambda one: one.res_id == other.id).successor_id = self.chen
        self.bring(request.with_user(self.anna), "transferred")
        self.begun(request)
        unclear = [self.new_lead(name=f"Unclear {number}") for number in range(5)]
        clear = [self.make_lead(partner_id=other.id) for _number in range(5)]
        with patch.object(handover_request_cover_new, "BATCH", 2):
            for _batch in range(3):
                self.mind()
        for lead in clear:
            self.assertOwner(lead, self.chen)
        for lead in unclear:
            self.assertOwner(lead, self.anna)
        # nor does any of them cost anything, hour by hour
        counted = []
        for _time in (1, 2):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertFalse(request.sudo()._take_new())
            counted.append(self.env.cr.sql_log_count - before)
            unclear += [self.new_lead() for _number in range(20)]
        self.assertEqual(counted[0], counted[1])
        self.mind()
        [todo] = request._todos("crm_handover.mail_activity_type_attention")
        self.assertIn("while Anna is away", str(todo.note))
        self.assertEqual(request.with_user(self.leader).new_count, len(unclear))

    def test_what_is_chosen_is_approved(self):
        request = self.cover("approved", new_records="along")
        for name, value in (
            ("new_records", "stay"), ("credit_share", 7), ("credit_days", 7),
            ("cover", "light"),
        ):  # fmt: skip
            former = request[name]
            for written, codes in ((value, ["content_changed"]), (former, [])):
                with self.subTest(name=name, written=written):
                    self.env.cr.execute(
                        SQL(
                            "UPDATE handover_request SET %s = %s WHERE id = %s",
                            SQL.identifier(name), written, request.id,
                        )
                    )  # fmt: skip
                    self.env.invalidate_all()
                    problems = request.with_user(self.manager).verify()["problems"]
                    self.assertEqual([p["code"] for p in problems], codes)

    def test_what_was_approved_before_there_was_a_rule_stays_so(self):
        request = self.cover("approved")
        old = request._approved_values()
        for name in ("new_records", "credit_share", "credit_days", "cover"):
            del old[name]
        request._trusting().write({"approved_values": old})
        request._note_content("continued")
        self.assertVerifies(request)
        request.with_user(self.leader).action_run()
        self.assertEqual(request.state, "transferred")
