import { readChinese } from "@crm_handover/../tests/tours/handover_chinese_tours";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

// The people and records are those of tests/tours/test_chinese.py.

/** Choose the spreadsheet of the handover that is open, as it is downloaded. */
async function chooseDownloaded() {
    const id = Number(document.location.pathname.match(/(\d+)$/)[1]);
    const { url } = await rpc("/web/dataset/call_kw", {
        model: "handover.request",
        method: "action_download_spreadsheet",
        args: [[id]],
        kwargs: {},
    });
    const answer = await fetch(url);
    const files = new DataTransfer();
    files.items.add(new File([await answer.blob()], "Handover.xlsx"));
    const input = document.querySelector(".modal input[type=file]");
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

registry.category("web_tour.tours").add("handover_upload", {
    steps: () => [
        { trigger: "button[name=action_upload_spreadsheet]", run: "click" },
        { trigger: ".modal input[type=file]:not(:visible)", run: chooseDownloaded },
        { trigger: ".modal .o_field_widget[name=content] input:value(Handover.xlsx)" },
        { trigger: ".modal button[name=action_check]", run: "click" },
        {
            content: "as it was downloaded it changes nothing",
            trigger: ".modal div[name=result] .alert-info",
            run() {
                readChinese(".modal", "Handover", "xlsx");
                const { scrollWidth, clientWidth } = document.documentElement;
                if (scrollWidth > clientWidth) {
                    throw new Error(`It is ${scrollWidth} wide on ${clientWidth}`);
                }
            },
        },
        { trigger: ".modal-footer button.btn-secondary", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
