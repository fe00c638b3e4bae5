"""What holds for every model, view and method of the add-on, computed."""

import inspect
from collections import Counter, defaultdict
from pathlib import Path

from lxml import etree

from odoo.modules import Manifest
from odoo.tools import file_open

from odoo.addons.crm_handover.evidence import verify
from odoo.addons.crm_handover.models.handover_request import MOVES, STATES

from ..common import HandoverCommon

ROOT = Path(__file__).resolve().parent.parent.parent
ADDONS = sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))
OURS = "odoo.addons.crm_handover"


class TestAddon(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.models = [
            cls.env[name]
            for name in sorted(cls.env.registry)
            if name.startswith("handover.")
        ]
        cls.stored = [m for m in cls.models if m._auto and not m._abstract]

    def own_methods(self, model):
        """Public methods that our add-on brings to a model: ``{name: function}``."""
        methods = {}
        for name in dir(type(model)):
            owners = [c for c in type(model).mro() if name in vars(c)]
            value = getattr(type(model), name, None)
            if (
                not name.startswith("_")
                and inspect.isfunction(value)
                and all(c.__module__.startswith(OURS) for c in owners)
            ):
                methods[name] = value
        return methods

    def test_every_addon_has_an_icon_of_its_own(self):
        icons = {}
        for name in ADDONS:
            drawn = ROOT / name / "static" / "description" / "icon.png"
            self.assertTrue(drawn.with_suffix(".svg").exists(), name)
            icons[drawn.read_bytes()] = name
        self.assertEqual(len(icons), len(ADDONS))

    def test_the_page_of_an_addon_shows_pictures_that_are_there(self):
        for name in ADDONS:
            page = ROOT / name / "static" / "description" / "index.html"
            if page.exists():
                shown = etree.HTML(page.read_text("utf-8")).xpath("//img/@src")
                missing = [one for one in shown if not (page.parent / one).exists()]
                self.assertFalse(missing, name)

    def test_models_are_found(self):
        names = {model._name for model in self.models}
        self.assertLessEqual(
            {
                "handover.request", "handover.request.line", "handover.request.event",
                "handover.request.signoff", "handover.scope", "handover.reason",
            },
            names,
        )  # fmt: skip

    def test_every_model_says_what_it_is(self):
        for model in self.models:
            self.assertNotEqual(model._description, model._name)
            self.assertTrue(model._description)

    def test_every_stored_model_says_who_has_access(self):
        access = self.env["ir.model.access"].search([("active", "=", True)])
        for model in self.stored:
            rows = access.filtered(lambda a, m=model: a.model_id.model == m._name)
            self.assertTrue(rows, f"{model._name} has no access row")
            for row in rows:
                self.assertTrue(row.group_id, f"{row.name} is for everybody")

    def test_portal_and_public_have_no_access(self):
        for login in ("base.group_portal", "base.group_public"):
            group = self.env.ref(login)
            self.assertFalse(
                self.env["ir.model.access"].search(
                    [
                        ("group_id", "=", group.id),
                        ("model_id.model", "=like", "handover.%"),
                    ]
                )
            )

    def test_every_model_with_a_company_has_a_global_rule(self):
        for model in self.stored:
            if "company_id" not in model._fields or model._transient:
                continue
            rules = self.env["ir.rule"].search(
                [("model_id.model", "=", model._name), ("groups", "=", False)]
            )
            # others may only narrow it
            whole = rules.filtered(
                lambda rule: rule.perm_read and rule.perm_write and rule.perm_create
            )
            self.assertIn("company_ids", " ".join(whole.mapped("domain_force")))

    def test_every_wizard_is_its_makers_own(self):
        wizards = [model for model in self.stored if model._transient]
        self.assertTrue(wizards)
        for model in wizards:
            rules = self.env["ir.rule"].search(
                [("model_id.model", "=", model._name), ("groups", "=", False)]
            )
            self.assertEqual(
                rules.mapped("domain_force"), ["[('create_uid', '=', user.id)]"]
            )

    def test_evidence_is_readonly_for_every_group(self):
        for name in ("handover.request.event", "handover.request.signoff"):
            for row in self.env["ir.model.access"].search(
                [("model_id.model", "=", name)]
            ):
                self.assertFalse(row.perm_write or row.perm_create or row.perm_unlink)

    def test_only_the_handover_and_its_cards_have_a_chatter(self):
        """Successors ask their questions on a card; nothing else takes messages."""
        threads = {
            model._name
            for model in self.models
            if isinstance(model, self.env.registry["mail.thread"])
        }
        self.assertEqual(threads, {"handover.request", "handover.card"})

    def test_nothing_hides_evidence_by_archiving(self):
        for name in ("handover.request", "handover.request.event",
                     "handover.request.line", "handover.request.signoff"):  # fmt: skip
            self.assertNotIn("active", self.env[name]._fields)

    def test_moves_lead_from_states_to_states(self):
        states = dict(STATES)
        self.assertEqual(states, dict(self.Request._fields["state"].selection))
        for move in MOVES.values():
            self.assertLessEqual({*move.sources, move.target}, set(states))

    def test_every_state_is_reached_and_left(self):
        ways = defaultdict(set)
        for move in MOVES.values():
            for source in move.sources:
                ways[source].add(move.target)
        reached, todo = {"draft"}, ["draft"]
        while todo:
            for state in ways[todo.pop()] - reached:
                reached.add(state)
                todo.append(state)
        self.assertEqual(reached, set(dict(STATES)))

    def test_nobody_is_shown_a_guarded_field_to_fill_in(self):
        for model in self.models:
            if not isinstance(model, self.env.registry["handover.guard"]):
                continue
            shown = model.fields_get(attributes=["readonly"])
            for name, field in model._fields.items():
                if name in shown and model._is_guarded(field):
                    self.assertTrue(shown[name]["readonly"], f"{model._name}.{name}")

    def test_the_digest_has_all_content_of_a_line(self):
        line = self.env["handover.request.line"]
        covered = verify.FORMS[verify.FORM]["digest"]
        self.assertLessEqual(line._content_fields, {*covered})

    def test_every_button_has_its_public_method(self):
        views = self.env["ir.ui.view"].search(
            ["|", ("model", "=like", "handover.%"), ("arch_db", "like", "handover")]
        )
        buttons = 0
        for view in views:
            if not view.model or view.model not in self.env:
                continue
            arch = etree.fromstring(view.arch)
            for button in arch.iter("button"):
                name = button.get("name", "")
                if button.get("type") != "object" or "handover" not in (
                    view.xml_id or ""
                ):
                    continue
                model = self.model_of(button, view.model)
                method = getattr(type(self.env[model]), name, None)
                self.assertTrue(method, f"{view.xml_id}: {model}.{name}")
                self.assertFalse(name.startswith("_"), name)
                buttons += 1
        self.assertGreater(buttons, 10)

    def model_of(self, node, model):
        """The model of a node, which may lie in the list of a field."""
        fields = [a.get("name") for a in node.iterancestors("field")]
        for name in reversed([f for f in fields if f]):
            field = self.env[model]._fields.get(name)
            model = field.comodel_name if field else model
        return model

    def test_every_public_method_says_what_it_answers(self):
        for name in sorted(self.env.registry):
            for method_name, method in self.own_methods(self.env[name]).items():
                where = f"{name}.{method_name}"
                doc = inspect.getdoc(method) or ""
                self.assertIn(":return:", doc, where)
                for parameter in list(inspect.signature(method).parameters)[1:]:
                    self.assertIn(f" {parameter}:", doc, where)

    def test_every_public_method_enters_by_the_door(self):
        """A cleaned context and a check of the records come before anything else."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract:
                continue
            for method_name, method in self.own_methods(model).items():
                self.assertTrue(
                    hasattr(method, "__wrapped__") or hasattr(method, "_api_model"),
                    f"{name}.{method_name}",
                )

    def test_every_record_is_defined_once(self):
        # a second one with the same id would silently take the place of the first
        found = Counter()
        for addon in ADDONS:
            for name in Manifest.for_addon(addon)["data"]:
                if name.endswith(".xml"):
                    with file_open(f"{addon}/{name}", "rb") as file:
                        tree = etree.parse(file)
                    for record in tree.iter("record", "menuitem", "template"):
                        found[addon, record.get("id")] += 1
        self.assertEqual([name for name, count in found.items() if count > 1], [])

    def test_reasons_and_groups_of_the_contract(self):
        for reason in (
            "resignation", "internal_transfer", "customer_need", "efficiency",
            "reorganisation", "expansion", "absence",
        ):  # fmt: skip
            self.assertTrue(self.env.ref(f"crm_handover.reason_{reason}").active)
        for group, implying in (
            ("user", "sales_team.group_sale_salesman"),
            ("user", "project.group_project_user"),
            ("approver", "sales_team.group_sale_manager"),
            ("manager", "base.group_system"),
        ):
            ours = self.env.ref(f"crm_handover.group_handover_{group}")
            self.assertIn(ours, self.env.ref(implying).all_implied_ids)
        for group in ("user", "approver", "manager"):
            ours = self.env.ref(f"crm_handover.group_handover_{group}")
            self.assertNotIn(
                self.env.ref("sales_team.group_sale_salesman"), ours.all_implied_ids
            )

    def test_model_names_and_codes_of_the_contract(self):
        line = self.env["handover.request.line"]._fields
        self.assertLessEqual(
            {
                "done", "already", "stale_owner", "missing", "forbidden", "locked",
                "rejected", "overridden", "other_company", "successor_no_access",
                "private", "declined", "cancelled", "changed_since", "error",
            },
            set(dict(line["result_code"].selection)),
        )  # fmt: skip
        self.assertEqual(
            list(dict(line["state"].selection)),
            ["todo", "done", "skipped", "failed", "returned", "cancelled"],
        )
        self.assertEqual(
            list(dict(line["risk"].selection)), ["none", "low", "medium", "high"]
        )
        self.assertEqual(
            list(dict(line["decision"].selection)), ["pending", "accepted", "declined"]
        )

    def test_names_that_others_rely_on(self):
        """With everything installed, each model, field and method has its name."""
        for model in (
            "handover.request", "handover.request.line", "handover.request.event",
            "handover.request.signoff", "handover.request.review", "handover.grant",
            "handover.grantable", "handover.scope", "handover.reason",
        ):  # fmt: skip
            self.assertIn(model, self.env, model)
        for name in (
            "name", "company_id", "requester_id", "predecessor_id", "source_team_id",
            "successor_id", "target_team_id", "approver_id", "reason_id", "purpose",
            "kind", "date_planned", "date_return", "state", "version", "client_key",
            "line_ids", "grant_ids", "event_ids", "signoff_ids", "review_ids",
            "line_count", "done_count", "skipped_count", "failed_count", "progress",
        ):  # fmt: skip
            self.assertIn(name, self.Request._fields)
        line = self.env["handover.request.line"]
        for name in (
            "request_id", "res_model", "res_id", "res_name", "scope_id",
            "predecessor_id", "successor_id", "note", "risk", "decision", "state",
            "result_code", "result_message", "before", "after",
        ):  # fmt: skip
            self.assertIn(name, line._fields)
        for name in (
            "action_collect", "add_records", "preflight", "action_submit",
            "action_approve", "action_refuse", "action_draft", "action_run",
            "action_retry", "action_cancel", "action_confirm", "action_return",
            "get_progress", "preview_return",
        ):  # fmt: skip
            self.assertTrue(callable(getattr(self.Request, name)), name)
        for name in ("action_accept", "action_decline", "action_return"):
            self.assertTrue(callable(getattr(line, name)), name)
        states = list(dict(self.Request._fields["state"].selection))
        self.assertEqual(
            states,
            [
                "draft", "submitted", "approved", "running", "transferred", "done",
                "refused", "cancelled", "returned", "needs_review",
            ],
        )  # fmt: skip
