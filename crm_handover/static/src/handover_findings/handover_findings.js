import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { KeepLast } from "@web/core/utils/concurrency";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, onWillUpdateProps, status, useComponent, useEffect, useState } from "@odoo/owl";

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

/** What stands in the way of a handover, before it runs. */
export class HandoverFindings extends Component {
    static template = "crm_handover.HandoverFindings";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
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
            () => {
                const { resId, data } = this.props.record;
                const checked = data.score_date?.ts;
                return [resId, data.state, data.version, data.line_count, checked];
            }
        );
        onWillUpdateProps((next) => {
            if (next.record.resId !== this.props.record.resId) {
                this.state.result = null;
            }
        });
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

    async openLine(finding) {
        const [lineId] = await this.orm.search(
            "handover.request.line",
            [
                ["request_id", "=", this.props.record.resId],
                ["res_model", "=", finding.res_model],
                ["res_id", "=", finding.res_id],
            ],
            { limit: 1 }
        );
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
        { name: "score_date", type: "datetime", readonly: true },
    ],
});
