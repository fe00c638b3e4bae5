import { registry } from "@web/core/registry";

/** Have the radar look again, and open what it found. */
registry
    .category("actions")
    .add("handover_radar", (env) => env.services.orm.call("handover.radar", "action_open", []));
