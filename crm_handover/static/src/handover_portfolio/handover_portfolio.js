import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat, formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, useState } from "@odoo/owl";

// lines of what stays that are seen at once
const SHOWN = 4;

/** What somebody has, by kind, to tick; and what a handover does not move. */
export class HandoverPortfolio extends Component {
    static template = "crm_handover.HandoverPortfolio";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ all: false });
    }

    get portfolio() {
        return this.props.record.data[this.props.name] || null;
    }

    get leftOut() {
        return this.props.record.data.left_out || [];
    }

    get kinds() {
        return this.portfolio.kinds.map((kind) => ({
            ...kind,
            chosen: !this.leftOut.includes(kind.id),
            countText: formatInteger(kind.count),
            valueText: kind.value ? this.money(kind) : "",
        }));
    }

    get total() {
        const chosen = this.kinds.filter((kind) => kind.chosen);
        return formatInteger(chosen.reduce((sum, kind) => sum + kind.count, 0));
    }

    get along() {
        const { todos, meetings } = this.portfolio;
        return _t(
            "Open to-dos on them (%(todos)s) and future meetings about them (%(meetings)s in all) move along.",
            {
                todos: formatInteger(todos),
                meetings: formatInteger(meetings),
            }
        );
    }

    get staying() {
        const { staying } = this.portfolio;
        // a single one more takes no more room than the button
        const all = this.state.all || staying.length <= SHOWN + 1;
        return all ? staying : staying.slice(0, SHOWN);
    }

    get moreText() {
        return _t("Show %s more", this.portfolio.staying.length - SHOWN);
    }

    money({ value, currency_id }) {
        return currency_id
            ? formatMonetary(value, { currencyId: currency_id, digits: [69, 0] })
            : formatFloat(value);
    }

    toggle(kind) {
        const leftOut = kind.chosen
            ? [...this.leftOut, kind.id]
            : this.leftOut.filter((id) => id !== kind.id);
        return this.props.record.update({ left_out: leftOut });
    }
}

registry.category("fields").add("handover_portfolio", {
    component: HandoverPortfolio,
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "left_out", type: "json" }],
});
