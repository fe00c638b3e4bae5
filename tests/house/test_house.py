"""Who may know whom: an add-on names what it depends on, and nothing else of ours."""

import ast
import inspect
import re
from pathlib import Path

from odoo.modules import Manifest

from ..common import HandoverCommon

ROOT = Path(__file__).resolve().parent.parent.parent
CORE = "crm_handover"
ADDONS = sorted(path.parent for path in ROOT.glob("*/__manifest__.py"))
# glue to what not everybody has
BESIDE = (
    *("queue_job", "google_calendar", "microsoft_calendar", "tier_validation"),
    *("hr", "hr_holidays", "helpdesk_mgmt", "purchase", "event"),
)
# an answer of the core that a capability gives in its place
IN_PLACE = {
    "handover.request.line._promised_sql in"
    " odoo.addons.crm_handover_briefing.models.handover_request_line_card"
}
# what writes a text down that many people read, whoever's language the code has
KEEPS = {
    "_log_event", "_move", "_log", "_end", "_end_needless_permissions", "_review",
    "_alarm", "_return", "_cancel_because", "_call_for_attention", "_keep_said",
    "action_cancel", "action_end", "action_refuse", "action_return",
}  # fmt: skip
# names that are told in texts for people, not used
TEXTS = {".md", ".rst", ".po", ".pot", ".html", ".png", ".txt"}


def said_at_once(node):
    """Yield the texts that are translated where they stand, not where they are read."""
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "_":
        yield ast.unparse(node)
    for child in ast.iter_child_nodes(node):
        yield from said_at_once(child)


def manifest(name):
    path = ROOT / name / "__manifest__.py"
    return ast.literal_eval(path.read_text(encoding="utf-8"))


def known(name):
    """Return the names of our add-ons that this one may name: what it builds on."""
    ours = {path.name for path in ADDONS}
    wanted, found = [name], set()
    while wanted:
        one = wanted.pop()
        found.add(one)
        wanted += [dep for dep in manifest(one)["depends"] if dep in ours - found]
    return found


def files(addon):
    """Yield the files of an add-on that do something: ``(path, text)``."""
    for path in sorted((ROOT / addon).rglob("*")):
        parts = path.relative_to(ROOT).parts
        if not path.is_file() or path.suffix in TEXTS or "__pycache__" in parts:
            continue
        # a test may say what the screens of another add-on look at
        if "tests" not in parts and path.suffix != ".pyc":
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


class TestHouse(HandoverCommon):
    def test_add_ons_name_what_they_depend_on(self):
        for addon in ADDONS:
            allowed = known(addon.name)
            for path, text in files(addon.name):
                for name in re.findall(r"\bcrm_handover(?:_[a-z_]*[a-z])?\b", text):
                    # the longest name of ours that it begins with
                    other = max(
                        (a.name for a in ADDONS if name.startswith(a.name)), key=len
                    )
                    if name == other:
                        self.assertIn(other, allowed, f"{path} names {other}")

    def test_add_ons_know_the_models_of_what_they_depend_on(self):
        home = {}
        for name in self.env.registry:
            Model = self.env[name]
            if Model._original_module in {path.name for path in ADDONS}:
                home[name] = Model._original_module
        self.assertEqual(home["handover.request.review"], "crm_handover_review")
        for addon in ADDONS:
            allowed = known(addon.name)
            for path, text in files(addon.name):
                for model in re.findall(r"[\"'](handover\.[a-z.]*[a-z])[\"']", text):
                    if model in home:
                        self.assertIn(home[model], allowed, f"{path} names {model}")

    def test_capabilities_build_on_the_core_alone(self):
        for addon in ADDONS:
            if addon.name != CORE:
                self.assertTrue(manifest(addon.name)["auto_install"], addon.name)
                self.assertNotIn("application", manifest(addon.name), addon.name)
        for name in ("split", "completeness", "files", "briefing", "training",
                     "document", "review"):  # fmt: skip
            self.assertEqual(manifest(f"{CORE}_{name}")["depends"], [CORE], name)

    def test_the_state_is_changed_in_one_place(self):
        for name in ("_move", "_trusting"):
            classes = type(self.Request).mro()
            self.assertEqual(len([c for c in classes if name in vars(c)]), 1, name)

    def test_what_is_undone_leaves_nothing_for_after_the_commit(self):
        """A bare savepoint would; where only something is read, nothing waits."""
        found = [
            path
            for addon in ADDONS
            for path, text in files(addon.name)
            if ".savepoint()" in text
        ]
        self.assertEqual(found, ["crm_handover/models/handover_transaction.py"])

    def test_what_is_kept_is_said_in_no_language_of_its_own(self):
        """What nobody wrote is kept as a function of the reader's environment."""
        for addon in ADDONS:
            for path, text in files(addon.name):
                for node in ast.walk(ast.parse(text if path.endswith(".py") else "")):
                    if not isinstance(node, ast.Call):
                        continue
                    name = getattr(node.func, "attr", "")
                    trusted = name in ("create", "write")
                    trusted = trusted and "_trusting" in ast.unparse(node.func)
                    if name in KEEPS or trusted:
                        said = [*node.args, *(word.value for word in node.keywords)]
                        for part in said:
                            self.assertEqual([*said_at_once(part)], [], path)

    def test_no_method_hides_another_one(self):
        """What several classes of a model define goes on with super()."""
        for model in filter(re.compile(r"handover\.").match, self.env.registry):
            homes = {}
            for cls in type(self.env[model]).mro():
                if vars(cls).get("_name") != model:
                    continue
                for name, member in vars(cls).items():
                    if inspect.isfunction(inspect.unwrap(member)):
                        homes.setdefault(name, []).append((cls, member))
            for name, members in homes.items():
                for cls, member in members[:-1]:
                    calls = inspect.unwrap(member).__code__.co_names
                    place = f"{model}.{name} in {cls.__module__}"
                    if place not in IN_PLACE:
                        self.assertIn("super", calls, place)

    def test_everything_installs_itself(self):
        ours = {path.name for path in ADDONS}
        # what they stick to is for a user to choose
        ours -= {f"{CORE}_{name}" for name in BESIDE}
        installed = self.env["ir.module.module"].search([("state", "=", "installed")])
        self.assertLessEqual(ours, set(installed.mapped("name")))

    def test_every_add_on_tells_what_it_is_for(self):
        for addon in ADDONS:
            about = Manifest.for_addon(addon.name)
            self.assertTrue(about["summary"], addon.name)
            self.assertTrue((addon / "README.rst").exists(), addon.name)
