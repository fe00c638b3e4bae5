"""Automation rules and webhooks see what becomes of each record, as of any other."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..common import HandoverCommon

LOGGER = "odoo.addons.crm_handover.models.handover_automation"


class TestAutomations(HandoverCommon):
    """As ``base_automation`` does it: around ``write``, with the values before."""

    def watching(self, react=lambda line, vals: None):
        """Have a rule watch the lines: ``self.seen`` are the changes of the outcome."""
        self.seen = []
        Line = type(self.env["handover.request.line"])
        write = Line.write

        def watched(lines, vals):
            before = {line.id: (line.state, line.result_code) for line in lines}
            result = write(lines, vals)
            for line in lines:
                if "result_code" in vals and line.result_code != before[line.id][1]:
                    self.seen.append((line.res_id, *before[line.id], line.state,
                                      line.result_code))  # fmt: skip
                    react(line, vals)
            return result

        rule = patch.object(Line, "write", watched)
        there = patch.object(Line, "_has_automations", lambda lines: True)
        self.startPatcher(rule)
        self.startPatcher(there)

    def test_a_rule_sees_each_outcome_once(self):
        self.watching()
        leads = self.make_lead() | self.make_lead()
        request = self.make_request("approved", leads)
        leads[0].user_id = self.other
        request.with_user(self.approver).action_run()
        self.assertEqual(
            sorted(self.seen),
            sorted(
                [
                    (leads[0].id, "todo", False, "skipped", "stale_owner"),
                    (leads[1].id, "todo", False, "done", "done"),
                ]
            ),
        )
        done = request.line_ids.filtered(lambda line: line.state == "done")
        self.assertEqual(done.before["owner"], self.anna.ids)
        self.assertEqual(done.after["owner"], self.bruno.ids)
        self.assertTrue(done.date_done)
        self.assertTrue(request.with_user(self.approver).verify()["ok"])

    def test_a_rule_sees_who_decided_how(self):
        self.watching()
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        leads = self.make_lead() | self.make_lead()
        request = self.make_request("approved", leads, date_planned=tomorrow)
        lines, decisions = request.line_ids, []
        write = type(lines).write

        def noted(lines, vals):
            decisions.extend((one.decision, vals.get("decision")) for one in lines)
            return write(lines, vals)

        with patch.object(type(lines), "write", noted):
            lines[0].with_user(self.bruno).action_decline("Too far")
            request.with_user(self.bruno).action_accept_all()
        self.assertEqual(decisions, [("pending", "declined"), ("pending", "accepted")])

    def test_a_rule_sees_the_way_back_and_its_stop(self):
        self.watching()
        request = self.make_request("transferred")
        line, states = request.line_ids, []
        write = type(line).write

        def noted(lines, vals):
            states.extend((one.state, vals.get("state")) for one in lines)
            return write(lines, vals)

        engine = "odoo.addons.crm_handover.models.handover_engine.HandoverEngine"
        with (
            patch.object(type(line), "write", noted),
            patch(f"{engine}._claim", lambda engine, *_args: ()),
        ):
            request.with_user(self.approver).action_return()
            request.with_user(self.approver).action_cancel()
        self.assertEqual(states, [("done", "todo"), ("todo", "done")])
        self.assertEqual((line.state, line.result_code), ("done", "done"))
        self.assertFalse(line.goes_back)
        self.assertEqual(request.state, "transferred")

    def test_many_are_written_together(self):
        self.watching()
        leads = self.env["crm.lead"].concat(*(self.make_lead() for _n in range(20)))
        request = self.make_request("approved", leads)
        with patch.object(
            type(request.line_ids), "_write_outcomes",
            autospec=True, side_effect=type(request.line_ids)._write_outcomes,
        ) as written:  # fmt: skip
            request.with_user(self.approver).action_run()
        self.assertEqual(written.call_count, 1)
        self.assertEqual(len(self.seen), 20)

    def test_a_rule_that_fails_keeps_no_outcome_from_being_written(self):
        def fail(line, vals):
            raise UserError("no")

        self.watching(fail)
        lead = self.make_lead()
        request = self.make_request("approved", lead)
        with mute_logger(LOGGER):
            request.with_user(self.approver).action_run()
        self.assertEqual(self.codes(request), {lead: "done"})
        self.assertEqual(request.state, "transferred")
        self.assertEqual(lead.user_id, self.bruno)

    def test_without_a_rule_nothing_is_written_one_by_one(self):
        request = self.make_request("approved")
        with patch.object(
            type(request.line_ids), "_write_outcomes", side_effect=AssertionError
        ):
            request.with_user(self.approver).action_run()
        self.assertEqual(request.line_ids.state, "done")
