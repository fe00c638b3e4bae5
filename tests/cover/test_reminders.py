"""A reminder before a cover begins, and before it ends."""

from freezegun import freeze_time

from odoo import fields

from .common import DAY, HOUR, CoverCommon

PEOPLE = ["Anna", "Bruno", "Other"]


class TestReminders(CoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now().replace(microsecond=0)

    def at(self, moment):
        with freeze_time(moment):
            self.mind()

    def test_once_before_the_begin_to_its_people(self):
        begin = self.now + 5 * DAY
        request = self.cover(
            "approved", date_planned=begin, coordinator_id=self.other.id
        )
        self.at(begin - DAY - HOUR)
        self.assertEqual(self.told(request, "begins"), ([], 0))
        for _time in (1, 2):
            self.at(begin - 20 * HOUR)
            names = self.told(request, "you stand in")[0]
            self.assertEqual(names, ["Bruno"])
            self.assertEqual(self.told(request, "Change the End"), (PEOPLE, 3))

    def test_who_has_just_approved_it_is_not_reminded_of_the_begin(self):
        request = self.cover("approved", date_planned=self.now + HOUR * 20)
        self.mind()
        self.assertEqual(self.told(request, "begins"), ([], 0))

    def test_once_before_each_end(self):
        request = self.cover(coordinator_id=self.other.id)
        end = request.date_return
        self.at(end - DAY - HOUR)
        self.assertEqual(self.told(request, "ends on"), ([], 0))
        for _time in (1, 2):
            self.at(end - HOUR)
            self.assertEqual(self.told(request, "ends on"), (PEOPLE, 3))
        later = fields.Datetime.to_string(end + 5 * DAY)
        with freeze_time(end - HOUR):
            request.with_user(self.approver).action_extend(later)
        self.at(end - HOUR)
        self.assertEqual(self.told(request, "ends on")[1], 3)
        self.at(end + 5 * DAY - HOUR)
        self.assertEqual(self.told(request, "ends on"), (PEOPLE, 6))

    def test_nothing_of_what_is_over(self):
        request = self.cover()
        request.with_user(self.leader).action_return()
        ahead = self.cover(
            "approved", self.make_lead(), date_planned=self.now + 5 * DAY
        )
        ahead.with_user(self.anna).action_cancel()
        for moment in (request.date_return - HOUR, ahead.date_planned - HOUR):
            self.at(moment)
        self.at(request.date_return + HOUR)
        for one in (request, ahead):
            self.assertEqual(self.told(one, "Change the End"), ([], 0))

    def test_a_company_reminds_earlier_or_never(self):
        request = self.cover()
        self.company.handover_cover_days = 0
        self.at(request.date_return - HOUR)
        self.assertEqual(self.told(request, "ends on")[1], 0)
        self.company.handover_cover_days = 3
        self.at(request.date_return - 2 * DAY)
        self.assertEqual(self.told(request, "ends on")[0], ["Anna", "Bruno"])
