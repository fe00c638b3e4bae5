import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

const MOST = 5;

/** A rating as stars, to read: whole and half ones. */
export class HandoverStars extends Component {
    static template = "crm_handover_review.HandoverStars";
    static props = { rating: Number, text: { type: String, optional: true } };

    get icons() {
        const halves = Math.round(2 * this.props.rating);
        return Array.from({ length: MOST }, (_, n) => {
            const left = halves - 2 * n;
            return left > 1 ? "fa-star" : left === 1 ? "fa-star-half-o" : "fa-star-o";
        });
    }

    get label() {
        const rating = this.props.text || this.props.rating;
        return _t("%(rating)s of %(most)s stars", { rating, most: MOST });
    }
}

export class HandoverStarsField extends Component {
    static template = "crm_handover_review.HandoverStarsField";
    static components = { HandoverStars };
    static props = { ...standardFieldProps };

    get rating() {
        return this.props.record.data[this.props.name] || 0;
    }
}

registry.category("fields").add("handover_stars", {
    component: HandoverStarsField,
    supportedTypes: ["integer"],
});
