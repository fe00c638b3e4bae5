from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_amount

from odoo.addons.crm_handover.word_texts import listed

# so many people are named with what they have, the rest is counted
NAMED = 3


class HandoverHeldWork(models.AbstractModel):
    """What people who are archived have, in words, with what it is worth."""

    _inherit = "handover.held.work"

    @api.model
    def _values(self, users):
        """Return what open records of ``users`` are worth that the caller may read.

        :return: ``{user: {model: value}}``, in the currency of the caller's company
        """
        values = defaultdict(dict)
        Request, company = self.env["handover.request"].sudo(), self.env.company
        people = {user.id: user for user in users.sudo()}
        for scope in self.env["handover.scope"].sudo()._in_use():
            # the guard itself looks as superuser
            Model = self.env(su=False)[scope.model].with_context(active_test=False)
            amount = scope._fact_field("amount")
            if not (
                amount
                and Model.has_access("read")
                and Model._has_field_access(amount, "read")
            ):
                continue
            # which are open is for the code to know: callers may not see stages
            held = scope._records()._search(Request._held_records(scope, users))
            readable = Model._search(Domain("id", "in", held.subselect()))
            worth = scope._worth_by_owner(readable, company)
            for user_id, (_count, value) in worth.items():
                if user := people.get(user_id):
                    of_user = values[user]
                    of_user[scope.model] = of_user.get(scope.model, 0) + value
        return dict(values)

    @api.model
    def _parts(self, counts):
        """Return what people have, for people to read, by their users.

        :param counts: as of :meth:`_counts`
        :return: ``{user: [{"name", "count", "value"}]}``; the value is a text, empty
            where there is none that the caller may read
        """
        people = self.env["res.users"].sudo().union(*counts)
        worth, currency = self._values(people), self.env.company.currency_id

        def told(user, model):
            value = worth.get(user, {}).get(model)
            return format_amount(self.env, value, currency) if value else ""

        Request = self.env["handover.request"]
        models = {model for held in counts.values() for model in held}
        names = {model: Request._left_name(model) for model in models}
        return {
            user: [
                {"name": names[model], "count": held[model], "value": told(user, model)}
                for model in held
            ]
            for user, held in counts.items()
        }

    @api.model
    def _told(self, parts):
        """Return what people have, in one sentence.

        :param parts: as of :meth:`_parts`
        """
        texts = [
            self.env._(
                "%(user)s (%(work)s)",
                user=user.name,
                work=listed(self.env, map(self._part_text, theirs)),
            )
            for user, theirs in list(parts.items())[:NAMED]
        ]
        if len(parts) > NAMED:
            texts.append(self.env._("more people: %s", len(parts) - NAMED))
        return listed(self.env, texts)

    @api.model
    def _part_text(self, part):
        values = {"kind": part["name"], "count": part["count"]}
        if part["value"]:
            return self.env._(
                "%(kind)s: %(count)s, worth %(value)s", **values, value=part["value"]
            )
        return self.env._("%(kind)s: %(count)s", **values)
