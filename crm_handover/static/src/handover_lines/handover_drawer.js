import { HandoverSections } from "@crm_handover/handover_sections/handover_sections";
import { fetchAction } from "@crm_handover/handover_action/handover_action";
import { _t } from "@web/core/l10n/translation";
import { useActiveElement } from "@web/core/ui/ui_service";
import { KeepLast } from "@web/core/utils/concurrency";
import { useBus, useService } from "@web/core/utils/hooks";
import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

const RISKS = {
    low: { text: _t("Low risk"), tone: "info" },
    medium: { text: _t("Medium risk"), tone: "warning" },
    high: { text: _t("High risk"), tone: "danger" },
};
const STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

/** The card of a record beside the list; the arrow keys go on to the next one. */
export class HandoverDrawer extends Component {
    static template = "crm_handover.HandoverDrawer";
    static components = { HandoverSections };
    static props = {
        ids: Array,
        id: Number,
        show: Function,
        close: Function,
        details: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.answers = new KeepLast();
        this.state = useState({ card: null });
        useActiveElement("root");
        onWillStart(() => this.load(this.props.id));
        onWillUpdateProps((next) => {
            if (next.id !== this.props.id) {
                this.load(next.id);
            }
        });
        if (this.env.handover) {
            useBus(this.env.handover.bus, "RELOADED", () => this.load(this.props.id));
        }
    }

    async load(id) {
        this.state.card = await this.answers.add(
            this.orm.call("handover.request.line", "get_card", [[id]])
        );
    }

    get card() {
        return this.state.card;
    }

    get risk() {
        return RISKS[this.card.risk];
    }

    /** Short facts: `[{ name, text }]`. */
    get facts() {
        const { value, stage, next_step, last_contact } = this.card;
        return [
            { name: _t("Value"), text: value },
            { name: _t("Stage"), text: stage },
            { name: _t("Next step"), text: next_step },
            { name: _t("Last contact"), text: last_contact },
        ].filter(({ text }) => text);
    }

    get place() {
        return this.props.ids.indexOf(this.props.id);
    }

    get placeText() {
        return _t("%(place)s of %(count)s", {
            place: this.place + 1,
            count: this.props.ids.length,
        });
    }

    step(by) {
        const id = this.props.ids[this.place + by];
        if (id) {
            this.props.show(id);
        }
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            this.props.close();
        } else if (ev.key in STEPS && !ev.altKey && !ev.ctrlKey && !ev.metaKey) {
            this.step(STEPS[ev.key]);
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }

    async open({ method }) {
        const args = [[this.props.id]];
        const action = await fetchAction(this, "handover.request.line", method, args);
        return this.action.doAction(action);
    }
}
