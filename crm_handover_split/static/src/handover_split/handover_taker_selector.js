import { MultiRecordSelector } from "@web/core/record_selectors/multi_record_selector";
import { RecordAutocomplete } from "@web/core/record_selectors/record_autocomplete";

/** Looks for users, with what stands beside them where somebody takes over. */
class HandoverTakerAutocomplete extends RecordAutocomplete {
    async loadOptionsSource(name) {
        const options = await super.loadOptionsSource(name);
        for (const option of options) {
            // the name alone is what is kept of who is chosen
            option.label = this.labels?.get(option.data?.record.id) || option.label;
        }
        return options;
    }

    search(name, limit) {
        const found = this.orm.call(this.props.resModel, "web_name_search", [], {
            name,
            domain: this.getDomain(),
            limit,
            specification: { display_name: {} },
            context: this.props.context || {},
        });
        const names = found.then((rows) => {
            this.labels = new Map(
                rows
                    .filter((row) => row.__formatted_display_name)
                    .map((row) => [row.id, this.plain(row.__formatted_display_name)])
            );
            return rows.map((row) => [row.id, row.display_name]);
        });
        // who types on waits for no former answer
        names.abort = (...args) => found.abort(...args);
        return names;
    }

    /** What lists of suggestions show muted, after the name. */
    plain(label) {
        return label.replace(/\s*\t\s*--(.*)--$/s, " · $1");
    }
}

export class HandoverTakerSelector extends MultiRecordSelector {
    static components = {
        ...MultiRecordSelector.components,
        RecordAutocomplete: HandoverTakerAutocomplete,
    };
}
