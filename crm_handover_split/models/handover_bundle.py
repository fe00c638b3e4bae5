from odoo import api, models


class HandoverMixin(models.AbstractModel):
    """What a record belongs together with, and whom it suits, when work is split.

    Paths lead over stored fields, as when grouping; those that a model has not are
    left out.
    """

    _inherit = "handover.mixin"

    # the field that says what a record is worth, in the currency of its company
    _handover_value_field = None
    # where a record names what it belongs together with: the first one that is set
    _handover_bundle_paths = ("partner_id.commercial_partner_id",)
    # where a record says something about its customer, by the criterion
    _handover_mark_paths = {
        "territory": ("partner_id.country_id", "partner_id.state_id"),
        "language": ("partner_id.lang",),
        "tag": ("tag_ids",),
    }

    @api.model
    def _handover_bundles(self, records, handed):
        """Return what each of ``records`` belongs together with.

        :param records: records as superuser
        :param dict handed: ids of all records on the handover, by model
        :return: ``{record id: (model, id)}``; what is the same belongs together, and a
            record that belongs to nothing else names itself
        """
        bundles = {id_: (records._name, id_) for id_ in records.ids}
        for path in reversed(self._handover_bundle_paths):
            for value, ids in self._handover_by_path(records, path):
                bundles.update(dict.fromkeys(ids, (value._name, value.id)))
        return bundles

    @api.model
    def _handover_marks(self, criterion, records):
        """Return what ``records`` say about their customers.

        :param str criterion: a key of ``_handover_mark_paths``
        :param records: records as superuser
        :return: ``[(mark, [record ids])]``; what is the same is the same mark
        """
        return [
            (self._handover_mark(value), ids)
            for path in self._handover_mark_paths.get(criterion, ())
            for value, ids in self._handover_by_path(records, path)
        ]

    @api.model
    def _handover_mark(self, value):
        return value if isinstance(value, str) else (value._name, value.id)
