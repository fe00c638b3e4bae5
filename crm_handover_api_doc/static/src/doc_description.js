import { DocTable } from "@api_doc/components/doc_table";

const { getValue } = DocTable.prototype;

/** A description is a text with markup, not a cell with a type. */
DocTable.prototype.getValue = function (row) {
    return row instanceof String ? row : getValue.call(this, row);
};
