from functools import cache

from odoo import api, fields, models

from .handover_said import in_all_languages, in_language

# outcomes of records that stayed with whoever owned them
LEFT_ALONE = "stale_owner", "changed_since", "closed"
# in the place of what somebody else has said
SAID = "\0"


class HandoverRequestLine(models.Model):
    """What became of a record, in the language of whoever reads it.

    The explanation that is kept is evidence, in the language of who requested it; what
    it says to others is kept beside it.
    """

    _inherit = "handover.request.line"

    outcome = fields.Char(
        string="Outcome by Now",
        compute="_compute_outcome",
        help="What became of the record; of what went back, that.",
    )
    outcome_text = fields.Char(
        string="Outcome in Words",
        compute="_compute_outcome_text",
        help="What became of the record and why, in the reader's language.",
    )

    left_something = fields.Boolean(
        string="Left Something Behind",
        compute="_compute_left_something",
        search="_search_left_something",
        help="Something of the record did not go along: the explanation says what.",
    )

    @api.depends("after")
    def _compute_left_something(self):
        # the explanation tells whoever reads the line, the figures are for some
        for line in self.sudo():
            line.left_something = "stayed" in (line.after or {})

    @api.model
    def _search_left_something(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._stayed_domain()

    @api.depends("state", "result_code")
    @api.depends_context("lang")
    def _compute_outcome(self):
        names = dict(self._fields["result_code"]._description_selection(self.env))
        for line in self:
            returned = line.state == "returned" and self.env._("Given back")
            line.outcome = returned or names.get(line.result_code, False)

    @api.depends(
        "result_code", "result_message", "result_said", "decision", "successor_id"
    )
    @api.depends_context("lang")
    def _compute_outcome_text(self):
        lang = self.env.lang or "en_US"
        foreign = self.filtered(
            lambda line: (
                line.result_message
                and (line.request_id.sudo().requester_id.lang or "en_US") != lang
            )
        )
        # in the requester's language it is what is verified
        said = foreign.filtered("result_said")
        for line in said:
            line.outcome_text = in_language(self.env, line.result_said)
        # what was kept in one language
        former = self - said
        foreign -= said
        holders = foreign._holders_by_now()
        # of one cause there are many
        frames = cache(self._frames_around)
        readers = cache(lambda text: self._in_readers_words(text, frames()))
        for line in former:
            text = line.result_message
            if line in foreign:
                words = line._outcome_in_words(*holders.get(line.id, ()))
                text = words or readers(text)
            line.outcome_text = text

    def _holders_by_now(self):
        """Return who owns what was left alone, and its team.

        Only while they are those whom the kept text names, in the language of who
        requested it: who reads the line learns nothing more.

        :return: ``{line id: (owners, team)}``, texts or ""
        """
        names = {}
        left = self.filtered(lambda line: line.result_code in LEFT_ALONE)
        for scope, lines in left.sudo().grouped("scope_id").items():
            if scope._is_gone():
                continue
            records = scope._records(lines.mapped("res_id")).exists()
            by_id = {record.id: record for record in records}
            for line in lines:
                record = by_id.get(line.res_id)
                if not record:
                    continue
                lang = line.request_id.requester_id.lang or "en_US"
                kept = scope._holders(record.with_context(lang=lang))
                names[line.id] = tuple(
                    name if was and was in line.result_message else ""
                    for was, name in zip(kept, scope._holders(record), strict=True)
                )
        return names

    def _outcome_in_words(self, owners="", team=""):
        """Return what the outcome means, or an empty text where only the kept one says.

        What a record, or somebody, has said stays in their words.

        :param owners: who owns the record now, as a text
        :param team: the team in which it is now, where that is why it was left alone
        """
        self.ensure_one()
        owners = owners or self.env._("somebody else")
        taker = self._taker().sudo().name or self.env._("Nobody")
        declined = self.decision == "declined"
        words = {
            "already": self.env._("The successor owned it already."),
            "missing": self.scope_id._why_missing(),
            "private": self.env._("It is private to its owner."),
            "declined": self.env._("The successor declined it.")
            if declined
            else self.env._("The successor did not accept it."),
            "stale_owner": self.env._(
                "It was left alone, and belongs to %s now.", owners
            )
            if not team
            else self.env._("It is in the team %s now, and was left alone.", team),
            "changed_since": self.env._(
                "It was not given back, and belongs to %s now.", owners
            ),
            "closed": self.env._("It was closed, and belongs to %s now.", owners),
            "locked": self.env._("Somebody else was writing it each time."),
            "overridden": self.env._("Another rule of the database kept the owner."),
            "other_company": self.env._(
                "The handover, the record, its team and %s are not of one company.",
                taker,
            ),
            "successor_no_access": self.env._("%s could not open it.", taker),
            "error": self.env._("Unexpected error; the server's log has the details."),
        }
        return words.get(self.result_code, "")

    # ------------------------------------------------------------
    # WHAT SOMEBODY ELSE HAS SAID
    # ------------------------------------------------------------

    @api.model
    def _sentences_around(self):
        """Return our sentences around what a record, or a database, has said.

        :return: functions of an environment and of what was said that return the text
        """
        return (
            lambda env, said: (
                f"{said} {env._('Ask your administrator, then try again.')}"
            ),
            lambda env, said: f"{said} {env._('Correct this, then try again.')}",
            lambda env, said: env._("The database refused the change: %s", said),
            lambda env, said: env._("The team %s is archived.", said),
            lambda env, _said: env._("Such records always belong to somebody."),
        )

    @api.model
    def _frames_around(self):
        """Return the sentences, each with how it reads: ``[(function, texts)]``."""
        frames = []
        for say in self._sentences_around():
            texts = in_all_languages(self, lambda env, say=say: say(env, SAID))
            frames.append((say, list(dict.fromkeys(texts.values()))))
        return frames

    @api.model
    def _in_readers_words(self, text, frames):
        """Return a kept explanation with our sentences in the reader's language.

        What refused stays in its own words.

        :param str text: as it is kept, in whatever language
        :param frames: what :meth:`_frames_around` returns
        """
        for sentence, ways in frames:
            for frame in ways:
                start, mark, end = frame.partition(SAID)
                fits = text.startswith(start) and text.endswith(end)
                if fits if mark else text == frame:
                    said = text.removeprefix(start).removesuffix(end)
                    text = sentence(self.env, said)
                    break
        return text
