import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { advanceTime, animationFrame, Deferred, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { markup } from "@odoo/owl";
import {
    contains,
    defineModels,
    fields,
    getService,
    makeMockEnv,
    MockServer,
    mockService,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class HandoverRequest extends models.Model {
    _name = "handover.request";

    name = fields.Char();
    state = fields.Char();
    line_count = fields.Integer();
    done_count = fields.Integer();
    skipped_count = fields.Integer();
    failed_count = fields.Integer();
    returned_count = fields.Integer();
    progress = fields.Float();
    background_told = fields.Json();

    _records = [
        {
            id: 1,
            name: "HO/1",
            state: "running",
            line_count: 40,
            done_count: 10,
            skipped_count: 2,
            failed_count: 0,
            returned_count: 0,
            progress: 31.9,
        },
    ];
}

defineMailModels();
defineModels([HandoverRequest]);

const ROOT = ".o_handover_progress";
const NEXT_LOOK = 15000;
const LIVE = {
    id: 1,
    state: "running",
    total: 40,
    done: 20,
    skipped: 3,
    failed: 1,
    progress: 61.5,
};

/** Mounts the form of a handover; `tell` brings it a message of the server. */
async function mountProgress(values) {
    Object.assign(HandoverRequest._records[0], values);
    const listeners = new Set();
    await makeMockEnv();
    patchWithCleanup(getService("bus_service"), {
        subscribe(type, listener) {
            if (type === "handover.request/progress") {
                listeners.add(listener);
            } else {
                super.subscribe(...arguments);
            }
        },
        unsubscribe(_type, listener) {
            if (!listeners.delete(listener)) {
                super.unsubscribe(...arguments);
            }
        },
    });
    const view = await mountView({
        type: "form",
        resModel: "handover.request",
        resId: 1,
        arch: `<form><field name="name"/><widget name="handover_progress"/></form>`,
    });
    const tell = async (live) => {
        listeners.forEach((listener) => listener({ ...LIVE, ...live }));
        await animationFrame();
    };
    return { view, listeners, tell };
}

/** The server's answers, one after the other; the last one again and again. */
function answerWith(...answers) {
    onRpc("handover.request", "get_progress", ({ args }) => {
        expect.step(`looked at ${args[0]}`);
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        if (answer instanceof Error) {
            throw answer;
        }
        return answer;
    });
}

const shown = () => queryAllTexts(`${ROOT} .badge`);

test("a handover that runs says how far it is, rounded down", async () => {
    await mountProgress({ progress: 99.9 });
    expect(`${ROOT} .progress`).toHaveAttribute("aria-valuenow", "99");
    expect(`${ROOT} .progress-bar`).toHaveAttribute("style", "width: 99%");
    expect(`${ROOT} .progress + span`).toHaveText("99 %");
});

test("what became of the records is told, but not what became of none", async () => {
    await mountProgress();
    expect(shown()).toEqual(["10 handed over", "2 left alone"]);
});

test("a handover that is over shows no bar", async () => {
    await mountProgress({ state: "done", done_count: 38, skipped_count: 0, failed_count: 2 });
    expect(`${ROOT} .progress`).toHaveCount(0);
    expect(shown()).toEqual(["38 handed over", "2 failed"]);
});

test("a message of the server is shown at once", async () => {
    const { tell } = await mountProgress();
    await tell({});
    expect(`${ROOT} .progress + span`).toHaveText("61 %");
    expect(shown()).toEqual(["20 handed over", "3 left alone", "1 failed"]);
});

test("a message about another handover is not", async () => {
    const { tell } = await mountProgress();
    await tell({ id: 2 });
    expect(`${ROOT} .progress + span`).toHaveText("31 %");
});

test("the time left is told in seconds, then in minutes", async () => {
    const { tell } = await mountProgress();
    expect(ROOT).not.toHaveText(/left$/m);
    for (const [seconds, text] of [
        [0, ""],
        [89, "about 89 seconds left"],
        [90, "about 2 minutes left"],
        [149, "about 2 minutes left"],
        [151, "about 3 minutes left"],
    ]) {
        await tell({ seconds_left: seconds });
        expect(queryAllTexts(`${ROOT} .progress ~ .text-muted`).join()).toBe(text);
    }
});

test("while it runs the server is asked every 15 seconds", async () => {
    answerWith(LIVE, { ...LIVE, done: 30 });
    await mountProgress();
    // the clock of the tests runs on by itself as well
    await advanceTime(NEXT_LOOK / 2);
    expect.verifySteps([]);
    await advanceTime(NEXT_LOOK / 2);
    expect.verifySteps(["looked at 1"]);
    expect(shown()[0]).toBe("20 handed over");
    await advanceTime(NEXT_LOOK);
    expect.verifySteps(["looked at 1"]);
    expect(shown()[0]).toBe("30 handed over");
});

test("when it does not run the server is not asked", async () => {
    answerWith(LIVE);
    await mountProgress({ state: "transferred" });
    await advanceTime(2 * NEXT_LOOK);
    expect.verifySteps([]);
});

test("a form that is closed asks no more and listens no more", async () => {
    answerWith(LIVE);
    const { view, listeners } = await mountProgress();
    expect(listeners.size).toBe(1);
    view.__owl__.app.destroy();
    await advanceTime(2 * NEXT_LOOK);
    expect.verifySteps([]);
    expect(listeners.size).toBe(0);
});

test("an answer that comes after the form is closed starts no new round", async () => {
    const slow = new Deferred();
    answerWith(slow);
    const { view } = await mountProgress();
    await advanceTime(NEXT_LOOK);
    view.__owl__.app.destroy();
    slow.resolve(LIVE);
    await advanceTime(2 * NEXT_LOOK);
    expect.verifySteps(["looked at 1"]);
});

test("an answer that fails stops nothing else", async () => {
    answerWith(new Error("no connection"));
    const { tell } = await mountProgress();
    await advanceTime(NEXT_LOOK);
    expect.verifySteps(["looked at 1"]);
    await tell({});
    expect(shown()[0]).toBe("20 handed over");
});

test("a new state is read with the whole form, for its buttons", async () => {
    const { tell } = await mountProgress();
    onRpc("handover.request", "web_read", () => expect.step("read"));
    MockServer.env["handover.request"].write([1], { state: "transferred" });
    await tell({ state: "transferred", done: 35 });
    expect.verifySteps(["read"]);
    expect(`${ROOT} .progress`).toHaveCount(0);
});

test("what somebody is typing is not lost to a new state", async () => {
    const { tell } = await mountProgress();
    onRpc("handover.request", "web_read", () => expect.step("read"));
    await contains(".o_field_widget[name=name] input").edit("Half a na", { confirm: false });
    await tell({ state: "transferred", done: 35 });
    expect.verifySteps([]);
    expect(".o_field_widget[name=name] input").toHaveValue("Half a na");
    expect(shown()[0]).toBe("35 handed over");
});

test("a figure opens the records that it counts", async () => {
    onRpc("handover.request", "action_view_lines", ({ args }) => {
        expect.step(`lines of ${args[0]}`);
        return {
            type: "ir.actions.act_window",
            res_model: "handover.request.line",
            id: 7,
            help: "<p>No records here</p>",
        };
    });
    mockService("action", {
        loadAction: (id) => ({ id, help: markup("<p>No records here</p>") }),
        doAction: ({ res_model, help }, { additionalContext }) => {
            expect.step([res_model, additionalContext]);
            // an empty list would print a plain text with its tags
            expect(help).toBeInstanceOf(markup("").constructor);
        },
    });
    await mountProgress();
    await contains(`${ROOT} .badge:contains(left alone)`).click();
    expect.verifySteps([
        "lines of 1",
        ["handover.request.line", { search_default_filter_skipped: 1 }],
    ]);
});
