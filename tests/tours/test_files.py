"""The page of files in the web client: in Chromium, as predecessor and successor."""

from ..files.test_files import CLOUD, PDF, FilesCase
from .test_tours import TourCase


class FilesTourCase(FilesCase, TourCase):
    def look_through(self):
        """Anna puts a file onto the handover; Bruno finds it, and no other."""
        lead = self.make_lead(description=CLOUD)
        self.attach(lead, "Offer.pdf", mimetype=PDF)
        prices, diary = self.attach(name="Prices"), self.attach(name="Diary")
        request = self.make_request(records=lead)
        self.tour("handover_files", self.anna, request)
        self.assertEqual((prices.res_model, prices.res_id), (request._name, request.id))
        self.assertFalse(diary.res_id)
        self.tour("handover_files_others", self.bruno, request)


class TestFilesTour(FilesTourCase):
    def test_what_could_stay_behind(self):
        self.look_through()


class TestFilesPhoneTour(FilesTourCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_what_could_stay_behind(self):
        self.look_through()
