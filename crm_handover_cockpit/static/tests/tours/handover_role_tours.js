import { readChinese } from "@crm_handover/../tests/tours/handover_chinese_tours";
import { registry } from "@web/core/registry";

// The people and records are those of tests/tours/test_cockpit.py. Each part is taken
// in every language and on every screen: what is looked for has no words.
const tours = registry.category("web_tour.tours");
const column = (name) => `.o_handover_cockpit_column:has(h2:contains(${name}))`;
const card = (name, taker) => `${column(taker)} .o_handover_card:contains(${name})`;
const NAMES = ["Alone", "Calls", "Mondays", "Ctrl", "Enter", "USD"];
const read = (selector) => readChinese(`${selector}, .o_control_panel_breadcrumbs`, ...NAMES);
const inDialog = { trigger: ".modal-footer .btn-primary", run: "click" };

// the predecessor: briefs, splits, submits
tours.add("handover_role_giver", {
    steps: () => [
        { trigger: ".o_handover_left_brief .o_handover_cure:first", run: "click" },
        {
            trigger: ".o_handover_briefing_flow textarea[name=note]:focus",
            run: "edit Calls on Mondays",
        },
        {
            trigger: ".o_handover_share:enabled",
            async run({ click }) {
                read(".o_handover_briefing_content");
                await click();
            },
        },
        { trigger: ".o_handover_briefing_progress:contains(1)" },
        { trigger: ".o_handover_to_cockpit", run: "click" },
        { trigger: `${card("Alone", "Chen Home")} .o_handover_card_open`, run: "click" },
        { trigger: ".o_handover_give:contains(Bruno Home)", run: "click" },
        { trigger: card("Alone", "Bruno Home") },
        {
            trigger: ".o_handover_action_submit",
            async run({ click }) {
                read(".o_handover_cockpit_content");
                await click();
            },
        },
        {
            content: "what was dealt out is no draft any more, and is not undone",
            trigger:
                "body:not(:has(.o_handover_undo_bar)):not(:has(.o_handover_action_submit)) .o_handover_cockpit_head",
        },
    ],
});

// the superior
tours.add("handover_role_approver", {
    steps: () => [
        { trigger: ".o_handover_decision" },
        {
            content: "it is decided without scrolling",
            trigger: ".o_handover_approve",
            async run({ anchor, click }) {
                const { top, bottom } = anchor.getBoundingClientRect();
                if (top < 0 || bottom > window.innerHeight) {
                    throw new Error(`The button is at ${top} to ${bottom}`);
                }
                const page = document.querySelector(".o_action_manager");
                if (page.scrollWidth > window.innerWidth + 1) {
                    throw new Error("Something is wider than the page");
                }
                read(".o_handover_cockpit_content");
                await click();
            },
        },
        {
            ...inDialog,
            async run({ click }) {
                readChinese(".modal-body", ...NAMES);
                await click();
            },
        },
        { trigger: "body:not(:has(.o_handover_decision)) .o_handover_undo_approval" },
    ],
});

// the successor: accepts, and later calls
tours.add("handover_role_taker", {
    steps: () => [
        { trigger: card("Brewery", "Bruno Home") },
        {
            trigger: ".o_handover_action_accept_all",
            async run({ click }) {
                read(".o_handover_cockpit_content");
                await click();
            },
        },
        { trigger: "body:not(:has(.o_handover_action_accept_all)) .o_handover_cockpit_head" },
    ],
});

tours.add("handover_role_caller", {
    steps: () => [
        { trigger: ".o_handover_left_call .o_handover_cure", run: "click" },
        {
            trigger: ".o_handover_call:contains(Brewery) .o_handover_call_done",
            async run({ click }) {
                read(".o_handover_calls_page");
                await click();
            },
        },
        { trigger: ".o_handover_calls_page:not(:has(.o_handover_call:contains(Brewery)))" },
    ],
});
