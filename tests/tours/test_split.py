"""Splitting a handover on the screen: by mouse, by keyboard, on a phone."""

from .test_tours import TourCase


class SplitTourCase(TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brewery = cls.make_customer(name="Brewery", is_company=True)
        cls.deal = cls.make_lead(partner_id=cls.brewery.id)
        cls.alone = cls.make_lead(name="Alone")
        request = cls.make_request(records=cls.deal | cls.alone)
        request.with_user(cls.anna).add_records("res.partner", cls.brewery.ids)
        cls.request = request

    def assertSuccessors(self, **names):
        lines = self.request.line_ids
        self.assertEqual(
            {line.res_name: line.successor_id.login[:5] for line in lines}, names
        )


class TestSplit(SplitTourCase):
    def test_with_the_mouse(self):
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
        self.tour("handover_split_phone", self.anna, self.request)
        self.assertSuccessors(Brewery="chen@", Deal="chen@", Alone="chen@")
