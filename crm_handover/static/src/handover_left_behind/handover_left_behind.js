import { besides, labelled, listedFirst } from "@crm_handover/handover_texts/handover_texts";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** What the predecessor still has, for who is about to confirm, in lists that open. */
export class HandoverLeftBehind extends Component {
    static template = "crm_handover.HandoverLeftBehind";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get left() {
        return this.props.record.data[this.props.name] || null;
    }

    /** What it is, how many, and the first ones of them. */
    partText({ name, count, names }) {
        const text = labelled(name, formatInteger(count));
        return names.length ? besides(text, listedFirst(names, count > names.length)) : text;
    }

    async open({ res_model }) {
        const action = await this.orm.call("handover.request", "action_view_left_behind", [
            [this.props.record.resId],
            res_model,
        ]);
        return this.action.doAction(action);
    }
}

registry.category("fields").add("handover_left_behind", {
    component: HandoverLeftBehind,
    supportedTypes: ["json"],
});
