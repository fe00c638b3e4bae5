"""Splitting a handover on the screen: by mouse, by keyboard, on a phone."""

from .test_accessibility import AccessibilityCase

# what opening the form asks, the split's own question, and who takes over
OPENING_CALLS = 8


class SplitTourCase(AccessibilityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brewery = cls.make_customer(name="Brewery", is_company=True)
        cls.deal = cls.make_lead(partner_id=cls.brewery.id)
        cls.alone = cls.make_lead(name="Alone")
        request = cls.make_request(records=cls.deal | cls.alone)
        request.with_user(cls.anna).add_records("res.partner", cls.brewery.ids)
        cls.request = request

    def look_at_it(self, **options):
        self.look(
            self.anna,
            f"handovers/{self.request.id}?form=1",
            ".o_handover_open_split",
            include=".o_handover_split",
            click=".o_handover_open_split",
            **options,
        )

    def split_on_a_phone(self):
        self.tour("handover_split_phone", self.anna, self.request)
        self.assertSuccessors(Brewery="chen@", Deal="chen@", Alone="chen@")

    def assertSuccessors(self, **names):
        lines = self.request.line_ids
        self.assertEqual(
            {line.res_name: line.successor_id.login[:5] for line in lines}, names
        )


class TestSplit(SplitTourCase):
    def test_with_the_mouse(self):
        self.look_at_it(most=OPENING_CALLS)
        version = self.request.version
        self.tour("handover_split_mouse", self.anna, self.request)
        self.assertSuccessors(Brewery="bruno", Deal="bruno", Alone="chen@")
        self.assertEqual(self.request.version, version + 1)

    def test_with_the_keyboard(self):
        self.tour("handover_split_keyboard", self.anna, self.request)
        self.assertSuccessors(Brewery="bruno", Deal="chen@", Alone="chen@")

    def test_many_to_many(self):
        self.other.name = "Other Home"
        for owner, name in (
            (self.anna, "Of Anna"), (self.anna, "Of Anna too"),
            (self.bruno, "Of Bruno"),
        ):  # fmt: skip
            self.make_lead(owner, name=name)
        (self.deal | self.alone).user_id = self.other
        (self.deal | self.alone).team_id = False
        self.brewery.user_id = False
        request = self.make_request(
            records=self.env["crm.lead"], by=self.manager, predecessor_id=False,
            successor_id=self.chen.id, source_team_id=self.team.id,
        )  # fmt: skip
        request.with_user(self.manager).action_collect()
        self.tour("handover_matrix", self.manager, request)
        taken = {line.res_name: line.successor_id for line in request.line_ids}
        self.assertEqual(
            taken,
            {"Of Anna": self.other, "Of Anna too": self.other, "Of Bruno": self.chen},
        )


class TestSplitOnAPhone(SplitTourCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_selected_cards_are_moved(self):
        self.look_at_it()
        self.split_on_a_phone()
