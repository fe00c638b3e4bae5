import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/** Other handovers with the same records: what is filled in here stays as it is. */
export class HandoverAlsoHeld extends Component {
    static template = "crm_handover.HandoverAlsoHeld";
    static props = { ...standardFieldProps };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    textOf({ who, state, count }) {
        const values = { who, state, count };
        return count === 1
            ? _t("of %(who)s (%(state)s) has 1 of these records", values)
            : _t("of %(who)s (%(state)s) has %(count)s of these records", values);
    }
}

registry.category("fields").add("handover_also_held", {
    component: HandoverAlsoHeld,
    supportedTypes: ["json"],
});
