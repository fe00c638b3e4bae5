import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { HandoverFindings } from "@crm_handover/handover_findings/handover_findings";

function isGap({ code }) {
    return code.startsWith("gap_");
}

/** Gaps among the findings: gone with their record, or asked for. */
patch(HandoverFindings.prototype, {
    get watched() {
        return [...super.watched, this.props.record.data.score_date?.ts];
    },

    isRemovable(finding) {
        const blocks = isGap(finding) && finding.severity === "blocker";
        return blocks || super.isRemovable(finding);
    },

    fixes(finding) {
        const fixes = super.fixes(finding);
        const first = this.findings.find((other) => isGap(other) && other.severity !== "blocker");
        if (this.props.record.data.can_check && finding === first) {
            fixes.push({ text: _t("Ask for What Is Missing"), run: () => this.ask() });
        }
        return fixes;
    },

    /** For all gaps at once: the first one has the button. */
    ask() {
        return this.press("action_plan_gaps", {
            confirm: _t(
                "Whoever is responsible gets one to-do that lists what is missing, due before the handover."
            ),
            "confirm-title": _t("Ask for what is missing?"),
            "confirm-label": _t("Ask"),
        });
    },
});

const { fieldDependencies } = registry.category("view_widgets").get("handover_findings");
fieldDependencies.push(
    { name: "score_date", type: "datetime", readonly: true },
    { name: "can_check", type: "boolean", readonly: true }
);
