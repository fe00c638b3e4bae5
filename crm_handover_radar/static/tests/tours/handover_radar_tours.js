import { readChinese } from "@crm_handover/../tests/tours/handover_chinese_tours";
import { registry } from "@web/core/registry";

// The people and records are those of tests/tours/test_archive.py: wide in groups, on a
// phone as cards that each say whose it is.
const SHOW = ":has([name=action_hand_over]) [name=action_open_records]";

registry.category("web_tour.tours").add("handover_radar", {
    steps: () => [
        { trigger: ".o_group_name:contains(Anna), .o_kanban_record .o_avatar span:contains(Anna)" },
        {
            content: "what can be handed over comes first",
            trigger: `.o_data_row${SHOW}, .o_kanban_record${SHOW}`,
            async run({ click }) {
                // what the kinds and their fields are called is Odoo's
                readChinese(".o_list_table thead, .o_data_row button, .o_kanban_record button");
                await click();
            },
        },
        { trigger: ".o_data_row:contains(Deal), .o_kanban_record:contains(Deal)" },
    ],
});
