import { registry } from "@web/core/registry";

// The people and records are those of tests/test_tours_screens.py.
const tours = registry.category("web_tour.tours");

const app = ".o_app[data-menu-xmlid='crm_handover.handover_menu_root']";
const inState = (state) => ({
    trigger: `.o_statusbar_status [data-value=${state}].o_arrow_button_current`,
});
// a handover opens as its cockpit where that is installed, and the form is a click away
const toForm = {
    trigger: ".o_handover_to_form, .o_handover_request_form",
    run({ anchor }) {
        if (anchor.matches(".o_handover_to_form")) {
            anchor.click();
        }
    },
};
const back = { trigger: ".o_breadcrumb a:contains(Handover Overview)", run: "click" };

// opening, and nothing else
tours.add("handover_look", {
    steps: () => [
        { trigger: ".o_handover_next_step:contains(A draft)" },
        { trigger: ".o_handover_lines .o_data_row:contains(Deal)" },
        { trigger: ".o_handover_findings .fa-check-circle" },
    ],
});

// the card of a record beside the list: by mouse and keyboard, also where rows are edited
const inDrawer = (name) => ({ trigger: `.o_handover_drawer h2:contains(${name})` });
const inCell = (name) => `.o_handover_lines td[name=res_name]:contains(${name})`;
const drawer = () => [
    { trigger: inCell("Deal"), run: "click" },
    inDrawer("Deal"),
    { trigger: ".o_handover_lines .o_data_row.table-info:contains(Deal)" },
    { trigger: ".o_handover_drawer", run: "press ArrowDown" },
    inDrawer("Offer"),
    { trigger: ".o_handover_drawer", run: "press ArrowUp" },
    inDrawer("Deal"),
    { trigger: ".o_handover_drawer", run: "press ArrowDown" },
    inDrawer("Offer"),
    { trigger: ".o_handover_drawer", run: "press Escape" },
    { trigger: ".o_handover_lines:not(:has(.o_handover_drawer))" },
    {
        content: "the focus is back on what was shown",
        trigger: `${inCell("Offer")}:focus`,
        run: "press Enter",
    },
    inDrawer("Offer"),
];
tours.add("handover_drawer", {
    steps: () => [...drawer(), { trigger: ".o_handover_drawer .btn-close", run: "click" }],
});
tours.add("handover_drawer_read", {
    steps: () => [
        ...drawer(),
        { trigger: ".o_handover_drawer button:contains(Details)", run: "click" },
        { trigger: ".modal .o_form_view:contains(Offer)" },
    ],
});

tours.add("handover_my", {
    steps: () => [
        { trigger: ".o_navbar_apps_menu button", run: "click" },
        {
            content: "how much waits stands beside the app",
            trigger: `${app}:has(.o_handover_badge:contains(1))`,
            run: "click",
        },
        { trigger: ".o_group_header:contains(Waiting for Me)" },
        {
            trigger: ".o_data_row:contains(Waiting for you to approve) .o_data_cell[name=name]",
            run: "click",
        },
        toForm,
        { trigger: ".o_handover_next_step:contains(Waiting for you to approve)" },
        { trigger: ".o_statusbar_buttons .btn-primary[name=action_approve]" },
    ],
});

tours.add("handover_my_empty", {
    steps: () => [{ trigger: ".o_view_nocontent:contains(starts an empty one)" }],
});

tours.add("handover_fix", {
    steps: () => [
        {
            trigger:
                ".o_handover_findings li:contains(Gone) .o_handover_fix:contains(Remove the Record)",
            run: "click",
        },
        { trigger: ".o_handover_lines:not(:contains(Gone))" },
        { trigger: ".o_handover_findings:not(:contains(Gone))" },
        {
            trigger: ".o_handover_findings .o_handover_fix:contains(Choose a Successor)",
            run: "click",
        },
        {
            content: "the cursor is where a successor is chosen",
            trigger: ".o_field_widget[name=successor_id] input:focus",
            run: "edit Bruno Home",
        },
        { trigger: ".o-autocomplete--dropdown-item > a:contains(Bruno Home)", run: "click" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_handover_findings:contains(It can go on)" },
    ],
});

tours.add("handover_fix_elsewhere", {
    steps: () => [
        {
            trigger: ".o_handover_findings .o_handover_fix:contains(Open the Other Handover)",
            run: "click",
        },
        inState("submitted"),
    ],
});

tours.add("handover_overview", {
    steps: () => [
        {
            trigger: ".o_menu_sections [data-menu-xmlid='crm_handover.handover_request_menu']",
            run: "click",
        },
        {
            trigger:
                ".o-dropdown--menu [data-menu-xmlid='crm_handover.handover_request_menu_overview']",
            run: "click",
        },
        { trigger: ".o_handover_card_to_decide:contains(1)", run: "click" },
        { trigger: ".o_data_row:contains(Anna Home)" },
        back,
        { trigger: ".o_handover_overview button:contains(Calendar)", run: "click" },
        { trigger: ".o_calendar_view" },
        back,
        { trigger: ".o_handover_overview button:contains(Graph)", run: "click" },
        { trigger: ".o_graph_view" },
        back,
        { trigger: ".o_handover_overview button:contains(Pivot)", run: "click" },
        { trigger: ".o_pivot_view" },
        back,
        {
            trigger: ".o_handover_left tr:contains(Chen Home) button:contains(Hand Over)",
            run: "click",
        },
        { trigger: ".modal .o_handover_portfolio label:contains(Leads and Opportunities)" },
        { trigger: ".modal .o_field_widget[name=is_sudden] input:checked" },
        { trigger: ".modal-footer button[special=cancel]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

// on a phone
tours.add("handover_phone_decline", {
    steps: () => [
        { trigger: ".o_kanban_record:contains(Approved; it is handed over on)", run: "click" },
        toForm,
        { trigger: ".o_handover_next_step:contains(Accept your records)" },
        {
            trigger: ".o_handover_lines .o_kanban_record:contains(Deal) button:contains(Decline)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Conflict of interest",
        },
        { trigger: ".modal-footer button[name=action_decline]", run: "click" },
        {
            trigger:
                ".o_handover_lines .o_kanban_record:contains(Deal) [name=decision] .text-bg-danger",
        },
        { trigger: "body:not(:has(.modal))" },
    ],
});

tours.add("handover_phone_approve", {
    steps: () => [
        { trigger: ".o_kanban_group:contains(Waiting for Me) .o_kanban_record", run: "click" },
        toForm,
        { trigger: ".o_handover_next_step:contains(Waiting for you to approve)" },
        { trigger: ".o_handover_findings .fa-check-circle" },
        { trigger: "button[name=action_approve]", run: "click" },
        { trigger: ".o_handover_progress .text-bg-success:contains(1)" },
    ],
});
