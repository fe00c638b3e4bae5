"""The states of a handover, and the names for several of them."""

from odoo.tests import BaseCase

from odoo.addons.crm_handover.models import handover_states
from odoo.addons.crm_handover.models.handover_states import (
    CLOSED,
    IN_PROGRESS,
    STATES,
)

GROUPS = {
    name: group
    for name, group in vars(handover_states).items()
    if isinstance(group, tuple)
}


class TestStates(BaseCase):
    test_tags = {"standard", "post_install"}

    def test_groups_name_states(self):
        self.assertGreater(len(GROUPS), 5)
        for name, group in GROUPS.items():
            self.assertLessEqual(set(group), set(dict(STATES)), name)
            self.assertEqual(len(group), len(set(group)), name)

    def test_no_two_groups_are_the_same(self):
        self.assertEqual(len(set(map(frozenset, GROUPS.values()))), len(GROUPS))

    def test_each_state_is_in_progress_or_over(self):
        self.assertEqual(sorted((*IN_PROGRESS, "done", *CLOSED)), sorted(dict(STATES)))
