import { registry } from "@web/core/registry";

// The people and records are those of tests/tours/test_files.py.
const tours = registry.category("web_tour.tours");

const openPage = { trigger: ".o_notebook a[name=papers]", run: "click" };

// on a computer and on a phone
tours.add("handover_files", {
    steps: () => [
        openPage,
        { trigger: ".o_handover_files_records:contains(Files: 1):contains(PDF 1)" },
        { trigger: ".o_handover_files_own:not(:has(li))" },
        {
            content: "the button waits for a choice",
            trigger: ".o_handover_files_loose button:disabled",
        },
        { trigger: ".o_handover_files_loose li:contains(Prices) input", run: "click" },
        { trigger: ".o_handover_files_loose button:enabled", run: "click" },
        { trigger: ".o_handover_files_own li:contains(Prices)" },
        { trigger: ".o_handover_files_loose li:contains(Diary)" },
        { trigger: ".o_handover_files_loose:not(:contains(Prices))" },
        { trigger: ".o_handover_files_links li:contains(dropbox.com) button", run: "click" },
        { trigger: ".modal .o_handover_line_files li:contains(Offer.pdf) a[href*='download']" },
        { trigger: ".modal .btn-close, .modal .oi-arrow-left", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

tours.add("handover_files_others", {
    steps: () => [
        openPage,
        { trigger: ".o_handover_files_own li:contains(Prices) a[href*='download']" },
        {
            trigger: ".o_handover_files_loose:contains(Files: 1)",
            run() {
                if (document.body.textContent.includes("Diary")) {
                    throw new Error("Names of loose files are their owner's business");
                }
            },
        },
    ],
});
