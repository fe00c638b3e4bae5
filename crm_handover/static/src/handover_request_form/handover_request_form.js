import { besides } from "@crm_handover/handover_texts/handover_texts";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";
import { CallbackRecorder } from "@web/search/action_hook";
import { FormCompiler } from "@web/views/form/form_compiler";
import { FormController } from "@web/views/form/form_controller";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";
import { toStringExpression } from "@web/views/utils";
import { EventBus, useSubEnv } from "@odoo/owl";

/** So wide is a window (px) in which the records have their columns beside the messages. */
const WIDE_ENOUGH = 1700;

function hasPlaceAside() {
    return browser.innerWidth >= WIDE_ENOUGH;
}

/**
 * The form of a handover. Its records are a list view of their own (see HandoverLines);
 * the two tell each other over `env.handover`:
 * - `RELOADED`: the handover has been loaded or saved anew;
 * - `LINES_CHANGED`: the records have changed; `detail.counts` when there are fewer;
 * - `beforeAction`: what has to be saved before a button of the handover runs.
 */
export class HandoverRequestFormController extends FormController {
    setup() {
        this.handover = { bus: new EventBus(), beforeAction: new CallbackRecorder() };
        useSubEnv({ handover: this.handover });
        super.setup();
        useBus(this.handover.bus, "LINES_CHANGED", ({ detail }) => this.onLinesChanged(detail));
    }

    get className() {
        const result = super.className;
        if (!hasPlaceAside()) {
            // what scrolls by itself beside the messages
            delete result["o_xxl_form_view h-100"];
        }
        return result;
    }

    get modelParams() {
        const params = super.modelParams;
        params.hooks.onRootLoaded = () => this.handover.bus.trigger("RELOADED");
        return params;
    }

    async onRecordSaved() {
        await super.onRecordSaved(...arguments);
        this.handover.bus.trigger("RELOADED");
    }

    async onLinesChanged({ counts }) {
        const record = this.model.root;
        if (counts && !(await record.isDirty())) {
            // not the model's `load`: overtaking the one of a button, it would leave the
            // button waiting for ever
            await record.load();
        }
    }

    /** Save the row that is being edited. */
    async leaveLines() {
        const { callbacks } = this.handover.beforeAction;
        const answers = await Promise.all(callbacks.map((callback) => callback()));
        return !answers.includes(false);
    }

    async beforeLeave() {
        if (!(await this.leaveLines())) {
            return false;
        }
        return super.beforeLeave(...arguments);
    }

    async beforeExecuteActionButton(clickParams) {
        if (!(await this.leaveLines())) {
            return false;
        }
        const saved = await super.beforeExecuteActionButton(clickParams);
        if (saved !== false && clickParams.name === "action_approve") {
            // approve what is on the screen, or be told that it has changed
            clickParams.args = JSON.stringify([this.model.root.data.version]);
        }
        return saved;
    }
}

/**
 * A page with the attribute `counter`, the name of a field, shows how many it holds. The
 * messages stand aside where the list of records has its place beside them.
 */
export class HandoverRequestFormCompiler extends FormCompiler {
    compileForm(el, params) {
        const form = super.compileForm(el, params);
        const classes = form.getAttribute("t-attf-class");
        form.setAttribute(
            "t-attf-class",
            classes.replace(/__comp__\.uiService\.size < \d+/, "!__comp__.hasPlaceAside()")
        );
        return form;
    }

    compileNotebook(el, params) {
        const notebook = super.compileNotebook(el, params);
        for (const page of el.querySelectorAll(":scope > page[counter]")) {
            const name = toStringExpression(page.getAttribute("name"));
            const counter = toStringExpression(page.getAttribute("counter"));
            for (const slot of notebook.children) {
                if (slot.getAttribute("name") === name) {
                    const title = slot.getAttribute("title");
                    slot.setAttribute("title", `__comp__.counted(${title}, ${counter})`);
                }
            }
        }
        return notebook;
    }
}

export class HandoverRequestFormRenderer extends FormRenderer {
    hasPlaceAside() {
        return hasPlaceAside();
    }

    mailLayout() {
        const layout = super.mailLayout(...arguments);
        return layout === "SIDE_CHATTER" && !hasPlaceAside() ? "BOTTOM_CHATTER" : layout;
    }

    counted(title, fieldName) {
        const value = this.props.record.data[fieldName];
        const count = value?.count ?? value;
        return count ? besides(title, count) : title;
    }
}

registry.category("views").add("handover_request_form", {
    ...formView,
    Compiler: HandoverRequestFormCompiler,
    Renderer: HandoverRequestFormRenderer,
    Controller: HandoverRequestFormController,
});
