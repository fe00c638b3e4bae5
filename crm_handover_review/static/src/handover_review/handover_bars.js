import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component } from "@odoo/owl";

/** A figure after the handover and before it, as two bars; the numbers stand beside. */
export class HandoverBars extends Component {
    static template = "crm_handover_review.HandoverBars";
    static props = { ...standardWidgetProps, after: String, before: String };

    get bars() {
        const { after, before, record } = this.props;
        const values = [record.data[after], record.data[before]].map((n) => Math.abs(n || 0));
        const most = Math.max(...values);
        return most ? values.map((value) => Math.round((100 * value) / most)) : [];
    }
}

registry.category("view_widgets").add("handover_bars", {
    component: HandoverBars,
    extractProps: ({ options: { after, before } }) => ({ after, before }),
});
