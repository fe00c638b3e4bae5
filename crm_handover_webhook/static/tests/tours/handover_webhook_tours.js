import { readChinese } from "@crm_handover/../tests/tours/handover_chinese_tours";
import { registry } from "@web/core/registry";

// An administrator looks at the form of a new webhook, see tests/tours/test_chinese.py.
registry.category("web_tour.tours").add("handover_webhook", {
    steps: () => [
        {
            trigger: ".o_form_view .o_field_widget[name=url] input",
            run: () => readChinese(".o_form_sheet_bg", "https"),
        },
    ],
});
