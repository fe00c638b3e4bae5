import { fetchAction } from "@crm_handover/handover_action/handover_action";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, toLocaleDateString } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useState } from "@odoo/owl";

// customers that are loaded at first, and with each "Show more"
const SHOWN = 100;
// what fills the bar; more is hardly ever reached, see `urgency` on the server
const MOST_URGENT = 100;
// what is done slides away
const SLIDE = 250;

/** Who to call next: a row for each customer of what somebody took over. */
export class HandoverCalls extends Component {
    static template = "crm_handover_review.HandoverCalls";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Who to Call Next");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({
            // those to call, and those who were called or put off: as far as loaded
            customers: [],
            settled: [],
            total: 0,
            called: 0,
            waiting: 0,
            showsSettled: false,
            leaving: null,
            busy: false,
        });
        onWillStart(() => this.load());
    }

    ask(offset, limit, settled) {
        return this.orm.call("handover.followup", "get_calls", [offset, limit, settled]);
    }

    /** As many as are shown: what somebody has loaded stays there. */
    async load() {
        const { customers, settled, showsSettled } = this.state;
        const answer = await this.ask(0, Math.max(SHOWN, customers.length), false);
        const others = showsSettled
            ? await this.ask(0, Math.max(SHOWN, settled.length), true)
            : { customers: settled };
        Object.assign(this.state, answer, { settled: others.customers, leaving: null });
    }

    /** Add those that come next. */
    async loadMore(name) {
        const known = this.state[name];
        const answer = await this.ask(known.length, SHOWN, name === "settled");
        const ids = new Set(known.map((one) => one.ids[0]));
        const more = answer.customers.filter((one) => !ids.has(one.ids[0]));
        Object.assign(this.state, answer, {
            customers: this.state.customers,
            [name]: [...known, ...more],
        });
    }

    async toggleSettled() {
        this.state.showsSettled = !this.state.showsSettled;
        if (this.state.showsSettled) {
            this.state.settled = [];
            await this.loadMore("settled");
        }
    }

    get display() {
        return { controlPanel: {} };
    }

    get settledCount() {
        return this.state.total - this.state.waiting;
    }

    get progressText() {
        return _t("Called: %(called)s of %(total)s", this.state);
    }

    get settledText() {
        return _t("Called or put off: %s", this.settledCount);
    }

    get percent() {
        return Math.round((100 * this.state.called) / (this.state.total || 1));
    }

    /** How urgent it is, for a bar. */
    bar(customer) {
        const share = Math.min(customer.urgency / MOST_URGENT, 1);
        return {
            width: Math.max(4, Math.round(100 * share)),
            color: share > 0.4 ? "bg-danger" : share > 0.2 ? "bg-warning" : "bg-success",
            text: _t("Urgency: %s", customer.urgency),
        };
    }

    laterText(customer) {
        return _t("again on %s", toLocaleDateString(deserializeDate(customer.later)));
    }

    moreText(customer) {
        return _t("and %s more", customer.more);
    }

    async openRecord(id) {
        const action = await this.orm.call("handover.followup", "action_open_record", [[id]]);
        return this.action.doAction(action);
    }

    /** All records, with their figures: to search, group and export. */
    async openList() {
        const action = await fetchAction(this.env.services, "handover.followup", "open_calls", []);
        return this.action.doAction(action);
    }

    /** Write to the contact, on the most urgent record. */
    async mail(customer) {
        const action = await this.orm.call("handover.followup", "action_mail", [customer.ids]);
        return this.action.doAction(action, { onClose: () => this.load() });
    }

    called(customer) {
        return this.settle(customer, "action_called", _t("Called: %s", customer.name));
    }

    later(customer) {
        return this.settle(customer, "action_call_later", _t("In three days: %s", customer.name));
    }

    async settle(customer, method, text) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await this.orm.call("handover.followup", method, [customer.ids]);
            this.state.leaving = customer.ids[0];
            await new Promise((resolve) => browser.setTimeout(resolve, SLIDE));
            await this.load();
        } finally {
            this.state.busy = false;
        }
        const close = this.notification.add(text, {
            type: "success",
            buttons: [
                {
                    name: _t("Undo"),
                    onClick: () => {
                        close();
                        return this.undo(customer);
                    },
                },
            ],
        });
    }

    async undo(customer) {
        await this.orm.call("handover.followup", "action_undo_call", [customer.ids]);
        await this.load();
    }
}

registry.category("actions").add("handover_calls", HandoverCalls);
