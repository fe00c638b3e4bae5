import { CockpitBoard, NOBODY } from "@crm_handover_cockpit/handover_cockpit_board";
import { describe, expect, test } from "@odoo/hoot";
import { localization } from "@web/core/l10n/localization";
import { makeMockEnv, patchWithCleanup } from "@web/../tests/web_test_helpers";

describe.current.tags("headless");

const BRUNO = 7;
const card = (customer, taker, lineIds, value = 0) => ({
    key: `res.partner,${customer},${taker}`,
    taker,
    is_customer: true,
    line_ids: lineIds,
    pooled_ids: [],
    records: lineIds.map((id) => ({ id })),
    value,
    why: ["by hand"],
});
const column = (id, cards) => ({
    id,
    cards,
    total: cards.length,
    customers: cards.length,
    records: cards.flatMap(({ line_ids }) => line_ids).length,
    value: cards.reduce((sum, { value }) => sum + value, 0),
});
const figures = ({ total, customers, records, value }) => [total, customers, records, value];

test("a card goes into another column, with what it brings", () => {
    const board = new CockpitBoard([
        column(BRUNO, [card(1, BRUNO, [11], 500), card(2, BRUNO, [12], 10)]),
        column(NOBODY, [card(3, NOBODY, [13, 14], 90)]),
    ]);
    const [bruno, nobody] = board.columns;
    const moved = board.move(nobody.cards[0], BRUNO);
    expect(moved.key).toBe("res.partner,3,7");
    expect(bruno.cards.map(({ key }) => key)).toEqual([
        "res.partner,1,7",
        "res.partner,3,7",
        "res.partner,2,7",
    ]);
    expect(figures(bruno)).toEqual([3, 3, 4, 600]);
    expect(figures(nobody)).toEqual([0, 0, 0, 0]);
});

test("a part of a customer becomes one card with the rest", () => {
    const board = new CockpitBoard([
        column(BRUNO, [card(3, BRUNO, [11], 500)]),
        column(NOBODY, [card(3, NOBODY, [13, 14], 90)]),
    ]);
    const [bruno, nobody] = board.columns;
    const moved = board.move(nobody.cards[0], BRUNO);
    expect(bruno.cards).toEqual([moved]);
    expect(moved.line_ids).toEqual([11, 13, 14]);
    expect(moved.value).toBe(590);
    expect(figures(bruno)).toEqual([1, 1, 3, 590]);
    expect(figures(nobody)).toEqual([0, 0, 0, 0]);
});

test("an arrow goes to where it points", async () => {
    await makeMockEnv();
    const board = new CockpitBoard([
        column(BRUNO, [card(1, BRUNO, [11])]),
        column(NOBODY, [card(2, NOBODY, [12])]),
    ]);
    const key = "res.partner,1,7";
    expect(board.beside(key, "ArrowRight").key).toBe("res.partner,2,0");
    expect(board.beside(key, "ArrowLeft")).toBe(null);
    patchWithCleanup(localization, { direction: "rtl" });
    expect(board.beside(key, "ArrowLeft").key).toBe("res.partner,2,0");
    expect(board.beside(key, "ArrowRight")).toBe(null);
});
