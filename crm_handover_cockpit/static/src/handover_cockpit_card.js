import { besides } from "@crm_handover/handover_texts/handover_texts";
import { _t } from "@web/core/l10n/translation";
import { Component } from "@odoo/owl";

const RISKS = { low: _t("Low risk"), medium: _t("Medium risk"), high: _t("High risk") };
const BRIEFINGS = { released: _t("briefed"), understood: _t("understood") };

/** A customer on the cockpit, with what goes along. */
export class HandoverCockpitCard extends Component {
    static template = "crm_handover_cockpit.HandoverCockpitCard";
    static props = {
        card: Object,
        kinds: Object,
        isOpen: Boolean,
        isDraft: Boolean,
        isOver: Boolean,
        // whom it can be given to
        others: Array,
        give: Function,
        toggle: Function,
        open: Function,
        accept: Function,
        decline: Function,
        money: Function,
    };

    get card() {
        return this.props.card;
    }

    /** What matters most of it: a deal before its customer. */
    get subtitle() {
        const { main, records } = this.card;
        return main || this.props.kinds[records[0].kind];
    }

    /** Short facts, the gravest first: `[{ text, tone, icon }]`. */
    get chips() {
        const { briefing, risk, questions, called, decision, reason, why, late } = this.card;
        const chips = [];
        if (this.props.isOver && called) {
            chips.push(
                called === "yes"
                    ? { text: _t("called"), tone: "success", icon: "fa-phone" }
                    : { text: _t("to call"), tone: "warning", icon: "fa-phone" }
            );
        }
        if (decision === "declined") {
            const text = reason ? _t("declined: %s", reason) : _t("declined");
            chips.push({ text, tone: "danger", icon: "fa-times" });
        } else if (decision === "accepted" && !this.props.isOver) {
            chips.push({ text: _t("accepted"), tone: "success", icon: "fa-check" });
        }
        if (risk !== "none") {
            const tone = { low: "secondary", medium: "warning", high: "danger" }[risk];
            chips.push({ text: RISKS[risk], tone, icon: "fa-exclamation-triangle" });
        }
        if (this.card.from) {
            chips.push({ text: this.card.from, tone: "secondary", icon: "fa-user-o" });
        }
        if (late) {
            chips.push({ text: _t("late: %s", late), tone: "danger", icon: "fa-clock-o" });
        }
        if (questions) {
            const text = questions === 1 ? _t("1 question") : _t("%s questions", questions);
            chips.push({ text, tone: "info", icon: "fa-question" });
        }
        for (const { icon, text } of why) {
            chips.push({ text, tone: "primary", icon });
        }
        if (briefing !== "open") {
            chips.push({ text: BRIEFINGS[briefing], tone: "success", icon: "fa-check" });
        } else if (!this.props.isOver) {
            chips.push({ text: _t("not briefed"), tone: "secondary", icon: "fa-pencil" });
        }
        return chips;
    }

    get more() {
        const { line_ids, records } = this.card;
        return line_ids.length - records.length;
    }

    get moreText() {
        return _t("… and %s more", this.more);
    }

    get meetingText() {
        const { meeting } = this.card;
        return meeting ? `${meeting.date} ${meeting.name}` : "";
    }

    get toggleText() {
        const text = this.props.isOpen ? _t("Hide the records") : _t("Show the records");
        return besides(text, this.card.line_ids.length);
    }

    recordText({ kind, stage }) {
        return [this.props.kinds[kind], stage].filter(Boolean).join(" · ");
    }
}
