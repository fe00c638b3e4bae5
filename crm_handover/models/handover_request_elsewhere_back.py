from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from .handover_request_elsewhere import MOVED
from .handover_request_leftovers import MEETING, TODO
from .handover_said import in_language, in_words


class HandoverRequest(models.Model):
    """The way back of to-dos, meetings and seats on records of others.

    What refuses is kept with its reason, to be tried again.
    """

    _inherit = "handover.request"

    def _besides_givers(self):
        givers = super()._besides_givers()
        request = self.sudo()
        kept = request.elsewhere_moved or {}
        wait = any(kept.get(name) for name in MOVED)
        return givers | request.predecessor_id if wait else givers

    def _return_besides(self):
        return {**super()._return_besides(), **self._return_elsewhere()}

    def _besides_refusals(self):
        yield from super()._besides_refusals()
        for text in (self.sudo().elsewhere_moved or {}).get("why", ()):
            yield in_language(self.env, text)

    def _return_elsewhere(self):
        """Give back what is still as the handover left it; return what is told of it.

        What refuses stays in what is kept, and why it did.
        """
        request, engine = self.sudo(), self._elsewhere_engine()
        kept, giver = request.elsewhere_moved or {}, request.predecessor_id
        if not kept:
            return {}
        users, count = giver.browse(), 0
        by_taker = defaultdict(lambda: defaultdict(list))
        for name in MOVED:
            for row in kept.get(name, ()):
                by_taker[users.browse(row[1])][name].append(row)
        left = defaultdict(list)
        for taker, theirs in by_taker.items():
            moved = defaultdict(dict)
            stays = {
                "activities": self._todos_back(engine, theirs, taker, giver, moved),
                "meetings": self._meetings_back(engine, theirs, taker, giver, moved),
                "seats": self._seats_back(engine, theirs, taker, giver, moved),
            }
            count += sum(len(some.get("activities", ())) for some in moved.values())
            for name, ids in stays.items():
                left[name] += [row for row in theirs[name] if row[0] in ids]
            for some in moved.values():
                left["why"] += [
                    in_words(engine, stayed["text"])
                    for stayed in some.get("stayed", ())
                ]
        still = any(left.values())
        if still and "approved" in kept:
            left = {**left, "approved": kept["approved"]}
        request._trusting().write({"elsewhere_moved": dict(left) if still else False})
        facts = {"back_elsewhere": count} if count else {}
        if texts := left.get("why"):
            facts["stayed_elsewhere"] = self._some_of(texts)
        return facts

    @api.model
    def _stayed_ids(self, moved, model):
        """Return the ids of things of a model that are noted to have stayed."""
        return {
            stayed["res_id"]
            for some in moved.values()
            for stayed in some.get("stayed", ())
            if stayed["res_model"] == model
        }

    @api.model
    def _todos_back(self, engine, theirs, taker, giver, moved):
        """Give to-dos back that the taker still has; return the ids that refused."""
        todos = engine.env[TODO].search(
            Domain("id", "in", [row[0] for row in theirs["activities"]])
            & Domain("user_id", "=", taker.id)
        )
        engine._move_activities(todos, giver, moved)
        return self._stayed_ids(moved, TODO)

    @api.model
    def _meetings_back(self, engine, theirs, taker, giver, moved):
        """Give meetings back that the taker still has; return the ids that refused.

        A series refuses as one.
        """
        rows = [[meeting_id, *was] for meeting_id, _taker, *was in theirs["meetings"]]
        engine._return_meetings(taker, giver, {0: {"meetings": rows}}, moved)
        Meeting = engine._meetings()
        refused = Meeting.browse(self._stayed_ids(moved, MEETING))
        known = Meeting.browse(row[0] for row in rows).exists()
        of_series = known.filtered(
            lambda one: one.recurrence_id and one.recurrence_id in refused.recurrence_id
        )
        return {*refused.ids, *of_series.ids}

    @api.model
    def _seats_back(self, engine, theirs, taker, giver, moved):
        """Have who gave them come to meetings again; return the ids that refused.

        Of a series also to what its organiser has made anew of it meanwhile.
        """
        came = {meeting_id: already for meeting_id, _taker, already in theirs["seats"]}
        if not came:
            return set()
        Meeting = engine._meetings()
        known = Meeting.browse(came).exists()
        of_series = {meeting.recurrence_id: came[meeting.id] for meeting in known}
        anew = Domain("id", ">", max(came))
        anew &= Domain("recurrence_id", "in", known.recurrence_id.ids)
        meetings = Meeting.search(
            (Domain("id", "in", known.ids) | anew)
            & Domain("partner_ids", "in", taker.partner_id.ids)
            & Domain("start", ">", fields.Datetime.now())
        )
        nobody, guests = taker.partner_id.browse(), {}
        for meeting in meetings:
            already = came.get(meeting.id, of_series.get(meeting.recurrence_id))
            leaves = nobody if already else taker.partner_id
            guests[meeting] = leaves, giver.partner_id
        refused, stay = engine._reseat(meetings, guests)
        for meeting, error in refused.items():
            text = self._seat_stays_given(giver, meeting)
            engine._stays(moved, meeting.id, meeting, error, engine._say(text))
        series = stay.recurrence_id
        return {one.id for one in known if one in stay or one.recurrence_id & series}

    @api.model
    def _seat_stays_given(self, giver, meeting):
        name = meeting.display_name
        return lambda env: env._(
            "%(user)s does not come to the meeting “%(meeting)s” again.",
            user=giver.name,
            meeting=name,
        )
