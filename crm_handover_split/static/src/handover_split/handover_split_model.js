import { markRaw } from "@odoo/owl";

/** Nobody: what no taker has room for, or what somebody put aside. */
export const NOBODY = 0;

/** A pool is a taker with the id of its team, below 0. */
export const isPool = (takerId) => takerId < 0;

const DIMENSIONS = ["records", "value", "todos"];

function emptyLoad() {
    return { records: 0, value: 0, todos: 0 };
}

function addTo(load, other) {
    for (const name of DIMENSIONS) {
        load[name] += other[name];
    }
}

/** The records of a handover that is split; they do not change while it is. */
export class SplitRecords {
    constructor({ lines, bundles, kinds, givers }) {
        this.bundles = bundles;
        this.kinds = kinds;
        this.givers = givers;
        this.lines = lines.map(([id, name, kind, giver, successor, bundle, value, todos]) => ({
            id,
            name,
            kind,
            giver,
            successor,
            bundle,
            load: { records: 1, value, todos },
        }));
        this.byId = new Map(this.lines.map((line) => [line.id, line]));
    }
}

/**
 * One way to split the records. Every change is kept as a step, so that it can be undone;
 * what is computed is kept until the next change.
 */
export class SplitProposal {
    constructor(records, letter, criterion) {
        this.records = markRaw(records);
        this.letter = letter;
        this.criterion = criterion;
        this.keepTogether = true;
        this.loading = false;
        // counts the changes
        this.version = 0;
        this.steps = [];
        this.assignment = markRaw(new Map(records.lines.map((line) => [line.id, line.successor])));
        this.cache = markRaw({});
    }

    get canUndo() {
        return this.steps.length > 0;
    }

    get isChangedByHand() {
        return this.steps.some((step) => step.byHand);
    }

    /** From now on the next proposal may replace what was moved by hand. */
    forgetMoves() {
        this.steps = this.steps.map((step) => markRaw({ ...step, byHand: false }));
    }

    /** What is there now is the beginning. */
    start() {
        this.steps = [];
    }

    /** @param {Map<number, number>} changes the new taker of each line */
    change(changes, byHand) {
        const before = [];
        for (const [lineId, takerId] of changes) {
            const present = this.assignment.get(lineId);
            if (present !== takerId) {
                before.push([lineId, present]);
                this.assignment.set(lineId, takerId);
            }
        }
        if (before.length) {
            this.steps.push(markRaw({ before, byHand }));
            this.version++;
        }
        return before.length;
    }

    undo(takers) {
        const step = this.steps.pop();
        const known = new Set(takers.map((taker) => taker.id));
        for (const [lineId, takerId] of step.before) {
            const there = known.has(takerId) || isPool(takerId);
            this.assignment.set(lineId, there ? takerId : NOBODY);
        }
        this.version++;
    }

    /** A new proposal of the server replaces what is there, and can be undone as well. */
    propose(proposal) {
        const changes = new Map(proposal.left.map((lineId) => [lineId, NOBODY]));
        for (const taker of proposal.takers) {
            for (const lineId of taker.line_ids) {
                changes.set(lineId, taker.successor_id);
            }
        }
        this.change(changes, false);
    }

    /** Put aside what went to people who do not take any more. */
    dismiss(takers) {
        const known = new Set(takers.map((taker) => taker.id));
        const changes = new Map();
        for (const [lineId, takerId] of this.assignment) {
            if (takerId !== NOBODY && !isPool(takerId) && !known.has(takerId)) {
                changes.set(lineId, NOBODY);
            }
        }
        this.change(changes, false);
    }

    memo(name, key, compute) {
        const cached = this.cache[name];
        const full = `${this.version}|${key}`;
        if (cached?.full !== full) {
            this.cache[name] = { full, value: compute() };
        }
        return this.cache[name].value;
    }

    /** What comes to each taker: `Map(taker id → load)`. */
    get coming() {
        return this.memo("coming", "", () => {
            const loads = new Map();
            for (const line of this.records.lines) {
                const takerId = this.assignment.get(line.id);
                if (!loads.has(takerId)) {
                    loads.set(takerId, emptyLoad());
                }
                addTo(loads.get(takerId), line.load);
            }
            return loads;
        });
    }

    comesTo(takerId) {
        return this.coming.get(takerId) || emptyLoad();
    }

    /** What a taker keeps of the present load, and has afterwards. */
    loadOf(taker) {
        const kept = emptyLoad();
        const after = emptyLoad();
        const coming = this.comesTo(taker.id);
        for (const name of DIMENSIONS) {
            kept[name] = Math.max(taker.before[name] - taker.gives[name], 0);
            after[name] = kept[name] + coming[name];
        }
        return { before: taker.before, kept, coming, after };
    }

    /** How many bundles go to several takers. */
    get torn() {
        return this.memo("torn", "", () => {
            const takers = new Map();
            for (const line of this.records.lines) {
                const takerId = this.assignment.get(line.id);
                if (!takers.has(line.bundle)) {
                    takers.set(line.bundle, takerId);
                } else if (takers.get(line.bundle) !== takerId) {
                    takers.set(line.bundle, null);
                }
            }
            return new Set(
                [...takers].filter(([, takerId]) => takerId === null).map(([bundle]) => bundle)
            );
        });
    }

    /** The largest load as a multiple of the mean; as in `allocation.py`. */
    fairness(takers) {
        const loads = takers.map((taker) => this.loadOf(taker));
        const totals = emptyLoad();
        for (const { kept } of loads) {
            addTo(totals, kept);
        }
        for (const load of this.coming.values()) {
            addTo(totals, load);
        }
        const weights = loads.map(({ after }) =>
            DIMENSIONS.reduce(
                (sum, name) => sum + (totals[name] ? after[name] / totals[name] : 0),
                0
            )
        );
        const sum = weights.reduce((total, weight) => total + weight, 0);
        return sum ? (Math.max(...weights) * weights.length) / sum : 1;
    }

    /**
     * What goes to each taker, by bundle: `Map(taker id → [part])`, the most valuable
     * first. A part of a bundle that goes elsewhere as well is torn.
     */
    parts(filter) {
        return this.memo("parts", filter, () => {
            const wanted = filter.trim().toLowerCase();
            const columns = new Map();
            for (const line of this.records.lines) {
                const takerId = this.assignment.get(line.id);
                if (!columns.has(takerId)) {
                    columns.set(takerId, new Map());
                }
                const parts = columns.get(takerId);
                if (!parts.has(line.bundle)) {
                    parts.set(line.bundle, {
                        bundle: line.bundle,
                        name: this.records.bundles[line.bundle],
                        lines: [],
                        load: emptyLoad(),
                        isTorn: this.torn.has(line.bundle),
                        isWanted: !wanted,
                    });
                }
                const part = parts.get(line.bundle);
                part.lines.push(line);
                addTo(part.load, line.load);
                part.isWanted ||=
                    line.name.toLowerCase().includes(wanted) ||
                    part.name.toLowerCase().includes(wanted);
            }
            const result = new Map();
            for (const [takerId, parts] of columns) {
                const wantedParts = [...parts.values()].filter((part) => part.isWanted);
                wantedParts.sort(
                    (a, b) => b.load.value - a.load.value || a.name.localeCompare(b.name)
                );
                result.set(takerId, wantedParts);
            }
            return result;
        });
    }

    /** What `allocate` takes. */
    get answer() {
        const lineIds = new Map();
        for (const [lineId, takerId] of this.assignment) {
            if (!lineIds.has(takerId)) {
                lineIds.set(takerId, []);
            }
            lineIds.get(takerId).push(lineId);
        }
        return [...lineIds].map(([takerId, ids]) => ({
            ...(isPool(takerId) ? { pool_team_id: -takerId } : { successor_id: takerId || false }),
            line_ids: ids,
        }));
    }
}
