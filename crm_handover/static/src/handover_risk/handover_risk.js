import { registry } from "@web/core/registry";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";

const CLASSES = {
    low: "text-bg-info",
    medium: "text-bg-warning",
    high: "text-bg-danger",
};

/** A risk to choose; to read, a badge that keeps quiet where there is none. */
export class HandoverRiskField extends SelectionField {
    static template = "crm_handover.HandoverRiskField";

    get badgeClass() {
        return CLASSES[this.value];
    }
}

registry.category("fields").add("handover_risk", {
    ...selectionField,
    component: HandoverRiskField,
    supportedTypes: ["selection"],
});
