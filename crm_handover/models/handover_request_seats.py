from collections import defaultdict

from odoo import Command, models
from odoo.exceptions import AccessError, UserError

from .handover_guard import door, single


class HandoverRequest(models.Model):
    """Seats of one person: who leads a team, approves, looks after a kind of thing.

    They are settings that name the leaver, see ``handover.inflow``, and no handover
    moves them: each is proposed to somebody, and whoever may change the setting takes
    the proposal, with their own rights and at once.
    """

    _inherit = "handover.request"

    @door
    def action_fill_seat(self, res_model, res_id=False):
        """Name who is proposed in the place of who leaves, in settings of one model.

        As the caller, and at once: it waits for no approval, and stays when the
        handover goes back.

        :param str res_model: the technical name of the settings' model
        :param int res_id: which one; empty: all that name who leaves and the caller
            may change
        :return: ``True``
        :raise AccessError: when the caller may not know of it, or change none of them
        :raise UserError: when there is no such setting, or nobody to propose
        """
        single(self)
        if not self._sees_sealed(self.env.user):
            raise AccessError(
                self.env._("You may ask what you, or people whom you lead, still have.")
            )
        self._lock()
        taker = self._seat_taker()
        seats = self._vacant_settings(res_model, taker)
        seats = [seat for seat in seats if seat.id == res_id or not res_id]
        if not (taker and seats):
            raise UserError(
                self.env._("%s: there is no such seat to give to anybody.", self.name)
            )
        self._fill_seats(seats, taker)
        return True

    def _vacant_settings(self, model, taker):
        """Return the settings of a model that name who leaves, as the caller."""
        return [
            found.record.with_env(self.env).with_company(found.record.env.company)
            for code, found in self._found_inflow()
            if self._is_seat(code)
            and found.record._name == model
            and not self._is_of(found.record, taker)
        ]

    def _is_of(self, record, taker):
        """Tell whether a setting is about ``taker``: nobody approves for themselves."""
        return record._name == "hr.employee" and record.sudo().user_id == taker

    def _fill_seats(self, seats, taker):
        """Put ``taker`` into the leaver's place, as far as the caller may.

        :raise AccessError: when the caller may change none of them
        """
        every = self.env[seats[0]._name].union(*seats)
        allowed = every._filtered_access("write")
        if not allowed:
            every.check_access("write")
        ids, groups = set(allowed.ids), defaultdict(list)
        for seat in seats:
            if seat.id in ids:
                groups[self._seat_names(seat), seat.env.company].append(seat.id)
        for (names, company), some in groups.items():
            some = every.browse(some).with_company(company)
            if values := self._seat_values(some, names, taker):
                some.write(values)
                self._log_seats(some, taker, len(every - allowed))

    def _seat_values(self, seats, names, taker):
        """Return what puts ``taker`` into the leaver's place in these fields."""
        giver = self.sudo().predecessor_id
        several = [Command.unlink(giver.id), Command.link(taker.id)]
        return {
            name: several if seats._fields[name].type == "many2many" else taker.id
            for name in names
        }

    def _seat_names(self, seat):
        """Return the names of the fields with which a setting names who leaves."""
        giver, inflow = self.sudo().predecessor_id, self.env["handover.inflow"]
        return tuple(
            name
            for model, name in inflow._setting_fields()
            if model == seat._name
            and name in seat._fields
            and giver in inflow._named_in(seat.sudo(), name)
        )

    def _log_seats(self, seats, taker, skipped):
        """Write down who has changed these settings, and how many they might not."""
        several = len(seats) > 1 or skipped
        kind = self._kind_name(seats._name)
        self._log_event(
            "redirected",
            thing=[f"{seats._name},{id_}" for id_ in seats.ids]
            if several
            else f"{seats._name},{seats.id}",
            place=kind if several else seats.sudo().display_name,
            before=self.sudo().predecessor_id.id,
            after=taker.id,
            user=taker.sudo().name,
            **({"records": len(seats), "skipped": skipped} if several else {}),
        )

    def _seat_taker(self):
        """Return who is proposed: who takes over all, or most of it; or nobody."""
        taker = self._inflow_taker()
        if not taker:
            lines = self.env["handover.request.line"].sudo()
            groups = lines._read_group(
                [("request_id", "=", self._origin.id), ("successor_id", "!=", False)],
                ["successor_id"],
                order="__count DESC, successor_id",
                limit=1,
            )
            taker = taker.union(*(user for [user] in groups))
        here = taker.sudo().active and self.company_id in taker.sudo().company_ids
        return taker if here else taker.browse()

    def _is_seat(self, code):
        return code == "setting" and self._is_farewell()

    # ------------------------------------------------------------
    # WHAT IS TOLD
    # ------------------------------------------------------------

    def _inflow_finding(self, code, found, moves):
        finding = super()._inflow_finding(code, found, moves)
        if not self._is_seat(code):
            return finding
        record = found.record.with_env(self.env)
        if self._is_of(record, self._seat_taker()):
            return finding
        told = self._seat_told(record.browse(), record.has_access("write"))
        return finding | told

    def _more_finding(self, Model, giver, count, code):
        finding = super()._more_finding(Model, giver, count, code)
        if not self._is_seat(code):
            return finding
        Model = Model.with_env(self.env)
        told = self._seat_told(Model, Model.has_access("write"))
        return finding | told | {"res_model": Model._name}

    def _seat_told(self, Model, may_write):
        """Return what a finding says of the proposal: who, and who can take it."""
        taker = self._seat_taker()
        if not taker:
            return {}
        name = taker.sudo().name
        if may_write:
            fix = self.env._(
                "Proposed: %s. It is changed at once, and does not go back with the"
                " handover.",
                name,
            )
            return {"code": "seat", "fix": fix}
        fix = self.env._(
            "Proposed: %(user)s. Have it changed by who may (%(groups)s).",
            user=name,
            groups=self._who_changes(Model),
        )
        return {"fix": fix}
