import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// Five stops for who hands over for the first time; see data/web_tour_tour_data.xml.
registry.category("web_tour.tours").add("crm_handover_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: ".o_app[data-menu-xmlid='crm_handover.handover_menu_root']",
            content: _t("Somebody leaves, moves or goes on leave? Their work passes on here."),
            tooltipPosition: "right",
            run: "click",
        },
        {
            isActive: ["desktop"],
            trigger: "[data-menu-xmlid='crm_handover.handover_menu_root_prepare']",
            content: _t("See first what somebody has, before anything is made of it."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=successor_id] input",
            content: _t("Choose who takes over: beside each name stands what they have already."),
            tooltipPosition: "right",
            run: "click",
        },
        {
            isActive: ["auto"],
            trigger: ".o-autocomplete--dropdown-item:contains(Bruno)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_prepare]",
            content: _t("Look at the list: this makes a draft, and nothing moves yet."),
            tooltipPosition: "top",
            run: "click",
        },
        {
            trigger: ".o_handover_card_open",
            content: _t(
                "Each card is a customer. Drag it to somebody else, and follow on the right what is left for you: at last you submit it."
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
    ],
});
