"""The briefing cards: who writes, releases, reads and asks, and what is on them."""

from odoo import Command
from odoo.exceptions import AccessError, UserError

from ..common import IN_NO_WAY_CONCERNED, HandoverCommon


class CardCase(HandoverCommon):
    @classmethod
    def card(cls, request, user=None, record=None):
        """The card of the only record, or of ``record``, as ``user`` opens it."""
        # each reads their own part of them
        request.invalidate_recordset(["line_ids"])
        lines = request.with_user(user or cls.anna).line_ids
        if record:
            lines = lines.filtered(lambda line: line.res_id == record.id)
        action = lines.action_open_card()
        return (
            cls.env["handover.card"]
            .with_user(user or cls.anna)
            .browse(action["res_id"])
        )


class TestCustomers(CardCase):
    def test_cards_stand_by_customer_for_who_may_read_it(self):
        lead = self.make_lead(partner_id=self.make_customer(is_company=True).id)
        request = self.make_request("approved", lead)
        self.card(request)
        cards = self.env["handover.card"]
        for user in (self.anna, self.manager):
            [group] = cards.with_user(user).formatted_read_group(
                [("request_id", "=", request.id)], ["customer_id"], ["__count"]
            )
            self.assertEqual(group["customer_id"][1], "Brewery")
            self.assertEqual(group["__count"], 1)


class TestWriting(CardCase):
    def test_predecessor_writes_releases_and_successor_understands(self):
        request = self.make_request("approved")
        card = self.card(request)
        card.write({"promises": "Price stays", "avoid": "Fridays"})
        self.assertEqual(card.state, "open")
        card.action_release()
        self.assertRecordValues(
            card,
            [{"state": "released", "released_by_id": self.anna.id, "from_data": False}],
        )
        theirs = card.with_user(self.bruno)
        self.assertEqual(theirs.promises, "Price stays")
        theirs.action_understand()
        self.assertEqual(card.state, "understood")
        self.assertTrue(card.date_understood)
        # a second click changes nothing
        with self.assertNothingChanged():
            theirs.action_understand()
            card.action_release()
        codes = request.event_ids.mapped("code")
        self.assertEqual(codes[-2:], ["released", "understood"])
        self.assertTrue(request.verify()["ok"])

    def test_card_begins_with_what_is_noted_on_the_record(self):
        request = self.make_request()
        request.with_user(self.anna).line_ids.write({"note": "Loud", "risk": "low"})
        card = self.card(request)
        self.assertRecordValues(card, [{"note": "Loud", "risk": "low"}])
        card.write({"note": "Quiet"})
        self.assertEqual(request.line_ids.note, "Quiet")
        request.with_user(self.anna).line_ids.write({"risk": "medium"})
        self.assertEqual(card.risk, "medium")

    def test_predecessor_adds_after_the_approval_what_was_not_approved(self):
        request = self.make_request("approved")
        card = self.card(request)
        card.write({"note": "New number", "risk": "high", "risk_measure": "Call"})
        self.assertFalse(request.line_ids.note)
        self.assertEqual(request.line_ids.risk, "none")
        self.assertTrue(request.verify()["ok"])
        card.action_release()
        request.with_user(self.approver).action_run()
        self.assertEqual(request.state, "transferred")
        lead = self.env["crm.lead"].browse(request.line_ids.res_id)
        self.assertIn("New number", self.notes(lead).body)
        self.assertIn("High", self.notes(lead).body)

    def test_what_is_not_released_is_not_told_on_the_record(self):
        request = self.make_request("approved")
        self.card(request).note = "Unfinished"
        request.with_user(self.approver).action_run()
        lead = self.env["crm.lead"].browse(request.line_ids.res_id)
        self.assertNotIn("Unfinished", self.notes(lead).body)

    def test_changed_card_is_to_be_released_and_read_again(self):
        request = self.make_request("approved")
        card = self.card(request)
        card.action_release()
        card.with_user(self.bruno).action_understand()
        card.promises = "Delivery in May"
        self.assertEqual(card.state, "open")
        theirs = card.with_user(self.bruno)
        with self.assertRefused(AccessError):
            theirs.read(["promises"])
        with self.assertRefused(AccessError):
            theirs.action_understand()
        card.action_release()
        self.assertEqual(theirs.promises, "Delivery in May")

    def test_high_risk_needs_something_to_do(self):
        request = self.make_request("approved")
        card = self.card(request)
        card.risk = "high"
        with self.assertRefused(UserError, "what to do about it"):
            card.action_release()
        with self.assertRefused(UserError, "what to do about it"):
            request.with_user(self.anna).action_release_cards()
        card.risk_measure = "Visit them"
        card.action_release()
        self.assertEqual(card.state, "released")

    def test_whole_kind_is_released_at_once(self):
        lead, customer = self.make_lead(), self.make_customer()
        request = self.make_request(records=lead)
        anna = request.with_user(self.anna)
        anna.add_records("res.partner", customer.ids)
        scope = self.env.ref("crm_handover.scope_crm_lead")
        anna.action_release_cards(scope.id)
        cards = self.env["handover.card"].search([("request_id", "=", request.id)])
        states = {card.res_model: card.state for card in cards}
        self.assertEqual(states, {"crm.lead": "released", "res.partner": "open"})
        self.assertEqual(
            {kind["id"]: (kind["total"], kind["released"]) for kind in anna.briefing},
            {
                scope.id: (1, 1),
                self.env.ref("crm_handover.scope_res_partner").id: (1, 0),
            },
        )
        anna.action_release_cards()
        self.assertEqual(set(cards.mapped("state")), {"released"})
        with self.assertRefused(UserError, "every card is released"):
            anna.action_release_cards()

    def test_nobody_writes_once_it_is_over(self):
        request = self.make_request("approved")
        card = self.card(request)
        request.with_user(self.anna).action_cancel()
        with self.assertRefused(UserError, "is over"):
            card.write({"promises": "Too late"})
        with self.assertRefused(UserError, "is over"):
            card.action_release()

    def test_card_goes_with_its_record(self):
        request = self.make_request()
        card = self.card(request)
        request.with_user(self.anna).line_ids.unlink()
        self.assertFalse(card.exists())


class TestAccess(CardCase):
    def test_successor_neither_writes_nor_releases(self):
        request = self.make_request("approved")
        card = self.card(request)
        card.action_release()
        theirs = card.with_user(self.bruno)
        for values in ({"promises": "A discount"}, {"risk": "none"}, {"note": ""}):
            with self.assertRefused(AccessError):
                theirs.write(values)
        card.promises = "Mine"
        with self.assertRefused(AccessError):
            theirs.action_release()

    def test_successor_reads_nothing_before_it_is_released(self):
        request = self.make_request("approved")
        card = self.card(request)
        card.promises = "Draft"
        self.assertFalse(
            card.with_user(self.bruno).search([("request_id", "=", request.id)])
        )
        with self.assertRefused(UserError, "not released"):
            request.with_user(self.bruno).line_ids.action_open_card()
        with self.assertRefused(AccessError):
            card.with_user(self.bruno).action_understand()

    def test_successor_reads_own_cards_only(self):
        mine, theirs = self.make_lead(), self.make_lead(name="Other")
        request = self.make_request(records=mine | theirs)
        anna = request.with_user(self.anna)
        anna.line_ids.filtered(lambda line: line.res_id == theirs.id).write(
            {"successor_id": self.chen.id}
        )
        anna.action_release_cards()
        cards = self.env["handover.card"].with_user(self.bruno)
        self.assertEqual(
            cards.search([("request_id", "=", request.id)]).mapped("res_name"), ["Deal"]
        )
        kinds = request.with_user(self.bruno).briefing
        self.assertEqual([(k["total"], k["released"]) for k in kinds], [(1, 1)])

    def test_only_the_successor_says_it_is_understood(self):
        request = self.make_request("approved")
        card = self.card(request)
        card.action_release()
        for user in (self.anna, self.leader, self.approver, self.manager, self.admin):
            with self.assertRefused(AccessError):
                card.with_user(user).action_understand()

    def test_superiors_read_and_do_not_release(self):
        request = self.make_request("approved")
        card = self.card(request)
        card.promises = "Price stays"
        for user in (self.leader, self.approver, self.manager):
            self.assertEqual(card.with_user(user).promises, "Price stays")
            with self.assertRefused(AccessError):
                card.with_user(user).action_release()
            with self.assertRefused(AccessError):
                request.with_user(user).action_release_cards()

    def test_of_several_people_each_briefs_on_what_is_theirs(self):
        annas, chens = self.make_lead(), self.make_lead(self.chen)
        request = self.Request.with_user(self.manager).create(
            {
                "predecessor_ids": [Command.set((self.anna | self.chen).ids)],
                "successor_id": self.bruno.id,
            }
        )
        request.action_collect()
        self.env.invalidate_all()
        card = self.card(request, self.anna, annas)
        self.env.invalidate_all()
        other = self.card(request, self.chen, chens)
        card.promises = "Price stays"
        for call in (
            lambda: card.with_user(self.chen).read(["promises"]),
            lambda: card.with_user(self.chen).write({"promises": "None"}),
            lambda: other.with_user(self.anna).action_release(),
        ):
            with self.assertRefused(AccessError):
                call()
        self.assertTrue(request.with_user(self.anna).can_brief)
        self.assertFalse(request.with_user(self.bruno).can_brief)
        request.with_user(self.anna).action_release_cards()
        # questions reach whoever hands it over, and nobody else of them
        card.with_user(self.manager).message_post(body="Until when?")
        self.assertIn(self.anna.partner_id, card.message_partner_ids)
        self.assertNotIn(self.chen.partner_id, card.message_partner_ids)
        self.assertRecordValues(
            card,
            [{"state": "released", "released_by_id": self.anna.id, "from_data": False}],
        )
        self.assertEqual(other.state, "open")

    def test_strangers_see_no_card(self):
        request = self.make_request("approved")
        card = self.card(request)
        card.action_release()
        for login in (*IN_NO_WAY_CONCERNED, "foreigner"):
            user = getattr(self, login)
            with self.subTest(login), self.assertRefused(AccessError):
                card.with_user(user).read(["note"])
            with self.subTest(login), self.assertRefused(AccessError):
                card.with_user(user).action_understand()

    def test_nobody_makes_or_deletes_cards_by_hand(self):
        request = self.make_request("approved")
        card = self.card(request)
        for user in (self.anna, self.manager, self.admin):
            with self.assertRefused(AccessError):
                card.with_user(user).create({"line_id": request.line_ids.id})
            with self.assertRefused(AccessError):
                card.with_user(user).unlink()
            for values in ({"state": "understood"}, {"from_data": True}):
                with self.assertRefused(AccessError):
                    card.with_user(user).write(values)
        with self.assertRefused(UserError):
            card.message_new({})
        with self.assertRefused(UserError):
            card.message_update({})

    def test_a_card_of_whoever_was_replaced_or_declined(self):
        request = self.make_request("approved")
        request.with_user(self.anna).action_release_cards()
        card = self.env["handover.card"].search([("request_id", "=", request.id)])
        card.message_subscribe((self.bruno | self.anna).partner_id.ids)

        def told():
            message = card.with_user(self.manager).message_post(
                body="Hello", subtype_xmlid="mail.mt_comment"
            )
            return message.sudo().notified_partner_ids

        self.assertTrue(card.with_user(self.bruno).has_access("read"))
        self.assertIn(self.bruno.partner_id, told())
        request.line_ids.with_user(self.bruno).action_decline("No time")
        self.env.invalidate_all()
        self.assertFalse(card.with_user(self.bruno).has_access("read"))
        self.assertNotIn(self.bruno.partner_id, card.message_partner_ids)
        self.assertNotIn(self.bruno.partner_id, told())
        self.assertIn(self.anna.partner_id, card.message_partner_ids)


class TestQuestions(CardCase):
    def test_successor_asks_and_predecessor_is_told(self):
        request = self.make_request("approved")
        card = self.card(request)
        card.action_release()
        question = card.with_user(self.bruno).message_post(
            body="Who decides?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(question.sudo().notified_partner_ids, self.anna.partner_id)
        answer = card.message_post(
            body="Ms Hartwig", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(answer.sudo().notified_partner_ids, self.bruno.partner_id)

    def test_successor_is_not_told_of_a_card_that_is_not_released(self):
        request = self.make_request("approved")
        card = self.card(request)
        message = card.message_post(
            body="To myself", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(message.sudo().notified_partner_ids)

    def test_the_note_on_a_record_is_told_with_its_card(self):
        """Neither in the list, nor in a digest, nor on the record itself."""
        lead = self.make_lead()
        request = self.make_request(records=lead)
        card = self.card(request)
        card.note = "Hidden so far"
        self.assertEqual(request.line_ids.note, "Hidden so far")
        self.bring(request.with_user(self.anna), "transferred")
        said = self.env["mail.message"].search([("body", "ilike", "Hidden so far")])
        self.assertFalse(said)
        theirs = request.with_user(self.bruno).line_ids
        for user, note in ((self.bruno, False), (self.approver, "Hidden so far")):
            self.assertEqual(theirs.with_user(user).note, note)
        card.action_release()
        self.assertEqual(theirs.note, "Hidden so far")

    def test_successor_has_one_to_do_until_all_is_read(self):
        leads = self.make_lead() | self.make_lead(name="Second")
        request = self.make_request("approved", records=leads)
        first, second = (self.card(request, record=lead) for lead in leads)
        first.action_release()
        second.action_release()
        todos = request.activity_ids.filtered(lambda a: a.user_id == self.bruno)
        self.assertEqual(todos.mapped("summary"), ["Read the briefing cards"])
        first.with_user(self.bruno).action_understand()
        self.assertTrue(todos.exists().filtered("active"))
        second.with_user(self.bruno).action_understand()
        self.assertFalse(
            request.activity_ids.filtered(lambda a: a.user_id == self.bruno)
        )

    def test_nothing_is_to_be_read_once_the_approval_is_taken_back(self):
        lead = self.make_lead()
        request = self.make_request("approved", records=lead)
        self.card(request, record=lead).action_release()
        self.assertIn(self.bruno, request.activity_ids.user_id)
        request.with_user(self.approver).action_undo_approval()
        self.assertNotIn(self.bruno, request.activity_ids.user_id)
        request.with_user(self.approver).action_approve()
        self.assertIn(self.bruno, request.activity_ids.user_id)

    def test_release_sends_no_mail(self):
        request = self.make_request("approved")
        with self.assertNothingChanged(
            "to-dos", "handovers", "events", "messages", "followers", "cards"
        ):
            request.with_user(self.anna).action_release_cards()


class TestSuddenLeave(CardCase):
    def test_manager_releases_from_data_and_confirms(self):
        request = self.make_request(is_sudden=True, by=self.manager)
        request.with_user(self.manager).action_submit()
        with self.assertRefused(AccessError):
            request.with_user(self.leader).action_release_cards()
        request.with_user(self.manager).action_release_cards()
        card = self.env["handover.card"].search([("request_id", "=", request.id)])
        self.assertRecordValues(
            card, [{"from_data": True, "released_by_id": self.manager.id}]
        )
        request.with_user(self.approver).action_approve()
        request.with_user(self.bruno).action_confirm()
        with self.assertRefused(AccessError):
            request.with_user(self.approver).action_confirm()
        request.with_user(self.manager).action_confirm()
        self.assertRecordValues(
            request.signoff_ids.filtered(lambda sign: sign.user_id == self.anna),
            [{"role": "predecessor", "signed_by_id": self.manager.id}],
        )
        self.assertEqual(request.state, "done")


class TestFacts(CardCase):
    def rows(self, card, key):
        """The rows of a section: ``[(text, detail)]``."""
        sections = {section["key"]: section["rows"] for section in card.facts or ()}
        return [(row["text"], row["detail"]) for row in sections.get(key, ())]

    def test_card_of_a_deal_tells_what_the_database_knows(self):
        company = self.make_customer(name="Hartwig KG", is_company=True)
        self.make(
            "res.partner", name="Eva Hartwig", parent_id=company.id,
            function="Owner", email="eva@hartwig.test",
        )  # fmt: skip
        lead = self.make_lead(
            partner_id=company.id, expected_revenue=1200, priority="2",
            description="<p>Wants <b>blue</b></p>",
        )  # fmt: skip
        self.make_todo(lead)
        self.make_meeting(lead, name="Visit", opportunity_id=lead.id)
        other = self.make_lead(partner_id=company.id, name="Second deal")
        self.make_task(partner_id=company.id, name="Delivery")
        self.env["ir.attachment"].create(
            {
                "name": "Contract.txt", "raw": b"text", "res_model": "crm.lead",
                "res_id": lead.id,
            }
        )  # fmt: skip
        lead.message_post(
            body="When do you come?", message_type="email",
            email_from="eva@hartwig.test", author_id=company.child_ids.id,
            subtype_xmlid="mail.mt_comment",
        )  # fmt: skip
        lead.with_user(self.anna).message_post(
            body="On Monday", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        card = self.card(self.make_request(records=lead))
        values = dict(self.rows(card, "record"))
        self.assertIn("Wants *blue*", values.values())
        self.assertTrue([v for v in values.values() if "1,200" in v], values)
        people = dict(self.rows(card, "people"))
        self.assertEqual(people["Eva Hartwig"], "Owner · eva@hartwig.test")
        messages = dict(self.rows(card, "communication"))
        self.assertIn("When do you come?", messages["From the customer"])
        self.assertIn("On Monday", messages["To the customer"])
        self.assertEqual([t for t, _d in self.rows(card, "todos")][:1], ["Call"])
        self.assertEqual([t for t, _d in self.rows(card, "meetings")], ["Visit"])
        self.assertEqual([t for t, _d in self.rows(card, "files")], ["Contract.txt"])
        related = [text for text, _detail in self.rows(card, "related")]
        self.assertIn(other.name, related)
        self.assertIn("Delivery", related)
        self.assertNotIn(lead.name, related)

    def test_reader_finds_nothing_that_they_may_not_read(self):
        company = self.make_customer(name="Hartwig KG", is_company=True)
        lead = self.make_lead(partner_id=company.id)
        self.make_lead(self.other, partner_id=company.id, name="Hidden deal")
        self.make_meeting(
            lead, self.other, name="Hidden visit", privacy="private",
            opportunity_id=lead.id,
        )  # fmt: skip
        card = self.card(self.make_request(records=lead))
        self.assertNotIn("Hidden", str(card.facts))
        # her own view of the same data has it, so the test can fail
        self.assertIn("Hidden deal", str(card.with_user(self.manager).sudo().facts))

    def test_successor_reads_facts_from_the_approval_on(self):
        lead = self.make_lead(expected_revenue=1200)
        request = self.make_request(records=lead)
        request.with_user(self.anna).action_release_cards()
        card = self.env["handover.card"].search([("request_id", "=", request.id)])
        theirs = card.with_user(self.bruno)
        self.assertFalse(theirs.facts)
        tomorrow = self.env.cr.now().replace(year=self.env.cr.now().year + 1)
        request.with_user(self.anna).write({"date_planned": tomorrow})
        self.bring(request, "approved")
        theirs.invalidate_recordset()
        self.assertIn("1,200", str(theirs.facts))

    def test_every_kind_of_record_has_facts(self):
        records = [self.make_customer(), self.make_task(), self.make_lead()]
        project = self.make("project.project", name="Move", user_id=self.anna.id)
        for record in [*records, project]:
            request = self.make_request(records=record)
            self.assertTrue(self.card(request).facts, record)

    def test_record_that_is_gone_leaves_what_was_written(self):
        lead = self.make_lead()
        card = self.card(self.make_request(records=lead))
        card.promises = "Kept"
        lead.unlink()
        card.invalidate_recordset()
        self.assertEqual((card.facts, card.promises), (False, "Kept"))
