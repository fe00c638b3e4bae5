"""Questions that all tests ask: what has changed, and above all what has not."""

import doctest
from contextlib import contextmanager

from odoo.tools import mute_logger
from odoo.tools.sql import table_exists

# whatever a handover may touch, and much that it must not
SNAPSHOT = {
    "leads": "SELECT id, user_id, team_id, company_id, active FROM crm_lead",
    "customers": "SELECT id, user_id, company_id, active FROM res_partner",
    "projects": "SELECT id, user_id, company_id FROM project_project",
    "assignees": "SELECT task_id, user_id FROM project_task_user_rel",
    "to-dos": "SELECT id, user_id, res_model, res_id FROM mail_activity",
    "meetings": "SELECT id, user_id, privacy FROM calendar_event",
    "attendees": "SELECT event_id, partner_id FROM calendar_attendee",
    "followers": "SELECT res_model, res_id, partner_id FROM mail_followers",
    "groups": "SELECT uid, gid FROM res_groups_users_rel",
    "memberships": "SELECT user_id, crm_team_id, active FROM crm_team_member",
    "messages": "SELECT id, model, res_id, author_id, body FROM mail_message",
    "mails": "SELECT id FROM mail_mail",
    "files": "SELECT id, res_model, res_id FROM ir_attachment",
    "defaults": "SELECT id FROM ir_default",
    "handovers": "SELECT * FROM handover_request",
    "lines": "SELECT * FROM handover_request_line",
    "events": "SELECT * FROM handover_request_event",
    "signatures": "SELECT * FROM handover_request_signoff",
    "cards": "SELECT * FROM handover_card",
    "documents": "SELECT * FROM handover_document",
    "permissions": "SELECT * FROM handover_grant",
    "permissions allowed": "SELECT * FROM handover_grantable",
    "checks": "SELECT * FROM handover_check",
    "gaps": "SELECT line_id, check_id FROM handover_request_line_gap_rel",
    "training topics": "SELECT * FROM handover_training_topic",
    "trainings": "SELECT * FROM handover_training",
    "trainees": "SELECT * FROM handover_training_trainee",
    "attendance": "SELECT * FROM handover_training_attended_rel",
    "ratings": "SELECT * FROM handover_training_rating",
    "scopes": "SELECT * FROM handover_scope",
    "reasons": "SELECT * FROM handover_reason",
}
# whether the table of such a query is there: {query: bool}, as it was at the beginning
_tables = {}


class HandoverAssertions:
    """To be mixed into a test case."""

    @classmethod
    def snapshot(cls, *but):
        # tracking messages are written by the cursor's own flush
        cls.env.cr.flush()
        result = {}
        for name, query in SNAPSHOT.items():
            if name not in but and cls._has_table(query):
                cls.env.cr.execute(query)
                result[name] = sorted(cls.env.cr.fetchall(), key=repr)
        return result

    @classmethod
    def _has_table(cls, query):
        """Tell whether the add-on that brings the table of ``query`` is installed."""
        if query not in _tables:
            _tables[query] = table_exists(cls.env.cr, query.split(" FROM ")[1])
        return _tables[query]

    def assertSameAs(self, before, *but):
        after = self.snapshot(*but)
        changes = {
            name: [
                row
                for row in rows + before[name]
                if rows.count(row) != before[name].count(row)
            ]
            for name, rows in after.items()
            if rows != before[name]
        }
        self.assertFalse(changes, "this must not have changed")

    @contextmanager
    def assertNothingChanged(self, *but):
        """Fail when a record, a message, a right or a handover changes."""
        before = self.snapshot(*but)
        yield
        self.assertSameAs(before, *but)

    @contextmanager
    def assertRefused(self, error, regex=""):
        """Fail unless ``error`` is raised, and nothing is changed by then."""
        before = self.snapshot()
        with (
            mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_rule"),
            self.assertRaisesRegex(error, regex) as caught,
            self.env.cr.savepoint(),
        ):
            yield caught
        self.env.invalidate_all()
        self.assertSameAs(before)

    def assertOwner(self, records, user):
        records.invalidate_recordset()
        for record in records:
            owner = (
                record.user_ids if record._name == "project.task" else record.user_id
            )
            self.assertEqual(owner, user, f"{record} has another owner")

    def assertExamples(self, module, at_least=1):
        """Fail when an example in a module's docstrings does, or when there is none.

        Without examples doctest itself is content.
        """
        tried = doctest.testmod(module)
        self.assertEqual(tried.failed, 0, f"examples of {module.__name__}")
        # from Python 3.13 on, examples that are skipped count as attempted
        done = tried.attempted - getattr(tried, "skipped", 0)
        self.assertGreaterEqual(done, at_least, f"examples of {module.__name__}")

    def notes(self, record):
        """The notes that handovers left on ``record``."""
        return record.message_ids.filtered(
            lambda m: "handover.request" in (m.body or "")
        )
