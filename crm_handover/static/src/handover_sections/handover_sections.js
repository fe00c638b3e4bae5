import { useService } from "@web/core/utils/hooks";
import { Component } from "@odoo/owl";

/** What the database knows of a record: sections of rows, each may open what it names. */
export class HandoverSections extends Component {
    static template = "crm_handover.HandoverSections";
    static props = { sections: Array };

    setup() {
        this.action = useService("action");
    }

    open({ res_model, res_id }) {
        if (res_model === "ir.attachment") {
            return this.action.doAction({
                type: "ir.actions.act_url",
                url: `/web/content/${res_id}?download=true`,
                target: "download",
            });
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model,
            res_id,
            views: [[false, "form"]],
        });
    }
}
