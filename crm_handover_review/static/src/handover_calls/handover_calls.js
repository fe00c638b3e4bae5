import { fetchAction } from "@crm_handover/handover_action/handover_action";
import { registry } from "@web/core/registry";

/** Who to call next: the page is worked out anew before it opens. */
registry
    .category("actions")
    .add("handover_calls", (env) =>
        fetchAction(env.services, "handover.followup", "open_calls", [])
    );
