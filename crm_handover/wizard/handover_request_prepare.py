from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ..day_texts import day_begin, day_end
from ..models.handover_guard import door, is_id, single
from ..models.handover_named import needs
from ..word_texts import listed


class HandoverRequestPrepare(models.TransientModel):
    """Prepares the handover of everything that a person, or a team, has."""

    _name = "handover.request.prepare"
    _description = "Hand Over Someone's Work"
    _inherit = ["handover.typed"]

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="The company whose records are handed over.",
    )
    predecessor_id = fields.Many2one(
        "res.users",
        string="Who Hands Over",
        context={"active_test": False},
        domain=f"[('share', '=', False), ('id', '!=', {SUPERUSER_ID}),"
        " ('handover_company_ids', 'in', company_id)]",
        default=lambda self: self.env.user,
        help="Whose work passes on. People who left already can be chosen as well.",
    )
    predecessor_ids = fields.Many2many(
        "res.users",
        "handover_request_prepare_giver_rel",
        string="Several People",
        context={"active_test": False},
        domain=f"[('share', '=', False), ('id', '!=', {SUPERUSER_ID}),"
        " ('handover_company_ids', 'in', company_id)]",
        help="Several people who hand over together, instead of one or of a team. Each"
        " record says whose it is.",
    )
    source_team_id = fields.Many2one(
        "crm.team",
        string="From Team",
        domain="[('company_id', 'in', (company_id, False))]",
        help="Instead of a person: everything that this team has.",
    )
    successor_id = fields.Many2one(
        "res.users",
        string="Who Takes Over",
        domain="[('share', '=', False), ('id', '!=', predecessor_id),"
        " ('company_ids', 'in', company_id)]",
        help="Who takes over all of it; records can name others later.",
    )
    target_team_id = fields.Many2one(
        "crm.team",
        string="To Team",
        domain="[('company_id', 'in', (company_id, False))]",
        help="The team that the records belong to afterwards.",
    )
    to_pool = fields.Boolean(
        string="Into the Team's Pool",
        help="Nobody takes over yet: what the team can hold without an owner waits in"
        " its pool, until a member takes it. The rest goes to the team's leader.",
    )
    reason_id = fields.Many2one(
        "handover.reason",
        help="Why the work passes on; it also brings the plan of steps.",
    )
    kind = fields.Selection(
        [("permanent", "Permanent"), ("temporary", "Temporary")],
        default="permanent",
        required=True,
        help="Permanent, or temporary with a day on which the records come back.",
    )
    first_day = fields.Date(
        string="First Day Away",
        help="The first whole day on which the predecessor is away: it starts as the"
        " day does, where they are.",
    )
    last_day = fields.Date(
        string="Last Day Away",
        help="The last whole day on which the predecessor is away: it ends with the"
        " day, where they are.",
    )
    date_planned = fields.Datetime(
        string="Planned For",
        compute="_compute_times",
        store=True,
        readonly=False,
        help="When the records are handed over. Empty: as soon as it is approved.",
    )
    is_farewell = fields.Boolean(
        compute="_compute_is_farewell",
        help="The predecessor leaves the company with this handover.",
    )
    date_overlap_end = fields.Date(
        string="Last Day",
        help="Until when the predecessor answers questions.",
    )
    date_return = fields.Datetime(
        string="Comes Back On",
        compute="_compute_times",
        store=True,
        readonly=False,
        help="When a temporary handover is given back by itself.",
    )
    zone_told = fields.Char(
        string="Where They Are",
        compute="_compute_zone_told",
        help="Start and end by the predecessor's clock, where the reader's is another.",
    )
    is_sudden = fields.Boolean(
        string="Cannot Be Reached",
        help="Nobody can ask the predecessor: others confirm and release in their"
        " place.",
    )
    portfolio = fields.Json(
        compute="_compute_portfolio",
        help="What the predecessor has: by kind, with number and value.",
    )
    also_held = fields.Json(
        compute="_compute_portfolio",
        help="Other handovers with the same records, as the reader sees them.",
    )
    left_out = fields.Json(
        string="Kinds Left Out", help="The kinds of record that are not handed over."
    )
    obstacle = fields.Char(
        compute="_compute_portfolio", help="Why the reader may not hand this over."
    )
    elsewhere = fields.Char(
        compute="_compute_elsewhere",
        help="The companies where records of the reader have stayed.",
    )

    @api.model
    def _chosen_defaults(self):
        context = self.env.context
        if context.get("active_model") != "res.users" or not context.get("active_id"):
            return super()._chosen_defaults()
        return {"predecessor_id": context["active_id"]}

    def _draft(self):
        """Return a handover that is not saved, to ask what it would bring."""
        self.ensure_one()
        return self.env["handover.request"].new(self._prepare_request_vals())

    def _prepare_request_vals(self):
        # a day that was chosen for another reason stays out
        end = self._is_farewell() and self.date_overlap_end
        return {
            **({"date_overlap_end": end} if end else {}),
            "company_id": self.company_id.id,
            "predecessor_id": self._giver().id,
            "predecessor_ids": [fields.Command.set(self._several().ids)],
            "source_team_id": self.source_team_id.id,
            "successor_id": self.successor_id.id,
            "target_team_id": self.target_team_id.id,
            "to_pool": self.to_pool and not self.successor_id,
            "reason_id": self.reason_id.id,
            "kind": self.kind,
            "date_planned": self.date_planned,
            "date_return": self.kind == "temporary" and self.date_return,
            "is_sudden": self.is_sudden,
        }

    def _giver(self):
        """Return who hands over alone, or nobody."""
        several = self.predecessor_ids._origin
        return self.predecessor_id or (several if len(several) == 1 else several[:0])

    def _several(self):
        """Return those who hand over together, or nobody.

        Also beside a person or a team, so that the handover refuses it: which of them
        was meant is not for the dialog to guess.
        """
        several = self.predecessor_ids._origin
        return several[:0] if several == self._giver() else several

    def _is_farewell(self):
        """Tell whether the predecessor leaves, as a handover made of this would."""
        return self.env["handover.request"]._leaves_for_good(
            self._giver().sudo(), self.kind, self.reason_id
        )

    @api.depends("kind", "reason_id", "predecessor_id", "predecessor_ids")
    def _compute_is_farewell(self):
        for wizard in self:
            wizard.is_farewell = wizard._is_farewell()

    @api.depends("kind", "first_day", "last_day", "predecessor_id")
    def _compute_times(self):
        """Have a temporary one last for whole days, of whoever is away.

        What somebody has chosen by the hour stays until they choose another day.
        """
        for wizard in self:
            start, end = wizard.date_planned, wizard.date_return
            if wizard.kind == "temporary" and (wizard.first_day or wizard.last_day):
                zone = wizard._draft()._zone()
                start = wizard.first_day and day_begin(zone, wizard.first_day) or start
                end = wizard.last_day and day_end(zone, wizard.last_day) or end
            wizard.date_planned, wizard.date_return = start, end

    @api.depends("kind", "date_planned", "date_return", "predecessor_id")
    @api.depends_context("lang", "tz", "uid")
    @needs("predecessor_id")
    def _compute_zone_told(self):
        for wizard in self:
            wizard.zone_told = wizard._draft().zone_told

    @api.depends("predecessor_id", "predecessor_ids", "source_team_id", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_portfolio(self):
        for wizard in self:
            wizard.portfolio = wizard.obstacle = wizard.also_held = False
            if not wizard._gives():
                continue
            draft = wizard._draft()
            if draft._may_request():
                wizard.portfolio = draft._portfolio()
                wizard.also_held = draft._also_held_open()
            else:
                wizard.obstacle = self.env._(
                    "You may hand over your own work, or that of a team you lead."
                )

    @api.depends("predecessor_id", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_elsewhere(self):
        for wizard in self:
            companies = wizard._left_companies()
            wizard.elsewhere = bool(companies) and self.env._(
                "You no longer work in %s, but records of yours have stayed there.",
                listed(self.env, companies.mapped("name")),
            )

    def _left_companies(self):
        """Return where records of the caller, who hands over, stayed, as superuser.

        Companies in which they no longer work, besides the one that is chosen.
        """
        user = self.env.user.sudo()
        if self.predecessor_id != user:
            return user.company_ids.browse()
        user.invalidate_recordset(["handover_company_ids"])
        return user.handover_company_ids - user.company_ids - self.company_id.sudo()

    @door
    def action_elsewhere(self):
        """Open the same dialog for a company where the caller no longer works.

        :return: a window action
        :raise UserError: when nothing of theirs has stayed elsewhere
        """
        single(self)
        company = self._left_companies()[:1]
        if not company:
            raise UserError(
                self.env._("Nothing of yours has stayed in another company.")
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_handover.handover_request_prepare_action"
        )
        context = {"dialog_size": "extra-large", "default_company_id": company.id}
        return {**action, "context": context}

    def _gives(self):
        """Tell whether it is said whose work passes on."""
        return bool(self.predecessor_id or self.predecessor_ids or self.source_team_id)

    @api.onchange("predecessor_id")
    def _onchange_predecessor_id(self):
        self.left_out = False
        if self.predecessor_id:
            self.source_team_id = self.predecessor_ids = False
            self.is_sudden = not self.predecessor_id.active

    @api.onchange("source_team_id")
    def _onchange_source_team_id(self):
        self.left_out = False
        if self.source_team_id:
            self.predecessor_id = self.predecessor_ids = False

    @api.onchange("predecessor_ids")
    def _onchange_predecessor_ids(self):
        self.left_out = False
        if self.predecessor_ids:
            self.predecessor_id = self.source_team_id = False

    @door
    def action_prepare(self):
        """Make the draft with all that was not left out, and open it.

        :return: a window action
        :raise UserError: when nobody takes over, or all kinds are left out
        """
        single(self)
        if self.obstacle:
            raise UserError(self.obstacle)
        if not self._has_taker():
            raise UserError(self.env._("Say who takes over, or which team."))
        chosen = self._chosen_kinds()
        if not chosen:
            raise UserError(
                self.env._("There is nothing to hand over: choose a kind of record.")
            )
        return self._make_draft(sorted(chosen))._open_form()

    def _has_taker(self):
        """Tell whether it is said who takes over; extended by super()."""
        return bool(self.successor_id or self.target_team_id)

    def _chosen_kinds(self):
        """Return the ids of the kinds to be handed over: a set; extended by super()."""
        left_out = self.left_out or []
        if not isinstance(left_out, list) or not all(map(is_id, left_out)):
            raise UserError(self.env._("Kinds of record are given by their ids."))
        kinds = {kind["id"] for kind in (self.portfolio or {}).get("kinds", [])}
        return kinds - set(left_out)

    def _make_draft(self, scope_ids):
        """Make the draft with all records of these kinds; extended by super().

        :param list scope_ids: ids of kinds of record
        :return: the draft
        """
        request = self.env["handover.request"].create(self._prepare_request_vals())
        self._collect(request, scope_ids)
        return request

    def _collect(self, request, scope_ids):
        """Add the records to the draft, of many in the background."""
        return request.action_collect(scope_ids)
