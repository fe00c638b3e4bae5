"""The briefing card of a model that nobody foresaw, and of one that is gone."""

from ..machines import SHAPES, MachineCase


class TestAnyModel(MachineCase):
    def test_predecessor_writes_releases_and_successor_reads(self):
        for model in SHAPES:
            with self.subTest(model):
                request = self.make_request("approved", self.make_machine(model))
                line = request.with_user(self.anna).line_ids
                action = line.action_open_card()
                cards = self.env[action["res_model"]].with_user(self.anna)
                card = cards.browse(action["res_id"])
                card.write({"promises": "Oil on Fridays"})
                self.assertTrue(card.facts)
                card.action_release()
                theirs = card.with_user(self.bruno)
                self.assertEqual(theirs.promises, "Oil on Fridays")
                self.assertTrue(theirs.facts)


class TestGone(MachineCase):
    def test_card_of_what_is_gone_keeps_what_was_written(self):
        request = self.make_request("approved", self.make_machine("x_machine"))
        line = request.with_user(self.anna).line_ids
        card = self.env["handover.card"].browse(line.action_open_card()["res_id"])
        card.with_user(self.anna).write({"promises": "Oil on Fridays"})
        card.with_user(self.anna).action_release()
        self.remove_kind(self.kinds["x_machine"])
        self.env.invalidate_all()
        theirs = card.with_user(self.bruno)
        theirs.read()
        self.assertEqual(theirs.promises, "Oil on Fridays")
        self.assertFalse(theirs.facts)
