from collections import defaultdict

from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import plaintext2html

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .handover_request import MOVES
from .handover_request_todo import ENDS_TODOS
from .handover_states import UNDER_WAY
from .handover_transaction import keep

# what somebody is asked: to give records back, or whether they go along
BACK, ALONG = "back", "along"
# records that a to-do names; the rest is counted
LISTED = 200
# about which records anybody is asked, for one transaction
ASKED = "crm_handover asked about"
# what was written of that, until the transaction ends
ANSWERED = "crm_handover.answered"


class HandoverRequest(models.Model):
    """Who has records is asked about them: one to-do a person, one message.

    The to-do lists what is still open, and ends with the last of it: with a record that
    is theirs no more, or goes along by a handover of its own. Whoever says no ends it.
    It hangs on no record: whoever is asked may not see the handover, and records go.
    """

    _inherit = "handover.request"

    def _ask_about(self, user, question, rows, said=""):
        """Ask ``user`` about records of theirs; what they are asked already, once.

        What is to go to somebody else than they were told, they are asked anew.

        :param str question: ``BACK`` or ``ALONG``
        :param rows: records, each with who is to get it: ``[(record, user)]``
        :param str said: what is said with it
        :return: how many records they had not been asked about
        """
        self.ensure_one()
        self.check_access("read")
        todo = self._questions(question).filtered(lambda todo: todo.user_id == user)[:1]
        kept = todo.handover_question or {"rows": []}
        takers = {(record._name, record.id): taker.id for record, taker in rows}
        same = [
            [model, id_, taker]
            for model, id_, taker in kept["rows"]
            if takers.get((model, id_), taker) == taker
        ]
        # what is answered, or of an app that is gone, is not asked again
        same = self._open_rows(user, question, same)
        known = {tuple(row[:2]) for row in same}
        new = [[*key, taker] for key, taker in takers.items() if key not in known]
        new = self._open_rows(user, question, new)
        data = {
            "question": question,
            "rows": [*same, *new],
            "said": said or kept.get("said", ""),
        }
        if not data["rows"]:
            todo.unlink()
        if not data["rows"] or data == kept:
            return 0
        values = self._question_values(user, data)
        if todo:
            todo.write(values)
        else:
            kind = self.env.ref("mail.mail_activity_data_todo")
            todo = todo.create(
                {
                    **values,
                    "activity_type_id": kind.id,
                    "user_id": user.id,
                    "date_deadline": kind._get_date_deadline(),
                    # whatever the caller's context proposes
                    "res_model_id": False,
                    "res_id": False,
                    "handover_made": True,
                    "handover_asked_by_id": self.id,
                }
            )
        self._forget_everybody()
        self.env.cr.cache.pop(ASKED, None)
        self._send_question(user, values)
        return len(new)

    def _send_question(self, user, values):
        """Send ``user`` what the to-do says; it goes out with the next mails."""
        thread = self.env["mail.thread"].sudo()
        thread.with_context(
            lang=user.lang, mail_notify_force_send=False
        ).message_notify(
            subject=values["summary"],
            body=values["note"],
            partner_ids=user.partner_id.ids,
            email_layout_xmlid="mail.mail_notification_layout",
            force_email_lang=user.lang,
        )
        self._send_mails_soon()

    # ------------------------------------------------------------
    # WHAT IT SAYS
    # ------------------------------------------------------------

    def _question_values(self, user, data):
        """Return what the to-do keeps and says, in the language of ``user``."""
        request = self.sudo().with_context(lang=user.lang)
        env, rows = request.env, data["rows"]
        takers = env["res.users"].browse(dict.fromkeys(row[2] for row in rows))
        names = request._names(takers) or request._giver_name()
        one = len(rows) == 1
        if data["question"] == BACK:
            summary = (
                env._("Give it back to %s?", names)
                if one
                else env._("Give them back to %s?", names)
            )
            text = env._(
                "%(user)s asks you to give this back (%(handover)s): give each record"
                " to whoever stands beside it. What you keep, you keep by ending this"
                " to-do.",
                user=env.user.name,
                handover=request.name,
            )
        else:
            summary = (
                env._("Is it to go along to %s?", names)
                if one
                else env._("Are they to go along to %s?", names)
            )
            text = env._(
                "%(user)s hands over the customers of this (%(handover)s). Choose Hand"
                " Over in the menu of what is to go along; for the rest, end this"
                " to-do.",
                user=env.user.name,
                handover=request.name,
            )
        said = plaintext2html(data["said"]) if data["said"] else Markup()
        note = Markup("<p>%s</p>%s%s") % (text, said, request._question_list(rows))
        return {"summary": summary, "note": note, "handover_question": data}

    def _question_list(self, rows):
        """Return the records of a question as a list, with links and who gets each."""
        items = Markup()
        for model, id_, taker in rows[:LISTED]:
            record = self.env[model].browse(id_)
            items += Markup(
                '<li><a href="/mail/view?model=%s&amp;res_id=%s">%s</a> → %s</li>'
            ) % (
                model,
                id_,
                record.display_name,
                self.env["res.users"].browse(taker).name or self._giver_name(),
            )
        if len(rows) > LISTED:
            items += Markup("<li>… (%s)</li>") % (len(rows) - LISTED)
        return Markup("<ul>%s</ul>") % items

    # ------------------------------------------------------------
    # WHAT IS STILL OPEN
    # ------------------------------------------------------------

    def _questions(self, question=None):
        """Return the open to-dos by which these handovers ask, quietly as superuser."""
        todos = self.env["mail.activity"].sudo()
        todos = todos.with_context(mail_activity_quick_update=True).search(
            [("handover_asked_by_id", "in", self.ids)]
        )
        if question is None:
            return todos
        return todos.filtered(
            lambda todo: todo.handover_question["question"] == question
        )

    @api.model
    def _all_questions(self):
        """Return the open to-dos by which handovers ask, quietly as superuser."""
        todos = self.env["mail.activity"].sudo()
        todos = todos.with_context(mail_activity_quick_update=True)
        return todos.search([("handover_asked_by_id", "!=", False)])

    def _open_rows(self, user, question, rows):
        """Return what of ``rows`` is not answered: it is there, and theirs still."""
        env = self.sudo().with_context(active_test=False).env
        by_model = defaultdict(list)
        for model, id_, _taker in rows:
            by_model[model].append(id_)
        theirs = set()
        for model, ids in by_model.items():
            owners = env["handover.scope"]._owner_fields(model)
            records = env[model].browse(ids).exists() if owners else ()
            theirs.update(
                (model, record.id)
                for record in records
                if any(user in record[name] for _id, name, _team in owners)
            )
        if question == ALONG:
            theirs -= self._going_along(user, by_model)
        return [row for row in rows if tuple(row[:2]) in theirs]

    @api.model
    def _going_along(self, user, by_model):
        """Return which records ``user`` hands over: ``{(model, id)}``."""
        lines = self.env["handover.request.line"].sudo()
        domain = Domain("predecessor_id", "=", user.id) & Domain("state", "=", "todo")
        domain &= Domain("request_id.state", "in", UNDER_WAY)
        return {
            (model, line.res_id)
            for model, ids in by_model.items()
            for line in lines.search(
                domain & Domain("res_model", "=", model) & Domain("res_id", "in", ids)
            )
        }

    @api.model
    def _mind_questions(self, todos, decided=frozenset()):
        """Have to-dos list what is still open; those without anything end.

        :param decided: records on which somebody else decided: ``{(model, id)}``
        """
        for todo in todos:
            request, data = todo.handover_asked_by_id, todo.handover_question
            left = [row for row in data["rows"] if tuple(row[:2]) not in decided]
            left = request._open_rows(todo.user_id, data["question"], left)
            if not left:
                todo.unlink()
            elif left != data["rows"]:
                asker = request.with_user(todo.create_uid)
                todo.write(asker._question_values(todo.user_id, {**data, "rows": left}))

    @api.model
    def _follow_answers(self, records):
        """See what is answered by who has ``records`` now, or by their being gone.

        Once, before it is committed, however often they are written.
        """
        answered = self._asked_about().intersection(
            (records._name, id_) for id_ in records.ids
        )
        if not answered:
            return
        precommit = self.env.cr.precommit
        if ANSWERED not in precommit.data:
            precommit.data[ANSWERED] = set()
            # whichever of the callers comes first, their context says nothing
            precommit.add(self.with_env(self.env(context={}))._mind_answers)
        precommit.data[ANSWERED] |= answered

    @api.model
    def _mind_answers(self):
        """Have the to-dos about what was written list what is still open."""
        answered = self.env.cr.precommit.data.pop(ANSWERED, set())
        self._mind_questions(
            self._all_questions().filtered(
                lambda todo: any(
                    tuple(row[:2]) in answered for row in todo.handover_question["rows"]
                )
            )
        )

    @api.model
    def _asks_anything(self):
        """Tell whether anybody is asked anything; read once in each transaction."""
        if self.env.context.get(MODULE_UNINSTALL_FLAG):
            return False
        return self._everybody(self.env.uid).asks

    @api.model
    def _asked_about(self):
        """Return what anybody is asked about: ``{(model, id)}``; read like that."""
        if not self._asks_anything():
            return set()
        known = self.env.cr.cache
        if ASKED not in known:
            todos = self.env["mail.activity"].sudo()
            todos = todos.search_fetch(
                [("handover_asked_by_id", "!=", False)], ["handover_question"]
            )
            rows = (row for todo in todos for row in todo.handover_question["rows"])
            keep(self.env.cr, ASKED, {tuple(row[:2]) for row in rows})
        return known[ASKED]

    # ------------------------------------------------------------
    # WITH THE HANDOVER
    # ------------------------------------------------------------

    def _after_move(self, move):
        result = super()._after_move(move)
        if MOVES[move].target in ENDS_TODOS:
            # what was asked for on this very way back is asked for still
            self._questions(ALONG if move == "give_back" else None).unlink()
        if move == "submit":
            self._follow_submission()
        return result

    def _follow_submission(self):
        """Take what is handed over now for an answer of who hands it over."""
        todos = self.env["mail.activity"].sudo()
        todos = todos.with_context(mail_activity_quick_update=True).search(
            [
                ("handover_asked_by_id", "!=", False),
                ("user_id", "in", self._givers().ids),
            ]
        )
        self._mind_questions(todos)

    def _return(self, reason, lines=None, taken_back=None):
        if lines is None:
            # all of it goes back: whoever decides that asks nobody any more
            self._questions(BACK).unlink()
        return super()._return(reason, lines, taken_back)

    def _drop_questions(self, lines):
        """Ask no more to give back these lines: somebody decided on them."""
        decided = {(line.res_model, line.res_id) for line in lines.sudo()}
        self._mind_questions(self._questions(BACK), decided)

    def _asked_back(self):
        """Return what is asked to be given back: ``{(model, id)}``."""
        return {
            tuple(row[:2])
            for todo in self._questions(BACK)
            for row in todo.handover_question["rows"]
        }
