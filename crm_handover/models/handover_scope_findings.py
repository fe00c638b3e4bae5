from odoo import models
from odoo.fields import Domain

from ..word_texts import labelled, listed, sentences
from .handover_guard import door, single
from .handover_named import unseen

# whose people hand over and take over
SALES = "sales_team.group_sale_salesman"


class HandoverScope(models.Model):
    """What is wrong with a kind of record, for whoever configures it.

    What makes it useless is refused when it is saved; here is what else people run
    into, and what has changed since.
    """

    _inherit = "handover.scope"

    @door
    def action_check_kind(self):
        """Look whether records of this kind can be handed over, and say it in words.

        What the kind brings to its model is made where it is missing.

        :return: an action that shows it: a warning where something is wrong
        :raise AccessError: when the caller does not configure kinds of record
        """
        single(self)
        # it counts records that the caller may not see
        if not self.has_access("write"):
            raise unseen(self)
        # an add-on that brought the same may have been uninstalled since
        self.sudo()._open_up(self.mapped("model"))
        found = self.sudo()._findings()
        told = found or [self.env._("Records of this kind can be handed over.")]
        if not self._is_gone() and not self._problem():
            told.append(self.sudo()._told_records())
            told.append(self.sudo()._told_fields())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if found else "success",
                # the client puts a full stop of English behind a title
                "message": labelled(self.env, self.name, sentences(self.env, told)),
                "sticky": bool(found),
            },
        }

    def _findings(self):
        """Return what is wrong with this kind: sentences."""
        if self._is_gone():
            return [self._why_missing()]
        if problem := self._problem():
            # in an error a name stands before it
            return [problem[:1].upper() + problem[1:]]
        found = (
            self._access_finding(),
            self._name_finding(),
            self._company_finding(),
            self._overlap_finding(),
        )
        return [text for text in found if text]

    def _access_finding(self):
        """Return which groups people in sales need, if they need one."""
        groups, open_to = self._groups_with("perm_read")
        if not open_to:
            return self.env._(
                "People in sales cannot open them without one of these groups: %s.",
                groups,
            )
        groups, open_to = self._groups_with("perm_write")
        if not open_to:
            return self.env._(
                "People in sales cannot change them without one of these groups: %s.",
                groups,
            )
        return ""

    def _groups_with(self, right):
        """Return which groups have a right on the model, and if sales is one of them.

        :return: ``(names of groups, True or False)``
        """
        rows = self.env["ir.model.access"].search(
            [("model_id", "=", self.model_id.id), (right, "=", True)]
        )
        sales = self.env.ref(SALES).all_implied_ids
        everybody = any(not row.group_id for row in rows)
        names = listed(self.env, rows.group_id.mapped("full_name")) or "-"
        return names, everybody or bool(rows.group_id & sales)

    def _name_finding(self):
        record = self._records().search(self._open_domain(), limit=1)
        unnamed = not record._rec_name and (
            not record or record.display_name == f"{record._name},{record.id}"
        )
        return unnamed and self.env._(
            "They have no name: lists and cards show their number."
        )

    def _company_finding(self):
        return "company_id" not in self._records()._fields and self.env._(
            "They name no company: a handover of any company takes them along."
        )

    def _overlap_finding(self):
        """Return which other kind hands over some of the same records."""
        Model = self._records()
        for other in self._all_of_model(self.model) - self:
            if other.owner_field_id == self.owner_field_id and (
                count := Model.search_count(self._open_domain() & other._open_domain())
            ):
                return self.env._(
                    "%(count)s open records are of the kind %(kind)s as well, by the"
                    " same field: they go by one of these kinds.",
                    count=count,
                    kind=other.name,
                )
        return ""

    def _told_fields(self):
        """Return which of their fields lists and cards show."""
        Model, handler = self._records(), self._handler()
        names = [handler._handover_customer_field, *handler._handover_facts.values()]
        labels = [
            field._description_string(self.env)
            for name in dict.fromkeys(names)
            if (field := Model._fields.get(name)) and field.store
        ]
        shown = listed(self.env, labels) or "-"
        return self.env._("Lists and cards show of their fields: %s.", shown)

    def _told_records(self):
        """Return how many open records name how many people."""
        Model, owner = self._records(), self.owner_field_id.name
        owned = self._open_domain() & Domain(owner, "!=", False)
        people = Model._read_group(owned, [owner])
        return self.env._(
            "Open records that name somebody: %(count)s, of so many people:"
            " %(people)s.",
            count=Model.search_count(owned),
            people=len(people),
        )
