import { labelled, listed, percent, shortMoney } from "@crm_handover/handover_texts/handover_texts";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast, Mutex } from "@web/core/utils/concurrency";
import { useBus, useService } from "@web/core/utils/hooks";
import { useSortable } from "@web/core/utils/sortable_owl";
import { useDebounced } from "@web/core/utils/timing";
import { imageUrl } from "@web/core/utils/urls";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onPatched, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { CockpitBoard, NOBODY, PAGE, isPool, pagesOf } from "./handover_cockpit_board";
import { HandoverCockpitCard } from "./handover_cockpit_card";
import { HandoverCockpitPage } from "./handover_cockpit_page";
import { HandoverCockpitUndo } from "./handover_cockpit_undo";

// so near to its end a column loads more, in pixels
const NEAR = 400;
// what goes on in the background is looked at after so long, in milliseconds
const FOLLOWED = 1000;
// so many records that were dealt out are as much as the whole screen
const MANY = 500;
const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];

/** What the picture of a ring says. */
export function ringText({ percent: part, unit, title, lines }) {
    const share = unit ? percent(part) : String(part);
    return [labelled(title, share), ...lines].join(" · ");
}

/** How a handover opens: who, when, what is at stake, and what is left for the reader. */
export class HandoverCockpit extends Component {
    static template = "crm_handover_cockpit.HandoverCockpit";
    static components = {
        Dropdown,
        DropdownItem,
        HandoverCockpitCard,
        HandoverCockpitPage,
        HandoverCockpitUndo,
        Layout,
    };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Cockpit");

    setup() {
        this.doneText = _t("Done");
        this.openText = _t("To do");
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.ui = useService("ui");
        this.root = useRef("root");
        this.nobody = NOBODY;
        this.pagesOf = pagesOf;
        this.page = PAGE;
        this.display = { controlPanel: {} };
        // one write after the other, and of several answers the last one
        this.writes = new Mutex();
        this.moves = 0;
        // what was written since the screen was last the server's: lines, and how often
        this.moved = new Set();
        this.steps = 0;
        this.answers = new KeepLast();
        this.state = useState({
            data: null,
            open: new Set(),
            // the line of what is left that is filled in now
            filling: null,
            undo: [],
            dragged: null,
            over: null,
            busy: false,
            said: "",
        });
        useBus(this.ui.bus, "resize", () => this.render());
        useHotkey("control+z", () => this.undo(), {
            bypassEditableProtection: false,
            isAvailable: () => this.state.undo.length > 0,
        });
        useSortable({
            ref: this.root,
            enable: () => Boolean(this.data?.is_draft) && !this.ui.isSmall,
            elements: ".o_handover_card",
            groups: ".o_handover_cockpit_column",
            connectGroups: true,
            ignore: "button, a",
            cursor: "grabbing",
            placeholderClasses: ["opacity-25"],
            followingElementClasses: ["o_handover_dragged"],
            onDragStart: ({ element }) => {
                this.state.dragged = this.board.find(element.dataset.key)?.card || null;
            },
            onGroupEnter: ({ group }) => (this.state.over = Number(group.dataset.taker)),
            onGroupLeave: () => (this.state.over = null),
            onDragEnd: () => Object.assign(this.state, { dragged: null, over: null }),
            onDrop: ({ element, group, parent }) => {
                if (parent && parent !== group) {
                    this.give(element.dataset.key, Number(parent.dataset.taker));
                }
            },
        });
        const bus = useService("bus_service");
        const follow = useDebounced(() => this.follow(), FOLLOWED);
        const onProgress = ({ id }) => id === this.resId && follow();
        bus.subscribe("handover.request/progress", onProgress);
        onWillUnmount(() => bus.unsubscribe("handover.request/progress", onProgress));
        onPatched(() => this.refocus());
        onWillStart(() => this.start());
    }

    async start() {
        try {
            await this.load();
        } catch (error) {
            if (!(error instanceof RPCError)) {
                throw error;
            }
            // one with very many records opens as its form, whatever leads here
            const action = await this.call("action_open_cockpit");
            if (action.type === "ir.actions.client") {
                throw error;
            }
            await this.action.doAction(action);
            return new Promise(() => {});
        }
    }

    /** What goes on in the background has come further, or has ended. */
    follow() {
        if (this.data && !this.moves && !this.state.dragged) {
            return this.load();
        }
    }

    // ------------------------------------------------------------
    // DATA
    // ------------------------------------------------------------

    get resId() {
        return this.props.action.context.active_id;
    }

    get data() {
        return this.state.data;
    }

    get board() {
        return new CockpitBoard(this.data.columns);
    }

    call(method, ...args) {
        return this.orm.call("handover.request", method, [[this.resId], ...args]);
    }

    async load() {
        // what the reader has scrolled to stays there
        const shown = this.data ? this.board.lengths : false;
        const data = await this.answers.add(this.call("get_cockpit", shown));
        if (this.data && data.version < this.data.version) {
            // it was on its way while something was dealt out
            return;
        }
        this.state.data = data;
        this.settled();
        if (!data.is_draft) {
            // what was dealt out is no draft any more
            Object.assign(this.state, { undo: [], said: "" });
        }
        this.keepFocus();
        this.env.config.setDisplayName(data.name);
    }

    /** After records were dealt out: what is new, and nothing else. */
    async loadMoved() {
        const ids = [...this.moved];
        if (ids.length > MANY) {
            return this.load();
        }
        const answer = await this.call("get_cockpit_moved", ids);
        if (this.moves) {
            // the next move asks for these as well
            return;
        }
        const { data, board } = this;
        const { columns, cards, left, ...head } = answer;
        if (head.version !== data.version + this.steps || !board.has(columns)) {
            // somebody else has changed it, too
            return this.load();
        }
        const others = data.left.filter(({ of_draft }) => !of_draft);
        Object.assign(data, head, {
            left: [...left, ...others].sort((one, other) => one.done - other.done),
        });
        board.settle(columns, cards);
        this.settled();
        this.keepFocus();
    }

    settled() {
        this.moved.clear();
        this.steps = 0;
    }

    async loadMore(column) {
        // what is moved now stands where the server has it afterwards
        await this.writes.getUnlockedDef();
        if (column.loading || column.cards.length >= column.total) {
            return;
        }
        column.loading = true;
        try {
            const { cards } = await this.call(
                "get_cockpit_cards",
                isPool(column.id) ? false : column.id || false,
                column.cards.length,
                isPool(column.id) ? -column.id : false
            );
            const known = new Set(column.cards.map(({ key }) => key));
            column.cards.push(...cards.filter(({ key }) => !known.has(key)));
        } finally {
            column.loading = false;
        }
    }

    onScroll(column, { target }) {
        if (target.scrollTop + target.clientHeight > target.scrollHeight - NEAR) {
            this.loadMore(column);
        }
    }

    // ------------------------------------------------------------
    // GIVING CUSTOMERS TO PEOPLE
    // ------------------------------------------------------------

    give(key, takerId) {
        const found = this.board.find(key);
        if (!found || found.card.taker === takerId || !this.board.column(takerId)) {
            return;
        }
        const { card } = found;
        const lineIds = [...(isPool(takerId) ? card.pooled_ids : card.line_ids)];
        const stay = card.line_ids.length - lineIds.length;
        if (stay) {
            this.notification.add(
                _t("Records that stay where they are, as they always belong to somebody: %s", stay),
                { type: "warning" }
            );
        }
        if (!lineIds.length) {
            return;
        }
        const step = { line_ids: lineIds, taker: card.taker, name: card.name };
        this.focused = stay ? card.key : this.board.move(card, takerId).key;
        this.state.undo.push(step);
        const person = this.board.column(takerId).name;
        this.state.said = labelled(step.name, person);
        this.allocate(takerId, lineIds);
    }

    /** All that nobody takes, at once. */
    giveAll({ label, taker, line_ids }) {
        this.state.undo.push({ line_ids, taker: NOBODY, name: label });
        this.state.said = label;
        return this.allocate(taker, line_ids);
    }

    undo() {
        const step = this.state.undo.pop();
        if (step) {
            this.state.said = _t("Undone: %s", step.name);
            this.allocate(step.taker, step.line_ids);
        }
    }

    /** Write it down; whatever came of it, show what the server has. */
    async allocate(takerId, lineIds) {
        const taker = isPool(takerId)
            ? { pool_team_id: -takerId }
            : { successor_id: takerId || false };
        const assignment = [{ ...taker, line_ids: lineIds }];
        this.moves += 1;
        try {
            await this.writes.exec(async () => {
                try {
                    const count = await this.call("allocate", assignment);
                    this.steps += count ? 1 : 0;
                    lineIds.forEach((id) => this.moved.add(id));
                } finally {
                    this.moves -= 1;
                }
                // of several in a row, the last one asks
                if (!this.moves) {
                    await this.loadMoved();
                }
            });
        } catch (error) {
            this.state.undo.length = 0;
            this.state.said = "";
            await this.load();
            throw error;
        }
    }

    refocus() {
        if (!this.focused) {
            return;
        }
        const card = this.cardElement(this.focused);
        if (card) {
            card.focus();
            this.focused = null;
        } else {
            // it is there once its page is seen
            this.pageElement(this.focused)?.scrollIntoView({ block: "nearest" });
        }
    }

    pageElement(key) {
        const found = this.board.find(key);
        if (!found) {
            return null;
        }
        const place = found.column.cards.indexOf(found.card);
        return this.root.el.querySelector(
            `[data-taker="${found.column.id}"] [data-start="${place - (place % PAGE)}"]`
        );
    }

    /** What had the focus has it again, or where it is not shown, its column. */
    keepFocus() {
        const key = this.focused || document.activeElement?.dataset?.key;
        if (key && !this.board.find(key)) {
            const column = this.board.column(Number(key.split(",").pop()));
            this.focused = column?.cards.at(-1)?.key || null;
        }
    }

    cardElement(key) {
        return this.root.el.querySelector(`.o_handover_card[data-key="${CSS.escape(key)}"]`);
    }

    onKeydown(ev) {
        const element = ev.target.closest(".o_handover_card");
        if (!element || ev.target !== element || ev.ctrlKey || ev.metaKey || ev.altKey) {
            return;
        }
        const { key } = element.dataset;
        if (ARROWS.includes(ev.key)) {
            this.focused = this.board.beside(key, ev.key)?.key || null;
            this.refocus();
        } else if (ev.key === "Enter" || ev.key === " ") {
            this.toggle(key);
        } else if (this.data.is_draft && /^\d$/.test(ev.key)) {
            const taker = this.takerOf(Number(ev.key));
            if (taker !== undefined) {
                this.give(key, taker);
            }
        } else {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
    }

    /** Whose column a number key stands for. */
    takerOf(number) {
        return number === 0 ? NOBODY : this.people[number - 1]?.id;
    }

    get people() {
        return this.data.columns.filter(({ id }) => id !== NOBODY);
    }

    keyOf(column) {
        const place = column.id === NOBODY ? 0 : this.people.indexOf(column) + 1;
        return this.data.is_draft && place < 10 ? place : "";
    }

    /** Whom a card of a column can be given to. */
    othersOf(column) {
        return this.data.is_draft ? this.data.columns.filter(({ id }) => id !== column.id) : [];
    }

    toggle(key) {
        if (!this.state.open.delete(key)) {
            this.state.open.add(key);
        }
    }

    // ------------------------------------------------------------
    // CURES
    // ------------------------------------------------------------

    /** What fills in a line of what is left in place, where an add-on brings that. */
    partOf(item) {
        const cure = item.cures.find(({ type }) => type === "fill");
        return this.state.filling === item.key && cure
            ? {
                  Component: registry.category("handover_cures").get("fill"),
                  props: {
                      requestId: this.resId,
                      checkId: cure.check_id,
                      onFilled: () => this.load(),
                  },
              }
            : null;
    }

    run(cure, item) {
        if (cure.type === "fill") {
            this.state.filling = this.state.filling === item.key ? null : item.key;
            return;
        }
        if (!cure.ask) {
            // a list is called after what it is asked for
            return this.cure({ title: item?.text, ...cure });
        }
        this.dialog.add(ConfirmationDialog, {
            title: cure.title || cure.label,
            body: cure.ask,
            confirmLabel: cure.label,
            confirm: () => this.cure(cure),
            cancel: () => {},
        });
    }

    async cure(cure) {
        switch (cure.type) {
            case "give":
                return this.giveAll(cure);
            case "list":
                return this.openList(cure);
            case "calls":
                return this.action.doAction(cure.action);
        }
        this.state.busy = true;
        try {
            const answer = await this.orm.call(cure.model, cure.method, cure.args);
            if (answer?.type) {
                return await this.open(answer);
            }
            await this.load();
        } finally {
            this.state.busy = false;
        }
    }

    /** An action of ours; when it was a dialog, look again. */
    open(action) {
        return this.action.doAction(action, { onClose: () => this.load() });
    }

    openList({ label, title, domain }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: title || label,
            res_model: "handover.request.line",
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain,
            context: { handover_one: true },
        });
    }

    openForm() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "handover.request",
            res_id: this.resId,
            views: [[false, "form"]],
        });
    }

    openLine(lineId) {
        return this.cure({
            type: "call",
            model: "handover.request.line",
            method: "action_open_record",
            args: [[lineId]],
        });
    }

    openCard(card) {
        return this.cure({
            type: "call",
            model: "handover.request.line",
            method: "action_open_card",
            args: [[card.line_id]],
        });
    }

    accept(card) {
        return this.cure({
            type: "call",
            model: "handover.request.line",
            method: "action_accept",
            args: [card.line_ids],
        });
    }

    decline(card) {
        return this.action.doAction("crm_handover.handover_request_line_decline_action", {
            additionalContext: { default_line_ids: card.line_ids },
            onClose: () => this.load(),
        });
    }

    // ------------------------------------------------------------
    // THE DECISION
    // ------------------------------------------------------------

    approve() {
        const { decision, version } = this.data;
        this.run({
            type: "call",
            label:
                decision.planned || decision.asks_first || decision.passes_on
                    ? _t("Approve")
                    : _t("Move Them"),
            title: _t("Approve this handover?"),
            ask: this.question,
            model: "handover.request",
            method: "action_approve",
            args: [[this.resId], version],
        });
    }

    /** What is asked before: how much it is, to whom, and when. */
    get question() {
        const { decision, figures, takers } = this.data;
        const { records, value } = figures;
        const people = listed(takers.map(({ name }) => name));
        const texts = [
            ...this.customersTexts({ ...figures, others: 0 }),
            records === 1 ? _t("1 record") : _t("%s records", records),
            ...(value ? [this.money(value)] : []),
        ];
        let text = _t("Move this to %s now?", people);
        if (decision.passes_on) {
            text = _t("Pass this on to %s, who decide next?", decision.passes_on);
        } else if (decision.asks_first) {
            text = _t("Give this to %s, once they have answered?", people);
        } else if (decision.planned) {
            text = _t("Move this to %(people)s on %(day)s?", { people, day: decision.planned });
        }
        return `${texts.join(" · ")}\n${text}`;
    }

    refuse() {
        return this.action.doAction("crm_handover.handover_request_refuse_action", {
            additionalContext: { default_request_id: this.resId },
            onClose: () => this.load(),
        });
    }

    // ------------------------------------------------------------
    // TEXTS
    // ------------------------------------------------------------

    isPool(takerId) {
        return isPool(takerId);
    }

    avatar(userId) {
        return imageUrl("res.users", userId, "avatar_128");
    }

    money = (value) => shortMoney(value, this.data.currency_id);

    get isOver() {
        return ["transferred", "done"].includes(this.data.state);
    }

    get daysText() {
        const days = this.data.days_left;
        // of today the headline tells
        if (days === false || days < 1) {
            return "";
        }
        return days === 1 ? _t("1 day left") : _t("%s days left", days);
    }

    get isPressing() {
        return this.data.days_left < 7;
    }

    grantText({ person, thing }) {
        return labelled(person, thing);
    }

    /** The figures at the top: `[{ key, number, label, alarm }]`. */
    get figures() {
        const { figures, kinds } = this.data;
        const figure = (key, number, label, alarm = "") => ({ key, number, label, alarm });
        // fits one and many, in every language
        const text = ({ id, count }) => labelled(kinds[id], count);
        const valued = figures.kinds.filter((kind) => kind.valued);
        const [first, ...rest] = figures.kinds.filter((kind) => !kind.valued);
        const found = figures.customers ? [figure("customers", ...this.customersFigure)] : [];
        if (figures.value) {
            found.push(figure("value", this.money(figures.value), valued.map(text).join(" · ")));
        }
        if (first) {
            const label = [kinds[first.id], ...rest.map(text)].join(" · ");
            found.push(figure("records", first.count, label));
        }
        if (figures.todos) {
            found.push(
                figure(
                    "todos",
                    figures.todos,
                    figures.todos === 1 ? _t("to-do") : _t("to-dos"),
                    figures.late ? _t("%s late", figures.late) : ""
                )
            );
        }
        if (figures.meetings) {
            found.push(
                figure(
                    "meetings",
                    figures.meetings,
                    figures.meetings === 1 ? _t("meeting") : _t("meetings")
                )
            );
        }
        return found;
    }

    get ringText() {
        return ringText(this.data.ring);
    }

    get leftCount() {
        const { left } = this.data;
        return left.filter(({ done }) => !done).length;
    }

    get leftText() {
        const { left } = this.data;
        return _t("%(part)s of %(whole)s", { part: this.leftCount, whole: left.length });
    }

    /** Number and label: what names no customer is none. */
    get customersFigure() {
        const { customers, others } = this.data.figures;
        const labels = [customers === 1 ? _t("customer") : _t("customers")];
        if (others) {
            labels.push(_t("other records: %s", others));
        }
        return [customers, labels.join(" · ")];
    }

    /** The same of a part, as a list of short texts. */
    customersTexts({ customers, others }) {
        const texts = [];
        if (customers) {
            texts.push(customers === 1 ? _t("1 customer") : _t("%s customers", customers));
        }
        if (others) {
            texts.push(_t("other records: %s", others));
        }
        return texts;
    }

    columnText({ total, customers, value }) {
        const texts = this.customersTexts({ customers, others: total - customers });
        if (!total) {
            texts.push(_t("%s customers", 0));
        }
        if (value) {
            texts.push(this.money(value));
        }
        return texts.join(" · ");
    }

    /** What somebody has before and after; it grows while a card is above the column. */
    loadOf(column) {
        if (column.called !== false) {
            const text = _t("%(part)s of %(whole)s called", {
                part: column.called,
                whole: column.total,
            });
            return { called: (100 * column.called) / column.total, text, said: text };
        }
        const { dragged, over } = this.state;
        let coming = column.records;
        if (dragged && over !== null && over !== dragged.taker) {
            if (column.id === over) {
                coming += dragged.line_ids.length;
            } else if (column.id === dragged.taker) {
                coming -= dragged.line_ids.length;
            }
        }
        const before = column.before || 0;
        const most = this.board.most;
        const known = column.before !== false;
        return {
            known,
            kept: (100 * before) / most,
            coming: (100 * coming) / most,
            text: known ? `${before} → ${before + coming}` : String(coming),
            said: known
                ? _t("Records of %(person)s: %(before)s before, %(after)s after", {
                      person: column.name,
                      before,
                      after: before + coming,
                  })
                : _t("Records for %(person)s: %(coming)s", { person: column.name, coming }),
        };
    }

    get loads() {
        return this.people.map((column) => ({ ...column, load: this.loadOf(column) }));
    }

    get keysText() {
        const people = this.people
            .slice(0, 3)
            .map(({ name }, place) => `${place + 1} ${name}`)
            .join(" · ");
        return _t("Drop a customer here, or press a key: %s · 0 nobody", people);
    }

    moreText(count) {
        return _t("… and %s more", count);
    }

    get briefedText() {
        const { briefed, cards } = this.data.decision;
        return _t("%(part)s of %(whole)s", { part: briefed, whole: cards });
    }
}

registry.category("actions").add("handover_cockpit", HandoverCockpit);
