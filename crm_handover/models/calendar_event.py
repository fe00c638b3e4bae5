from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CalendarEvent(models.Model):
    """Which meetings are private, for whoever counts, shows or moves meetings.

    As core shows them: what the meeting says, and where it says nothing what its
    organiser has said for all of theirs.
    """

    _inherit = "calendar.event"

    @api.model
    def _handover_private_domain(self):
        """Return the domain of private meetings, to search and to filter."""

        def is_private(meeting):
            # to others core shows a private meeting as “Busy”, and not as private; its
            # own `effective_privacy` stays as it is when a default changes
            meeting = meeting.sudo()
            default = meeting.user_id.calendar_default_privacy
            return (meeting.privacy or default) == "private"

        return Domain.custom(
            to_sql=lambda model, alias, _query: model._handover_private_sql(alias),
            predicate=is_private,
        )

    @api.model
    def _handover_private_sql(self, alias):
        """Return the condition of private meetings: true or false, never ``NULL``.

        :param str alias: what the query calls ``calendar_event``
        """
        settings = self.env["res.users.settings"]
        privacy = settings._fields["calendar_default_privacy"]
        return SQL(
            """COALESCE(%(privacy)s, (
                SELECT COALESCE(%(default)s, %(template)s)
                FROM res_users organiser
                LEFT JOIN res_users_settings settings
                    ON settings.user_id = organiser.id
                WHERE organiser.id = %(organiser)s), '') = 'private'""",
            privacy=SQL.identifier(alias, "privacy", to_flush=self._fields["privacy"]),
            default=SQL.identifier("settings", privacy.name, to_flush=privacy),
            # of who has never looked at their settings
            template=self.env["res.users"]._default_user_calendar_default_privacy(),
            organiser=SQL.identifier(
                alias, "user_id", to_flush=self._fields["user_id"]
            ),
        )

    def _handover_private(self):
        """Return those of ``self`` that are private, whoever asks."""
        return self.filtered_domain(self._handover_private_domain())
