import { toRaw } from "@odoo/owl";
import { DocTable } from "@api_doc/components/doc_table";
import { patch } from "@web/core/utils/patch";

patch(DocTable.prototype, {
    getValue(row) {
        // what a model says of itself is markup: an object, and no cell with a value
        const value = toRaw(row);
        return value instanceof String ? value : super.getValue(row);
    },
});
