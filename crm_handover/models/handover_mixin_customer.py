from odoo import api, models


class HandoverMixin(models.AbstractModel):
    """Which customer a record is about: the company, whoever of it the record names."""

    _inherit = "handover.mixin"

    @api.model
    def _handover_customers(self, records):
        """Return which company each record is about.

        :param records: records as superuser
        :return: ``{record id: partner id}``, of those that name somebody
        """
        customers = {}
        paths = (self._handover_customer_field, *self._handover_customer_paths)
        for path in reversed([*filter(None, paths)]):
            if not self._handover_leads_to_partner(records, path):
                continue
            company = f"{path}.commercial_partner_id"
            for partner, ids in self._handover_by_path(records, company):
                customers.update(dict.fromkeys(ids, partner.id))
        return customers

    @api.model
    def _handover_leads_to_partner(self, records, path):
        """Tell whether a path leads over stored fields of the records to a partner."""
        Model = records
        for name in path.split("."):
            field = Model._fields.get(name)
            if not (field and field.store and field.type == "many2one"):
                return False
            Model = self.env[field.comodel_name]
        return Model._name == "res.partner"

    @api.model
    def _handover_by_path(self, records, path):
        """Return ``[(value, [record ids])]`` of ``records``, in one query.

        :param str path: a field, or fields, as when grouping
        :return: what is set; a record may have several values
        """
        field = records._fields.get(path.split(".")[0])
        if not field or not field.store or not records:
            return []
        groups = records.with_context(active_test=False)._read_group(
            [("id", "in", records.ids)], [path], ["id:array_agg"]
        )
        return [(value, ids) for value, ids in groups if value]
