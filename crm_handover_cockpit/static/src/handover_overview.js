import { HandoverOverview } from "@crm_handover/handover_overview/handover_overview";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, toLocaleDateString, today } from "@web/core/l10n/dates";
import { patch } from "@web/core/utils/patch";
import { imageUrl } from "@web/core/utils/urls";
import { ringText } from "./handover_cockpit";

// the days that the timeline shows, before and after today
const BEFORE = 30;
const AFTER = 90;
// so many dates are listed where there is no room for the timeline
const DATES = 12;

patch(HandoverOverview.prototype, {
    setup() {
        super.setup();
        Object.assign(this.state, { under_way: [], under_way_count: 0 });
    },

    avatar(id) {
        return imageUrl("res.users", id, "avatar_128");
    },

    get moreUnderWay() {
        return this.state.under_way_count - this.state.under_way.length;
    },

    get moreUnderWayText() {
        return _t("More handovers: %s", this.moreUnderWay);
    },

    openUnderWay() {
        const states = ["draft", "submitted", "approved", "running", "transferred", "needs_review"];
        return this.openHandovers({ domain: [["state", "in", states]] });
    },

    async openCockpit(id) {
        // one with very many records opens as its form
        const action = await this.orm.call("handover.request", "action_open_cockpit", [[id]]);
        return this.action.doAction(action);
    },

    /** The handover of somebody who left opens as its cockpit. */
    openHandover(person) {
        return this.openCockpit(person.handover_id);
    },

    day(date) {
        return date ? toLocaleDateString(deserializeDate(date)) : "";
    },

    // ------------------------------------------------------------
    // TIMELINE
    // ------------------------------------------------------------

    /** Where a day is between the two ends, in percent. */
    place(date) {
        const days = deserializeDate(date).diff(today(), "days").days;
        const share = (days + BEFORE) / (BEFORE + AFTER);
        return Math.round(1000 * Math.min(Math.max(share, 0), 1)) / 10;
    },

    isShown(date) {
        const days = deserializeDate(date).diff(today(), "days").days;
        return days >= -BEFORE && days <= AFTER;
    },

    get todayPlace() {
        return (100 * BEFORE) / (BEFORE + AFTER);
    },

    /** The first days of months, to find one's way. */
    get months() {
        const start = today().minus({ days: BEFORE });
        const months = [];
        let month = start.plus({ months: 1 }).startOf("month");
        while (month < today().plus({ days: AFTER })) {
            const days = month.diff(start, "days").days;
            // not over the word for today
            if (Math.abs(days - BEFORE) > 4) {
                months.push({
                    left: (100 * days) / (BEFORE + AFTER),
                    name: month.toLocaleString({ month: "short" }),
                });
            }
            month = month.plus({ months: 1 });
        }
        return months;
    },

    bar(row) {
        const left = this.place(row.start);
        const day = row.day ? this.place(row.day) : this.todayPlace;
        const end = row.end ? this.place(row.end) : day;
        const seen = (row.marks || []).filter(({ date }) => this.isShown(date));
        return {
            left,
            marks: seen.map((mark) => ({ ...mark, left: this.place(mark.date) })),
            preparing: Math.max(day - left, 0.5),
            day,
            isDayShown: Boolean(row.day) && this.isShown(row.day),
            after: Math.max(end - day, 0),
        };
    },

    barText(row) {
        const parts = [row.title, row.state_name];
        if (row.day) {
            parts.push(_t("moves on %s", this.day(row.day)));
        }
        if (row.end) {
            parts.push(_t("until %s", this.day(row.end)));
        }
        return parts.join(" · ");
    },

    /** The same without a picture: what comes, by its day. */
    get dates() {
        const from = today();
        const dates = this.state.under_way.flatMap((row) => [
            ...row.marks.map((mark) => ({ ...mark, row })),
            ...(row.day ? [{ date: row.day, name: _t("records move"), row }] : []),
        ]);
        return dates
            .filter(({ date }) => deserializeDate(date) >= from)
            .sort((one, other) => one.date.localeCompare(other.date))
            .slice(0, DATES);
    },

    ringText({ ring }) {
        return ringText(ring);
    },
});
