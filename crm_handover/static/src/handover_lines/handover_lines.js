import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { View, getDefaultConfig } from "@web/views/view";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, reactive, useChildSubEnv, useRef, useState } from "@odoo/owl";
import { HandoverDrawer } from "./handover_drawer";

// states in which no record has an outcome
const BEFORE = ["draft", "submitted", "approved", "refused"];

/**
 * The records of a handover: a list view of its own inside of the form, as a handover may
 * have far more records than a one2many field can load. On a phone they are cards.
 */
export class HandoverLines extends Component {
    static template = "crm_handover.HandoverLines";
    static components = { HandoverDrawer, View };
    static props = { ...standardWidgetProps };

    setup() {
        this.dialog = useService("dialog");
        this.ui = useService("ui");
        this.root = useRef("root");
        // which record is shown beside the list, and which ones there are
        const drawer = reactive({ id: false, ids: [] });
        this.drawer = useState(drawer);
        useChildSubEnv({
            handoverDrawer: drawer,
            config: {
                ...getDefaultConfig(),
                disableSearchBarAutofocus: true,
            },
        });
    }

    get data() {
        return this.props.record.data;
    }

    get isNew() {
        return !this.props.record.resId;
    }

    get canCollect() {
        return this.isNew || (this.data.can_edit && this.data.state === "draft");
    }

    /** The giver of a draft may add notes, even when somebody else requested it. */
    get canNote() {
        const { can_edit, state, predecessor_id, predecessor_ids } = this.data;
        const gives =
            predecessor_id?.id === user.userId || predecessor_ids?.currentIds.includes(user.userId);
        return state === "draft" && (can_edit || gives);
    }

    get successorIds() {
        return this.data.successor_ids?.currentIds || [];
    }

    get canDecide() {
        return this.data.state === "approved" && this.successorIds.includes(user.userId);
    }

    get viewKey() {
        const { resId } = this.props.record;
        const { state, can_return, by_customer } = this.data;
        const { canNote, canDecide } = this;
        const { isSmall } = this.env;
        return [resId, state, canNote, canDecide, can_return, by_customer, isSmall].join();
    }

    /** Made once per key, as new props would load the records anew. */
    get viewProps() {
        if (this.propsKey !== this.viewKey) {
            this.propsKey = this.viewKey;
            this.currentProps = this.makeViewProps();
        }
        return this.currentProps;
    }

    makeViewProps() {
        const small = this.env.isSmall;
        const { state } = this.data;
        const context = {
            create: false,
            delete: this.canNote && this.data.can_edit,
            handover_embedded: true,
            handover_before: BEFORE.includes(state),
            handover_one_successor: state !== "draft" && this.successorIds.length === 1,
            handover_decisions: state === "approved",
            handover_decide: this.canDecide,
            handover_return: this.data.can_return,
        };
        if (!small) {
            const group = this.data.by_customer ? "customer" : "scope";
            context[`search_default_group_by_${group}`] = 1;
        }
        return {
            resModel: "handover.request.line",
            type: small ? "kanban" : "list",
            domain: [["request_id", "=", this.props.record.resId]],
            context,
            searchViewId: false,
            loadIrFilters: true,
            loadActionMenus: !small,
            noBreadcrumbs: true,
            ...(small
                ? { forceGlobalClick: true }
                : {
                      allowSelectors: this.canNote || this.canDecide || this.data.can_return,
                  }),
            readonly: !this.canNote,
            display: { searchPanel: false },
            noContentHelp: _t("No record fits the search."),
            selectRecord: (resId, { activeIds }) => this.show(resId, activeIds),
            __beforeLeave__: this.env.handover?.beforeAction,
        };
    }

    /** Show a record beside the list. */
    show(id, ids = this.drawer.ids) {
        Object.assign(this.drawer, { id, ids });
    }

    hide() {
        const place = this.drawer.ids.indexOf(this.drawer.id);
        this.drawer.id = false;
        const rows = this.root.el.querySelectorAll(
            ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)"
        );
        const row = rows[place];
        // once the card has given the focus back
        setTimeout(() => (row?.querySelector("td[name='res_name']") || row)?.focus());
    }

    openLine(resId) {
        this.dialog.add(
            FormViewDialog,
            {
                resModel: "handover.request.line",
                resId,
                title: _t("Record"),
                canExpand: false,
                readonly: !this.canNote,
                preventCreate: true,
                preventEdit: !this.canNote,
                size: "lg",
            },
            { onClose: () => this.env.handover?.bus.trigger("RELOADED") }
        );
    }

    collect() {
        return this.run("action_collect");
    }

    /** As a button of the form, which saves it first. */
    run(name) {
        const { record } = this.props;
        return this.env.onClickViewButton({
            clickParams: { type: "object", name },
            getResParams: () => ({
                resModel: record.resModel,
                resId: record.resId,
                resIds: record.resIds,
                context: record.context,
                evalContext: record.evalContext,
            }),
        });
    }
}

registry.category("view_widgets").add("handover_lines", {
    component: HandoverLines,
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "can_edit", type: "boolean", readonly: true },
        { name: "can_return", type: "boolean", readonly: true },
        { name: "line_count", type: "integer", readonly: true },
    ],
});
