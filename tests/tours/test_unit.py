"""The unit tests of our JavaScript: in Odoo's own runner, Hoot, in Chromium."""

import logging
import re
from pathlib import Path
from urllib.parse import urlencode

from odoo.modules import Manifest
from odoo.tests import HttpCase

from ..common import HandoverCommon
from .test_tours import build_bundles

# all add-ons that begin like this are ours
OURS = "crm_handover"
BUNDLES = ("web.assets_unit_tests_setup", "web.assets_unit_tests")
PASSED = re.compile(r'\[HOOT\] Test "(?P<test>@.+)" passed \(assertions: [1-9]')
STATED = re.compile(r"^\s*test\(", re.MULTILINE)
NAMED = re.compile(r'^\s*test\("(?P<name>[^"]+)"', re.MULTILINE)
# what makes Hoot leave tests out, or pass one that fails
LEFT_OUT = re.compile(r"\b(test|describe)\b[\w.]*\.(debug|only|skip|todo)\b")


def hoot_files():
    """Return ``{suite of Hoot: text of the file that it is made of}``."""
    files = {}
    for manifest in Manifest.all_addon_manifests():
        if manifest.name.startswith(OURS):
            folder = Path(manifest.path, "static", "tests")
            for path in sorted(folder.glob("unit/**/*.test.js")):
                place = path.relative_to(folder).as_posix().removesuffix(".test.js")
                files[f"@{manifest.name}/{place}"] = path.read_text(encoding="utf-8")
    return files


def hoot_id(suite):
    """Return what Hoot calls a suite in an address, as ``_generate_hash`` of Odoo."""
    result = 0
    for char in suite:
        result = ((result << 5) - result + ord(char)) & 0xFFFFFFFF
    return f"{result:08x}"


class Messages(logging.Handler):
    """Keeps what the browser says."""

    def __init__(self):
        super().__init__()
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage())


class TestUnit(HandoverCommon, HttpCase):
    SECONDS = 40

    @classmethod
    def setUpClass(cls):
        # all of Odoo's unit tests are in it: too long for a browser to wait
        build_bundles(BUNDLES, BUNDLES[:1])
        super().setUpClass()

    def run_hoot(self, suites):
        """Run these suites and return the full names of the tests that have passed."""
        # Odoo says by this logger what the browser says
        messages = Messages()
        self._logger.addHandler(messages)
        self.addCleanup(self._logger.removeHandler, messages)
        self._logger.setLevel(logging.INFO)
        options = urlencode(
            [
                ("preset", "desktop"),
                # tells of each test
                ("loglevel", 2),
                ("timeout", 15000),
                *(("id", hoot_id(suite)) for suite in suites),
            ]
        )
        self.browser_js(
            f"/web/tests?headless&{options}",
            "",
            login=self.admin.login,
            timeout=120,
            success_signal="[HOOT] Test suite succeeded",
            # Hoot tells of each test that fails, and goes on to the last one
            error_checker=lambda message: "[HOOT]" not in message,
        )
        found = (PASSED.search(text) for text in messages.texts)
        return [match["test"] for match in found if match]

    def test_each_of_ours_runs_and_passes(self):
        files = hoot_files()
        # asked for none of ours, Hoot would run all of Odoo's
        self.assertTrue(files)
        passed = self.run_hoot(files)
        for suite, text in files.items():
            with self.subTest(suite):
                stated, names = STATED.findall(text), NAMED.findall(text)
                ran = {
                    name.removeprefix(f"{suite}/")
                    for name in passed
                    if name.startswith(f"{suite}/")
                }
                self.assertTrue(stated, "a file of tests has tests")
                self.assertGreaterEqual(len(ran), len(stated))
                self.assertLessEqual({*names}, ran, "these did not run")
                self.assertIsNone(LEFT_OUT.search(text))
        others = [name for name in passed if not name.startswith((*files,))]
        self.assertEqual(others, [], "Odoo's own tests are Odoo's to run")
