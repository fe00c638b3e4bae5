from odoo import fields, models
from odoo.exceptions import UserError

from .handover_guard import check_count, door, is_id, single
from .handover_limits import limit
from .handover_statistics import grown

COLLECT_BATCH = 5_000


class HandoverRequest(models.Model):
    """Which records are on a handover: all that are open, or those somebody chose."""

    _inherit = "handover.request"

    @door
    def action_collect(self, scope_ids=False):
        """Add every open record of the predecessor, or of the source team.

        What is on the request already stays as it is. Private records stay out: their
        owner adds them one by one.

        :param list scope_ids: ids of the kinds of record to add; empty: all kinds
        :return: ``True``
        :raise UserError: when the request is no draft, or it would become too large;
            then nothing is added
        """
        self._lock()
        scopes = self._collected_scopes(scope_ids)
        for request in self:
            if refusal := request._edit_refusal():
                raise refusal
            request._check_may_request()
            count = request._check_collected_size(scopes)
            request._do("collect", scopes.ids, count=count)
        return True

    def _do_collect(self, scope_ids):
        scopes = self.env["handover.scope"].sudo().browse(scope_ids)
        for scope, domain in self._collect_domains(scopes).items():
            self._collect(scope, domain)
        self._note_collected(scopes)
        self._records_changed()

    def _collect_now(self, scopes):
        """Collect within the call, however many there are, for who needs them there.

        :raise UserError: as :meth:`action_collect`
        """
        self._lock()
        self._collect_scopes(scopes)
        self._records_changed()
        return True

    @door
    def add_records(self, res_model, res_ids, successor_id=False, scope_ids=False):
        """Add records of the predecessor, or of the source team, to a draft.

        :param str res_model: a model that can be handed over, as ``crm.lead``
        :param list res_ids: ids of its records, as many as the settings allow
        :param int successor_id: who takes them over; empty: the request's successor
        :param list scope_ids: ids of kinds of record of this model, where it has
            several; empty: all of them
        :return: ids of their lines, those that were there already included
        :raise UserError: when an argument is wrong, or a record is not there or does
            not belong to the predecessor; then nothing is added
        """
        single(self)
        self._lock()
        if refusal := self._edit_refusal():
            raise refusal
        self._check_may_request()
        parts = self._check_records(res_model, res_ids, scope_ids)
        successor = self._check_successor_id(successor_id)
        lines = self.env["handover.request.line"].union(
            *(self._add(scope, records) for scope, records in parts.items())
        )
        if successor:
            lines._trusting().write({"successor_id": successor.id})
        self._records_changed()
        return lines.ids

    def _add_what_is_theirs(self, partners):
        """Add the open records of the giver that are about customers of this draft.

        :param partners: customers that were just added; their contacts count as well
        """
        self._check_may_request()
        for scope in self.env["handover.scope"]._in_use():
            Model = scope._records()
            customer = Model._fields.get("partner_id")
            if not customer or customer.comodel_name != "res.partner":
                continue
            if customer.store:
                theirs = fields.Domain("partner_id", "child_of", partners.ids)
                self._collect(scope, self._collect_domain(scope) & theirs)
        self._records_changed()

    def _records_changed(self):
        """Take note that records were added; extended by super()."""
        self._touch()

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _collected_scopes(self, scope_ids):
        """Return the active kinds of record, or those of them that were named."""
        scopes = self.env["handover.scope"]._in_use()
        if not scope_ids:
            return scopes
        listed = isinstance(scope_ids, (list, tuple)) and all(map(is_id, scope_ids))
        if not listed or set(scope_ids) - set(scopes.ids):
            raise UserError(
                self.env._("Kinds of record are given by their ids, those in use only.")
            )
        return scopes.filtered(lambda scope: scope.id in scope_ids)

    def _collect_scopes(self, scopes, there=None):
        """Add every open record of these kinds; the caller says that they changed.

        :param there: the kinds of which there is anything, where it is known
        """
        self.ensure_one()
        if refusal := self._edit_refusal():
            raise refusal
        self._check_may_request()
        self._add_domains(self._collect_domains(scopes if there is None else there))
        self._note_collected(scopes)

    def _collect_domains(self, scopes):
        parts = self._requested_parts(scopes)
        return {scope: self._collect_domain(scope, parts[scope]) for scope in scopes}

    def _check_collected_size(self, scopes):
        """Return how many records collecting adds; raise where it were too many."""
        return self._check_domains_size(self._collect_domains(scopes))

    def _collect_domain(self, scope, part=None, after=0):
        """Return the domain of what is collected and not on the request yet.

        :param part: what the requester may hand over of this kind, where it is known
        :param int after: of records with a greater id, where the others are not meant
        """
        lines = self.env["handover.request.line"].sudo()
        mine = fields.Domain("request_id", "=", self._origin.id)
        if after:
            # of many lines, few are looked at
            mine &= fields.Domain("res_id", ">", after)
        known = lines._search(mine & scope._lines_domain())
        return (
            scope._collectable_domain(self.company_id)
            & self._belonging_here(scope)
            & (self._requested_part(scope) if part is None else part)
            & fields.Domain("id", "not in", known.subselect("res_id"))
        )

    def _belonging_here(self, scope):
        """Return the domain of what belongs to the giver, and to this company.

        What names no company is where its owner works: whoever moved to another company
        has taken it along.
        """
        givers, here = self._givers(), scope._company_domain(self.company_id)
        if not givers:
            return scope._belonging_domain(givers, self.source_team_id) & here
        moved = givers.filtered(lambda user: user.active and self._has_left(user))
        theirs = fields.Domain.FALSE
        if present := givers - moved:
            theirs |= scope._belonging_domain(present, self.source_team_id) & here
        if moved:
            own = scope._own_company_domain(self.company_id)
            theirs |= scope._belonging_domain(moved, self.source_team_id) & own
        return theirs

    def _collect_all(self, domains):
        """Add the records in these domains, by their kind; none if it were too many."""
        self._add_domains(domains)
        self._records_changed()

    def _check_domains_size(self, domains):
        count = sum(
            scope._records().search_count(domain) for scope, domain in domains.items()
        )
        self._check_size(count)
        return count

    def _add_domains(self, domains):
        self._check_domains_size(domains)
        for scope, domain in domains.items():
            self._collect(scope, domain)

    def _collect(self, scope, domain):
        """Add the records of a kind in ``domain``, a part after the other."""
        last = 0
        while last is not None:
            last = self._collect_part(scope, domain, last)[0]

    def _collect_part(self, scope, domain, last, there=None):
        """Add the next records of a kind.

        :param int last: the id of the last record of the part before
        :param int there: how many lines there are, where that is known
        :return: that of the last record of this one, ``None`` when it was the last
            part; and how many were added
        """
        records = scope._records().search_fetch(
            domain & fields.Domain("id", ">", last),
            self._told_of_records(scope),
            order="id",
            limit=COLLECT_BATCH,
        )
        self._add_lines_of(scope, records, there)
        self.env.flush_all()
        full = len(records) == COLLECT_BATCH
        if full != bool(last):
            # the first of several parts, and the last one
            grown(self.env.cr, "handover_request_line", COLLECT_BATCH)
        if not full:
            return None, len(records)
        # of many, those are kept in memory that are looked at
        self.env.invalidate_all()
        return records.ids[-1], len(records)

    def _told_of_records(self, scope):
        """Return the names of the fields that lines are made from."""
        return ["display_name", scope.owner_field_id.name]

    def _check_size(self, more, there=None):
        """Raise when the request would have too many records with ``more`` of them.

        :param int there: how many it has, where that is known: they are counted
        """
        most = limit(self.env, "max_records")
        there = self.line_count if there is None else there
        if there + more > most:
            raise UserError(
                self.env._(
                    "%(handover)s would have %(count)s records, %(limit)s are allowed:"
                    " spread them over several handovers.",
                    handover=self.name,
                    count=there + more,
                    limit=most,
                )
            )

    def _add(self, scope, records):
        """Add lines for ``records``, which belong to the giver; return all lines."""
        Line = self.env["handover.request.line"]
        domain = [
            ("request_id", "=", self.id),
            ("scope_id", "=", scope.id),
            ("res_id", "in", records.ids),
        ]
        known = set(Line.sudo().search_fetch(domain, ["res_id"]).mapped("res_id"))
        self._add_lines_of(scope, records.filtered(lambda one: one.id not in known))
        return Line.sudo().search(domain, order="id")

    def _add_lines_of(self, scope, records, there=None):
        """Add lines for ``records``, which are not on the handover yet."""
        if not records:
            return
        self._check_size(len(records), there)
        records.fetch(self._told_of_records(scope))
        customers = scope._handler()._handover_customers(records.sudo())
        takings = {}
        for record in records:
            giver = self._giver_of(scope, record)
            if giver not in takings:
                takings[giver] = self._default_taking(scope, giver)
        self.env["handover.request.line"]._make(
            [
                {
                    **self._prepare_line_values(scope, record, takings),
                    "customer_id": customers.get(record.id),
                }
                for record in records
            ]
        )

    def _prepare_line_values(self, scope, record, takings):
        """Return the values of the line of a record.

        :param takings: who takes what of each giver, see :meth:`_default_taking`
        """
        giver = self._giver_of(scope, record)
        return {
            "request_id": self.id,
            "scope_id": scope.id,
            "res_model": scope.model,
            "res_id": record.id,
            "res_name": record.display_name,
            "predecessor_id": giver.id,
            **takings[giver],
        }

    def _giver_of(self, scope, record):
        """Return who hands ``record`` over; of a team's several owners a member.

        Of several people who have it, the first: a record is on a handover once.
        """
        if self.predecessor_id:
            return self.predecessor_id
        owners = scope._owners(record)
        if several := self._several_givers():
            return (owners & several)[:1]
        if len(owners) < 2:
            return owners
        people, moved = scope._team_people(self.source_team_id)
        return (owners & (people | moved))[:1] or owners[:1]

    def _default_successor(self):
        return self.successor_id or self.target_team_id.sudo().user_id

    def _default_taking(self, scope, giver):
        """Return the values of a line that say who takes it, where nobody has chosen.

        What a team's pool cannot hold goes to who takes over the rest.
        """
        taker, pool = self._defaults()
        if pool and scope._has_pool():
            return {"successor_id": False, "pool_team_id": pool.id}
        # in a team's handover the successor may own some of the records already
        return {
            "successor_id": taker.id if taker != giver else False,
            "pool_team_id": False,
        }

    def _defaults(self):
        """Return who takes what names nobody, and the team whose pool does, or none."""
        return self._default_successor(), self._default_pool()

    def _follow_default(self, former):
        """Give lines without a choice of their own to the present default.

        :param former: the one before, as of :meth:`_defaults`
        """
        if self._defaults() == former:
            return
        (taker, pool), now = former, self._default_successor()
        lines = (
            fields.Domain("request_id", "=", self.id)
            & fields.Domain("state", "=", "todo")
            & fields.Domain("successor_id", "in", [*taker.ids, False])
            & fields.Domain("pool_team_id", "in", [*pool.ids, False])
            & (
                fields.Domain("predecessor_id", "!=", now.id)
                | fields.Domain("pool_team_id", "!=", False)
            )
        )
        Line = self.env["handover.request.line"].sudo()
        for scope, giver in Line._read_group(lines, ["scope_id", "predecessor_id"]):
            some = lines & fields.Domain("scope_id", "=", scope.id)
            some &= fields.Domain("predecessor_id", "=", giver.id)
            Line._hand_to(some, **self._default_taking(scope, giver))

    def _check_records(self, res_model, res_ids, scope_ids=False):
        """Return the records by their kind, or raise what is wrong with them."""
        scopes = self.env["handover.scope"]
        if isinstance(res_model, str):
            scopes = scopes._all_of_model(res_model)
        if scope_ids:
            scopes &= self._collected_scopes(scope_ids)
        if not scopes:
            raise UserError(self.env._("Records of this kind cannot be handed over."))
        if not isinstance(res_ids, (list, tuple)) or not res_ids:
            raise UserError(self.env._("Choose at least one record."))
        check_count(self.env, res_ids)
        if not all(is_id(id_) for id_ in res_ids):
            raise UserError(
                self.env._("Records are given by their ids, whole numbers.")
            )
        ids = list(dict.fromkeys(res_ids))
        theirs = {scope: self._theirs(scope, ids) for scope in scopes}
        found = scopes[:1]._records().union(*theirs.values())
        if missing := set(ids) - set(found.ids):
            raise UserError(
                self.env._(
                    "%(count)s of these records do not exist or do not belong to"
                    " %(predecessor)s: %(ids)s",
                    count=len(missing),
                    predecessor=self._giver_name(),
                    ids=", ".join(str(id_) for id_ in sorted(missing)[:10]),
                )
            )
        # in the order in which they were named
        order = {id_: place for place, id_ in enumerate(ids)}
        return {
            scope: records.sorted(lambda record: order[record.id])
            for scope, records in scopes._deal(theirs).items()
            if records
        }

    def _theirs(self, scope, ids):
        """Return which of the records the giver may add to this handover by a kind."""
        theirs = scope._records().search(
            fields.Domain("id", "in", ids)
            & self._belonging_here(scope)
            & self._requested_part(scope)
        )
        if not self.predecessor_id == self.requester_id == self.env.user:
            theirs -= scope._handler()._handover_sealed(theirs)
        return theirs

    def _check_successor_id(self, successor_id):
        users = self.env["res.users"].sudo()
        if successor_id is False or successor_id is None:
            return users
        successor = (
            users.browse(successor_id).exists() if is_id(successor_id) else users
        )
        if not successor:
            raise UserError(self.env._("The successor does not exist."))
        self._check_successor_user(successor)
        return successor
