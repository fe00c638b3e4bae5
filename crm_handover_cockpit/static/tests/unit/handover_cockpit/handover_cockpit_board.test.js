import { CockpitBoard, NOBODY, PAGE, pagesOf } from "@crm_handover_cockpit/handover_cockpit_board";
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

test("what the server says of a customer takes its place, and the others stay", () => {
    const [one, two, three] = [1, 2, 3].map((n) => card(n, BRUNO, [10 + n], 100 - n));
    const board = new CockpitBoard([
        // the fourth is not loaded
        { ...column(BRUNO, [one, two, three]), total: 4 },
        column(NOBODY, [card(5, NOBODY, [15, 16], 50)]),
    ]);
    const [bruno, nobody] = board.columns;
    const head = (id, total) => ({ id, total, customers: total, records: 9, value: 7, cards: [] });
    expect(board.has([head(BRUNO, 5), head(NOBODY, 1)])).toBe(true);
    expect(board.has([head(BRUNO, 5)])).toBe(false);
    // a part of it stays with nobody
    board.settle(
        [head(BRUNO, 5), head(NOBODY, 1)],
        [
            { ...card(5, NOBODY, [16], 1), place: 0 },
            { ...card(5, BRUNO, [15], 98), place: 2 },
        ]
    );
    expect(figures(bruno)).toEqual([5, 5, 9, 7]);
    expect(bruno.cards.map(({ line_ids }) => line_ids)).toEqual([[11], [12], [15], [13]]);
    expect(bruno.cards[0]).toBe(one);
    expect(nobody.cards.map(({ line_ids }) => line_ids)).toEqual([[16]]);
    // what is worth less than all that is loaded comes when somebody scrolls there
    board.settle([head(BRUNO, 5), head(NOBODY, 1)], [{ ...card(5, BRUNO, [15, 16], 1), place: 4 }]);
    expect(bruno.cards).toEqual([one, two, three]);
    expect(nobody.cards).toEqual([]);
});

test("a long column is in pages", () => {
    const cards = Array.from({ length: PAGE + 1 }, (_, n) => card(n, BRUNO, [n]));
    const pages = pagesOf({ cards });
    expect(pages.map(({ start }) => start)).toEqual([0, PAGE]);
    expect(pages[1].cards).toEqual([cards[PAGE]]);
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
