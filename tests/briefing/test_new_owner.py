"""A record's new owner: what the database knows at once, and asking for the rest."""

from odoo import Command
from odoo.exceptions import AccessError, UserError

from ..common import IN_NO_WAY_CONCERNED
from .test_cards import CardCase

ASKING = "crm_handover_briefing.mail_activity_type_asking"


class NewOwnerCase(CardCase):
    def opened(self, request, user=None, line=None):
        """What a click on the card of a record, the only one by default, shows."""
        user = user or self.bruno
        line = line or request.line_ids
        action = line.with_user(user).action_open_card()
        return self.env[action["res_model"]].with_user(user).browse(action["res_id"])

    def asked(self, request):
        return request.sudo().activity_ids.filtered(
            lambda todo: todo.activity_type_id == self.env.ref(ASKING)
        )

    def texts(self, facts):
        return [row["detail"] for section in facts for row in section["rows"]]


class TestFacts(NewOwnerCase):
    def test_facts_are_there_once_the_record_has_moved(self):
        lead = self.make_lead(name="Brewhouse", email_from="sofie@klok.test")
        request = self.make_request("transferred", records=lead)
        shown = self.opened(request)
        self.assertIn("Brewhouse", self.texts(shown.facts))
        self.assertEqual(shown.untold, "Anna has told nothing about this record yet.")
        self.assertTrue(shown.can_ask)
        shown.read(["facts", "untold", "res_name", "scope_id", "request_id"])

    def test_what_is_written_and_not_released_stays_closed(self):
        request = self.make_request("transferred")
        card = self.card(request)
        card.promises = "Secret draft"
        shown = self.opened(request)
        self.assertNotEqual(shown._name, card._name)
        self.assertNotIn("Secret draft", str(shown.read()))
        with self.assertRefused(AccessError):
            card.with_user(self.bruno).read(["promises"])
        card.action_release()
        self.assertEqual(self.opened(request), card)

    def test_before_it_has_moved_there_are_none(self):
        for state in ("submitted", "approved", "cancelled"):
            request = self.make_request(state)
            with self.assertRefused(UserError, "not released"):
                request.with_user(self.bruno).line_ids.action_open_card()

    def test_once_it_is_back_there_are_none(self):
        request = self.make_request("transferred")
        request.with_user(self.approver).action_return()
        with self.assertRefused(UserError, "not released"):
            request.with_user(self.bruno).line_ids.action_open_card()

    def test_others_find_nothing_there(self):
        request = self.make_request("transferred")
        shown = self.opened(request)
        for login in ("chen", *IN_NO_WAY_CONCERNED):
            user = getattr(self, login)
            with self.subTest(login), self.assertRefused(AccessError):
                shown.with_user(user).read(["facts"])
            with self.subTest(login), self.assertRefused(AccessError):
                shown.create({"line_id": request.line_ids.id}).with_user(user).read()
            with self.subTest(login), self.assertRefused(AccessError):
                self.env[shown._name].with_user(user).create(
                    {"line_id": request.line_ids.id}
                )


class TestAsking(NewOwnerCase):
    def test_one_to_do_however_often_is_asked(self):
        leads = self.make_lead() | self.make_lead(name="Secret")
        request = self.make_request("transferred", records=leads)
        lines = request.with_user(self.bruno).line_ids
        self.assertIs(lines[0].action_ask_for_card(), True)
        lines.action_ask_for_card()
        todo = self.asked(request)
        self.assertEqual(todo.user_id, self.anna)
        self.assertIn(f"/odoo/handovers/{request.id}/asked-handover-cards", todo.note)
        # other successors read it as well
        self.assertNotIn("Secret", todo.note)
        cards = self.env["handover.card"].with_user(self.anna)
        asked = cards.search([("request_id", "=", request.id)])
        self.assertEqual(len(asked.filtered("date_asked")), 2)
        asked[0].promises = "Price stays"
        asked[0].action_release()
        self.assertTrue(self.asked(request))
        asked[1].action_release()
        self.assertFalse(self.asked(request))

    def test_button_on_the_screen_asks_and_says_so(self):
        request = self.make_request("transferred")
        shown = self.opened(request)
        shown.action_ask()
        shown.invalidate_recordset()
        self.assertFalse(shown.can_ask)
        self.assertIn("Anna was asked on", shown.untold)
        self.assertEqual(len(self.asked(request)), 1)

    def test_asked_once_it_is_done_it_can_still_be_told(self):
        request = self.make_request("done")
        request.with_user(self.bruno).line_ids.action_ask_for_card()
        card = self.card(request)
        self.assertTrue(card.can_write)
        card.promises = "Price stays"
        card.action_release()
        self.assertEqual(self.opened(request).promises, "Price stays")
        # what nobody asked for stays as it is
        other = self.make_request("approved")
        theirs = self.card(other)
        other.with_user(self.anna).action_cancel()
        with self.assertRefused(UserError, "is over"):
            theirs.promises = "Too late"

    def test_empty_card_that_is_released_can_be_asked_for(self):
        request = self.make_request("transferred")
        card = self.card(request)
        card.action_release()
        theirs = card.with_user(self.bruno)
        self.assertTrue(theirs.can_ask)
        action = theirs.action_ask()
        self.assertEqual(action["res_model"], "handover.request.line.facts")
        self.assertEqual(card.state, "open")
        self.assertEqual(self.asked(request).user_id, self.anna)

    def test_what_is_told_is_not_asked_for(self):
        request = self.make_request("transferred")
        card = self.card(request)
        card.avoid = "Fridays"
        card.action_release()
        self.assertFalse(card.with_user(self.bruno).can_ask)
        with self.assertRefused(UserError, "is released"):
            request.with_user(self.bruno).line_ids.action_ask_for_card()

    def test_only_the_new_owner_asks(self):
        request = self.make_request("transferred")
        for user in (self.anna, self.leader, self.approver, self.manager, self.chen):
            with self.assertRefused(AccessError):
                request.with_user(user).line_ids.action_ask_for_card()
        approved = self.make_request("approved")
        with self.assertRefused(AccessError):
            approved.with_user(self.bruno).line_ids.action_ask_for_card()
        self.assertFalse(self.asked(request) | self.asked(approved))

    def test_of_several_people_whoever_handed_it_over_is_asked_too(self):
        leads = self.make_lead() | self.make_lead(self.chen)
        request = self.Request.with_user(self.manager).create(
            {
                "predecessor_ids": [Command.set((self.anna | self.chen).ids)],
                "successor_id": self.bruno.id,
            }
        )
        request.add_records("crm.lead", leads.ids)
        self.bring(request, "transferred")
        annas, chens = request.with_user(self.bruno).line_ids
        annas.action_ask_for_card()
        self.assertEqual(self.asked(request).user_id, self.manager | self.anna)
        shown = self.opened(request, line=annas)
        self.assertIn("Anna was asked on", shown.untold)
        chens.action_ask_for_card()
        self.assertEqual(len(self.asked(request)), 3)
        card = annas.sudo().card_ids.with_user(self.anna)
        card.promises = "Price stays"
        card.action_release()
        # who put them together waits for Chen's
        self.assertEqual(self.asked(request).user_id, self.manager | self.chen)
        chens.sudo().card_ids.with_user(self.chen).action_release()
        self.assertFalse(self.asked(request))

    def test_who_has_left_is_not_asked(self):
        request = self.make_request("transferred")
        self.env.cr.execute(
            "UPDATE res_users SET active = FALSE WHERE id = %s", [self.anna.id]
        )
        self.env.invalidate_all()
        shown = self.opened(request)
        self.assertFalse(shown.can_ask)
        self.assertIn("cannot be asked", shown.untold)
        with self.assertRefused(UserError, "ask the coordinator"):
            shown.action_ask()
        self.assertFalse(self.asked(request))

    def test_what_went_back_is_asked_for_no_more(self):
        leads = self.make_lead() | self.make_lead()
        request = self.make_request("transferred", records=leads)
        first, second = request.with_user(self.bruno).line_ids
        first.action_ask_for_card()
        first.with_user(self.approver).action_return()
        self.assertEqual(second.state, "done")
        self.assertFalse(self.asked(request))


class TestNextHandover(NewOwnerCase):
    KNOWN = {
        "note": "Decides in May", "promises": "Price stays", "avoid": "Fridays",
        "next_steps": "Call", "risk": "high", "risk_detail": "A rival",
        "risk_measure": "Visit",
    }  # fmt: skip

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_lead(name="Brewhouse")
        cls.first = cls.make_request("transferred", records=cls.lead)
        cls.told = cls.card(cls.first)
        cls.told.write(cls.KNOWN)

    def next_card(self, giver, taker, **values):
        self.lead.user_id = giver
        request = self.make_request(
            records=self.lead, by=giver, predecessor_id=giver.id,
            successor_id=taker.id, **values,
        )  # fmt: skip
        return self.card(request, giver)

    def test_begins_with_what_was_written_last(self):
        self.told.action_release()
        card = self.next_card(self.bruno, self.chen)
        self.assertRecordValues(
            card, [{**self.KNOWN, "state": "open", "origin_id": self.told.id}]
        )
        self.assertFalse(card.released_by_id)
        # nothing of it reaches the next one unreleased, nor the old card the new text
        with self.assertRefused(AccessError):
            card.with_user(self.chen).read(["promises"])
        card.promises = "Nothing more"
        self.assertEqual(self.told.promises, "Price stays")

    def test_what_is_noted_for_this_handover_comes_first(self):
        self.told.action_release()
        self.lead.user_id = self.bruno
        request = self.make_request(
            records=self.lead, by=self.bruno, predecessor_id=self.bruno.id,
            successor_id=self.chen.id,
        )  # fmt: skip
        request.with_user(self.bruno).line_ids.write({"note": "New", "risk": "low"})
        card = self.card(request, self.bruno)
        self.assertRecordValues(
            card, [{"note": "New", "risk": "low", "promises": "Price stays"}]
        )

    def test_back_with_who_wrote_it_what_was_not_released_goes_on(self):
        self.first.with_user(self.approver).action_return()
        card = self.next_card(self.anna, self.chen)
        self.assertEqual(card.promises, "Price stays")

    def test_who_may_not_read_it_begins_anew(self):
        # not released to Bruno, and never Chen's
        for giver, taker in ((self.bruno, self.chen), (self.chen, self.bruno)):
            card = self.next_card(giver, taker)
            self.assertRecordValues(card, [{"promises": False, "risk": "none"}])
            self.assertFalse(card.origin_id)
        self.told.action_release()
        self.assertFalse(self.next_card(self.chen, self.bruno).promises)

    def test_of_several_people_each_begins_with_what_they_may_read(self):
        # who puts them together may read all of it
        self.lead.user_id = self.chen
        other = self.make_lead()
        first = self.make_request("transferred", records=other)
        annas = self.card(first)
        annas.promises = "Price stays"
        other.user_id = self.anna
        request = self.Request.with_user(self.manager).create(
            {
                "predecessor_ids": [Command.set((self.anna | self.chen).ids)],
                "successor_id": self.bruno.id,
            }
        )
        request.add_records("crm.lead", (self.lead | other).ids)
        request.action_view_cards()
        promises = {
            card.predecessor_id: card.promises or ""
            for card in self.env["handover.card"].search(
                [("request_id", "=", request.id)]
            )
        }
        self.assertEqual(promises, {self.chen: "", self.anna: "Price stays"})

    def test_another_company_begins_anew(self):
        self.told.action_release()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE handover_card SET company_id = %s WHERE id = %s",
            [self.abroad.id, self.told.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.next_card(self.bruno, self.chen).promises)

    def test_many_cards_need_no_more_queries_than_few(self):
        counts = []
        for number in (3, 12):
            leads = self.lead.browse()
            for _one in range(number):
                leads |= self.make_lead()
            request = self.make_request("transferred", records=leads)
            request.with_user(self.anna).action_view_cards()
            cards = self.env["handover.card"].search([("request_id", "=", request.id)])
            cards.with_user(self.anna).promises = "Price stays"
            request.with_user(self.anna).action_release_cards()
            request.with_user(self.approver).action_return()
            again = self.make_request(records=leads).with_user(self.anna)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            again.action_view_cards()
            counts.append(self.env.cr.sql_log_count - before)
            made = self.env["handover.card"].search([("request_id", "=", again.id)])
            self.assertEqual(set(made.mapped("promises")), {"Price stays"})
        self.assertLessEqual(counts[1], counts[0] + 2)


class TestConfirming(NewOwnerCase):
    def warning(self, request, user):
        request.invalidate_recordset()
        return request.with_user(user).confirm_warning or ""

    def test_empty_cards_are_named_before_somebody_confirms(self):
        leads = self.make_lead() | self.make_lead() | self.make_lead()
        request = self.make_request("transferred", records=leads)
        text = "Records about which nothing is written down: %s."
        self.assertIn(text % 3, self.warning(request, self.anna))
        anna = request.with_user(self.anna)
        card = self.card(request, record=leads[0])
        card.promises = "Price stays"
        # not released, it tells nobody anything
        self.assertIn(text % 3, self.warning(request, self.anna))
        # released and empty, neither
        anna.action_release_cards()
        for user in (self.anna, self.bruno):
            self.assertIn(text % 2, self.warning(request, user))
        unread = "Briefing cards that you have not read yet: 3."
        self.assertIn(unread, self.warning(request, self.bruno))
        self.assertNotIn("not read", self.warning(request, self.anna))
        # they may all the same
        anna.action_confirm()
        request.with_user(self.bruno).action_confirm()
        self.assertEqual(request.state, "done")
        self.assertFalse(self.warning(request, self.anna))

    def test_question_without_an_answer(self):
        request = self.make_request("transferred")
        card = self.card(request)
        card.promises = "Price stays"
        card.action_release()
        self.card(request, self.bruno).action_understand()
        self.assertFalse(self.warning(request, self.anna))
        card.with_user(self.bruno).message_post(
            body="Until when?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        for user in (self.anna, self.bruno):
            self.assertEqual(
                self.warning(request, user), "Questions without an answer: 1."
            )
        card.message_post(
            body="May", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(self.warning(request, self.anna))
