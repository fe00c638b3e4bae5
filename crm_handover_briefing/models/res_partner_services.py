from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_handover.day_texts import day_text
from odoo.addons.crm_handover.word_texts import listed

# what Odoo, Odoo Enterprise and OCA call the records of a service, where no add-on of
# ours says that customers ask with them; those that are installed are looked at
SERVICE_MODELS = (
    "repair.order",
    "fsm.order",
    "agreement.serviceprofile",
    "rma",
)
# the fields by which these records name a customer, and how far they are
PARTNER_FIELDS = ("partner_id", "customer_id", "commercial_partner_id")
STATE_FIELDS = ("stage_id", "state")
SHOWN = 5


class ResPartner(models.Model):
    """Recent service records on the card of a customer, of whatever app has them."""

    _inherit = "res.partner"

    @api.model
    def _handover_card_sections(self, record):
        sections = super()._handover_card_sections(record)
        asked = [name for name, _field in self._handover_complaint_fields()]
        for name in dict.fromkeys([*asked, *SERVICE_MODELS]):
            sections += self._handover_service_section(record, name)
        return sections

    @api.model
    def _handover_service_section(self, partner, name):
        """Return a section of the latest records of a model, if there are any."""
        Model = partner.env.get(name)
        if Model is None or Model._abstract or not Model.has_access("read"):
            return []
        customer = self._handover_readable_field(Model, PARTNER_FIELDS)
        if not customer or Model._fields[customer].comodel_name != "res.partner":
            return []
        theirs = Domain(customer, "child_of", partner.commercial_partner_id.id)
        latest = Model.search(theirs, order="create_date desc, id desc", limit=SHOWN)
        if not latest:
            return []
        state = self._handover_readable_field(Model, STATE_FIELDS)
        title = partner.env["ir.model"]._get(name).sudo().name
        return [
            {
                "key": name,
                "title": title,
                "rows": [
                    {
                        "text": service.display_name,
                        "detail": self._handover_service_detail(service, state),
                        "res_model": name,
                        "res_id": service.id,
                    }
                    for service in latest
                ],
            }
        ]

    @api.model
    def _handover_readable_field(self, Model, names):
        """Return the first of ``names`` that the reader may read, or ``None``."""
        for name in names:
            field = Model._fields.get(name)
            if field and Model._has_field_access(field, "read"):
                return name
        return None

    @api.model
    def _handover_service_detail(self, service, state):
        parts = [day_text(service.env, service.create_date)]
        if state:
            field, value = service._fields[state], service[state]
            if field.relational:
                # the stage of a record that is read is no secret
                parts.append(value.sudo().display_name or "")
            elif field.type == "selection":
                labels = dict(field._description_selection(service.env))
                parts.append(labels.get(value, ""))
        return listed(self.env, parts)
