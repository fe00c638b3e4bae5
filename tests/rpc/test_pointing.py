"""Odoo's own tables that point at records: no way to ours for who cannot read them.

Generated from the registry: each model of ours is tried by itself, and each table that
points is on a reviewed list.
"""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from ..core.test_guarded_fields import REFUSALS, GuardCase
from ..everything import Everything
from ..house.test_reviewed import reviewed

# fields that hold the id of a record of any model, and which model it is
KINDS = ("many2one_reference", "reference")
NUMBERS = ("res_id", "parent_res_id", "embedded_parent_res_id")
MISSING = 2**31 - 7
# how a dialog ends that is for other models
BROKEN = (ValueError, LookupError, AttributeError, TypeError)


class TestPointing(Everything, GuardCase):
    SECONDS = 20

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_everything()
        # who reads nothing of it: without CRM, of another company, and a customer
        cls.strangers = (cls.employee, cls.foreigner, cls.portal)
        cls.rows = {
            name: row
            for name in sorted(cls.env["handover.pointing"]._handover_ours())
            if (row := cls.one_of(name))
        }

    @classmethod
    def one_of(cls, name):
        Model = cls.env[name].sudo()
        if Model._abstract or Model._transient:
            return None
        return Model.with_context(active_test=False).search([], order="id", limit=1)

    def hidden(self, user):
        """Yield a record of each model of ours that ``user`` cannot read."""
        self.env.invalidate_all()
        for row in self.rows.values():
            if not row.with_user(user).has_access("read"):
                yield row

    def pointers(self):
        """Yield ``(table, field with the model, field with the id)``."""
        pointing = self.env.registry["handover.pointing"]
        for name in sorted(self.env.registry):
            Model = self.env[name]
            if isinstance(Model, pointing) and not Model._abstract:
                for model_field, id_field in Model._handover_pointers:
                    yield Model, model_field, id_field

    def values(self, Model, record, **values):
        """What a row about ``record`` needs, for the superuser."""
        model = self.env["ir.model"]._get_id(record._name)
        needed = {
            "rating.rating": {"res_model_id": model, "rating": 5},
            "mail.message": {"model": record._name, "body": "x"},
            "mail.followers": {
                "res_model": record._name, "partner_id": self.portal.partner_id.id,
            },
            "mail.activity": {"res_model_id": model, "user_id": self.admin.id},
            "calendar.event": {
                "res_model_id": model, "name": "x",
                "start": "2099-01-01 08:00:00", "stop": "2099-01-01 09:00:00",
            },
            "mail.scheduled.message": {
                "model": record._name, "author_id": self.admin.partner_id.id,
                "scheduled_date": "2099-01-01 00:00:00", "body": "x",
            },
        }[Model._name]  # fmt: skip
        return {"res_id": record.id, **needed, **values}

    def make_row(self, Model, record):
        threads = ("mail.activity", "mail.scheduled.message")
        if Model._name in threads and not hasattr(record, "message_post"):
            return None
        return Model.sudo().create(self.values(Model, record))

    # ------------------------------------------------------------

    def test_each_table_that_points_is_reviewed(self):
        found = set()
        for name in self.env.registry:
            Model = self.env[name]
            if Model._abstract or not Model._auto or Model._transient:
                continue
            if (Model._original_module or "").startswith("crm_handover"):
                continue
            for field in Model._fields.values():
                if field.store and (
                    field.type in KINDS
                    or (field.type == "integer" and field.name in NUMBERS)
                ):
                    found.add(f"{name}.{field.name}")
        known = set(reviewed("pointing.txt"))
        self.assertFalse(sorted(found - known), "who reads rows about what is ours?")
        self.assertFalse(sorted(known - found), "listed, and not there any more")
        carrying = {f"{Model._name}.{id_}" for Model, _model, id_ in self.pointers()}
        said = reviewed("pointing.txt")
        said = {what for what, why in said.items() if "handover.pointing" in why}
        self.assertEqual(carrying, said | {"rating.rating.res_id"})

    def test_what_is_hidden_is_hidden_in_every_table(self):
        tables = {Model for Model, _model, _id in self.pointers()}
        # a meeting is its attendees'
        tables.discard(self.env["calendar.event"])
        self.assertGreater(len(tables), 4)
        for row in self.rows.values():
            for Model in tables:
                about = self.make_row(Model, row)
                if not about:
                    continue
                for user in self.strangers:
                    if row.with_user(user).has_access("read"):
                        continue
                    theirs = about.with_user(user)
                    with self.subTest(of=row._name, by=user.login, table=Model._name):
                        self.env.invalidate_all()
                        self.assertFalse(theirs.has_access("read"))
                        self.assertFalse(theirs.has_access("write"))
                        self.assertFalse(theirs.has_access("unlink"))
                        if Model.with_user(user).has_access("read"):
                            self.assertFalse(
                                Model.with_user(user).search([("id", "=", about.id)])
                            )
                            self.assertFalse(
                                Model.with_user(user).search_count(
                                    [("res_id", "=", row.id), ("id", "=", about.id)]
                                )
                            )
                about.unlink()

    def test_nobody_makes_a_row_about_what_is_hidden(self):
        tables = {Model for Model, _model, _id in self.pointers()}
        for user in (self.employee, self.foreigner):
            for row in self.hidden(user):
                if user == self.foreigner and row != self.rows["handover.request"]:
                    continue
                for Model in tables:
                    with self.subTest(of=row._name, by=user.login, table=Model._name):
                        with self.assertRefused(REFUSALS) as caught:
                            self.call(
                                user, Model._name, "create", [self.values(Model, row)]
                            )
                        self.assertNotIn(
                            row.sudo().display_name or "–", str(caught.exception)
                        )

    def test_nobody_points_a_row_at_what_is_hidden(self):
        """A row of one's own becomes one about what one cannot read."""
        user, mine = self.employee, self.employee.partner_id
        own = {
            "rating.rating": self.values(self.env["rating.rating"], mine),
            "mail.message": self.values(
                self.env["mail.message"], mine, author_id=mine.id
            ),
            "mail.activity": self.values(
                self.env["mail.activity"], mine, user_id=user.id
            ),
            "calendar.event": self.values(
                self.env["calendar.event"], mine, user_id=user.id
            ),
        }
        for table, values in own.items():
            about = self.env[table].with_user(user).sudo().create(values)
            for row in self.hidden(user):
                for model, id_ in about._handover_pointers:
                    base = (about._fields[model].related or "").partition(".")[0]
                    value = {
                        base: self.env["ir.model"]._get_id(row._name),
                        model: row._name,
                    }
                    for name in {base, model} - {""}:
                        with self.subTest(table=table, of=row._name, by=name):
                            vals = {id_: row.id, name: value[name]}
                            self.env.invalidate_all()
                            self.assertTrue(about.with_user(user).has_access("write"))
                            with self.assertRefused(REFUSALS) as caught:
                                self.call(user, table, "write", about.ids, vals)
                            self.assertNotIn(
                                row.sudo().display_name or "–", str(caught.exception)
                            )

    def test_an_unsaved_row_tells_no_name(self):
        """Each text that each table works out, for each model of ours."""
        tables = {Model for Model, _model, _id in self.pointers()}
        for user in (self.employee, self.admin):
            for row in self.rows.values():
                model = self.env["ir.model"]._get_id(row._name)
                values = {
                    "res_model_id": model, "res_model": row._name, "res_id": row.id,
                    "parent_res_model_id": model, "parent_res_id": row.id,
                    "parent_res_model": row._name, "model": row._name,
                }  # fmt: skip
                name = row.sudo().display_name or "–"
                for Model in tables:
                    Model = Model.with_user(user)
                    new = Model.new(
                        {k: v for k, v in values.items() if k in Model._fields}
                    )
                    for field in Model._fields.values():
                        if field.type != "char" or not field.compute:
                            continue
                        if not Model._has_field_access(field, "read"):
                            continue
                        with self.subTest(of=row._name, field=str(field)):
                            self.assertNotIn(name, new[field.name] or "")

    def dialogs(self):
        """Yield each dialog of others that names its record by text and number."""
        for name in sorted(self.env.registry):
            Model = self.env[name]
            ours = (Model._original_module or "").startswith("crm_handover")
            if not Model._transient or Model._abstract or ours:
                continue
            fields = Model._fields
            if {"res_model", "model", "resource_ref"} & fields.keys() and (
                {"res_id", "res_ids", "resource_ref"} & fields.keys()
            ):
                yield Model

    def named_in(self, Model, row):
        """Yield what a form sends that is about ``row``."""
        values = {
            "res_model": row._name, "model": row._name, "res_id": row.id,
            "res_ids": repr(row.ids), "resource_ref": f"{row._name},{row.id}",
            "composition_mode": "comment",
            "res_model_id": self.env["ir.model"]._get_id(row._name),
        }  # fmt: skip
        values = {k: v for k, v in values.items() if k in Model._fields}
        yield values
        if "plan_id" in Model._fields:
            plans = self.env["mail.activity.plan"].search(
                [("res_model", "=", "handover.request")]
            )
            yield from ({**values, "plan_id": plan.id} for plan in plans)

    def names_of(self, Model, deep=True):
        """Ask for every field, and for the name of whatever it names."""
        spec, name = {}, {"fields": {"display_name": {}}}
        for field in Model._fields.values():
            other = Model.env.get(field.comodel_name or "")
            closed = other is not None and not other.has_access("read")
            if Model._has_field_access(field, "read") and not closed:
                spec[field.name] = name if field.type.startswith("many2") else {}
                if field.type == "one2many":
                    lines = self.env[field.comodel_name].with_user(Model.env.user)
                    lines = self.names_of(lines, False) if deep else {}
                    spec[field.name] = {"fields": lines}
        return spec

    def answer(self, user, Model, values, **context):
        Model = Model.with_user(user)
        self.env.invalidate_all()
        with mute_logger("odoo.addons.base.models.ir_rule"), self.env.cr.savepoint():
            try:
                return str(self.call(
                    user, Model._name, "onchange", [], values, [*values],
                    self.names_of(Model), context=context,
                ))  # fmt: skip
            except (*REFUSALS, *BROKEN) as error:
                return str(error)

    def test_a_dialog_about_what_is_hidden_tells_nothing(self):
        """Of whatever add-on: neither what it is called nor whose it is."""
        dialogs = [*self.dialogs()]
        names = {Model._name for Model in dialogs}
        self.assertLessEqual(
            {"mail.activity.schedule", "mail.compose.message", "mail.followers.edit"},
            names,
        )
        people = ("predecessor_id", "successor_id", "approver_id")
        told = False
        for user in (self.employee, self.foreigner, self.approver):
            for row in self.rows.values():
                reads = row.with_user(user).has_access("read")
                if reads and row != self.rows["handover.request"]:
                    continue
                row = row.sudo()
                secrets = {row.display_name or "–"} | {
                    f"'{row[name].name}'"
                    for name in people
                    if name in row._fields and row[name]
                }
                for Model in dialogs:
                    for values in self.named_in(Model, row):
                        here = {"active_model": row._name, "active_id": row.id}
                        for context in ({}, {**here, "active_ids": row.ids}):
                            answer = self.answer(user, Model, values, **context)
                            found = {one for one in secrets if one in answer}
                            if found and not reads:
                                # words that are there whatever it is about
                                gone = row.browse(MISSING)
                                [empty, *_] = self.named_in(Model, gone)
                                empty = self.answer(user, Model, values | empty)
                                found = {one for one in found if one not in empty}
                            if reads:
                                told = told or bool(found & {"'Anna'", "'Bruno'"})
                                continue
                            with self.subTest(
                                of=row._name, by=user.login, dialog=Model._name
                            ):
                                self.assertFalse(found, answer)
        self.assertTrue(told, "whoever reads it is told who takes a step")

    def test_who_was_archived_hears_nothing_more(self):
        """Nobody has become a customer by that, nor hears of what they cannot read."""
        partner = self.chen.partner_id
        rows = [*self.requests.values(), *self.rows.values()]
        rows = [row for row in rows if hasattr(row, "message_post")]
        for row in rows:
            row.message_subscribe(partner.ids)
        customer = self.make("res.partner", name="Eva", email="eva@home.test")
        self.chen.active = False
        for row in rows:
            row.message_subscribe(customer.ids)
            with self.subTest(of=row._name, state=getattr(row, "state", "")):
                told = row.message_post(body="x", subtype_xmlid="mail.mt_comment")
                self.assertNotIn(partner, told.notified_partner_ids)
                self.assertIn(customer, told.notified_partner_ids)
        # whoever is named was named by somebody
        told = rows[0].message_post(body="x", partner_ids=partner.ids)
        self.assertIn(partner, told.notified_partner_ids)

    def test_what_waits_for_several_is_what_waits_for_each(self):
        """In each state, for each role: asked of all at once, or of one."""
        self.make_request(
            "transferred", self.make_lead(), by=self.leader,
            predecessor_id=False, source_team_id=self.team.id,
        )  # fmt: skip
        users = self.env["res.users"].search([])
        many = self.Request.sudo()._held_by(users)
        for user in users:
            one = self.Request.sudo().search(self.Request._held_handovers(user))
            self.assertEqual(many.get(user, set()), set(one.ids), user.name)
        self.assertGreater(len(many), 3)

    def test_followers_are_told_to_who_reads_the_record(self):
        for name, row in self.rows.items():
            if not hasattr(row, "message_get_followers"):
                continue
            row.message_subscribe(self.manager.partner_id.ids)
            for user in self.strangers:
                if not row.with_user(user).has_access("read"):
                    with (
                        self.subTest(of=name, by=user.login),
                        self.assertRefused(AccessError),
                    ):
                        self.call(user, name, "message_get_followers", row.ids)
            self.call(self.admin, name, "message_get_followers", row.ids)

    def test_files_of_what_is_hidden_are_hidden(self):
        """No file of a record that somebody cannot read, by whichever way."""
        files = self.env["ir.attachment"]
        for row in self.rows.values():
            about = {"res_model": row._name, "res_id": row.id}
            file = files.create({"name": "Secret.txt", "raw": b"Secret", **about})
            own = files.with_user(self.employee).create({"name": "Own", "raw": b"x"})
            for user in self.strangers:
                if row.with_user(user).has_access("read"):
                    continue
                with self.subTest(of=row._name, by=user.login):
                    self.env.invalidate_all()
                    here = [("id", "=", file.id)]
                    if user != self.portal:
                        found = self.call(user, files._name, "search_read", here)
                        self.assertFalse(found)
                        found = [*here, ("index_content", "ilike", "Secret")]
                        self.assertFalse(
                            self.call(user, files._name, "search_count", found)
                        )
                    for method, *args in (
                        ("read", file.ids, ["name"]),
                        ("export_data", file.ids, ["name"]),
                        ("write", file.ids, {"name": "x"}),
                        ("unlink", file.ids),
                        ("copy", file.ids), ("generate_access_token", file.ids),
                        ("create", [{"name": "x", "raw": b"x", **about}]),
                        ("write", own.ids, about),
                    ):  # fmt: skip
                        self.env.invalidate_all()
                        with self.assertRefused(REFUSALS):
                            self.call(user, files._name, method, *args)
            (file | own).unlink()

    def test_only_readers_are_told_on_the_bus(self):
        """Whatever happens to a handover: who is told of it reads it, by name."""
        sent = []

        def send(_bus, target, kind, message):
            target = target[0] if isinstance(target, tuple) else target
            reads = False
            if kind.startswith("handover."):
                partner = target._name == "res.partner"
                user = target.sudo().user_ids if partner else target
                record = self.env["handover.request"].browse(message["id"])
                reads = record._shows_to(user)
            sent.append((target, kind, message, reads))

        with patch.object(type(self.env["bus.bus"]), "_sendone", send):
            request = self.make_request(
                "transferred", self.make_lead(name="Secret"),
                coordinator_id=self.other.id,
            )  # fmt: skip
            request.with_user(self.bruno).action_confirm()
            request.with_user(self.leader).action_return()
            # who requested it moves to another company
            late = self.make_request("approved", by=self.leader)
            self.leader.write(
                {
                    "company_ids": [Command.set(self.abroad.ids)],
                    "company_id": self.abroad.id,
                }
            )
            late.with_user(self.approver).action_run()
        ours = [one for one in sent if one[1].startswith("handover.")]
        self.assertGreater(len(ours), 10)
        for target, kind, message, reads in ours:
            with self.subTest(kind=kind, target=str(target)):
                self.assertTrue(reads)
                self.assertNotIn("Secret", str(message))
        strangers = self.env["res.users"].union(*self.strangers)
        told = [target for target, *_rest in sent]
        for some in (*strangers, *strangers.partner_id):
            self.assertNotIn(some, told)

    def test_who_reads_a_record_goes_on(self):
        """What is about records of ours stays open to those who read them."""
        request = self.requests["approved"]
        message = request.message_post(body="Hello")
        followers = self.env["mail.followers"].with_user(self.anna)
        self.assertTrue(
            followers.search(
                [("res_model", "=", request._name), ("res_id", "=", request.id)]
            )
        )
        self.assertTrue(followers.search([]).filtered("res_id"))
        self.assertTrue(message.with_user(self.anna).has_access("read"))
        todo = self.make_todo(request.with_user(self.anna), self.anna)
        todo.with_user(self.anna).action_feedback()

    def test_a_handovers_plan_becomes_no_other_one(self):
        """What decides on the right to write is asked again when it was written."""
        plans = self.env["mail.activity.plan"]
        mine, foreign, shared = plans.create(
            [
                {
                    "name": "Mine", "res_model": "handover.request",
                    "company_id": self.company.id,
                },
                {
                    "name": "Foreign", "res_model": "handover.request",
                    "company_id": self.abroad.id,
                },
                {
                    "name": "Shared", "res_model": "handover.request",
                    "company_id": False,
                },
            ]
        )  # fmt: skip
        other = plans.create(
            {"name": "Other", "res_model": "crm.lead", "company_id": False}
        )
        steps = self.env["mail.activity.plan.template"]
        todo = self.env.ref("mail.mail_activity_data_todo").id
        values = {"activity_type_id": todo, "summary": "x"}
        step = steps.create({**values, "plan_id": mine.id})
        for plan in (other, foreign, shared):
            for method, args in (
                ("create", [[{**values, "plan_id": plan.id}]]),
                ("write", [step.ids, {"plan_id": plan.id}]),
            ):
                with self.assertRefused(REFUSALS):
                    self.call(self.manager, steps._name, method, *args)
            with self.assertRefused(REFUSALS):
                self.call(self.manager, plans._name, "write", plan.ids, {"name": "x"})
        for vals in (
            {"res_model": "crm.lead"},
            *({"company_id": id_} for id_ in (self.abroad.id, False)),
        ):
            with self.assertRefused(REFUSALS):
                self.call(self.manager, plans._name, "write", mine.ids, vals)
        self.call(self.manager, steps._name, "write", step.ids, {"summary": "y"})
        self.call(self.manager, plans._name, "write", mine.ids, {"name": "y"})
        self.check_topics(mine, other | foreign | shared)
        self.check_what_is_of_all(shared)

    def check_topics(self, mine, others):
        """What a plan trains is the managers' of its company as well."""
        topics = self.env["handover.topic"]
        topic = topics.create({"name": "Keys", "plan_id": mine.id})
        for plan in others:
            theirs = topics.create({"name": "Theirs", "plan_id": plan.id})
            for method, args in (
                ("create", [[{"name": "x", "plan_id": plan.id}]]),
                ("write", [topic.ids, {"plan_id": plan.id}]),
                ("write", [theirs.ids, {"name": "x"}]),
                ("unlink", [theirs.ids]),
            ):
                with self.subTest(plan=plan.name, method=method):
                    self.assertRefusedCall(self.manager, topics._name, method, *args)
        self.call(self.manager, topics._name, "write", topic.ids, {"name": "y"})

    def check_what_is_of_all(self, plan):
        """What belongs to no company is for who is in all of them to edit."""
        reason = self.env["handover.reason"].create({"name": "Shared"})
        template = self.env["handover.template"]
        shared = template.create({"name": "Shared", "company_id": False})
        mine = template.create({"name": "Mine", "company_id": self.company.id})
        theirs = {"template_id": shared.id, "role": "leader"}
        roles = self.env["handover.template.role"]
        calls = [
            (reason, "create", [[{"name": "x"}]]),
            (reason, "write", [reason.ids, {"plan_id": plan.id}]),
            (template, "create", [[{"name": "x", "company_id": False}]]),
            (template, "write", [shared.ids, {"name": "x"}]),
            (template, "write", [shared.ids, {"company_id": self.company.id}]),
            (template, "write", [mine.ids, {"company_id": False}]),
            (roles, "create", [[theirs]]),
            (reason, "unlink", [reason.ids]),
        ]
        for record, method, args in calls:
            with self.subTest(record._name, method=method, args=args):
                self.assertRefusedCall(self.manager, record._name, method, *args)
        for record in (reason, shared, plan):
            [row] = self.call(self.manager, record._name, "read", record.ids, ["name"])
            self.assertEqual(row["name"], "Shared")
        self.call(self.manager, template._name, "write", mine.ids, {"name": "y"})
        self.manager.company_ids = self.env["res.company"].search([])
        for record, method, args in calls:
            if (record, args[-1]) != (template, {"company_id": False}):
                with self.subTest(record._name, method=method, of_all=True):
                    self.call(self.manager, record._name, method, *args)

    def test_what_is_on_a_draft_goes_to_no_other_handover(self):
        """Each field of ours that people write and that names a handover."""
        draft = self.requests["draft"]
        foreign = self.make_request(
            by=self.other, records=self.make_lead(self.other),
            predecessor_id=self.other.id,
        )  # fmt: skip
        for name, row in self.rows.items():
            field = row._fields.get("request_id")
            if not field or not getattr(field, "content", False):
                continue
            mine = row.search([("request_id", "=", draft.id)], limit=1) or row
            with self.subTest(of=name), self.assertRefused(REFUSALS):
                self.call(
                    self.anna, name, "write", mine.ids, {"request_id": foreign.id}
                )

    def test_filters_for_others_are_the_managers(self):
        values = {"name": "Nothing", "domain": "[('id', '=', 0)]", "is_default": True}
        for name in ("handover.request", "handover.request.line"):
            for user in (self.employee, self.anna):
                for users in ([], [Command.set(self.manager.ids)]):
                    with self.assertRefused(AccessError):
                        self.call(
                            user, "ir.filters", "create",
                            [{**values, "model_id": name, "user_ids": users}],
                        )  # fmt: skip
            own = {**values, "model_id": name, "user_ids": [Command.set(self.anna.ids)]}
            [mine] = self.call(self.anna, "ir.filters", "create", [own])
            with self.assertRefused(AccessError):
                self.call(
                    self.anna, "ir.filters", "write", [mine],
                    {"user_ids": [Command.clear()]},
                )  # fmt: skip
            self.call(self.anna, "ir.filters", "unlink", [mine])
            self.call(
                self.manager, "ir.filters", "create", [{**values, "model_id": name}]
            )

    def test_buttons_on_lists_for_others_are_the_managers(self):
        lists = self.env["ir.actions.act_window"].search(
            [("res_model", "=", "handover.request")], limit=1
        )
        leads = self.env.ref("crm.crm_lead_action_pipeline")
        press = {"name": "Look", "python_method": "action_approve"}
        values = {
            **press, "parent_action_id": lists.id, "parent_res_model": lists.res_model,
        }  # fmt: skip
        for user in (self.employee, self.anna):
            for changed in (
                {}, {"user_id": self.manager.id},
                {"parent_action_id": leads.id}, {"parent_res_model": "crm.lead"},
            ):  # fmt: skip
                with self.subTest(by=user.login, changed=changed):
                    self.assertRefusedCall(
                        user, "ir.embedded.actions", "create", [values | changed]
                    )
        own = values | {"user_id": self.anna.id}
        [mine] = self.call(self.anna, "ir.embedded.actions", "create", [own])
        self.assertRefusedCall(
            self.anna, "ir.embedded.actions", "write", [mine], {"user_id": False}
        )
        [shared] = self.call(self.manager, "ir.embedded.actions", "create", [values])
        self.assertRefusedCall(
            self.anna, "ir.embedded.actions", "write", [shared], {"name": "x"}
        )
        # other lists are as they were
        other = {"parent_action_id": leads.id, "parent_res_model": "crm.lead"}
        self.call(self.anna, "ir.embedded.actions", "create", [values | other])

    # ------------------------------------------------------------
    # ALARMS
    # ------------------------------------------------------------

    def test_a_todo_that_looks_like_an_alarm_keeps_none_away(self):
        request = self.requests["running"]
        attention = self.env.ref("crm_handover.mail_activity_type_attention")
        user = request.sudo()._caretaker()
        values = {
            "res_model_id": self.env["ir.model"]._get_id(request._name),
            "res_id": request.id, "activity_type_id": attention.id,
            "user_id": user.id, "summary": "Look after what went wrong",
            "note": "<p>It broke.</p>", "automated": True,
        }  # fmt: skip
        with self.assertRefused(AccessError):
            self.call(self.anna, "mail.activity", "create", [values])
        planted = self.call(self.approver, "mail.activity", "create", [values])
        request._call_for_attention(lambda env: "It broke.")
        todos = self.env["mail.activity"].search(
            [
                ("res_model", "=", request._name), ("res_id", "=", request.id),
                ("activity_type_id", "=", attention.id),
            ]
        )  # fmt: skip
        self.assertEqual(len(todos - todos.browse(planted)), 1)
        request._end_attention(everything=True)
        self.assertEqual(todos.exists().ids, planted, "of others we end none")

    def test_a_todo_does_not_become_one_that_looks_like_an_alarm(self):
        request = self.requests["running"]
        attention = self.env.ref("crm_handover.mail_activity_type_attention")
        theirs = {"activity_type_id": attention.id, "user_id": self.leader.id}
        for user in (self.anna, self.bruno):
            todo = self.make_todo(request, user)
            # it is theirs to pass on, to type and to end, but to call others by
            self.call(user, "mail.activity", "write", todo.ids, {"summary": "x"})
            with self.assertRefused(AccessError):
                self.call(user, "mail.activity", "write", todo.ids, theirs)
            own = {"activity_type_id": attention.id}
            self.call(user, "mail.activity", "write", todo.ids, own)
            with self.assertRefused(AccessError):
                self.call(
                    user, "mail.activity", "write", todo.ids,
                    {"user_id": self.leader.id},
                )  # fmt: skip
        plain = self.make_todo(request, self.anna)
        away = {"user_id": self.leader.id}
        self.call(self.anna, "mail.activity", "write", plain.ids, away)
        self.assertEqual(plain.user_id, self.leader)

    def test_nobody_says_that_a_todo_is_the_handovers(self):
        request = self.requests["running"]
        todo = self.make_todo(request, self.anna)
        for user in (self.anna, self.admin):
            with self.assertRefused(AccessError):
                self.call(
                    user, "mail.activity", "write", todo.ids, {"handover_made": True}
                )
        values = {
            "res_model_id": self.env["ir.model"]._get_id(request._name),
            "res_id": request.id, "user_id": self.anna.id,
        }  # fmt: skip
        for vals, context in (
            ({**values, "handover_made": True}, {}),
            (values, {"default_handover_made": True}),
        ):
            with self.assertRefused(AccessError):
                self.call(self.anna, "mail.activity", "create", [vals], context=context)

    def test_an_alarm_is_ended_by_whoever_has_it(self):
        request = self.requests["running"]
        request._call_for_attention(lambda env: "It broke.")
        alarm = request._todos("crm_handover.mail_activity_type_attention")
        for user in (self.anna, self.bruno):
            self.assertNotEqual(user, alarm.user_id)
            for method, args in (
                ("unlink", []), ("write", [{"user_id": user.id}]),
                ("write", [{"note": "x"}]), ("action_feedback", []),
            ):  # fmt: skip
                with self.assertRefused(AccessError):
                    self.call(user, "mail.activity", method, alarm.ids, *args)
            # they do not see it
            self.call(
                user, request._name, "activity_unlink", request.ids,
                ["crm_handover.mail_activity_type_attention"],
            )  # fmt: skip
            self.assertTrue(alarm.exists())
        self.call(alarm.user_id, "mail.activity", "action_feedback", alarm.ids)
