import { registry } from "@web/core/registry";

// The people and records are those of tests/test_tours_chinese.py.
const NAMES = [
    ...["Anna", "Bruno", "Chen", "Leader", "Approver", "Home", "Deal", "Brewery", "Other"],
    ...["Resignation", "Call", "before", "ten", "Team"],
    // of no language
    ...["PDF", "XLSX", "CRM", "OdooBot"],
];

function words(root) {
    // what is shown, and what a tooltip or a screen reader says
    const texts = [root.innerText];
    for (const node of root.querySelectorAll("[title], [aria-label], [placeholder]")) {
        for (const name of ["title", "aria-label", "placeholder"]) {
            texts.push(node.getAttribute(name) || "");
        }
    }
    return texts.join("\n").match(/[A-Za-z]{3,}/g) || [];
}

/** Fail when something in there is not Chinese, for a reader of Chinese. */
export function readChinese(selector, ...names) {
    if (!document.documentElement.lang.startsWith("zh")) {
        return;
    }
    const left = new Set([...document.querySelectorAll(selector)].flatMap(words));
    for (const name of [...NAMES, ...names]) {
        left.delete(name);
    }
    if (left.size) {
        const title = document.querySelector(".o_notebook .nav-link.active")?.textContent;
        throw new Error(`Not in Chinese, on ${title}: ${[...left].join(", ")}`);
    }
}

/** The chatter is Odoo's. */
function readAll() {
    readChinese(".o_form_sheet_bg");
}

registry.category("web_tour.tours").add("handover_chinese_pages", {
    steps: () => [
        {
            trigger: ".o_handover_lines :is(.o_data_row, .o_kanban_record)",
            async run() {
                readAll();
                for (const tab of document.querySelectorAll(".o_notebook .nav-link")) {
                    tab.click();
                    // with the tab its page is there
                    while (!tab.classList.contains("active")) {
                        await new Promise(requestAnimationFrame);
                    }
                    readAll();
                }
            },
        },
    ],
});
