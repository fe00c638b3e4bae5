import { registry } from "@web/core/registry";

// The people and records are those of tests/tours/test_tours.py.
const tours = registry.category("web_tour.tours");

// on a computer and on a phone
tours.add("handover_completeness", {
    steps: () => [
        { trigger: ".o_notebook a[name=plan]", run: "click" },
        { trigger: "button[name=action_check_completeness]", run: "click" },
        { trigger: ".o_field_widget[name=score]:contains(80)" },
        { trigger: ".o_handover_gaps tr:contains(No phone) td:contains(1)" },
        { trigger: ".o_handover_findings:contains('(1): No phone')" },
        { trigger: "button[name=action_plan_gaps]", run: "click" },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_handover_gaps tr:contains(No phone) .o_handover_gap_open", run: "click" },
        {
            content: "the records with this gap, and no other",
            trigger: ".o_content:not(:has(.o_form_view)):contains(Deal)",
            run() {
                if (this.anchor.textContent.includes("Whole")) {
                    throw new Error("This record lacks nothing");
                }
            },
        },
        { trigger: ".o_back_button", run: "click" },
        { trigger: ".o_notebook a[name=plan]", run: "click" },
        { trigger: ".o_handover_gaps tr:contains(No phone) .o_handover_fill", run: "click" },
        {
            content: "it is filled in where it is read",
            trigger: ".o_handover_gap_fill input[aria-label='Phone of Deal']",
            run: "edit +49 30 901821",
        },
        { trigger: ".o_handover_gap_fill button:contains(Save):enabled", run: "click" },
        { trigger: ".o_handover_gaps:contains(Nothing is missing)" },
    ],
});
