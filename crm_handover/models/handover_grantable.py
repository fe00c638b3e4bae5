from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Who has one of these can give themselves everything, decides on handovers, or is no
# employee: a group that leads there is never granted.
FORBIDDEN = (
    "base.group_system",
    "base.group_erp_manager",
    "base.group_sanitize_override",
    "base.group_portal",
    "base.group_public",
    "mail.group_mail_template_editor",
    "website.group_website_restricted_editor",
    "website.group_website_designer",
    "crm_handover.group_handover_approver",
)


class HandoverGrantable(models.Model):
    """A group that a handover may give to a successor: the administrator's choice."""

    _name = "handover.grantable"
    _description = "Permission That May Be Given"
    _inherit = ["handover.typed"]
    _order = "sequence, id"

    group_id = fields.Many2one(
        "res.groups",
        required=True,
        index=True,
        ondelete="cascade",
        help="The group that a handover may give to a successor.",
    )
    description = fields.Char(
        string="What It Opens",
        required=True,
        translate=True,
        help="In plain words: who approves a handover reads this.",
    )
    sequence = fields.Integer(default=10, help="Its place in the list.")
    active = fields.Boolean(
        default=True, help="Archived, it is proposed no more; what was given stays."
    )

    _unique_group = models.UniqueIndex(
        "(group_id)", "The group is on the list already."
    )

    @api.depends("group_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for grantable in self:
            grantable.display_name = grantable.group_id.sudo().full_name

    @api.constrains("group_id", "active")
    def _check_group(self):
        for grantable in self.filtered("active"):
            if problem := grantable._problem():
                raise ValidationError(problem)

    def _problem(self):
        """Return why this group may not be given, or an empty text."""
        self.ensure_one()
        group = self.group_id.sudo()
        if group == self.env.ref("base.group_user"):
            return self.env._("Every employee has it: there is nothing to give.")
        included = group.browse(group._handover_closure())
        if forbidden := included & self._forbidden_groups():
            return self.env._(
                "“%(group)s” may not be given, because it includes “%(forbidden)s”.",
                group=group.full_name,
                forbidden=forbidden[0].full_name,
            )
        return ""

    @api.model
    def _forbidden_groups(self):
        groups = self.env["res.groups"].sudo()
        found = (self.env.ref(name, raise_if_not_found=False) for name in FORBIDDEN)
        return groups.union(*(group for group in found if group))

    @api.model
    def _opening(self, model):
        """Return what opens records of ``model``, the narrowest first."""
        opens = (
            self.env["ir.model.access"]
            .sudo()
            .search([("model_id.model", "=", model), ("perm_read", "=", True)])
            .group_id
        )
        grantables = self.sudo().search([("active", "=", True)])
        included = {
            grantable: grantable.group_id._handover_closure()
            for grantable in grantables
        }
        return grantables.filtered(
            lambda grantable: included[grantable] & set(opens.ids)
        ).sorted(lambda grantable: len(included[grantable]))
