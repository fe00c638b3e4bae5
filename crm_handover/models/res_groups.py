import logging

from odoo import api, fields, models
from odoo.tools import SQL

from .handover_grant import LASTING
from .handover_rights import reads_tables, unremembered
from .handover_transaction import Forgetting, held

_logger = logging.getLogger(__name__)

IMPLYING = frozenset({"implied_ids", "implied_by_ids"})
# in the cache of the transaction: somebody decides on a handover in it
DECIDING = "handover_deciding"
# whose groups are known, and locked
KNOWN_GROUPS = "handover_known_groups"
DEFINITIONS = "definitions"


class ResGroups(models.Model):
    """What groups imply, as the tables say it.

    Core remembers it for all transactions of a server, also what one of them read that
    began before a change was committed. That is good enough to show things, and not to
    decide: whoever decides reads the tables, and keeps them from changing meanwhile.
    """

    _inherit = "res.groups"

    handover_grantable_ids = fields.One2many(
        "handover.grantable",
        "group_id",
        string="Permission That May Be Given",
        help="Whether a handover may give this group to a successor.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        grows = any(IMPLYING & vals.keys() for vals in vals_list)
        if grows:
            self._handover_hold()
        groups = super().create(vals_list)
        self._handover_changed()
        if grows:
            self._handover_follow()
        return groups

    def write(self, vals):
        grows = bool(IMPLYING & vals.keys())
        if grows:
            self._handover_hold()
        result = super().write(vals)
        self._handover_changed()
        if grows:
            self._handover_follow()
        return result

    def unlink(self):
        result = super().unlink()
        self._handover_changed()
        return result

    @api.model
    def _handover_follow(self):
        """Suspend at once what has grown: what was approved stays what it was."""
        live = self.env["handover.grant"].sudo()
        live = live.search([("state", "in", LASTING), ("kind", "=", "group")])
        live.invalidate_recordset()
        for grant in live:
            grant._follow_group()
        self._handover_signal_after_commit()

    @api.ondelete(at_uninstall=True)
    def _unlink_from_permissions(self):
        self.env["handover.grant"]._let_go(self)

    # ------------------------------------------------------------
    # AS THE TABLES SAY
    # ------------------------------------------------------------

    @api.model
    def _handover_decide(self):
        """Have roles and groups be read from the tables until the transaction ends."""
        if not self.env.cr.readonly:
            self.env.cr.cache[DECIDING] = True

    @api.model
    def _handover_decides(self):
        return self.env.cr.cache.get(DECIDING, False)

    @api.model
    def _get_group_definitions(self):
        if not reads_tables(self.env):
            return super()._get_group_definitions()
        known = self._handover_known()
        if DEFINITIONS not in known:
            known[DEFINITIONS] = unremembered(super()._get_group_definitions)()
        return known[DEFINITIONS]

    @api.model
    def _handover_known(self):
        """Return whose groups are known in this transaction: ``{user id: ids}``.

        And what groups imply, as core has it.
        """
        return held(self.env.cr, KNOWN_GROUPS)

    @api.model
    def _handover_changed(self):
        """Have groups be read anew: this transaction has changed who has which."""
        self._handover_known().clear()

    @api.model
    def _handover_hold(self):
        """Let one transaction at a time change what groups imply, or give groups.

        A group could grow while it is given: each of the two would not see the other
        one. An update, unlike a lock, is a conflict for who began before it: that one
        is tried again, and then sees what the other did.
        """
        if not self.env.registry.ready:
            # an installation is alone, and nobody would try it again
            return
        one = self.env["ir.model.data"]._xmlid_to_res_id(
            "crm_handover.group_handover_manager", raise_if_not_found=False
        )
        self.env.cr.execute(
            SQL("UPDATE res_groups SET write_date = write_date WHERE id = %s", one),
            log_exceptions=False,
        )

    def _handover_closure(self):
        """Return the ids of these groups with all that they imply, as the tables say.

        Where it is decided by them, they do not change until the transaction ends.
        """
        if not self.ids:
            return frozenset()
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE closure (id) AS (
                    SELECT unnest(%s) UNION SELECT implied.hid
                    FROM res_groups_implied_rel implied
                    JOIN closure ON closure.id = implied.gid)
                SELECT id FROM closure""",
                self.ids,
            )
        )
        ids = frozenset(id_ for (id_,) in rows)
        if self._handover_decides():
            self.env.cr.execute(
                SQL(
                    "SELECT FROM res_groups_implied_rel WHERE gid = ANY(%s) FOR SHARE",
                    list(ids),
                ),
                log_exceptions=False,
            )
        return ids

    @api.model
    def _handover_signal_after_commit(self):
        """Have all servers forget who may do what, as soon as they can see it."""
        registry = self.env.registry

        def signal():
            try:
                # whoever asked before the commit has remembered the answer of before
                registry.clear_cache("default", "groups")
                registry.signal_changes()
            except Exception:
                # committed is committed: the job that ends grants signals again
                _logger.exception("Servers were not told about permissions")

        self.env.cr.postcommit.add(Forgetting(signal))
