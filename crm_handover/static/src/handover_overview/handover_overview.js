import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";

/** What managers look at first: cards with numbers that open the handovers behind them. */
export class HandoverOverview extends Component {
    static template = "crm_handover.HandoverOverview";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ cards: [], left: [], left_count: 0, pool: {} });
        onWillStart(() => this.load());
    }

    async load() {
        Object.assign(this.state, await this.orm.call("handover.request", "get_overview", []));
    }

    get display() {
        return { controlPanel: {} };
    }

    /** What there is something of: a wall of zeros hides it. */
    get counted() {
        return this.state.cards.filter((card) => card.count);
    }

    get moreLeft() {
        return this.state.left_count - this.state.left.length;
    }

    get moreText() {
        return _t("More people: %s", this.moreLeft);
    }

    number(value) {
        return formatInteger(value);
    }

    openCard(card) {
        return this.openHandovers({ name: card.name, domain: card.domain });
    }

    openHandovers({ name, domain, first = "list" }) {
        const views = ["list", "kanban", "graph", "pivot", "calendar"];
        views.splice(views.indexOf(first), 1);
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: name || _t("Handovers"),
            res_model: "handover.request",
            views: [first, ...views, "form"].map((view) => [false, view]),
            domain: domain || [],
        });
    }

    openPool() {
        return this.action.doAction("crm_handover.handover_request_line_action_pool");
    }

    openHandover(person) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "handover.request",
            res_id: person.handover_id,
            views: [[false, "form"]],
        });
    }

    handOver(person) {
        return this.action.doAction("crm_handover.handover_request_prepare_action", {
            additionalContext: { default_predecessor_id: person.id },
            onClose: () => this.load(),
        });
    }

    prepare() {
        return this.action.doAction("crm_handover.handover_request_prepare_action");
    }
}

registry.category("actions").add("handover_overview", HandoverOverview);
