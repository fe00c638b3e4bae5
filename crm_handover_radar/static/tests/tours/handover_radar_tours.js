import { readChinese } from "@crm_handover/../tests/tours/handover_chinese_tours";
import { registry } from "@web/core/registry";

// The people and records are those of tests/tours/test_archive.py.
registry.category("web_tour.tours").add("handover_radar", {
    steps: () => [
        { trigger: ".o_group_name:contains(Anna)" },
        {
            content: "what can be handed over comes first",
            trigger: ".o_data_row:has([name=action_hand_over]) [name=action_open_records]",
            async run({ click }) {
                // what the kinds and their fields are called is Odoo's
                readChinese(".o_list_table thead, .o_data_row button");
                await click();
            },
        },
        { trigger: ".o_data_row:contains(Deal)" },
    ],
});
