import { labelled } from "@crm_handover/handover_texts/handover_texts";
import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardErrorDialogProps } from "@web/core/errors/error_dialogs";
import { useService } from "@web/core/utils/hooks";

/** What people who are to be archived still have, and the ways out. */
export class HandoverArchiveDialog extends Component {
    static template = "crm_handover_archive.HandoverArchiveDialog";
    static components = { Dialog };
    static props = { ...standardErrorDialogProps };

    setup() {
        this.action = useService("action");
        this.title = _t("Their work would be left behind");
    }

    get users() {
        return this.props.data.context.users;
    }

    get canForce() {
        return this.props.data.context.can_force;
    }

    /** How somebody stays as another kind of user, where that was asked for. */
    get hint() {
        return this.props.data.context.hint;
    }

    partText({ name, count, value }) {
        return [labelled(name, count), value].filter(Boolean).join(" · ");
    }

    /** Open the dialog that prepares a handover of all that a person has. */
    handOver(user) {
        this.props.close();
        return this.action.doAction("crm_handover.handover_request_prepare_action", {
            additionalContext: { default_predecessor_id: user.id },
        });
    }

    archiveAnyway() {
        this.props.close();
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Archive With Open Work"),
            res_model: "handover.archive.anyway",
            views: [[false, "form"]],
            target: "new",
            context: { default_user_ids: this.users.map((user) => user.id) },
        });
    }
}

registry
    .category("error_dialogs")
    .add("odoo.addons.crm_handover_archive.exceptions.StillHasWork", HandoverArchiveDialog);
