import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class HandoverRequest extends models.Model {
    _name = "handover.request";

    background_told = fields.Json();
    state = fields.Char();
    version = fields.Integer();
    line_count = fields.Integer();
    score_date = fields.Datetime();
    can_edit = fields.Boolean();
    can_submit = fields.Boolean();
    can_go_on = fields.Boolean();
    can_propose = fields.Boolean();
    can_check = fields.Boolean();

    _records = [{ id: 1, state: "draft", line_count: 3, can_edit: true, can_check: true }];
}

defineMailModels();
defineModels([HandoverRequest]);

const ROOT = ".o_handover_findings";

const finding = (code, severity = "blocker", values = {}) => ({
    ...{ code, severity, message: `It is ${code}`, fix: "", count: 1, line_ids: [] },
    ...values,
});

/** Mounts the form of a handover in which the server finds these. */
async function mountFindings(findings) {
    onRpc("handover.request", "get_causes", ({ args }) => {
        expect.step(`checked ${args[0]}`);
        return { ok: false, causes: findings };
    });
    await mountView({
        type: "form",
        resModel: "handover.request",
        resId: 1,
        arch: `<form js_class="handover_request_form"><widget name="handover_findings"/></form>`,
    });
}

const fixTexts = () => queryAllTexts(".o_handover_fix");

test("a gap is gone with its record", async () => {
    await mountFindings([finding("gap_3", "blocker", { line_ids: [7] })]);
    expect(fixTexts()).toEqual(["Remove the Record"]);
    expect.verifySteps(["checked 1"]);
});

test("who may not ask for what is missing is not offered it", async () => {
    HandoverRequest._records[0].can_check = false;
    await mountFindings([finding("gap_3", "warning")]);
    expect(fixTexts()).toEqual([]);
    expect.verifySteps(["checked 1"]);
});

test("the first of several gaps asks for all of them", async () => {
    await mountFindings([
        finding("gap_1", "blocker", { line_ids: [7] }),
        finding("gap_2", "warning"),
        finding("gap_3", "warning"),
    ]);
    expect(fixTexts()).toEqual(["Remove the Record", "Ask for What Is Missing"]);
    expect(`${ROOT} li:eq(1)`).toHaveText(/^It is gap_2/);
    onRpc("handover.request", "action_plan_gaps", ({ args }) => {
        expect.step(`asked for ${args[0]}`);
        return false;
    });
    await contains(".o_handover_fix:contains(Ask)").click();
    expect(".modal-title").toHaveText("Ask for what is missing?");
    expect.verifySteps(["checked 1"]);
    await contains(".modal-footer .btn-primary:contains(Ask)").click();
    expect.verifySteps(["asked for 1"]);
});
