import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** The result of a handover, figure by figure: what counted, how much, and its rule. */
export class HandoverOutcome extends Component {
    static template = "crm_handover_review.HandoverOutcome";
    static props = { ...standardFieldProps };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    get score() {
        return this.props.record.data.outcome_score;
    }
}

registry.category("fields").add("handover_outcome", {
    component: HandoverOutcome,
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "outcome_score", type: "integer", readonly: true }],
});
