from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.fields import Domain
from odoo.tools import SQL

from . import handover_audience
from .handover_request_plan import NOT_TAKEN
from .handover_request_todo import ATTENTION
from .handover_said import in_all_languages

# who says what a handover made, or what is a step of its plan, is the code: see
# handover_request_todo.py and handover_request_plan.py
OUR_FIELDS = frozenset(
    {
        *("handover_made", "handover_step_id", "handover_step_date"),
        *("handover_step_giver_id", "handover_reminded", "handover_pool_team_id"),
        *("handover_asked_by_id", "handover_question"),
    }
)
MANAGER = "crm_handover.group_handover_manager"


class MailActivity(models.Model):
    """An activity can be a step of a handover's plan, or what a handover asks for."""

    _name = "mail.activity"
    _inherit = ["mail.activity", "handover.pointing", "handover.audience"]

    # what was given to somebody is theirs, and core asks for what it is about
    _handover_asked = frozenset({"create"})

    # of what a handover made: why somebody declined, what failed
    note = handover_audience.Html(audience="addressee")
    handover_made = fields.Boolean(
        string="Made by a Handover",
        readonly=True,
        copy=False,
        help="A handover asked for it, and ends it: none that looks like it.",
    )

    # empty again once the step is cancelled, which leaves its place to a new one
    handover_step_id = fields.Many2one(
        "mail.activity.plan.template",
        string="Step of the Plan",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The step of the handover's plan that this is.",
    )
    handover_step_date = fields.Date(
        string="Day of the Plan",
        readonly=True,
        copy=False,
        help="What the plan said: another due date was chosen by somebody.",
    )
    handover_step_giver_id = fields.Many2one(
        "res.users",
        string="Step of Which Predecessor",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Of several people who hand over together, whose step of the plan it is.",
    )
    handover_step_name = fields.Char(
        string="Step",
        compute="_compute_handover_step_name",
        help="In the reader's language, as long as nobody has changed its text.",
    )
    handover_step_feedback = fields.Char(
        string="Step Feedback",
        compute="_compute_handover_step_feedback",
        help="In the reader's language, where the handover says it.",
    )
    handover_reminded = fields.Date(
        string="Reminded On",
        readonly=True,
        copy=False,
        help="The last day on which somebody was reminded of it.",
    )

    handover_pool_team_id = fields.Many2one(
        "crm.team",
        string="Pool of the Team",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="cascade",
        help="The team whose pool somebody is to look after.",
    )

    handover_asked_by_id = fields.Many2one(
        "handover.request",
        string="Asked by the Handover",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="cascade",
        help="The handover that asks somebody about records of theirs.",
    )
    handover_question = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="What a handover asks about which records, until each is answered.",
    )

    _handover_step_once = models.UniqueIndex(
        "(res_model, res_id, handover_step_id, COALESCE(handover_step_giver_id, 0))"
        " WHERE handover_step_id IS NOT NULL",
        "This step of the handover is planned already.",
    )

    @api.depends("summary", "handover_step_id.summary", "activity_type_id")
    @api.depends_context("lang")
    def _compute_handover_step_name(self):
        templates = self.handover_step_id.sudo()
        if self.filtered(lambda step: step.handover_step_date and not step.active):
            # what was not taken hangs on no template any more
            of_ours = [("plan_id.res_model", "=", "handover.request")]
            templates |= templates.search(of_ours)
        texts = {template: template._handover_summaries() for template in templates}
        for step in self:
            own = step.handover_step_id.sudo()
            likely = own or (templates if step.handover_step_date else own)
            template = next((t for t in likely if step.summary in texts[t]), own)
            name = template.summary if step.summary in texts.get(template, ()) else ""
            step.handover_step_name = name or step.summary or step.activity_type_id.name

    @api.depends("feedback", "handover_step_date")
    @api.depends_context("lang")
    def _compute_handover_step_feedback(self):
        said = {}
        if any(step.handover_step_date and step.feedback for step in self):
            for say in NOT_TAKEN:
                texts = in_all_languages(self, say).values()
                said.update(dict.fromkeys(texts, say(self.env)))
        for step in self:
            text = step.feedback if step.handover_step_date else False
            step.handover_step_feedback = said.get(text, text)

    @api.model
    def _handover_movable_domain(self, user):
        """Return the domain of the to-dos of ``user`` that may move with a record.

        Those of private meetings stay, like the meetings.
        """
        private = self.env["calendar.event"]._handover_private_domain()
        return self._handover_had_domain(user) & (
            Domain("calendar_event_id", "=", False)
            | Domain("calendar_event_id", "any", ~private)
        )

    def _handover_holder(self):
        """Return whose to-do it is, or who it is kept for; extended by super()."""
        return self.user_id

    @api.model
    def _handover_count_by_holder(self, domain):
        """Return how many to-dos in ``domain`` people have: ``[(user, count)]``."""
        return self._read_group(domain, ["user_id"], ["__count"])

    @api.model
    def _handover_had_domain(self, user):
        """Return the domain of the open to-dos of ``user``, whatever they are about.

        Finished ones are archived; what extends this by super() may ask for some of
        those, and Odoo looks at archived ones as soon as anything does.
        """
        return Domain("user_id", "=", user.id) & Domain("active", "=", True)

    @api.model
    def _handover_passing_domain(self):
        """Return the domain of to-dos that end by themselves: nobody takes them."""
        return Domain("handover_asked_by_id", "!=", False)

    @api.model
    def _handover_own_fields(self):
        """Return the names of the fields that the code alone writes.

        Extended by super(), so that a single question is asked of each field that is
        read.
        """
        return OUR_FIELDS

    @api.model
    def _has_field_access(self, field, operation):
        writes = operation == "write" and not self.env.su
        if writes and field.name in self._handover_own_fields():
            return False
        return super()._has_field_access(field, operation)

    def write(self, vals):
        self._handover_decide_made()
        result = super().write(vals)
        if not self.env.su and vals.keys() & {"activity_type_id", "user_id"}:
            attention = self.env.ref(ATTENTION, raise_if_not_found=False)
            calls = self.sudo().filtered(
                lambda todo: (
                    todo.activity_type_id == attention
                    # what a handover made is passed on by whoever has it
                    and ("activity_type_id" in vals or not todo.handover_made)
                )
            )
            # asked as for one that is made: who may change it may not call by it
            calls.sudo(False).check_access("create")
        return result

    def unlink(self):
        self._handover_decide_made()
        return super().unlink()

    def _handover_decide_made(self):
        """Have roles be read from the tables, for to-dos that a handover made."""
        try:
            decides = not self.env.su and any(self.sudo().mapped("handover_made"))
        except MissingError:
            # of what is gone Odoo says so, to who may know it
            return
        if decides:
            self.env["res.groups"]._handover_decide()

    def _check_access(self, operation):
        """Leave what a handover made to whoever has it, and to handover managers.

        Core lets everybody who sees the handover take it from them, or end it.
        """
        result = super()._check_access(operation)
        if self.env.su or operation not in ("write", "unlink") or not any(self._ids):
            return result
        rest = self - result[0] if result else self
        theirs = rest.sudo().filtered(
            lambda todo: todo.handover_made and todo.user_id != self.env.user
        )
        if not theirs or self.env.user._handover_has_group(MANAGER):
            return result
        theirs = theirs.sudo(False)
        if result:
            return result[0] + theirs, result[1]
        return theirs, lambda: theirs._make_access_error(operation)

    # ------------------------------------------------------------
    # WHAT IT SAYS
    # ------------------------------------------------------------

    @api.model
    def _audience_paths(self):
        return ("user_id", "res_model", "res_id", "handover_made")

    @api.model
    def _audience_domain(self, name):
        Request = self.env["handover.request"]
        given = Request._audience_domain("givers")
        return (
            Domain("user_id", "=", self.env.uid)
            | Domain("handover_made", "=", False)
            | Domain("res_model", "!=", Request._name)
            | Domain("res_id", "in", Request.sudo()._search(given))
        )

    def _audience_value(self, field, value):
        # all others are core's, and cost nothing
        if not self.sudo().handover_made:
            return value
        return super()._audience_value(field, value)

    @api.model
    def _audience_sql(self, field, alias, sql):
        made = SQL.identifier(alias, "handover_made")
        told = super()._audience_sql(field, alias, sql)
        return SQL("CASE WHEN %s THEN %s ELSE %s END", made, told, sql)

    def _action_done(self, feedback=False, attachment_ids=None):
        # the message about it is read by everybody who sees the handover
        made = self.sudo().filtered(lambda todo: todo.handover_made and todo.note)
        notes = {todo: todo.note for todo in made}
        made.note = False
        result = super()._action_done(feedback, attachment_ids)
        for todo, note in notes.items():
            todo.exists().note = note
        return result

    def _compute_res_name(self):
        told = self._handover_told("res_name")
        return super(MailActivity, told)._compute_res_name()
