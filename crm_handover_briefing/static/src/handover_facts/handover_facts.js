import { HandoverSections } from "@crm_handover/handover_sections/handover_sections";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** What the database knows of a record, on its card. */
export class HandoverFacts extends Component {
    static template = "crm_handover_briefing.HandoverFacts";
    static components = { HandoverSections };
    static props = { ...standardFieldProps };

    get sections() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("handover_facts", {
    component: HandoverFacts,
    supportedTypes: ["json"],
});
