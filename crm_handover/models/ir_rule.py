import ast

from odoo import api, models, tools

from .handover_rights import reads_tables, unremembered
from .handover_scope_joined import OPENING

# fields of `handover.mixin` by which a rule opens records
OPENS = frozenset(OPENING.values())


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _get_rules(self, model_name, mode="read"):
        """Leave out the rules that open records where nothing closes them.

        A group rule that stands alone narrows. Where core's has been switched off, so
        that everybody sees everything, ours must not be the first one.
        """
        rules = super()._get_rules(model_name, mode)
        opening = rules.filtered(lambda rule: self._opens(rule, OPENS))
        if not opening:
            return rules
        # a kind of record may be gone, and not yet the rules that it had brought
        missing = OPENS - self.env[model_name]._fields.keys()
        own = {f"'{name}'" for name in missing}
        gone = opening.filtered(lambda rule: self._opens(rule, own))
        rules, opening = rules - gone, opening - gone
        if not (rules - opening).sudo().groups:
            return rules - opening
        return rules

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        answer = super()._compute_domain
        if reads_tables(self.env):
            answer = unremembered(answer)
        return answer(model_name, mode)

    @api.model
    def _opens(self, rule, names):
        """Tell whether a rule's domain has one of these in it."""
        domain = rule.sudo().domain_force or ""
        return any(name in domain for name in names)

    @api.model
    @tools.ormcache("model_name")
    def _handover_looks_at(self, model_name):
        """Return the names of the fields of a model that its rules look at.

        Whoever changes a rule clears the cache.
        """
        rules = self.sudo().search([("model_id.model", "=", model_name)])
        domains = filter(None, rules.mapped("domain_force"))
        return frozenset(name for domain in domains for name in _looked_at(domain))


def _looked_at(domain):
    """Yield the first names of the paths in a domain, which is an expression."""
    try:
        parts = ast.walk(ast.parse(domain.strip(), mode="eval"))
    except (SyntaxError, ValueError):
        return
    for part in parts:
        if isinstance(part, (ast.List, ast.Tuple)) and len(part.elts) == 3:
            name = part.elts[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield name.value.partition(".")[0]
