"""A light cover: nothing changes its owner, who stands in works along."""

import base64
from itertools import product
from unittest.mock import patch

from freezegun import freeze_time
from markupsafe import Markup

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools import file_open

from ..common import SALESMAN
from .common import DAY, HOUR, CoverCommon

PREVIEW = "odoo.addons.mail.models.mail_link_preview"


class TestLightCover(CoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.task = cls.make_task()
        cls.project.privacy_visibility = "followers"
        cls.todo = cls.make_todo(cls.lead)
        cls.todo.summary = "Send the offer"

    def light(self, state="done", records=None, **values):
        request = self.cover("draft", records, days=5, cover="light", **values)
        if records is None:
            request.with_user(self.anna).add_records("project.task", self.task.ids)
        # nobody confirms what nobody has given
        self.bring(
            request.with_user(self.anna), "draft" if state == "draft" else "submitted"
        )
        if state == "done":
            request.with_user(self.approver).action_approve()
        self.assertEqual(request.sudo().state, "draft" if state == "draft" else state)
        return self.begun(request)

    def copies(self, user=None):
        copies = self.env["mail.activity"].search(
            [("handover_copy_of_id", "!=", False)]
        )
        return copies.filtered(lambda todo: not user or todo.user_id == user)

    def can(self, user, record):
        record = record.with_user(user)
        return [verb for verb in ("read", "write") if record.has_access(verb)]

    def assertNothingLeft(self, *records):
        self.assertFalse(self.copies())
        for record in records or (self.lead, self.task):
            self.assertOwner(record, self.anna)
            self.assertEqual(self.can(self.bruno, record), [])
            self.assertNotIn(self.bruno.partner_id, record.message_partner_ids)

    def test_the_owner_stays_and_somebody_works_along(self):
        self.assertEqual(self.can(self.bruno, self.lead), [])
        request = self.light()
        for record in (self.lead, self.task):
            self.assertOwner(record, self.anna)
            self.assertEqual(self.can(self.bruno, record), ["read", "write"])
            self.assertEqual(self.can(self.chen, record), [])
            self.assertIn(self.bruno.partner_id, record.message_partner_ids)
            self.assertIn("works along for Anna", record.message_ids[0].body)
        [copy] = self.copies()
        self.assertEqual((copy.user_id, copy.summary), (self.bruno, "Send the offer"))
        self.assertEqual(self.todo.user_id, self.anna)
        # a copy is no promise besides its to-do
        happened = str(request.with_user(self.anna).get_what_happened())
        self.assertEqual(happened.count("Send the offer"), 1)
        self.assertIn("Send the offer · Anna", happened)
        self.lead.with_user(self.bruno).name = "Along"
        self.assertEqual(set(request.line_ids.mapped("outcome")), {"Covered"})
        self.assertVerifies(request)
        self.assertIn("nothing has changed", request.next_step["text"])
        # what is lent is not given on
        with self.assertRaises(AccessError):
            self.lead.with_user(self.bruno).unlink()

    def test_it_ends_at_its_time_with_nothing_left(self):
        request = self.light()
        with freeze_time(request.date_return - HOUR):
            self.assertEqual(self.can(self.bruno, self.lead), ["read", "write"])
        with freeze_time(request.date_return):
            # to the second, whenever the clock strikes
            self.env["handover.mixin"]._handover_forget_access()
            self.assertEqual(self.can(self.bruno, self.lead), [])
            # where core lets in whoever follows, they write no more
            self.assertEqual(self.can(self.bruno, self.task), ["read"])
            other = self.make_task(self.anna, project_id=self.task.project_id.id)
            both = (self.task | other).with_user(self.bruno)
            self.assertFalse(both._filtered_access("write"))
            with self.assertRaises(AccessError):
                self.task.with_user(self.bruno).write({"name": "Late"})
        with freeze_time(request.date_return + HOUR):
            self.run_cron()
        self.assertEqual(request.state, "returned")
        self.assertEqual(set(request.line_ids.mapped("state")), {"returned"})
        self.assertNothingLeft()
        self.assertEqual(self.todo.user_id, self.anna)
        self.assertVerifies(request)
        self.assertEqual(self.told(request, "is over")[0], ["Anna", "Bruno"])

    def test_it_ends_when_it_is_given_back_or_stopped(self):
        request = self.light()
        request.with_user(self.leader).action_return()
        self.assertEqual(request.state, "returned")
        self.assertNothingLeft()
        again = self.light("submitted")
        again.with_user(self.anna).action_cancel()
        self.assertNothingLeft()

    def test_it_ends_when_it_is_stopped_on_the_way(self):
        request = self.cover("running", cover="light", days=5)
        self.env["handover.engine"]._run_batch(request.sudo())
        self.assertEqual(self.can(self.bruno, self.lead), ["read", "write"])
        request.with_user(self.leader).action_cancel()
        self.assertEqual(request.state, "cancelled")
        self.assertNothingLeft(self.lead)
        with freeze_time(request.date_return + HOUR):
            self.run_cron()
        self.assertEqual(request.state, "returned")
        self.assertNothingLeft(self.lead)

    def test_a_part_ends_alone(self):
        request = self.light()
        line = request.line_ids.filtered(lambda one: one.res_model == "crm.lead")
        line.with_user(self.leader).action_return()
        self.assertNothingLeft(self.lead)
        self.assertEqual(self.can(self.bruno, self.task), ["read", "write"])

    def test_it_ends_with_who_stands_in(self):
        request = self.light()
        self.bruno.sudo().action_archive()
        self.assertFalse(self.copies())
        for record in (self.lead, self.task):
            self.assertNotIn(self.bruno.partner_id, record.message_partner_ids)
        notes = request._todos("crm_handover.mail_activity_type_attention").mapped(
            "note"
        )
        self.assertIn("Bruno, who stood in, has left", "".join(notes))

    def test_it_ends_although_who_was_away_is_gone(self):
        request = self.light()
        self.anna.sudo().action_archive()
        preview = request.with_user(self.leader).preview_return()
        self.assertEqual(preview["counts"], {"done": 2})
        with freeze_time(request.date_return + HOUR):
            self.run_cron()
        self.assertEqual(request.state, "returned")
        self.assertNothingLeft()

    def test_nothing_is_with_somebody_else(self):
        """What a check says of records that are with others is not said of these."""
        self.light()
        late = self.make_request(records=self.make_lead())
        own = self.make_request(
            records=self.make_lead(self.bruno), by=self.bruno,
            predecessor_id=self.bruno.id, successor_id=self.chen.id,
        )  # fmt: skip
        for request, user in ((late, self.anna), (own, self.bruno)):
            found = request.with_user(user).preflight()["findings"]
            codes = {finding["code"] for finding in found}
            self.assertFalse(codes & {"covered", "for_a_time"})

    # ------------------------------------------------------------
    # TWO HANDOVERS OF ONE RECORD
    # ------------------------------------------------------------

    def pass_on(self, giver, taker, way, records, **values):
        # nobody leaves by it
        values = {"kind": "permanent", "reason_id": False, **values}
        if way != "permanent":
            end = fields.Datetime.now().replace(microsecond=0) + 10 * DAY
            values = {"kind": "temporary", "cover": way, "date_return": end}
        request = self.make_request(
            records=records, by=giver, predecessor_id=giver.id,
            successor_id=taker.id, **values,
        )  # fmt: skip
        request.with_user(giver).action_submit()
        request.with_user(self.approver).action_approve()
        return self.begun(request)

    def right_owner(self, chain, ended):
        """Say whose it is, by the rules alone.

        :param chain: ``(giver, taker, way)``, the first one first
        :param ended: numbers of those that are over, in the order of their end
        """
        there = [link for link in chain if link[2] != "light"]
        for number in ended:
            if chain[number] not in there:
                continue
            at = there.index(chain[number])
            lasting = {link[2] for link in there[at:]} == {"permanent"}
            # what was given on by who had it for a time goes with it
            if at == len(there) - 1 or not lasting:
                del there[at:]
        return there[-1][1] if there else chain[0][0]

    def test_every_pair_of_handovers_ends_in_any_order(self):
        """Light, for a time, for good: one after the other, each by who has it then."""
        # so many steps: who is told of them is tested elsewhere
        self.startPatcher(patch.object(self.registry["handover.request"], "_notify"))
        ways, orders = ("light", "full", "permanent"), ((0, 1), (1, 0))
        cases = {}
        for first, second, order in product(ways, ways, orders):
            lead = self.make_lead(name=f"{first}, {second}")
            giver = self.anna if first == "light" else self.bruno
            chain = (self.anna, self.bruno, first), (giver, self.chen, second)
            todo, meeting = self.make_todo(lead), self.make_meeting(lead)
            cases[lead] = chain, order, todo, meeting
        # as many as go the same way at once
        steps = []
        for number in (0, 1):
            links = {}
            for lead, (chain, *_rest) in cases.items():
                links[chain[number]] = links.get(chain[number], lead) | lead
            steps += [
                (number, self.pass_on(*link, leads)) for link, leads in links.items()
            ]
        for step in range(3):
            for number, request in steps if step else ():
                ending = {
                    lead.id
                    for lead, (_chain, order, *_things) in cases.items()
                    if order[step - 1] == number
                }
                lines = request.line_ids.filtered(
                    lambda line: line.res_id in ending  # noqa: B023
                )
                lines.with_user(self.approver).action_return()
            self.mind()
            for lead, (chain, order, todo, meeting) in cases.items():
                ended = order[:step]
                with self.subTest(lead=lead.name, ended=ended):
                    owner = self.right_owner(chain, ended)
                    self.assertOwner(lead, owner)
                    self.assertEqual(todo.user_id, owner)
                    self.assertEqual(meeting.user_id, owner)
                    copied = self.env["res.users"]
                    follows = lead.message_partner_ids
                    self.assertIn(owner.partner_id, follows)
                    for number, (giver, taker, way) in enumerate(chain):
                        lent = way == "light" and number not in ended
                        if lent and giver == owner:
                            copied |= taker
                        if way == "light" and taker != owner:
                            theirs = lent and giver == owner
                            self.assertEqual(taker.partner_id in follows, theirs)
                    copies = self.copies().filtered(
                        lambda one: one.handover_copy_of_id == todo  # noqa: B023
                    )
                    self.assertEqual(copies.user_id, copied)
                    self.assertEqual(len(copies), len(copied))

    def test_who_comes_back_follows_nothing_of_a_cover_that_is_over(self):
        request = self.light(records=self.task)
        leaves = self.pass_on(
            self.bruno, self.chen, "permanent", self.make_lead(self.bruno),
            reason_id=self.reason.id,
        )  # fmt: skip
        self.assertNotIn(self.bruno.partner_id, self.task.message_partner_ids)
        request.with_user(self.leader).action_return()
        leaves.with_user(self.approver).action_return()
        self.assertNothingLeft(self.task)

    def test_what_is_closed_meanwhile_ends_as_well(self):
        request = self.light()
        self.lead.with_user(self.bruno).action_set_won()
        request.with_user(self.leader).action_return()
        self.assertNothingLeft()

    def test_who_followed_before_goes_on(self):
        self.lead.message_subscribe(self.bruno.partner_id.ids)
        request = self.light()
        request.with_user(self.leader).action_return()
        self.assertIn(self.bruno.partner_id, self.lead.message_partner_ids)

    def test_a_to_do_is_done_for_both(self):
        self.light()
        self.copies().with_user(self.bruno).action_feedback("Sent")
        self.assertFalse(self.copies())
        self.assertFalse(self.todo.exists().active)
        self.assertEqual(
            self.lead.message_ids.filtered(
                lambda m: "Sent" in (m.body or "")
            ).author_id,
            self.bruno.partner_id,
        )

    def test_a_copy_and_its_to_do_are_moved_and_renamed_as_one(self):
        self.light()
        [copy] = self.copies()
        day = self.todo.date_deadline + 3 * DAY
        copy.with_user(self.bruno).date_deadline = day
        self.assertEqual(self.todo.date_deadline, day)
        day += 2 * DAY
        self.todo.with_user(self.anna).write(
            {"date_deadline": day, "summary": "Send two", "note": "By mail"}
        )
        self.assertEqual((copy.date_deadline, copy.summary), (day, "Send two"))
        self.assertIn("By mail", copy.note)
        copy.with_user(self.bruno).summary = "Mine"
        self.assertEqual(self.todo.summary, "Send two")
        # what is done keeps its day
        self.todo.active = False
        copy.with_user(self.bruno).date_deadline = day + DAY
        self.assertEqual(self.todo.date_deadline, day)

    def test_to_dos_that_come_later_are_copied_once(self):
        self.light()
        # as if they had come while it was handed over, after their record
        self.copies().unlink()
        new = self.make_todo(self.lead)
        for _time in (1, 2):
            self.mind()
            self.assertEqual(
                self.copies(self.bruno).handover_copy_of_id, new | self.todo
            )
        # what is done for the owner is done for who stands in
        new.with_user(self.anna).action_feedback()
        self.assertEqual(self.copies().handover_copy_of_id, self.todo)

    def test_to_dos_given_to_them_and_by_them_meanwhile(self):
        theirs = self.make_todo(self.lead, self.chen)
        self.light()
        self.assertEqual(self.copies().handover_copy_of_id, self.todo)
        # both were there long before
        self.env.cr.execute(
            "UPDATE mail_activity SET create_date = create_date - interval '1 day'"
            " WHERE id IN %s",
            [(self.todo | theirs)._ids],
        )
        # what who stands in has deleted does not come back as somebody edits it
        self.copies().with_user(self.bruno).unlink()
        self.todo.with_user(self.anna).summary = "Send it soon"
        self.mind()
        self.assertFalse(self.copies())
        self.todo.user_id, theirs.user_id = self.chen, self.anna
        self.mind()
        self.assertEqual(self.copies(self.bruno).handover_copy_of_id, theirs)
        # it stays theirs while they are archived and it is kept for them
        if "handover_kept_for_id" in theirs:
            theirs.write({"user_id": False, "handover_kept_for_id": self.anna.id})
            self.mind()
            self.assertEqual(self.copies(self.bruno).handover_copy_of_id, theirs)

    def test_a_cover_without_to_dos_keeps_no_copies_of_another_one(self):
        first = self.light(records=self.lead)
        second = self.light(records=self.lead, move_activities=False)
        self.assertEqual(self.copies(self.bruno).handover_copy_of_id, self.todo)
        first.with_user(self.leader).action_return()
        self.assertFalse(self.copies())
        self.assertEqual(self.can(self.bruno, self.lead), ["read", "write"])
        second.with_user(self.leader).action_return()
        self.assertNothingLeft(self.lead)

    def test_two_covers_share_a_record_until_the_last_one_ends(self):
        """Bruno stands in for both owners of a task."""
        self.task.user_ids = self.anna | self.chen
        hers = self.make_todo(self.task)
        his = self.make_todo(self.task, self.chen)
        first = self.light(records=self.task)
        second = self.make_request(
            "draft", self.task, by=self.chen, predecessor_id=self.chen.id,
            kind="temporary", cover="light", date_return=first.date_return + DAY,
        )  # fmt: skip
        second.with_user(self.chen).action_submit()
        second.with_user(self.approver).action_approve()
        self.begun(second)
        self.assertEqual(self.copies(self.bruno).handover_copy_of_id, hers | his)
        first.with_user(self.leader).action_return()
        self.assertEqual(self.copies(self.bruno).handover_copy_of_id, his)
        self.mind()
        self.assertEqual(self.copies(self.bruno).handover_copy_of_id, his)
        self.assertIn(self.bruno.partner_id, self.task.message_partner_ids)
        self.assertEqual(self.can(self.bruno, self.task), ["read", "write"])
        second.with_user(self.leader).action_return()
        self.assertFalse(self.copies())
        self.assertNotIn(self.bruno.partner_id, self.task.message_partner_ids)

    def test_new_records_are_worked_on_along_as_well(self):
        self.light(new_records="along")
        lead = self.make_lead(partner_id=self.customer.id)
        self.mind()
        self.assertOwner(lead, self.anna)
        self.assertEqual(self.can(self.bruno, lead), ["read", "write"])

    def test_it_counts_for_nobody_else_when_a_deal_is_won(self):
        self.light(credit_share=10)
        self.lead.with_user(self.bruno).action_set_won()
        rows = self.env["handover.credit"].search([("lead_id", "=", self.lead.id)])
        self.assertEqual(rows.user_id, self.anna)
        # so nobody is asked for a rule where it is chosen
        form = Form(self.light("draft").with_user(self.anna))
        for cover, hidden in (("light", True), ("full", False)):
            form.cover = cover
            for name in ("credit_share", "credit_days"):
                self.assertIs(form._get_modifier(name, "invisible"), hidden)

    def test_a_record_that_went_on_is_nothing_of_theirs(self):
        for privacy in ("followers", "invited_users"):
            self.project.privacy_visibility = privacy
            self.project.user_id = self.task.user_ids = self.lead.user_id = self.anna
            request = self.light("draft")
            request.with_user(self.anna).add_records(
                "project.project", self.project.ids
            )
            self.bring(request.with_user(self.anna), "submitted")
            request.with_user(self.approver).action_approve()
            self.begun(request)
            todo = self.make_todo(self.task)
            made = self.make_task(self.chen)
            self.mind()
            self.assertIn(todo, self.copies().handover_copy_of_id)
            records = (self.lead, self.task, self.project, made)
            for record in records:
                # no access right of theirs lets them change a project
                verbs = ["read", "write"][: 1 if record == self.project else 2]
                self.assertEqual(self.can(self.bruno, record), verbs)
            for record in (self.task, self.project, made):
                self.assertIn(self.bruno.partner_id, record.message_partner_ids)
            self.lead.user_id = self.task.user_ids = self.project.user_id = self.chen
            self.env["handover.mixin"]._handover_forget_access()
            for record in records:
                with self.subTest(record._name, privacy=privacy):
                    self.assertEqual(self.can(self.bruno, record), [])
                    people = record.message_partner_ids
                    self.assertNotIn(self.bruno.partner_id, people, record)
            self.assertNotIn(todo, self.copies().handover_copy_of_id)
            # and is theirs again as it comes back
            self.task.user_ids = self.project.user_id = self.anna
            for record in (self.task, self.project):
                self.assertIn(self.bruno.partner_id, record.message_partner_ids)
            self.assertEqual(self.can(self.bruno, self.task), ["read", "write"])
            self.assertIn(todo, self.copies().handover_copy_of_id)
            request.with_user(self.leader).action_return()
            self.assertNotIn(self.bruno.partner_id, self.task.message_partner_ids)

    def test_a_pool_stands_in_for_nobody(self):
        request = self.cover(
            "draft", cover="light", target_team_id=self.team.id, to_pool=True,
            successor_id=False,
        )  # fmt: skip
        with self.assertRaisesRegex(UserError, "nobody stands in"):
            request.with_user(self.anna).action_submit()

    def test_nobody_makes_a_copy_by_hand(self):
        copies = self.env["mail.activity"].with_user(self.bruno)
        mine = self.make_todo(self.make_lead(self.bruno), self.bruno)
        with self.assertRaises(AccessError):
            copies.browse(mine.id).handover_copy_of_id = self.todo

    def test_it_is_proposed_by_its_length(self):
        self.anna.tz = "Europe/Berlin"
        today = fields.Date.today()
        dialog = Form(self.env["handover.request.prepare"].with_user(self.anna))
        dialog.successor_id = self.bruno
        dialog.kind = "temporary"
        for days, cover in ((1, "light"), (6, "light"), (20, "full")):
            dialog.first_day = today + DAY
            dialog.last_day = today + days * DAY
            self.assertEqual(dialog.cover, cover)
        self.company.handover_light_days = 0
        dialog.last_day = today + 2 * DAY
        self.assertEqual(dialog.cover, "full")
        dialog.cover = "light"
        dialog.save().action_prepare()
        request = self.Request.search([], order="id desc", limit=1)
        self.assertEqual(request.cover, "light")
        # by a script it is what it was, unless it says so
        self.assertEqual(self.cover("draft", self.make_lead(), days=1).cover, "full")

    def test_the_choice_is_approved(self):
        request = self.light("submitted")
        self.assertEqual(request._approved_head()["cover"], "light")
        with self.assertRaises(UserError):
            request.with_user(self.anna).cover = "full"

    def test_who_knows_no_deals_gets_a_permission_as_with_any_handover(self):
        request = self.cover(
            "draft", cover="light", successor_id=self.projectuser.id, days=5
        )
        self.env["handover.grant"].with_user(self.anna).create(
            {
                "request_id": request.id, "user_id": self.projectuser.id,
                "kind": "group", "group_id": self.env.ref(SALESMAN).id,
            }
        )  # fmt: skip
        request.with_user(self.anna).action_submit()
        request.with_user(self.approver).action_approve()
        self.assertEqual(self.can(self.projectuser, self.lead), ["read", "write"])
        request.with_user(self.leader).action_return()
        self.assertEqual(request.grant_ids.state, "ended")
        self.assertEqual(self.can(self.projectuser, self.lead), [])

    def test_what_was_declined_of_it_is_covered_in_the_same_way(self):
        tomorrow = fields.Datetime.now() + DAY
        request = self.light(
            "submitted", coordinator_id=self.other.id, date_planned=tomorrow
        )
        request.with_user(self.approver).action_approve()
        line = request.sudo().line_ids[0]
        line.with_user(self.bruno).action_decline("Too far")
        action = line.with_user(self.other).action_new_draft()
        draft = self.Request.browse(action["res_id"])
        self.assertEqual((draft.kind, draft.cover), ("temporary", "light"))

    def test_it_is_no_handover_that_is_measured_or_signed(self):
        # in a form as it is chosen, not as it is read next time
        form = self.Request.new(origin=self.light("draft", self.make_lead()))
        for cover in ("full", "light"):
            form.cover = cover
            self.assertEqual(form.review_days == "0", cover == "light")
        request = self.light()
        self.assertFalse(request.sudo()._reviews())
        self.assertEqual(request.review_days, "0")
        self.assertFalse(request.sudo().document_due)
        self.env.flush_all()
        figures = self.env["handover.report"].search([])
        self.assertNotIn(request, figures.request_id)
        document = request.with_user(self.anna)._document_values()
        self.assertEqual(document["stage"], "information")
        self.assertFalse(document["signed"])
        told = document["sections"]["cover"]["text"]
        self.assertIn("Nothing changes its owner", told)
        full = self.cover("transferred", self.make_lead())
        self.env.flush_all()
        self.assertIn(full, figures.search([]).request_id)
        self.assertTrue(full.sudo()._reviews())
        self.assertEqual(full.sudo().document_due, "to_sign")

    def test_who_could_read_it_anyway_keeps_its_keys(self):
        """What belongs to what is lent is lent as well, whichever way they read it."""
        mine = self.task.with_user(self.bruno)
        for privacy, lent in (("employees", mine.browse()), ("followers", mine)):
            self.project.privacy_visibility = privacy
            request = self.light(records=self.task)
            with self.subTest(privacy):
                self.assertIn(self.bruno.partner_id, self.task.message_partner_ids)
                self.assertEqual(mine._handover_lent(), lent)
                found = mine.search(mine._handover_lent_domain())
                self.assertEqual(found, lent)
                self.task.active = False
                self.assertEqual(mine._handover_lent(), lent)
                self.task.active = True
            request.with_user(self.leader).action_return()
            self.assertNotIn(self.bruno.partner_id, self.task.message_partner_ids)
        self.project.user_id = self.anna
        both = self.cover("draft", self.project, days=5, cover="light")
        both.with_user(self.anna).add_records("project.task", self.task.ids)
        both.with_user(self.anna).action_submit()
        both.with_user(self.approver).action_approve()
        theirs = self.project.with_user(self.bruno)
        self.assertEqual(theirs._handover_lent(), theirs)
        self.assertEqual(mine._handover_lent(), mine)
        # as long as they follow it: past the end, and when it went on
        with freeze_time(both.date_return + HOUR):
            self.env["handover.mixin"]._handover_forget_access()
            self.assertIn("read", self.can(self.bruno, self.task))
            self.task.user_ids = self.chen
            self.assertEqual(mine._handover_lent(), mine)
            self.assertEqual(mine.search(mine._handover_lent_domain()), mine)
            self.assertFalse(
                mine._has_field_access(mine._fields["access_token"], "read")
            )
            # but not what is theirs by now
            self.task.user_ids = self.bruno
            self.assertFalse(mine._handover_lent())

    def test_a_customer_is_asked_by_whoever_works_along_who_gets_no_key(self):
        """The mail has the link for a rating; what they read of it has not."""
        stage = self.env["project.task.type"].create(
            {
                "name": "Finished", "project_ids": self.project.ids,
                "rating_active": True, "rating_status": "stage",
                "rating_template_id": self.env.ref(
                    "project.rating_project_request_email_template"
                ).id,
            }
        )  # fmt: skip
        self.task.partner_id = self.make_customer(email="customer@example.com")
        self.light()
        task = self.task.with_user(self.bruno)
        task.stage_id = stage
        key = self.task.rating_ids.sudo().access_token
        [message] = self.env["mail.message"].search([("body", "like", key)])
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertEqual(mail.body_html.count(f"/rate/{key}/"), 3)
        with self.assertRaises(AccessError):
            task._rating_get_access_token()
        self.env.invalidate_all()
        mine = message.with_user(self.bruno)
        self.assertIn("/rate/", mine.body)
        for model, field in (
            ("mail.message", "body"),
            ("mail.compose.message", "body"),
        ):
            texts = self.env[model].with_user(self.bruno).search([]).mapped(field)
            self.assertNotIn(key, str(texts))
        # nor do they edit it: what they read is sent back
        with self.assertRaises(AccessError):
            task._message_update_content(mine, body="Please rate")
        self.assertIn(key, message.body)
        # nor where they could read it: on a record of their own
        own = self.make_lead(self.bruno)
        file = self.env["ir.attachment"].create(
            {"name": "x", "raw": b"x", "res_model": task._name, "res_id": task.id}
        )
        about = {"res_id": own.id}
        with self.assertRaises(AccessError):
            mine.write({**about, "model": own._name})
        with self.assertRaises(AccessError):
            file.with_user(self.bruno).write({**about, "res_model": own._name})
        # somebody answers the customer, and the link that they quote goes out
        said = task.message_post(
            body=Markup("<a href='/rate/quoted/5'>Rate</a>"),
            partner_ids=self.task.partner_id.ids, subtype_xmlid="mail.mt_comment",
        )  # fmt: skip
        self.assertNotIn("quoted", said.with_user(self.bruno).body)
        mails = self.env["mail.mail"].search([("mail_message_id", "=", said.id)])
        self.assertIn("/rate/quoted/5", "".join(mails.mapped("body_html")))
        # nor by what is made of a message once, for all of its readers
        translation = self.env["mail.message.translation"].create(
            {
                "message_id": message.id, "body": str(message.body),
                "source_lang": "en", "target_lang": "zh",
            }
        )  # fmt: skip
        self.assertIn("/rate/", translation.body)
        self.assertNotIn(key, translation.body)
        # who may not make one learns nothing of a message
        for id_ in (message.id, 2**31 - 1):
            with self.assertRaisesRegex(AccessError, "Message Translation"):
                translation.with_user(self.bruno).create(
                    {"message_id": id_, "body": "x"}
                )
        previews = self.env["mail.link.preview"]
        with patch(f"{PREVIEW}.get_link_preview_from_url") as preview:
            previews._create_from_message_and_notify(message)
            preview.assert_not_called()

    def test_covered_deals_are_merged_with_their_files(self):
        """A file that was lent stays so: its key is for nobody new."""
        deals = self.lead | self.make_lead()
        files = self.env["ir.attachment"].create(
            [
                {"name": "x", "raw": b"x", "res_model": "crm.lead", "res_id": deal.id}
                for deal in deals
            ]
        )
        self.light(records=deals)
        merged = deals.with_user(self.bruno).merge_opportunity()
        self.assertEqual(set(files.mapped("res_id")), set(merged.ids))
        for file in files.with_user(self.bruno):
            self.assertFalse(file._get_raw_access_token())

    def test_a_picture_of_who_stands_in_is_seen_by_all(self):
        """What one has made oneself has no secret, and a text opens by the session."""
        self.light()
        picture = base64.b64encode(
            file_open("web/static/img/logo.png", "rb").read()
        ).decode()
        said = self.lead.with_user(self.bruno).message_post(
            body=Markup("<p><img src='data:image/png;base64,%s'></p>") % picture
        )
        self.env.invalidate_all()
        mine = said.attachment_ids.with_user(self.bruno)
        self.assertTrue(mine.access_token)
        self.assertIn(f"access_token={mine.access_token}", said.sudo().body)
        self.assertEqual(mine.generate_access_token(), [mine.access_token])
        # it is in the text, where the key of a page could be as well
        address = f"/web/image/{mine.id}?access_token="
        self.assertIn(f'"{address}"', said.with_user(self.bruno).body)
        binaries = self.env["ir.binary"].with_user(self.bruno)
        self.assertEqual(binaries._find_record(res_id=mine.id, access_token=""), mine)
