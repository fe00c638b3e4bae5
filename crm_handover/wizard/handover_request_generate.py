from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.handover_guard import door, is_id, single
from ..models.handover_limits import limit
from ..models.handover_named import unseen
from ..models.handover_values import check_count
from ..word_texts import listed


class HandoverRequestGenerate(models.TransientModel):
    """Makes a handover of the records that somebody selected in a list.

    Of those of several people, one of each: everybody's own is approved by itself.
    """

    _name = "handover.request.generate"
    _description = "Hand Over Records"
    _inherit = ["handover.typed"]

    res_model = fields.Char(
        required=True, readonly=True, help="The technical name of the records' model."
    )
    res_ids = fields.Json(
        string="Record IDs", readonly=True, help="Which records were selected."
    )
    record_count = fields.Integer(
        compute="_compute_owners",
        string="Records",
        help="How many records were selected.",
    )
    predecessor_id = fields.Many2one(
        "res.users",
        compute="_compute_owners",
        string="Present Owner",
        help="Who owns the records now.",
    )
    owners_told = fields.Char(
        compute="_compute_owners",
        string="Present Owners",
        help="Who own the records now: each of them gets a handover.",
    )
    obstacle = fields.Char(
        compute="_compute_owners",
        help="Why these records cannot be handed over together.",
    )
    successor_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('id', '!=', predecessor_id)]",
        help="Who takes the records over.",
    )
    target_team_id = fields.Many2one(
        "crm.team",
        string="To Team",
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
    with_theirs = fields.Boolean(
        string="With What Is Theirs",
        help="The open deals, tasks and other records of the same owner about these"
        " customers, too.",
    )
    with_contacts = fields.Boolean(
        help="The contacts of these companies that have the same owner, too. Who else"
        " owns a contact keeps it.",
    )
    closed_told = fields.Char(
        compute="_compute_closed_told",
        string="Closed Among Them",
        help="How many of the selected records are closed, and what they are worth.",
    )
    although_closed = fields.Boolean(
        help="Hand over those that are closed as well: won, lost, done, cancelled or"
        " archived. Otherwise they stay with who closed them, and so does their credit."
    )
    note = fields.Text(string="To Know", help="Goes with each of the records.")

    @api.model
    def _chosen_defaults(self):
        context = self.env.context
        if not (context.get("active_model") and context.get("active_ids")):
            return super()._chosen_defaults()
        return {"res_model": context["active_model"], "res_ids": context["active_ids"]}

    def _selected_ids(self):
        ids = self.res_ids
        return ids if isinstance(ids, list) and all(map(is_id, ids)) else []

    def _readable(self):
        """Return the selected records that the caller reads.

        :raise AccessError: when a dialog that was saved names others
        """
        # more than that is refused before anything is made of them
        ids = self._selected_ids()[: limit(self.env, "max_records_per_call")]
        records = self.env[self.res_model].browse(ids)
        readable = records.exists()._filtered_access("read")
        if self.ids and readable != records:
            raise unseen(records)
        return readable

    def _scopes(self):
        return self.env["handover.scope"]._all_of_model(self.res_model)

    def _ids_by_owner(self):
        """Return which of the records each owner has, as the caller sees them.

        Who is an owner of all of them hands over their own part, and nobody else's.

        :return: ``{user: ids}``; those of nobody under the empty recordset
        """
        scopes, by_owner = self._scopes(), defaultdict(list)
        records = self._readable() if scopes else ()
        for record in records:
            owners = scopes._all_owners(record)
            for owner in owners or [owners]:
                by_owner[owner].append(record.id)
        mine = by_owner.get(self.env.user, ())
        return {self.env.user: mine} if len(mine) == len(records) > 0 else by_owner

    @api.depends("res_model", "res_ids")
    @api.depends_context("uid")
    def _compute_owners(self):
        for wizard in self:
            by_owner = wizard._ids_by_owner()
            nobody = self.env["res.users"]
            owners = nobody.union(*by_owner)
            wizard.record_count = len(wizard._selected_ids())
            wizard.predecessor_id = owners if len(owners) == 1 else False
            several = len(owners) > 1
            wizard.owners_told = several and listed(self.env, owners.mapped("name"))
            unowned = len(by_owner.get(nobody, ()))
            wizard.obstacle = wizard._obstacle(owners, unowned)

    @api.depends("res_model", "res_ids")
    @api.depends_context("uid", "lang")
    def _compute_closed_told(self):
        for wizard in self:
            wizard.closed_told = wizard._closed_told()

    def _closed_told(self):
        """Return number and value of the closed ones that the caller may read."""
        scopes = self._scopes()
        if not (scopes and self.env[self.res_model].has_access("read")):
            return ""
        closed = self._readable()
        for scope in scopes.with_env(self.env):
            closed -= scope._open(closed)
        draft = self.env["handover.request"].new({"company_id": self.env.company.id})
        row = draft._kind_row(scopes[:1], fields.Domain("id", "in", closed.ids))
        return draft._tell_kinds([row])

    def _obstacle(self, owners, unowned):
        if not self._selected_ids():
            return self.env._("Select records first.")
        if not owners:
            return self.env._("The records have no owner.")
        return bool(unowned) and self.env._(
            "Records without an owner: %s. Leave them out of the selection.", unowned
        )

    @door
    def action_generate(self):
        """Create the draft with the records on it, and open it; one of each owner.

        :return: a window action
        :raise UserError: when the records cannot be handed over together, or nobody
            takes over
        """
        single(self)
        check_count(self.env, self._selected_ids())
        if self.obstacle:
            raise UserError(self.obstacle)
        if not self._has_taker():
            raise UserError(self.env._("Say who takes over, or which team."))
        requests = self.env["handover.request"]
        for owner, ids in self._ids_to_give().items():
            requests |= self._generate(owner, ids)
        return requests._open()

    def _has_taker(self):
        """Tell whether it is said who takes over; extended by super()."""
        return bool(self.successor_id or self.target_team_id)

    def _ids_to_give(self):
        """Return which of the records each owner hands over: ``{user: ids}``."""
        if self.predecessor_id:
            return {self.predecessor_id: self.res_ids}
        # what the successor has is theirs already
        by_owner = self._ids_by_owner()
        return {
            owner: ids for owner, ids in by_owner.items() if owner != self.successor_id
        }

    def _generate(self, owner, ids):
        """Create the draft of what one owner hands over; extended by super()."""
        request = self.env["handover.request"].create(
            {
                "predecessor_id": owner.id,
                "successor_id": self.successor_id.id,
                "target_team_id": self.target_team_id.id,
                "to_pool": self.to_pool and not self.successor_id,
                "reason_id": self.reason_id.id,
            }
        )
        line_ids = request.add_records(self.res_model, ids)
        if self.note:
            lines = self.env["handover.request.line"].browse(line_ids)
            lines.write({"note": self.note})
        if self.although_closed:
            request._closed_lines().write({"although_closed": True})
        if self.with_contacts and self.res_model == "res.partner":
            request.action_add_contacts()
        if self.with_theirs and self.res_model == "res.partner":
            request._add_what_is_theirs(self.env["res.partner"].browse(ids))
        return request
