import { describe, expect, test } from "@odoo/hoot";
import { HandoverSplit } from "@crm_handover_split/handover_split/handover_split";
import {
    NOBODY,
    SplitProposal,
    SplitRecords,
} from "@crm_handover_split/handover_split/handover_split_model";
import { SPLIT_CASES } from "./split_cases";

describe.current.tags("headless");

const DIMENSIONS = ["records", "value", "todos"];

const toLoad = (numbers) => Object.fromEntries(DIMENSIONS.map((name, n) => [name, numbers[n]]));

/** Line ids by who gets them, as in `assignment`. */
function idsOf(assignment, takerId) {
    return Object.keys(assignment)
        .filter((lineId) => assignment[lineId] === takerId)
        .map(Number);
}

/** A split as a case describes it: as it is when the screen opens. */
function makeSplit({ takers, lines }) {
    const bundles = [];
    for (const { bundle } of lines) {
        bundles[bundle] = `Bundle ${bundle}`;
    }
    const records = new SplitRecords({
        lines: lines.map(({ id, name, giver, successor, bundle, value, todos }) => [
            ...[id, name || `Record ${id}`, 1, giver, successor, bundle, value, todos],
        ]),
        bundles,
        kinds: { 1: "Opportunity" },
        givers: { 9: "Anna" },
    });
    return {
        proposal: new SplitProposal(records, "A", "load"),
        takers: takers.map(({ id, cap, before, gives }) => ({
            ...{ id, cap, before: toLoad(before), gives: toLoad(gives) },
        })),
    };
}

/** Does what a step of a case says, as the screen does it. */
function take(split, step) {
    const { proposal } = split;
    const present = new Map(proposal.assignment);
    if (step.undo) {
        proposal.undo(split.takers);
    } else if (step.stay) {
        split.takers = split.takers.filter(({ id }) => step.stay.includes(id));
        proposal.dismiss(split.takers);
    } else if (step.deal) {
        // Python deals, and answers with this
        proposal.propose({
            takers: split.takers.map(({ id }) => ({
                successor_id: id,
                line_ids: idsOf(step.assignment, id),
            })),
            left: idsOf(step.assignment, NOBODY),
        });
    } else if ("to" in step) {
        const moved = proposal.records.lines.filter(({ id, bundle }) =>
            step.move ? step.move.includes(id) : bundle === step.bundle
        );
        proposal.change(new Map(moved.map(({ id }) => [id, step.to])), true);
    }
    return [...proposal.assignment].filter(([id, taker]) => present.get(id) !== taker).length;
}

function checkLoad(load, numbers) {
    for (const [n, name] of DIMENSIONS.entries()) {
        expect(load[name]).toBeCloseTo(numbers[n], { margin: 1e-6 });
    }
}

function check({ proposal, takers }, { loads = {}, left, torn, over, fairness }) {
    for (const [takerId, [kept, coming, after]] of Object.entries(loads)) {
        const taker = takers.find(({ id }) => id === Number(takerId));
        const load = proposal.loadOf(taker);
        expect(load.before).toBe(taker.before);
        checkLoad(load.kept, kept);
        checkLoad(load.coming, coming);
        checkLoad(load.after, after);
    }
    if (left !== undefined) {
        expect(proposal.comesTo(NOBODY).records).toBe(left);
    }
    if (torn) {
        expect([...proposal.torn].sort()).toEqual(torn);
    }
    if (over) {
        const { isOverCap } = HandoverSplit.prototype;
        const tooMuch = takers.filter((taker) => isOverCap(proposal, taker));
        expect(tooMuch.map(({ id }) => id)).toEqual(over);
    }
    if (fairness !== undefined) {
        expect(proposal.fairness(takers)).toBeCloseTo(fairness, { margin: 5e-5 });
    }
}

const line = (id, values = {}) => ({
    ...{ id, bundle: id, giver: 9, successor: 1, value: 0, todos: 0 },
    ...values,
});
const taker = (id) => ({ id, cap: null, before: [0, 0, 0], gives: [0, 0, 0] });
const idsIn = (parts) => (parts || []).map((part) => part.lines.map(({ id }) => id));

for (const someCase of SPLIT_CASES) {
    test(`as in Python: ${someCase.name}`, () => {
        const split = makeSplit(someCase);
        for (const step of someCase.steps) {
            const changed = take(split, step);
            expect(changed).toBe(step.changed ?? changed);
            check(split, step);
        }
    });
}

test("as long as nothing has changed there is nothing to undo", () => {
    const { proposal, takers } = makeSplit({ takers: [taker(1), taker(2)], lines: [line(11)] });
    expect(proposal.canUndo).toBe(false);
    expect(proposal.change(new Map([[11, 1]]), true)).toBe(0);
    expect(proposal.canUndo).toBe(false);
    expect(proposal.change(new Map([[11, 2]]), true)).toBe(1);
    expect(proposal.canUndo).toBe(true);
    proposal.undo(takers);
    expect(proposal.canUndo).toBe(false);
});

test("what the screen opens with is no change", () => {
    const { proposal } = makeSplit({ takers: [taker(1)], lines: [line(11), line(12)] });
    proposal.propose({ takers: [{ successor_id: 1, line_ids: [11] }], left: [12] });
    proposal.start();
    expect(proposal.canUndo).toBe(false);
    expect(proposal.comesTo(NOBODY).records).toBe(1);
});

test("only what a person moved is changed by hand, until a new proposal may replace it", () => {
    const { proposal, takers } = makeSplit({
        takers: [taker(1), taker(2)],
        lines: [line(11), line(12)],
    });
    proposal.propose({ takers: [{ successor_id: 2, line_ids: [11] }], left: [] });
    expect(proposal.isChangedByHand).toBe(false);
    proposal.change(new Map([[12, 2]]), true);
    expect(proposal.isChangedByHand).toBe(true);
    proposal.forgetMoves();
    expect(proposal.isChangedByHand).toBe(false);
    proposal.undo(takers);
    expect(proposal.assignment.get(12)).toBe(1);
    expect(proposal.assignment.get(11)).toBe(2);
});

test("what is undone by hand is changed by hand no more", () => {
    const { proposal, takers } = makeSplit({ takers: [taker(1), taker(2)], lines: [line(11)] });
    proposal.change(new Map([[11, 2]]), true);
    proposal.undo(takers);
    expect(proposal.isChangedByHand).toBe(false);
});

test("two proposals of the same records do not touch each other", () => {
    const { proposal, takers } = makeSplit({ takers: [taker(1), taker(2)], lines: [line(11)] });
    const other = new SplitProposal(proposal.records, "B", "turn");
    other.change(new Map([[11, 2]]), true);
    expect(proposal.assignment.get(11)).toBe(1);
    expect(proposal.canUndo).toBe(false);
    expect(proposal.loadOf(takers[0]).after.records).toBe(1);
    expect(other.loadOf(takers[0]).after.records).toBe(0);
});

test("a column has its bundles, the most valuable first, then by name", () => {
    const { proposal } = makeSplit({
        takers: [taker(1), taker(2)],
        lines: [
            line(11, { bundle: 3, value: 50 }),
            line(12, { bundle: 1, value: 50 }),
            line(13, { bundle: 2, value: 30, todos: 1 }),
            line(14, { bundle: 2, value: 40 }),
            line(15, { bundle: 1, value: 900, successor: 2 }),
        ],
    });
    const parts = proposal.parts("");
    expect(idsIn(parts.get(1))).toEqual([[13, 14], [12], [11]]);
    expect(idsIn(parts.get(2))).toEqual([[15]]);
    expect(parts.get(1)[0].load).toEqual({ records: 2, value: 70, todos: 1 });
    expect(parts.get(1).map((part) => part.isTorn)).toEqual([false, true, false]);
    expect(parts.get(2)[0].isTorn).toBe(true);
});

test("a filter finds a bundle by its name or a record's, and shows all of the bundle", () => {
    const { proposal } = makeSplit({
        takers: [taker(1)],
        lines: [
            line(11, { bundle: 0, name: "Kettle" }),
            line(12, { bundle: 0, name: "Pump" }),
            line(13, { bundle: 1, name: "Oven" }),
        ],
    });
    expect(idsIn(proposal.parts(" kETTle ").get(1))).toEqual([[11, 12]]);
    expect(idsIn(proposal.parts("bundle 1").get(1))).toEqual([[13]]);
    expect(idsIn(proposal.parts("lathe").get(1))).toEqual([]);
    expect(idsIn(proposal.parts("").get(1))).toEqual([[11, 12], [13]]);
});

test("a filter hides nothing from what is reckoned or applied", () => {
    const { proposal } = makeSplit({ takers: [taker(1)], lines: [line(11), line(12)] });
    expect(idsIn(proposal.parts("record 11").get(1))).toEqual([[11]]);
    expect(proposal.comesTo(1).records).toBe(2);
    expect(proposal.answer).toEqual([{ successor_id: 1, line_ids: [11, 12] }]);
});

test("what is shown is worked out anew after each change", () => {
    const { proposal, takers } = makeSplit({
        takers: [taker(1), taker(2)],
        lines: [line(11), line(12)],
    });
    expect(idsIn(proposal.parts("").get(1))).toEqual([[11], [12]]);
    proposal.change(new Map([[12, 2]]), true);
    expect(idsIn(proposal.parts("").get(1))).toEqual([[11]]);
    expect(idsIn(proposal.parts("").get(2))).toEqual([[12]]);
    proposal.undo(takers);
    expect(idsIn(proposal.parts("").get(1))).toEqual([[11], [12]]);
    expect(proposal.parts("").has(2)).toBe(false);
});

test("the server is told of each record once, and of those nobody gets", () => {
    const { proposal } = makeSplit({
        takers: [taker(1), taker(2)],
        lines: [line(11), line(12, { successor: 2 }), line(13), line(14, { successor: 0 })],
    });
    expect(proposal.answer).toEqual([
        { successor_id: 1, line_ids: [11, 13] },
        { successor_id: 2, line_ids: [12] },
        { successor_id: false, line_ids: [14] },
    ]);
});

test("a pool keeps its share whoever takes, and is named as a team", () => {
    const { proposal } = makeSplit({
        takers: [taker(1)],
        lines: [line(11, { successor: -7 }), line(12)],
    });
    proposal.dismiss([]);
    expect(proposal.comesTo(-7).records).toBe(1);
    expect(proposal.comesTo(NOBODY).records).toBe(1);
    expect(proposal.answer).toEqual([
        { pool_team_id: 7, line_ids: [11] },
        { successor_id: false, line_ids: [12] },
    ]);
});
