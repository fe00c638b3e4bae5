import { HandoverBriefingFlow } from "@crm_handover_cockpit/handover_briefing_flow";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { animationFrame, Deferred, describe, expect, test } from "@odoo/hoot";
import { edit, press } from "@odoo/hoot-dom";
import {
    contains,
    makeMockEnv,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { getDefaultConfig } from "@web/views/view";

describe.current.tags("desktop");

defineMailModels();

const NOTE = ".o_handover_briefing_flow textarea[name=note]";
const customer = (id) => ({
    card_id: id,
    card_ids: [id],
    texts: { note: "", promises: "", next_steps: "", avoid: "" },
    risk: "none",
    labels: { note: "Note", promises: "P", next_steps: "N", avoid: "A", risk: "R" },
    taker: "",
    records: [],
    facts: [],
    questions: [],
    sections: [],
});
const inList = (id) => ({
    name: `C${id}`,
    line_ids: [id],
    value: 0,
    risk: "none",
    is_shared: false,
});

/** Show two customers, and write down what is asked of the server. */
async function show({ second = null, fail = 0, written = null } = {}) {
    let failures = fail;
    onRpc("get_briefing", () => ({
        name: "HO/1",
        title: "Anna leaves",
        can_share: true,
        currency_id: false,
        customers: [inList(1), inList(2)],
    }));
    onRpc("get_briefing_customer", async ({ args: [, [id]] }) => {
        if (id === 2) {
            await second;
        }
        return customer(id);
    });
    onRpc("handover.card", "write", async ({ args: [[id], values] }) => {
        expect.step(`write ${id} ${values.note}`);
        await written;
        if (failures) {
            failures -= 1;
            throw new Error("gone");
        }
        return true;
    });
    onRpc("handover.card", "action_release", ({ args: [ids] }) => {
        expect.step(`share ${ids}`);
        return true;
    });
    const env = await makeMockEnv({ config: { ...getDefaultConfig(), setDisplayName() {} } });
    await mountWithCleanup(HandoverBriefingFlow, {
        env,
        props: { action: { context: { active_id: 1 } }, actionId: 1 },
    });
}

test("what is typed while the next customer comes stays with the former one", async () => {
    const second = new Deferred();
    await show({ second });
    await contains(NOTE).edit("One", { confirm: false });
    await press("control+enter");
    await animationFrame();
    expect.verifySteps(["write 1 One", "share 1"]);
    await contains(NOTE).focus();
    await edit("One and more");
    second.resolve();
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["write 1 One and more"]);
    expect(NOTE).toHaveValue("");
});

test("what could not be saved is saved before it is shared", async () => {
    expect.errors(1);
    await show({ fail: 1 });
    await contains(NOTE).edit("One", { confirm: false });
    await press("control+enter");
    await animationFrame();
    expect.verifyErrors(["gone"]);
    expect.verifySteps(["write 1 One"]);
    // the error is told in a dialog
    await animationFrame();
    await press("escape");
    await animationFrame();
    await contains(NOTE).focus();
    await press("control+enter");
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["write 1 One", "share 1"]);
});

test("what is not with the server yet is sent when the page is closed, or asked about", async () => {
    let takes = true;
    const sent = [];
    patchWithCleanup(navigator, {
        sendBeacon(url, blob) {
            sent.push(blob.text());
            return takes;
        },
    });
    const notes = async () =>
        (await Promise.all(sent.splice(0))).map((text) => JSON.parse(text).params.args[1].note);
    const close = () => {
        const ev = new Event("beforeunload", { cancelable: true });
        window.dispatchEvent(ev);
        return ev.defaultPrevented;
    };
    const written = new Deferred();
    await show({ written });
    await contains(NOTE).edit("One", { confirm: false });
    await press("control+enter");
    await animationFrame();
    expect.verifySteps(["write 1 One"]);
    // the server has not answered, and more was typed
    await contains(NOTE).edit("One and more", { confirm: false });
    expect(close()).toBe(false);
    expect(await notes()).toEqual(["One", "One and more"]);
    // too long for what a browser sends on its own
    takes = false;
    await contains(NOTE).edit("Very long", { confirm: false });
    expect(close()).toBe(true);
    expect(await notes()).toEqual(["One", "Very long"]);
    written.resolve();
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["write 1 Very long", "share 1"]);
    takes = true;
    expect(close()).toBe(false);
    expect(await notes()).toEqual([]);
});
