import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component } from "@odoo/owl";

/** A successor's own rating of each topic: one tap, and it is kept. */
export class HandoverSelfRating extends Component {
    static template = "crm_handover_training.HandoverSelfRating";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.levels = [
            _t("1: new to me"),
            _t("2: I have heard of it"),
            _t("3: I can do it with help"),
            _t("4: I can do it alone"),
            _t("5: I could teach it"),
        ];
        this.moments = [
            { name: "before", label: _t("Before") },
            { name: "after", label: _t("After") },
        ];
    }

    get topics() {
        return this.props.record.data.training_self?.topics || [];
    }

    canRate(topic, moment) {
        const can = this.props.record.data.training_self[`can_${moment}`];
        return can && !(moment === "before" && topic.after);
    }

    isShown(topic, moment) {
        return topic[moment] || this.canRate(topic, moment);
    }

    async rate(topic, moment, rating) {
        const { record } = this.props;
        await this.orm.call(record.resModel, "rate_training", [
            [record.resId],
            topic.id,
            moment,
            rating,
        ]);
        // nothing else of a handover is edited while it is rated
        await record.load();
    }
}

registry.category("view_widgets").add("handover_self_rating", {
    component: HandoverSelfRating,
    fieldDependencies: [{ name: "training_self", type: "json", readonly: true }],
});
