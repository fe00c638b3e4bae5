from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CalendarEvent(models.Model):
    """Which meetings are private, and which ones follow a record.

    Private as core shows it: what the meeting says, and where it says nothing what its
    organiser has said for all of theirs.
    """

    _name = "calendar.event"
    _inherit = ["calendar.event", "handover.pointing"]

    # a meeting is its attendees'; they make none about what they cannot read
    _handover_asked = frozenset({"create"})

    # ------------------------------------------------------------
    # WHAT IS PRIVATE
    # ------------------------------------------------------------

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

    # ------------------------------------------------------------
    # WHAT FOLLOWS A RECORD
    # ------------------------------------------------------------

    @api.model
    def _handover_upcoming_domain(self, user):
        """Return the domain of the future meetings that ``user`` organises."""
        return Domain("user_id", "=", user.id) & Domain(
            "start", ">", fields.Datetime.now()
        )

    @api.model
    def _handover_moving_domain(self, user, chosen):
        """Return the domain of the meetings of ``user`` that move with records.

        Dialog, check and engine ask here. What is private stays.

        :param user: who hands over
        :param dict chosen: ``{kind of record: domain of those that are handed over}``
        """
        follows = Domain.OR(
            self._handover_follows_domain(scope, domain)
            for scope, domain in chosen.items()
        )
        return (
            self._handover_upcoming_domain(user)
            & ~self._handover_private_domain()
            & follows
        )

    @api.model
    def _handover_follows_domain(self, scope, domain):
        """Return the domain of the meetings that follow records of a kind.

        A meeting follows one thing: what a field of it names; or else its document; or
        else the customers who come. What is closed by now leaves it to the next.

        :param scope: the kind of record
        :param domain: which of its records
        """
        named, document, invited = self._handover_ties(scope, domain)
        elsewhere, other_document = self._handover_open_ties()
        return (
            named | (document & ~elsewhere) | (invited & ~elsewhere & ~other_document)
        )

    @api.model
    def _handover_ties(self, scope, domain):
        """Return the domains of meetings that name records of a kind.

        :return: ``(in a field, as their document, as guests)``
        """
        handler = scope._handler()
        domain &= handler._handover_meeting_subjects()

        def records():
            # a query that is part of another one is not to be used twice
            return scope._records()._search(domain)

        named = invited = Domain.FALSE
        for name in handler._handover_meeting_links:
            tie = Domain(name, "in", records())
            if self._fields[name].type == "many2one":
                named |= tie
            else:
                invited |= tie
        document = Domain("res_model", "=", scope.model)
        return named, document & Domain("res_id", "in", records()), invited

    @api.model
    def _handover_open_ties(self):
        """Return the domains of meetings that name something open, whosever it is.

        :return: ``(in a field, as their document)``; a document that is no kind of
            record counts as open
        """
        scopes = self.env["handover.scope"]._in_use()
        ties = [self._handover_ties(scope, scope._open_domain()) for scope in scopes]
        unknown = Domain("res_model", "not in", [False, *scopes.mapped("model")])
        return (
            Domain.OR(named for named, _document, _invited in ties),
            Domain.OR(document for _named, document, _invited in ties)
            | (unknown & Domain("res_id", "!=", False)),
        )

    @api.model
    def _handover_links(self):
        """Return which fields name the one record a meeting is about: by kind.

        :return: ``[(kind of record, name of the field)]``
        """
        return [
            (scope, name)
            for scope in self.env["handover.scope"]._in_use()
            for name in scope._handler()._handover_meeting_links
            if self._fields[name].type == "many2one"
        ]

    @api.model
    def _handover_about_domain(self):
        """Return the domain of meetings that are about some record."""
        named = (Domain(name, "!=", False) for _scope, name in self._handover_links())
        return Domain("res_model", "!=", False) | Domain.OR(named)

    def _handover_subjects(self):
        """Return what each meeting follows, see :meth:`_handover_follows_domain`.

        :return: ``{meeting: (model, id)}``, without those about nothing that is open
        """
        subjects = {
            meeting: (meeting.res_model, meeting.res_id)
            for meeting in self
            if meeting.res_model
        }
        for scope, name in self._handover_links():
            named = scope._records(self.sudo()[name].ids)
            named = scope._open(
                named.filtered_domain(scope._handler()._handover_meeting_subjects())
            )
            for meeting in self:
                if meeting[name].id in named._ids:
                    subjects[meeting] = scope.model, meeting[name].id
        return subjects
