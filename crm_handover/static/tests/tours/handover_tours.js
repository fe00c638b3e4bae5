import { registry } from "@web/core/registry";

// The people and records are those of tests/test_tours.py.
const tours = registry.category("web_tour.tours");

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
const choose = (field, name) => [
    { trigger: `.o_field_widget[name=${field}] input`, run: `edit ${name}` },
    {
        trigger: `.o-autocomplete--dropdown-item > a:contains(${name})`,
        run: "click",
    },
];
const inDialog = (button) => ({
    trigger: `.modal-footer ${button}`,
    run: "click",
});

tours.add("handover_submit", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        ...choose("successor_id", "Bruno Home"),
        { trigger: ".o_handover_lines button[data-hotkey=k]", run: "click" },
        {
            content: "both records are collected, and the note of one can be written",
            trigger: ".o_handover_lines .o_data_row:contains(Brewery)",
        },
        {
            trigger: ".o_handover_lines .o_data_row:contains(Deal) .o_data_cell[name=note]",
            run: "click",
        },
        {
            trigger:
                ".o_handover_lines .o_selected_row .o_field_widget[name=note] :is(input, textarea)",
            run: "edit Call before ten",
        },
        { trigger: "button[name=action_submit]", run: "click" },
        inState("submitted"),
        { trigger: ".o_handover_lines .o_data_row:contains(Call before ten)" },
    ],
});

tours.add("handover_approve", {
    steps: () => [
        {
            trigger: ".o_menu_systray button:has(.fa-clock-o)",
            run: "click",
        },
        {
            trigger: ".o-mail-ActivityGroup[data-model_name='handover.request']",
            run: "click",
        },
        { trigger: ".o_data_row:contains(Anna Home) .o_data_cell[name=name]", run: "click" },
        toForm,
        { trigger: ".o_handover_findings .fa-check-circle" },
        { trigger: "button[name=action_approve]", run: "click" },
        inState("transferred"),
        { trigger: ".o_handover_progress .text-bg-success:contains(2)" },
    ],
});

tours.add("handover_refuse", {
    steps: () => [
        { trigger: ".o_statusbar_buttons button[data-hotkey=w]", run: "click" },
        { trigger: ".modal .o_field_widget[name=reason] textarea", run: "edit Ask Chen first" },
        inDialog("button[name=action_refuse]"),
        {
            trigger: ".o_form_view .alert-danger:contains(Ask Chen first)",
        },
        { trigger: "body:not(:has(.modal))" },
    ],
});

tours.add("handover_confirm", {
    steps: () => [
        { trigger: "button[name=action_confirm]", run: "click" },
        inDialog(".btn-primary"),
        { trigger: ".o_form_view:not(:has(button[name=action_confirm]))" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

tours.add("handover_decline", {
    steps: () => [
        {
            trigger: ".o_handover_lines .o_data_row:contains(Deal) button .fa-times",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Conflict of interest",
        },
        inDialog("button[name=action_decline]"),
        {
            trigger: ".o_handover_lines .o_data_row:contains(Deal) [name=decision] .text-bg-danger",
        },
        { trigger: "body:not(:has(.modal))" },
    ],
});

tours.add("handover_from_list", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Deal) .o_list_record_selector input",
            run: "click",
        },
        { trigger: ".o_cp_action_menus button:has(.fa-cog)", run: "click" },
        { trigger: ".o-dropdown--menu .o_menu_item:contains(/^Hand Over$/)", run: "click" },
        ...choose("successor_id", "Bruno Home"),
        inDialog("button[name=action_generate]"),
        toForm,
        { trigger: ".o_handover_request_form .o_handover_lines .o_data_row:contains(Deal)" },
        { trigger: "button[name=action_submit]", run: "click" },
        inState("submitted"),
    ],
});

const openEvidence = [
    { trigger: ".o_form_view .o_cp_action_menus button:has(.fa-cog)", run: "click" },
    { trigger: ".o-dropdown--menu .o_menu_item:contains(/^Evidence$/)", run: "click" },
];
tours.add("handover_evidence", {
    steps: () => [
        ...openEvidence,
        { trigger: ".modal .alert-success:visible:contains(The history is whole)" },
        inDialog("button[name=action_download]"),
        inDialog("button[special=cancel]"),
        { trigger: "body:not(:has(.modal))" },
    ],
});
tours.add("handover_evidence_changed", {
    steps: () => [
        ...openEvidence,
        { trigger: ".modal .alert-danger:visible:contains(not what was approved)" },
    ],
});
// on a phone
tours.add("handover_phone_accept", {
    steps: () => [
        {
            trigger:
                ".o_handover_lines .o_kanban_record:contains(Deal) button[name^=action_accept]",
            run: "click",
        },
        {
            trigger:
                ".o_handover_lines .o_kanban_record:contains(Deal) [name=decision] .text-bg-success",
        },
    ],
});

tours.add("handover_chinese", {
    steps: () => [
        { trigger: ".o_form_label:contains(/^移交人/)" },
        { trigger: ".o_form_label:contains(/^接收人/)" },
        { trigger: ".o_statusbar_status [data-value=submitted]:contains(已提交)" },
        { trigger: "button[name=action_draft]:contains(撤回)" },
        { trigger: ".o_handover_findings:contains(没有阻碍)" },
        { trigger: ".o_handover_lines th[data-name=note]:contains(须知)" },
    ],
});
