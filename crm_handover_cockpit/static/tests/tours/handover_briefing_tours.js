import { registry } from "@web/core/registry";

// The people and records are those of tests/tours/test_cockpit.py.
const CUSTOMERS = 13;
const MOST_CLICKS = 40;
let clicks = 0;
const count = () => clicks++;

const share = (n) => [
    {
        content: "what is worth most comes first",
        trigger: `.o_handover_briefing_flow:has(h2:contains(Customer ${
            CUSTOMERS + 1 - n
        })) textarea[name=note]:focus`,
        run: "edit Calls on Mondays",
    },
    {
        trigger: ".o_handover_share:enabled",
        run: "click",
    },
    { trigger: `.o_handover_briefing_progress:contains(${n} of ${CUSTOMERS})` },
];

// from what is left on the cockpit through all customers
registry.category("web_tour.tours").add("handover_briefing_all", {
    steps: () => [
        {
            trigger: ".o_handover_left_brief .o_handover_cure:first",
            run: "click",
        },
        {
            content: "the first one is worth most, and can be written at once",
            trigger: ".o_handover_briefing_flow h2:contains(Customer 13)",
            run() {
                clicks = 1;
                document.addEventListener("click", count, true);
            },
        },
        {
            trigger: ".o_handover_briefing_flow textarea[name=note]:focus",
            run: "edit Calls on Mondays",
        },
        { content: "it is saved by itself", trigger: ".o_handover_saved:contains(Saved)" },
        {
            content: "the key does what the button does",
            trigger: ".o_handover_briefing_flow textarea[name=note]",
            run: "press Control+Enter",
        },
        { trigger: `.o_handover_briefing_progress:contains(1 of ${CUSTOMERS})` },
        ...Array.from({ length: CUSTOMERS - 1 }, (_, n) => share(n + 2)).flat(),
        {
            trigger: ".o_handover_briefing_done",
            run() {
                document.removeEventListener("click", count, true);
                if (clicks > MOST_CLICKS) {
                    throw new Error(`${clicks} clicks for ${CUSTOMERS} customers`);
                }
            },
        },
    ],
});
