from odoo import api, fields, models
from odoo.tools import SQL


class HandoverEngine(models.AbstractModel):
    """What goes along with a record: to-dos, meetings, followers.

    What moved is kept on the line (``after``), so that exactly that goes back.
    """

    _inherit = "handover.engine"

    @api.model
    def _move_along(self, lines, records):
        """Move to-dos, meetings and followers of ``records``.

        :return: ``{record id: {"activities", "meetings", "subscribed", …}}``
        """
        moved = {record_id: {} for record_id in records._ids}
        groups = lines.grouped(
            lambda line: (line._giver(), line._taker(), line.goes_back)
        )
        for (giver, taker, goes_back), group in groups.items():
            some = records.browse(group.mapped("res_id"))
            go = self._go_back_along if goes_back else self._go_along
            go(group, some, giver, taker, moved)
        return moved

    @api.model
    def _go_along(self, lines, records, giver, taker, moved):
        """Hand over what goes along with the records of ``lines``.

        :param moved: what moved, by record id; it is added there
        """
        request, scope = lines.request_id, lines.scope_id
        # first: core makes whoever gets a to-do a follower
        if self._has_followers(records):
            stays = request._predecessor_stays_follower(scope._handler())
            self._move_followers(records, giver, taker, moved, stays)
        if giver and taker and request.move_activities:
            self._move_activities(self._activities(records, giver), taker, moved)
        if giver and taker and request.move_meetings:
            self._move_meetings(records, giver, taker, moved, scope)

    @api.model
    def _go_back_along(self, lines, records, giver, taker, moved):
        """Give back what went along with the records of ``lines``, and nothing else.

        :param moved: which to-dos moved, by record id; they are added there
        """
        request = lines.request_id
        kept = {line.res_id: line.after or {} for line in lines}
        threads = self._has_followers(records)
        # first: core makes whoever gets a to-do a follower
        before = self._follows(records, taker.partner_id) if threads else ()
        followed = {follow.res_id for follow in before}
        if giver and taker and request.move_activities:
            self._move_activities(self._activities(records, giver, kept), taker, moved)
        if giver and taker and request.move_meetings:
            self._return_meetings(giver, taker, kept)
        if threads:
            self._return_followers(records, giver, taker, kept, followed)

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
        domain = [
            ("res_model", "=", records._name),
            ("res_id", "in", records.ids),
            ("user_id", "=", giver.id),
        ]
        if kept is not None:
            ids = [
                id_ for after in kept.values() for id_ in after.get("activities", ())
            ]
            domain.append(("id", "in", ids))
        return self.env["mail.activity"].sudo().search(domain)

    @api.model
    def _move_activities(self, activities, taker, moved):
        if activities:
            activities.write({"user_id": taker.id})
        for activity in activities:
            moved[activity.res_id].setdefault("activities", []).append(activity.id)

    # ------------------------------------------------------------
    # MEETINGS
    # ------------------------------------------------------------

    @api.model
    def _move_meetings(self, records, giver, taker, moved, scope):
        """Make ``taker`` the organiser of the future meetings about ``records``."""
        Meeting = self.env["calendar.event"].sudo()
        meetings = Meeting.search(
            scope._handler()._handover_meeting_domain(records)
            & fields.Domain("user_id", "=", giver.id)
            & fields.Domain("start", ">", fields.Datetime.now())
            & ~Meeting._handover_private_domain()
        )
        for meeting in meetings:
            was = [user.partner_id in meeting.partner_ids for user in (giver, taker)]
            self._move_meeting(meeting, taker, giver.partner_id, taker.partner_id)
            for record_id in self._record_ids_of(meeting, records):
                kept = moved[record_id].setdefault("meetings", [])
                kept.append([meeting.id, *was])

    @api.model
    def _return_meetings(self, giver, taker, kept):
        """Give meetings back that are still in the future, and still the giver's."""
        for after in kept.values():
            for id_, taker_came, giver_came in after.get("meetings", ()):
                meeting = self.env["calendar.event"].sudo().browse(id_).exists()
                if meeting.user_id != giver or meeting.start <= fields.Datetime.now():
                    continue
                leaves = self.env["res.partner"] if giver_came else giver.partner_id
                comes = taker.partner_id if taker_came else self.env["res.partner"]
                self._move_meeting(meeting, taker, leaves, comes)

    @api.model
    def _move_meeting(self, meeting, organiser, leaves, comes):
        # one meeting at a time: core works out attendees for all of a write together
        meeting.write(
            {
                "user_id": organiser.id,
                "partner_ids": [
                    *(fields.Command.unlink(id_) for id_ in leaves.ids),
                    *(fields.Command.link(id_) for id_ in comes.ids),
                ],
            }
        )

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
        theirs = follows.filtered(lambda follow: follow.partner_id == taker.partner_id)
        new = records.browse(set(records._ids) - set(theirs.mapped("res_id")))
        self._subscribe(new, taker.partner_id)
        for record_id in new._ids:
            moved[record_id]["subscribed"] = True
        if not stays:
            former = follows - theirs
            for follow in former:
                moved[follow.res_id]["unsubscribed"] = follow.subtype_ids.ids
            former.unlink()

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
    def _return_followers(self, records, giver, taker, kept, followed):
        """Undo what the handover did to followers, and nothing else.

        :param kept: what moved, by record id
        :param followed: ids of the records that ``taker`` followed before the return
        """
        follows = self._follows(records, giver.partner_id)
        follows.filtered(lambda follow: kept[follow.res_id].get("subscribed")).unlink()
        by_subtypes = {}
        for record_id, after in kept.items():
            if "unsubscribed" in after:
                key = tuple(after["unsubscribed"])
                by_subtypes.setdefault(key, []).append(record_id)
                followed.add(record_id)
        for subtype_ids, record_ids in by_subtypes.items():
            records.browse(record_ids)._message_subscribe(
                partner_ids=taker.partner_id.ids, subtype_ids=list(subtype_ids)
            )
        self._follows(records, taker.partner_id).filtered(
            lambda follow: follow.res_id not in followed
        ).unlink()
