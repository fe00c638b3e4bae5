import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** What the database knows of a record: sections of rows, each may open what it names. */
export class HandoverFacts extends Component {
    static template = "crm_handover_briefing.HandoverFacts";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get sections() {
        return this.props.record.data[this.props.name] || [];
    }

    open({ res_model, res_id }) {
        if (res_model === "ir.attachment") {
            return this.action.doAction({
                type: "ir.actions.act_url",
                url: `/web/content/${res_id}?download=true`,
                target: "download",
            });
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model,
            res_id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("handover_facts", {
    component: HandoverFacts,
    supportedTypes: ["json"],
});
