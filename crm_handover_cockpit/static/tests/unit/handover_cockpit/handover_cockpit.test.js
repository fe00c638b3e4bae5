import { HandoverCockpit } from "@crm_handover_cockpit/handover_cockpit";
import { PAGE } from "@crm_handover_cockpit/handover_cockpit_board";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { press, queryAll, queryOne, waitFor, waitUntil } from "@odoo/hoot-dom";
import { makeMockEnv, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { getDefaultConfig } from "@web/views/view";

describe.current.tags("desktop");

defineMailModels();

const BRUNO = 7;
const COUNT = 20 * PAGE;
const CARDS = ".o_handover_card";
const card = (n, taker) => ({
    key: `res.partner,${n},${taker}`,
    name: `C${n}`,
    is_customer: true,
    taker,
    line_ids: [n],
    line_id: n,
    pooled_ids: [],
    value: 0,
    main: "",
    stage: "",
    meeting: false,
    late: 0,
    briefing: "open",
    risk: "none",
    questions: 0,
    decision: "pending",
    reason: "",
    called: "",
    can_decide: false,
    why: [],
    from: "",
    records: [{ id: n, name: `R${n}`, kind: 1, stage: "", value: 0 }],
});
const column = (id, cards) => ({
    id,
    name: id ? "Bruno" : "Nobody yet",
    note: "",
    before: 0,
    total: cards.length,
    customers: cards.length,
    records: cards.length,
    value: 0,
    called: false,
    cards,
});
const item = (key, of_draft = false) => ({
    key,
    text: key,
    detail: "",
    done: false,
    cures: [],
    of_draft,
});
const ring = { percent: 0, unit: "%", title: "briefed", lines: [], is_bad: false };

/** Show a draft with many customers, and write down what is asked of the server. */
async function show() {
    onRpc("handover.request", "get_cockpit", () => {
        expect.step("get_cockpit");
        return {
            ...{ id: 1, name: "HO/1", version: 3, state: "draft", state_name: "Draft" },
            ...{ title: "Anna leaves", subtitle: "", days_left: false, step: false },
            ...{ giver: { id: 5, name: "Anna" }, givers: [], takers: [], currency_id: false },
            figures: {
                ...{ customers: COUNT, others: 0, records: COUNT, value: 0, todos: 0 },
                ...{ late: 0, meetings: 0, kinds: [] },
            },
            ...{ ring, stages: [], kinds: { 1: "Deal" }, is_draft: true, buttons: [] },
            left: [item("nobody", true), item("brief")],
            ...{ decision: false, undo: false, report: [] },
            columns: [
                column(BRUNO, []),
                column(
                    0,
                    Array.from({ length: COUNT }, (_, n) => card(n + 1, 0))
                ),
            ],
        };
    });
    onRpc("handover.request", "allocate", ({ args: [, [part]] }) => {
        expect.step(`allocate ${part.line_ids} ${part.successor_id}`);
        return 1;
    });
    onRpc("handover.request", "get_cockpit_moved", ({ args: [, ids] }) => {
        expect.step(`get_cockpit_moved ${ids}`);
        const rest = { ...column(0, []), total: COUNT - 1, customers: COUNT - 1 };
        return {
            ...{ version: 4, title: "Anna leaves on Friday", takers: [], ring },
            left: [item("blocker_0", true)],
            columns: [{ ...column(BRUNO, []), total: 1 }, rest],
            cards: [{ ...card(ids[0], BRUNO), name: "Settled", place: 0 }],
        };
    });
    const env = await makeMockEnv({ config: { ...getDefaultConfig(), setDisplayName() {} } });
    await mountWithCleanup(HandoverCockpit, {
        env,
        props: { action: { context: { active_id: 1 } }, actionId: 1 },
    });
    // the test has no page around it
    queryOne(".o_handover_cockpit").style.height = "600px";
}

test("of a long column, the cards are there that are seen", async () => {
    await show();
    const list = queryOne("[data-taker='0'] .o_handover_cards");
    list.style.height = "400px";
    await waitUntil(() => queryAll(CARDS).length < COUNT / 2);
    expect(queryAll(CARDS)[0]).toHaveText(/C1/);
    // all of it can be scrolled to
    expect(list.scrollHeight).toBeGreaterThan(COUNT * 40);
    list.scrollTop = list.scrollHeight;
    await waitFor(`${CARDS}[data-key='res.partner,${COUNT},0']`);
    await waitUntil(() => !queryAll(`${CARDS}[data-key='res.partner,1,0']`).length);
    expect(queryAll(CARDS).length).toBeLessThan(COUNT / 2);
    expect.verifySteps(["get_cockpit"]);
});

test("after a move, what is new is asked for, and nothing else", async () => {
    await show();
    queryOne(`${CARDS}[data-key='res.partner,2,0']`).focus();
    await press("1");
    const moved = await waitFor(`[data-taker='7'] ${CARDS}:contains(Settled)`);
    await waitUntil(() => document.activeElement === moved);
    expect.verifySteps(["get_cockpit", "allocate 2 7", "get_cockpit_moved 2"]);
    expect("h1").toHaveText("Anna leaves on Friday");
    // what a draft needs is new, the rest is as it was
    expect(queryAll(".o_handover_item").length).toBe(2);
    expect(".o_handover_left_blocker_0").toHaveCount(1);
    expect(".o_handover_left_brief").toHaveCount(1);
    expect(`[data-taker='0'] ${CARDS}[data-key='res.partner,2,0']`).toHaveCount(0);
    expect(`[data-taker='0'] ${CARDS}[data-key='res.partner,3,0']`).toHaveCount(1);
});
