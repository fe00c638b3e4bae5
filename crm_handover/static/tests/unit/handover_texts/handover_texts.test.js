import { shortMoney } from "@crm_handover/handover_texts/handover_texts";
import { expect, test } from "@odoo/hoot";
import { makeMockEnv } from "@web/../tests/web_test_helpers";

test("a million and a half is not said as one million", async () => {
    await makeMockEnv();
    const said = [950, 9_999, 84_400, 845_000, 1_038_300, 1_490_000, -1_490_000];
    expect(said.map((value) => shortMoney(value, false))).toEqual([
        "950",
        "9,999",
        "84k",
        "845k",
        "1.04M",
        "1.49M",
        "-1.49M",
    ]);
});
