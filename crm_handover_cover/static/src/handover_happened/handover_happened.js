import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

// what has no form of its own that says more
const PLAIN = ["mail.activity", "calendar.event"];

/** What happened while somebody is away, customer by customer; records open. */
export class HandoverHappened extends Component {
    static template = "crm_handover_cover.HandoverHappened";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get happened() {
        return this.props.record.data[this.props.name] || null;
    }

    opens({ res_model, res_id }) {
        return Boolean(res_id) && !PLAIN.includes(res_model);
    }

    open({ res_model, res_id }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model,
            res_id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("handover_happened", {
    component: HandoverHappened,
    supportedTypes: ["json"],
});
