import { besides } from "@crm_handover/handover_texts/handover_texts";
import { HandoverStars } from "@crm_handover_review/handover_stars/handover_stars";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

// shades of a week with contacts; the number is told as well
const SHADES = 4;

/** What became of a handover: bars before and after, contacts by week, stars. */
export class HandoverAfter extends Component {
    static template = "crm_handover_review.HandoverAfter";
    static components = { HandoverStars };
    static props = { ...standardFieldProps };

    setup() {
        this.betterText = _t("better");
        this.worseText = _t("worse");
    }

    get view() {
        return this.props.record.data[this.props.name] || {};
    }

    get figures() {
        return this.view.figures || [];
    }

    get strips() {
        return this.view.strips || { rows: [], weeks: [], more: 0 };
    }

    get stars() {
        return this.view.stars || [];
    }

    get untilText() {
        return this.view.until ? _t("No figures before %s.", this.view.until) : "";
    }

    get daysText() {
        return _t("Before the handover and after it, days each: %s", this.view.days);
    }

    width(figure, value) {
        const most = Math.max(figure.before, figure.after);
        return most ? Math.round((100 * value) / most) : 0;
    }

    figureText({ name, before_text, after_text, is }) {
        const values = { name, before: before_text, after: after_text };
        const text = _t("%(name)s: before %(before)s, after %(after)s", values);
        const change = { better: this.betterText, worse: this.worseText }[is];
        return change ? besides(text, change) : text;
    }

    // ------------------------------------------------------------
    // CONTACTS BY WEEK
    // ------------------------------------------------------------

    /** How dark a week is: 0 without a contact. */
    shade(count) {
        return Math.min(count, SHADES);
    }

    isAhead(week) {
        return week >= this.strips.so_far;
    }

    weekText(week, count) {
        return _t("Week of %(day)s: %(count)s", { day: this.strips.weeks[week], count });
    }

    stripText({ name, contacts, total }) {
        const silent = contacts.slice(0, this.strips.so_far).filter((count) => !count).length;
        return _t("%(customer)s: contacts %(total)s, weeks without any %(silent)s", {
            customer: name,
            total,
            silent,
        });
    }

    countText({ name, count }) {
        return besides(name, count);
    }

    get moreText() {
        return _t("More customers, who had more contacts: %s", this.strips.more);
    }
}

registry.category("fields").add("handover_after", {
    component: HandoverAfter,
    supportedTypes: ["json"],
});
