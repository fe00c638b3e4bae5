"""Other add-ons change the owner's ``write``: they have their say on every record."""

from pathlib import Path

from .common import FaultCase, install


class TestOtherAddons(FaultCase):
    ADDONS = (Path(__file__).parent.parent / "addons",)

    @classmethod
    def prepare(cls):
        super().prepare()
        install(
            cls.db,
            *("handover_test_counting", "handover_test_refusing"),
            addons=cls.ADDONS,
        )

    def test_the_write_of_another_add_on_runs_once_for_each_record(self):
        leads = self.make_leads(300)
        request = self.make_request(leads)
        self.approve(request)
        self.wait_for_state(request, "transferred")
        rows = self.db.query(
            "SELECT owner_writes, referred, count(*) FROM crm_lead"
            " WHERE id = ANY(%s) GROUP BY 1, 2",
            leads,
        )
        self.assertEqual(rows, [(1, "now with Bruno", 300)])
        self.assertHandedOverOnce(request, leads)

    def test_what_another_add_on_refuses_stays_and_says_why(self):
        leads = self.make_leads(50)
        refused, broken = leads[10], leads[40]
        self.db.query(
            "UPDATE crm_lead SET contact_name = 'Sealed' WHERE id = %s", refused
        )
        self.db.query(
            "UPDATE crm_lead SET contact_name = 'Broken' WHERE id = %s", broken
        )
        request = self.make_request(leads)
        self.approve(request)
        self.assertEqual(self.state(request), "transferred")
        self.assertEqual(
            self.outcomes(request),
            {("done", "done"): 48, ("failed", "rejected"): 1, ("failed", "error"): 1},
        )
        self.assertEqual(self.code_of(request, refused), "rejected")
        self.assertEqual(self.code_of(request, broken), "error")
        messages = dict(
            self.db.query(
                "SELECT res_id, result_message FROM handover_request_line"
                " WHERE request_id = %s AND state = 'failed'",
                request,
            )
        )
        self.assertIn("Deal 11 stays where it is.", messages[refused])
        self.assertIn("try again", messages[refused])
        self.assertNotIn("ZeroDivision", messages[broken])
        self.assertEqual(self.owners([refused, broken]), {"anna": 2})
        # the tries of the whole batch left no trace on the others
        others = [lead for lead in leads if lead not in (refused, broken)]
        self.assertEqual(
            self.db.query(
                "SELECT owner_writes, count(*) FROM crm_lead"
                " WHERE id = ANY(%s) GROUP BY 1",
                others,
            ),
            [(1, 48)],
        )
        self.assertConsistent(request, others)
