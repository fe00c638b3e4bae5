import { localization } from "@web/core/l10n/localization";

/** Nobody: what no successor takes yet. */
export const NOBODY = 0;

/** A pool is a taker with the id of its team, below 0. */
export const isPool = (takerId) => takerId < NOBODY;

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
