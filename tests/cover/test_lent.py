"""What is lent stays its owner's: nobody gives on, deletes or merges it away."""

from collections import Counter
from unittest.mock import patch

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tools.safe_eval import safe_eval

from ..house.test_reviewed import reviewed
from ..kinds import KindsCommon
from ..machines import NAME, OWNER, SHAPES, MachineCase
from .common import CoverCommon

# how a field is called that holds a key
KEY_WORDS = ("token", "hash", "signup", "secret")
KEY_TYPES = ("char", "text")


class TestLent(CoverCommon, KindsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project.privacy_visibility = "followers"
        cls.open = cls.make("project.project", name="For All")
        cls.open.privacy_visibility = "employees"
        cls.records = cls.make_all()
        for record in cls.records.values():
            if record._name == "project.project":
                record.privacy_visibility = "followers"
        cls.request = request = cls.make_request_of(
            cls.records.values(), "submitted", kind="temporary", cover="light",
            date_return=cls.env.cr.now().replace(microsecond=0).replace(year=2090),
        )  # fmt: skip
        request.with_user(cls.approver).action_approve()
        cls.begun(cls, request)
        cls.env.flush_all()
        cls.env.invalidate_all()

    def call(self, user, model, method, *args, **kwargs):
        """As over RPC."""
        self.env.invalidate_all()
        return call_kw(self.env(user=user)[model], method, args, kwargs)

    def giving(self, scope, record):
        """Yield what would give a record to somebody, or out of their hands."""
        for name in {scope.owner_field_id.name, "user_id", "user_ids"}:
            field = record._fields.get(name)
            if field and field.store:
                many = field.type == "many2many"
                for user in (self.bruno, self.chen):
                    yield {name: [Command.set(user.ids)] if many else user.id}
                yield {name: [Command.clear()] if many else False}
        if scope.team_field_id:
            team = self.make_team("Theirs", self.other, self.other)
            yield {scope.team_field_id.name: team.id}
        if "company_id" in record._fields:
            yield {"company_id": self.abroad.id}
        if record._name == "project.task":
            yield {"project_id": self.open.id}
            yield {"parent_id": self.make_task(self.bruno, project_id=self.open.id).id}

    def test_who_stands_in_writes_and_neither_gives_nor_deletes(self):
        refused = Counter()
        for scope, record in self.records.items():
            mine = record.with_user(self.bruno)
            self.assertTrue(mine.has_access("read"), record._name)
            if not mine.has_access("write") or not mine._handover_borrowed():
                # whoever edits contacts edits all, and projects are their managers'
                self.assertIn(record._name, ("res.partner", "project.project"))
                continue
            with self.subTest(deletes=record._name), self.assertRefused(AccessError):
                self.call(self.bruno, record._name, "unlink", record.ids)
            for values in self.giving(scope, record):
                for method in ("write", "web_save"):
                    more = (values, {}) if method == "web_save" else (values,)
                    with (
                        self.subTest(gives=record._name, values=values, by=method),
                        self.assertRefused((AccessError, UserError)),
                    ):
                        self.call(self.bruno, record._name, method, record.ids, *more)
                    refused[record._name] += 1
            self.call(self.bruno, record._name, "write", record.ids, {"name": "Along"})
            self.assertEqual(record.name, "Along")
        self.assertGreater(refused["project.task"], 10)
        self.assertGreater(refused["crm.lead"], 8)

    def test_what_belongs_to_what_is_lent_is_lent_as_well(self):
        """Whoever follows a project writes and deletes all of its tasks, says Odoo."""
        [project] = (r for r in self.records.values() if r._name == "project.project")
        task = self.make_task(self.chen, project_id=project.id)
        self.assertIn(self.bruno.partner_id, task.message_partner_ids)
        old = self.make_task(self.chen, project_id=project.id)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE project_task SET create_date = '2020-01-01' WHERE id = %s", old.ids
        )
        self.env.invalidate_all()
        mine = task.with_user(self.bruno)
        self.assertTrue(mine.has_access("write"))
        self.assertEqual(mine._handover_lent(), mine)
        self.assertFalse(old.with_user(self.bruno)._handover_lent())
        with self.assertRefused(AccessError):
            self.call(self.bruno, task._name, "unlink", task.ids)
        for values in ({"user_ids": self.bruno.ids}, {"project_id": self.open.id}):
            with self.assertRefused(UserError):
                self.call(self.bruno, task._name, "write", task.ids, values)
        self.call(self.bruno, task._name, "write", task.ids, {"name": "Along"})
        # nor does anybody stay by talking about it, or bring others in
        for about in (task, self.records[self.kind("project.task")]):
            if about == task:
                about.message_unsubscribe(self.bruno.partner_id.ids)
            before = about.message_partner_ids
            self.call(
                self.bruno, task._name, "message_post", about.ids, body="Hello",
                message_type="comment", subtype_xmlid="mail.mt_comment",
            )  # fmt: skip
            for who in (self.bruno, self.other):
                partners = who.partner_id.ids
                self.call(
                    self.bruno, task._name, "message_subscribe", about.ids, partners
                )
            self.env.invalidate_all()
            self.assertEqual(about.message_partner_ids, before)
            # whoever reads it anyway may follow it, and so do customers
            others = self.chen.partner_id | self.make_customer()
            about.project_id.message_subscribe(self.chen.partner_id.ids)
            self.call(
                self.bruno, task._name, "message_subscribe", about.ids, others.ids
            )
            self.env.invalidate_all()
            self.assertEqual(about.message_partner_ids, before | others)
        # and what came meanwhile goes with the cover
        later = self.make_task(self.chen, project_id=project.id)
        self.assertIn(self.bruno.partner_id, later.message_partner_ids)
        self.request.with_user(self.leader).action_return()
        for about in (task, later):
            self.assertNotIn(self.bruno.partner_id, about.message_partner_ids)
            self.assertFalse(about.with_user(self.bruno).has_access("read"))
        self.assertIn(self.bruno.partner_id, old.message_partner_ids)

    def kind(self, model):
        return next(scope for scope in self.records if scope.model == model)

    def test_what_is_lent_is_merged_into_nothing_of_others(self):
        lead = self.records[self.kind("crm.lead")]
        with self.subTest("who stands in"):
            self.assertMergedInto(self.bruno, lead)
        handed = self.make_lead()
        self.make_request("transferred", handed, predecessor_access="keep")
        with self.subTest("who went on as before"):
            self.assertMergedInto(self.anna, handed)
        coming = self.make_lead()
        self.make_request("approved", coming)
        with self.subTest("to whom it comes"):
            self.assertMergedInto(self.bruno, coming)

    def assertMergedInto(self, user, lent):
        """Fail if ``user`` takes what is lent by merging it with what is theirs."""
        for own in (
            self.make_lead(user, probability=99), self.make_lead(user, type="lead")
        ):  # fmt: skip
            self.assertTrue(lent.with_user(user).has_access("read"))
            self.assertTrue(own.with_user(user).has_access("write"))
            both = (own | lent).ids
            dialogs = {
                "crm.merge.opportunity": {"opportunity_ids": [Command.set(both)]},
                "crm.lead2opportunity.partner": {
                    "lead_id": own.id, "name": "merge",
                    "duplicated_lead_ids": [Command.set(both)],
                },
            }  # fmt: skip
            with self.assertRefused((AccessError, UserError)):
                self.call(user, "crm.lead", "merge_opportunity", both)
            for model, values in dialogs.items():
                context = {"active_id": own.id, "active_model": "crm.lead"}
                dialog = self.env[model].with_context(context).with_user(user)
                dialog = dialog.create(values)
                with self.subTest(model), self.assertRefused((AccessError, UserError)):
                    action = "action_merge" if "merge." in model else "action_apply"
                    self.call(user, model, action, dialog.ids)
        partners = self.make_customer() | self.make_customer()
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(user)
        self.patch(
            type(partners), "_handover_lent",
            lambda self: self & partners[0].with_env(self.env),
        )  # fmt: skip
        with self.assertRefused(AccessError):
            wizard._merge(partners.ids, partners[1], extra_checks=False)

    def test_no_field_of_odoo_tells_a_key_by_a_handover(self):
        """Fields that are keys, of what is handed over and of rows about that."""
        kinds = {scope.model for scope in self.records}
        known = {name for name, _why in reviewed("keys.txt").items()}
        found, masked = set(), 0
        for name in sorted(self.env.registry):
            Model = self.env[name]
            if Model._abstract or Model._transient or not Model._auto:
                continue
            about = "res_model" in Model._fields or "model" in Model._fields
            near = {f.comodel_name for f in Model._fields.values() if f.relational}
            if name not in kinds and not about and not near & kinds:
                continue
            for field in Model._fields.values():
                words = any(word in field.name for word in KEY_WORDS)
                if not (words and field.type in KEY_TYPES and field.store):
                    continue
                guarded = getattr(field, "audience", None) or (
                    name in kinds and field.name == "access_token"
                )
                masked += bool(guarded)
                if not guarded:
                    found.add(f"{name}.{field.name}")
        self.assertFalse(sorted(found - known), "a key: who reads it by a handover?")
        self.assertFalse(sorted(known - found), "listed, and not so any more")
        self.assertGreater(masked, 4)


class TestLentByHand(CoverCommon, MachineCase):
    """A kind that was added on the screen, whose record rules nobody of us knows."""

    SHAPE = [
        OWNER, NAME, {"name": "x_access_token", "ttype": "char"},
        {"name": "x_open", "ttype": "boolean"},
    ]  # fmt: skip
    LINK = {
        "name": "x_link", "ttype": "char", "field_description": "Link",
        "store": False, "readonly": True, "depends": "x_access_token",
        "compute": "for r in self:\n    r['x_link'] = f'/x/{r.x_access_token}'",
    }  # fmt: skip
    # as that of maintenance requests, and one more
    RULE = (
        "['|', '|', ('x_owner_id', '=', user.id), ('x_open', '=', True),"
        " ('message_partner_ids', 'in', [user.partner_id.id])]"
    )

    @classmethod
    def setUpClass(cls):
        with patch.dict(SHAPES, clear=True):
            super().setUpClass()
        kind = cls.make_kind("x_ward", cls.SHAPE, {"is_mail_thread": True})
        cls.kinds = {"x_ward": kind}
        cls.env["ir.model.fields"].create({"model_id": kind.model_id.id, **cls.LINK})
        cls.env["ir.rule"].create(
            {
                "name": "Own or followed", "domain_force": cls.RULE,
                "model_id": kind.model_id.id,
                "groups": cls.env.ref("base.group_user").ids,
            }
        )  # fmt: skip
        views = {
            "search": "<search><field name='x_name' filter_domain=\"['|',"
            " ('x_name', 'ilike', self), ('x_access_token', 'ilike', self)]\"/>"
            "<filter name='keyed' domain=\"[('x_access_token', '!=', False)]\"/>"
            "<filter name='open' domain=\"[('x_open', '=', True)]\"/></search>",
            "form": "<form><field name='x_access_token' invisible='1'/>"
            "<field name='x_name' invisible=\"x_access_token == 'none'\"/>"
            "<group invisible='not x_access_token'><label for='x_link'/>"
            "<field name='x_link'/><field name='x_open'/></group></form>",
        }
        cls.env["ir.ui.view"].create(
            [
                {"name": kind, "type": kind, "model": "x_ward", "arch": arch}
                for kind, arch in views.items()
            ]
        )
        cls.ward = cls.make_machine("x_ward")
        cls.ward.write({"x_name": "Ward", "x_access_token": "key-of-a-customer"})

    def as_user(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.ward.with_user(user)

    def assertKeyless(self, user):
        mine = self.as_user(user)
        self.assertEqual(mine.x_name, "Ward")
        for name in ("x_access_token", "x_link"):
            with self.assertRefused(AccessError):
                mine.read([name])
            with self.assertRefused(AccessError):
                mine.search([(name, "like", "key")])
        self.assertNotIn("x_access_token", mine.fields_get())
        # and the web client opens its views, as it knows all that they have
        found = self.views(user)
        known = found["models"]["x_ward"]["fields"]
        for view in found["views"].values():
            arch = etree.fromstring(view["arch"])
            names = {one.get("name") for one in arch.iter("field")}
            self.assertTrue(names)
            self.assertEqual(names - known.keys(), set())
            self.assertFalse(arch.xpath("//label[@for='x_link']"))
        form = etree.fromstring(found["views"]["form"]["arch"])
        self.assertEqual(form.find(".//group").get("invisible"), "not False")
        [name] = form.xpath("//field[@name='x_name']")
        self.assertEqual(name.get("invisible"), "False == 'none'")
        search = etree.fromstring(found["views"]["search"]["arch"])
        names = {one.get("name") for one in search.iter("filter")}
        self.assertEqual(names, {"open"})
        [name] = search.xpath("//field[@name='x_name']")
        domain = safe_eval(name.get("filter_domain"), {"self": "War"})
        self.assertEqual(mine.search(domain), mine)

    def views(self, user):
        kinds = [[False, kind] for kind in ("form", "list", "search")]
        return call_kw(self.env(user=user)["x_ward"], "get_views", [kinds], {})

    def test_who_stands_in_neither_gives_on_nor_deletes_nor_brings_others_in(self):
        self.assertFalse(self.as_user(self.bruno).has_access("read"))
        request = self.cover("submitted", self.ward, days=5, cover="light")
        request.with_user(self.approver).action_approve()
        self.begun(request)
        self.assertIn(self.bruno.partner_id, self.ward.message_partner_ids)
        mine = self.as_user(self.bruno)
        self.assertEqual(mine._handover_borrowed(), mine)
        self.assertEqual(mine._handover_lent(), mine)
        self.assertKeyless(self.bruno)
        for values in ({"x_owner_id": self.bruno.id}, {"x_open": True}):
            with self.subTest(values), self.assertRefused(UserError):
                call_kw(mine, "write", [mine.ids, values], {})
        with self.assertRefused(AccessError):
            call_kw(mine, "unlink", [mine.ids], {})
        call_kw(mine, "message_subscribe", [mine.ids, self.chen.partner_id.ids], {})
        self.assertNotIn(self.chen.partner_id, self.ward.message_partner_ids)
        call_kw(mine, "write", [mine.ids, {"x_name": "Along"}], {})
        request.with_user(self.leader).action_return()
        self.assertFalse(self.as_user(self.bruno).has_access("read"))
        # whose it is reads all of it
        self.assertEqual(self.as_user(self.anna).x_link, "/x/key-of-a-customer")
        self.assertIn("x_link", self.views(self.anna)["views"]["form"]["arch"])

    def test_who_gave_it_away_does_not_stay_in_it_by_following(self):
        self.ward.message_subscribe(self.anna.partner_id.ids)
        self.make_request("transferred", self.ward, predecessor_follows=True)
        self.assertFalse(self.as_user(self.anna).has_access("read"))
        ward = self.ward = self.make_machine("x_ward")
        ward.write({"x_name": "Ward", "x_access_token": "key-of-a-customer"})
        self.make_request("transferred", ward, predecessor_access="keep")
        mine = self.as_user(self.anna)
        self.assertKeyless(self.anna)
        for partner in (self.anna | self.chen).partner_id:
            call_kw(mine, "message_subscribe", [mine.ids, partner.ids], {})
            self.assertNotIn(partner, ward.message_partner_ids)
