import { fetchAction } from "@crm_handover/handover_action/handover_action";
import { _t } from "@web/core/l10n/translation";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, onWillUnmount, useEffect, useState } from "@odoo/owl";

// the server's messages reach the people concerned; others look now and then
const INTERVAL = 15000;

/** How far a handover is, and what became of its records. */
export class HandoverProgress extends Component {
    static template = "crm_handover.HandoverProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ live: null });
        const bus = useService("bus_service");
        const onProgress = (live) => {
            if (live.id === this.props.record.resId) {
                this.show(live);
            }
        };
        bus.subscribe("handover.request/progress", onProgress);
        onWillUnmount(() => bus.unsubscribe("handover.request/progress", onProgress));
        useEffect(
            (running, step) => {
                this.state.live = null;
                if (running || step) {
                    this.schedule();
                }
                return () => browser.clearTimeout(this.timer);
            },
            () => [this.isRunning, this.background.step, this.props.record.resId]
        );
        onWillUnmount(() => (this.unmounted = true));
    }

    get data() {
        return this.props.record.data;
    }

    get isRunning() {
        return this.data.state === "running";
    }

    /** What goes on in the background, or why it was not done. */
    get background() {
        const { live } = this.state;
        return (live ? live.background : this.data.background_told) || { step: false };
    }

    get backgroundShare() {
        const { done, total } = this.background;
        return total ? Math.min(Math.floor((100 * done) / total), 100) : 0;
    }

    async stop() {
        const { record } = this.props;
        await this.orm.call("handover.request", "action_stop_background", [[record.resId]]);
        return record.load();
    }

    get counts() {
        const { line_count, done_count, skipped_count, failed_count, progress } = this.data;
        const { live } = this.state;
        return {
            total: live ? live.total : line_count,
            done: live ? live.done : done_count,
            skipped: live ? live.skipped : skipped_count,
            failed: live ? live.failed : failed_count,
            progress: Math.floor(live ? live.progress : progress),
        };
    }

    get outcomes() {
        const { done, skipped, failed } = this.counts;
        const returned = this.data.returned_count;
        const outcomes = [
            {
                filter: "filter_done",
                count: done,
                text: _t("%s handed over", done),
                class: "text-bg-success",
            },
            {
                filter: "filter_skipped",
                count: skipped,
                text: _t("%s left alone", skipped),
                class: "text-bg-warning",
            },
            {
                filter: "filter_failed",
                count: failed,
                text: _t("%s failed", failed),
                class: "text-bg-danger",
            },
            {
                filter: "filter_returned",
                count: returned,
                text: _t("%s given back", returned),
                class: "text-bg-secondary",
            },
        ];
        return outcomes.filter(({ count }) => count);
    }

    get timeLeft() {
        const seconds = this.state.live?.seconds_left;
        if (!seconds) {
            return "";
        }
        return seconds < 90
            ? _t("about %s seconds left", seconds)
            : _t("about %s minutes left", Math.round(seconds / 60));
    }

    schedule() {
        this.timer = browser.setTimeout(() => this.poll(), INTERVAL);
    }

    async poll() {
        const { record } = this.props;
        let live;
        try {
            live = await this.orm.silent.call("handover.request", "get_progress", [[record.resId]]);
        } catch {
            // the next one may be answered
        }
        if (this.unmounted || record !== this.props.record) {
            return;
        }
        if (live) {
            this.show(live);
        }
        this.schedule();
    }

    /** Show the figures; a new state changes buttons too, so the form is read again. */
    async show(live) {
        const { record } = this.props;
        const step = (this.data.background_told || {}).step || false;
        const changed =
            live.state !== this.data.state || ((live.background || {}).step || false) !== step;
        if (changed && !(await record.isDirty())) {
            // not the model's `load`: overtaking the one of a button, it would leave the
            // button waiting for ever
            return record.load();
        }
        // in words it comes with the form, and whenever it is asked for
        const { background } = this;
        this.state.live = live.background
            ? { ...live, background: { ...background, ...live.background } }
            : live;
    }

    async openLines({ filter }) {
        const action = await fetchAction(this, "handover.request", "action_view_lines", [
            [this.props.record.resId],
        ]);
        return this.action.doAction(action, {
            additionalContext: { [`search_default_${filter}`]: 1 },
        });
    }
}

registry.category("view_widgets").add("handover_progress", {
    component: HandoverProgress,
    fieldDependencies: [
        { name: "state", type: "selection", readonly: true },
        { name: "line_count", type: "integer", readonly: true },
        { name: "done_count", type: "integer", readonly: true },
        { name: "skipped_count", type: "integer", readonly: true },
        { name: "failed_count", type: "integer", readonly: true },
        { name: "returned_count", type: "integer", readonly: true },
        { name: "progress", type: "float", readonly: true },
        { name: "background_told", type: "json", readonly: true },
    ],
});
