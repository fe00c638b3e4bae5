import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { formatList } from "@web/core/l10n/utils";
import { user } from "@web/core/user";

// from so much on it is said in thousands, and in millions with two digits more
const SHORT = 10_000;
const MILLION = 1_000_000;

// Texts that are put together of others: each language has its own marks for that.

/** What something is called, and what it is: “Leads: 11”. */
export function labelled(label, value) {
    return _t("%(label)s: %(value)s", { label, value });
}

/** A text and what is said besides: “Terms (PDF)”. */
export function besides(text, aside) {
    return _t("%(text)s (%(aside)s)", { text, aside });
}

/** “Anna, Bruno, and Chen”. */
export function listed(texts) {
    return formatList(texts);
}

/** The first ones of many: “Anna, Bruno, …”. */
export function listedFirst(texts, isMore) {
    const parts = new Intl.ListFormat(user.lang, { type: "conjunction" }).formatToParts("abc");
    // what stands between the first ones, whatever comes before the last one
    return [...texts, ...(isMore ? ["…"] : [])].join(parts[1].value);
}

/** A share of 100: “60%”. */
export function percent(value) {
    return new Intl.NumberFormat(user.lang, { style: "percent" }).format(value / 100);
}

/** What is at stake, short: “$ 845k”, “$ 1.04M”. */
export function shortMoney(value, currencyId) {
    const size = Math.abs(value);
    return formatCurrency(value, currencyId, {
        humanReadable: size >= SHORT,
        digits: [16, size >= MILLION ? 2 : 0],
    });
}
