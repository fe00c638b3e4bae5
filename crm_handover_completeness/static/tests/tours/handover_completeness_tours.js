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
        { trigger: ".o_handover_gaps tr:contains(No phone) button", run: "click" },
        {
            content: "the records with this gap, and no other",
            trigger: ".o_content:not(:has(.o_form_view)):contains(Deal)",
            run() {
                if (this.anchor.textContent.includes("Whole")) {
                    throw new Error("This record lacks nothing");
                }
            },
        },
    ],
});
