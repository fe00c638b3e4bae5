"""Archiving somebody who still has work, and the radar, in the web client."""

from .test_tours import TourCase


class ArchiveTourCase(TourCase):
    def archive(self, lang):
        """Archive Anna as an administrator who reads ``lang``, who is returned."""
        boss = self.make_user("boss", "base.group_system,sales_team.group_sale_manager")
        boss.lang = lang
        self.company.handover_archive_guard = True
        self.make_lead()
        path = f"/odoo/action-base.action_res_users/{self.anna.id}"
        self.tour("handover_archive", boss, path=path)
        self.assertFalse(self.anna.active)
        event = self.env["handover.request.event"].search([("code", "=", "archived")])
        self.assertEqual(event.data["reason"], "Left without notice")
        return boss

    def look_at_the_radar(self, boss):
        path = "/odoo/action-crm_handover_radar.handover_radar_open_action"
        self.tour("handover_radar", boss, path=path)


class TestArchiveTours(ArchiveTourCase):
    def test_administrator_is_led_to_the_handover_and_goes_ahead(self):
        self.look_at_the_radar(self.archive("en_US"))
