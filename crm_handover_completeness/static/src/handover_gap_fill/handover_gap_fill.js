import { DateTimeInput } from "@web/core/datetime/datetime_input";
import {
    deserializeDate,
    deserializeDateTime,
    serializeDate,
    serializeDateTime,
} from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Component, onWillStart, useState } from "@odoo/owl";

const NUMBERS = ["integer", "float", "monetary"];
const DAYS = ["date", "todo"];

/** The records with one gap, each with an input that closes it. */
export class HandoverGapFill extends Component {
    static template = "crm_handover_completeness.HandoverGapFill";
    static components = { DateTimeInput };
    static props = {
        requestId: Number,
        checkId: Number,
        // a gap was closed
        onFilled: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ gap: null, busy: 0 });
        onWillStart(() => this.load());
    }

    get gap() {
        return this.state.gap;
    }

    get isDay() {
        return DAYS.includes(this.gap.type);
    }

    get isTodo() {
        return this.gap.type === "todo";
    }

    get hasPicker() {
        return this.isDay || this.gap.type === "datetime";
    }

    get inputType() {
        return NUMBERS.includes(this.gap.type) ? "number" : "text";
    }

    async load() {
        const ids = [this.props.requestId];
        const gap = await this.orm.call("handover.request", "get_gap", [ids, this.props.checkId]);
        for (const line of gap.lines) {
            line.value = this.read(gap.type, line.value);
            line.summary = "";
        }
        this.state.gap = gap;
    }

    /** What an input shows of a value; a day in the past helps nobody. */
    read(type, value) {
        if (DAYS.includes(type) || type === "datetime") {
            const read = type === "datetime" ? deserializeDateTime : deserializeDate;
            const moment = value && read(value);
            return moment && moment > luxon.DateTime.now() ? moment : false;
        }
        return value || "";
    }

    write(value) {
        if (this.hasPicker) {
            const write = this.isDay ? serializeDate : serializeDateTime;
            return value ? write(value) : false;
        }
        return this.inputType === "number" && value !== "" ? Number(value) : value;
    }

    async save(line) {
        this.state.busy = line.id;
        try {
            const args = [[line.id], this.gap.check_id, this.write(line.value)];
            if (this.isTodo) {
                args.push(line.summary);
            }
            const answer = await this.orm.call("handover.request.line", "fill_gap", args);
            this.notification.add(_t("%s: filled in", line.name), { type: "success" });
            await this.load();
            await this.props.onFilled?.(answer);
        } finally {
            this.state.busy = 0;
        }
    }

    onKeydown(ev, line) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.save(line);
        }
    }

    get dayText() {
        return this.isTodo ? _t("When") : this.gap.label;
    }

    labelOf(line) {
        return _t("%(field)s of %(record)s", { field: this.gap.label, record: line.name });
    }

    get moreText() {
        return _t("… and %s more", this.gap.total - this.gap.lines.length);
    }
}

// whatever shows what is left fills it in with this, where this add-on is there
registry.category("handover_cures").add("fill", HandoverGapFill);
