import { localization } from "@web/core/l10n/localization";

/** Nobody: what no successor takes yet. */
export const NOBODY = 0;

/** A pool is a taker with the id of its team, below 0. */
export const isPool = (takerId) => takerId < NOBODY;

// cards that come and go together while somebody scrolls: whole rows of 2 to 6 beside
// each other
export const PAGE = 60;

/** A key without its taker. */
const customerOf = (key) => key.slice(0, key.lastIndexOf(","));

/** The cards of a column in pages. */
export function pagesOf({ cards }) {
    const pages = [];
    for (let start = 0; start < cards.length; start += PAGE) {
        pages.push({ start, cards: cards.slice(start, start + PAGE) });
    }
    return pages;
}

/** Where the next column is, for the arrow keys: at the left where that is read so. */
const steps = () =>
    localization.direction === "rtl"
        ? { ArrowLeft: 1, ArrowRight: -1 }
        : { ArrowLeft: -1, ArrowRight: 1 };

/** The columns as the screen has them: what was moved shows at once. */
export class CockpitBoard {
    constructor(columns) {
        this.columns = columns;
    }

    column(takerId) {
        return this.columns.find(({ id }) => id === takerId);
    }

    /** How many cards of each column are there: so many are asked for again. */
    get lengths() {
        return Object.fromEntries(this.columns.map(({ id, cards }) => [id, cards.length]));
    }

    find(key) {
        for (const column of this.columns) {
            const card = column.cards.find((each) => each.key === key);
            if (card) {
                return { column, card };
            }
        }
        return null;
    }

    /**
     * Put a card into another column, with what it brings. Where somebody has a part of
     * the customer already, the two are one.
     *
     * @returns the card that stands there
     */
    move(card, takerId) {
        const from = this.column(card.taker);
        const to = this.column(takerId);
        const key = card.key.replace(/-?\d+$/, takerId);
        const there = to.cards.find((each) => each.key === key);
        this.count(from, card, -1, true);
        this.count(to, card, 1, !there);
        from.cards.splice(from.cards.indexOf(card), 1);
        if (there) {
            there.line_ids.push(...card.line_ids);
            there.pooled_ids.push(...card.pooled_ids);
            there.records.push(...card.records);
            there.value += card.value;
            return there;
        }
        const place = to.cards.findIndex((each) => each.value < card.value);
        to.cards.splice(place < 0 ? to.cards.length : place, 0, card);
        return Object.assign(card, { taker: takerId, key, why: [] });
    }

    /**
     * Show what the server says of customers that were dealt out; the others stay.
     *
     * @param heads the columns without cards
     * @param cards of these customers in each column, in the order of their places
     */
    settle(heads, cards) {
        const customers = new Set(cards.map(({ key }) => customerOf(key)));
        for (const head of heads) {
            const column = this.column(head.id);
            const others = column.cards.filter(({ key }) => !customers.has(customerOf(key)));
            Object.assign(column, head, { cards: others });
        }
        for (const card of cards) {
            const column = this.column(card.taker);
            // what stands behind all that is loaded comes when somebody scrolls there
            if (card.place <= column.cards.length) {
                column.cards.splice(card.place, 0, card);
            }
        }
    }

    /** Whether the server has the same columns. */
    has(heads) {
        const ids = (columns) => columns.map(({ id }) => id).join();
        return ids(heads) === ids(this.columns);
    }

    /** Put what a card brings onto a column (1), or take it off (-1). */
    count(column, card, sign, isCustomer) {
        column.total += isCustomer ? sign : 0;
        column.customers += isCustomer && card.is_customer ? sign : 0;
        column.records += sign * card.line_ids.length;
        column.value += sign * card.value;
    }

    /** The longest bar, over all columns. */
    get most() {
        const loads = this.columns.map(({ before, records }) => (before || 0) + records);
        return Math.max(1, ...loads);
    }

    /** The card beside one, for the arrow keys. */
    beside(key, direction) {
        const found = this.find(key);
        if (!found) {
            return null;
        }
        const { column, card } = found;
        const row = column.cards.indexOf(card);
        if (direction === "ArrowUp" || direction === "ArrowDown") {
            return column.cards[row + (direction === "ArrowUp" ? -1 : 1)] || null;
        }
        const step = steps()[direction];
        let place = this.columns.indexOf(column) + step;
        while (this.columns[place] && !this.columns[place].cards.length) {
            place += step;
        }
        const { cards } = this.columns[place] || { cards: [] };
        return cards[Math.min(row, cards.length - 1)] || null;
    }
}
