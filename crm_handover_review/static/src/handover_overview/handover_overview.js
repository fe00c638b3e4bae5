import { HandoverOverview } from "@crm_handover/handover_overview/handover_overview";
import { patch } from "@web/core/utils/patch";

patch(HandoverOverview.prototype, {
    openReviews() {
        return this.action.doAction("crm_handover_review.handover_request_review_action");
    },
});
