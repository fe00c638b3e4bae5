import { registry } from "@web/core/registry";

// The people and records are those of tests/tours/test_archive.py.
registry.category("web_tour.tours").add("handover_radar", {
    steps: () => [
        { trigger: ".o_group_name:contains(Anna)" },
        { trigger: ".o_data_row:contains(Salesperson) button[name=action_hand_over]" },
        {
            trigger: ".o_data_row:contains(Salesperson) button[name=action_open_records]",
            run: "click",
        },
        { trigger: ".o_breadcrumb:contains(Lead)" },
        { trigger: ".o_data_row:contains(Deal)" },
    ],
});
