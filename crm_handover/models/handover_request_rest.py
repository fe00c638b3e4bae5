from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import split_every

from .handover_request_unsettled import STOPPED, UNSETTLED
from .handover_transaction import undoing

BATCH = 1_000
# lines of which a transaction makes others
PART = 5_000

# what a handover of the rest takes from the one before it
CARRIED_OVER = (
    "company_id", "predecessor_id", "predecessor_ids", "source_team_id", "reason_id",
    "purpose", "is_sudden", "move_activities", "move_meetings", "predecessor_follows",
    "coordinator_id", "predecessor_access", "plan_id",
)  # fmt: skip


class HandoverRequest(models.Model):
    """A handover of the rest: a draft of what another one did not hand over.

    The draft is there at once. Many records come onto it in the background, a part
    after the other; what is on it is decided on in the handover that it continues.
    """

    _inherit = "handover.request"

    def _carried_over(self):
        """Return what a handover of the rest takes from this one; extended by super().

        :return: names of fields
        """
        return CARRIED_OVER

    def _goes_on(self):
        """Tell whether it is for a time that is not over."""
        return self.kind == "temporary" and self.date_return > fields.Datetime.now()

    def _continue(self, lines=None, successor=None, submits=False):
        """Make a draft of records that were not handed over; return it.

        Who looks after the handover may, though the records are not theirs to hand
        over: the records were brought onto it by who may, and the draft needs an
        approval of its own.

        :param lines: which of them; by default all that the caller reads
        :param successor: who takes them over, where that is known
        :param submits: the draft is submitted as well, where nothing stands in the way
        :raise UserError: when none of them is still with who hands over
        """
        ids = None if lines is None else lines.ids
        rest = self._rest_domain(ids)
        values = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._carried_over()
        }
        if self.coordinator_id and not self._shows_to(self.coordinator_id):
            # gone, or in no company of it any more
            values["coordinator_id"] = self._caretaker().id
        values |= self._left_givers(rest)
        values["successor_id"] = successor.id if successor else False
        now = fields.Datetime.now()
        if self._goes_on():
            values |= {"kind": "temporary", "date_return": self.date_return}
        if self.predecessor_access == "read":
            if self.date_access_end > now:
                values["date_access_end"] = self.date_access_end
            else:
                values["predecessor_access"] = "none"
        self._check_rate(1)
        draft = self.browse()._trusting().create(values)
        draft._trusting().write({"origin_id": self.id})
        draft = draft.with_env(self.env)
        count = self.env["handover.request.line"].search_count(rest)
        draft._do("continue", self.id, ids, submits, count=count)
        return draft

    def _give_rest_to(self, user):
        """Give all that was not handed over to somebody else; return where it goes.

        :param user: who takes it over, as superuser
        :return: a window action
        :raise AccessError: when the caller does not look after this handover
        :raise UserError: when nothing is left, or they cannot take it over
        """
        self._check_any_unsettled()
        self._check_successor_user(user)
        self._require_settle()
        return self._continue(successor=user, submits=True)._open()

    def _rest_domain(self, ids=None):
        """Return the domain of what a handover of the rest is made of.

        :param list ids: of those lines alone
        """
        rest = Domain("request_id", "=", self.id) & (UNSETTLED | STOPPED)
        return rest if ids is None else rest & Domain("id", "in", ids)

    def _nothing_continues(self):
        """Return the error that says that none of the records can go on."""
        return UserError(
            self.env._(
                "%(handover)s: none of these records is still with %(predecessor)s:"
                " leave them as they are.",
                handover=self.name,
                predecessor=self._giver_name(),
            )
        )

    def _left_givers(self, rest):
        """Return who hands over the rest of what several people gave, as values.

        Only whose records these are, and who has anything in the company: nobody else
        is named, told, or asked to confirm.

        :param Domain rest: which lines
        :return: values of a handover; none where one person or a team gives
        :raise UserError: when none of them has anything there any more
        """
        several = self._several_givers()
        if not several:
            return {}
        Line = self.env["handover.request.line"].sudo()
        groups = Line._read_group(rest, ["scope_id", "predecessor_id"])
        left = several.browse(
            user.id for scope, user in groups if scope._there() and user in several
        )
        left = several & left
        # records may have gone meanwhile
        left.invalidate_recordset(["handover_company_ids"])
        company = self.company_id
        left = left.filtered(lambda one: company in one.handover_company_ids)
        if not left:
            raise self._nothing_continues()
        alone = len(left) == 1
        return {
            "predecessor_id": alone and left.id,
            "predecessor_ids": [fields.Command.set([] if alone else left.ids)],
        }

    # ------------------------------------------------------------
    # WITHIN THE CALL, OR IN THE BACKGROUND
    # ------------------------------------------------------------

    def _do_continue(self, origin_id, ids, submits):
        origin, last = self.browse(origin_id), 0
        while last is not None:
            last = self._continue_part(origin, ids, last)[0]
        self._end_continuing(origin, submits)

    def _part_of_continue(self, note):
        """Bring the next records onto this draft."""
        origin_id, ids, submits = note["args"]
        # what is done in the background is done to the draft: the other one may be busy
        origin = self.with_context(doing=False).browse(origin_id)
        origin._require_settle()
        last, count = self._continue_part(origin, ids, note["at"].get("last", 0))
        if last is not None:
            return {**note, "at": {"last": last}, "done": note["done"] + count}
        # it is submitted as any other draft
        self._forget_step()
        self._end_continuing(origin, submits)
        self._announce()
        return None

    def _continue_part(self, origin, ids, last):
        """Bring the next records of a handover onto this one, which continues it.

        :return: the id of the last line, ``None`` after the last part; and how many
        """
        lines = self.env["handover.request.line"].search(
            origin._rest_domain(ids) & Domain("id", ">", last), order="id", limit=PART
        )
        for scope, some in lines.sudo()._there().grouped("scope_id").items():
            self._trusting()._continue_kind(scope, some)
        return lines.ids[-1] if len(lines) == PART else None, len(lines)

    def _end_continuing(self, origin, submits):
        """Take the draft as filled; raise where nothing came onto it."""
        draft = self._trusting()
        if not draft.line_count:
            raise origin._nothing_continues()
        draft._records_changed()
        origin._log_event("continued", records=draft.line_count, handover=draft.name)
        origin._end_attention_if_settled()
        if submits:
            self._submit_if_possible()

    def _submit_if_possible(self):
        """Submit a draft for the caller; otherwise its check says what is in the way.

        :raise AccessError: when the caller may not submit it
        """
        try:
            with undoing(self.env.cr):
                self.action_submit()
        except AccessError:
            raise
        except UserError:
            self.env.invalidate_all()

    def _continue_kind(self, scope, lines):
        """Add what of one kind is still with who hands over; return how many."""
        count = 0
        for some in split_every(BATCH, lines.ids, lines.browse):
            theirs = scope._records().search(
                Domain("id", "in", some.mapped("res_id"))
                & scope._belonging_domain(self._givers(), self.source_team_id)
                & scope._company_domain(self.company_id)
            )
            if self.predecessor_id != self.requester_id:
                theirs -= scope._handler()._handover_sealed(theirs)
            self._carry_over(some, self._add(scope, theirs))
            count += len(theirs)
        return count

    def _carry_over(self, olds, news):
        """Copy what was said of the records; take the old lines as decided on."""
        by_record = {line.res_id: line for line in olds}
        old_of = {line: by_record[line.res_id] for line in news}
        said = news.grouped(lambda line: (old_of[line].note, old_of[line].risk))
        for (note, risk), lines in said.items():
            if note or risk != "none":
                lines._trusting().write({"note": note, "risk": risk})
        olds.browse(line.id for line in old_of.values())._settle()
