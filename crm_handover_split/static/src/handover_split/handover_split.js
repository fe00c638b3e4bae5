import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSortable } from "@web/core/utils/sortable_owl";
import { imageUrl } from "@web/core/utils/urls";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatFloat, formatInteger, formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { HandoverTakerSelector } from "./handover_taker_selector";
import { NOBODY, SplitProposal, SplitRecords, isPool } from "./handover_split_model";

// cards of a column, and records of a card, that are shown at first
const PAGE = 40;
const LETTERS = ["A", "B"];

/** Splits a handover over several successors: propose, compare, move, apply. */
export class HandoverSplit extends Component {
    static template = "crm_handover_split.HandoverSplit";
    static components = { Dropdown, DropdownItem, HandoverTakerSelector, Layout };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Split");

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.root = useRef("root");
        this.nobody = NOBODY;
        this.display = { controlPanel: {} };
        this.keepLast = LETTERS.map(() => new KeepLast());
        this.state = useState({
            takers: [],
            valuesKnown: true,
            proposals: [],
            active: 0,
            selected: new Set(),
            open: new Set(),
            shown: {},
            filter: "",
            applying: false,
            said: "",
        });
        useSetupAction({ beforeLeave: () => this.confirmLeave() });
        useSortable({
            ref: this.root,
            elements: ".o_handover_draggable",
            groups: ".o_handover_column",
            connectGroups: true,
            ignore: "input, button",
            cursor: "grabbing",
            touchDelay: 300,
            placeholderClasses: ["opacity-25"],
            onDrop: ({ element, group, parent }) => {
                if (parent && parent !== group) {
                    const { bundle, line } = element.dataset;
                    const lines = line
                        ? [this.records.byId.get(Number(line))]
                        : this.linesAt(Number(group.dataset.taker), Number(bundle));
                    this.drop(lines, Number(parent.dataset.taker));
                }
            },
        });
        useEffect(
            (column) => {
                if (column) {
                    this.root.el.querySelector(column)?.focus();
                    this.focused = null;
                }
            },
            () => [this.focused]
        );
        onWillStart(() => this.load());
    }

    // ------------------------------------------------------------
    // DATA
    // ------------------------------------------------------------

    get resId() {
        return this.props.action.context.active_id;
    }

    call(method, ...args) {
        return this.orm.call("handover.request", method, [[this.resId], ...args]);
    }

    async load() {
        this.data = await this.call("get_allocation");
        this.env.config.setDisplayName(_t("Split %s", this.data.name));
        this.records = new SplitRecords(this.data);
        const takers = new Set(this.records.lines.map((line) => line.successor));
        // what is split already stays as it is, until somebody wants a proposal
        const criterion = takers.size > 1 || [...takers].some(isPool) ? "hand" : "load";
        this.state.proposals.push(new SplitProposal(this.records, LETTERS[0], criterion));
        await this.setTakers(this.data.successor_ids);
        this.active.start();
    }

    get active() {
        return this.state.proposals[this.state.active];
    }

    /** The pools that can take a share. */
    get pools() {
        return Object.entries(this.data.pools).map(([id, name]) => ({
            id: -Number(id),
            name: _t("Pool of %s", name),
            cap: null,
        }));
    }

    get takerIds() {
        return this.state.takers.map((taker) => taker.id);
    }

    get takerContext() {
        return { handover_candidates: this.data.company_id };
    }

    get takerDomain() {
        return [
            ["share", "=", false],
            ["company_ids", "in", this.data.company_id],
            ["id", "not in", [...this.takerIds, this.data.predecessor_id]],
        ];
    }

    /** Ask the server for proposals; those with moves by hand take the loads only. */
    async propose(proposals = this.state.proposals) {
        const takers = [...this.state.takers];
        if (!takers.length) {
            return;
        }
        await Promise.all(
            proposals.map(async (proposal) => {
                const place = this.state.proposals.indexOf(proposal);
                proposal.loading = true;
                try {
                    const answer = await this.keepLast[place].add(
                        this.call(
                            "propose_allocation",
                            proposal.criterion,
                            takers.map((taker) => taker.id),
                            takers.map((taker) => taker.cap ?? false),
                            proposal.keepTogether
                        )
                    );
                    this.showLoads(answer);
                    if (!proposal.isChangedByHand) {
                        proposal.propose(answer);
                    }
                } finally {
                    proposal.loading = false;
                }
            })
        );
        this.state.selected.clear();
    }

    showLoads({ takers, values_known }) {
        this.state.valuesKnown = values_known;
        for (const { successor_id, name, note, before, gives } of takers) {
            const taker = this.state.takers.find(({ id }) => id === successor_id);
            if (taker) {
                Object.assign(taker, { name, note, before, gives });
            }
        }
    }

    // ------------------------------------------------------------
    // TAKERS
    // ------------------------------------------------------------

    async setTakers(ids) {
        const nothing = { records: 0, value: 0, todos: 0 };
        const known = new Map(this.state.takers.map((taker) => [taker.id, taker]));
        this.state.takers = [...new Set(ids)].map(
            (id) =>
                known.get(id) || {
                    id,
                    name: "",
                    note: "",
                    cap: null,
                    before: nothing,
                    gives: nothing,
                }
        );
        for (const proposal of this.state.proposals) {
            proposal.dismiss(this.state.takers);
            if (
                proposal.criterion === "team" &&
                ids.some((id) => !this.data.team_ids.includes(id))
            ) {
                proposal.criterion = "load";
            }
        }
        await this.propose();
    }

    setCap(taker, text) {
        const cap = parseInt(text);
        taker.cap = cap >= 0 ? cap : null;
        return this.propose();
    }

    // ------------------------------------------------------------
    // PROPOSALS
    // ------------------------------------------------------------

    async compare() {
        const proposal = new SplitProposal(this.records, LETTERS[1], "turn");
        proposal.dismiss(this.state.takers);
        this.state.proposals.push(proposal);
        await this.propose([this.state.proposals[1]]);
        this.state.proposals[1].start();
    }

    stopComparing() {
        this.state.proposals.splice(1 - this.state.active, 1);
        this.state.proposals[0].letter = LETTERS[0];
        this.state.active = 0;
        this.state.selected.clear();
    }

    activate(place) {
        this.state.active = place;
        this.state.selected.clear();
    }

    async setCriterion(proposal, criterion) {
        proposal.criterion = criterion;
        if (criterion === "team") {
            const ids = this.data.team_ids;
            if (
                ids.length !== this.takerIds.length ||
                !ids.every((id) => this.takerIds.includes(id))
            ) {
                proposal.forgetMoves();
                return this.setTakers(ids);
            }
        }
        return this.again(proposal);
    }

    setKeepTogether(proposal, keepTogether) {
        proposal.keepTogether = keepTogether;
        return this.again(proposal);
    }

    /** A new proposal, also in place of what was moved by hand; it can be undone. */
    again(proposal) {
        proposal.forgetMoves();
        return this.propose([proposal]);
    }

    undo() {
        this.active.undo(this.state.takers);
        this.state.selected.clear();
        this.state.said = _t("Undone.");
    }

    // ------------------------------------------------------------
    // MOVES
    // ------------------------------------------------------------

    get columns() {
        const parts = this.active.parts(this.state.filter);
        const columns = this.state.takers.map((taker) => ({
            id: taker.id,
            name: taker.name,
            note: taker.note,
            cap: taker.cap,
        }));
        if (!columns.length || this.active.coming.has(NOBODY)) {
            columns.unshift({ id: NOBODY, name: _t("Nobody yet"), cap: null });
        }
        columns.push(...this.pools.filter(({ id }) => this.active.coming.has(id)));
        return columns.map((column) => {
            const all = parts.get(column.id) || [];
            const shown = this.state.shown[column.id] || PAGE;
            return {
                ...column,
                all,
                parts: all.slice(0, shown),
                hidden: Math.max(all.length - shown, 0),
                load: this.active.comesTo(column.id),
            };
        });
    }

    showMore(column) {
        this.state.shown[column.id] = (this.state.shown[column.id] || PAGE) + 2 * PAGE;
    }

    key(part) {
        return `${part.bundle}_${this.active.assignment.get(part.lines[0].id)}`;
    }

    isOpen(part) {
        return this.state.open.has(part.bundle);
    }

    toggleOpen(part) {
        if (!this.state.open.delete(part.bundle)) {
            this.state.open.add(part.bundle);
        }
    }

    linesOf(part) {
        return part.lines.slice(0, PAGE);
    }

    isSelected(lines) {
        return lines.length > 0 && lines.every((line) => this.state.selected.has(line.id));
    }

    select(lines, selected) {
        for (const line of lines) {
            if (selected) {
                this.state.selected.add(line.id);
            } else {
                this.state.selected.delete(line.id);
            }
        }
    }

    isColumnSelected(column) {
        return column.all.length > 0 && column.all.every((part) => this.isSelected(part.lines));
    }

    selectColumn(column, selected) {
        this.select(
            column.all.flatMap((part) => part.lines),
            selected
        );
    }

    get selectedLines() {
        return [...this.state.selected].map((id) => this.records.byId.get(id));
    }

    /** The lines of a bundle that go to a taker. */
    linesAt(takerId, bundle) {
        const parts = this.active.parts(this.state.filter).get(takerId);
        return parts.find((part) => part.bundle === bundle).lines;
    }

    /** What is dragged takes the selection along, if it is part of it. */
    drop(lines, takerId) {
        this.move(this.isSelected(lines) ? this.selectedLines : lines, takerId);
    }

    moveSelected(takerId) {
        this.move(this.selectedLines, takerId);
        this.focused = `.o_handover_column[data-taker="${takerId}"] h3`;
    }

    canTake(takerId, line) {
        if (isPool(takerId)) {
            return this.data.pooled_kinds.includes(line.kind);
        }
        return takerId === NOBODY || line.giver !== takerId;
    }

    move(lines, takerId) {
        const able = lines.filter((line) => this.canTake(takerId, line));
        const moved = this.active.change(new Map(able.map((line) => [line.id, takerId])), true);
        const name = this.nameOf(takerId);
        if (able.length < lines.length) {
            const count = lines.length - able.length;
            this.notification.add(
                isPool(takerId)
                    ? _t(
                          "Records that stay where they are, as they always belong to somebody: %s",
                          count
                      )
                    : _t(
                          "Records that stay where they are, as %(person)s hands them over: %(count)s",
                          {
                              count,
                              person: name,
                          }
                      ),
                { type: "warning" }
            );
        }
        this.state.selected.clear();
        this.state.said = _t("Records moved: %(count)s, %(person)s", {
            count: moved,
            person: name,
        });
    }

    // ------------------------------------------------------------
    // APPLY
    // ------------------------------------------------------------

    async apply() {
        this.state.applying = true;
        try {
            const { answer, criterion, keepTogether } = this.active;
            const caps = this.state.takers.map((taker) => taker.cap ?? false);
            // with the rule, so that each record keeps why
            await this.call("allocate", answer, criterion, this.takerIds, caps, keepTogether);
        } finally {
            this.state.applying = false;
        }
        this.applied = true;
        this.env.config.historyBack();
    }

    confirmLeave() {
        const changed = this.state.proposals.some((proposal) => proposal.isChangedByHand);
        if (this.applied || !changed) {
            return true;
        }
        return new Promise((resolve) => {
            this.dialog.add(
                ConfirmationDialog,
                {
                    title: _t("Leave without applying?"),
                    body: _t(
                        "What you moved is lost. The records stay with the successors they had."
                    ),
                    confirmLabel: _t("Leave"),
                    confirm: () => resolve(true),
                    cancelLabel: _t("Stay"),
                    cancel: () => resolve(false),
                },
                { onClose: () => resolve(false) }
            );
        });
    }

    // ------------------------------------------------------------
    // TEXTS
    // ------------------------------------------------------------

    nameOf(takerId) {
        const takers = [...this.state.takers, ...this.pools];
        return takers.find(({ id }) => id === takerId)?.name || _t("Nobody yet");
    }

    avatar(takerId) {
        return imageUrl("res.users", takerId, "avatar_128");
    }

    number(value) {
        return formatInteger(value);
    }

    money(value) {
        return formatMonetary(value, {
            currencyId: this.data.currency_id,
            digits: [16, 0],
            trailingZeros: false,
        });
    }

    recordsText(count) {
        return count === 1 ? _t("1 record") : _t("%s records", formatInteger(count));
    }

    get selectedText() {
        return _t("%s selected", formatInteger(this.state.selected.size));
    }

    get hiddenText() {
        return _t(
            "%s records have a value that you may not see; it is not counted.",
            formatInteger(this.data.hidden_values)
        );
    }

    selectAllText(column) {
        return _t("Select all of %s", column.name);
    }

    capText(taker) {
        return _t("At most this many records for %s", taker.name);
    }

    moreText(count) {
        return _t("… and %s more", formatInteger(count));
    }

    showMoreText(column) {
        return _t("Show more (%s)", formatInteger(column.hidden));
    }

    tornText(proposal) {
        return _t("%s not kept together", formatInteger(proposal.torn.size));
    }

    leftText(proposal) {
        const { records } = proposal.comesTo(NOBODY);
        return _t("%s without a successor", this.recordsText(records));
    }

    fairnessText(proposal) {
        return formatFloat(proposal.fairness(this.state.takers), { digits: [16, 2] });
    }

    loadText({ load }) {
        const texts = [this.recordsText(load.records)];
        if (load.value) {
            texts.push(this.money(load.value));
        }
        if (load.todos) {
            texts.push(
                load.todos === 1 ? _t("1 to-do") : _t("%s to-dos", formatInteger(load.todos))
            );
        }
        return texts.join(" · ");
    }

    lineText(line) {
        const texts = [this.data.kinds[line.kind]];
        if (Object.keys(this.data.givers).length > 1 && line.giver) {
            texts.push(_t("from %s", this.data.givers[line.giver]));
        }
        if (line.load.value) {
            texts.push(this.money(line.load.value));
        }
        return texts.join(" · ");
    }

    isOverCap(proposal, taker) {
        return taker.cap !== null && proposal.comesTo(taker.id).records > taker.cap;
    }

    /** The bars of a taker: records and value, before and after. */
    bars(proposal, taker) {
        const load = proposal.loadOf(taker);
        const bars = [
            { name: "records", label: _t("Records"), format: (value) => this.number(value) },
        ];
        if (this.largest("value")) {
            bars.push({ name: "value", label: _t("Value"), format: (value) => this.money(value) });
        }
        if (this.largest("todos")) {
            bars.push({
                name: "todos",
                label: _t("To-dos"),
                format: (value) => this.number(value),
            });
        }
        return bars.map(({ name, label, format }) => {
            const percent = (value) => (100 * value) / (this.largest(name) || 1);
            const known = name !== "value" || this.state.valuesKnown;
            const after = format(load.after[name]);
            const before = format(load.before[name]);
            return {
                name,
                label,
                kept: percent(load.kept[name]),
                coming: percent(load.coming[name]),
                text: known ? `${before} → ${after}` : `+ ${format(load.coming[name])}`,
                said: known
                    ? _t("%(what)s of %(person)s: %(before)s before, %(after)s after", {
                          what: label,
                          person: taker.name,
                          before,
                          after,
                      })
                    : _t("%(what)s of %(person)s: %(coming)s more", {
                          what: label,
                          person: taker.name,
                          coming: format(load.coming[name]),
                      }),
            };
        });
    }

    /** The longest bar, over all takers and proposals. */
    largest(name) {
        return Math.max(
            0,
            ...this.state.proposals.flatMap((proposal) =>
                this.state.takers.map((taker) => proposal.loadOf(taker).after[name])
            )
        );
    }
}

registry.category("actions").add("handover_split", HandoverSplit);
