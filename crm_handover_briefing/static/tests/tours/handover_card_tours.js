import { registry } from "@web/core/registry";

// The people and records are those of tests/tours/test_cards.py.
const tours = registry.category("web_tour.tours");

const inState = (state) => ({
    trigger: `.o_statusbar_status [data-value=${state}].o_arrow_button_current`,
});

tours.add("handover_card_write", {
    steps: () => [
        { trigger: ".o_notebook a[name=briefing]", run: "click" },
        { trigger: ".o_handover_briefing tr:contains(Opportunities) td:nth-child(3):contains(0)" },
        { trigger: "button[name=action_view_cards]", run: "click" },
        { trigger: ".o_data_row:contains(Deal) .o_data_cell[name=res_name]", run: "click" },
        {
            trigger: ".o_field_widget[name=promises] textarea",
            run: "edit Price stays until May",
        },
        { trigger: ".o_handover_facts_record:contains(1,200)" },
        { trigger: "button[name=action_release]", run: "click" },
        inState("released"),
        { trigger: ".breadcrumb-item a:contains(HO/)", run: "click" },
        { trigger: ".o_notebook a[name=briefing]", run: "click" },
        { trigger: ".o_handover_briefing tr:contains(Opportunities) td:nth-child(3):contains(1)" },
        {
            content: "the customers are released as a whole",
            trigger: ".o_handover_briefing tr:contains(Customers) button",
            run: "click",
        },
        { trigger: ".o_handover_briefing tr:contains(Customers) td:nth-child(3):contains(1)" },
        { trigger: ".o_handover_briefing:not(:has(button))" },
    ],
});

// on a phone
tours.add("handover_card_read", {
    steps: () => [
        { trigger: ".o_kanban_record:contains(Deal)", run: "click" },
        { trigger: ".o_field_widget[name=promises]:contains(Price stays until May)" },
        { trigger: ".o_handover_facts_record:contains(1,200)" },
        { trigger: "button[name=action_understand]", run: "click" },
        { trigger: ".o_form_view:not(:has(button[name=action_understand]))" },
        { trigger: ".o_form_view:contains(Understood)" },
    ],
});

tours.add("handover_card_ask", {
    steps: () => [
        { trigger: ".o-mail-Chatter-sendMessage", run: "click" },
        { trigger: ".o-mail-Composer-input", run: "edit Who decides?" },
        { trigger: ".o-mail-Composer-send:enabled", run: "click" },
        { trigger: ".o-mail-Message:contains(Who decides?)" },
    ],
});
