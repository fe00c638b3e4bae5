import { registry } from "@web/core/registry";

// The people and records are those of tests/tours/test_cockpit.py.
const tours = registry.category("web_tour.tours");

const column = (name) => `.o_handover_cockpit_column:has(h2:contains(${name}))`;
const card = (name, taker) => `${column(taker)} .o_handover_card:contains(${name})`;
const press = (key) => async (helpers) => {
    helpers.anchor.focus();
    await helpers.press(key);
};
const inDialog = { trigger: ".modal-footer .btn-primary", run: "click" };
const open = { trigger: ".o_data_row .o_data_cell[name=name]", run: "click" };
const stage = (name) => ({ trigger: `.o_handover_stage_now:contains(${name})` });

// from the list: by mouse and keyboard, back and forth, and away
tours.add("handover_cockpit_split", {
    steps: () => [
        open,
        { trigger: ".o_handover_cockpit_head h1:contains(Anna Home leaves)" },
        {
            content: "a key gives a customer to somebody else",
            trigger: card("Brewery", "Bruno Home"),
            run: press("2"),
        },
        {
            content: "the focus goes along",
            trigger: card("Brewery", "Chen Home"),
            async run({ anchor, waitFor }) {
                const { key } = anchor.dataset;
                await waitFor(`.o_handover_card[data-key='${key}']:focus`);
            },
        },
        { trigger: ".o_handover_undo_bar:contains(Brewery)" },
        { trigger: card("Brewery", "Chen Home"), run: press("Control+z") },
        {
            content: "the mouse does it as well",
            trigger: card("Brewery", "Bruno Home"),
            run: `drag_and_drop(${column("Nobody yet")})`,
        },
        { trigger: card("Brewery", "Nobody yet") },
        {
            content: "what is given from the list of what is left is undone as well",
            trigger: ".o_handover_left_nobody .o_handover_cure:contains(Chen Home)",
            run: "click",
        },
        { trigger: card("Brewery", "Chen Home") },
        { trigger: ".o_handover_undo", run: "click" },
        { trigger: card("Brewery", "Nobody yet") },
        { trigger: ".o_handover_left_nobody" },
        { trigger: ".o_handover_undo", run: "click" },
        { trigger: card("Brewery", "Bruno Home") },
        {
            content: "out of a pool, and back",
            trigger: card("Waiting", "Pool of"),
            run: press("1"),
        },
        { trigger: card("Waiting", "Bruno Home"), run: press("Control+z") },
        { trigger: card("Waiting", "Pool of") },
        {
            content: "a customer is in no pool, its deal can be",
            trigger: card("Brewery", "Bruno Home"),
            run: press("3"),
        },
        { trigger: ".o_notification:contains(always belong to somebody)" },
        { trigger: card("Brewery", "Pool of") },
        { trigger: card("Brewery", "Bruno Home") },
        { trigger: ".o_handover_undo", run: "click" },
        { trigger: `body:not(:has(${card("Brewery", "Pool of")}))` },
        {
            content: "what is left has one edge",
            trigger: ".o_handover_left_collected",
            run() {
                const boxes = [...document.querySelectorAll(".o_handover_item > i")];
                const edges = boxes.map((box) => Math.round(box.getBoundingClientRect().right));
                if (new Set(edges).size !== 1) {
                    throw new Error(`The boxes end at ${edges}`);
                }
            },
        },
        {
            content: "its records are a key away",
            trigger: card("Brewery", "Bruno Home"),
            run: press("Enter"),
        },
        { trigger: `${card("Brewery", "Bruno Home")} .o_handover_card_records:contains(Deal)` },
        { trigger: ".o_handover_to_form", run: "click" },
        { trigger: "button[name=action_open_cockpit]", run: "click" },
        { trigger: card("Brewery", "Bruno Home") },
    ],
});

tours.add("handover_cockpit_submit", {
    steps: () => [
        open,
        { trigger: ".o_handover_action_submit", run: "click" },
        stage("approves"),
        { trigger: ".o_handover_cockpit_step:contains(Waiting for Leader Home)" },
    ],
});

tours.add("handover_cockpit_approve", {
    steps: () => [
        open,
        { trigger: ".o_handover_decision:contains(other records: 1)" },
        { trigger: ".o_handover_approve", run: "click" },
        { trigger: ".modal-body:contains(1 customer · 3 records)" },
        inDialog,
        stage("Moves"),
    ],
});

// nothing has moved: it is taken back, and decided anew
tours.add("handover_cockpit_undo", {
    steps: () => [
        { trigger: ".o_handover_undo_approval:contains(left)" },
        { trigger: ".o_handover_undo_approval button", run: "click" },
        { trigger: ".modal-body:contains(waits for a decision again)" },
        inDialog,
        { trigger: "body:not(:has(.o_handover_undo_approval)) .o_handover_decision" },
        { trigger: ".o_handover_approve", run: "click" },
        inDialog,
        { trigger: ".o_handover_undo_approval" },
    ],
});

tours.add("handover_cockpit_accept", {
    steps: () => [
        open,
        { trigger: card("Brewery", "Bruno Home") },
        { trigger: ".o_handover_action_accept_all", run: "click" },
        { trigger: ".o_handover_chip:contains(accepted)" },
    ],
});

// by the address of the handover
tours.add("handover_cockpit_link", {
    steps: () => [
        { trigger: ".o_handover_cockpit_head" },
        { trigger: ".o_handover_to_form", run: "click" },
        { trigger: ".o_form_view" },
    ],
});
