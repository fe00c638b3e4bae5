import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

const open = [
    { trigger: ".o_handover_open_split", run: "click" },
    { trigger: ".o_handover_split .o_handover_column:contains(Brewery)" },
];
const column = (name) => `.o_handover_column:has(h3:contains(${name}))`;
const addChen = [
    { trigger: ".o_multi_record_selector .o-autocomplete--input", run: "edit Chen Home" },
    { trigger: ".o-autocomplete--dropdown-item:contains(Chen Home)", run: "click" },
    { trigger: column("Chen Home") },
];
const press = (key) => async (helpers) => {
    helpers.anchor.focus();
    await helpers.press(key);
};
const apply = [
    { trigger: ".o_handover_apply", run: "click" },
    { trigger: ".o_handover_request_form .o_handover_matrix th:contains(Chen Home)" },
];

// with the mouse
tours.add("handover_split_mouse", {
    steps: () => [
        ...open,
        ...addChen,
        {
            content: "each has one of the two",
            trigger: `${column("Bruno Home")} .o_handover_bundle:contains(Brewery)`,
        },
        { trigger: `${column("Chen Home")} .o_handover_bundle:contains(Alone)` },
        {
            content: "the bars tell it to who does not see them",
            trigger:
                ".o_handover_load_records[aria-label='Records of Chen Home: 0 before, 1 after']",
        },
        { trigger: ".o_handover_compare", run: "click" },
        { trigger: ".o_handover_proposal:contains(Proposal B)" },
        { trigger: ".o_handover_proposal:eq(1) input[type=radio]", run: "click" },
        { trigger: ".o_handover_apply:contains(Proposal B)" },
        {
            content: "a single record goes to somebody else",
            trigger: `${column(
                "Bruno Home"
            )} .o_handover_bundle:contains(Brewery) button[aria-expanded=false]`,
            run: "click",
        },
        {
            trigger: ".o_handover_part_line:contains(Deal)",
            run: `drag_and_drop(${column("Chen Home")})`,
        },
        { trigger: `${column("Chen Home")} .o_handover_bundle .fa-chain-broken` },
        { trigger: ".o_handover_undo", run: "click" },
        {
            content: "a card goes to somebody else",
            trigger: `${column("Bruno Home")} .o_handover_bundle:contains(Brewery)`,
            run: `drag_and_drop(${column("Chen Home")})`,
        },
        { trigger: `${column("Chen Home")} .o_handover_bundle:contains(Brewery)` },
        { trigger: `${column("Bruno Home")}:contains(No records)` },
        { trigger: ".o_handover_undo", run: "click" },
        { trigger: `${column("Bruno Home")} .o_handover_bundle:contains(Brewery)` },
        {
            content: "proposal A is as it was",
            trigger: ".o_handover_proposal:eq(0) input[type=radio]",
            run: "click",
        },
        { trigger: `${column("Chen Home")} .o_handover_bundle:contains(Alone)` },
        ...apply,
    ],
});

// with the keyboard
tours.add("handover_split_keyboard", {
    steps: () => [
        ...open,
        ...addChen,
        {
            content: "one record of a bundle: it is torn on purpose",
            trigger: `${column(
                "Bruno Home"
            )} .o_handover_bundle:contains(Brewery) button[aria-expanded=false]`,
            run: press("Enter"),
        },
        {
            trigger: ".o_handover_part_line:contains(Deal) input",
            run: press("Space"),
        },
        { trigger: ".o_handover_split_bar:contains(1 selected)" },
        { trigger: ".o_handover_move", run: press("Enter") },
        {
            trigger: ".o-dropdown--menu .o-dropdown-item:contains(Chen Home)",
            run: press("Enter"),
        },
        { trigger: `${column("Chen Home")} .o_handover_bundle .fa-chain-broken` },
        {
            content: "the focus is where the record went to",
            trigger: `${column("Chen Home")} h3`,
            run({ anchor }) {
                if (document.activeElement !== anchor) {
                    throw new Error("The focus is lost");
                }
            },
        },
        { trigger: ".o_handover_figures:contains(1 not kept together)" },
        ...apply,
    ],
});

// on a phone: opened, somebody added, a card chosen, moved to them, and applied
const MOST_CLICKS = 7;
let clicks = 0;
const count = () => clicks++;
tours.add("handover_split_phone", {
    steps: () => [
        {
            trigger: ".o_handover_open_split",
            run() {
                clicks = 0;
                document.addEventListener("click", count, true);
            },
        },
        ...open,
        ...addChen,
        {
            trigger: `${column("Bruno Home")} .o_handover_bundle:contains(Brewery) input`,
            run: "click",
        },
        { trigger: ".o_handover_move", run: "click" },
        { trigger: ".o-dropdown-item:contains(Chen Home)", run: "click" },
        { trigger: `${column("Chen Home")} .o_handover_bundle:contains(Brewery)` },
        { trigger: ".o_handover_apply", run: "click" },
        {
            trigger: ".o_handover_request_form .o_handover_open_split",
            run() {
                document.removeEventListener("click", count, true);
                if (clicks > MOST_CLICKS) {
                    throw new Error(`${clicks} clicks for a split`);
                }
            },
        },
    ],
});

// a team's records, from many to many
tours.add("handover_matrix", {
    steps: () => [
        { trigger: ".o_handover_matrix tr:has(th:contains(Anna Home)) td:contains(2)" },
        { trigger: ".o_handover_matrix tfoot td:contains(3)" },
        {
            trigger: ".o_handover_matrix tr:has(th:contains(Anna Home)) .o_handover_cell_move",
            run: "click",
        },
        { trigger: ".modal .o_searchview_input", run: "edit Other" },
        { trigger: ".modal .o_searchview_input", run: "press Enter" },
        { trigger: ".modal .o_data_row td:contains(Other)", run: "click" },
        { trigger: ".o_handover_matrix th:contains(Other)" },
        {
            trigger:
                ".o_handover_matrix tr:has(th:contains(Anna Home)) .o_handover_cell:contains(2)",
            run: "click",
        },
        {
            content: "these records, and no others",
            trigger: "body:not(:has(.o_form_view)) .o_data_row:contains(Of Anna)",
            run() {
                if (document.querySelectorAll(".o_data_row").length !== 2) {
                    throw new Error("Other records are listed");
                }
            },
        },
    ],
});
