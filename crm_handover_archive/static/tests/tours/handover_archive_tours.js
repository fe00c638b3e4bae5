import { registry } from "@web/core/registry";

// The people and records are those of tests/tours/test_archive.py.
const tours = registry.category("web_tour.tours");

const archive = [
    { trigger: ".o_cp_action_menus button:has(.fa-cog)", run: "click" },
    { trigger: ".o-dropdown--menu .o_menu_item:contains(Archive)", run: "click" },
    { trigger: ".modal .btn-primary:contains(Archive)", run: "click" },
];

tours.add("handover_archive", {
    steps: () => [
        ...archive,
        {
            content: "the dialog says what would be left behind",
            trigger: ".o_handover_archive_dialog li:contains(Anna):contains(Opportunities: 1)",
        },
        { trigger: ".o_handover_archive_dialog button:contains(Hand Over)", run: "click" },
        {
            content: "and leads to the handover of this person",
            trigger: ".modal .o_field_widget[name=predecessor_id] input:value(Anna Home)",
        },
        { trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        ...archive,
        { trigger: ".modal-footer button:contains(Archive Anyway)", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=reason] textarea",
            run: "edit Left without notice",
        },
        { trigger: ".modal-footer button[name=action_archive]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
