from odoo import SUPERUSER_ID, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..word_texts import listed
from .handover_guard import door, single

# so many administrators are named
NAMED = 3


class HandoverRequest(models.Model):
    """Seats that nobody holds any more: groups that the leaver alone has.

    The largest ones: what they imply is theirs as well. What a handover may give is
    proposed as a permission; the rest is an administrator's.
    """

    _inherit = "handover.request"

    @door
    def action_propose_vacant(self):
        """Propose to the successor what nobody else has, as far as it may be given.

        :return: ``True``
        :raise AccessError: when the caller may not propose permissions here
        :raise UserError: when it is no draft, or there is nothing to give
        """
        single(self)
        self._lock()
        self._check_permission_edit()
        groups, _rest = self._vacant_seats()
        taker = self._inflow_taker()
        if not (groups and taker):
            raise UserError(
                self.env._("%s: there is no such permission to propose.", self.name)
            )
        self.env["handover.grant"].create(
            [
                {
                    "request_id": self.id,
                    "user_id": taker.id,
                    "kind": "group",
                    "group_id": group.id,
                }
                for group in groups
            ]
        )
        return True

    @door
    def action_view_vacant(self):
        """Open the groups that nobody else has, to give them to somebody.

        :return: a window action
        :raise AccessError: when the caller may not change groups
        """
        single(self)
        if not self.env["res.groups"].has_access("write"):
            raise AccessError(self.env._("Administrators give groups to people."))
        _groups, rest = self._vacant_seats()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Groups That Nobody Else Has"),
            "res_model": "res.groups",
            "domain": [("id", "in", rest.ids)],
            "views": [[False, "list"], [False, "form"]],
            "context": {"create": False},
        }

    def _vacant_seats(self):
        """Return groups that the leaver alone has: those to give here, and the rest.

        Not what is proposed already.
        """
        groups = self._vacant_groups()
        grantables = self.env["handover.grantable"].sudo()
        grantable = grantables.search([("group_id", "in", groups.ids)]).group_id
        proposed = self.sudo().grant_ids.filtered(lambda g: g.state != "ended")
        groups -= proposed.group_id
        return groups & grantable, groups - grantable

    def _vacant_groups(self):
        """Return the largest groups that nobody else who works here has."""
        none = self.env["res.groups"].sudo()
        giver = self.sudo().predecessor_id
        if not giver or not self._is_farewell():
            return none
        others = (
            Domain("id", "!=", giver.id)
            & Domain("share", "=", False)
            & Domain("company_ids", "in", self.company_id.ids)
        )
        Users = self.env["res.users"].sudo()
        held = none.union(
            *(group for [group] in Users._read_group(others, ["group_ids"]))
        )
        had = none.browse(giver._handover_group_ids())
        vacant = had - none.browse(held._handover_closure())
        implied = {
            id_
            for group in vacant
            for id_ in group._handover_closure()
            if id_ != group.id
        }
        return vacant.exists().filtered(lambda group: group.id not in implied)

    # ------------------------------------------------------------
    # WHAT IS TOLD
    # ------------------------------------------------------------

    def _preflight_findings(self):
        return [*super()._preflight_findings(), *self._vacant_findings()]

    def _vacant_way(self):
        """Return who decides on what no handover may give, as a sentence.

        Who gets it is theirs to say: no handover makes an administrator.
        """
        users = self.env.ref("base.group_system").sudo().all_user_ids
        giver, company = self.sudo().predecessor_id, self.sudo().company_id
        others = users.filtered(
            lambda user: (
                user.active and user != giver and company in user.company_ids
                and user.id != SUPERUSER_ID
            )
        )  # fmt: skip
        if not others:
            return self.env._("Have an administrator give it to somebody else.")
        return self.env._(
            "Ask %s: an administrator gives it to somebody else, or lets handovers give"
            " it.",
            self._names(others.sorted("name")[:NAMED]),
        )

    def _vacant_findings(self):
        if not self._sees_sealed(self.env.user):
            return []
        groups, rest = self._vacant_seats()
        taker = self._inflow_taker().sudo()
        if not taker:
            groups, rest = groups.browse(), groups | rest
        found = []
        for code, some, fix in (
            (
                "vacant_permission",
                groups,
                self.env._("Propose it as a permission of %s.", taker.name),
            ),
            (
                "vacant_seat",
                rest,
                self._vacant_way(),
            ),
        ):
            if some:
                text = self.env._(
                    "Nobody else has what %(user)s has: %(groups)s.",
                    user=self.sudo().predecessor_id.name,
                    groups=listed(self.env, some.mapped("full_name")),
                )
                finding = self._finding(code, "warning", text, fix)
                if self.env["res.groups"].has_access("write"):
                    # who may change them is led there
                    finding["res_model"] = "res.groups"
                found.append(finding)
        return found
