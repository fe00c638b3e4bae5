import { labelled } from "@crm_handover/handover_texts/handover_texts";
import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { NavBar } from "@web/webclient/navbar/navbar";

/** What waits for the reader, beside the name of the app: asked when that is shown. */
export class HandoverBadge extends Component {
    static template = "crm_handover.HandoverBadge";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.state = useState({ count: 0 });
        // the menu does not wait for it, and opens without it
        onWillStart(() => {
            this.load();
        });
    }

    get text() {
        return _t("Waiting for Me");
    }

    get label() {
        return labelled(this.text, this.state.count);
    }

    async load() {
        const domain = [["waiting_for_me", "=", true]];
        try {
            this.state.count = await this.orm.silent.searchCount("handover.request", domain);
        } catch (error) {
            if (!(error instanceof RPCError || error instanceof ConnectionLostError)) {
                throw error;
            }
        }
    }
}

patch(NavBar, { components: { ...NavBar.components, HandoverBadge } });
