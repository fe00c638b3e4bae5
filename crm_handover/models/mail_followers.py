from odoo import api, models
from odoo.fields import Domain

from .handover_states import CLOSED


class MailFollowers(models.Model):
    """What somebody follows though it is not theirs: it goes on when they are gone."""

    _name = "mail.followers"
    _inherit = ["mail.followers", "handover.pointing"]

    @api.model
    def _handover_elsewhere_domain(self, user):
        """Return the domain of what ``user`` follows of others, or closed by now.

        What still is theirs does not count, and no handover that goes on, where they
        may have a part. Of who is gone everything counts.
        """
        theirs = Domain("partner_id", "=", user.partner_id.id)
        if not user.active:
            return theirs
        followed = self.sudo()._read_group(theirs, ["res_model"])
        return theirs & ~Domain.OR(
            self._handover_own_domain(model, user)
            for (model,) in followed
            if model in self.env and self.env[model]._auto
        )

    @api.model
    def _handover_own_domain(self, model, user):
        """Return the domain of followers of what still is the business of ``user``."""
        Model = self.env[model].sudo().with_context(active_test=False)
        own = Model._search(self._handover_own_records(Model, user))
        return Domain("res_model", "=", model) & Domain("res_id", "in", own)

    @api.model
    def _handover_own_records(self, Model, user):
        if Model._name == "handover.request":
            return Domain("state", "not in", ["done", *CLOSED])
        if Model._name.startswith("handover."):
            return Domain.TRUE
        own = Domain("id", "=", user.partner_id.id)
        own = own if Model._name == "res.partner" else Domain.FALSE
        customer = Model._fields.get("partner_id")
        named = customer and customer.store and customer.comodel_name == "res.partner"
        if user.share and named:
            # what is about themselves reaches a customer as such
            own |= Domain("partner_id", "=", user.partner_id.id)
        scopes = self.env["handover.scope"]._in_use()
        if scopes := scopes.filtered(lambda scope: scope.model == Model._name):
            return own | Domain.OR(
                scope._open_domain() & scope._owner_domain(user) for scope in scopes
            )
        owner = Model._fields.get("user_id")
        if owner and owner.store and owner.comodel_name == "res.users":
            own |= Domain("user_id", "=", user.id)
        return own

    @api.model
    def _handover_restore(self, partner, kept):
        """Let ``partner`` follow again what is still there.

        :param kept: what :meth:`_handover_plain` answered
        :return: how many records they follow again, and what refused, as in ``kept``
        """
        values = []
        for model, subtype_ids, ids, *_partner in kept:
            if model not in self.env:
                continue
            Model = self.env[model].sudo().with_context(active_test=False)
            known = self.search(
                [
                    ("res_model", "=", model),
                    ("res_id", "in", ids),
                    ("partner_id", "=", partner.id),
                ]
            )
            there = set(Model.browse(ids).exists()._ids) - set(known.mapped("res_id"))
            subtypes = self.env["mail.message.subtype"].browse(subtype_ids).exists()
            values += [
                {
                    "res_model": model,
                    "res_id": id_,
                    "partner_id": partner.id,
                    "subtype_ids": subtypes.ids,
                }
                for id_ in ids
                if id_ in there
            ]
        # one that refuses keeps the others from nothing
        refused = self.env["handover.engine"]._sift(
            range(len(values)), lambda some: self.create([values[i] for i in some])
        )
        left = [
            [row["res_model"], row["subtype_ids"], [row["res_id"]], partner.id]
            for row in map(values.__getitem__, map(min, refused))
        ]
        return len(values) - len(refused), left

    def _handover_plain(self):
        """Return what ``self`` follow, plain.

        :return: ``[[model, ids of subtypes, ids, id of who follows], …]``
        """
        found = {}
        for follow in self:
            key = follow.res_model, tuple(follow.subtype_ids.ids), follow.partner_id.id
            found.setdefault(key, []).append(follow.res_id)
        return [
            [model, list(subtypes), ids, partner_id]
            for (model, subtypes, partner_id), ids in found.items()
        ]
