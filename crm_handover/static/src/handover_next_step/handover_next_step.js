import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** Whose turn it is, and what the reader can do. */
export class HandoverNextStep extends Component {
    static template = "crm_handover.HandoverNextStep";
    static props = { ...standardFieldProps };

    get step() {
        return this.props.record.data[this.props.name] || null;
    }
}

registry.category("fields").add("handover_next_step", {
    component: HandoverNextStep,
    supportedTypes: ["json"],
});

/** In a row, or on a card: where it stands. */
export class HandoverNextStepText extends HandoverNextStep {
    static template = "crm_handover.HandoverNextStepText";
}

for (const view of ["list", "kanban"]) {
    registry.category("fields").add(`${view}.handover_next_step`, {
        component: HandoverNextStepText,
        supportedTypes: ["json"],
    });
}
