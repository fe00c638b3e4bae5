from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from .handover_columns import column, columns, grouped_by
from .handover_said import said_in


class HandoverEngine(models.AbstractModel):
    """What goes along with a record: to-dos, meetings, followers.

    What moved is kept on the line (``after``), so that exactly that goes back; and what
    refused to, which keeps no record back.
    """

    _inherit = "handover.engine"

    @api.model
    def _move_along(self, lines, records):
        """Move to-dos, meetings and followers of ``records``.

        :return: ``{record id: {"activities", "meetings", "subscribed", …}}``
        """
        moved = {record_id: {} for record_id in records._ids}
        groups = lines._by_kind(
            lambda line: (
                line._giver(), line._taker(), line._keeper(), line.goes_back
            )
        )  # fmt: skip
        for (giver, taker, keeper, goes_back), group in groups.items():
            some = records.browse(group.mapped("res_id"))
            go = self._go_back_along if goes_back else self._go_along
            go(group, some, giver, taker, keeper, moved)
        return moved

    @api.model
    def _go_along(self, lines, records, giver, taker, keeper, moved):
        """Hand over what goes along with the records of ``lines``.

        :param keeper: who has the to-dos of what is in a team's pool
        :param moved: what moved, by record id; it is added there
        """
        request, scope = lines.request_id, lines.scope_id
        # first: core makes whoever gets a to-do a follower
        if self._has_followers(records):
            stays = request._predecessor_stays_follower(scope._handler())
            self._move_followers(records, giver, taker, moved, stays)
        if request.move_activities:
            self._move_todos(lines, records, giver, taker, keeper, moved)
        if giver and taker and request.move_meetings:
            self._move_meetings(records, giver, taker, moved, scope)

    @api.model
    def _go_back_along(self, lines, records, giver, taker, keeper, moved):
        """Give back what went along with the records of ``lines``, and nothing else.

        :param keeper: who has the to-dos of what is in a team's pool
        :param moved: what moved and what stayed, by record id; it is added there
        """
        request = lines.request_id
        kept = {line.res_id: line.after or {} for line in lines}
        threads = self._has_followers(records)
        # first: core makes whoever gets a to-do a follower
        before = self._follows(records, taker.partner_id) if threads else ()
        followed = {follow.res_id for follow in before}
        holder = giver or keeper
        if holder and taker and request.move_activities:
            self._move_activities(self._activities(records, holder, kept), taker, moved)
        if giver and taker and request.move_meetings:
            self._return_meetings(giver, taker, kept, moved)
        if threads:
            self._return_followers(records, giver, taker, kept, followed, moved)

    @api.model
    def _stays(self, moved, record_id, thing, error, text, name=None):
        """Note that something did not go along with its record, and why.

        :param moved: what went along, by record id; it is noted there
        :param text: what stayed, as a sentence, which the reason follows
        :param str name: of the thing, where that is not for all readers of the line
        """
        why = self._reason(error)
        both = self._say(
            lambda env: env._(
                "%(what)s %(why)s", what=said_in(env, text), why=said_in(env, why)
            )
        )
        moved[record_id].setdefault("stayed", []).append(
            {
                "res_model": thing._name,
                "res_id": thing.id,
                "name": thing.display_name if name is None else name,
                "text": both,
            }
        )

    @api.model
    def _has_followers(self, records):
        """Tell whether records of this model have followers."""
        return isinstance(records, self.env.registry["mail.thread"])

    # ------------------------------------------------------------
    # TO-DOS
    # ------------------------------------------------------------

    @api.model
    def _activities(self, records, giver, kept=None):
        """Return the open to-dos of ``giver``; on the way back those that moved."""
        todos = self.env["mail.activity"].sudo()
        domain = fields.Domain("res_model", "=", records._name)
        domain &= fields.Domain("res_id", "in", records.ids)
        if kept is None:
            return todos.search(domain & todos._handover_movable_domain(giver))
        ids = [id_ for after in kept.values() for id_ in after.get("activities", ())]
        domain &= fields.Domain("user_id", "=", giver.id)
        return todos.search(domain & fields.Domain("id", "in", ids))

    @api.model
    def _move_activities(self, activities, taker, moved):
        refused = self._sift(activities, lambda some: some.write({"user_id": taker.id}))
        for activity, error in refused.items():
            text = self._todo_stays(activity)
            self._stays(moved, activity.res_id, activity, error, text)
        went = activities - activities.browse().union(*refused)
        for id_, res_id in zip(went._ids, column(went, "res_id"), strict=True):
            moved[res_id].setdefault("activities", []).append(id_)

    @api.model
    def _todo_stays(self, todo):
        summary, kind, user = todo.summary, todo.activity_type_id, todo.user_id.name
        return self._say(
            lambda env: env._(
                "The to-do “%(todo)s” stays with %(user)s; give it to somebody who may"
                " have it.",
                todo=summary or kind.with_context(lang=env.lang).name,
                user=user,
            )
        )

    # ------------------------------------------------------------
    # MEETINGS
    # ------------------------------------------------------------

    @api.model
    def _meetings(self):
        # not as whoever started it: their own outside calendar is not concerned
        return self.env["calendar.event"].with_user(SUPERUSER_ID)

    @api.model
    def _move_meetings(self, records, giver, taker, moved, scope):
        """Make ``taker`` the organiser of the future meetings about ``records``."""
        Meeting = self._meetings()
        # what is asked next looks at every kind of record there is
        if not Meeting.search_count(Meeting._handover_upcoming_domain(giver), limit=1):
            return
        chosen = {scope: fields.Domain("id", "in", records.ids)}
        meetings = Meeting.search(Meeting._handover_moving_domain(giver, chosen))
        subjects = scope._handler()._handover_meeting_subjects()
        subjects = records.filtered_domain(subjects)
        came = {meeting: meeting._handover_guests() for meeting in meetings}
        guests = dict.fromkeys(meetings, (giver.partner_id, taker.partner_id))
        refused, stay = self._reorganise(meetings, taker, guests)
        for meeting in meetings:
            was = [user.partner_id in came[meeting] for user in (giver, taker)]
            for record_id in self._record_ids_of(meeting, subjects):
                if meeting in refused:
                    self._meeting_stays(moved, record_id, meeting, refused[meeting])
                elif meeting not in stay:
                    kept = moved[record_id].setdefault("meetings", [])
                    kept.append([meeting.id, *was])

    @api.model
    def _return_meetings(self, giver, taker, kept, moved):
        """Give meetings back that are still in the future, and still the giver's.

        Of a series also what the giver has made anew of it meanwhile.
        """
        came = {
            id_: (record_id, *was)
            for record_id, after in kept.items()
            for id_, *was in after.get("meetings", ())
        }
        Meeting = self._meetings()
        known = Meeting.browse(came).exists()
        of_series = {meeting.recurrence_id: came[meeting.id] for meeting in known}
        meetings = Meeting.search(
            Meeting._handover_upcoming_domain(giver)
            & (
                fields.Domain("id", "in", known.ids)
                | fields.Domain("recurrence_id", "in", known.recurrence_id.ids)
            )
        )
        nobody = Meeting.partner_ids
        guests, about = {}, {}
        for meeting in meetings:
            was = came.get(meeting.id) or of_series[meeting.recurrence_id]
            about[meeting], taker_came, giver_came = was
            guests[meeting] = (
                nobody if giver_came else giver.partner_id,
                taker.partner_id if taker_came else nobody,
            )
        refused, _stay = self._reorganise(meetings, taker, guests)
        for meeting, error in refused.items():
            self._meeting_stays(moved, about[meeting], meeting, error)

    @api.model
    def _reorganise(self, meetings, taker, guests):
        """Make ``taker`` the organiser of meetings, see :meth:`_in_units`."""
        return self._in_units(
            meetings, lambda some: some._handover_reorganise(taker, guests)
        )

    @api.model
    def _reseat(self, meetings, guests):
        """Change who comes to meetings of others, see :meth:`_in_units`."""
        return self._in_units(meetings, lambda some: some._handover_reseat(guests))

    @api.model
    def _in_units(self, meetings, step):
        """Do ``step`` for meetings without those that refuse; a series is one thing.

        :return: ``{meeting: error}`` of what refused, a series by its first meeting;
            and all meetings that stay
        """
        units = meetings._handover_units()

        def move(some):
            step(some.browse().union(*(units[first] for first in some)))

        refused = self._sift(meetings.browse(first.id for first in units), move)
        return refused, meetings.browse().union(*(units[first] for first in refused))

    @api.model
    def _meeting_stays(self, moved, record_id, meeting, error):
        name, user = meeting.display_name, meeting.user_id.name
        text = self._say(
            lambda env: env._(
                "The meeting “%(meeting)s” stays with %(user)s; change its organiser.",
                meeting=name,
                user=user,
            )
        )
        self._stays(moved, record_id, meeting, error, text)

    @api.model
    def _record_ids_of(self, meeting, records):
        """Return the ids of those of ``records`` that the meeting is about."""
        ids = {meeting.res_id} if meeting.res_model == records._name else set()
        for link in getattr(records, "_handover_meeting_links", ()):
            ids |= set(meeting[link].ids)
        return ids & set(records._ids)

    # ------------------------------------------------------------
    # FOLLOWERS
    # ------------------------------------------------------------

    @api.model
    def _follows(self, records, partners):
        return (
            self.env["mail.followers"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", records._name),
                    ("res_id", "in", records.ids),
                    ("partner_id", "in", partners.ids),
                ],
                ["res_id", "partner_id", "subtype_ids"],
            )
        )

    @api.model
    def _move_followers(self, records, giver, taker, moved, stays):
        """Subscribe ``taker``; ``giver`` leaves unless they stay."""
        follows = self._follows(records, (giver | taker).partner_id)
        theirs = grouped_by(
            follows,
            column(follows, "partner_id"),
            lambda follow: follow.partner_id == taker.partner_id,
        ).get(True, follows.browse())
        new = records.browse(set(records._ids) - set(theirs.mapped("res_id")))
        if not taker:
            # in a team's pool it is nobody's
            new = records.browse()
        self._follow(new, taker, moved)
        for record_id in new._ids:
            if "stayed" not in moved[record_id]:
                moved[record_id]["subscribed"] = True
        if not stays:
            former = follows - theirs
            subtypes = dict(columns(former, "res_id", "subtype_ids"))
            left = self._unfollow(former, giver, moved)
            for record_id in left:
                moved[record_id]["unsubscribed"] = list(subtypes[record_id])

    @api.model
    def _follow(self, records, user, moved, subtype_ids=()):
        """Make ``user`` follow ``records``, but for those that refuse."""
        partner = user.partner_id

        def subscribe(some):
            if subtype_ids:
                some._message_subscribe(partner.ids, list(subtype_ids))
            else:
                self._subscribe(some, partner)

        text = self._say(
            lambda env: env._("%s does not follow it; add them by hand.", user.name)
        )
        for record, error in self._sift(records, subscribe).items():
            self._stays(moved, record.id, record, error, text)

    @api.model
    def _unfollow(self, follows, user, moved):
        """Have ``user`` follow no more, but for what refuses.

        :return: ids of the records that they do not follow any more
        """
        record_ids = dict(zip(follows._ids, column(follows, "res_id"), strict=True))
        refused = self._sift(follows, lambda some: some.unlink())
        text = self._say(
            lambda env: env._(
                "%s still follows it; remove them from its followers.", user.name
            )
        )
        for follow, error in refused.items():
            self._stays(moved, follow.res_id, follow, error, text)
        stay = {follow.id for follow in refused}
        return [res_id for id_, res_id in record_ids.items() if id_ not in stay]

    @api.model
    def _subscribe(self, records, partner):
        """Make ``partner``, who follows none of ``records``, follow them.

        As with notes, the first one is the ORM's and the others are copies of it.
        """
        first, others = records[:1], records[1:]
        first._message_subscribe(partner_ids=partner.ids)
        if not others:
            return
        subtypes = self._follows(first, partner).subtype_ids
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """WITH follower AS (
                    INSERT INTO mail_followers (res_model, res_id, partner_id)
                    SELECT %(model)s, res_id, %(partner)s
                    FROM unnest(%(ids)s::int[]) AS res_id
                    ON CONFLICT DO NOTHING RETURNING id)
                INSERT INTO mail_followers_mail_message_subtype_rel
                    (mail_followers_id, mail_message_subtype_id)
                SELECT follower.id, subtype_id
                FROM follower, unnest(%(subtypes)s::int[]) AS subtype_id""",
                model=records._name,
                partner=partner.id,
                ids=list(others._ids),
                subtypes=subtypes.ids,
            )
        )
        records.invalidate_recordset(["message_follower_ids", "message_partner_ids"])

    @api.model
    def _return_followers(self, records, giver, taker, kept, followed, moved):
        """Undo what the handover did to followers, and nothing else.

        :param kept: what moved, by record id
        :param followed: ids of the records that ``taker`` followed before the return
        """
        follows = self._follows(records, giver.partner_id)
        follows = follows.filtered(lambda follow: kept[follow.res_id].get("subscribed"))
        self._unfollow(follows, giver, moved)
        by_subtypes = {}
        for record_id, after in kept.items():
            if "unsubscribed" in after:
                key = tuple(after["unsubscribed"])
                by_subtypes.setdefault(key, []).append(record_id)
                followed.add(record_id)
        for subtype_ids, record_ids in by_subtypes.items():
            self._follow(records.browse(record_ids), taker, moved, subtype_ids)
        follows = self._follows(records, taker.partner_id)
        follows = follows.filtered(lambda follow: follow.res_id not in followed)
        self._unfollow(follows, taker, moved)
