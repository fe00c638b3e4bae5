"""The records of a light cover: their owner stays, and somebody works along."""

from odoo import api, models


class HandoverEngine(models.AbstractModel):
    _inherit = "handover.engine"

    @api.model
    def _obstacles(self, lines):
        obstacles = super()._obstacles(lines)
        for line in lines._going_back():
            # its end takes nothing from anybody, and gives nobody anything
            if line.request_id._is_light() and line.before:
                code, _text = obstacles.get(line.id, ("missing", ""))
                if code != "missing":
                    del obstacles[line.id]
        return obstacles

    @api.model
    def _hand_over(self, lines):
        if not lines.request_id._is_light():
            return super()._hand_over(lines)
        if lines[:1].goes_back:
            lines._stop_lending()
            return {line.id: {"code": "done"} for line in lines}
        return self._lend(lines)

    @api.model
    def _move_along_only(self, lines):
        if not lines.request_id._is_light():
            return super()._move_along_only(lines)
        # who stands in owns it, and needs nothing
        text = self._owned_already()
        return {line.id: {"code": "already", "message": text} for line in lines}

    @api.model
    def _lend(self, lines):
        """Have who stands in follow the records of ``lines``, with their to-dos.

        :param lines: lines of one scope, without obstacles
        :return: ``{line id: {"code", "message", "before", "after"}}``
        """
        scope, request = lines.scope_id, lines.request_id
        records = scope._records(lines.mapped("res_id"))
        present = scope._handler()._handover_snapshot(scope, records)
        moved = {id_: {"lent": True} for id_ in records._ids}
        groups = lines.grouped(lambda line: (line.predecessor_id, line.successor_id))
        for (giver, taker), group in groups.items():
            some = records.browse(group.mapped("res_id"))
            if self._has_followers(some):
                known = self._follows(some, taker.partner_id).mapped("res_id")
                new = some.browse(set(some._ids) - set(known))
                entered = self._entered(scope._handler(), new, taker)
                self._follow(new, taker, moved)
                for id_ in new._ids:
                    if "stayed" not in moved[id_]:
                        moved[id_] |= {"subscribed": True, "entered": id_ in entered}
            if request.move_activities:
                self.env["mail.activity"].sudo()._handover_copy(some, giver, taker)
        self._note_down(lines, scope, records, present, present)
        return {
            line.id: self._result(
                moved[line.res_id],
                code="done",
                before=present[line.res_id],
                after=present[line.res_id],
            )
            for line in lines
        }

    @api.model
    def _entered(self, handler, records, taker):
        """Return the ids of those that ``taker`` will read by following them alone.

        The others are theirs to read anyway, with all that belongs to it.

        :param handler: the model's hooks
        """
        if not handler._handover_enters_by_following():
            return set()
        kept = taker._handover_may(records, handover_access=False).with_user(taker)
        if name := handler._handover_entered_with:
            # nor is it theirs where a handover has them follow what it belongs to
            whole = kept.sudo()[name]
            whole = whole._handover_among(whole._handover_entered_domain())
            kept -= kept.filtered(lambda record: record.sudo()[name] in whole)
        return {*records._ids} - {*kept._ids}
