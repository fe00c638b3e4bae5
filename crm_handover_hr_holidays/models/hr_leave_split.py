from contextlib import contextmanager

from odoo import fields, models

from .hr_leave import TAKES_PLACE

# no caller can send it: whoever has it is splitting leaves
SPLIT = object()
STAND_IN = "handover_stand_in_id"


class HrLeave(models.Model):
    """A leave that Odoo splits is covered as it was, from its first part to its last.

    Its handover stays with one of the parts, the whole; the others point at that.
    """

    _inherit = "hr.leave"

    handover_part_of_id = fields.Many2one(
        "hr.leave",
        string="Part Of",
        groups=fields.NO_ACCESS,
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The leave that this one was a part of: one handover covers both.",
    )
    handover_part_ids = fields.One2many(
        "hr.leave",
        "handover_part_of_id",
        string="Parts",
        groups=fields.NO_ACCESS,
        help="What was split off from the leave, and is covered with it.",
    )

    def _handover_whole(self):
        """Return the leaves that have the handovers of these, as superuser."""
        leaves = self.sudo()
        parts = leaves.filtered("handover_part_of_id")
        return (leaves - parts) | parts.handover_part_of_id

    def _handover_parts(self):
        """Return what takes place of a leave that may have been split, in its order."""
        whole = self._handover_whole()
        parts = whole | whole.handover_part_ids
        some = parts.filtered(lambda leave: leave.state in TAKES_PLACE)
        return some.sorted("request_date_from")

    # ------------------------------------------------------------
    # IT IS SPLIT
    # ------------------------------------------------------------

    def _split_leaves(self, split_date_from, split_date_to=False):
        wholes = self._handover_whole()
        with self._handover_splitting(self.sudo().employee_id, wholes):
            quiet = self.with_context(handover_split=SPLIT)
            made = super(HrLeave, quiet)._split_leaves(split_date_from, split_date_to)
        return made.with_context(handover_split=None)

    def _handover_is_splitting(self):
        """Tell whether leaves are being split: what follows them waits for the end."""
        return self.env.context.get("handover_split") is SPLIT

    @contextmanager
    def _handover_splitting(self, employees, wholes=None):
        """Have what becomes of leaves of these employees be covered as it was.

        What is as before is not followed: a cover may be longer by now than its leave.

        :param wholes: only of these, which have the handovers; of all of theirs where
            it is not known which of them change
        """
        leaves = self.env["hr.leave"].sudo().with_context(active_test=False)
        theirs = [("employee_id", "in", employees.ids)]
        covered = leaves.search([*theirs, ("handover_request_ids", "!=", False)])
        covered = covered if wholes is None else covered & wholes
        spans = [
            (
                whole,
                min(whole._handover_parts().mapped("request_date_from"), default=None),
                max(whole._handover_parts().mapped("request_date_to"), default=None),
            )
            for whole in covered
        ]
        shapes = {whole: whole._handover_shape() for whole in covered}
        known = leaves.search(theirs) if covered else leaves
        yield
        if not covered:
            return
        for part in leaves.search([*theirs, ("id", "not in", known.ids)]):
            for whole, start, end in spans:
                if (
                    part.employee_id == whole.employee_id
                    and start
                    and start <= part.request_date_from
                    and part.request_date_to <= end
                ):
                    part._handover_quietly(
                        {"handover_part_of_id": whole.id, **whole._handover_choice()}
                    )
        changed = covered.filtered(
            lambda whole: whole._handover_shape() != shapes[whole]
        )
        changed.with_env(self.env)._handover_follow()

    def _handover_shape(self):
        """Return of what the handover of a leave is made: its parts, and when.

        How many days they count only says whether somebody is to stand in.
        """
        return self._handover_wanted(), {
            (part, part.state, part.date_from, part.date_to)
            for part in self | self.handover_part_ids
        }

    def _handover_quietly(self, vals):
        """Write what no handover has to follow."""
        self.sudo().with_context(handover_split=SPLIT).write(vals)

    # ------------------------------------------------------------
    # WHAT BECOMES OF THE PARTS
    # ------------------------------------------------------------

    def _handover_pass_on(self, gone=()):
        """Have the handovers of these leaves cover what is left of them.

        :param gone: leaves that will not be there
        """
        for leave in self.sudo():
            rest = leave._handover_parts().filtered(
                lambda part, leave=leave: part != leave and part.id not in gone
            )
            if leave.handover_part_of_id or not rest:
                continue
            first, parts = rest[0], leave.handover_part_ids
            leave.handover_request_ids._trusting().write({"leave_id": first.id})
            first._handover_quietly({"handover_part_of_id": False})
            (leave | parts - first)._handover_quietly({"handover_part_of_id": first.id})

    def _handover_part_ways(self):
        """Have these leaves be parts of nothing, nor others parts of them.

        :return: the leaves that have their handovers by now, as superuser
        """
        self._handover_pass_on(gone=self.ids)
        rest = self._handover_whole() - self.sudo()
        parts = self.sudo().filtered("handover_part_of_id")
        parts._handover_quietly({"handover_part_of_id": False})
        return rest

    def _handover_chosen(self):
        """Have parts for which somebody else is chosen be leaves of their own.

        What is chosen for a whole is chosen for its parts.

        :return: the leaves that such parts were parts of, as superuser
        """
        former = self.sudo().browse()
        for leave in self.sudo():
            if whole := leave.handover_part_of_id:
                if leave[STAND_IN] != whole[STAND_IN]:
                    former |= leave._handover_part_ways()
            elif parts := leave.handover_part_ids:
                parts._handover_quietly(leave._handover_choice())
        return former

    def _handover_choice(self):
        """Return who was chosen, and by whom, as values of a part."""
        return {
            STAND_IN: self[STAND_IN].id,
            "handover_chosen_by_id": self.handover_chosen_by_id.id,
        }
