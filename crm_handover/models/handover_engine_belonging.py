from odoo import api, models

from .handover_columns import column, grouped_by


class HandoverEngine(models.AbstractModel):
    """Whether a record still is what the handover was made of.

    What was asked when it was collected is asked again, of the record alone: what
    people have become meanwhile takes nothing back of what was approved.
    """

    _inherit = "handover.engine"

    @api.model
    def _gone_elsewhere(self, scope, lines, records):
        """Return which records went to another company, or to another team.

        :param lines: lines of one kind
        :param records: their records that are there
        :return: ``{line id: (result code, text)}``; not of what is to go back
        """
        gone = {}
        if not records:
            return gone
        ahead = lines._unless({*lines._going_back()._ids})
        for request, some in ahead._by_kind(lambda line: line.request_id).items():
            res_ids = column(some, "res_id")
            ids = set(res_ids)
            there = records.browse(id_ for id_ in records._ids if id_ in ids)
            obstacles = self._gone_from(scope, request, there)
            if obstacles:
                gone |= {
                    id_: obstacles[res_id]
                    for id_, res_id in zip(some._ids, res_ids, strict=True)
                    if res_id in obstacles
                }
        return gone

    @api.model
    def _gone_from(self, scope, request, records):
        """Return which of these records are not those of ``request`` any more.

        :return: ``{record id: (result code, text)}``
        """
        gone = {}
        for record in self._outside(records, request._teams_by_now(scope)):
            gone[record.id] = "stale_owner", self._held_by(scope, record)
        home = request.company_id
        for record in self._outside(records, scope._company_domain(home)):
            gone[record.id] = "other_company", self._is_abroad(record, home)
        return gone

    @api.model
    def _held_by(self, scope, record):
        """Return in which team a record is by now, or whose it is, as a sentence."""
        _owners, team = scope._holders(record)
        if not team:
            return self._belongs_to(scope._owners(record))
        team = record[scope.team_field_id.name]
        return self._say(
            lambda env: env._(
                "It is in the team %s now, and was left alone.",
                team.with_context(lang=env.lang).name,
            )
        )

    @api.model
    def _is_abroad(self, record, home):
        company = record.company_id.name
        return self._say(
            lambda env: env._(
                "It belongs to %(company)s now, and the handover to %(home)s.",
                company=company,
                home=home.name,
            )
        )

    @api.model
    def _outside(self, records, domain):
        """Return those of ``records`` that are not in ``domain``, from memory."""
        if domain.is_true():
            return records.browse()
        name = getattr(domain, "field_expr", None)
        if name not in records._fields:
            return records - records.filtered_domain(domain)
        # a condition on one field: those that are alike in it are asked once
        groups = grouped_by(
            records,
            column(records, name),
            lambda record: bool(record.filtered_domain(domain)),
        )
        return groups.get(False, records.browse())
