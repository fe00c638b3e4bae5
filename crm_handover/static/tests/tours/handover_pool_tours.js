import { registry } from "@web/core/registry";

import { readChinese } from "./handover_chinese_tours";

// The people and records are those of tests/tours/test_pool.py.
const tours = registry.category("web_tour.tours");
const GIVE = ".o_kanban_record button[name=action_choose_give]";
const give = {
    trigger: ".modal-footer button[name=action_give]",
    async run({ click }) {
        readChinese(".modal, .o_list_table thead", "Eva");
        await click();
    },
};

tours.add("handover_pool_claim", {
    steps: () => [
        {
            content: "a member of the team takes one record, and is offered to give none",
            trigger:
                ".o_data_row:contains(One) button[name=action_claim], .o_kanban_record:contains(One) button[name=action_claim]",
            async run({ click }) {
                if (document.querySelector(GIVE)) {
                    throw new Error("Only the leader gives");
                }
                await click();
            },
        },
        {
            content: "which waits no more; the leader gives the rest",
            trigger:
                ".o_list_view:not(:has(.o_data_row:contains(One))) .o_data_row:contains(Two), .o_kanban_view:not(:has(.o_kanban_record:contains(One))) .o_kanban_record:contains(Two)",
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
        give,
        { content: "nothing waits any more", trigger: ".o_view_nocontent" },
    ],
});

tours.add("handover_pool_give_phone", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Two) button[name=action_choose_give]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=successor_id] input",
            run: "click",
        },
        {
            content: "where people are chosen from a list of their own",
            trigger: ".modal .o_kanban_record:contains(Eva)",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=successor_id] input:value(Eva)" },
        give,
        { trigger: ".o_kanban_view:not(:has(.o_kanban_record:contains(Two)))" },
    ],
});
