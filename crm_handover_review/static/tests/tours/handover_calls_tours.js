import { registry } from "@web/core/registry";

// The people and records are those of tests/tours/test_calls.py.
registry.category("web_tour.tours").add("handover_calls", {
    steps: () => [
        { trigger: ".o_handover_calls_page [role=status]:contains(Called: 0 of 2)" },
        { trigger: ".o_handover_call:first:contains(Brewery)" },
        { trigger: ".o_handover_call:first .o_handover_call_done", run: "click" },
        { trigger: ".o_handover_calls_page [role=status]:contains(Called: 1 of 2)" },
        { trigger: ".o_handover_calls_rows:not(:contains(Brewery))" },
        { trigger: ".o_notification button:contains(Undo)", run: "click" },
        { trigger: ".o_handover_calls_page [role=status]:contains(Called: 0 of 2)" },
        { trigger: ".o_handover_call:contains(Brewery) .o_handover_call_later", run: "click" },
        { trigger: ".o_handover_calls_rows:not(:contains(Brewery))" },
        { trigger: ".o_handover_calls_rest", run: "click" },
        { trigger: ".o_handover_calls_page section li:contains(Brewery):contains(again on)" },
        { trigger: ".o_handover_call:contains(Town) button:contains(Deal)", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=probability]" },
    ],
});
