"""Our screens for everybody: axe-core in Chromium, the keyboard, and strange names."""

import json
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import axe_playwright_python
from lxml import etree

from odoo.addons.web.controllers import dataset

from .test_tours import TourCase

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
# what Odoo's own client draws around and inside of our screens
FRAME = (
    "header", ".o_control_panel", ".o-mail-Form-chatter", ".o_notebook_headers",
    ".o_list_renderer", ".o_kanban_renderer", ".o_searchview", ".o_statusbar_status",
    ".o_field_many2one_avatar_user", ".o_field_many2many_avatar_user", ".o_form_label",
    ".o_field_widget .o_select_menu", ".modal-header .btn-close", ".o_tag",
    ".o-autocomplete--input", ".o_progressbar", ".o_clipboard_button",
)  # fmt: skip
CHECK = """
(async () => {
    %(first)s
    const pages = "%(pages)s" ? document.querySelectorAll("%(pages)s") : [null];
    const found = [];
    for (const page of pages) {
        if (page) {
            page.click();
            // with it what is on it is there, and asks for what it shows
            await new Promise((resolve) => setTimeout(resolve, 500));
        }
        const exclude = %(exclude)s.filter((name) => document.querySelector(name));
        const { violations } = await axe.run(
            { include: [["%(include)s"]], exclude: exclude.map((name) => [name]) },
            { resultTypes: ["violations"] },
        );
        const grave = violations.filter(
            ({ impact }) => ["serious", "critical"].includes(impact)
        );
        found.push(...grave.flatMap(({ id, nodes }) =>
            nodes.map(({ target, html }) => `${id}: ${target} ${html.slice(0, 120)}`)
        ));
    }
    if (found.length) {
        console.error(`axe-core:\\n${found.join("\\n")}`);
    } else {
        console.log("test successful");
    }
})();
"""
OPEN = """
    for (const each of %(clicks)s) {
        while (!document.querySelector(each)) {
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        document.querySelector(each).click();
    }
    while (!document.querySelector("%(include)s")) {
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
"""
WHOLE = """
    const cut = [...document.querySelectorAll("%s")].filter(
        (each) => each.scrollWidth > each.clientWidth + 1
    );
    if (cut.length) {
        console.error(`cut off: ${cut.map((each) => each.outerHTML)}`);
    }
"""
UNSCROLLED = """
    const parts = [...document.querySelectorAll("%s")];
    if (!parts.length) {
        console.error("nothing to be seen without scrolling");
    }
    const tall = parts.filter((each) => each.scrollHeight > each.clientHeight + 1);
    if (tall.length) {
        console.error(`needs scrolling: ${tall.map((each) => each.className)}`);
    }
"""
LONG = "Wolfeschlegelsteinhausenbergerdorff-" * 3 + "Hubert Blaine"
ARABIC = "محمد بن عبد الله 👩‍🚀"


class AccessibilityCase(TourCase):
    def look(
        self, user, path, ready, include=".o_action_manager", click="", most=0,
        whole="", pages="", unscrolled="",
    ):  # fmt: skip
        """Fail when axe-core finds something serious on the part that is ours.

        :param click: what is clicked first, one after the other when there are several;
            then it waits for ``include``
        :param most: how often the screen may call our models, if that is looked at
        :param whole: what must not be cut off, as a selector
        :param pages: what is clicked one after the other, with a look at each
        :param unscrolled: what must be seen without scrolling, as a selector
        """
        self.env.flush_all()
        clicks = [click] if isinstance(click, str) else [*click]
        opened = {"clicks": json.dumps(clicks), "include": include}
        first = OPEN % opened if click else ""
        first += WHOLE % whole if whole else ""
        first += UNSCROLLED % unscrolled if unscrolled else ""
        values = {"exclude": list(FRAME), "include": include, "first": first}
        code = CHECK % {**values, "pages": pages}
        with self.counting() as calls:
            self.browser_js(
                f"/odoo/{path}",
                f"{AXE.read_text(encoding='utf-8')};{code}",
                ready=f"!!document.querySelector({ready!r})",
                login=user.login,
            )
        if most:
            self.assertTrue(calls)
            self.assertLessEqual(len(calls), most, calls)

    @contextmanager
    def counting(self):
        """Collect what the client asks of our models."""
        calls, original = [], dataset.call_kw

        def call_kw(model, name, args, kwargs):
            if model._name.startswith("handover."):
                calls.append(f"{model._name}.{name}")
            return original(model, name, args, kwargs)

        with patch.object(dataset, "call_kw", call_kw):
            yield calls

    def fits(self, path, ready):
        """Fail when something is wider than the page."""
        self.env.flush_all()
        self.browser_js(
            f"/odoo/{path}",
            """
            const page = document.querySelector(".o_action_manager");
            const most = window.innerWidth + 1;
            const wide = [...page.querySelectorAll(
                ".o_handover_next_step, .o_handover_findings, .o_handover_left,"
                + " .o_group .o_field_widget, .o_kanban_record, .o_handover_figures"
            )].filter((each) => each.getBoundingClientRect().right > most
                && !each.closest(".o_kanban_group, .o_list_renderer"));
            if (wide.length || page.scrollWidth > most) {
                console.error(`too wide: ${wide.map((each) => each.outerHTML)}`);
            } else {
                console.log("test successful");
            }
            """,
            ready=f"!!document.querySelector({ready!r})",
            login=self.manager.login,
        )

    def review(self):
        """A review that was measured, with figures better and worse than before."""
        review = self.make_request("transferred").sudo()._reviews()[0]
        review._trusting().write(
            {
                "date_measured": review.date_due,
                "customer_count": 3,
                "contacted_count": 1,
                "contacted_count_before": 2,
                "deal_count": 3,
                "won_count": 2,
                "won_count_before": 1,
                "won_value": 1_250_000,
            }
        )
        return review

    def strange_names(self):
        self.anna.name = LONG
        self.bruno.name = ARABIC
        lead = self.make_lead(name=f"{LONG} {ARABIC}")
        request = self.make_request("approved", lead)
        gone = self.make_user("gone", "sales_team.group_sale_salesman")
        gone.name = LONG
        self.make_lead(gone)
        gone.active = False
        # words of every reader, whatever is in the name
        step = request.with_user(self.manager).next_step
        self.assertTrue(step["text"])
        return request


class TestAccessibility(AccessibilityCase):
    def form(self, user, request):
        self.look(
            user,
            f"all-handovers/{request.id}",
            ".o_handover_lines .o_data_row",
        )

    def test_list(self):
        self.reason.name = "Internal Transfer"
        self.make_request("submitted")
        self.make_request("transferred")
        self.look(
            self.leader,
            "handovers",
            ".o_data_row",
            most=5,
            whole=".o_data_row :is(td[name=reason_id], td[name=state] .badge)",
        )

    def test_give_back(self):
        request = self.make_request("transferred")
        self.look(
            self.leader,
            f"all-handovers/{request.id}",
            ".o_statusbar_buttons button[name=action_choose_return]",
            include=".modal .o_data_row",
            click=".o_statusbar_buttons button[name=action_choose_return]",
        )

    def test_radar_and_pool(self):
        self.make_request(
            "transferred", successor_id=False, target_team_id=self.team.id, to_pool=True
        )
        self.look(self.bruno, "handover-pool", ".o_data_row", most=4)
        self.make_lead(self.chen)
        self.chen.active = False
        self.look(
            self.manager,
            "action-crm_handover_radar.handover_radar_open_action",
            ".o_group_name",
        )

    def test_spreadsheet_and_settings(self):
        request = self.make_request()
        upload = "button[name=action_upload_spreadsheet]"
        path = f"all-handovers/{request.id}"
        self.look(self.anna, path, upload, include=".modal-content", click=upload)
        block = ".o_settings_container:has(#handover_plans)"
        boss = self.make_user("boss", "base.group_system,sales_team.group_sale_manager")
        self.look(boss, "settings#crm", block, include=block)

    def test_what_administrators_set_up(self):
        boss = self.make_user("boss", "base.group_system,sales_team.group_sale_manager")
        for path, ready in (
            ("action-crm_handover.handover_scope_action", ".o_data_row"),
            (
                "action-crm_handover_template.handover_template_action/new",
                ".o_field_widget[name=reason_id]",
            ),
            (
                "action-crm_handover_webhook.handover_webhook_action/new",
                ".o_field_widget[name=url]",
            ),
        ):
            with self.subTest(path):
                self.look(boss, path, ready)
        self.company.handover_archive_guard = True
        self.make_lead()
        menu = ".o_cp_action_menus button:has(.fa-cog)"
        self.look(
            boss,
            f"action-base.action_res_users/{self.anna.id}",
            menu,
            include=".o_handover_archive_dialog",
            click=(
                menu,
                ".o-dropdown--menu .o_menu_item:has(.oi-archive)",
                ".modal .modal-footer .btn-primary",
            ),
        )

    def test_draft_with_findings(self):
        gone = self.make_lead(name="Gone")
        request = self.make_request(records=gone, successor_id=False)
        gone.user_id = self.chen
        self.look(
            self.anna,
            f"all-handovers/{request.id}",
            ".o_handover_findings .o_handover_fix",
        )

    def test_approved_form(self):
        self.form(self.bruno, self.make_request("approved"))

    def test_each_page_of_the_form(self):
        leads = self.make_lead() | self.make_lead(name="Offer")
        request = self.make_request(records=leads)
        mine = request.with_user(self.anna)
        mine.line_ids[0].successor_id = self.chen
        mine.action_view_cards()
        mine.check_completeness()
        self.env["ir.attachment"].create(
            {
                "name": "Terms",
                "raw": b"x",
                "res_model": "crm.lead",
                "res_id": leads[0].id,
            }
        )
        pages = ".o_notebook_headers .nav-link"
        path = f"all-handovers/{request.id}"
        ready = ".o_handover_lines .o_data_row"
        self.look(self.anna, path, ready, pages=pages)
        self.bring(mine, "done")
        self.look(self.anna, path, ready, pages=pages)

    def test_prepare(self):
        self.make_lead()
        self.make_customer()
        self.look(
            self.anna,
            "action-crm_handover.handover_request_prepare_action",
            ".modal .o_handover_portfolio label",
            include=".modal-content",
        )

    def test_card(self):
        lead = self.make_lead(expected_revenue=1200)
        request = self.make_request(records=lead)
        request.with_user(self.anna).action_view_cards()
        card = self.env["handover.card"].search([("request_id", "=", request.id)])
        self.look(
            self.anna,
            f"action-crm_handover_briefing.handover_card_action/{card.id}",
            ".o_handover_facts dl",
        )

    def test_review(self):
        review = self.review()
        self.look(
            self.leader, f"handover-reviews/{review.id}", ".o_handover_figures td"
        )
        self.look(
            self.leader,
            f"all-handovers/{review.request_id.id}",
            ".o_notebook_headers a[name=after]",
            include=".o_handover_after",
            click=".o_notebook_headers a[name=after]",
        )

    def test_overview(self):
        self.make_request("submitted")
        self.make_lead(self.chen)
        self.chen.active = False
        self.look(
            self.manager,
            "action-crm_handover.handover_request_action_overview",
            ".o_handover_left button",
            most=1,
        )

    # ------------------------------------------------------------
    # KEYBOARD
    # ------------------------------------------------------------

    def test_every_button_of_the_header_has_a_key(self):
        views = self.Request.with_user(self.anna).get_views([(False, "form")])["views"]
        buttons = etree.fromstring(views["form"]["arch"]).findall("./header/button")
        self.assertGreater(len(buttons), 8)
        for button in buttons:
            self.assertTrue(button.get("data-hotkey"), button.get("string"))
            self.assertFalse(button.get("tabindex"))

    # ------------------------------------------------------------
    # NAMES
    # ------------------------------------------------------------

    def test_strange_names_fit(self):
        request = self.strange_names()
        self.fits(f"all-handovers/{request.id}", ".o_handover_lines .o_data_row")
        self.fits("all-handovers", ".o_data_row")
        self.fits("handover-overview", ".o_handover_left button")


class TestAccessibilityOnPhone(AccessibilityCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_list(self):
        self.make_request("submitted")
        self.look(self.leader, "handovers", ".o_kanban_record")

    def test_approved_form(self):
        request = self.make_request("approved")
        path = f"all-handovers/{request.id}"
        self.look(self.bruno, path, ".o_handover_lines .o_kanban_record")

    def test_review(self):
        review = self.review()
        path = f"handover-reviews/{review.id}"
        self.look(self.leader, path, ".o_handover_figures td")
        self.fits(path, ".o_handover_figures td")

    def test_strange_names_fit(self):
        request = self.strange_names()
        self.fits(f"all-handovers/{request.id}", ".o_handover_lines .o_kanban_record")
        self.fits("all-handovers", ".o_kanban_record")
        self.fits("handover-overview", ".o_handover_left button")
