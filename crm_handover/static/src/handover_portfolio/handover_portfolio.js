import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat, formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, useState } from "@odoo/owl";

// lines of what stays that are seen at once
const SHOWN = 4;

// what goes along with records, or stays where it is
const ALONG = [
    {
        key: "todos",
        resModel: "mail.activity",
        moves: _t("To-dos on these records"),
        stays: _t("To-dos elsewhere"),
    },
    {
        key: "meetings",
        resModel: "calendar.event",
        moves: _t("Future meetings about these records"),
        stays: _t("Other future meetings"),
    },
];

/** What somebody has, by kind, to tick; and what a handover does not move. */
export class HandoverPortfolio extends Component {
    static template = "crm_handover.HandoverPortfolio";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
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

    /** To-dos and meetings that move with one of the chosen kinds. */
    get moving() {
        return this.along((kinds) => kinds.some((id) => !this.leftOut.includes(id)), "moves");
    }

    /** Those that stay: elsewhere, or on records of a kind that is left out. */
    get elsewhere() {
        return this.along((kinds) => kinds.every((id) => this.leftOut.includes(id)), "stays");
    }

    along(matches, label) {
        const rows = ALONG.map(({ key, resModel, [label]: name }) => {
            const parts = this.portfolio[key].filter(({ kinds }) => matches(kinds));
            const ids = parts.flatMap((part) => part.ids);
            return { key, resModel, ids, name, countText: formatInteger(ids.length) };
        });
        return rows.filter((row) => row.ids.length);
    }

    /** Open a list in a window of its own: the dialog stays as it is. */
    open({ resModel, ids, name }) {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: name.toString(),
                res_model: resModel,
                domain: [["id", "in", ids]],
                views: [
                    [false, "list"],
                    [false, "form"],
                ],
                context: { create: false },
            },
            { newWindow: true }
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
