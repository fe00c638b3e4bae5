import { Store } from "@mail/core/common/store_service";
import { browser } from "@web/core/browser/browser";
import { router } from "@web/core/browser/router";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";

// the address of a handover, and of nothing that is opened from it
const ADDRESS = /\/handovers\/\d+\/?$/;

function isHandover(url) {
    // the form has an address as well
    return ADDRESS.test(url.pathname) && !url.searchParams.has("form");
}

/** An address of a handover leads to its cockpit; the form is where it leads back to. */
patch(router, {
    urlToState(url) {
        if (!isHandover(url)) {
            return super.urlToState(url);
        }
        const cockpit = new URL(url);
        cockpit.pathname = `${url.pathname.replace(/\/$/, "")}/handover-cockpit`;
        return super.urlToState(cockpit);
    },
});

// the address that the page was opened with was read before
registry.category("services").add("handover_links", {
    start() {
        const url = new URL(browser.location);
        if (isHandover(url)) {
            router.replaceState(router.urlToState(url), { replace: true, sync: true });
        }
    },
});

patch(Store.prototype, {
    async openDocument({ id, model }) {
        if (model !== "handover.request") {
            return super.openDocument(...arguments);
        }
        const { action, orm } = this.env.services;
        return action.doAction(await orm.call(model, "action_open_cockpit", [[id]]));
    },
});
