from odoo import api, models
from odoo.exceptions import UserError

from .handover_guard import is_id, model_door
from .handover_transaction import undoing

# of more records their number alone is told: a caller waits for the answer
CHECKED = 5_000
KEYS = {"scope_id", "res_id", "successor_id"}
# in the cursor's cache, while one is looked at that nobody keeps
LOOKING = "handover_preview"


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
        ahead = sum(
            scope._records().search_count(self._collect_domain(scope))
            for scope in scopes
        )
        told = {"company_id": self.company_id.id, "shares": []}
        if ahead > CHECKED:
            told |= {"checked": False, "ok": True, "findings": []}
            return {**told, "counts": {"records": ahead}}
        if scopes:
            self.action_collect(scopes.ids)
        for one in shares:
            if "res_id" in one:
                scope = self._collected_scopes([one["scope_id"]])
                self.add_records(scope.model, [one["res_id"]], scope_ids=scope.ids)
        for one in shares:
            lines = self._lines_of_share(one, shares)
            others = lines.filtered(
                lambda line, taker=one["successor_id"]: line.successor_id.id != taker
            )
            if others:
                others.write({"successor_id": one["successor_id"]})
            told["shares"].append(len(lines))
        return {**told, **self.preflight(), "checked": True}

    def _lines_of_share(self, share, shares):
        """Return the lines that a share is about, and no other one."""
        if "res_id" in share:
            return self.line_ids.filtered(
                lambda line: _record_of(line) == _named(share)
            )
        single = {_named(one) for one in shares if "res_id" in one}
        kinds = {one["scope_id"] for one in shares if _is_whole_kind(one)}

        def is_meant(line):
            kind = line.scope_id.id
            if _record_of(line) in single:
                return False
            # the rest is what no other share names
            named = share.get("scope_id")
            return kind == named if named else kind not in kinds

        return self.line_ids.filtered(is_meant)


def _is_whole_kind(share):
    return "scope_id" in share and "res_id" not in share


def _named(share):
    return share["scope_id"], share["res_id"]


def _record_of(line):
    return line.scope_id.id, line.res_id
