import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, useState } from "@odoo/owl";
import { HandoverGapFill } from "../handover_gap_fill/handover_gap_fill";

/** What the records of a handover lack, by kind: filled in here, or opened in a list. */
export class HandoverGaps extends Component {
    static template = "crm_handover_completeness.HandoverGaps";
    static components = { HandoverGapFill };
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.state = useState({ filling: false });
    }

    get requestId() {
        return this.props.record.resId;
    }

    /** The summary says so to whoever may fill it in. */
    canFill(gap) {
        return Boolean(gap.fills);
    }

    fill(gap) {
        this.state.filling = this.state.filling === gap.id ? false : gap.id;
    }

    async reload() {
        await this.props.record.save();
        await this.props.record.load();
    }

    get gaps() {
        return this.props.record.data.gap_summary || [];
    }

    openLines(gap) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("%(kind)s: %(gap)s", { kind: gap.scope, gap: gap.name }),
            res_model: "handover.request.line",
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            domain: [
                ["request_id", "=", this.props.record.resId],
                ["gap_ids", "in", [gap.id]],
            ],
        });
    }
}

registry.category("view_widgets").add("handover_gaps", {
    component: HandoverGaps,
    fieldDependencies: [{ name: "gap_summary", type: "json", readonly: true }],
});
