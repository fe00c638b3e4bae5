import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import {
    Component,
    onWillUpdateProps,
    status,
    useComponent,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";

// a longer list is checked when somebody asks for it
const AUTO_LIMIT = 2000;
const SHOWN = 5;

// labels first: Odoo's export of texts overlooks what follows a key `class`
const LOOK = {
    blocker: { label: _t("Blocker"), icon: "fa-times-circle", class: "text-danger" },
    warning: { label: _t("Warning"), icon: "fa-exclamation-triangle", class: "text-warning" },
    info: { label: _t("Information"), icon: "fa-info-circle", class: "text-info" },
};

// findings that are gone with the record
const REMOVABLE = [
    "missing",
    "stale_owner",
    "private",
    "reserved",
    "closed_since",
    "other_company",
];

/** What stands in the way of a handover, before it runs, and how to get it out. */
export class HandoverFindings extends Component {
    static template = "crm_handover.HandoverFindings";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.root = useRef("root");
        this.component = useComponent();
        this.keepLast = new KeepLast();
        this.state = useState({ loading: false, failed: false, result: null, all: false });
        if (this.env.handover) {
            useBus(this.env.handover.bus, "LINES_CHANGED", ({ detail }) => {
                if (!detail.counts) {
                    this.refresh();
                }
            });
        }
        useEffect(
            () => {
                this.refresh();
            },
            () => this.watched
        );
        onWillUpdateProps((next) => {
            if (next.record.resId !== this.props.record.resId) {
                this.state.result = null;
            }
        });
    }

    /** It is checked anew when one of these has changed; add-ons add theirs. */
    get watched() {
        const { resId, data } = this.props.record;
        // a check in the background is through
        const step = (data.background_told || {}).step;
        return [resId, data.state, data.version, data.line_count, step];
    }

    get count() {
        return this.props.record.data.line_count;
    }

    /** What is found, by its cause: the gravest first. */
    get findings() {
        return this.state.result.causes;
    }

    get shown() {
        return this.state.all ? this.findings : this.findings.slice(0, SHOWN);
    }

    get hidden() {
        return this.findings.length - this.shown.length;
    }

    get moreText() {
        return _t("Show %s more", this.hidden);
    }

    /** What to do about it in words, unless the finding above says the same. */
    fixText(finding) {
        const above = this.findings[this.findings.indexOf(finding) - 1];
        return above?.fix === finding.fix ? "" : finding.fix;
    }

    look(finding) {
        return LOOK[finding.severity];
    }

    /** Check again if that is quick, else say that the last check is out of date. */
    refresh() {
        const waits = this.state.result?.causes.some(({ code }) => code === "being_checked");
        if (this.count && (waits || this.count <= AUTO_LIMIT)) {
            return this.check();
        }
        this.state.result = null;
    }

    async check() {
        const { resId } = this.props.record;
        if (!resId) {
            return;
        }
        Object.assign(this.state, { loading: true, failed: false });
        try {
            this.state.result = await this.keepLast.add(
                this.orm.silent.call("handover.request", "get_causes", [[resId]])
            );
            this.tellForm();
        } catch {
            this.state.failed = true;
        } finally {
            this.state.loading = false;
        }
    }

    /** What the form says and offers was worked out before this check. */
    tellForm() {
        const { can_submit, can_go_on } = this.props.record.data;
        if (can_submit && can_go_on !== this.state.result.ok) {
            this.reload();
        }
    }

    reload() {
        this.env.handover?.bus.trigger("LINES_CHANGED", { counts: true });
    }

    /** Whether a finding is gone with its record; add-ons add theirs. */
    isRemovable({ code }) {
        return REMOVABLE.includes(code);
    }

    /**
     * What gets a finding out of the way, as far as the reader may do it.
     *
     * @returns {{ text: string, run: Function }[]}
     */
    fixes(finding) {
        const { code, line_ids } = finding;
        const several = line_ids.length > 1;
        const { can_edit, can_propose } = this.props.record.data;
        const fixes = [];
        if (can_edit && ["no_successor", "successor_gone"].includes(code)) {
            fixes.push({ text: _t("Choose a Successor"), run: () => this.focusSuccessor() });
        }
        if (can_edit && ["other_company", "successor_no_access"].includes(code)) {
            fixes.push({
                text: _t("Choose Another Successor"),
                run: () => (several ? this.chooseSuccessor(finding) : this.openLine(finding)),
            });
        }
        if (several) {
            fixes.push({ text: _t("See the Records"), run: () => this.openLines(finding) });
        }
        if (code === "reserved" && !several) {
            fixes.push({
                text: _t("Open the Other Handover"),
                run: () => this.openOther(finding),
            });
        }
        if (["left_behind", "came_since"].includes(code)) {
            fixes.push({ text: _t("Show Them"), run: () => this.openLeft(finding) });
        }
        if (can_edit && code === "came_since") {
            fixes.push({
                text: _t("Add Them"),
                run: () => this.press("action_add_late_records"),
            });
        }
        if (can_edit && line_ids.length && this.isRemovable(finding)) {
            const text = several ? _t("Remove the Records") : _t("Remove the Record");
            fixes.push({ text, run: () => this.removeLines(finding) });
        }
        if (can_edit && code === "contacts") {
            fixes.push({ text: _t("Add Them"), run: () => this.press("action_add_contacts") });
        }
        if (code === "colleagues") {
            fixes.push({
                text: _t("Show Them"),
                run: () => this.press("action_view_colleagues"),
            });
        }
        if (can_propose && code === "vacant_permission") {
            fixes.push({
                text: _t("Propose Permissions"),
                run: () => this.press("action_propose_vacant"),
            });
        }
        if (code === "seat") {
            const { res_model, res_id } = finding;
            const args = JSON.stringify([res_model, res_id || false]);
            fixes.push({
                text: _t("Take the Proposal"),
                run: async () => {
                    await this.press("action_fill_seat", { args });
                    // nothing of the handover has changed
                    await this.refresh();
                },
            });
        }
        if (code === "vacant_seat" && finding.res_model) {
            fixes.push({ text: _t("Show Them"), run: () => this.press("action_view_vacant") });
        }
        if (can_propose && code === "missing_permission") {
            fixes.push({
                text: _t("Propose Permissions"),
                run: () => this.press("action_propose_permissions"),
            });
        }
        return fixes;
    }

    /** As a button of the form, which saves and loads it anew. */
    press(name, options = {}) {
        const { record } = this.props;
        return this.env.onClickViewButton({
            clickParams: { type: "object", name, ...options },
            getResParams: () => ({
                resModel: record.resModel,
                resId: record.resId,
                resIds: record.resIds,
                context: record.context,
                evalContext: record.evalContext,
            }),
        });
    }

    focusSuccessor() {
        const form = this.root.el.closest(".o_form_view");
        form.querySelector(".o_field_widget[name=successor_id] input")?.focus();
    }

    async removeLines(finding) {
        const lineIds = await this.lineIds(finding);
        if (lineIds.length) {
            await this.orm.unlink("handover.request.line", lineIds);
            this.reload();
            this.env.handover?.bus.trigger("RELOADED");
        }
    }

    /** All records of a cause get another successor at once. */
    async chooseSuccessor(finding) {
        const lineIds = await this.lineIds(finding);
        const action = await this.orm.call("handover.request.line", "action_choose_give", [
            lineIds,
        ]);
        return this.action.doAction(action, {
            onClose: () => {
                this.reload();
                return this.refresh();
            },
        });
    }

    openLines({ line_ids }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Records"),
            res_model: "handover.request.line",
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain: [["id", "in", line_ids]],
        });
    }

    /** Whoever may not see the other handover is told so. */
    async openOther({ line_ids }) {
        const [mine] = await this.orm.read("handover.request.line", line_ids, [
            "res_model",
            "res_id",
        ]);
        const [line] = await this.orm.searchRead(
            "handover.request.line",
            [
                ["request_id", "!=", this.props.record.resId],
                ["reserved", "=", true],
                ["res_model", "=", mine.res_model],
                ["res_id", "=", mine.res_id],
            ],
            ["request_id"],
            { limit: 1 }
        );
        if (!line) {
            return this.notification.add(
                _t("You may not see the other handover: ask the approver about it."),
                { type: "warning" }
            );
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "handover.request",
            res_id: line.request_id[0],
            views: [[false, "form"]],
        });
    }

    async openLeft({ code, res_model }) {
        const action = await this.orm.call("handover.request", "action_view_left_behind", [
            [this.props.record.resId],
            res_model,
            code === "came_since",
        ]);
        return this.action.doAction(action);
    }

    /** Those of its records that are on the handover still. */
    lineIds({ line_ids }) {
        return this.orm.search("handover.request.line", [
            ["request_id", "=", this.props.record.resId],
            ["id", "in", line_ids],
        ]);
    }

    /** One record in a dialog, several in a list. */
    open(finding) {
        return finding.line_ids.length > 1 ? this.openLines(finding) : this.openLine(finding);
    }

    async openLine(finding) {
        const [lineId] = await this.lineIds(finding);
        if (lineId && status(this.component) !== "destroyed") {
            this.dialog.add(
                FormViewDialog,
                {
                    resModel: "handover.request.line",
                    resId: lineId,
                    title: _t("Record"),
                    canExpand: false,
                    preventCreate: true,
                    size: "lg",
                },
                { onClose: () => this.env.handover?.bus.trigger("RELOADED") }
            );
        }
    }
}

registry.category("view_widgets").add("handover_findings", {
    component: HandoverFindings,
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "version", type: "integer", readonly: true },
        { name: "line_count", type: "integer", readonly: true },
        { name: "can_edit", type: "boolean", readonly: true },
        { name: "can_submit", type: "boolean", readonly: true },
        { name: "can_go_on", type: "boolean", readonly: true },
        { name: "can_propose", type: "boolean", readonly: true },
        { name: "background_told", type: "json", readonly: true },
    ],
});
