from odoo import api, fields, models
from odoo.fields import Domain


class MailActivity(models.Model):
    """A to-do of somebody who was archived is kept, for whoever takes it over."""

    _inherit = "mail.activity"

    handover_kept_for_id = fields.Many2one(
        "res.users",
        string="Kept For",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Whose to-do it was when they were archived. Nobody has it since.",
    )

    @api.model
    def _handover_own_fields(self):
        return super()._handover_own_fields() | {"handover_kept_for_id"}

    def write(self, vals):
        result = super().write(vals)
        if vals.get("user_id"):
            # it has found somebody
            kept = self.sudo().filtered("handover_kept_for_id")
            if kept:
                kept.filtered(lambda todo: not todo.res_model).active = True
                kept.write({"handover_kept_for_id": False})
        return result

    @api.model
    def _handover_kept_domain(self, people):
        """Return the domain of the to-dos that were people's, and are nobody's now.

        What is about no document cannot be nobody's: it is archived until somebody has
        it.
        """
        loose = Domain("res_model", "=", False) & Domain("active", "=", False)
        open_ones = Domain("user_id", "=", False) & Domain("active", "=", True)
        return Domain("handover_kept_for_id", "in", people.ids) & (open_ones | loose)

    @api.model
    def _handover_had_domain(self, user):
        # what was kept of somebody moves like what they have
        return super()._handover_had_domain(user) | self._handover_kept_domain(user)

    def _handover_holder(self):
        return super()._handover_holder() or self.handover_kept_for_id

    @api.model
    def _handover_count_by_holder(self, domain):
        """Return how many to-dos in ``domain`` people have: ``[(user, count)]``."""
        return [
            (user or kept_for, count)
            for user, kept_for, count in self._read_group(
                domain, ["user_id", "handover_kept_for_id"], ["__count"]
            )
        ]

    @api.model
    def _handover_keep(self, users):
        """Keep the open to-dos of who is about to be archived: Odoo deletes them.

        Steps of handovers go to who stands in, where there is somebody. What handovers
        asked of these users stays: they take it back, or ask others.
        """
        Request = self.env["handover.request"]
        Request._pass_on_todos(users)
        asked = (
            Domain("res_model", "=", Request._name)
            & Domain("handover_made", "=", True)
            & Domain("activity_type_id", "in", Request._own_todo_types().ids)
        )
        # what is finished stays finished, whatever the context looks at
        theirs = Domain("user_id", "in", users.ids) & Domain("active", "=", True)
        theirs &= ~asked
        theirs &= ~self._handover_passing_domain()
        quiet = {"mail_activity_quick_update": True}
        todos = self.sudo().with_context(**quiet).search(theirs)
        for user, theirs in todos.grouped("user_id").items():
            loose = theirs.filtered(lambda todo: not todo.res_model)
            (theirs - loose).write({"user_id": False, "handover_kept_for_id": user.id})
            # the database wants somebody for it
            loose.write({"active": False, "handover_kept_for_id": user.id})

    @api.model
    def _handover_give_back(self, users):
        """Give who is back what is still theirs."""
        quiet = {"mail_activity_quick_update": True}
        todos = (
            self.sudo().with_context(**quiet).search(self._handover_kept_domain(users))
        )
        for user, theirs in todos.grouped("handover_kept_for_id").items():
            theirs.write({"user_id": user.id})
