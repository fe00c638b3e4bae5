"""The pool of a team: a member takes from it, its leader gives the rest."""

from ..common import SALESMAN
from .test_tours import TourCase


class PoolTourCase(TourCase):
    def claim_and_give(self, lang, give="handover_pool_give"):
        """Take one record of a pool, give others, as people who read ``lang``.

        :return: the records and who got the others
        """
        head, dora, eva = (
            self.make_user(name, SALESMAN) for name in ("head", "dora", "eva")
        )
        (head | dora).lang = lang
        north = self.make_team("North", head, dora, eva)
        leads = [self.make_lead(name=name) for name in ("One", "Two", "Three")]
        for records in (leads[0] | leads[1], leads[2]):
            self.make_request(
                "transferred",
                records,
                successor_id=False,
                target_team_id=north.id,
                to_pool=True,
            )
        path = "/odoo/handover-pool"
        self.tour("handover_pool_claim", dora, path=path)
        self.assertEqual(leads[0].user_id, dora)
        self.tour(give, head, path=path)
        self.assertEqual(leads[1].user_id, eva)
        return leads, eva


class TestPoolTours(PoolTourCase):
    def test_a_member_claims_and_the_leader_gives(self):
        leads, eva = self.claim_and_give("en_US")
        self.assertEqual(leads[2].user_id, eva)
