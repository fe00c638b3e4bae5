"""Nobody is archived, by whatever door, while others do not have their work."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover_archive.hooks import uninstall_hook

from ..common import HandoverCommon

NOTHING = {"active": False}


class ArchiveCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # archiving a member of a sales team takes rights on teams as well
        cls.boss = cls.make_user(
            "boss", "base.group_system,sales_team.group_sale_manager"
        )
        cls.company.handover_archive_guard = True

    def anyway(self, *users, reason="Left today"):
        people = self.env["res.users"].union(*users)
        return people.with_user(self.boss).action_archive_anyway(reason)


class TestDoors(ArchiveCase):
    def doors(self, user):
        """Every way in which somebody is archived."""
        mine = user.with_user(self.boss)
        xml_id = mine.export_data(["id"])["datas"][0][0]
        return {
            "button": mine.action_archive,
            "toggle": lambda: mine.write(NOTHING),
            "superuser": lambda: user.sudo().write({"active": False}),
            "superuser's button": user.sudo().action_archive,
            "web": lambda: mine.web_save(NOTHING, {"active": {}}),
            "import": lambda: mine.load(["id", "active"], [[xml_id, "False"]]),
        }

    def test_each_is_shut_while_there_is_work(self):
        self.make_todo(self.make_lead(self.chen), self.anna)
        for name, door in self.doors(self.anna).items():
            with self.subTest(door=name):
                try:
                    result = door()
                except UserError as error:
                    told = str(error)
                else:
                    # an import answers what went wrong
                    told = str(result["messages"])
                self.assertIn("Anna", told)
                self.assertIn("To-dos: 1", told)
                self.env.invalidate_all()
                self.assertTrue(self.anna.active)
        self.assertEqual(self.env["mail.activity"].search_count(
            [("user_id", "=", self.anna.id)]
        ), 1)  # fmt: skip

    def test_each_is_open_without(self):
        for name, door in self.doors(self.chen).items():
            with self.subTest(door=name):
                door()
                self.env.invalidate_all()
                self.assertFalse(self.chen.active)
                self.chen.sudo().active = True

    def test_each_kind_of_work_counts(self):
        self.make_lead(self.anna)
        self.make_task(self.bruno)
        self.make_meeting(self.make("res.partner", name="Eva"), self.chen)
        self.make_request("submitted", self.make_lead(self.other), self.manager,
                          predecessor_id=self.other.id,
                          coordinator_id=self.leader.id)  # fmt: skip
        told = {
            self.anna: "Leads and Opportunities: 1", self.bruno: "Tasks: 1",
            self.chen: "Meetings: 1", self.leader: "Handovers: 1",
        }  # fmt: skip
        for user, text in told.items():
            with self.subTest(user=user.name), self.assertRefused(UserError, text):
                user.with_user(self.boss).action_archive()

    def test_what_is_over_or_private_holds_nobody_back(self):
        self.make_lead(self.anna).action_set_won()
        lead = self.make_lead(self.chen)
        self.make_meeting(lead, self.anna, days=-3).activity_ids.unlink()
        # with its to-do
        meeting = self.make_meeting(lead, self.anna, privacy="private")
        todo = meeting.activity_ids
        self.assertEqual(todo.user_id, self.anna)
        task = self.env["project.task"].create(
            {"name": "Mine", "user_ids": [Command.set(self.anna.ids)]}
        )
        own = self.make_todo(task, self.anna)
        self.anna.with_user(self.boss).action_archive()
        self.assertFalse(self.anna.active)
        self.assertEqual((todo | own).handover_kept_for_id, self.anna)

    def test_a_to_do_of_ones_own_on_a_handover_is_none_of_the_handover(self):
        request = self.make_request("submitted")
        free = self.make_todo(request, self.chen)
        made = self.make_todo(request, self.chen, handover_made=True)
        with self.assertRefused(UserError, "To-dos: 2"):
            # the one that a handover made has a type that none of them ends
            self.make_todo(self.make_lead(), self.chen)
            self.chen.with_user(self.boss).action_archive()
        # a step that nobody stands in for
        step = self.make_todo(request, self.chen, handover_step_date="2026-01-02")
        self.company.handover_archive_guard = False
        with patch.object(
            type(request), "_caretaker", lambda self, **_kwargs: self.env.user.browse()
        ):
            self.chen.with_user(self.boss).action_archive()
        for todo in free | made | step:
            self.assertEqual(todo.exists().handover_kept_for_id, self.chen)

    def no_employee(self, user):
        """Every way in which somebody is no employee any more."""
        portal = self.env.ref("base.group_portal").with_user(self.boss)
        groups = self.env.ref("base.group_user").with_user(self.boss)
        through = self.env["res.groups"].with_user(self.boss)

        def other():
            """Have them work here through another group alone."""
            made = through.create(
                {"name": "Staff", "implied_ids": [Command.link(groups.id)]}
            )
            user.sudo().write({"group_ids": [Command.set(made.ids)]})
            return made

        return {
            "user": lambda: user.with_user(self.boss).write(
                {"group_ids": [Command.set(portal.ids)]}
            ),
            "group": lambda: groups.write({"user_ids": [Command.unlink(user.id)]}),
            "implied": lambda: other().write(
                {"implied_ids": [Command.unlink(groups.id)]}
            ),
            "implied by": lambda: groups.write(
                {"implied_by_ids": [Command.unlink(other().id)]}
            ),
            "deleted": lambda: other().unlink(),
        }

    def test_who_is_no_employee_any_more_has_left_as_well(self):
        user = self.make_user("Dora", "base.group_user")
        todo = self.make_todo(self.make_lead(self.chen), user)
        for name, door in self.no_employee(user).items():
            with self.subTest(door=name):
                with self.assertRefused(UserError, "still an employee: .*To-dos: 1"):
                    door()
                self.env.invalidate_all()
                self.assertFalse(user.share)
        # what the refusal says is a way
        boss = user.with_user(self.boss)
        with self.assertRefused(UserError, "change their groups then, and unarchive"):
            self.no_employee(user)["user"]()
        boss.action_archive_anyway("Works for a partner now")
        self.no_employee(user)["user"]()
        boss.action_unarchive()
        self.assertTrue(user.active and user.share)
        self.assertFalse(todo.user_id)
        user.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        self.assertEqual(todo.user_id, user)
        user.company_id.handover_archive_guard = False
        # what they follow ends with their last handover, but for what is about them
        theirs, about = (
            self.make_lead(self.chen, partner_id=partner.id)
            for partner in (self.chen.partner_id, user.partner_id)
        )
        self.make_request(
            "transferred",
            self.make_lead(user),
            by=self.manager,
            predecessor_id=user.id,
        )
        for name, door in self.no_employee(user).items():
            with self.subTest(door=name):
                for lead in (theirs, about):
                    lead.message_subscribe(user.partner_id.ids)
                door()
                self.assertTrue(user.share)
                self.assertNotIn(user.partner_id, theirs.message_partner_ids)
                self.assertIn(user.partner_id, about.message_partner_ids)
                self.assertRecordValues(
                    todo, [{"user_id": False, "handover_kept_for_id": user.id}]
                )
                user.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
                self.assertEqual(todo.user_id, user)

    def test_nobody_is_deleted_with_work(self):
        user = self.make_user("Dora", "base.group_user")
        lead = self.make_lead(user)
        with self.assertRefused(UserError, "archive them instead"):
            user.with_user(self.boss).unlink()
        user.company_id.handover_archive_guard = False
        todo = self.make_todo(lead, user)
        with self.assertRefused(UserError, "To-dos: 1"):
            user.with_user(self.boss).unlink()
        user.with_user(self.boss).action_archive()
        with self.assertRefused(UserError, "To-dos: 1"):
            user.with_user(self.boss).unlink()
        todo.unlink()
        user.with_user(self.boss).unlink()
        self.assertFalse(user.exists())

    def test_it_can_be_off_and_portal_users_are_not_asked(self):
        lead = self.make_lead(self.anna)
        todo = self.make_todo(lead, self.anna)
        self.make_lead(self.portal)
        self.portal.with_user(self.boss).action_archive()
        self.assertFalse(self.portal.active)
        self.company.handover_archive_guard = False
        self.anna.with_user(self.boss).action_archive()
        self.assertFalse(self.anna.active)
        self.assertTrue(todo.exists())
        self.assertFalse(todo.user_id)

    def test_setting_is_the_companys(self):
        settings = self.env["res.config.settings"].with_company(self.company)
        settings.create({"handover_archive_guard": False}).execute()
        self.assertFalse(self.company.handover_archive_guard)
        self.assertTrue(self.env["res.company"].create({"name": "New"})
                        .handover_archive_guard)  # fmt: skip

    def test_who_may_not_archive_learns_nothing(self):
        self.make_lead(self.anna)
        for user in (self.bruno, self.manager, self.employee, self.portal, self.anna):
            for door in ("action_archive", "write"):
                arguments = [NOTHING] if door == "write" else []
                with self.assertRefused(AccessError) as caught:
                    getattr(self.anna.with_user(user), door)(*arguments)
                self.assertNotIn("Leads", str(caught.exception))

    def test_a_context_does_not_open_it(self):
        self.make_lead(self.anna)
        for value in (True, object(), "anyway"):
            mine = self.anna.with_user(self.boss).with_context(handover_archive=value)
            with self.assertRefused(UserError):
                mine.action_archive()

    def test_a_dialog_has_what_it_shows(self):
        self.make_lead(self.anna, expected_revenue=1200)
        with self.assertRefused(UserError, "worth .*1,200") as caught:
            self.anna.with_user(self.boss).action_archive()
        context = caught.exception.context
        self.assertTrue(context["can_force"])
        [row] = context["users"]
        self.assertEqual((row["id"], row["name"]), (self.anna.id, "Anna"))
        [part] = row["parts"]
        self.assertEqual((part["name"], part["count"]), ("Leads and Opportunities", 1))
        self.assertIn("1,200", part["value"])
        # whoever may archive them and not read it learns no figure of it
        guard = self.env["handover.held.work"].with_user(self.employee)
        self.assertFalse(guard._values(self.anna))

    def test_ten_times_the_people_take_no_more_queries(self):
        def cost(name, count):
            users = self.make_users(
                {f"{name}{n}": "base.group_user" for n in range(count)}
            )
            for user in users:
                self.make_lead(user)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            with self.assertRefused(UserError, "more people"):
                users.with_user(self.boss).action_archive()
            return self.env.cr.sql_log_count - start

        cost("first", 4)
        self.assertLess(cost("many", 40) - cost("few", 4), 10)


class TestAnyway(ArchiveCase):
    def event(self, user):
        return self.env["handover.request.event"].search(
            [("code", "=", "archived"), ("request_id.predecessor_id", "=", user.id)]
        )

    def test_of_many_each_has_an_event_and_a_draft_and_costs_little(self):
        def cost(name, count):
            users = self.make_users(
                {f"{name}{n}": "base.group_user" for n in range(count)}
            )
            for user in users:
                self.make_lead(user)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.anyway(*users)
            self.env.flush_all()
            self.assertFalse(users.filtered("active"))
            for user in users:
                self.assertEqual(self.event(user).request_id.line_count, 1)
            return self.env.cr.sql_log_count - start

        cost("first", 2)
        # more people than somebody may make handovers of, and none of them counts
        self.env["ir.config_parameter"].set_param(
            "crm_handover.max_requests_per_day", 5
        )
        self.assertLess((cost("many", 24) - cost("few", 12)) / 12, 45)
        self.boss.company_ids += self.company
        values = {"predecessor_id": self.boss.id}
        own = self.Request.with_user(self.boss)
        # one that is deleted counts, and makes no other one count less or more
        own.search([("requester_id", "=", self.boss.id)], limit=1).unlink()
        own.create([values] * 4)
        with self.assertRefused(UserError, "made 5 handovers"):
            own.create(values)

    def test_an_event_and_a_draft_hold_it(self):
        lead = self.make_lead(self.anna)
        todo = self.make_todo(lead, self.anna)
        self.assertIs(self.anyway(self.anna), True)
        self.assertFalse(self.anna.active)
        event = self.event(self.anna)
        self.assertEqual((event.actor_id, event.data["reason"]),
                         (self.boss, "Left today"))  # fmt: skip
        self.assertEqual(event.data["held"], {"crm.lead": 1, "mail.activity": 1})
        self.assertIn("Left today", event.summary)
        self.assertTrue(event.request_id.verify()["ok"])
        self.assertRecordValues(todo, [
            {"user_id": False, "handover_kept_for_id": self.anna.id, "active": True}
        ])  # fmt: skip

    def test_the_draft_hands_their_work_over_with_its_to_dos(self):
        self.boss.company_ids += self.company
        lead = self.make_lead(self.anna)
        todo = self.make_todo(lead, self.anna)
        elsewhere = self.make_todo(self.make_lead(self.chen), self.anna)
        self.anyway(self.anna)
        request = self.event(self.anna).request_id.with_user(self.boss)
        self.assertEqual(request.line_ids.mapped("res_id"), lead.ids)
        counts = request.get_leftovers(self.anna.id)
        self.assertEqual((counts["activities"], counts["activities_elsewhere"]), (1, 1))
        request.write({"successor_id": self.bruno.id, "reason_id": self.reason.id})
        request.action_submit()
        request.with_user(self.approver).action_approve()
        self.env.invalidate_all()
        self.assertOwner(lead, self.bruno)
        self.assertEqual(todo.user_id, self.bruno)
        self.assertFalse(todo.handover_kept_for_id)
        # what is on no record of theirs waits, and is told
        self.assertFalse(elsewhere.user_id)
        left = {
            part["res_model"]: part["count"] for part in request.left_behind["parts"]
        }
        self.assertEqual(left, {"mail.activity": 1})

    def test_what_is_kept_of_a_private_meeting_stays_private(self):
        self.boss.company_ids += self.company
        lead = self.make_lead(self.anna)
        meeting = self.make_meeting(lead, self.anna, privacy="private")
        todos = meeting.activity_ids
        self.assertTrue(todos)
        self.anyway(self.anna)
        request = self.event(self.anna).request_id.with_user(self.boss)
        request.write({"successor_id": self.bruno.id, "reason_id": self.reason.id})
        request.action_submit()
        request.with_user(self.approver).action_approve()
        self.env.invalidate_all()
        self.assertOwner(lead, self.bruno)
        self.assertFalse(todos.user_id)

    def test_what_is_done_stays_with_who_did_it(self):
        lead = self.make_lead()
        done = self.make_todo(lead, self.anna)
        done.with_user(self.anna).action_done()
        self.make_request("transferred", lead)
        self.assertEqual(done.user_id, self.anna)

    def test_a_handover_that_there_is_holds_it(self):
        request = self.make_request("approved")
        self.anyway(self.anna)
        self.assertEqual(self.event(self.anna).request_id, request)

    def test_what_none_of_them_takes_is_on_a_draft(self):
        done = self.make_request("transferred")
        ahead = self.make_request("approved")
        some = self.make_request(records=self.make_lead())
        late = self.make_lead()
        self.boss.company_ids += self.company
        self.anyway(self.anna)
        request = self.event(self.anna).request_id
        self.assertNotIn(request, done | ahead | some)
        self.assertIn(late.id, request.line_ids.mapped("res_id"))
        self.assertEqual(len(some.line_ids), 1)

    def test_a_draft_of_everything_takes_what_came_since(self):
        self.boss.company_ids += self.company
        request = self.make_request(records=False)
        request.with_user(self.anna).action_collect()
        late = self.make_lead()
        self.anyway(self.anna)
        self.assertEqual(self.event(self.anna).request_id, request)
        self.assertEqual(request.line_ids.mapped("res_id"), late.ids)

    def test_each_company_has_a_draft_of_what_is_there(self):
        first, second, empty = self.env["res.company"].create(
            [{"name": name, "sequence": at} for at, name in enumerate("ABC")]
        )
        companies = first | second | empty
        self.anna.write({"company_ids": companies.ids, "company_id": second.id})
        self.boss.company_ids += companies
        leads = self.env["crm.lead"].concat(*(
            self.make_lead(company_id=company.id, team_id=False)
            for company in first | second
        ))  # fmt: skip
        second.handover_archive_guard = True
        self.anyway(self.anna)
        requests = self.event(self.anna).request_id
        self.assertEqual(
            {one.company_id: one.line_ids.mapped("res_id") for one in requests},
            {lead.company_id: lead.ids for lead in leads},
        )

    def test_who_comes_back_has_what_is_still_nobodys(self):
        kept = self.make_todo(self.make_lead(self.anna), self.anna)
        given = self.make_todo(self.make_lead(self.anna), self.anna)
        self.anyway(self.anna)
        given.user_id = self.bruno
        self.anna.with_user(self.boss).action_unarchive()
        self.assertEqual((kept.user_id, given.user_id), (self.anna, self.bruno))
        self.assertFalse(kept.handover_kept_for_id)

    def test_an_odoo_that_archives_to_dos_loses_none_either(self):
        from odoo.addons.mail.models.res_users import ResUsers

        todo = self.make_todo(self.make_lead(self.anna), self.anna)

        def archive(users):
            activities = users.env["mail.activity"].sudo()
            activities.search([("user_id", "in", users.ids)]).action_archive()
            return super(ResUsers, users).action_archive()

        with patch.object(ResUsers, "action_archive", archive):
            self.anyway(self.anna)
        self.assertRecordValues(todo, [{"active": True, "user_id": False}])
        # nor by the other door, where the guard is off
        self.company.handover_archive_guard = False
        other, write = self.make_todo(self.make_lead(), self.chen), ResUsers.write

        def write_and_archive(users, vals):
            if vals.get("active") is False:
                activities = users.env["mail.activity"].sudo()
                activities.search([("user_id", "in", users.ids)]).action_archive()
            return write(users, vals)

        with patch.object(ResUsers, "write", write_and_archive):
            self.chen.with_user(self.boss).write(NOTHING)
        self.assertRecordValues(
            other,
            [{"active": True, "user_id": False, "handover_kept_for_id": self.chen.id}],
        )

    def test_a_context_that_looks_at_everything_changes_nothing(self):
        """What is finished stays so, and what is kept is kept, by each door."""
        self.company.handover_archive_guard = False
        request = self.make_request("submitted")
        for name in ("button", "toggle", "superuser", "superuser's button", "web"):
            user = self.make_user(f"one by the {name}", "base.group_user")
            # done, on a record, on a handover, on nothing; and what is open
            on = (self.make_lead(self.chen), request)
            done = self.env["mail.activity"].union(
                *(self.make_todo(record, user) for record in on)
            )
            done |= done.create({"summary": "Loose", "user_id": user.id})
            done.action_feedback()
            loose = done.create({"summary": "Open", "user_id": user.id})
            with self.subTest(door=name):
                wide = user.with_context(active_test=False)
                TestDoors.doors(self, wide)[name]()
                self.assertFalse(user.active)
                self.env.flush_all()
                self.env.invalidate_all()
                for todo in done.exists():
                    self.assertFalse(todo.active)
                    self.assertEqual(todo.user_id, user)
                    self.assertFalse(todo.handover_kept_for_id)
                self.assertEqual(len(done.exists()), 3)
                self.assertRecordValues(loose, [
                    {"active": False, "handover_kept_for_id": user.id}
                ])  # fmt: skip
                user.with_context(active_test=False).active = True
                self.assertTrue(loose.active)
                self.assertFalse(any(done.mapped("active")))

    def test_who_hands_over_is_held_up_by_work_alone(self):
        """To-dos are kept, so that a handover under way is no reason."""
        self.company.handover_archive_guard = False
        lead = self.make_lead(self.anna)
        todo = self.make_todo(lead, self.anna)
        request = self.make_request("approved", lead)
        self.anna.with_user(self.boss).action_archive()
        self.assertFalse(self.anna.active)
        self.assertEqual(todo.exists().handover_kept_for_id, self.anna)
        self.assertEqual(request.state, "approved")

    def test_the_draft_is_filled_whichever_company_is_ticked(self):
        self.boss.company_ids += self.abroad
        lead, elsewhere = self.make_lead(self.anna), self.abroad.ids
        mine = self.anna.with_user(self.boss)
        mine = mine.with_context(allowed_company_ids=elsewhere)
        mine.action_archive_anyway("Left today")
        request = self.event(self.anna).request_id
        self.assertEqual(request.line_ids.mapped("res_id"), lead.ids)

    def test_a_to_do_without_a_document_is_kept_until_somebody_has_it(self):
        self.boss.company_ids += self.company
        owners = {"Go": self.anna, "Given": self.anna, "Back": self.chen,
                  "Rest": self.other}  # fmt: skip
        todos = go, given, back, rest = self.env["mail.activity"].create(
            [{"summary": name, "user_id": user.id} for name, user in owners.items()]
        )
        self.assertFalse(todos[0].res_model)
        with self.assertRefused(UserError, "To-dos: 2"):
            self.anna.with_user(self.boss).action_archive()
        self.anyway(self.anna, self.chen, self.other)
        for todo, user in zip(todos, owners.values(), strict=True):
            self.assertRecordValues(todo, [
                {"active": False, "user_id": user.id, "handover_kept_for_id": user.id}
            ])  # fmt: skip
        request = self.event(self.anna).request_id.with_user(self.boss)
        self.assertEqual(request.sudo()._left_behind_counts(), {"mail.activity": 2})

        def has(todo, user):
            self.assertRecordValues(todo, [
                {"active": True, "user_id": user.id, "handover_kept_for_id": False}
            ])  # fmt: skip

        given.user_id = self.bruno
        has(given, self.bruno)
        self.chen.with_user(self.boss).action_unarchive()
        has(back, self.chen)
        lead = self.make_lead(self.anna)
        request.write({"successor_id": self.bruno.id, "reason_id": self.reason.id,
                       "elsewhere": "one"})  # fmt: skip
        request.add_records("crm.lead", lead.ids)
        self.bring(request, "transferred")
        has(go, self.bruno)
        self.env.flush_all()
        uninstall_hook(self.env(su=True))
        self.assertTrue(rest.active)

    def test_administrators_only_and_with_a_reason(self):
        self.make_lead(self.anna)
        for user in (self.manager, self.leader, self.employee, self.portal):
            with self.assertRefused(AccessError):
                self.anna.with_user(user).action_archive_anyway("Because")
        for reason in ("", "  ", False, None, 3, ["x"]):
            with self.assertRefused(UserError, "Say why|give a text"):
                self.anyway(self.anna, reason=reason)
        gone = self.env["res.users"].browse(2**30)
        with self.assertRefused(UserError, "Choose at least one"):
            self.anyway(self.env["res.users"])
        for users in (gone, self.anna | gone):
            with self.assertRefused(AccessError):
                users.with_user(self.boss).action_archive_anyway("Because")
        self.assertTrue(self.anna.active)

    def test_nobody_says_by_hand_whose_a_to_do_was(self):
        todo = self.make_todo(self.make_lead(self.anna), self.anna)
        with self.assertRefused(AccessError):
            todo.with_user(self.anna).write({"handover_kept_for_id": self.chen.id})

    def test_the_dialog_asks_for_the_reason(self):
        self.make_lead(self.anna)
        wizard = self.env["handover.archive.anyway"].with_user(self.boss)
        wizard = wizard.create(
            {"user_ids": [Command.set(self.anna.ids)], "reason": "Gone"}
        )
        wizard.action_archive()
        self.assertFalse(self.anna.active)
        self.assertEqual(self.event(self.anna).data["reason"], "Gone")
        with self.assertRefused(AccessError):
            self.env["handover.archive.anyway"].with_user(self.manager).create(
                {"user_ids": [Command.set(self.chen.ids)], "reason": "Gone"}
            )
