from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..word_texts import listed
from .handover_rights import reads_tables, rights_from_tables, unremembered


class ResUsers(models.Model):
    _inherit = "res.users"

    handover_company_ids = fields.Many2many(
        "res.company",
        string="Companies of Their Work",
        compute="_compute_handover_company_ids",
        search="_search_handover_company_ids",
        compute_sudo=True,
        groups="crm_handover.group_handover_user",
        help="Where they work, and where records of theirs have stayed.",
    )

    @api.depends("company_ids")
    def _compute_handover_company_ids(self):
        for user in self:
            user.handover_company_ids = user.company_ids
        named = Domain("company_id", "!=", False)
        for scope in self._handover_scopes():
            domain = scope._owner_domain(self) & named
            owner = scope.owner_field_id.name
            groups = scope._records()._read_group(domain, [owner, "company_id"])
            for user, company in groups:
                # a task may have other people as well
                (user & self).handover_company_ids |= company

    @api.model
    def _search_handover_company_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        companies = list(value)
        domain = Domain("company_ids", "in", companies)
        for scope in self._handover_scopes():
            Model = scope._records()
            owner = Model._fields[scope.owner_field_id.name]
            Model.flush_model(["company_id", owner.name])
            records = Model._search(
                [("company_id", "in", companies), (owner.name, "!=", False)]
            )
            if owner.type == "many2one":
                owners = records.subselect(owner.name)
            else:
                owners = SQL(
                    "(SELECT %s FROM %s WHERE %s IN %s)",
                    SQL.identifier(owner.column2),
                    SQL.identifier(owner.relation),
                    SQL.identifier(owner.column1),
                    records.subselect(),
                )
            domain |= Domain("id", "in", owners)
        return domain

    def _handover_of_all(self):
        """Return what record rules have for what belongs to no company.

        Whoever is not in all companies would change it for the others as well.

        :return: a list with ``False`` for who is in all companies; else an empty one
        """
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        return [] if companies - self.sudo().company_ids else [False]

    def _handover_managers(self, company):
        """Return who manages a user in ``company``, as superuser; extended by super().

        The nearest first. The core knows of no employees, and so of nobody.
        """
        return self.browse().sudo()

    @api.model
    def _handover_scopes(self):
        """Return the kinds of record in use whose records name a company."""
        return (
            self.env["handover.scope"]
            ._in_use()
            .filtered(lambda scope: "company_id" in self.env[scope.model]._fields)
        )

    def write(self, vals):
        leaving = gone = self.browse()
        if "active" in vals and not vals["active"]:
            self.check_access("write")
            gone = self.sudo().filtered("active")
            leaving = gone.filtered(lambda user: not user.share)
        if leaving:
            self.env["handover.request"]._pass_on_todos(leaving)
        result = super().write(vals)
        if "group_ids" in vals:
            self.env["res.groups"]._handover_changed()
        if leaving:
            self.env["handover.request"]._note_departure(leaving)
        if gone:
            # whoever handed over, also of the portal
            self.env["handover.request"]._end_follows_of(gone)
        return result

    def action_archive(self):
        """Archive users, unless their work is being handed over.

        Archiving deletes a user's open to-dos, which a handover is to move first. Steps
        of handovers go to who stands in.

        :raise UserError: when a user hands over in one that is submitted, approved or
            running
        """
        if not self:
            # a wizard archives those whom somebody ticked, if any
            return super().action_archive()
        # whoever may not archive learns nothing about handovers
        self.check_access("write")
        self._check_archiving()
        self.env["handover.request"]._pass_on_todos(self)
        # core deletes what is open: what is finished is archived, and is history
        archived = self.with_context(active_test=True)
        return super(ResUsers, archived).action_archive()

    def _check_archiving(self):
        """Raise while what these users hand over is under way."""
        requests = (
            self.env["handover.request"]
            .sudo()
            .search(
                self.env["handover.request"]._given_by(self)
                & Domain("state", "in", ("submitted", "approved", "running"))
            )
        )
        if requests:
            givers = self.filtered(
                lambda user: (
                    user in requests.predecessor_id or requests._gives_lines(user)
                )
            )
            raise UserError(
                self.env._(
                    "%(users)s cannot be archived yet, as their open to-dos would be"
                    " lost: finish, cancel or stop %(handovers)s first.",
                    users=listed(self.env, givers.mapped("name")),
                    handovers=listed(self.env, requests.mapped("name")),
                )
            )

    # ------------------------------------------------------------
    # GROUPS AND RIGHTS
    # ------------------------------------------------------------

    def _get_group_ids(self):
        if reads_tables(self.env):
            return tuple(self._handover_group_ids())
        return super()._get_group_ids()

    def _get_company_ids(self):
        answer = super()._get_company_ids
        if reads_tables(self.env):
            answer = unremembered(answer)
        return answer()

    @contextmanager
    def _handover_rights(self, records, companies=None, **context):
        """Have records as the user has them, with rights as the tables say.

        See :func:`rights_from_tables`.

        :param records: of any model, or its empty recordset
        :param companies: in which of their companies they work; all by default
        :param context: what else is to be in the context of these records
        """
        self.ensure_one()
        with rights_from_tables(self.env):
            ids = companies.ids if companies else list(self.sudo()._get_company_ids())
            theirs = records.with_user(self).with_context(
                allowed_company_ids=ids, **context
            )
            for name in ("company", "companies"):
                # an environment is kept, with what it was told before
                theirs.env.__dict__.pop(name, None)
            yield theirs

    def _handover_may(self, records, operation="read", companies=None, **context):
        """Return those of ``records`` that the user may read, or write.

        See :meth:`_handover_rights`.
        """
        with self._handover_rights(records, companies, **context) as theirs:
            return theirs._filtered_access(operation).with_env(records.env)

    def _handover_may_any(self, model, operation="read"):
        """Tell whether access rights let the user at records of a model at all."""
        with self._handover_rights(model.browse()) as theirs:
            return theirs.has_access(operation)

    def _handover_has_group(self, xml_id):
        """Tell whether the user has a group; where it is decided, as the tables say.

        See :class:`ResGroups`.
        """
        self.ensure_one()
        if not self.env["res.groups"]._handover_decides():
            return self.has_group(xml_id)
        known = self.env["ir.model.data"]
        group_id = known._xmlid_to_res_id(xml_id, raise_if_not_found=False)
        return group_id in self._handover_group_ids()

    def _handover_group_ids(self):
        """Return the ids of all groups of the user, implied ones too, from the tables.

        Where it is decided by them, they stay until the transaction ends.
        """
        self.ensure_one()
        groups = self.env["res.groups"]
        deciding = groups._handover_decides()
        known = groups._handover_known()
        if deciding and self.id in known:
            return known[self.id]
        lock = SQL("FOR SHARE") if deciding else SQL()
        self.env.cr.execute(
            SQL(
                "SELECT gid FROM res_groups_users_rel WHERE uid = %s %s", self.id, lock
            ),
            log_exceptions=False,
        )
        own = groups.browse(id_ for (id_,) in self.env.cr.fetchall())
        ids = own._handover_closure()
        if deciding:
            known[self.id] = ids
        return ids
