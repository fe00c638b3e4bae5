import { HandoverOverview } from "@crm_handover/handover_overview/handover_overview";
import { patch } from "@web/core/utils/patch";

/** The handover of somebody who left opens as its cockpit. */
patch(HandoverOverview.prototype, {
    openHandover(person) {
        return this.action.doAction("crm_handover_cockpit.handover_cockpit_action", {
            additionalContext: { active_id: person.handover_id },
        });
    },
});
