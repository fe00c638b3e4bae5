import { Component, onMounted, onPatched, onWillUnmount, useRef, useState } from "@odoo/owl";

// so far outside of what is seen cards are there already, in pixels
const MARGIN = 800;
// a card that was never measured
const USUAL = 90;

/** Some cards of a long column: they are there while they are seen, or nearly. */
export class HandoverCockpitPage extends Component {
    static template = "crm_handover_cockpit.HandoverCockpitPage";
    static props = {
        // the place of its first card, and how many there are
        start: Number,
        count: Number,
        // false: the column is short, all of it is always there
        isWindowed: Boolean,
        onShown: Function,
        slots: Object,
    };

    setup() {
        this.page = useRef("page");
        this.each = USUAL;
        this.state = useState({ isNear: this.props.start === 0 });
        onMounted(() => this.watch());
        onPatched(() => this.props.onShown());
        onWillUnmount(() => this.observer.disconnect());
    }

    watch() {
        const { el } = this.page;
        const list = el.closest(".o_handover_cards");
        // on a phone, the page scrolls instead of the column
        const scrolls = list && getComputedStyle(list).overflowY !== "visible";
        this.observer = new IntersectionObserver(
            (entries) => this.show(entries.at(-1).isIntersecting),
            { root: scrolls ? list : null, rootMargin: `${MARGIN}px 0px` }
        );
        this.observer.observe(el);
    }

    show(isNear) {
        const { el } = this.page;
        if (!el || isNear === this.state.isNear) {
            return;
        }
        if (!isNear) {
            // what is dragged or has the focus stays
            if (el.contains(document.activeElement) || el.querySelector(".o_dragged")) {
                return;
            }
            this.each = el.offsetHeight / this.props.count || USUAL;
        }
        this.state.isNear = isNear;
    }

    get isShown() {
        return this.state.isNear || !this.props.isWindowed;
    }

    get style() {
        return this.isShown ? "" : `height: ${Math.round(this.each * this.props.count)}px`;
    }
}
