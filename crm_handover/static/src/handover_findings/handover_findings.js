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
const ORDER = Object.keys(LOOK);

// findings that are gone with the record
const REMOVABLE = ["missing", "stale_owner", "private", "reserved", "closed_since"];

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
        return [resId, data.state, data.version, data.line_count];
    }

    get count() {
        return this.props.record.data.line_count;
    }

    get findings() {
        const findings = [...this.state.result.findings];
        findings.sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
        return findings;
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

    look(finding) {
        return LOOK[finding.severity];
    }

    /** Check again if that is quick, else say that the last check is out of date. */
    refresh() {
        if (this.count && this.count <= AUTO_LIMIT) {
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
                this.orm.silent.call("handover.request", "preflight", [[resId]])
            );
        } catch {
            this.state.failed = true;
        } finally {
            this.state.loading = false;
        }
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
        const { code, res_id } = finding;
        const { can_edit, can_propose } = this.props.record.data;
        const fixes = [];
        if (can_edit && ["no_successor", "successor_gone"].includes(code)) {
            fixes.push({ text: _t("Choose a Successor"), run: () => this.focusSuccessor() });
        }
        if (can_edit && ["other_company", "successor_no_access"].includes(code)) {
            fixes.push({
                text: _t("Choose Another Successor"),
                run: () => this.openLine(finding),
            });
        }
        if (code === "reserved") {
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
        if (can_edit && res_id && this.isRemovable(finding)) {
            fixes.push({ text: _t("Remove the Record"), run: () => this.removeLine(finding) });
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

    async removeLine(finding) {
        const lineId = await this.lineId(finding);
        if (lineId) {
            await this.orm.unlink("handover.request.line", [lineId]);
            this.env.handover?.bus.trigger("LINES_CHANGED", { counts: true });
            this.env.handover?.bus.trigger("RELOADED");
        }
    }

    /** Whoever may not see the other handover is told so. */
    async openOther(finding) {
        const [line] = await this.orm.searchRead(
            "handover.request.line",
            [
                ["request_id", "!=", this.props.record.resId],
                ["reserved", "=", true],
                ["res_model", "=", finding.res_model],
                ["res_id", "=", finding.res_id],
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

    async lineId(finding) {
        const [lineId] = await this.orm.search(
            "handover.request.line",
            [
                ["request_id", "=", this.props.record.resId],
                ["res_model", "=", finding.res_model],
                ["res_id", "=", finding.res_id],
            ],
            { limit: 1 }
        );
        return lineId;
    }

    async openLine(finding) {
        const lineId = await this.lineId(finding);
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
        { name: "can_propose", type: "boolean", readonly: true },
    ],
});
