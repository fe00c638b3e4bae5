import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { animationFrame, Deferred, describe, expect, test } from "@odoo/hoot";
import { queryAllAttributes, queryAllTexts } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    MockServer,
    mockService,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { HandoverRequestFormController } from "@crm_handover/handover_request_form/handover_request_form";

describe.current.tags("desktop");

class HandoverRequest extends models.Model {
    _name = "handover.request";

    background_told = fields.Json();
    state = fields.Char();
    version = fields.Integer();
    line_count = fields.Integer();
    can_edit = fields.Boolean();
    can_submit = fields.Boolean();
    can_go_on = fields.Boolean();
    can_propose = fields.Boolean();
    // what add-ons that are installed as well look at
    score_date = fields.Datetime();
    can_check = fields.Boolean();
    successor_id = fields.Many2one({ relation: "res.users" });

    _records = [
        {
            id: 1,
            state: "draft",
            version: 1,
            line_count: 3,
            can_edit: true,
            can_propose: true,
        },
    ];
}

class HandoverRequestLine extends models.Model {
    _name = "handover.request.line";

    name = fields.Char();
    request_id = fields.Many2one({ relation: "handover.request" });
    res_model = fields.Char();
    res_id = fields.Integer();
    reserved = fields.Boolean();

    _records = [
        { id: 51, name: "Brewery", request_id: 1, res_model: "crm.lead", res_id: 8 },
        { id: 52, name: "Bakery", request_id: 1, res_model: "crm.lead", res_id: 7 },
    ];
    _views = { form: `<form><field name="name"/></form>` };
}

defineMailModels();
defineModels([HandoverRequest, HandoverRequestLine]);

const ROOT = ".o_handover_findings";
const LEAD = { res_model: "crm.lead", res_id: 7 };
const BAKERY = { line_ids: [52] };
const BOTH = { line_ids: [51, 52], count: 2 };

const finding = (code, severity = "blocker", values = {}) => ({
    ...{ code, severity, message: `It is ${code}`, fix: "", count: 1, line_ids: [] },
    ...values,
});

/** Mounts the form of a handover; the server finds what `findings` has then. */
async function mountFindings(findings, { form } = {}) {
    onRpc("handover.request", "get_causes", ({ args }) => {
        expect.step(`checked ${args[0]}`);
        const ok = !findings.some(({ severity }) => severity === "blocker");
        return { ok, causes: findings };
    });
    await mountView({
        type: "form",
        resModel: "handover.request",
        resId: 1,
        arch: `<form js_class="handover_request_form">${
            form || ""
        }<widget name="handover_findings"/></form>`,
    });
}

/** The same; answers the bus by which the parts of the form tell each other. */
async function mountWithBus(findings) {
    let bus;
    patchWithCleanup(HandoverRequestFormController.prototype, {
        setup() {
            super.setup();
            bus = this.handover.bus;
        },
    });
    await mountFindings(findings);
    return bus;
}

/** The texts of the buttons that get findings out of the way. */
const fixTexts = () => queryAllTexts(".o_handover_fix");

test("each finding has its sign and what it is called", async () => {
    await mountFindings([
        finding("large", "blocker"),
        finding("middling", "warning"),
        finding("small", "info"),
    ]);
    expect(`${ROOT} > div span`).toHaveText("It cannot go on yet:");
    expect(queryAllTexts(`${ROOT} li`)).toEqual(["It is large", "It is middling", "It is small"]);
    const labels = queryAllAttributes(`${ROOT} li i`, "aria-label").map(String);
    expect(labels).toEqual(["Blocker", "Warning", "Information"]);
    expect(`${ROOT} li:first i`).toHaveClass(["fa-times-circle", "text-danger"]);
    expect.verifySteps(["checked 1"]);
});

test("what can be done about it is told beside it", async () => {
    await mountFindings([finding("found", "blocker", { fix: "Do something" })]);
    expect(`${ROOT} li > span > .text-muted`).toHaveText("Do something");
    expect.verifySteps(["checked 1"]);
});

test("what can be done about several in a row is told once", async () => {
    await mountFindings([
        finding("first", "warning", { fix: "Do something" }),
        finding("second", "warning", { fix: "Do something" }),
        finding("third", "warning", { fix: "Do another" }),
    ]);
    const fixes = queryAllTexts(`${ROOT} li > span > .text-muted`);
    expect(fixes).toEqual(["Do something", "Do another"]);
    expect.verifySteps(["checked 1"]);
});

test("without anything grave it can go on", async () => {
    await mountFindings([finding("middling", "warning")]);
    expect(`${ROOT} > div span`).toHaveText("It can go on. Please look at these first:");
    expect(`${ROOT} li`).toHaveCount(1);
    expect.verifySteps(["checked 1"]);
});

test("nothing in the way is said so", async () => {
    await mountFindings([]);
    expect(`${ROOT} > div span`).toHaveText("Nothing stands in the way.");
    expect(`${ROOT} li`).toHaveCount(0);
    expect.verifySteps(["checked 1"]);
});

test("five findings are shown, the others when asked for", async () => {
    await mountFindings([1, 2, 3, 4, 5, 6, 7].map((n) => finding(`number ${n}`)));
    expect(`${ROOT} li`).toHaveCount(5);
    await contains(`${ROOT} button:contains(Show 2 more)`).click();
    expect(`${ROOT} li`).toHaveCount(7);
    expect(`${ROOT} button:contains(more)`).toHaveCount(0);
    expect.verifySteps(["checked 1"]);
});

test("a handover without records has nothing to check", async () => {
    HandoverRequest._records[0].line_count = 0;
    await mountFindings([]);
    expect(ROOT).toHaveCount(0);
    expect.verifySteps([]);
});

test("up to 2000 records are checked by themselves", async () => {
    HandoverRequest._records[0].line_count = 2000;
    await mountFindings([]);
    expect.verifySteps(["checked 1"]);
});

test("more than 2000 records are checked when somebody asks for it", async () => {
    HandoverRequest._records[0].line_count = 2001;
    await mountFindings([finding("found")]);
    expect(`${ROOT} > div span`).toHaveText("With this many records the check takes a moment.");
    expect.verifySteps([]);
    await contains(`${ROOT} button:contains(Check)`).click();
    expect(`${ROOT} li`).toHaveText("It is found");
    expect.verifySteps(["checked 1"]);
});

test("a check that fails is said so and can be made again", async () => {
    let broken = true;
    await mountFindings([]);
    onRpc("handover.request", "get_causes", () => {
        if (broken) {
            throw new Error("no connection");
        }
        return { ok: true, causes: [] };
    });
    await contains(`${ROOT} button:contains(Check Again)`).click();
    expect(`${ROOT} > div span`).toHaveText("The check could not be made.");
    broken = false;
    await contains(`${ROOT} button:contains(Check)`).click();
    expect(`${ROOT} > div span`).toHaveText("Nothing stands in the way.");
    expect.verifySteps(["checked 1"]);
});

test("the answer of a check that is overtaken is not shown", async () => {
    const slow = new Deferred();
    const answers = [slow, { ok: true, causes: [finding("new", "info")] }];
    const bus = await mountWithBus([]);
    onRpc("handover.request", "get_causes", () => answers.shift());
    bus.trigger("LINES_CHANGED", {});
    bus.trigger("LINES_CHANGED", {});
    await animationFrame();
    slow.resolve({ ok: false, causes: [finding("old")] });
    await animationFrame();
    expect(queryAllTexts(`${ROOT} li`)).toEqual(["It is new"]);
    expect.verifySteps(["checked 1"]);
});

test("changed records are checked again, and once when their number changes too", async () => {
    const bus = await mountWithBus([]);
    expect.verifySteps(["checked 1"]);
    bus.trigger("LINES_CHANGED", {});
    await animationFrame();
    expect.verifySteps(["checked 1"]);
    // then the form loads the handover anew, of which this is a part
    MockServer.env["handover.request"].write([1], { line_count: 2 });
    bus.trigger("LINES_CHANGED", { counts: true });
    await animationFrame();
    expect.verifySteps(["checked 1"]);
});

test("each finding has what gets it out of the way", async () => {
    const fixes = {
        no_successor: ["Choose a Successor"],
        successor_gone: ["Choose a Successor"],
        other_company: ["Choose Another Successor", "Remove the Record"],
        successor_no_access: ["Choose Another Successor"],
        reserved: ["Open the Other Handover", "Remove the Record"],
        missing: ["Remove the Record"],
        stale_owner: ["Remove the Record"],
        private: ["Remove the Record"],
        closed_since: ["Remove the Record"],
        missing_permission: ["Propose Permissions"],
        something_else: [],
    };
    const codes = Object.keys(fixes);
    await mountFindings(codes.map((code) => finding(code, "blocker", BAKERY)));
    await contains(`${ROOT} button:contains(Show)`).click();
    for (const [place, code] of codes.entries()) {
        const found = queryAllTexts(`${ROOT} li:eq(${place}) .o_handover_fix`);
        expect(found).toEqual(fixes[code], { message: code });
    }
    expect.verifySteps(["checked 1"]);
});

test("who may only read is offered nothing but to look", async () => {
    Object.assign(HandoverRequest._records[0], {
        can_edit: false,
        can_propose: false,
    });
    await mountFindings([
        finding("no_successor"),
        finding("other_company", "blocker", BAKERY),
        finding("missing_permission"),
        finding("reserved", "blocker", BAKERY),
    ]);
    expect(fixTexts()).toEqual(["Open the Other Handover"]);
    expect.verifySteps(["checked 1"]);
});

test("permissions are proposed by the form's own button", async () => {
    await mountFindings([finding("missing_permission")]);
    onRpc("handover.request", "action_propose_permissions", ({ args }) => {
        expect.step(`proposed for ${args[0]}`);
        return false;
    });
    await contains(".o_handover_fix:contains(Propose Permissions)").click();
    expect.verifySteps(["checked 1", "proposed for 1"]);
});

test("a missing successor is chosen in the field of the form", async () => {
    await mountFindings([finding("no_successor")], { form: `<field name="successor_id"/>` });
    await contains(".o_handover_fix:contains(Choose a Successor)").click();
    expect(".o_field_widget[name=successor_id] input").toBeFocused();
    expect.verifySteps(["checked 1"]);
});

test("a record in the way is taken off, and no other", async () => {
    await mountFindings([finding("missing", "blocker", BAKERY)]);
    onRpc("handover.request.line", "unlink", ({ args }) => {
        expect.step(`removed ${args[0]}`);
    });
    await contains(".o_handover_fix:contains(Remove the Record)").click();
    expect.verifySteps(["checked 1", "removed 52"]);
});

test("all records of one cause are taken off at once", async () => {
    await mountFindings([finding("missing", "blocker", BOTH)]);
    expect(fixTexts()).toEqual(["See the Records", "Remove the Records"]);
    onRpc("handover.request.line", "unlink", ({ args }) => {
        expect.step(`removed ${args[0]}`);
    });
    await contains(".o_handover_fix:contains(Remove the Records)").click();
    expect.verifySteps(["checked 1", "removed 51,52"]);
});

test("the records of one cause open in a list", async () => {
    mockService("action", {
        doAction: ({ res_model, domain }) =>
            expect.step(`opened ${res_model} ${JSON.stringify(domain)}`),
    });
    await mountFindings([finding("gap_phone_missing", "warning", BOTH)]);
    await contains(`${ROOT} li button:contains(It is gap_phone_missing)`).click();
    expect.verifySteps(["checked 1", 'opened handover.request.line [["id","in",[51,52]]]']);
});

test("all records of one cause get another successor at once", async () => {
    mockService("action", { doAction: (action) => expect.step(`opened ${action.res_model}`) });
    onRpc("handover.request.line", "action_choose_give", ({ args }) => {
        expect.step(`chosen for ${args[0]}`);
        return { res_model: "handover.request.give" };
    });
    await mountFindings([finding("other_company", "blocker", BOTH)]);
    await contains(".o_handover_fix:contains(Choose Another Successor)").click();
    expect.verifySteps(["checked 1", "chosen for 51,52", "opened handover.request.give"]);
});

test("a form that was read before something came in the way is read again", async () => {
    Object.assign(HandoverRequest._records[0], { can_submit: true, can_go_on: true });
    onRpc("handover.request", "web_read", () => expect.step("read"));
    await mountFindings([finding("other_company")]);
    await animationFrame();
    expect.verifySteps(["read", "checked 1", "read"]);
});

test("a record that is off the handover already is not removed again", async () => {
    await mountFindings([finding("missing", "blocker", { line_ids: [404] })]);
    onRpc("handover.request.line", "unlink", () => expect.step("removed"));
    await contains(".o_handover_fix:contains(Remove the Record)").click();
    await animationFrame();
    expect.verifySteps(["checked 1"]);
});

test("a finding about a record opens it", async () => {
    await mountFindings([finding("other_company", "blocker", BAKERY)]);
    await contains(`${ROOT} li button:contains(It is other_company)`).click();
    expect(".modal .o_field_widget[name=name] input").toHaveValue("Bakery");
    expect.verifySteps(["checked 1"]);
});

test("the other handover that has a record is opened", async () => {
    HandoverRequest._records.push({ id: 2 });
    HandoverRequestLine._records.push({ id: 61, request_id: 2, reserved: true, ...LEAD });
    mockService("action", {
        doAction: ({ res_model, res_id }) => expect.step(`opened ${res_model} ${res_id}`),
    });
    await mountFindings([finding("reserved", "blocker", BAKERY)]);
    await contains(".o_handover_fix:contains(Open the Other Handover)").click();
    expect.verifySteps(["checked 1", "opened handover.request 2"]);
});

test("who may not see the other handover is told whom to ask", async () => {
    mockService("notification", {
        add: (message, { type }) => expect.step(`${type}: ${message}`),
    });
    await mountFindings([finding("reserved", "blocker", BAKERY)]);
    await contains(".o_handover_fix:contains(Open the Other Handover)").click();
    expect.verifySteps([
        "checked 1",
        "warning: You may not see the other handover: ask the approver about it.",
    ]);
});
