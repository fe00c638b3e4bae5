from odoo import fields, models
from odoo.fields import Domain

from ..word_texts import listed, sentences
from .handover_request_return import HELD, STUCK
from .handover_request_todo import EACH_DAY, LATER, WAITS
from .handover_states import HANDED_OVER

# after these it is known what went wrong, and what is in order again
LOOKED_AT = ("finish", "stay", "give_back", "nothing_left")
# the digest that goes out with a move, to most of those who look after it
TOLD = {"finish": "transferred", "stay": "returned", "give_back": "returned"}
# so many reasons are told, and so many records named; the lines have them all
NAMED = 3


class HandoverRequest(models.Model):
    """What went wrong, for whoever looks after it, until nothing of it is left."""

    _inherit = "handover.request"

    def _after_move(self, move):
        result = super()._after_move(move)
        if move in LOOKED_AT:
            for request in self:
                step = TOLD.get(move)
                told = request._people(step) if step else ()
                request._mind(told, went_on=True)
        return result

    def _mind(self, told=(), went_on=False):
        """Call for attention to what is wrong, or end the call: nothing is.

        What kept the handover waiting is told no more once it went on.

        :param told: users who get a digest of the same event
        :param bool went_on: see :meth:`_end_attention`
        """
        troubles = [trouble for trouble in self._troubles() if trouble]
        for trouble in troubles:
            self._call_for_attention(trouble, told, lasts=False)
        if not troubles:
            self._end_attention(went_on)
        elif went_on:
            self._end_told(WAITS, LATER)

    def _troubles(self):
        yield from super()._troubles()
        yield self._stuck_trouble()
        yield self._overdue_trouble()
        yield self._stayed_trouble()
        yield self._besides_trouble()

    def _stuck_trouble(self):
        """Return what could not be given back, or ``None``."""
        count, reasons = self._told_of_lines(STUCK)
        return count and (
            lambda env: env._(
                "Not given back, and so still with the successor: %(count)s."
                " %(reasons)s Once the cause is gone, press “Try Again”; what is to"
                " stay there for good needs a handover of its own.",
                count=count,
                reasons=reasons(env),
            )
        )

    def _overdue_trouble(self):
        """Return what is not back although its time is over, or ``None``."""
        tried = self.date_return_tried
        over = tried and tried >= self.date_return
        count = self._count_lines(HELD) if over else 0
        return count and (
            lambda env: env._(
                "The agreed time is over, but the way back was stopped; still with the"
                " successor: %s. Press “Give Back” when they are to go back.",
                count,
            )
        )

    def _call_for_lapsed_return(self):
        """Tell that what moved before the approval lapsed cannot go back by itself."""
        count = self._count_lines(HELD)
        if count:
            self._call_for_attention(
                lambda env: env._(
                    "The agreed time is over, but the approval lapsed on the way; still"
                    " with the successor: %s. Cancel the handover, and they go back by"
                    " themselves.",
                    count,
                ),
                since=self.date_return,
            )

    def _stayed_trouble(self):
        """Return what did not go along with its record, or ``None``."""
        lines = self.env["handover.request.line"]
        count, reasons = self._told_of_lines(lines._stayed_domain())
        return count and (
            lambda env: env._(
                "Records that left something behind: %(count)s. %(reasons)s",
                count=count,
                reasons=reasons(env),
            )
        )

    def _besides_trouble(self):
        """Return what is still to go back besides records, or ``None``."""
        if not self._besides_wait():
            return None
        gone = self._besides_givers().filtered(
            lambda user: not self._can_take_back(user)
        )
        if gone:
            return lambda env: env._(
                "%s is not there to get back what moved besides records: to-dos,"
                " meetings, mail addresses, what was followed. It stays as it is. Once"
                " they are there, press “Give Back”; what is to stay for good needs"
                " nothing.",
                listed(env, gone.mapped("name")),
            )
        return lambda env: env._(
            "Not given back of what moved besides records: %s Once the cause is gone,"
            " press “Give Back”.",
            self.with_context(lang=env.lang)._told_besides(),
        )

    def _told_besides(self):
        """Return why some of what moved besides records did not go back, as a text."""
        reasons = [*self._besides_refusals()]
        if len(reasons) > NAMED:
            reasons[NAMED:] = ["…"]
        return sentences(self.env, reasons)

    def _besides_wait(self):
        """Tell whether a way back is over, and left something besides records."""
        return (
            self.state in HANDED_OVER
            and not self._has_lines(HELD | STUCK)
            and bool(self._besides_givers())
            and self._went_back()
        )

    def _went_back(self):
        """Tell whether anybody, or the agreed time, has begun the way back."""
        events = self.env["handover.request.event"].sudo()
        begun = [("request_id", "=", self.id), ("code", "=", "returning")]
        return bool(events.search_count(begun, limit=1))

    def _count_lines(self, domain):
        lines = self.env["handover.request.line"].sudo()
        return lines.search_count(Domain("request_id", "=", self.id) & domain)

    def _told_of_lines(self, domain):
        """Return how many lines are in ``domain``, and what some of them say.

        :return: a number, and a function of an environment that returns a text: each
            reader has the outcomes in their language
        """
        lines = self.env["handover.request.line"].sudo()
        mine = Domain("request_id", "=", self.id) & domain
        groups = lines._read_group(mine, ["result_message"], ["__count", "id:min"])
        ids = [id_ for text, _count, id_ in groups if text]

        def reasons(env):
            some = lines.with_context(lang=env.lang).browse(ids[:NAMED])
            texts = [*dict.fromkeys(some.mapped("outcome_text"))]
            more = ["…"] if len(ids) > NAMED else []
            return sentences(env, texts + more)

        return sum(count for _text, count, _id in groups), reasons

    def _tell_failure(self, error):
        """Tell that a step which is done by itself has failed, and was undone."""
        self._call_for_attention(
            lambda env: env._(
                "It does not go on by itself: %s It is tried again; if it stays so, ask"
                " your administrator.",
                env["handover.engine"]._reason(error),
            ),
            since=fields.Datetime.now() - EACH_DAY,
        )
