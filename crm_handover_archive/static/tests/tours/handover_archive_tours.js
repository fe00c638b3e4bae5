import { readChinese } from "@crm_handover/../tests/tours/handover_chinese_tours";
import { registry } from "@web/core/registry";

// The people and records are those of tests/tours/test_archive.py.
const tours = registry.category("web_tour.tours");

const archive = [
    { trigger: ".o_cp_action_menus button:has(.fa-cog)", run: "click" },
    { trigger: ".o-dropdown--menu .o_menu_item:has(.oi-archive)", run: "click" },
    { trigger: ".modal .modal-footer .btn-primary", run: "click" },
];

tours.add("handover_archive", {
    steps: () => [
        ...archive,
        {
            content: "the dialog says what would be left behind",
            trigger: ".o_handover_archive_dialog li:contains(Anna) .badge:contains(1)",
            run: () => readChinese(".o_handover_archive_dialog"),
        },
        { trigger: ".o_handover_archive_dialog li .btn-primary", run: "click" },
        {
            content: "and leads to the handover of this person",
            trigger: ".modal .o_field_widget[name=predecessor_id] input:value(Anna Home)",
        },
        { trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        ...archive,
        { trigger: ".o_handover_archive_dialog .modal-footer .btn-link", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Left without notice",
        },
        {
            trigger: ".modal-footer button[name=action_archive]",
            async run({ click }) {
                readChinese(".modal", "Left", "without", "notice");
                await click();
            },
        },
        { trigger: "body:not(:has(.modal))" },
    ],
});
