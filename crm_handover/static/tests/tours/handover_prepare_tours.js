import { registry } from "@web/core/registry";

// The people and records are those of tests/test_tours_prepare.py.
const tours = registry.category("web_tour.tours");

const choose = (field, name) => [
    { trigger: `.modal .o_field_widget[name=${field}] input`, run: `edit ${name}` },
    {
        trigger: `.o-autocomplete--dropdown-item > a:contains(${name})`,
        run: "click",
    },
];

// from the CRM's first page to a handover that waits for its approval
tours.add("handover_leave", {
    steps: () => [
        {
            trigger: ".o_menu_sections [data-menu-xmlid='crm_handover.handover_request_menu']",
            run: "click",
        },
        {
            trigger:
                ".o-dropdown--menu [data-menu-xmlid='crm_handover.handover_request_menu_prepare']",
            run: "click",
        },
        ...choose("predecessor_id", "Anna Home"),
        { trigger: ".o_handover_portfolio label:contains(Customers)" },
        { trigger: ".o_handover_total:contains(2)" },
        ...choose("successor_id", "Bruno Home"),
        { trigger: ".modal-footer button[name=action_prepare]", run: "click" },
        {
            content: "on the cockpit where that is installed, or on the form",
            trigger:
                ".o_handover_lines .o_data_row:contains(Brewery), .o_handover_card:contains(Brewery)",
        },
        { trigger: ".o_handover_findings .fa-check-circle, .o_handover_left_collected" },
        { trigger: "button[name=action_submit], .o_handover_action_submit", run: "click" },
        {
            trigger:
                "[data-value=submitted].o_arrow_button_current, .o_handover_stage_now:contains(approves)",
        },
    ],
});

// on a phone
tours.add("handover_leave_part", {
    steps: () => [
        { trigger: ".o_handover_portfolio .form-check:contains(Customers) input", run: "click" },
        { trigger: ".o_handover_total:contains(1)" },
        { trigger: ".o_field_widget[name=successor_id] input", run: "click" },
        {
            trigger:
                ".o-autocomplete--dropdown-item > a:contains(Bruno Home), .o_kanban_record:contains(Bruno Home)",
            run: "click",
        },
        { trigger: "button[name=action_prepare]", run: "click" },
        {
            trigger:
                ".o_handover_lines .o_kanban_record:contains(Deal), .o_handover_card:contains(Deal)",
        },
    ],
});
