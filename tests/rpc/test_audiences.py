"""What of a record is for some of its readers only: told to them, and to nobody else.

Generated from the registry: each field that says for whom it is, in each way in which
somebody can ask for it. Who is who is said here once more, by name.
"""

import ast
import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.orm.models import LOG_ACCESS_COLUMNS as LOGGED
from odoo.tools import SQL, mute_logger

from odoo.addons.crm_handover.models.handover_request import EVENTS, MOVES

from ..core.test_guarded_fields import GuardCase
from ..house.test_reviewed import ADDONS, reviewed

SECRET = "Secret"
TEXTS = ("char", "text", "html")
TOLD = (*TEXTS, "json", "float", "monetary")
SUPERIORS = {"leader", "approver", "manager", "admin"}
# Other coordinates
GIVERS = SUPERIORS | {"anna", "other"}
# Bruno declined a record, Chen takes another one
READERS = {*GIVERS, "bruno", "chen"}
# of the record, the event and the to-do that Bruno's answer made
AUDIENCES = {
    "superiors": SUPERIORS,
    "givers": GIVERS,
    "sides": SUPERIORS | {"anna", "bruno"},
    "told": GIVERS | {"bruno"},
    "addressee": GIVERS,
    # the record comes to Chen, who reads it by the handover
    "holders": READERS - {"chen"},
    # a rule keeps the customer from these
    "customers": READERS - {"leader", "other"},
}
# files of products, which have no owner, and mails, which administrators read
COPIES = ("product.document", "mail.mail")
# events that say why something happened to whoever sees them, as docs/security.md says
OPEN = {"return_asked", "returning"}
# how Odoo itself refuses
REFUSED = "not allowed to|have '(?:read|write|create|unlink)' access"
OF_MESSAGES = ("read", "web_read", "search", "count", "not")
# what he wrote himself
OWN = ("handover.request.line", "handover.request.event")
# how a handover names rows of these models
INVERSES = {
    "handover.request.line": "line_ids",
    "handover.request.event": "event_ids",
    "mail.activity": "activity_ids",
}


class TestAudiences(GuardCase):
    SECONDS = 20

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_shared()
        exports = cls.env.ref("base.group_allow_export")
        for login in READERS:
            getattr(cls, login).group_ids += exports
        mixin = cls.env.registry["handover.audience"]
        cls.Models = [
            cls.env[name]
            for name in sorted(cls.env.registry)
            if isinstance(cls.env[name], mixin) and not cls.env[name]._abstract
        ]

    @classmethod
    def make_shared(cls):
        """Anna's records go to Bruno, who declines, and to Chen."""
        lead = cls.make_lead(name="Alpha", expected_revenue=4711)
        cls.shared = cls.make_request(
            records=lead, coordinator_id=cls.other.id,
            date_planned=fields.Datetime.now() + timedelta(days=1),
        )  # fmt: skip
        cls.beta = cls.make_lead(name="Beta")
        cls.shared.with_user(cls.anna).add_records(
            "crm.lead", cls.beta.ids, cls.chen.id
        )
        cls.bring(cls.shared.with_user(cls.anna), "submitted")
        cls.shared.with_user(cls.approver).action_approve()
        file = cls.env["ir.attachment"].create(
            {"name": "Offer", "res_model": "crm.lead", "res_id": cls.beta.id}
        )
        message = cls.beta.message_post(body="Hello", subtype_xmlid="mail.mt_note")
        rating = cls.env["rating.rating"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id("crm.lead"),
                "res_id": cls.beta.id,
            }
        )
        line = cls.shared.line_ids.filtered(lambda one: one.successor_id == cls.bruno)
        line.with_user(cls.bruno).action_decline(f"{SECRET} illness")
        todos = cls.shared.activity_ids.filtered(lambda one: SECRET in (one.note or ""))
        assert len(todos) == 1, todos
        cls.secret = cls.env["res.partner"].create({"name": f"{SECRET} customer"})
        hidden = (cls.leader + cls.other).ids
        cls.env["ir.rule"].create(
            {
                "name": "Some customers are for some people",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', user.id in {hidden} and"
                f" {cls.secret.id})]",
            }
        )
        cls.rows = {
            "handover.request": cls.shared,
            "handover.request.line": line,
            "handover.request.event": cls.shared.event_ids.sorted("id")[-1],
            "mail.activity": todos,
            "ir.attachment": file,
            "mail.message": message,
            "rating.rating": rating,
        }

    def fields(self):
        """Yield ``(row, field)``: each field for some, with the secret in it."""
        for Model in self.Models:
            row = self.rows[Model._name].with_env(self.env)
            for field in Model._fields.values():
                if not getattr(field, "audience", None):
                    continue
                if SECRET not in str(row.sudo()[field.name]):
                    self.fill(row, field)
                yield row, field

    def fill(self, row, field):
        self.env.flush_all()
        value = self.secret.id if field.type == "many2one" else self.text(field)
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id = %s",
                SQL.identifier(row._table),
                SQL.identifier(field.name),
                value,
                row.id,
            )
        )
        self.env.invalidate_all()

    def text(self, field):
        value = '{"reason": "Secret"}' if field.type == "json" else f"{SECRET} text"
        if getattr(field, "translate", False):
            value = json.dumps({"en_US": value})
        if field.model_name == "mail.message":
            # of a text, what opens the customer's page
            value = f"<a href='/rate/{SECRET}/5'>Happy</a>"
        return value

    def ways(self, row, field):
        """Return ``{way: (model, method, *arguments)}``: how somebody can ask."""
        model, name, here = row._name, field.name, [("id", "=", row.id)]
        found = [(name, "ilike", SECRET), *here]
        whole = {"fields": {"display_name": {}}} if field.relational else {}
        ways = {
            "read": (model, "read", row.ids, [name]),
            "web_read": (model, "web_read", row.ids, {name: whole}),
            "export": (model, "export_data", row.ids, [name]),
            "search": (model, "search", found),
            "count": (model, "search_count", found),
            "not": (model, "search", ["!", (name, "not ilike", SECRET), *here]),
        }
        if field.type in TEXTS or field.relational:
            ways["group"] = (model, "formatted_read_group", here, [name], ["__count"])
        if field.type in TEXTS:
            ways["least"] = (model, "formatted_read_group", here, [], [f"{name}:min"])
        if field.relational:
            named = [(f"{name}.name", "ilike", SECRET), *here]
            ways["name"] = (model, "search", named)
        if getattr(field, "translate", False):
            ways["words"] = (model, "get_field_translations", row.ids, name)
        if model == "mail.message":
            # core lets administrators alone ask these of it
            return {way: how for way, how in ways.items() if way in OF_MESSAGES}
        if inverse := INVERSES.get(model):
            path = [
                (f"{inverse}.{name}", "ilike", SECRET),
                ("id", "=", self.shared.id),
            ]
            ways["path"] = ("handover.request", "search", path)
        return ways

    def tells(self, user, row, field):
        """Return the ways in which ``user`` learns what a field holds."""
        told = set()
        for way, (model, method, *args) in self.ways(row, field).items():
            self.env.invalidate_all()
            answer = self.call(user, model, method, *args)
            searches = way in ("search", "count", "not", "path", "name")
            if answer if searches else SECRET in str(answer):
                told.add(way)
        return told

    # ------------------------------------------------------------

    def test_each_field_is_told_to_its_audience_alone(self):
        tried = 0
        for row, field in self.fields():
            audience = AUDIENCES[field.audience]
            if row._name in OWN:
                audience = audience | {"bruno"}
            for login in sorted(READERS):
                user = getattr(self, login)
                if not row.with_user(user).has_access("read"):
                    continue
                with self.subTest(field=str(field), by=login):
                    told = self.tells(user, row, field)
                    everything = set(self.ways(row, field))
                    self.assertEqual(told, everything if login in audience else set())
                    tried += 1
        self.assertGreater(tried, 50)

    def test_each_part_of_an_event_is_told_to_its_audience_alone(self):
        events = self.env["handover.request.event"]
        for code, parts in events._closed_parts().items():
            data = {**dict.fromkeys(parts, SECRET), "lines": 2}
            self.shared.with_user(self.leader)._log_event(code, **data)
            event = events.search([("request_id", "=", self.shared.id)])[-1]
            self.assertEqual(event.code, code)
            for login in sorted(READERS):
                user = getattr(self, login)
                self.env.invalidate_all()
                [row] = self.call(user, event._name, "read", event.ids, ["data"])
                told = {
                    key
                    for key, audience in parts.items()
                    if login in AUDIENCES[audience]
                }
                found = [("id", "=", event.id), ("data", "ilike", SECRET)]
                with self.subTest(code=code, by=login):
                    self.assertEqual(set(row["data"]), {*told, "lines"})
                    count = self.call(user, event._name, "search_count", found)
                    self.assertEqual(bool(count), bool(told))

    def test_why_somebody_decided_is_for_some_alone_unless_the_docs_say_so(self):
        parts, saying = self.env["handover.request.event"]._closed_parts(), set()
        for path in (path for addon in ADDONS for path in addon.rglob("models/*.py")):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Attribute)
                    and call.func.attr in ("_log_event", "_move")
                    and any(one.arg == "reason" for one in call.keywords)
                    and isinstance(call.args[0], ast.Constant)
                ):
                    name = call.args[0].value
                    moved = call.func.attr == "_move"
                    saying.add(EVENTS.get(name, MOVES[name][1]) if moved else name)
        self.assertIn("refused", saying)
        closed = {code for code in saying if "reason" in parts.get(code, {})}
        self.assertEqual(saying - closed, OPEN & saying)

    def test_what_is_in_memory_is_asked_for_as_well(self):
        """One transaction reads for several people: as the code, and for each."""
        for row, field in self.fields():
            chen = row.with_user(self.chen)
            if not chen.has_access("read"):
                continue
            row.sudo().read([field.name])
            with self.subTest(field=str(field)):
                self.assertNotIn(SECRET, str(chen[field.name]))
                self.assertNotIn(SECRET, str(chen.mapped(field.name)))
                self.assertIn(SECRET, str(row.sudo()[field.name]))
            self.env.invalidate_all()
            with self.subTest("the other way round", field=str(field)):
                self.assertNotIn(SECRET, str(chen[field.name]))
                self.assertIn(SECRET, str(row.sudo()[field.name]))

    def test_no_other_field_copies_one_that_is_for_some(self):
        for name in sorted(self.env.registry):
            Model = self.env[name]
            for field in Model._fields.values():
                if not field.related or Model._abstract:
                    continue
                if name in COPIES and field.inherited:
                    continue
                *path, last = field.related.split(".")
                origin = Model
                for step in path:
                    origin = origin[step]
                if getattr(origin._fields[last], "audience", None):
                    self.assertFalse(field.store or field.compute_sudo, field)

    def test_who_reads_what_is_listed(self):
        ours = {path.name for path in ADDONS}
        found = {}
        for name in sorted(self.env.registry):
            Model = self.env[name]
            if Model._abstract or Model._transient or not Model._auto:
                continue
            for field in Model._fields.values():
                audience = getattr(field, "audience", None)
                own = Model._original_module in ours and field.type in TOLD
                if audience or (own and field.store):
                    groups = "groups" if field.groups else "readers"
                    found[f"{name}.{field.name}"] = audience or groups
        said = reviewed("audiences.txt").items()
        known = {f"{what}: {why.partition(';')[0]}" for what, why in said}
        found = {f"{what}: {who}" for what, who in found.items()}
        self.assertFalse(sorted(found - known), "not listed: who reads it?")
        self.assertFalse(sorted(known - found), "listed, and not so any more")

    def test_who_has_no_right_is_refused_before_anything_is_looked_at(self):
        """A user of the portal, by what we do in the place of Odoo's methods."""
        ours = tuple(f"odoo.addons.{path.name}." for path in ADDONS)
        tried = set()
        for name in sorted(self.env.registry):
            Model = self.env[name].with_user(self.portal)
            if Model._abstract or Model._original_module.startswith("crm_handover"):
                continue
            for method in ("write", "unlink"):
                # what Odoo does before us is its own
                first = next(c for c in type(Model).mro() if method in vars(c))
                if not first.__module__.startswith(ours) or first.__name__ == "Base":
                    continue
                if Model.has_access(method) or not Model._auto:
                    continue
                some = Model.sudo().with_context(active_test=False).search([], limit=1)
                for vals in self.values(Model) if method != "unlink" else [{}]:
                    # of what is gone, Odoo itself says so of users
                    gone = [] if name == "res.users" else [2**31 - 1]
                    for ids in filter(None, (some.ids, gone)):
                        args = (ids,) if method == "unlink" else (ids, vals)
                        with (
                            self.subTest(model=name, method=method, vals=vals, ids=ids),
                            mute_logger("odoo.addons.base.models.ir_model"),
                            self.assertRaisesRegex(AccessError, REFUSED),
                        ):
                            self.call(self.portal, name, method, *args)
                        tried.add((name, method))
        self.assertIn(("ir.attachment", "write"), tried)
        self.assertGreater(len(tried), 5)

    def values(self, Model):
        """Yield values for what our add-ons look at, one field at a time."""
        for name, field in Model._fields.items():
            # Odoo writes addresses of its own accord
            if name.startswith("alias_") or name in ("id", *LOGGED):
                continue
            if not (field.store or field.related):
                continue
            relational = {"many2one": 2**31 - 1, "many2many": [], "one2many": []}
            yield {name: relational.get(field.type, "1" if field.type in TEXTS else 0)}

    def test_the_history_names_no_reason_anywhere(self):
        """Messages, to-dos, what they become, and what is computed of it."""
        todo = self.rows["mail.activity"]
        todo.with_user(self.other).action_feedback("Asked Chen")
        self.assertFalse(todo.active)
        # whoever did it reads it as before
        self.assertIn(SECRET, todo.with_user(self.other).note)
        texts = []
        for model, domain, names in (
            ("mail.message", [], ["body", "preview", "subject"]),
            ("mail.activity", [], ["note", "summary"]),
            ("handover.request.event", [], ["data", "summary", "what"]),
            ("handover.request.line", [], False),
            ("handover.request", [], False),
            ("handover.request.signoff", [], False),
        ):
            self.env.invalidate_all()
            rows = self.call(
                self.chen, model, "search_read", domain, names or None,
                context={"active_test": False},
            )  # fmt: skip
            self.assertTrue(rows or model.endswith("signoff"), model)
            texts += [(model, row["id"]) for row in rows if SECRET in str(row)]
        self.assertFalse(texts)

    def test_a_note_is_told_once_it_is_approved(self):
        draft = self.make_request()
        draft.with_user(self.anna).line_ids.note = SECRET
        line = draft.line_ids
        field = line._fields["note"]
        for state in ("draft", "submitted"):
            self.assertFalse(self.tells(self.bruno, line, field), state)
            if state == "draft":
                self.bring(draft.with_user(self.anna), "submitted")
        draft.with_user(self.approver).action_approve()
        self.env.invalidate_all()
        self.assertIn("read", self.tells(self.bruno, line, field))
