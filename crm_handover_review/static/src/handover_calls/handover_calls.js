import { registry } from "@web/core/registry";

/** Who to call next: the page is worked out anew before it opens. */
registry
    .category("actions")
    .add("handover_calls", (env) => env.services.orm.call("handover.followup", "open_calls", []));
