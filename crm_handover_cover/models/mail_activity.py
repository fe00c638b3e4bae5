from odoo import api, fields, models
from odoo.fields import Domain

# what a copy has of its to-do
COPIED = ("activity_type_id", "summary", "note", "date_deadline")


class MailActivity(models.Model):
    """Who works along has copies of to-dos: whoever does one has done it for both."""

    _inherit = "mail.activity"

    handover_copy_of_id = fields.Many2one(
        "mail.activity",
        string="Copy Of",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="cascade",
        help="The to-do of who is away, of which this is a copy for who stands in.",
    )
    handover_given_on = fields.Datetime(
        string="Given On",
        readonly=True,
        copy=False,
        help="When it was given to whoever has it, if it was not made for them.",
    )

    def write(self, vals):
        given = self.browse()
        if vals.get("user_id") or vals.keys() & {"res_id", "res_model_id"}:
            # whoever may not write it learns nothing of it
            self.check_access("write")
            given = self.sudo().filtered(lambda todo: todo._handover_comes_by(vals))
        result = super().write(vals)
        if given:
            # the same step: nobody is asked a second time
            now = fields.Datetime.now()
            super(MailActivity, given).write({"handover_given_on": now})
        for todos, values in self._handover_same_as(vals):
            super(MailActivity, todos).write(values)
        return result

    def _handover_same_as(self, vals):
        """Yield what is to be written so that a copy and its to-do stay one.

        Whoever moves one of them, moves both. What it says is for whose to-do it is to
        change: copies say the same.

        :return: to-dos as superuser, and their values
        """
        said = {name: vals[name] for name in COPIED if name in vals}
        if not said:
            return
        todos = self.sudo()
        copies = todos.filtered("handover_copy_of_id")
        yield self._handover_copies_of(todos - copies), said
        if copies and "date_deadline" in said:
            # one mail less, and what is done keeps its day
            originals = copies.handover_copy_of_id.filtered("active").with_context(
                mail_activity_quick_update=True
            )
            moved = originals | (self._handover_copies_of(originals) - copies)
            yield moved, {"date_deadline": said["date_deadline"]}

    @api.model
    def _handover_copies_of(self, todos):
        """Return the copies of to-dos, as superuser, quietly."""
        copies = self.sudo().with_context(mail_activity_quick_update=True)
        return copies.search([("handover_copy_of_id", "in", todos.ids)])

    def _handover_comes_by(self, vals):
        """Tell whether these values bring it to somebody, or to another record."""
        if "res_id" in vals and vals["res_id"] != self.res_id:
            return True
        if "res_model_id" in vals and vals["res_model_id"] != self.res_model_id.id:
            return True
        user = vals.get("user_id")
        return bool(user) and self._handover_holder().id != user

    @api.model
    def _handover_own_fields(self):
        ours = {"handover_copy_of_id", "handover_given_on"}
        return super()._handover_own_fields() | ours

    @api.model
    def _handover_passing_domain(self):
        # a copy goes when the cover ends, and moves with nothing
        copies = Domain("handover_copy_of_id", "!=", False)
        return super()._handover_passing_domain() | copies

    @api.model
    def _handover_had_domain(self, user):
        return super()._handover_had_domain(user) & ~self._handover_passing_domain()

    @api.model
    def _handover_copies(self, records, user):
        """Return the copies that ``user`` has of to-dos on ``records``."""
        return self.search(
            [
                ("handover_copy_of_id", "!=", False),
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                ("user_id", "=", user.id),
            ]
        )

    @api.model
    def _handover_copy(self, records, giver, taker, since=None):
        """Give ``taker`` copies of what ``giver`` has to do on ``records``.

        Not of meetings, which have their own guests.

        :param since: only of what came, or was given to them, after that moment
        """
        todos = self.sudo().with_context(mail_activity_quick_update=True)
        domain = Domain("res_model", "=", records._name)
        domain &= Domain("res_id", "in", records.ids)
        domain &= Domain("calendar_event_id", "=", False)
        domain &= self._handover_movable_domain(giver)
        if since:
            came = Domain("create_date", ">", since)
            # what somebody only edits was copied by then
            domain &= came | Domain("handover_given_on", ">", since)
        known = self._handover_copies(records, taker).handover_copy_of_id
        model_id = self.env["ir.model"]._get_id(records._name)
        todos.create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": todo.res_id,
                    "user_id": taker.id,
                    "handover_copy_of_id": todo.id,
                    **{name: todo._handover_copied(name) for name in COPIED},
                }
                for todo in todos.search(domain) - known
            ]
        )

    def _handover_copied(self, name):
        value = self[name]
        return value.id if self._fields[name].relational else value

    def _action_done(self, feedback=False, attachment_ids=None):
        copies = self.filtered("handover_copy_of_id")
        todos = (self - copies) | copies.handover_copy_of_id
        # what is done is done for all who have it
        self.sudo().search([("handover_copy_of_id", "in", todos.ids)]).unlink()
        return super(MailActivity, todos)._action_done(feedback, attachment_ids)
