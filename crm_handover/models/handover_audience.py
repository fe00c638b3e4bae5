"""What of a record is for some of its readers only.

A field says for whom it is: ``audience="givers"``. To everybody else it is empty,
whichever way they ask: read, exported, searched, sorted, grouped. A superuser reads all
of it, so whatever reads as one for somebody asks here itself.

=============  ======================================================================
``superiors``  who leads the teams concerned, approvers, managers
``givers``     superiors, and who requests, hands over or coordinates
``sides``      superiors, and whose record it is, before or after
``told``       whoever sees it, but a successor only what is told to them by now
``addressee``  of a to-do that a handover made: givers, and whom it was given to
``holders``    of a file: whoever reads its record, but by a handover alone
``customers``  whoever may read the customer
=============  ======================================================================

In each of them is also whoever wrote it themselves. What a name means on a model, its
:meth:`HandoverAudience._audience_domain` says.
"""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# only we have it: no caller can send an object
_FILLING = object()


class _ForSome:
    """A field that is empty to whoever is not in its audience."""

    audience = None

    def __get__(self, record, owner=None):
        value = super().__get__(record, owner)
        if record is None or not value or record.env.su or not self.audience:
            return value
        return record._audience_value(self, value)


class Char(_ForSome, fields.Char):
    pass


class Text(_ForSome, fields.Text):
    """A text for some of the readers."""


class Html(_ForSome, fields.Html):
    """A formatted text for some of the readers."""


class Json(_ForSome, fields.Json):
    """What JSON holds, for some of the readers."""


class Many2one(_ForSome, fields.Many2one):
    """A record that is named to some of the readers."""

    def __get__(self, record, owner=None):
        if record is None or len(record) == 1:
            # what is not for the reader is no record
            return super().__get__(record, owner) or self._nobody(record)
        return self._nobody(record).union(*(self.__get__(one) for one in record))

    def _nobody(self, record):
        return self if record is None else record.env[self.comodel_name]


class HandoverAudience(models.AbstractModel):
    """A record of which not everybody who reads it reads all."""

    _name = "handover.audience"
    _description = "Handover Audience"

    # worked out for many records at once; nobody but the code reads it
    audiences = fields.Json(
        compute="_compute_audiences",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        help="To which of the audiences the reader belongs.",
    )

    @api.model
    def _audience_names(self):
        """Return the names of the audiences that this model tells apart."""
        named = {getattr(field, "audience", None) for field in self._fields.values()}
        return sorted(named - {None})

    @api.model
    def _audience_paths(self):
        """Return what the audiences depend on: paths of fields."""
        return ()

    @api.model
    def _audience_domain(self, name):
        """Return the domain of the records of which the reader is in an audience."""
        raise NotImplementedError

    @api.model
    def _audience_of_all(self, name):
        """Return the domain of the records of which all readers are in an audience.

        Besides the reader those whom the context names, as a tuple of ids: what is made
        for several people says what all of them may read. It only ever narrows.
        """
        others = self.env.context.get("handover_readers")
        others = others if isinstance(others, tuple) else ()
        readers = self.env.user | self.env.user.browse(others)
        return Domain.AND(
            self.with_user(user)._audience_domain(name) for user in readers
        )

    @api.depends(lambda self: self._audience_paths())
    @api.depends_context("uid", "handover_readers")
    def _compute_audiences(self):
        names = self._audience_names()
        records = self.sudo().with_context(active_test=False)
        found = {}
        for name in names:
            domain = self._audience_of_all(name)
            ids = Domain("id", "in", self._origin.ids)
            found[name] = (
                set(self._origin._ids)
                if domain.is_true()
                else set(records._search(ids & domain).get_result_ids())
            )
        for record in self:
            id_ = record._origin.id
            # what is not saved is whose form it is
            record.audiences = [n for n in names if not id_ or id_ in found[n]]

    def _audience_reads(self, name):
        """Tell whether the reader is in this audience of the record."""
        return name in (self.sudo().audiences or ())

    def _left_out(self):
        """Return the names of the fields that the reader does not get."""
        fields = self._fields.values()
        return {
            field.name
            for field in fields
            if (audience := getattr(field, "audience", None))
            and not self._audience_reads(audience)
        }

    def _audience_value(self, field, value):
        """Return what the reader gets of a value."""
        return value if self._audience_reads(field.audience) else False

    @api.model
    def _audience_sql(self, field, alias, sql):
        """Return what the reader gets of a column."""
        reads = self._audience_condition(field.audience, alias)
        return SQL("CASE WHEN %s THEN %s END", reads, sql)

    @api.model
    def _audience_condition(self, name, alias):
        """Return, as a condition in SQL, whether the reader is in an audience."""
        domain = self._audience_of_all(name)
        if domain.is_true():
            return SQL("TRUE")
        query = self.sudo().with_context(active_test=False)._search(domain)
        # each row is asked of by itself: compared with all of them, very many rows take
        # minutes once the database does not hold them in memory at once
        return SQL(
            """EXISTS (SELECT FROM %s audience
                WHERE audience.id = %s AND audience.id IN %s)""",
            SQL.identifier(self._table),
            SQL.identifier(alias, "id"),
            query.subselect(),
        )

    # ------------------------------------------------------------
    # WHERE ODOO READS
    # ------------------------------------------------------------

    def _field_to_sql(self, alias, field_expr, query=None):
        sql = super()._field_to_sql(alias, field_expr, query)
        field = self._fields.get(field_expr)
        filling = self.env.context.get("handover_filling") is _FILLING
        if self.env.su or filling or not getattr(field, "audience", None):
            return sql
        return self._audience_sql(field, alias, sql)

    def _fetch_query(self, query, fields):
        if not any(getattr(field, "audience", None) for field in fields):
            return super()._fetch_query(query, fields)
        # what is in memory is everybody's: whoever takes it from there is asked
        filling = self.with_context(handover_filling=_FILLING)
        fetched = super(HandoverAudience, filling)._fetch_query(query, fields)
        return fetched.with_env(self.env)
