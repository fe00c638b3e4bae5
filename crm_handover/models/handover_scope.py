import ast

from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..word_texts import sentences
from .handover_columns import told_apart_by
from .handover_guard import typed
from .handover_no_work import marks, no_work, opens


class HandoverScope(models.Model):
    """One kind of record that can be handed over.

    The engine knows no model by name: whatever has a scope can be handed over. Only
    administrators edit scopes, since a scope says which field names an owner.

    A kind outlives its model: when the app goes that has the model, what was handed
    over stays as history, and refers to its kind. Such a kind is gone for good, since
    the records of a model that comes back under the same name are others.
    """

    _name = "handover.scope"
    _description = "Kind of Record"
    _inherit = ["handover.typed"]
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="What people call these records."
    )
    sequence = fields.Integer(
        default=10,
        help="Its place in lists, and the order in which kinds are handed over.",
    )
    active = fields.Boolean(
        default=True, help="Archived, such records are collected no more."
    )
    # not required in the database, where both may go; _check_scope wants them
    model_id = fields.Many2one(
        "ir.model",
        ondelete="set null",
        domain=[("transient", "=", False), ("abstract", "=", False)],
        help="The model whose records can be handed over.",
    )
    model = fields.Char(
        compute="_compute_model",
        string="Model Name",
        store=True,
        help="The technical name of the model, which stays when its app is gone.",
    )
    owner_field_id = fields.Many2one(
        "ir.model.fields",
        ondelete="set null",
        domain="[('model_id', '=', model_id), ('relation', '=', 'res.users'),"
        " ('store', '=', True), ('ttype', 'in', ('many2one', 'many2many'))]",
        help="The person responsible for a record. With several people in the field,"
        " only the predecessor is replaced.",
    )
    owner_field_name = fields.Char(
        related="owner_field_id.name",
        help="The technical name of the owner field, for other systems.",
    )
    team_field_id = fields.Many2one(
        "ir.model.fields",
        ondelete="set null",
        domain="[('model_id', '=', model_id), ('relation', '=', 'crm.team'),"
        " ('store', '=', True), ('ttype', '=', 'many2one')]",
        help="The sales team of a record, which changes together with the owner.",
    )
    domain = fields.Char(
        string="Open Records",
        required=True,
        default="[]",
        help="Which records are open, and so are collected.",
    )
    is_gone = fields.Boolean(
        compute="_compute_is_gone",
        string="Gone",
        help="The app or the field that this kind needs is not there any more. What was"
        " handed over stays as history.",
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("model_id")
    def _compute_model(self):
        for scope in self:
            # a model that is gone leaves its name
            scope.model = scope.model_id.model or scope.model

    @api.depends("model_id", "owner_field_id")
    def _compute_is_gone(self):
        for scope in self:
            origin = scope._origin
            scope.is_gone = bool(origin) and origin._is_gone()

    # ------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------

    @api.constrains("model_id", "owner_field_id", "team_field_id", "domain")
    def _check_scope(self):
        for scope in self:
            scope._check_usable()

    @api.constrains("active")
    def _check_active(self):
        # whatever is wrong with it, a kind can be archived
        for scope in self.filtered("active"):
            scope._check_usable()

    def _check_usable(self):
        """Raise what keeps records of this kind from being handed over."""
        if problem := self._problem():
            raise ValidationError(
                self.env._(
                    "Kind of record %(kind)s: %(problem)s",
                    kind=self.name,
                    problem=problem,
                )
            )

    def _problem(self):
        """Return why this scope cannot be used, or an empty text."""
        self.ensure_one()
        return (
            self._model_problem()
            or self._owner_problem()
            or self._team_problem()
            or self._domain_problem()
        )

    def _model_problem(self):
        Model = self.env.get(self.model)
        if Model is None or Model._abstract or Model._transient or not Model._auto:
            return self.env._("choose a model that is stored in the database.")
        if why := no_work(Model):
            return self.env._(
                "%(model)s cannot be handed over: %(why)s", model=self.model, why=why
            )
        return ""

    def _owner_problem(self):
        owner = self.env[self.model]._fields.get(self.owner_field_id.name)
        if owner is None or self.owner_field_id.model_id != self.model_id:
            return self._owner_refusal()
        label = self.owner_field_id.field_description
        if (
            owner.type not in ("many2one", "many2many")
            or owner.comodel_name != "res.users"
        ):
            why = self.env._("%s does not name users.", label)
            return self._owner_refusal(why)
        if not owner.store:
            why = self.env._("%s is not stored in the database.", label)
            return self._owner_refusal(why)
        if owner.company_dependent:
            why = self.env._("%s has another value in each company.", label)
            return self._owner_refusal(why)
        if owner.compute and owner.readonly or owner.name in models.MAGIC_COLUMNS:
            why = self.env._("%s is filled in by Odoo alone.", label)
            return self._owner_refusal(why)
        if opens(owner):
            return self.env._("it decides who may do what.")
        if marks(owner):
            return self.env._(
                "%s says who marked a record for themselves, not whose work it is.",
                self.owner_field_id.field_description,
            )
        return ""

    def _owner_refusal(self, why=""):
        text = self.env._("the owner field must be a stored user field to write on.")
        return sentences(self.env, [text, why])

    def _team_problem(self):
        if not self.team_field_id:
            return ""
        team = self.env[self.model]._fields.get(self.team_field_id.name)
        if (
            team is None
            or self.team_field_id.model_id != self.model_id
            or team.comodel_name != "crm.team"
            or team.type != "many2one"
            or not team.store
        ):
            return self.env._("the team field must be a stored sales team field.")
        return ""

    def _domain_problem(self):
        try:
            self._open_domain().validate(self.env[self.model])
        except (ValueError, SyntaxError, TypeError, KeyError):
            return self.env._("the domain of open records is not valid.")
        return ""

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    @typed
    def create(self, vals_list):
        scopes = super().create(vals_list)
        self.env.registry.clear_cache()
        return scopes

    @typed
    def write(self, vals):
        if "model_id" in vals:
            self._check_keeps_model(vals["model_id"])
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        kept = self.browse()
        if self.env.context.get(MODULE_UNINSTALL_FLAG):
            # an app takes its kinds along, but for those that history refers to
            kept = self._with_history()
            kept.active = False
        result = super(HandoverScope, self - kept).unlink()
        self.env.registry.clear_cache()
        return result

    def _with_history(self):
        """Return those of ``self`` that records on handovers are of."""
        lines = self.env["handover.request.line"].sudo()
        groups = lines._read_group([("scope_id", "in", self.ids)], ["scope_id"])
        return self.browse(scope.id for [scope] in groups)

    def _check_keeps_model(self, model_id):
        """Raise when records on handovers would become others, of another model."""
        changed = self.filtered(lambda scope: scope.model_id.id != model_id)
        for scope in changed._with_history():
            raise UserError(
                self.env._(
                    "%s: handovers have such records. Archive it, and add another kind"
                    " for another model.",
                    scope.name,
                )
            )

    # ------------------------------------------------------------
    # WHICH KINDS
    # ------------------------------------------------------------

    @api.model
    def _in_use(self):
        """Return the kinds of record that are collected, in their order, as superuser.

        They are configuration, which the code reads whoever calls it. One whose app is
        gone is none of them.
        """
        return self.sudo().search([("active", "=", True)])._there()

    def _there(self):
        """Return those of ``self`` whose records can be there."""
        return self.filtered(lambda scope: not scope._is_gone())

    def _is_gone(self):
        """Tell whether the records of this kind are gone for good, with their app."""
        self.ensure_one()
        scope = self.sudo()
        Model = self.env.get(scope.model) if scope.model_id else None
        return Model is None or scope.owner_field_id.name not in Model._fields

    @api.model
    def _of_model(self, model):
        """Return the kind of record in use that records of a model are, as superuser.

        :param str model: the name of a model
        :return: one scope, or none
        """
        return self._all_of_model(model)[:1]

    @api.model
    def _all_of_model(self, model):
        """Return all of them: a model may name an owner, and somebody else besides."""
        return self._in_use().filtered(lambda scope: scope.model == model)

    def _lines_domain(self):
        """Return the domain of the lines with records of this kind.

        By another kind that goes by the same field they are on a handover as well.
        """
        return Domain("scope_id.owner_field_id", "=", self.sudo().owner_field_id.id)

    def _deal(self, theirs):
        """Return which records each kind of one model takes: ``{kind: records}``.

        By each field that names people, one kind takes a record: the first of those
        where it is open, or else the first one.

        :param theirs: the records that may go by each kind: ``{kind: records}``
        """
        dealt = dict(theirs)
        for kinds in self.grouped("owner_field_id").values():
            if len(kinds) == 1:
                continue
            taken = kinds[:1]._records()
            for kind in kinds:
                dealt[kind] = kind._open(theirs[kind]) - taken
                taken |= dealt[kind]
            for kind in kinds:
                rest = theirs[kind] - taken
                dealt[kind] |= rest
                taken |= rest
        return dealt

    def _all_owners(self, record):
        """Return the users that own ``record`` by any of these kinds."""
        owners = record.env["res.users"]
        return owners.union(*(scope._owners(record) for scope in self))

    # ------------------------------------------------------------
    # RECORDS
    # ------------------------------------------------------------

    def _open_domain(self):
        """Return the domain of open records; what is archived is not open."""
        domain = Domain(ast.literal_eval(self.domain))
        # of a model made at run time it has another name
        if name := self.env[self.model]._active_name:
            domain &= Domain(name, "=", True)
        return domain

    def _work_domain(self):
        """Return the domain of open records that are work: somebody has to do it."""
        return self._open_domain() & self._handler()._handover_work_domain()

    def _open(self, records):
        """Return those of ``records`` that are open."""
        if not records:
            return records
        named = Domain("id", "in", records.ids)
        return records.search(self._open_domain() & named, order="id")

    def _company_domain(self, companies):
        """Return the domain of the records of companies, or of no company."""
        if "company_id" not in self.env[self.model]._fields:
            return Domain.TRUE
        return Domain("company_id", "in", [*companies.ids, False])

    def _own_company_domain(self, companies):
        """Return the domain of the records that name one of these companies."""
        if "company_id" not in self.env[self.model]._fields:
            return Domain.FALSE
        return Domain("company_id", "in", companies.ids)

    def _owner_domain(self, people):
        """Return the domain of what these users own."""
        return Domain(self.owner_field_id.name, "in", people.ids)

    def _collectable_domain(self, companies):
        """Return the domain of what is collected without a word of its owner.

        Open records of these companies that are not private to their owner, whoever
        that is.
        """
        return (
            self._work_domain()
            & self._company_domain(companies)
            & ~self._handler()._handover_sealed_domain()
        )

    def _why_missing(self):
        """Return why a record of this kind, which was there once, is not any more."""
        if not self._is_gone():
            return self.env._("It was deleted or merged.")
        if self.sudo().model_id:
            return self.env._(
                "The field that named its owner was removed: it cannot be opened here,"
                " handed over or given back."
            )
        return self.env._(
            "Its app was uninstalled: it is history, and cannot be opened, handed over"
            " or given back."
        )

    def _records(self, ids=()):
        """Return the records of this scope with these ids, for the engine.

        As superuser: the callers have checked the role and the owner. Archived ones
        are no obstacle to reading, so nothing is lost on the way. Of a kind that is
        gone there are none.
        """
        gone = self._is_gone()
        Model = self.browse() if gone else self.env[self.model]
        return Model.sudo().with_context(active_test=False).browse(() if gone else ids)

    def _handler(self):
        """Return the model that knows how records of this scope are handed over."""
        mixin = self.env["handover.mixin"]
        Model = mixin if self._is_gone() else self.env[self.model]
        known = isinstance(Model, self.env.registry["handover.mixin"])
        return Model.sudo() if known else mixin.sudo()

    def _has_pool(self):
        """Tell whether such records can wait in a team's pool, where nobody owns them.

        They name a team, and one owner who may be missing.
        """
        scope = self.sudo()
        if scope._is_gone() or not scope.team_field_id:
            return False
        owner = self.env[scope.model]._fields[scope.owner_field_id.name]
        return owner.type == "many2one" and not owner.required

    def _unowned_domain(self):
        """Return the domain of lines whose record is open, and in their pool."""
        nobodys = Domain(self.owner_field_id.name, "=", False) & self._open_domain()
        records = self._records()._search(nobodys)
        columns = "id", self.team_field_id.name
        pairs = records.subselect(
            *(SQL.identifier(records.table, name) for name in columns)
        )
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                "(%s, %s) IN %s",
                SQL.identifier(alias, "res_id"),
                SQL.identifier(alias, "pool_team_id"),
                pairs,
            )
        )

    def _owners(self, record):
        """Return the users that own ``record``."""
        return record[self.owner_field_id.name]

    def _kinds(self, records):
        """Return what tells each of ``records`` from others, but for what it is about.

        Its owners, its team and its company: of records that are alike in these, one is
        asked whether it can be handed over. An add-on that asks more of a record adds
        that by super().
        """
        if not records:
            # of a kind that is gone: the fields are those of no model
            return []
        names = [self.owner_field_id.name, self.team_field_id.name]
        names += ["company_id"] if "company_id" in records._fields else []
        return told_apart_by(records, *filter(None, names))

    def _holders(self, record):
        """Return the names of who owns ``record``, and of its team: texts or ""."""
        owners = ", ".join(self._owners(record).mapped("name"))
        team = self.team_field_id and record[self.team_field_id.name].name
        return owners, team or ""

    def _belonging_domain(self, predecessor, team):
        """Return the domain of what belongs to a person, or else to a sales team.

        :param predecessor: a user, may be archived; empty for a team's records
        :param team: a sales team; its records are those that name it, and where a
            model knows no teams those that its people own, see :meth:`_team_people`
        """
        names = self.owner_field_id.name, self.team_field_id.name
        return self._belonging(self.model, predecessor, team, *names)

    @api.model
    def _belonging(self, model, predecessor, team, owner_field, team_field):
        if predecessor:
            return Domain(owner_field, "in", predecessor.ids)
        if team_field:
            return Domain(team_field, "in", team.ids)
        people, moved = self._team_people(team)
        theirs = Domain(owner_field, "in", people.ids)
        if moved and "company_id" in self.env[model]._fields:
            left = Domain("company_id", "in", team.sudo().company_id.ids)
            theirs |= left & Domain(owner_field, "in", moved.ids)
        return theirs

    @api.model
    def _team_people(self, team):
        """Return whose work is a team's, as superuser: ``(people, moved)``.

        People: the members, and former ones whose user is archived. Moved: former ones
        who work in another company now; what they left in the team's company is meant.
        Whoever went to another team, or works on without one, has taken the work along.
        """
        all_members = team.sudo().crm_team_member_all_ids
        present = all_members.filtered("active").user_id
        former = all_members.user_id - present
        archived = former.filtered(lambda user: not user.active)
        company = team.sudo().company_id
        moved = (former - archived).filtered(
            lambda user: company and company not in user.company_ids
        )
        return present | archived, moved

    @api.model
    @tools.ormcache("model")
    def _owner_fields(self, model):
        """Return the scopes of a model, without a query once they are known.

        :return: ``((id, name of the owner field, of the team field or False), …)``
        """
        scopes = self.sudo().with_context(active_test=False)
        return tuple(
            (scope.id, scope.owner_field_id.name, scope.team_field_id.name)
            for scope in scopes.search([("model", "=", model)])._there()
        )
