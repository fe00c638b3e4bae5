"""`make screenshots`: the story of the demo data in pictures, in every language.

Runs in the virtual environment, inside of `python -m dev exec`.
"""

import io
import os
import time
from contextlib import contextmanager, nullcontext
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import openpyxl
from PIL import Image
from playwright.sync_api import Error, sync_playwright

from dev import processes
from dev.browser import WANTED
from dev.databases import Databases
from dev.postgres import Server
from dev.settings import ROOT, Settings
from dev.testing import free_port
from dev.ui import Step

IMAGES = ROOT / "docs" / "images"
# the page of the add-on shows these
DESCRIPTION = ROOT / "crm_handover" / "static" / "description"
DESCRIBED = (
    "handover-cockpit-en",
    "handover-cockpit-zh",
    "handover-decide-en",
    "handover-document-en",
    "handover-document-zh",
    "handover-split-en",
)
LANGUAGES = {"en": "en_US", "zh": "zh_CN"}
DESKTOP = {"width": 1440, "height": 1060}
SCREEN = {"width": 1440, "height": 900}
LOW = {"width": 1440, "height": 560}
SHORT = {"width": 1440, "height": 420}
PHONE = {"width": 390, "height": 844}
DOCUMENT = "crm_handover_document.report_handover_document"
# the document as on a sheet of A4: 900 pixels between its margins
SHEET = {"width": 1086, "height": 1400}
MARGINS = "body { margin: 62px 93px !important; }"
BANNER = {"width": 1120, "height": 560}
ICON = {"width": 140, "height": 140}
COLOURS = 256
# no picture of a window is higher
HIGHEST = 1600
# how much of what scrolls is not seen, in pixels
HIDDEN = """() => Math.max(0, ...[...document.querySelectorAll("body *")]
    .filter((each) => /auto|scroll/.test(getComputedStyle(each).overflowY))
    .map((each) => each.scrollHeight - each.clientHeight))"""
SLOWEST_START = 120
# by the names of the records
NOTES = {
    "en": {
        "Brouwerij De Klok NV": {"note": "Signs on the 12th.", "risk": "medium"},
        "Brouwerij De Klok NV, Koen Peeters": {
            "note": "Call in the morning.",
            "risk": "low",
        },
        "Ziekenhuisgroep Vesalius VZW": {
            "note": "New buyer since May.",
            "risk": "medium",
        },
    },
    "zh": {
        "Brouwerij De Klok NV": {"note": "12 日签约。", "risk": "medium"},
        "Brouwerij De Klok NV, Koen Peeters": {"note": "请上午致电。", "risk": "low"},
        "Ziekenhuisgroep Vesalius VZW": {"note": "五月起换了采购。", "risk": "medium"},
    },
}
# whose records somebody else takes, or nobody yet
AWAY = {
    "苏州": "chen",
    "上海": "chen",
    "Kanzlei Brandt": False,
}
# what only the predecessor knows of one deal
KNOWN_OF = "Office refit in the brewhouse, 120 workplaces"
KNOWLEDGE = {
    "en": {
        "note": "Signs on the 12th.",
        "risk": "high",
        "risk_detail": "A competitor offers 10 % less.",
        "risk_measure": "Bring the reference of the hospital along.",
        "promises": "The price stays until the end of the year.",
        "avoid": "Do not call on Fridays.",
        "next_steps": "1. Call Koen on Monday\n2. Send the revised offer\n3. Visit",
    },
    "zh": {
        "note": "12 日签约。",
        "risk": "high",
        "risk_detail": "竞争对手报价低 10%。",
        "risk_measure": "带上医院的案例。",
        "promises": "价格年底前不变。",
        "avoid": "周五不要致电。",
        "next_steps": "1. 周一致电 Koen\n2. 发送修订报价\n3. 上门拜访",
    },
}
# columns of a spreadsheet: who takes over, and the note
FILLED = {"en": ("Successor", "Note"), "zh": ("接收人", "须知")}
# the last day, within a week
FRIDAY = date.today() + timedelta(days=(4 - date.today().weekday()) % 7 or 7)
PURPOSE = {
    "en": "Anna leaves on Friday. Customers hear it from both of you.",
    "zh": "Anna 周五离职，请双方一起告知客户。",
}


class Person:
    """Somebody who is logged in."""

    def __init__(self, browser, address, login, lang, viewport, **options):
        self.address = address
        # what the web client sends along
        self.context = {"lang": lang}
        context = browser.new_context(viewport=viewport, **options)
        context.set_default_timeout(60_000)
        self.page = context.new_page()
        self.page.goto(f"{address}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", login)
        self.page.click("form.oe_login_form button[type=submit]")
        self.page.wait_for_selector(".o_action_manager > *")

    def call(self, method, *arguments, model="handover.request", **options):
        """Call a public method as this person."""
        answer = self.page.request.post(
            f"{self.address}/web/dataset/call_kw",
            data={
                "jsonrpc": "2.0",
                "params": {
                    "model": model,
                    "method": method,
                    "args": arguments,
                    "kwargs": {"context": self.context, **options},
                },
            },
        ).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer["result"]

    def picture(self, name, path, selector):
        """Keep what this person sees at ``path``."""
        self.page.goto(f"{self.address}/odoo/{path}")
        self.page.wait_for_selector(selector)
        self.keep(name)

    @contextmanager
    def _whole(self):
        """Make the window as high as what it shows, so that nothing is cut."""
        size = self.page.viewport_size
        if size["width"] == SCREEN["width"]:
            # what has got room may want more
            for _time in range(3):
                height = self.page.viewport_size["height"]
                wanted = min(height + self.page.evaluate(HIDDEN), HIGHEST)
                if wanted <= height:
                    break
                self.page.set_viewport_size({**size, "height": wanted})
                self.page.wait_for_timeout(500)
        yield
        self.page.set_viewport_size(size)

    def keep(self, name, whole=True):
        """Keep what this person sees now.

        :param whole: with all that scrolls; else what the window shows
        """
        self.page.wait_for_function(
            "() => document.fonts.status === 'loaded'"
            " && [...document.images].every((image) => image.complete)"
        )
        # what slides or fades in
        self.page.wait_for_timeout(1500)
        with self._whole() if whole else nullcontext():
            image = Image.open(io.BytesIO(self.page.screenshot()))
        IMAGES.mkdir(parents=True, exist_ok=True)
        small = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(IMAGES / f"{name}.png", optimize=True)
        if name in DESCRIBED:
            small.save(DESCRIPTION / f"{name}.png", optimize=True)


def _tell(browser, address, language, ids):
    """Drive the story, taking pictures on the way."""

    def person(login, viewport=DESKTOP, **options):
        return Person(browser, address, login, LANGUAGES[language], viewport, **options)

    def prepare(giver, taker, reason, **values):
        values = {
            "predecessor_id": ids[f"user_{giver}_demo"],
            "successor_id": ids[f"user_{taker}_demo"],
            "reason_id": ids[f"reason_{reason}"],
            **values,
        }
        [request] = people[giver].call("create", [values])
        people[giver].call("action_collect", [request])
        return request

    people = {login: person(login) for login in ("anna", "bruno", "maya", "admin")}
    anna, bruno, maya, admin = people.values()
    webhook = {"name": "ERP", "url": "https://erp.example.com/handovers"}
    webhook["secret"] = "a secret that both of them know"
    [webhook] = admin.call("create", [webhook], model="handover.webhook")
    anna.picture(
        f"handover-prepare-{language}",
        "action-crm_handover.handover_request_prepare_action",
        ".o_handover_portfolio .form-check",
    )
    request = prepare(
        "anna",
        "bruno",
        "resignation",
        purpose=PURPOSE[language],
        date_planned=f"{FRIDAY} 15:00:00",
        date_overlap_end=str(FRIDAY),
    )
    for name, values in NOTES[language].items():
        domain = [["request_id", "=", request], ["res_name", "=", name]]
        line = {"model": "handover.request.line"}
        anna.call("write", anna.call("search", domain, **line), values, **line)
    form = f"handovers/{request}?form=1"
    rows = ".o_handover_lines .o_data_row"
    anna.picture(f"handover-draft-{language}", form, rows)
    domain = [["request_id", "=", request], ["res_name", "=", KNOWN_OF]]
    deal = anna.call("search", domain, **line)
    card = anna.call("action_open_card", deal, **line)["res_id"]
    anna.call("write", [card], KNOWLEDGE[language], model="handover.card")
    anna.picture(
        f"handover-card-{language}", f"handover-cards/{card}", ".o_handover_facts dl"
    )
    anna.call("action_release_cards", [request])
    cockpit = f"handovers/{request}/handover-cockpit"
    column = ".o_handover_cockpit_column"
    for name, taker in AWAY.items():
        domain = [["request_id", "=", request], ["res_name", "ilike", name]]
        values = {"successor_id": taker and ids[f"user_{taker}_demo"]}
        anna.call("write", anna.call("search", domain, **line), values, **line)
    anna.page.set_viewport_size(SCREEN)
    anna.picture(f"handover-cockpit-{language}", cockpit, column)
    anna.page.set_viewport_size(DESKTOP)
    domain = [["request_id", "=", request], ["successor_id", "=", False]]
    values = {"successor_id": ids["user_bruno_demo"]}
    anna.call("write", anna.call("search", domain, **line), values, **line)
    anna.call("action_submit", [request])
    maya.page.set_viewport_size(SCREEN)
    maya.picture(f"handover-approve-{language}", cockpit, ".o_handover_approve")
    maya.page.set_viewport_size(DESKTOP)
    decider = person("maya", PHONE, has_touch=True, is_mobile=True)
    decider.picture(f"handover-decide-{language}", cockpit, ".o_handover_approve")
    maya.call("action_approve", [request])
    # not on Friday: the story goes on now
    maya.call("action_run", [request])
    phone = person("bruno", PHONE, has_touch=True, is_mobile=True)
    phone.picture(f"handover-phone-{language}", form, "button[name=action_confirm]")
    for signer in (bruno, anna):
        signer.call("action_confirm", [request])
    bruno.picture(f"handover-done-{language}", form, rows)
    maya.page.set_viewport_size(SHEET)
    context = f'{{"lang": "{LANGUAGES[language]}"}}'
    maya.page.goto(f"{address}/report/html/{DOCUMENT}/{request}?context={context}")
    maya.page.add_style_tag(content=MARGINS)
    maya.keep(f"handover-document-{language}")
    maya.page.set_viewport_size(DESKTOP)
    bruno.picture(
        f"handover-calls-{language}",
        "action-crm_handover_review.handover_followup_action_calls",
        ".o_handover_call",
    )
    measured = [["days", "=", 30], ["date_measured", "!=", False]]
    [review, *_later] = maya.call(
        "search", measured, model="handover.request.review", order="date_from"
    )
    maya.picture(
        f"handover-review-{language}",
        f"handover-reviews/{review}",
        ".o_handover_figures table",
    )

    # more of them for the list
    start = date.today() + timedelta(days=12)
    refused = prepare("bruno", "chen", "efficiency")
    bruno.call("action_submit", [refused])
    maya.call("action_refuse", [refused], "-")
    absence = prepare(
        "bruno",
        "chen",
        "absence",
        kind="temporary",
        date_planned=f"{start} 06:00:00",
        date_return=f"{start + timedelta(days=14)} 06:00:00",
    )
    bruno.call("action_submit", [absence])
    maya.call("action_approve", [absence])
    shared = prepare("bruno", "anna", "customer_need")
    bruno.page.goto(f"{address}/odoo/handovers/{shared}?form=1")
    bruno.page.click(".o_handover_open_split")
    bruno.page.fill(".o_multi_record_selector .o-autocomplete--input", "Chen")
    bruno.page.click(".o-autocomplete--dropdown-item:has-text('Chen')")
    bruno.page.click(".o_handover_compare")
    bruno.page.wait_for_selector(".o_handover_proposal >> nth=1")
    bruno.keep(f"handover-split-{language}")
    maya.picture(
        f"handover-overview-{language}",
        "action-crm_handover.handover_request_action_overview",
        ".o_handover_under_way_card",
    )
    maya.page.set_viewport_size(SHORT)
    maya.page.goto(f"{address}/odoo/all-handovers")
    # what is done, too
    maya.page.click(".o_facet_remove")
    maya.page.wait_for_selector(".o_data_row:nth-child(4)")
    maya.keep(f"handovers-list-{language}")
    _upload(bruno, language, shared)
    _administer(admin, language, webhook)


def _upload(bruno, language, request):
    """Take the picture of a spreadsheet that somebody has filled in."""
    url = bruno.call("action_download_spreadsheet", [request])["url"]
    book = openpyxl.load_workbook(
        io.BytesIO(bruno.page.request.get(f"{bruno.address}{url}").body())
    )
    sheet = book.worksheets[0]
    column = {cell.value: cell.column for cell in sheet[1]}
    taker, note = (column[name] for name in FILLED[language])
    sheet.cell(2, taker).value = "Chen"
    sheet.cell(3, taker).value = "Nobody"
    for row in (2, 4):
        sheet.cell(row, note).value = KNOWLEDGE[language]["promises"]
    file = io.BytesIO()
    book.save(file)
    page = bruno.page
    page.goto(f"{bruno.address}/odoo/handovers/{request}?form=1")
    page.click("button[name=action_upload_spreadsheet]")
    content = {"name": "Handover.xlsx", "mimeType": "", "buffer": file.getvalue()}
    page.set_input_files(".modal input[type=file]", content)
    page.wait_for_selector(".modal .o_field_widget[name=content] input")
    page.click(".modal button[name=action_check]")
    page.wait_for_selector(".modal [name=row_ids] .o_data_row")
    bruno.keep(f"handover-upload-{language}", whole=False)


def _administer(admin, language, webhook):
    """Take the pictures of what administrators configure."""
    page, odoo = admin.page, f"{admin.address}/odoo"
    domain = [["model", "=", "crm.lead"]]
    [kind] = admin.call("search", domain, model="handover.scope", limit=1)
    page.set_viewport_size(LOW)
    page.goto(f"{odoo}/action-crm_handover.handover_scope_action/{kind}")
    page.click("button[name=action_check_kind]")
    page.wait_for_selector(".o_notification")
    admin.keep(f"handover-kind-{language}", whole=False)
    page.set_viewport_size(SCREEN)
    [template] = admin.call("search", [], model="handover.template", limit=1)
    action = "action-crm_handover_template.handover_template_action"
    admin.picture(
        f"handover-template-{language}", f"{action}/{template}", "[name=role_ids] td"
    )
    action = "action-crm_handover_webhook.handover_webhook_action"
    admin.picture(
        f"handover-webhook-{language}", f"{action}/{webhook}", "[name=event_ids] td"
    )
    page.goto(f"{odoo}/action-crm.crm_config_settings_action")
    block = page.wait_for_selector("#handover_scopes")
    title = "one.closest('.o_settings_container').previousElementSibling"
    block.evaluate(f"one => {title}.scrollIntoView()")
    admin.keep(f"handover-settings-{language}", whole=False)


def _employ(browser, address, language, ids):
    """Take the pictures of what HR registers: somebody leaves, or goes on leave."""
    lang = LANGUAGES[language]
    admin, anna = (
        Person(browser, address, login, lang, SCREEN) for login in ("admin", "anna")
    )
    employee = {"name": "Anna", "user_id": ids["user_anna_demo"]}
    [employee] = admin.call("create", [employee], model="hr.employee")
    # nobody is dismissed in the story
    first, *_others = admin.call("search", [], model="hr.departure.reason")
    admin.call("write", [first], {"sequence": 99}, model="hr.departure.reason")
    page = admin.page
    page.goto(f"{admin.address}/odoo/employees/{employee}")
    page.click(".o_cp_action_menus button")
    page.click(".o-dropdown-item:has(.oi-archive)")
    page.wait_for_selector(".modal [name=handover_told]")
    admin.keep(f"handover-departure-{language}", whole=False)
    free = [["requires_allocation", "=", False], ["request_unit", "=", "day"]]
    [leave_type] = admin.call("search", free, model="hr.leave.type", limit=1)
    # next week, from Monday to Friday
    monday = FRIDAY + timedelta(days=3)
    leave = {
        "employee_id": employee,
        "holiday_status_id": leave_type,
        "request_date_from": str(monday),
        "request_date_to": str(monday + timedelta(days=4)),
        "handover_stand_in_id": ids["user_bruno_demo"],
    }
    [leave] = admin.call("create", [leave], model="hr.leave")
    anna.picture(
        f"handover-leave-{language}",
        f"action-hr_holidays.hr_leave_action_my/{leave}",
        "[name=handover_stand_in_id]",
    )


@contextmanager
def _served(databases, template, lang, *apps):
    """The address of a copy of the demo database in one language, and its people.

    :param apps: what is installed besides; else it has the past of the story
    """
    environ = os.environ
    port = free_port()
    with databases.copied(template, "screenshots") as database:
        called = [environ["HANDOVER_PYTHON"], environ["HANDOVER_ODOO_BIN"]]
        called += ["--config", environ["HANDOVER_CONFIG"], "--database", database]
        if apps:
            # our glue comes with them
            once = ("--init", ",".join(apps), "--stop-after-init", "--no-http")
            processes.run([*called, *once], cwd=ROOT)
        else:
            story = (environ["HANDOVER_PYTHON"], "-m", "dev.story")
            processes.run([*story, environ["HANDOVER_CONFIG"], database], cwd=ROOT)
        databases.server.query(
            f"UPDATE res_partner SET lang = '{lang}' "
            "WHERE id IN (SELECT partner_id FROM res_users)",
            database=database,
        )
        # no crons: nothing happens while a picture is taken, and no mail goes out
        server = processes.start(
            [
                *called,
                *("--db-filter", f"^{database}$", "--http-port", port),
                *("--max-cron-threads", "0"),
            ],
            databases.odoo.settings.folder("logs") / "screenshots.log",
        )
        try:
            yield f"http://127.0.0.1:{port}", _ids(databases.server, database)
        finally:
            processes.stop(server)


def _draw(browser):
    """Icons and banner, from what is drawn; the banner shows a picture."""
    page = browser.new_page()
    drawings = {"icon": ICON, "banner": BANNER}
    for name, size in drawings.items():
        page.set_viewport_size(size)
        for drawing in sorted(ROOT.glob(f"*/static/description/{name}.svg")):
            page.goto(drawing.as_uri())
            page.screenshot(path=drawing.with_suffix(".png"), omit_background=True)
    page.close()


def _wait_for(browser, address):
    """Return when the server answers."""
    page = browser.new_page()
    end = time.monotonic() + SLOWEST_START
    while True:
        try:
            page.goto(f"{address}/web/login")
        except Error:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
        else:
            return page.close()


def _ids(server, database):
    """The people and reasons of our data, by their XML ids."""
    rows = server.query(
        "SELECT name, res_id FROM ir_model_data WHERE module = 'crm_handover' "
        "AND model IN ('handover.reason', 'res.users')",
        database=database,
    )
    return {name: int(id_) for name, id_ in rows}


def _main(environ):
    """Take all of them."""
    settings = Settings.read(environ)
    server = Server(
        programs=Path(),
        host=environ["PGHOST"],
        port=environ.get("PGPORT", "5432"),
        user=environ["PGUSER"],
        password=environ.get("PGPASSWORD", ""),
    )
    data = Path(environ["HANDOVER_DATA_DIR"])
    databases = Databases(SimpleNamespace(settings=settings, server=server, data=data))
    template = environ["HANDOVER_INSTALLED_TEMPLATE"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=WANTED["chromium"], args=["--no-sandbox"]
        )
        for language, lang in LANGUAGES.items():
            with (
                _served(databases, template, lang) as (address, ids),
                Step(f"Taking the pictures in {lang}"),
            ):
                _wait_for(browser, address)
                _tell(browser, address, language, ids)
            with (
                _served(databases, template, lang, "hr_holidays") as (address, ids),
                Step(f"Taking the pictures of HR in {lang}"),
            ):
                _wait_for(browser, address)
                _employ(browser, address, language, ids)
        with Step("Drawing icons and banner"):
            _draw(browser)


if __name__ == "__main__":
    _main(os.environ)
