import { HandoverSections } from "@crm_handover/handover_sections/handover_sections";
import { besides, labelled, shortMoney } from "@crm_handover/handover_texts/handover_texts";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast, Mutex } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";

// so long after the last key it is saved, in milliseconds
const PAUSE = 800;
// customers of the list that are shown before and after the present one
const AROUND = 12;
const RISKS = [
    ["none", _t("None")],
    ["low", _t("Low")],
    ["medium", _t("Medium")],
    ["high", _t("High")],
];
// what is asked of each customer, and an example of it
const ALWAYS = [
    ["note", _t("e.g. Decides after the trade fair in May")],
    ["promises", _t("e.g. Price stays until the end of the year")],
    ["next_steps", _t("e.g. Call Ms Hartwig on Monday")],
    ["avoid", _t("e.g. Do not call on Fridays")],
];
const WITH_RISK = [
    ["risk_detail", _t("e.g. A competitor has made an offer")],
    ["risk_measure", _t("e.g. Bring the reference of the brewery along")],
];

/** The briefing, one customer after the other, what matters most first. */
export class HandoverBriefingFlow extends Component {
    static template = "crm_handover_cockpit.HandoverBriefingFlow";
    static components = { HandoverSections, Layout };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Briefing");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.risks = RISKS;
        this.sharedText = _t("shared");
        this.openText = _t("to write");
        this.root = useRef("root");
        // one write after the other, and of several answers the last one
        this.writes = new Mutex();
        this.answers = new KeepLast();
        // what is not saved yet, by the card that it was written on
        this.changed = new Map();
        // what waits for its turn, or for the server's answer
        this.underWay = new Set();
        this.state = useState({ data: null, place: 0, customer: null, busy: false, saved: "" });
        this.saveSoon = useDebounced(() => this.save(), PAUSE, { execBeforeUnmount: true });
        useHotkey("control+enter", () => this.goOn(), { bypassEditableProtection: true });
        useSetupAction({
            beforeLeave: () => this.save(),
            beforeUnload: (ev) => this.saveUrgently(ev),
        });
        useEffect(
            () => this.root.el?.querySelector("textarea")?.focus(),
            () => [this.state.customer?.card_id]
        );
        onWillStart(() => this.load());
    }

    get resId() {
        return this.props.action.context.active_id;
    }

    get data() {
        return this.state.data;
    }

    get customers() {
        return this.data.customers;
    }

    get present() {
        return this.customers[this.state.place];
    }

    call(method, ...args) {
        return this.orm.call("handover.request", method, [[this.resId], ...args]);
    }

    async load() {
        this.state.data = await this.call("get_briefing");
        this.env.config.setDisplayName(_t("Briefing: %s", this.data.name));
        const first = this.customers.findIndex(({ is_shared }) => !is_shared);
        await this.show(Math.max(first, 0));
    }

    async show(place) {
        await this.save();
        const customer = this.customers[place];
        if (customer) {
            const answer = await this.answers.add(
                this.call("get_briefing_customer", customer.line_ids)
            );
            // what was written meanwhile is of the former one
            await this.save();
            Object.assign(this.state, { customer: answer, place, saved: "" });
        }
    }

    // ------------------------------------------------------------
    // WRITING
    // ------------------------------------------------------------

    /** Keep in mind what was written about a customer, whoever is shown by now. */
    write({ customer, present }, name, value) {
        if (name === "risk") {
            customer.risk = value;
        } else {
            customer.texts[name] = value;
        }
        this.remember({ customer, present, values: { [name]: value } });
        this.state.saved = "";
        this.saveSoon();
    }

    /** What was written later counts. */
    remember(one) {
        const id = one.customer.card_id;
        const known = this.changed.get(id);
        this.changed.set(id, { ...one, values: { ...known?.values, ...one.values } });
    }

    /** Keep what was written; what was shared is to be shared again. */
    async save() {
        // also what is typed while it writes: it comes before what is shared
        while (this.changed.size) {
            const [[id, { customer, present, values }]] = this.changed;
            this.changed.delete(id);
            const sent = { id, values };
            this.underWay.add(sent);
            try {
                await this.writes.exec(() => this.orm.write("handover.card", [id], values));
            } catch (error) {
                // it is tried again, under what was written since
                const since = this.changed.get(id)?.values;
                this.remember({ customer, present, values: { ...values, ...since } });
                throw error;
            } finally {
                this.underWay.delete(sent);
            }
            if (!customer.card_ids.includes(id)) {
                customer.card_ids.push(id);
            }
            present.is_shared = false;
            if ("risk" in values) {
                present.risk = values.risk;
            }
            this.state.saved = _t("Saved");
        }
        await this.writes.getUnlockedDef();
    }

    /** The page is closed: an ordinary call would be given up with it. */
    saveUrgently(ev) {
        const changed = [...this.changed].map(([id, { values }]) => ({ id, values }));
        // in the order of writing: what was typed last counts
        const lost = [...this.underWay, ...changed].filter((one) => !this.sendUrgently(one));
        if (lost.length) {
            // the browser sends so much and no more: it asks before it closes
            ev.preventDefault();
            ev.returnValue = "Unsaved changes";
        }
    }

    /** Return whether the browser takes it upon itself to send it. */
    sendUrgently({ id, values }) {
        const params = {
            model: "handover.card",
            method: "write",
            args: [[id], values],
            kwargs: { context: user.context },
        };
        const data = JSON.stringify({ jsonrpc: "2.0", method: "call", params });
        const blob = new Blob([data], { type: "application/json" });
        const isSent = navigator.sendBeacon("/web/dataset/call_kw/handover.card/write", blob);
        if (isSent && this.changed.get(id)?.values === values) {
            this.changed.delete(id);
        }
        return isSent;
    }

    /** Share what is there, and go on to the next one that is not shared. */
    async goOn() {
        if (this.state.busy || !this.present) {
            return;
        }
        this.state.busy = true;
        try {
            await this.save();
            const { present } = this;
            const { customer } = this.state;
            if (this.data.can_share && customer.card_ids.length) {
                await this.orm.call("handover.card", "action_release", [customer.card_ids]);
                customer.card_ids = [];
                present.is_shared = true;
            }
            await this.show(this.nextPlace);
        } finally {
            this.state.busy = false;
        }
    }

    /** The next one to share; without any, the next one in the list. */
    get nextPlace() {
        const { place } = this.state;
        const order = [...this.customers.keys()].map(
            (n) => (place + 1 + n) % this.customers.length
        );
        const open = order.find((n) => !this.customers[n].is_shared);
        return this.data.can_share ? open ?? place : order[0];
    }

    // ------------------------------------------------------------
    // TEXTS
    // ------------------------------------------------------------

    /** Whose card is shown; what is typed belongs to it, also while another one comes. */
    get shown() {
        return { customer: this.state.customer, present: this.present };
    }

    get fields() {
        const { shown } = this;
        const asked = shown.customer.risk === "none" ? [] : WITH_RISK;
        const { labels, texts } = shown.customer;
        return [...ALWAYS, ...asked].map(([name, example]) => ({
            name,
            shown,
            example,
            label: labels[name],
            text: texts[name],
        }));
    }

    get shared() {
        return this.customers.filter(({ is_shared }) => is_shared).length;
    }

    get isDone() {
        return this.shared === this.customers.length;
    }

    get progressText() {
        return _t("%(part)s of %(whole)s", { part: this.shared, whole: this.customers.length });
    }

    get percent() {
        return Math.round((100 * this.shared) / (this.customers.length || 1));
    }

    get goOnText() {
        return this.data.can_share ? _t("Share and Next") : _t("Next Customer");
    }

    /** The customers around the present one: `[{ place, customer }]`. */
    get around() {
        const start = Math.max(
            0,
            Math.min(this.state.place - AROUND, this.customers.length - 2 * AROUND - 1)
        );
        return this.customers
            .slice(start, start + 2 * AROUND + 1)
            .map((customer, n) => ({ place: start + n, customer }));
    }

    get more() {
        return this.customers.length - this.around.length;
    }

    get moreText() {
        return _t("%s more", this.more);
    }

    money(value) {
        return shortMoney(value, this.data.currency_id);
    }

    /** Who asked, and when. */
    askedText({ who, day }) {
        return labelled(who, day);
    }

    recordText({ name, kind }) {
        return besides(name, kind);
    }

    riskText({ risk }) {
        return { low: _t("Low risk"), medium: _t("Medium risk"), high: _t("High risk") }[risk];
    }

    async toHandover() {
        // one with very many records opens as its form
        const ids = [this.resId];
        const action = await this.orm.call("handover.request", "action_open_cockpit", [ids]);
        return this.action.doAction(action);
    }
}

registry.category("actions").add("handover_briefing_flow", HandoverBriefingFlow);
