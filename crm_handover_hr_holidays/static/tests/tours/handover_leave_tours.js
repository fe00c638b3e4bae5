import { registry } from "@web/core/registry";

// The people and records are those of tests/hr_holidays/test_tours.py; wide and on a
// phone, in whatever language.
const tours = registry.category("web_tour.tours");
const WORDS = /[A-Za-z]{3,}/g;
// names, and what comes from Odoo itself
const KNOWN = ["Anna", "Bruno", "Home", "Leader", "Deal"];
// what is ours on a leave
const ours = "label[for^=handover], .o_field_widget[name^=handover]";
const departure = [
    { trigger: ".o_cp_action_menus button", run: "click" },
    { trigger: ".o-dropdown--menu .o_menu_item:has(.oi-archive)", run: "click" },
];

/** Fail when a text of ours in `selector` is not Chinese where the page is. */
function readable(selector) {
    if (!document.documentElement.lang.startsWith("zh")) {
        return;
    }
    const parts = [...document.querySelectorAll(selector)];
    const left = parts.flatMap((part) => part.innerText.match(WORDS) || []);
    const unknown = left.filter((word) => !KNOWN.includes(word));
    if (unknown.length) {
        throw new Error(`Not in Chinese, in ${selector}: ${unknown.join(", ")}`);
    }
}

/** Fail when the page is wider than the screen. */
function fits() {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) {
        throw new Error(`It is ${scrollWidth} wide on a screen of ${clientWidth}`);
    }
}

tours.add("handover_leave_employee", {
    steps: () => [
        {
            content: "who asks for a leave says who stands in",
            trigger: ".o_field_widget[name=handover_stand_in_id] input",
            run: "click",
        },
        {
            trigger:
                ".o-autocomplete--dropdown-item > a:contains(Bruno Home), .o_kanban_record:contains(Bruno Home)",
            run: "click",
        },
        { trigger: ".o_form_button_save:visible", run: "click" },
        {
            content: "and finds the handover there",
            trigger: ".o_form_view button[name=action_view_handover]",
            run() {
                readable(ours);
                fits();
            },
        },
        { trigger: ".o_form_view button[name=action_view_handover]", run: "click" },
        { trigger: ".o_breadcrumb:contains(HO/), .o_last_breadcrumb_item:contains(HO/)" },
    ],
});

tours.add("handover_leave_manager", {
    steps: () => [
        {
            content: "who stands in, and until when, is said first",
            trigger: ".o_form_sheet:contains(Bruno Home)",
            run: fits,
        },
        { trigger: "button[name=action_approve]", run: "click" },
        { trigger: ".o_form_view:not(:has(button[name=action_approve]))" },
    ],
});

tours.add("handover_leave_stand_in", {
    steps: () => [
        {
            content: "the stand-in accepts what is theirs to do",
            trigger: ".o_handover_lines button[name^=action_accept]",
            run: "click",
        },
        {
            trigger: ".o_handover_lines:not(:has(button[name^=action_accept]))",
            run: fits,
        },
    ],
});

tours.add("handover_leave_officer", {
    steps: () => [
        ...departure,
        {
            content: "a departure says what is open",
            trigger: ".modal .o_field_widget[name=handover_told] li:contains(Bruno)",
            run: () => readable(".modal .o_field_widget[name=handover_told]"),
        },
        { trigger: ".modal button[name=action_prepare_handovers]", run: "click" },
        {
            content: "and has it prepared",
            trigger: ".modal:not(:has(button[name=action_prepare_handovers])) li:contains(Bruno)",
            run: fits,
        },
    ],
});

tours.add("handover_leave_read", {
    steps: () => [
        {
            trigger: ".o_form_view button[name=action_view_handover]",
            run() {
                readable(ours);
                fits();
            },
        },
    ],
});

tours.add("handover_leave_officer_reads", {
    steps: () => [
        ...departure,
        {
            content: "a departure says where the handover stands",
            trigger: ".modal .o_field_widget[name=handover_told] li:contains(Bruno)",
            run() {
                readable(".modal .o_field_widget[name=handover_told]");
                fits();
            },
        },
    ],
});
