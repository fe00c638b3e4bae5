import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { SelectCreateDialog } from "@web/views/view_dialogs/select_create_dialog";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, useEffect, useState } from "@odoo/owl";

/** Who gives how many records to whom; a cell opens them, or goes to somebody else. */
export class HandoverMatrix extends Component {
    static template = "crm_handover_split.HandoverMatrix";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.state = useState({ live: null });
        useEffect(
            () => {
                this.state.live = null;
            },
            () => [this.props.record.data.matrix]
        );
        if (this.env.handover) {
            useBus(this.env.handover.bus, "LINES_CHANGED", ({ detail }) => {
                // with fewer records the form loads itself anew
                if (!detail.counts) {
                    this.refresh();
                }
            });
        }
    }

    get data() {
        return this.props.record.data;
    }

    get matrix() {
        return this.state.live || this.data.matrix || {};
    }

    get givers() {
        return this.matrix.givers || [];
    }

    get takers() {
        return this.matrix.takers || [];
    }

    /** One person to one person needs no table. */
    get isShown() {
        return this.givers.length > 1 || this.takers.length > 1;
    }

    get canEdit() {
        return this.data.can_edit && this.data.state === "draft";
    }

    nameOf(person) {
        return person.name || _t("Nobody");
    }

    sum(cells) {
        return cells.reduce(
            (sum, cell) => ({ count: sum.count + cell.count, value: sum.value + cell.value }),
            { count: 0, value: 0 }
        );
    }

    /** The sum over a giver, a taker, both, or all of it. */
    total(giver, taker) {
        return this.sum(
            this.matrix.cells.filter(
                (cell) => (!giver || cell.giver === giver.id) && (!taker || cell.taker === taker.id)
            )
        );
    }

    number(value) {
        return formatInteger(value);
    }

    money(value) {
        return value
            ? formatMonetary(value, {
                  currencyId: this.matrix.currency_id,
                  digits: [16, 0],
                  trailingZeros: false,
              })
            : "";
    }

    openText(giver, taker, { count }) {
        return _t("Open what goes from %(predecessor)s to %(successor)s: %(count)s", {
            count: formatInteger(count),
            predecessor: this.nameOf(giver),
            successor: this.nameOf(taker),
        });
    }

    moveText(giver, taker) {
        return _t("Somebody else takes over what goes from %(predecessor)s to %(successor)s", {
            predecessor: this.nameOf(giver),
            successor: this.nameOf(taker),
        });
    }

    open(giver, taker) {
        const domain = [["request_id", "=", this.props.record.resId]];
        if (giver) {
            domain.push(["predecessor_id", "=", giver.id || false]);
        }
        if (taker) {
            domain.push(["successor_id", "=", taker.id > 0 && taker.id]);
        }
        if (taker?.id <= 0) {
            domain.push(["pool_team_id", "=", taker.id < 0 && -taker.id]);
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: [giver, taker]
                .filter(Boolean)
                .map((person) => this.nameOf(person))
                .join(" → "),
            res_model: "handover.request.line",
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            domain,
        });
    }

    /** Choose who takes instead, and move all records of the cell. */
    async move(giver, taker) {
        if (!(await this.props.record.save())) {
            return;
        }
        this.dialog.add(SelectCreateDialog, {
            title: this.moveText(giver, taker),
            resModel: "res.users",
            noCreate: true,
            multiSelect: false,
            domain: [
                ["share", "=", false],
                ["id", "not in", [giver.id, taker.id]],
                ["company_ids", "in", this.data.company_id.id],
            ],
            onSelected: ([id]) => this.reassign(giver, taker, id),
        });
    }

    async reassign(giver, taker, newTakerId) {
        const { record } = this.props;
        await this.orm.call("handover.request", "reassign", [
            [record.resId],
            giver.id || false,
            taker.id || false,
            newTakerId,
        ]);
        // not the model's `load`: overtaking the one of a button, it would leave the
        // button waiting for ever
        await record.load();
        this.env.handover?.bus.trigger("RELOADED");
    }

    /** The records have changed: the form around need not be read for that. */
    async refresh() {
        const { resId, resModel } = this.props.record;
        const [{ matrix }] = await this.orm.silent.read(resModel, [resId], ["matrix"]);
        if (resId === this.props.record.resId) {
            this.state.live = matrix;
        }
    }
}

registry.category("view_widgets").add("handover_matrix", {
    component: HandoverMatrix,
    fieldDependencies: [
        { name: "matrix", type: "json", readonly: true },
        { name: "can_edit", type: "boolean", readonly: true },
        { name: "state", type: "selection", readonly: true },
    ],
});
