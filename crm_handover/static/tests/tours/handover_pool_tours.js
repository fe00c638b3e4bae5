import { registry } from "@web/core/registry";

import { readChinese } from "./handover_chinese_tours";

// The people and records are those of tests/tours/test_pool.py.
const tours = registry.category("web_tour.tours");

tours.add("handover_pool_claim", {
    steps: () => [
        {
            content: "a member of the team takes one record",
            trigger: ".o_data_row:contains(One) button[name=action_claim]",
            run: "click",
        },
        {
            content: "which waits no more; the leader gives the rest",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(One))) .o_data_row:contains(Two)",
        },
    ],
});

tours.add("handover_pool_give", {
    steps: () => [
        { trigger: ".o_data_row:contains(Two) .o_list_record_selector input", run: "click" },
        { trigger: ".o_data_row:contains(Three) .o_list_record_selector input", run: "click" },
        {
            content: "what several handovers brought",
            trigger: ".o_control_panel button[name=action_choose_give]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=successor_id] input",
            run: "edit Eva",
        },
        { trigger: ".o-autocomplete--dropdown-item a:contains(Eva)", run: "click" },
        {
            trigger: ".modal-footer button[name=action_give]",
            async run({ click }) {
                readChinese(".modal, .o_list_table thead", "Eva");
                await click();
            },
        },
        { content: "nothing waits any more", trigger: ".o_view_nocontent" },
    ],
});
