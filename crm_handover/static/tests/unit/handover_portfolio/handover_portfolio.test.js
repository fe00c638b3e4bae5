import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    clickSave,
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class HandoverRequestPrepare extends models.Model {
    _name = "handover.request.prepare";

    portfolio = fields.Json();
    left_out = fields.Json();

    _records = [{ id: 1 }];
}

defineMailModels();
defineModels([HandoverRequestPrepare]);

const MOVES = "section[aria-labelledby=handover_moves]";
const STAYS = "section[aria-labelledby=handover_stays]";
const KINDS = [
    { id: 3, name: "Opportunities", count: 1200, value: 98765.4, currency_id: 1 },
    { id: 5, name: "Customers", count: 34, value: 0, currency_id: false },
    { id: 8, name: "Points", count: 5, value: 12.5, currency_id: false },
];

const stays = (count) =>
    Array.from({ length: count }, (_, n) => ({ name: `Row ${n}`, count: n, why: `Why ${n}` }));

const mountPrepare = () =>
    mountView({
        type: "form",
        resModel: "handover.request.prepare",
        resId: 1,
        arch: `
            <form>
                <field name="left_out" invisible="1"/>
                <field name="portfolio" widget="handover_portfolio"/>
            </form>
        `,
    });

/** Mounts the field with what somebody has; what is left out says so by its kind's id. */
async function mountPortfolio({ leftOut = false, ...portfolio } = {}) {
    Object.assign(HandoverRequestPrepare._records[0], {
        portfolio: { kinds: KINDS, todos: [], meetings: [], staying: [], ...portfolio },
        left_out: leftOut,
    });
    await mountPrepare();
}

test("each kind has its count and its value, in its currency if it has one", async () => {
    await mountPortfolio();
    expect(queryAllTexts(`${MOVES} .form-check label`)).toEqual([
        "Opportunities",
        "Customers",
        "Points",
    ]);
    expect(queryAllTexts(`${MOVES} .form-check .fw-bold`)).toEqual(["1,200", "34", "5"]);
    const values = queryAllTexts(`${MOVES} .form-check .text-muted`);
    // the space between sign and figure is one that does not break
    expect(values.map((text) => text.replace(/\s/g, ""))).toEqual(["$98,765", "", "12.50"]);
});

const ids = (count) => Array.from({ length: count }, (_, n) => n + 1);
const TODOS = [
    { kinds: [3], ids: [1] },
    { kinds: [5], ids: [2, 3] },
    { kinds: [], ids: [4, 5, 6] },
];

test("what is on these records moves, what is elsewhere stays", async () => {
    const meetings = [{ kinds: [3, 5], ids: ids(1100) }];
    await mountPortfolio({ todos: TODOS, meetings });
    expect(queryAllTexts(`${MOVES} .o_handover_along`)).toEqual([
        "To-dos on these records\n3",
        "Future meetings about these records\n1,100",
    ]);
    expect(queryAllTexts(`${STAYS} .o_handover_elsewhere`)).toEqual(["To-dos elsewhere\n3"]);
});

test("what goes with a kind stays with it", async () => {
    const meetings = [{ kinds: [3, 5], ids: [1] }];
    await mountPortfolio({ todos: TODOS, meetings, leftOut: [5] });
    expect(queryAllTexts(`${MOVES} .o_handover_along span`)).toEqual(["1", "1"]);
    expect(queryAllTexts(`${STAYS} .o_handover_elsewhere span`)).toEqual(["5"]);
});

test("the list of what stays opens beside the dialog", async () => {
    mockService("action", {
        doAction({ res_model, domain }, options) {
            expect.step([res_model, domain, options]);
        },
    });
    await mountPortfolio({ todos: TODOS });
    await contains(`${STAYS} .o_handover_elsewhere button`).click();
    expect.verifySteps([["mail.activity", [["id", "in", [4, 5, 6]]], { newWindow: true }]]);
});

test("all of it moves, unless somebody leaves a kind out", async () => {
    await mountPortfolio();
    expect(`${MOVES} input:checked`).toHaveCount(3);
    expect(".o_handover_total").toHaveText("1,239");
    await contains(`${MOVES} input:eq(1)`).click();
    expect(`${MOVES} input:eq(1)`).not.toBeChecked();
    expect(".o_handover_total").toHaveText("1,205");
    await contains(`${MOVES} input:eq(0)`).click();
    expect(".o_handover_total").toHaveText("5");
    await contains(`${MOVES} input:eq(1)`).click();
    expect(`${MOVES} input:eq(1)`).toBeChecked();
    expect(".o_handover_total").toHaveText("39");
});

test("what is left out is saved, by the ids of the kinds", async () => {
    onRpc("handover.request.prepare", "web_save", ({ args }) => {
        expect.step(args[1]);
    });
    await mountPortfolio({ leftOut: [5] });
    expect(`${MOVES} input:eq(1)`).not.toBeChecked();
    expect(".o_handover_total").toHaveText("1,205");
    await contains(`${MOVES} input:eq(2)`).click();
    await clickSave();
    expect.verifySteps([{ left_out: [5, 8] }]);
});

test("a kind is named by its label, and the label ticks it", async () => {
    await mountPortfolio();
    await contains(`${MOVES} label:contains(Points)`).click();
    expect(`${MOVES} input:eq(2)`).not.toBeChecked();
});

test("nothing to hand over is said so, without a total", async () => {
    await mountPortfolio({ kinds: [] });
    expect(`${MOVES} p`).toHaveText("There is nothing open to hand over.");
    expect(".o_handover_total").toHaveCount(0);
});

test("nothing that stays is said so", async () => {
    await mountPortfolio();
    expect(`${STAYS} p`).toHaveText("Nothing stays behind.");
});

test("what stays is told with the reason", async () => {
    await mountPortfolio({ staying: [{ name: "Won deals", count: 12, why: "closed" }] });
    expect(`${STAYS} p`).toHaveCount(0);
    expect(queryAllTexts(`${STAYS} .d-flex span`)).toEqual(["Won deals closed", "closed", "12"]);
});

test("five rows of what stays are shown: the button would take as much room", async () => {
    await mountPortfolio({ staying: stays(5) });
    expect(`${STAYS} .d-flex`).toHaveCount(5);
    expect(`${STAYS} button`).toHaveCount(0);
});

test("of six rows four are shown, the others when asked for", async () => {
    await mountPortfolio({ staying: stays(6) });
    expect(`${STAYS} .d-flex`).toHaveCount(4);
    await contains(`${STAYS} button:contains(Show 2 more)`).click();
    expect(`${STAYS} .d-flex`).toHaveCount(6);
    expect(`${STAYS} button`).toHaveCount(0);
});

test("before somebody is chosen there is nothing to see", async () => {
    HandoverRequestPrepare._records[0].portfolio = false;
    await mountPrepare();
    expect(".o_form_view .o_field_widget[name=portfolio]").toHaveCount(1);
    expect(".o_handover_portfolio").toHaveCount(0);
});
