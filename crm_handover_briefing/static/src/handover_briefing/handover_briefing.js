import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component } from "@odoo/owl";

/** How far the briefing is, by kind of record; a whole kind is released with a click. */
export class HandoverBriefing extends Component {
    static template = "crm_handover_briefing.HandoverBriefing";
    static props = { ...standardWidgetProps };

    get kinds() {
        return this.props.record.data.briefing || [];
    }

    get canBrief() {
        return this.props.record.data.can_brief;
    }

    /** As a button of the form, which saves and loads it anew. */
    release(kind) {
        const { record } = this.props;
        return this.env.onClickViewButton({
            clickParams: {
                type: "object",
                name: "action_release_cards",
                args: JSON.stringify([kind.id]),
            },
            getResParams: () => ({
                resModel: record.resModel,
                resId: record.resId,
                resIds: record.resIds,
                context: record.context,
                evalContext: record.evalContext,
            }),
        });
    }
}

registry.category("view_widgets").add("handover_briefing", {
    component: HandoverBriefing,
    fieldDependencies: [
        { name: "briefing", type: "json", readonly: true },
        { name: "can_brief", type: "boolean", readonly: true },
    ],
});
