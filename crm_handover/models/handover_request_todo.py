import hashlib
from datetime import timedelta
from operator import itemgetter

from lxml import html
from markupsafe import Markup

from odoo import api, fields, models

from .handover_request import MOVES
from .handover_states import CLOSED

APPROVAL = "crm_handover.mail_activity_type_approval"
ACCEPTANCE = "crm_handover.mail_activity_type_acceptance"
PERMISSION = "crm_handover.mail_activity_type_permission"
ATTENTION = "crm_handover.mail_activity_type_attention"
# what people were asked for holds no more: it is over, or will be proposed anew
ENDS_TODOS = ("draft", *CLOSED)
# a day, for a cron that does not start to the second
EACH_DAY = timedelta(hours=20)
# what a paragraph of the to-do tells: what the records do not show, until who has the
# to-do ends it; what keeps the handover waiting, until it goes on; and what came
# after collecting, until it goes on or nothing of it is to be decided
LASTS, WAITS, LATER = "o_handover_lasts", "o_handover_waits", "o_handover_later"
# so many things are remembered to have been told
TOLD_LAST = 20


class HandoverRequest(models.Model):
    """To-dos on a handover: ask somebody, find what was asked, close it.

    The handover is where its people read them, so they tell neither figures nor names
    that one of them may not know.
    """

    _inherit = "handover.request"

    attention_told = fields.Json(
        string="Told of What Went Wrong",
        groups=fields.NO_ACCESS,
        readonly=True,
        copy=False,
        help="When who looks after the handover was told what a job meets each time.",
    )

    @api.model
    def _own_todo_types(self):
        """Return the types of the to-dos that handovers give; extended by super()."""
        return self._todo_types(APPROVAL, ACCEPTANCE, PERMISSION, ATTENTION)

    @api.model
    def _todo_types(self, *xml_ids):
        types = self.env["mail.activity.type"]
        return types.union(*(self.env.ref(xml_id) for xml_id in xml_ids))

    def _todos(self, xml_id):
        """Return the open to-dos of one type on these handovers.

        As superuser, and quietly: whatever is done with them sends no mail.

        :param str xml_id: of the type
        """
        return self._todos_of(self._todo_types(xml_id))

    def _todos_of(self, types):
        """Return the open to-dos of some types, as :meth:`_todos` does."""
        todos = self.env["mail.activity"].sudo()
        return todos.with_context(mail_activity_quick_update=True).search(
            [
                ("activity_type_id", "in", types.ids),
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                # whatever the context looks at
                ("active", "=", True),
                # what people plan themselves may look like it
                ("handover_made", "=", True),
            ]
        )

    def _ask(self, xml_id, user, text, by_mail=False, **values):
        """Give ``user`` a to-do on this handover, in their language and time zone.

        :param str xml_id: of the type
        :param text: a function of an environment that returns the summary
        :param bool by_mail: tell them by mail as well, which goes out in the background
        :param values: more values of the to-do; a function is called with the handover
            in the language of ``user``
        """
        self.ensure_one()
        request = self.sudo().with_context(
            lang=user.lang,
            tz=user.tz,
            mail_activity_quick_update=not by_mail,
            mail_notify_force_send=False,
        )
        request.activity_schedule(
            xml_id,
            summary=text(request.env),
            user_id=user.id,
            handover_made=True,
            **{
                name: value(request) if callable(value) else value
                for name, value in values.items()
            },
        )
        if by_mail:
            self._send_mails_soon()

    def _troubles(self):
        """Yield what is wrong with the outcome; extended by super().

        :return: functions of an environment that return sentences, see
            :meth:`_call_for_attention`; ``None`` and the like for what is in order
        """
        return iter(())

    def _call_for_attention(self, text, told=(), since=None, lasts=True, kind=None):
        """Give who looks after the handover one to-do, and add ``text`` to it.

        One for each handover, however much goes wrong: a text that it tells already is
        not told again.

        :param text: a function of an environment that returns a sentence: what went
            wrong, and the way out
        :param told: users who get a digest of the same event: they get no second mail
        :param since: what a job finds whenever it runs: a time (UTC); who was told the
            same since then, and has ended the to-do, is not told again
        :param bool lasts: whether it is told until who has the to-do ends it; else
            :meth:`_troubles` tells it as long as it is so, see :meth:`_end_attention`
        :param str kind: until when it is told, where it is not as ``since`` says
        """
        self.ensure_one()
        user = self._caretaker()
        if not user:
            return
        said = text(self.with_context(lang=user.lang).env)
        paragraph = Markup("<p>%s</p>") % said
        if lasts:
            kind = kind or (WAITS if since else LASTS)
            paragraph = Markup('<p class="%s">%s</p>') % (kind, said)
        todo = self._todos(ATTENTION).filtered(lambda todo: todo.user_id == user)[:1]
        # as text: what is stored has other entities than what was written
        if paragraph.striptags() in Markup(todo.note or "").striptags():
            return
        if since and self._was_told(user, text, since):
            return
        if not todo:
            self._ask(
                ATTENTION,
                user,
                lambda env: env._("Look after what went wrong"),
                by_mail=user not in told,
                note=paragraph,
            )
        else:
            todo.note = (todo.note or Markup()) + paragraph

    def _was_told(self, user, text, since):
        """Tell whether ``user`` was told it since then; otherwise they are now."""
        request = self.sudo()
        key = f"{user.id} {request._told_key(text)}"
        known = request.attention_told or {}
        if known.get(key, "") >= fields.Datetime.to_string(since):
            return True
        rows = [(name, at) for name, at in known.items() if name != key]
        rows.append((key, fields.Datetime.to_string(fields.Datetime.now())))
        # the database keeps no order
        rows.sort(key=itemgetter(1))
        request._trusting().write({"attention_told": dict(rows[-TOLD_LAST:])})
        return False

    def _told_key(self, text):
        """Return by what a text is known again, whichever language it was told in."""
        said = text(self.with_context(lang="en_US").env)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def _end_attention(self, went_on=False, everything=False):
        """Take what :meth:`_call_for_attention` told away: its cause is gone.

        What no outcome shows stays, as nobody would tell it again.

        :param bool went_on: whether nothing keeps the handover waiting any more
        :param bool everything: whether nothing is to stay
        """
        kept = set() if everything else {LASTS}
        if not (went_on or everything):
            kept |= {WAITS, LATER}
        for todo in self._todos(ATTENTION):
            self._keep_told(todo, lambda classes: not kept.isdisjoint(classes))

    def _end_told(self, *kinds):
        """Take what was told of some kinds away, and leave all else.

        :return: whether there was any
        """
        todos = self._todos(ATTENTION).filtered(
            lambda todo: any(kind in (todo.note or "") for kind in kinds)
        )
        for todo in todos:
            self._keep_told(todo, set(kinds).isdisjoint)
        return bool(todos)

    @api.model
    def _keep_told(self, todo, is_kept):
        """Keep some of what a to-do tells, or end it: nothing is left.

        :param is_kept: a function of the classes of a paragraph
        """
        note = _paragraphs(todo.note, is_kept)
        if not note:
            todo.unlink()
        elif note != todo.note:
            todo.note = note

    def _forget_told(self, text):
        """Have a text be told anew, although who looks after it was told it."""
        request = self.sudo()
        ending = f" {request._told_key(text)}"
        known = request.attention_told or {}
        left = {key: at for key, at in known.items() if not key.endswith(ending)}
        if left != known:
            request._trusting().write({"attention_told": left})

    # ------------------------------------------------------------
    # WITH THE HANDOVER
    # ------------------------------------------------------------

    def _after_move(self, move):
        result = super()._after_move(move)
        if MOVES[move].target in ENDS_TODOS:
            self._end_todos()
        return result

    def _end_todos(self):
        """Take back what people were asked for: it is over, or taken back.

        All types of :meth:`_own_todo_types`; extended by super() for others.
        """
        self._todos_of(self._own_todo_types()).unlink()

    @api.model
    def _send_mails_soon(self):
        """Have mails go out in the background: a slow mail server holds nothing up."""
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()


def _paragraphs(note, is_kept):
    """Return those paragraphs of a note whose classes a function lets pass."""
    parts = html.fragments_fromstring(note) if note else ()
    return Markup().join(
        Markup(html.tostring(part, encoding="unicode", with_tail=False))
        for part in parts
        if not isinstance(part, str) and is_kept(part.classes)
    )
