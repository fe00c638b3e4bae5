from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError

from .handover_guard import check_count, is_id, model_door
from .handover_transaction import LOOKING, undoing

# of more records their number alone is told: a caller waits for the answer
CHECKED = 5_000
KEYS = {"scope_id", "res_id", "successor_id"}


class _NotKept(Exception):
    """Ends what is undone."""


class HandoverRequest(models.Model):
    """What would come of a handover that nobody has made: a dry run from outside."""

    _inherit = "handover.request"

    @api.model
    @model_door
    def preview_draft(self, draft, shares=False):
        """Tell what a handover would have, and what its check would say; make none.

        :param dict draft: its values, as for ``create``; a ``client_key`` is passed
            over, so that what was made with it is not looked at
        :param list shares: who takes what, dictionaries of ``successor_id`` with
            ``scope_id``, a kind of record, or with ``scope_id`` and ``res_id``, one
            record; ``successor_id`` alone is for the rest. Empty: all open records
        :return: ``{"ok", "checked", "company_id", "findings", "counts", "shares"}``:
            what ``preflight`` answers, and how many records each of the shares is
            about; without ``checked`` there are so many records that only their
            number is told
        :raise AccessError: when the caller may not make such a handover
        :raise UserError: when an argument is wrong, or it cannot be made like this
        """
        self.check_access("create")
        shares = self._check_shares(shares)
        if not isinstance(draft, dict):
            raise UserError(self.env._("Give the values of the handover."))
        values = {name: draft[name] for name in draft if name != "client_key"}
        found = {}
        try:
            with undoing(self.env.cr):
                self.env.cr.cache[LOOKING] = True
                found = self.create([values])._looked_at(shares)
                raise _NotKept
        except _NotKept:
            return found
        finally:
            self.env.cr.cache.pop(LOOKING, None)

    def _next_number(self):
        # whatever is undone, a number is not given back
        if self.env.cr.cache.get(LOOKING):
            return self.env._("New")
        return super()._next_number()

    def _check_shares(self, shares):
        """Return the shares, or raise where one is none."""
        shares = shares or []
        if isinstance(shares, list):
            check_count(self.env, shares)
        for share in shares if isinstance(shares, list) else [None]:
            if (
                not isinstance(share, dict)
                or share.keys() - KEYS
                or not all(map(is_id, share.values()))
                or "successor_id" not in share
                or ("res_id" in share and "scope_id" not in share)
            ):
                raise UserError(
                    self.env._(
                        "Each share is a dictionary of ids: successor_id, and scope_id,"
                        " and res_id where it is one record."
                    )
                )
        return shares

    def _looked_at(self, shares):
        """Fill the draft with these shares; return what is to be known of it."""
        kinds = {one["scope_id"] for one in shares if _is_whole_kind(one)}
        rest = not shares or any("scope_id" not in one for one in shares)
        scopes = self._collected_scopes([*kinds]) if kinds else self.line_ids.scope_id
        if rest:
            scopes = self._collected_scopes(False)
        single = defaultdict(list)
        for one in shares:
            if "res_id" in one:
                single[one["scope_id"]].append(one["res_id"])
        ahead = sum(map(len, single.values())) + sum(
            scope._records().search_count(self._collect_domain(scope))
            for scope in scopes
        )
        told = {"company_id": self.company_id.id, "shares": []}
        if ahead > CHECKED:
            told |= {"checked": False, "ok": True, "findings": []}
            return {**told, "counts": {"records": ahead}}
        if scopes:
            self.action_collect(scopes.ids)
        for scope in self._collected_scopes([*single]) if single else ():
            self.add_records(scope.model, single[scope.id], scope_ids=scope.ids)
        parts = self._lines_by_share(shares)
        takers = defaultdict(lambda: self.line_ids.browse())
        for one, lines in zip(shares, parts, strict=True):
            told["shares"].append(len(lines))
            takers[one["successor_id"]] |= lines
        for taker, lines in takers.items():
            present = lines.filtered_domain([("successor_id", "=", taker)])
            if others := lines - present:
                others.write({"successor_id": taker})
        return {**told, **self.preflight(), "checked": True}

    def _lines_by_share(self, shares):
        """Return the lines that each share is about, and no other one."""
        places = {_what(one): place for place, one in reversed([*enumerate(shares)])}
        lines = [[] for _one in shares]
        for line in self.line_ids:
            kind = line.scope_id.id
            # a record before its kind, and that before the rest
            for what in ((kind, line.res_id), (kind, None), (None, None)):
                if what in places:
                    lines[places[what]].append(line.id)
                    break
        return [self.line_ids.browse(ids) for ids in lines]


def _what(share):
    return share.get("scope_id"), share.get("res_id")


def _is_whole_kind(share):
    return "scope_id" in share and "res_id" not in share
