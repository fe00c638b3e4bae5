"""Splitting a handover: who gets what, what stays together, and who may decide it."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover_split import allocation
from odoo.addons.crm_handover_split.models.handover_request_allocation import (
    HandoverRequest,
)

from ..common import IN_NO_WAY_CONCERNED, HandoverCommon


class AllocationCase(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belgium, cls.france = cls.env.ref("base.be"), cls.env.ref("base.fr")

    def make_company(self, name, **values):
        return self.make_customer(self.other, name=name, is_company=True, **values)

    def handover(self, *records, **values):
        """A draft of Anna's with these records, as Anna sees it."""
        request = self.make_request(records=records[0], **values)
        mine = request.with_user(self.anna)
        for some in records[1:]:
            mine.add_records(some._name, some.ids)
        return mine

    def propose(self, request, criterion="load", takers=None, **options):
        ids = [user.id for user in takers or (self.bruno, self.chen)]
        return request.propose_allocation(criterion, ids, **options)

    def taken(self, request, proposal):
        """Who takes which records: ``{user: records' ids}``, False: nobody."""
        lines = request.line_ids
        taken = {
            self.env["res.users"].browse(taker["successor_id"]): taker["line_ids"]
            for taker in proposal["takers"]
        }
        taken[False] = proposal["left"]
        self.assertEqual(sorted(sum(taken.values(), [])), sorted(lines.ids))
        return {
            user: sorted(lines.browse(ids).mapped("res_id"))
            for user, ids in taken.items()
            if ids
        }


class TestDealing(AllocationCase):
    def test_examples(self):
        self.assertExamples(allocation, at_least=16)


class TestTogether(AllocationCase):
    def test_who_is_away_is_said_beside_the_name(self):
        self.make_request(
            "submitted", self.make_lead(self.bruno), by=self.bruno, kind="temporary",
            predecessor_id=self.bruno.id, successor_id=self.other.id,
            coordinator_id=self.anna.id,
            date_return=fields.Datetime.now() + timedelta(days=9),
        )  # fmt: skip
        proposal = self.propose(self.handover(self.make_lead()))
        bruno, chen = (taker["note"] for taker in proposal["takers"])
        self.assertIn("away until", bruno)
        self.assertEqual(chen, "")

    def test_a_customer_with_people_deals_and_tasks(self):
        brewery = self.make_company("Brewery")
        person = self.make_customer(name="Koen", parent_id=brewery.id)
        deals = self.make_lead(partner_id=person.id) | self.make_lead(
            partner_id=brewery.id
        )
        task = self.make_task(partner_id=person.id)
        alone = self.make_lead(name="Alone") | self.make_lead(name="Alone too")
        request = self.handover(deals | alone, person, task)
        proposal = self.propose(request)
        self.assertEqual(proposal["torn"], 0)
        first, second = (set(taker["line_ids"]) for taker in proposal["takers"])
        together = request.line_ids.filtered(
            lambda line: line.res_id in (*deals.ids, *person.ids, *task.ids)
        )
        self.assertLessEqual(set(together[:4].ids), first)
        self.assertEqual(second, set(request.line_ids.ids) - first)

    def test_a_project_and_its_tasks(self):
        project = self.make("project.project", name="New Hall", user_id=self.anna.id)
        mine = self.make_task(project_id=project.id) | self.make_task(
            project_id=project.id, partner_id=self.make_company("Other").id
        )
        request = self.handover(project, mine, self.make_lead())
        bundles = {line[1]: line[5] for line in request.get_allocation()["lines"]}
        self.assertEqual(len(set(bundles.values())), 2)
        self.assertNotEqual(bundles["Deal"], bundles["New Hall"])

    def test_torn_on_purpose(self):
        brewery = self.make_company("Brewery")
        deals = self.env["crm.lead"].union(
            *(self.make_lead(partner_id=brewery.id) for _n in range(4))
        )
        request = self.handover(deals)
        self.assertEqual(self.propose(request)["fairness"], 2.0)
        proposal = self.propose(request, keep_together=False)
        self.assertEqual([len(t["line_ids"]) for t in proposal["takers"]], [2, 2])
        self.assertEqual((proposal["torn"], proposal["fairness"]), (1, 1.0))

    def test_names_that_may_not_be_read_stay_out(self):
        secret = self.make_company("Secret", company_id=self.company.id)
        deal = self.make_lead(partner_id=secret.id)
        request = self.handover(deal)
        self.assertEqual(request.get_allocation()["bundles"], ["Secret"])
        secret.company_id = self.abroad
        self.env.invalidate_all()
        self.assertEqual(request.get_allocation()["bundles"], ["Deal"])


class TestCriteria(AllocationCase):
    def setUp(self):
        super().setUp()
        self.north = self.make_lead(
            name="North", country_id=self.belgium.id, expected_revenue=100
        )
        self.south = self.make_lead(
            name="South", country_id=self.france.id, expected_revenue=100
        )
        self.west = self.make_lead(name="West", expected_revenue=100)
        self.request = self.handover(self.north | self.south | self.west)

    def see_all(self):
        """Let Anna open the deals of her colleagues."""
        self.anna.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")

    def test_in_turn(self):
        taken = self.taken(self.request, self.propose(self.request, "turn"))
        self.assertEqual(taken[self.bruno], sorted((self.north | self.west).ids))
        self.assertEqual(taken[self.chen], self.south.ids)

    def test_by_load_who_has_less_gets_more(self):
        self.see_all()
        for _n in range(9):
            self.make_lead(self.bruno)
        (self.north | self.south | self.west).expected_revenue = 0
        proposal = self.propose(self.request)
        taken = self.taken(self.request, proposal)
        self.assertEqual([*taken], [self.chen])
        bruno, chen = proposal["takers"]
        self.assertEqual(bruno["before"]["records"], 9)
        self.assertEqual(bruno["after"], bruno["before"])
        self.assertEqual(chen["after"], {"records": 3, "value": 0, "todos": 0})

    def test_value_counts(self):
        self.south.expected_revenue = 900
        proposal = self.propose(self.request)
        taken = self.taken(self.request, proposal)
        self.assertEqual(taken[self.bruno], self.south.ids)
        values = [taker["after"]["value"] for taker in proposal["takers"]]
        self.assertEqual(values, [900, 200])

    def test_to_dos_count(self):
        for _n in range(5):
            self.make_todo(self.north)
        self.make_todo(self.south, self.chen)
        proposal = self.propose(self.request)
        todos = [taker["after"]["todos"] for taker in proposal["takers"]]
        self.assertEqual(todos, [5, 1], "Chen's own stays Chen's")
        taken = self.taken(self.request, proposal)
        self.assertEqual(taken[self.bruno], self.north.ids)

    def test_by_territory(self):
        self.see_all()
        for _n in range(3):
            self.make_lead(self.chen, country_id=self.belgium.id)
        self.make_lead(self.bruno, country_id=self.belgium.id)
        self.make_lead(self.bruno, country_id=self.france.id)
        taken = self.taken(self.request, self.propose(self.request, "territory"))
        self.assertIn(self.north.id, taken[self.chen])
        self.assertIn(self.south.id, taken[self.bruno])

    def test_by_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.env["res.lang"]._lang_get("fr_FR")
        self.north.lang_id = french
        self.make_lead(self.chen, lang_id=french.id)
        self.make_customer(self.chen, name="Client", lang="fr_FR")
        taken = self.taken(self.request, self.propose(self.request, "language"))
        self.assertIn(self.north.id, taken[self.chen])
        self.assertEqual(taken[self.bruno], sorted((self.south | self.west).ids))

    def test_by_tag(self):
        beer = self.env["crm.tag"].create({"name": "Beer"})
        self.south.tag_ids = beer
        self.make_lead(self.chen, tag_ids=[Command.set(beer.ids)])
        taken = self.taken(self.request, self.propose(self.request, "tag"))
        self.assertIn(self.south.id, taken[self.chen])

    def test_by_contact_so_far(self):
        self.say(self.north)
        self.make_meeting(self.south, self.chen, days=-3)
        self.make_meeting(self.west, self.chen, days=-3, privacy="private")
        taken = self.taken(self.request, self.propose(self.request, "talked"))
        self.assertEqual(taken[self.chen], sorted((self.north | self.south).ids))
        self.assertEqual(taken[self.bruno], self.west.ids)

    def say(self, lead, subtype="mail.mt_comment"):
        """What Chen writes."""
        lead.message_post(
            body="Hello",
            author_id=self.chen.partner_id.id,
            message_type="comment",
            subtype_xmlid=subtype,
        )

    def test_what_is_no_contact(self):
        """As in reviews: what no customer hears, and what is still to come."""
        self.say(self.north)
        self.say(self.south, subtype="mail.mt_note")
        self.make_meeting(self.south, self.chen)
        self.make_todo(self.south, self.chen)
        declined = self.make_meeting(
            self.west,
            self.bruno,
            days=-3,
            partner_ids=[Command.set((self.bruno | self.chen).partner_id.ids)],
        )
        chens = declined.attendee_ids.filtered(
            lambda guest: guest.partner_id == self.chen.partner_id
        )
        chens.state = "declined"
        marks = self.request._marks_of_records(
            self.env["handover.scope"].search([("model", "=", "crm.lead")]),
            self.north | self.south | self.west,
            "talked",
            self.bruno | self.chen,
        )
        self.assertEqual(
            marks, {self.north.id: {self.chen.id: 1}, self.west.id: {self.bruno.id: 1}}
        )

    def test_done_to_do_is_a_contact(self):
        self.make_todo(self.south, self.chen).with_user(self.chen).action_feedback()
        taken = self.taken(self.request, self.propose(self.request, "talked"))
        self.assertIn(self.south.id, taken[self.chen])

    def test_private_by_default_is_no_contact(self):
        self.make_meeting(self.west, self.chen, days=-3)
        self.make_meeting(self.south, self.chen, days=-3, privacy="public")
        self.chen.with_user(self.chen).calendar_default_privacy = "private"
        taken = self.taken(self.request, self.propose(self.request, "talked"))
        self.assertNotIn(self.west.id, taken[self.chen])
        self.assertIn(self.south.id, taken[self.chen])

    def test_over_the_target_team(self):
        with self.assertRefused(UserError, "target team"):
            self.request.propose_allocation("team")
        self.request.target_team_id = self.team
        proposal = self.request.propose_allocation("team")
        self.assertEqual(
            {taker["successor_id"] for taker in proposal["takers"]},
            set((self.bruno | self.chen).ids),
            "the predecessor is in the team as well",
        )
        with self.assertRefused(UserError, "Other is not in the team"):
            self.propose(self.request, "team", [self.other])

    def test_by_hand_all_stays(self):
        proposal = self.propose(self.request, "hand")
        self.assertEqual(len(proposal["takers"][0]["line_ids"]), 3)
        proposal = self.propose(self.request, "hand", [self.chen])
        self.assertEqual(len(proposal["left"]), 3)

    def test_the_same_again(self):
        for criterion in ("turn", "load", "territory", "language", "tag", "talked"):
            with self.subTest(criterion=criterion):
                first = self.propose(self.request, criterion)
                self.env.invalidate_all()
                self.assertEqual(self.propose(self.request, criterion), first)

    def test_a_limit_leaves_the_rest(self):
        proposal = self.propose(self.request, caps=[1, False])
        self.assertEqual([len(t["line_ids"]) for t in proposal["takers"]], [1, 2])
        proposal = self.propose(self.request, caps=[1, 0])
        self.assertEqual([len(t["line_ids"]) for t in proposal["takers"]], [1, 0])
        self.assertEqual(len(proposal["left"]), 2)

    def test_what_the_caller_may_not_open_is_not_counted(self):
        """No salesperson learns how much a colleague has."""
        nothing = self.propose(self.request)
        lead = self.make_lead(
            self.bruno, expected_revenue=5000, country_id=self.belgium.id
        )
        self.make_todo(lead, self.bruno)
        for criterion in ("load", "turn", "territory", "language", "tag"):
            proposal = self.propose(self.request, criterion)
            self.assertEqual(
                proposal["takers"][0]["before"], {"records": 0, "value": 0, "todos": 0}
            )
        # of anybody in the company, there is something that she does not see
        nothing["values_known"] = False
        self.assertEqual(self.propose(self.request), nothing)
        proposal = self.propose(self.request.with_user(self.manager))
        self.assertEqual(
            proposal["values_known"],
            self.north.with_user(self.manager).has_access("read"),
        )
        self.see_all()
        proposal = self.propose(self.request)
        self.assertEqual(proposal["takers"][0]["before"]["value"], 5000)
        self.assertTrue(proposal["values_known"])

    def test_private_and_foreign_work_is_not_counted(self):
        private = self.make_task(self.bruno, project_id=False)
        self.make_todo(private, self.bruno)
        self.bruno.company_ids += self.abroad
        self.make_lead(self.bruno, company_id=self.abroad.id, team_id=False)
        before = self.propose(self.request)["takers"][0]["before"]
        self.assertEqual(before, {"records": 0, "value": 0, "todos": 0})


class TestWhoMay(AllocationCase):
    def setUp(self):
        super().setUp()
        self.leads = self.make_lead(name="One") | self.make_lead(name="Two")
        self.mine = self.handover(self.leads)
        self.assignment = [
            {"successor_id": self.chen.id, "line_ids": self.mine.line_ids[0].ids}
        ]

    def doors(self, request):
        ids = (self.bruno | self.chen).ids
        line = request.sudo().line_ids[:1]
        return {
            "open": lambda: request.action_split(),
            "read": lambda: request.get_allocation(),
            "propose": lambda: request.propose_allocation("load", ids),
            "allocate": lambda: request.allocate(self.assignment),
            "allocate by criterion": lambda: request.allocate(False, "load", ids),
            "reassign": lambda: request.reassign(
                line.predecessor_id.id, line.successor_id.id, self.chen.id
            ),
        }

    def test_requester_and_manager(self):
        for user in (self.anna, self.manager, self.admin):
            for name, call in self.doors(self.mine.with_user(user)).items():
                with self.subTest(user=user.name, door=name):
                    self.assertTrue(call())
                    self.mine.sudo().line_ids._trusting().successor_id = self.bruno

    def test_nobody_else(self):
        logins = ("bruno", "chen", "leader", "approver", *IN_NO_WAY_CONCERNED)
        for login in (*logins, "foreigner"):
            request = self.mine.with_user(getattr(self, login))
            for name, call in self.doors(request).items():
                with (
                    self.subTest(user=login, door=name),
                    self.assertRefused(AccessError),
                ):
                    call()

    def test_in_a_draft_only(self):
        self.mine.action_submit()
        for name, call in self.doors(self.mine).items():
            with self.subTest(door=name), self.assertRefused(UserError, "no draft"):
                call()

    def test_a_proposal_changes_nothing(self):
        with self.assertNothingChanged():
            for name in ("open", "read", "propose"):
                self.doors(self.mine)[name]()
            self.env.flush_all()

    def test_empty_ones_cannot_be_split(self):
        empty = self.handover(self.env["crm.lead"])
        with self.assertRefused(UserError, "no records yet"):
            empty.action_split()

    def test_who_cannot_take(self):
        self.other.active = False
        for user, message in (
            (self.other, "active employee"),
            (self.portal, "active employee"),
            (self.foreigner, "works in Home"),
            (self.anna, "themselves"),
        ):
            with self.subTest(user=user.name):
                with self.assertRefused(UserError, message):
                    self.propose(self.mine, takers=[user])
                assignment = [{**self.assignment[0], "successor_id": user.id}]
                with self.assertRefused(UserError, message):
                    self.mine.allocate(assignment)
                with self.assertRefused(UserError, message):
                    self.mine.reassign(self.anna.id, self.bruno.id, user.id)

    def test_lines_of_another_handover(self):
        lead = self.make_lead(self.bruno)
        theirs = self.make_request(
            records=lead, by=self.bruno, predecessor_id=self.bruno.id,
            successor_id=self.chen.id,
        )  # fmt: skip
        assignment = [{"successor_id": self.other.id, "line_ids": theirs.line_ids.ids}]
        with self.assertRefused(UserError, "not on it any more"):
            self.mine.allocate(assignment)

    def test_wrong_arguments(self):
        ids = (self.bruno | self.chen).ids
        line_ids = self.mine.line_ids.ids
        good = {"successor_id": ids[0], "line_ids": line_ids}
        for arguments in (
            ("best",), (False,), (3,), ("load", "all"), ("load", ["1"]),
            ("load", [2**40]), ("load", [0]), ("load", ids, [1]), ("load", ids, 5),
            ("load", [ids[0]] * 101), ("load", ids, [-1, 2]),
            ("load", ids, ["1", 2]), ("load", ids, [True, 2]),
        ):  # fmt: skip
            with self.subTest(arguments=arguments), self.assertRefused(UserError):
                self.mine.propose_allocation(*arguments)
        for arguments in (
            ([],), ("all",), (None,), ([good, good],), ([{}],), ([7],),
            ([{"successor_id": ids[0], "line_ids": 7}],),
            ([{"successor_id": ids[0], "line_ids": ["7"]}],),
            ([{"successor_id": ids[0], "line_ids": [2**40]}],),
            ([{"successor_id": "x", "line_ids": line_ids}],),
            ([{"line_ids": line_ids}],), ([{**good, "successor_id": [7]}],),
            ([{**good, "successor_id": True}],), ([{**good, "successor_id": []}],),
            ([{**good, "line_ids": line_ids * 2}],),
            (False, "hand", ids), (False, False, ids), (False, "load", ids, 7),
        ):  # fmt: skip
            with self.subTest(arguments=arguments), self.assertRefused(UserError):
                self.mine.allocate(*arguments)
        for arguments in (
            ("x", ids[0], ids[1]), (self.anna.id, None, ids[1]),
            (self.anna.id, ids[1], ids[0]), (self.anna.id, ids[0], "x"),
        ):  # fmt: skip
            with self.subTest(arguments=arguments), self.assertRefused(UserError):
                self.mine.reassign(*arguments)

    def test_too_many_for_the_screen(self):
        self.env["ir.config_parameter"].set_param(
            "crm_handover.max_records_per_call", "1"
        )
        for refused in (
            self.mine.get_allocation,
            lambda: self.mine.propose_allocation("load", self.chen.ids),
        ):
            with self.assertRefused(UserError, "has more than 1 records"):
                refused()
        # what shows none of them splits them all the same
        action = self.mine.action_split()
        dialogs = self.env[action["res_model"]].with_user(self.anna)
        dialog = dialogs.with_context(**action["context"]).create(
            {"criterion": "turn", "successor_ids": [Command.set(self.chen.ids)]}
        )
        dialog.action_split()
        self.assertEqual(self.mine.line_ids.successor_id, self.chen)
        self.assertEqual(set(self.mine.line_ids.mapped("chosen_by")), {"turn"})
        with self.assertRefused(AccessError):
            dialog.with_user(self.bruno).action_split()


class TestAllocate(AllocationCase):
    def test_what_is_reassigned_and_given_back_has_its_reason_back(self):
        self.mine.allocate(criterion="turn", successor_ids=(self.bruno | self.chen).ids)
        lines, anna = self.mine.line_ids, self.anna.id
        first = lines.filtered(lambda line: line.successor_id == self.bruno)
        self.assertEqual(self.mine.reassign(anna, self.bruno.id, self.chen.id), 2)
        self.assertEqual(lines.successor_id, self.chen)
        self.assertEqual(set(first.mapped("chosen_by")), {"hand"})
        self.assertEqual(set((lines - first).mapped("chosen_by")), {"turn"})
        self.assertEqual(self.mine.reassign(anna, self.chen.id, self.bruno.id), 4)
        self.assertEqual(set(first.mapped("chosen_by")), {"turn"})
        self.assertEqual(set((lines - first).mapped("chosen_by")), {"hand"})
        self.assertEqual(self.mine.reassign(anna, self.bruno.id, False), 4)
        self.assertFalse(any(lines.mapped("chosen_by")))
        version = self.mine.version
        self.assertEqual(self.mine.reassign(anna, False, False), 0)
        self.assertEqual(self.mine.version, version)

    def setUp(self):
        super().setUp()
        self.leads = self.env["crm.lead"].union(
            *(self.make_lead(name=f"Deal {n}") for n in range(4))
        )
        self.mine = self.handover(self.leads)

    def test_an_assignment(self):
        lines = self.mine.line_ids
        version = self.mine.version
        changed = self.mine.allocate(
            [
                {"successor_id": self.chen.id, "line_ids": lines[:2].ids},
                {"successor_id": False, "line_ids": lines[2].ids},
            ]
        )
        self.assertEqual(changed, 3)
        self.assertEqual(lines[:2].successor_id, self.chen)
        self.assertFalse(lines[2].successor_id)
        self.assertEqual(lines[3].successor_id, self.bruno, "not named, not changed")
        self.assertEqual(self.mine.version, version + 1)
        self.assertEqual(self.mine.successor_ids, self.bruno | self.chen)
        self.assertEqual(lines[0].write_uid, self.anna)
        self.assertOwner(self.leads, self.anna)

    def test_what_is_so_already_is_no_change(self):
        version = self.mine.version
        assignment = [
            {"successor_id": self.bruno.id, "line_ids": self.mine.line_ids.ids}
        ]
        self.assertEqual(self.mine.allocate(assignment), 0)
        self.assertEqual(self.mine.version, version)

    def test_as_proposed(self):
        ids = (self.bruno | self.chen).ids
        proposal = self.mine.propose_allocation("turn", ids, [1, 2])
        self.mine.allocate(criterion="turn", successor_ids=ids, caps=[1, 2])
        for taker in proposal["takers"]:
            lines = self.mine.line_ids.browse(taker["line_ids"])
            self.assertEqual(lines.successor_id.ids, [taker["successor_id"]])
        left = self.mine.line_ids.browse(proposal["left"])
        self.assertEqual(len(left), 1)
        self.assertFalse(left.successor_id)
        codes = {found["code"] for found in self.mine.preflight()["findings"]}
        self.assertIn("no_successor", codes)

    def chosen(self):
        self.mine.line_ids.invalidate_recordset()
        return [line.chosen_by for line in self.mine.line_ids.sorted("id")]

    def test_each_record_keeps_why(self):
        """The rule, by hand what was moved, and nothing once somebody else takes it."""
        ids, lines = (self.bruno | self.chen).ids, self.mine.line_ids.sorted("id")
        self.assertEqual(self.chosen(), [False] * 4)
        self.mine.allocate(criterion="turn", successor_ids=ids)
        self.assertEqual(self.chosen(), ["turn"] * 4)
        # a proposal of which one record was moved on the screen
        self.leads[0].message_post(
            body="Hello", message_type="comment", author_id=self.bruno.partner_id.id,
            subtype_xmlid="mail.mt_comment",
        )  # fmt: skip
        proposal = self.mine.propose_allocation("talked", ids)
        wanted = [
            {"successor_id": taker["successor_id"], "line_ids": taker["line_ids"]}
            for taker in proposal["takers"]
        ]
        codes = {
            line_id: code
            for taker in proposal["takers"]
            for line_id, code in zip(taker["line_ids"], taker["chosen_by"], strict=True)
        }
        self.assertEqual(codes[lines[0].id], "talked")
        self.assertEqual({codes[line.id] for line in lines[1:]}, {"load"})
        moved = wanted[1]["line_ids"].pop()
        wanted[0]["line_ids"].append(moved)
        version = self.mine.version
        self.mine.allocate(wanted, "talked", ids)
        codes[moved] = "hand"
        self.assertEqual(self.chosen(), [codes[line.id] for line in lines])
        self.assertGreater(self.mine.version, version)
        # the same by another rule is the same content
        version = self.mine.version
        self.assertEqual(self.mine.allocate(wanted, "hand", ids), 0)
        self.assertEqual(self.mine.version, version)
        self.assertEqual(self.chosen(), [codes[line.id] for line in lines])
        other = {self.bruno: self.chen, self.chen: self.bruno}
        lines[0].successor_id = other[lines[0].successor_id]
        self.assertFalse(self.chosen()[0])
        self.mine.allocate([{"successor_id": False, "line_ids": lines.ids}])
        self.assertEqual(self.chosen(), [False] * 4)
        with self.assertRefused(AccessError):
            lines[0].chosen_by = "load"

    def test_what_is_given_back_has_its_reason_back(self):
        ids, line = (self.bruno | self.chen).ids, self.mine.line_ids.sorted("id")[0]
        lines = self.mine.line_ids.sorted("id")
        self.mine.allocate(criterion="turn", successor_ids=ids)
        first, other = line.successor_id, (self.bruno | self.chen) - line.successor_id

        def give(taker, team=False):
            share = {"successor_id": taker, "pool_team_id": team}
            self.mine.allocate([{**share, "line_ids": line.ids}])
            return line.chosen_by

        # however many steps are undone
        self.assertEqual(give(other.id), "hand")
        self.assertFalse(give(False, self.team.id))
        self.assertFalse(give(False))
        self.assertFalse(give(False, self.team.id))
        self.assertEqual(give(other.id), "hand")
        self.assertEqual(give(first.id), "turn")
        self.assertFalse(line.sudo().before_hand)
        # what had none has none
        line.successor_id = other
        line.successor_id = first
        self.assertEqual(give(other.id), "hand")
        self.assertFalse(give(first.id))
        # another deal, or somebody who names a successor: the step before is forgotten
        self.mine.allocate(criterion="turn", successor_ids=ids)
        give(other.id)
        line.successor_id = first
        line.successor_id = other
        self.assertEqual(give(first.id), "hand")
        give(other.id)
        self.mine.allocate(criterion="load", successor_ids=ids[::-1])
        self.assertFalse(any(one.before_hand for one in lines.sudo()))
        # nobody says a reason themselves, nor reads who had it
        with self.assertRefused(AccessError):
            line.before_hand = f"{first.id},0,talked"
        with self.assertRaises(AccessError):
            line.read(["before_hand"])

    def test_successors_get_theirs(self):
        ids = (self.bruno | self.chen).ids
        self.mine.allocate(criterion="turn", successor_ids=ids)
        self.bring(self.mine, "submitted")
        self.mine.with_user(self.approver).action_approve()
        self.assertOwner(self.leads[::2], self.bruno)
        self.assertOwner(self.leads[1::2], self.chen)

    def test_a_share_goes_to_a_pool(self):
        lines = self.mine.line_ids
        data = self.mine.get_allocation()
        self.assertEqual(data["pools"], {str(self.team.id): self.team.name})
        self.assertEqual(data["pooled_kinds"], lines.scope_id.ids)
        share = {"pool_team_id": self.team.id, "line_ids": lines[:2].ids}
        self.assertEqual(self.mine.allocate([share]), 2)
        self.assertEqual(lines[:2].pool_team_id, self.team)
        self.assertFalse(lines[:2].successor_id)
        self.assertEqual(self.mine.pool_team_ids, self.team)
        taken = [line[4] for line in self.mine.get_allocation()["lines"]]
        self.assertEqual(taken, [-self.team.id] * 2 + [self.bruno.id] * 2)
        # by hand, what is in the pool is not left
        self.assertFalse(self.mine.propose_allocation("hand", self.bruno.ids)["left"])
        # from there to somebody, or to nobody
        self.mine.allocate(
            [
                {"successor_id": self.chen.id, "line_ids": lines[0].ids},
                {"successor_id": False, "line_ids": lines[1].ids},
            ]
        )
        self.assertEqual(lines[0].successor_id, self.chen)
        self.assertFalse(lines[:2].pool_team_id or lines[1].successor_id)
        customer = self.make_customer()
        [line_id] = self.mine.add_records("res.partner", customer.ids)
        for wrong in (
            {"pool_team_id": self.team.id, "line_ids": [line_id]},
            {**share, "successor_id": self.chen.id},
            {**share, "pool_team_id": 2**31 - 1},
            {**share, "pool_team_id": "x"},
            {"line_ids": lines.ids},
        ):
            with self.subTest(wrong=wrong), self.assertRaises(UserError):
                self.mine.allocate([wrong])

    def queries(self, request, call):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call(request)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_the_records(self):
        ids = (self.bruno | self.chen).ids
        partners = [self.make_company(f"Company {n}") for n in range(20)]
        many = self.env["crm.lead"].union(
            *(
                self.make_lead(name=f"Many {n}", partner_id=partners[n % 20].id)
                for n in range(100)
            )
        )
        few = self.handover(self.make_lead(partner_id=partners[0].id))
        large = self.handover(many)
        for name, call in {
            "propose": lambda request: request.propose_allocation("territory", ids),
            "talked": lambda request: request.propose_allocation("talked", ids),
            "read": lambda request: request.get_allocation(),
            "allocate": lambda request: request.allocate(
                [{"successor_id": self.chen.id, "line_ids": request.line_ids.ids}]
            ),
            "matrix": lambda request: request.matrix,
        }.items():
            with self.subTest(call=name):
                self.queries(few, call)
                self.queries(large, call)
                large.line_ids._trusting().successor_id = self.bruno
                few.line_ids._trusting().successor_id = self.bruno
                self.assertEqual(self.queries(few, call), self.queries(large, call))


class TestMatrix(AllocationCase):
    def setUp(self):
        super().setUp()
        self.leads = (
            self.make_lead(self.anna, name="Of Anna", expected_revenue=100)
            | self.make_lead(self.anna, name="Of Anna too", expected_revenue=50)
            | self.make_lead(self.bruno, name="Of Bruno", expected_revenue=7)
        )
        request = self.make_request(
            records=self.env["crm.lead"], by=self.manager, predecessor_id=False,
            successor_id=self.chen.id, source_team_id=self.team.id,
        )  # fmt: skip
        self.request = request.with_user(self.manager)
        self.request.action_collect()

    def cells(self, request):
        request.invalidate_recordset()
        return {
            (cell["giver"], cell["taker"]): (cell["count"], cell["value"])
            for cell in request.matrix["cells"]
        }

    def test_who_hands_over_how_much_to_whom(self):
        seer = self.admin
        seer.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        anna, bruno, chen = self.anna.id, self.bruno.id, self.chen.id
        request = self.request.with_user(seer)
        self.assertEqual(
            self.cells(request), {(anna, chen): (2, 150), (bruno, chen): (1, 7)}
        )
        matrix = request.matrix
        self.assertEqual([giver["id"] for giver in matrix["givers"]], [anna, bruno])
        self.assertEqual(matrix["takers"], [{"id": chen, "name": "Chen"}])

    def test_what_goes_to_a_pool_has_a_column(self):
        line = self.request.line_ids[0]
        line.pool_team_id = self.team
        self.assertEqual(self.cells(self.request)[self.anna.id, -self.team.id][0], 1)
        names = {t["id"]: t["name"] for t in self.request.matrix["takers"]}
        self.assertEqual(names[-self.team.id], f"Pool of {self.team.name}")
        # nobody moves it from there by accident
        with self.assertRefused(UserError, "nothing goes"):
            self.request.reassign(self.anna.id, False, self.bruno.id)

    def test_another_taker_for_one_giver(self):
        version = self.request.version
        self.request.reassign(self.anna.id, self.chen.id, self.other.id)
        self.assertEqual(
            {line.res_name: line.successor_id for line in self.request.line_ids},
            {
                "Of Anna": self.other, "Of Anna too": self.other,
                "Of Bruno": self.chen,
            },
        )  # fmt: skip
        self.assertEqual(self.request.version, version + 1)
        self.assertEqual(self.request.successor_ids, self.chen | self.other)
        self.request.reassign(self.anna.id, self.other.id, False)
        self.assertEqual(
            self.cells(self.request).keys(),
            {(self.anna.id, 0), (self.bruno.id, self.chen.id)},
        )
        self.request.reassign(self.anna.id, False, self.bruno.id)
        self.assertEqual(self.request.successor_ids, self.bruno | self.chen)

    def test_nobody_takes_their_own(self):
        with self.assertRefused(UserError, "Of Bruno: Bruno hands it over"):
            self.request.reassign(self.bruno.id, self.chen.id, self.bruno.id)
        ids = (self.anna | self.bruno).ids
        proposal = self.request.propose_allocation("load", ids)
        taken = self.taken(self.request, proposal)
        self.assertEqual(taken[self.anna], self.leads[2].ids)
        self.assertEqual(taken[self.bruno], self.leads[:2].ids)
        anna = proposal["takers"][0]
        self.assertEqual(
            [anna[name]["records"] for name in ("before", "gives", "after")], [2, 2, 1]
        )

    def test_a_successor_sees_what_comes_to_them(self):
        self.request.reassign(self.anna.id, self.chen.id, self.other.id)
        matrix = self.request.with_user(self.other).matrix
        self.assertEqual(
            [(cell["count"], cell["value"]) for cell in matrix["cells"]], [(2, 0)]
        )
        self.assertEqual(matrix["takers"], [{"id": self.other.id, "name": "Other"}])


class TestDoors(HandoverCommon):
    def test_no_caller_steers_by_the_context(self):
        """A proposal says the same whatever comes along with the call."""
        lead = self.make_lead()
        request = self.make_request(records=lead).with_user(self.anna)
        plain = request.propose_allocation("load", self.bruno.ids)
        steered = request.with_context(active_test=False, handover_token=True)
        self.assertEqual(
            HandoverRequest.propose_allocation(steered, "load", self.bruno.ids), plain
        )
