import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { useState } from "@odoo/owl";

// so many customers stand open on a page
const GROUPS = 20;

/** Let a view of records keep step with the form of the handover around it. */
const inHandover = (Controller) =>
    class extends Controller {
        setup() {
            super.setup();
            if (this.env.handover) {
                useBus(this.env.handover.bus, "RELOADED", () => this.reloadLines());
            }
        }

        get modelParams() {
            const params = super.modelParams;
            params.hooks.onRootLoaded = () => this.onLinesLoaded();
            return params;
        }

        /** A dialog that was opened from here has closed: the form has news, too. */
        onLinesLoaded() {
            if (this.choosing) {
                this.choosing = false;
                this.tellHandover({ counts: true });
            }
        }

        reloadLines() {
            // not the model's `load`: overtaking the one of a button, it would leave the
            // button waiting for ever
            if (!this.tellingHandover && this.model.isReady) {
                return this.model.root.load();
            }
        }

        /** The form loads itself anew; this view is up to date already. */
        tellHandover(detail) {
            this.tellingHandover = true;
            this.env.handover?.bus.trigger("LINES_CHANGED", detail);
            Promise.resolve().then(() => (this.tellingHandover = false));
        }

        async onRecordSaved() {
            await super.onRecordSaved?.(...arguments);
            this.tellHandover({});
        }

        async beforeExecuteActionButton(clickParams) {
            // the selection of a list, for the dialog that declines
            const lineIds = clickParams.buttonContext?.active_ids;
            if (lineIds) {
                clickParams.buttonContext.default_line_ids = lineIds;
            }
            return super.beforeExecuteActionButton?.(clickParams);
        }

        async afterExecuteActionButton(clickParams) {
            await super.afterExecuteActionButton?.(clickParams);
            this.choosing = clickParams.name?.startsWith("action_choose_");
            // what only opens something changes nothing
            if (!this.choosing && !clickParams.name?.startsWith("action_open_")) {
                this.tellHandover({ counts: true });
            }
        }
    };

/** The name of a record shows it beside the list, also where its row can be edited. */
class HandoverLineRenderer extends ListRenderer {
    setup() {
        super.setup();
        this.drawer = this.env.handoverDrawer && useState(this.env.handoverDrawer);
    }

    showsBeside(record, name) {
        return this.drawer && name === "res_name" && !record.selected;
    }

    getRowClass(record) {
        const shown = this.drawer && this.drawer.id === record.resId;
        return `${super.getRowClass(record)} ${shown ? "table-info" : ""}`;
    }

    async onCellClicked(record, column, ev, newWindow) {
        if (!this.showsBeside(record, column?.name)) {
            return super.onCellClicked(record, column, ev, newWindow);
        }
        if (await this.props.list.leaveEditMode()) {
            return this.props.openRecord(record);
        }
    }

    onCellKeydownReadOnlyMode(hotkey, cell, group, record) {
        const name = cell.getAttribute("name");
        if (hotkey === "enter" && record && this.showsBeside(record, name)) {
            this.props.openRecord(record);
            return true;
        }
        return super.onCellKeydownReadOnlyMode(hotkey, cell, group, record);
    }
}

class HandoverLineController extends inHandover(ListController) {
    /** Customers on one page; in the view it would be one attribute too many. */
    get modelParams() {
        return { ...super.modelParams, groupsLimit: GROUPS };
    }
}

registry.category("views").add("handover_line_list", {
    ...listView,
    Renderer: HandoverLineRenderer,
    Controller: HandoverLineController,
});
registry.category("views").add("handover_line_kanban", {
    ...kanbanView,
    Controller: inHandover(KanbanController),
});
