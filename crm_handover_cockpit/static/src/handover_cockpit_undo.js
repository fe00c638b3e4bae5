import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { Component, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";

const SECOND = 1000;
const twoDigits = (number) => String(number).padStart(2, "0");

/** The own approval can be taken back for a while: how long, and the way. */
export class HandoverCockpitUndo extends Component {
    static template = "crm_handover_cockpit.HandoverCockpitUndo";
    static props = {
        undo: { type: Object, shape: { seconds: Number, moved: Boolean } },
        // who gets it back
        giver: String,
        // of a method of the handover
        call: Function,
        reload: Function,
    };

    setup() {
        this.dialog = useService("dialog");
        this.state = useState({ left: 0, busy: false });
        this.start(this.props.undo);
        onWillUpdateProps(({ undo }) => this.start(undo));
        const timer = setInterval(() => this.tick(), SECOND);
        onWillUnmount(() => clearInterval(timer));
    }

    /** Not by the clock of this machine alone: it may go wrong, what passes does not. */
    start({ seconds }) {
        if (this.seconds !== seconds) {
            this.seconds = seconds;
            this.end = performance.now() + seconds * SECOND;
        }
        this.tick();
    }

    tick() {
        this.state.left = Math.max(0, Math.ceil((this.end - performance.now()) / SECOND));
    }

    get leftText() {
        const { left } = this.state;
        return _t("%s left", `${Math.floor(left / 60)}:${twoDigits(left % 60)}`);
    }

    get text() {
        return this.props.undo.moved
            ? _t("You approved this just now, and the records have moved.")
            : _t("You approved this just now; nothing has moved yet.");
    }

    async ask() {
        const { undo, call, reload } = this.props;
        this.state.busy = true;
        try {
            const preview = undo.moved && (await call("preview_return"));
            this.dialog.add(ConfirmationDialog, {
                title: _t("Take back your approval?"),
                body: preview ? this.foresee(preview.counts) : this.again,
                confirmLabel: _t("Undo Approval"),
                confirm: async () => {
                    try {
                        await call("action_undo_approval");
                    } finally {
                        await reload();
                    }
                },
                cancel: () => {},
            });
        } finally {
            this.state.busy = false;
        }
    }

    get again() {
        return _t("The handover waits for a decision again, and its people are told.");
    }

    /** What goes back and what stays, by the outcomes that the server foresees. */
    foresee({ done = 0, already = 0, changed_since = 0, closed = 0, ...others }) {
        const person = this.props.giver;
        const texts = [
            done === 1
                ? _t("1 record goes back to %s.", person)
                : _t("%(count)s records go back to %(person)s.", { count: done, person }),
        ];
        if (changed_since + closed) {
            texts.push(_t("Changed or closed since, so they stay: %s.", changed_since + closed));
        }
        if (already) {
            texts.push(_t("The successor had them before, so they stay: %s.", already));
        }
        const rest = Object.values(others).reduce((sum, count) => sum + count, 0);
        if (rest) {
            texts.push(_t("Cannot go back: %s.", rest));
        }
        return texts.join("\n");
    }
}
