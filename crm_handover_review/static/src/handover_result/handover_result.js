import { HandoverStars } from "@crm_handover_review/handover_stars/handover_stars";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

// so many points, and it went well; below so many it did not
const WELL = 80;
const BADLY = 50;

/** The result of a handover as bars: what counted, how much, and its rule. */
export class HandoverResult extends Component {
    static template = "crm_handover_review.HandoverResult";
    static components = { HandoverStars };
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

    /** What people said is told as they said it: in stars. */
    isStars({ part }) {
        return part === "satisfaction";
    }

    starsOf({ points }) {
        return 1 + points / 25;
    }

    tone({ points }) {
        return points >= WELL ? "bg-success" : points < BADLY ? "bg-danger" : "bg-warning";
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
