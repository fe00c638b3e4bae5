import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** The result of a handover, figure by figure: what counted, how much, and its rule. */
export class HandoverResult extends Component {
    static template = "crm_handover_review.HandoverResult";
    static props = { ...standardFieldProps };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    get score() {
        return this.props.record.data.result_score;
    }

    /** Whether what happened after the handover counts already. */
    get isKnown() {
        return this.props.record.data.has_result;
    }
}

registry.category("fields").add("handover_result", {
    component: HandoverResult,
    supportedTypes: ["json"],
    fieldDependencies: [
        { name: "result_score", type: "integer", readonly: true },
        { name: "has_result", type: "boolean", readonly: true },
    ],
});
