import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

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

registry.category("views").add("handover_line_list", {
    ...listView,
    Controller: inHandover(ListController),
});
registry.category("views").add("handover_line_kanban", {
    ...kanbanView,
    Controller: inHandover(KanbanController),
});
