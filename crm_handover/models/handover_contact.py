"""What a contact with a customer is: words that reach them, and meetings with them."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class HandoverContact(models.AbstractModel):
    """A contact, for whoever counts contacts or looks for them.

    A message counts when it says something to somebody: a note is said to nobody, and a
    to-do that is done, as a call, leaves a message. A meeting counts for itself: once
    it has begun, for those who did not decline, and never when it is private.
    """

    _name = "handover.contact"
    _description = "Contact with a Customer"

    # types of messages that go out or come in; glue add-ons add theirs
    _mails = ("email", "email_outgoing")

    # ------------------------------------------------------------
    # MESSAGES
    # ------------------------------------------------------------

    @api.model
    def _said_domain(self):
        """Return the domain of messages that say something to somebody."""
        return Domain.custom(to_sql=lambda _model, alias, _query: self._said_sql(alias))

    @api.model
    def _said_sql(self, alias):
        """Return the condition of messages that say something to somebody.

        :param str alias: what the query calls ``mail_message``
        """
        return SQL(
            """(%(written)s OR EXISTS (
                SELECT FROM mail_activity_type type
                WHERE type.id = %(mail_activity_type_id)s
                    AND type.category IS DISTINCT FROM 'meeting'))""",
            written=self._written_sql(alias),
            **self._columns("mail.message", alias, "mail_activity_type_id"),
        )

    @api.model
    def _written_domain(self):
        """Return the domain of those of them that are what somebody was told."""
        return Domain.custom(
            to_sql=lambda _model, alias, _query: self._written_sql(alias)
        )

    @api.model
    def _written_sql(self, alias):
        return SQL(
            """(%(message_type)s IN %(types)s
                OR (%(message_type)s = 'comment'
                    AND %(subtype_id)s IS DISTINCT FROM %(note)s
                    AND %(is_internal)s IS NOT TRUE))""",
            types=self._mails,
            note=self.env.ref("mail.mt_note").id,
            **self._columns(
                "mail.message", alias, "message_type", "subtype_id", "is_internal"
            ),
        )

    # ------------------------------------------------------------
    # MEETINGS
    # ------------------------------------------------------------

    @api.model
    def _met_domain(self):
        """Return the domain of meetings that are contacts by now."""
        now = fields.Datetime.now()
        return Domain.custom(
            to_sql=lambda _model, alias, _query: self._met_sql(alias, now)
        )

    @api.model
    def _met_sql(self, alias, end):
        """Return the condition of meetings that are contacts at a moment.

        :param str alias: what the query calls ``calendar_event``
        :param datetime end: the moment by which they have begun
        """
        return SQL(
            "(%(active)s AND %(start)s <= %(end)s AND NOT (%(private)s))",
            end=end,
            private=self.env["calendar.event"]._handover_private_sql(alias),
            **self._columns("calendar.event", alias, "active", "start"),
        )

    @api.model
    def _present(self, meeting):
        """Return the partners who come: the organiser, and guests but who declined."""
        guests = meeting.attendee_ids.filtered(lambda guest: guest.state != "declined")
        return meeting.user_id.partner_id | guests.partner_id

    # ------------------------------------------------------------
    # CONTACTS
    # ------------------------------------------------------------

    @api.model
    def _query(self, work, start, end):
        """Return the contacts that people had about records, as a whole query.

        They were on the record, on the page of its customer, or with the customer
        anywhere else. What is to be written has to be flushed.

        :param SQL work: a query with a row for each record: ``res_model``, ``res_id``;
            ``customer_id``, the company of its customer, or ``NULL``; ``user_id`` and
            ``partner_id`` of the one whose contacts are looked for; ``successor_id``
            and ``unit``, by which contacts are told apart
        :param datetime start: contacts after that moment
        :param datetime end: and up to that one
        :return: a query with a row for each contact: ``successor_id`` and ``unit`` as
            in ``work``; ``kind``, ``message`` or ``meeting``; its ``id``, which is one
            of that kind; ``date``, when it was. A contact about several units has a
            row for each of them.
        """
        return SQL(
            """WITH work AS MATERIALIZED (%(work)s),
            actor AS (SELECT DISTINCT user_id, partner_id FROM work
                WHERE user_id IS NOT NULL),
            customer AS MATERIALIZED (
                SELECT DISTINCT successor_id, partner_id, customer_id, unit FROM work
                WHERE customer_id IS NOT NULL),
            said AS MATERIALIZED (
                SELECT message.id, message.model, message.res_id, message.author_id,
                    message.date
                FROM mail_message message
                WHERE message.author_id IN (SELECT partner_id FROM actor)
                    AND message.date > %(start)s AND message.date <= %(end)s
                    AND %(said)s),
            met AS MATERIALIZED (
                SELECT event.*, event.start AS date, actor.partner_id
                FROM actor JOIN calendar_event event ON event.start > %(start)s
                    AND %(met)s
                    AND (event.user_id = actor.user_id OR EXISTS (
                        SELECT FROM calendar_attendee attendee
                        WHERE attendee.event_id = event.id
                            AND attendee.partner_id = actor.partner_id
                            AND attendee.state IS DISTINCT FROM 'declined')))
            SELECT work.successor_id, work.unit, 'message' AS kind, said.id, said.date
            FROM said JOIN work ON work.partner_id = said.author_id
                AND work.res_model = said.model AND work.res_id = said.res_id
            UNION
            SELECT customer.successor_id, customer.unit, 'message', said.id, said.date
            FROM said
            JOIN res_partner page ON said.model = 'res.partner'
                AND page.id = said.res_id
            JOIN customer ON customer.partner_id = said.author_id
                AND customer.customer_id = page.commercial_partner_id
            UNION
            SELECT customer.successor_id, customer.unit, 'message', said.id, said.date
            FROM said
            JOIN mail_message_res_partner_rel rel ON rel.mail_message_id = said.id
            JOIN res_partner recipient ON recipient.id = rel.res_partner_id
            JOIN customer ON customer.partner_id = said.author_id
                AND customer.customer_id = recipient.commercial_partner_id
            UNION
            SELECT work.successor_id, work.unit, 'meeting', met.id, met.date
            FROM (%(links)s) AS met(id, partner_id, date, res_model, res_id)
            JOIN work ON work.partner_id = met.partner_id
                AND work.res_model = met.res_model AND work.res_id = met.res_id
            UNION
            SELECT customer.successor_id, customer.unit, 'meeting', met.id, met.date
            FROM met
            JOIN calendar_event_res_partner_rel rel ON rel.calendar_event_id = met.id
            JOIN res_partner guest ON guest.id = rel.res_partner_id
            JOIN customer ON customer.partner_id = met.partner_id
                AND customer.customer_id = guest.commercial_partner_id""",
            work=work,
            start=start,
            end=end,
            said=self._said_sql("message"),
            met=self._met_sql("event", end),
            links=self._links(),
        )

    @api.model
    def _last(self, scope, records):
        """Return when somebody was last in contact about each of ``records``.

        On the record itself, or in a meeting about it; the caller may read them.

        :param scope: their kind
        :return: ``{record id: datetime}``
        """
        if not records:
            return {}
        ids, end = tuple(records.ids), fields.Datetime.now()
        parts = [
            SQL(
                """SELECT %(res_id)s, %(date)s FROM mail_message message
                WHERE %(model)s = %(name)s AND %(res_id)s IN %(ids)s AND %(said)s""",
                name=records._name,
                ids=ids,
                said=self._said_sql("message"),
                **self._columns("mail.message", "message", "model", "res_id", "date"),
            )
        ]
        met = self._met_sql("event", end)
        names = ("res_model", "res_id", "start")
        columns = self._columns("calendar.event", "event", *names)
        parts.append(
            SQL(
                """SELECT %(res_id)s, %(start)s FROM calendar_event event
                WHERE %(res_model)s = %(name)s AND %(res_id)s IN %(ids)s AND %(met)s""",
                name=records._name,
                ids=ids,
                met=met,
                **columns,
            )
        )
        for link in scope._handler()._handover_meeting_links:
            parts.append(self._last_linked(link, ids, met))
        rows = self.env.execute_query(
            SQL(
                "SELECT id, max(date) FROM (%s) AS contact(id, date) GROUP BY id",
                SQL(" UNION ALL ").join(parts),
            )
        )
        return dict(rows)

    @api.model
    def _last_linked(self, link, ids, met):
        """Return the meetings that a field of theirs links to records with ``ids``."""
        field = self.env["calendar.event"]._fields[link]
        [start] = self._columns("calendar.event", "event", "start").values()
        if field.column_type:
            [column] = self._columns("calendar.event", "event", link).values()
            return SQL(
                "SELECT %s, %s FROM calendar_event event WHERE %s IN %s AND %s",
                *(column, start, column, ids, met),
            )
        return SQL(
            """SELECT rel.%(column)s, %(start)s
            FROM calendar_event event JOIN %(table)s rel ON rel.%(event)s = event.id
            WHERE rel.%(column)s IN %(ids)s AND %(met)s""",
            column=SQL.identifier(field.column2, to_flush=field),
            event=SQL.identifier(field.column1),
            table=SQL.identifier(field.relation),
            start=start,
            ids=ids,
            met=met,
        )

    @api.model
    def _links(self):
        """Return which meetings, of those in ``met``, are about which records."""
        links = [SQL("SELECT id, partner_id, date, res_model, res_id FROM met")]
        for name in sorted(self._link_fields()):
            field = self.env["calendar.event"]._fields[name]
            # the guests, who have no column, are looked at anyway
            if field.column_type:
                links.append(
                    SQL(
                        "SELECT id, partner_id, date, %s, %s FROM met",
                        field.comodel_name,
                        SQL.identifier(name),
                    )
                )
        return SQL(" UNION ").join(links)

    @api.model
    def _link_fields(self):
        """Return the fields of meetings that name what can be handed over."""
        # the kinds of record that are not collected any more as well
        scopes = self.env["handover.scope"].sudo().with_context(active_test=False)
        return {
            name
            for scope in scopes.search([])
            for name in scope._handler()._handover_meeting_links
        }

    @api.model
    def _columns(self, model, alias, *names):
        """Return columns of a table by their names; they are flushed when read."""
        fields_ = self.env[model]._fields
        return {
            name: SQL.identifier(alias, name, to_flush=fields_[name]) for name in names
        }
