"""What belongs to people who left or are leaving, wherever a field names them."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.crm_handover_radar.models import (
    handover_radar_field,
    handover_radar_size,
)

from ..common import HandoverCommon


class TestRadar(HandoverCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.make_user(
            "boss",
            "base.group_system,sales_team.group_sale_manager,"
            "project.group_project_manager",
        )
        cls.leads = cls.make_lead() | cls.make_lead()
        cls.project.user_id = cls.anna

    def scan(self, user, *people):
        ids = [person.id for person in people]
        rows = self.env["handover.radar"].with_user(user).scan(ids or False)
        return {
            (row["user_id"], row["model"], row["field"]): row
            for row in rows
            if not people or row["user_id"] in ids
        }

    def found(self, user, *people):
        return {key[1:]: row["count"] for key, row in self.scan(user, *people).items()}

    def leave(self, user):
        user.with_user(self.boss).write({"active": False})
        self.env.invalidate_all()

    def test_who_left_is_found_by_itself(self):
        before = self.scan(self.boss)
        self.assertNotIn((self.anna.id, "crm.lead", "user_id"), before)
        self.leave(self.anna)
        row = self.scan(self.boss)[self.anna.id, "crm.lead", "user_id"]
        self.assertEqual((row["count"], row["handover"]), (2, True))
        self.assertEqual(row["since"], fields.Date.to_string(fields.Date.today()))

    def test_who_is_leaving_is_found_until_it_is_over(self):
        request = self.make_request("submitted", self.leads)
        key = self.anna.id, "crm.lead", "user_id"
        self.assertIn(key, self.scan(self.boss))
        later = fields.Datetime.add(fields.Datetime.now(), days=9)
        self.make_request("submitted", self.make_lead(self.chen), self.manager,
                          predecessor_id=self.chen.id, kind="temporary",
                          date_return=later)  # fmt: skip
        self.assertNotIn((self.chen.id, "crm.lead", "user_id"), self.scan(self.boss))
        request.with_user(self.anna).action_draft()
        self.assertNotIn(key, self.scan(self.boss))

    def test_who_never_logged_in_is_found_after_a_while(self):
        lead = self.make_lead(self.chen)
        key = self.chen.id, "crm.lead", "user_id"
        self.assertNotIn(key, self.scan(self.boss))
        self.env.cr.execute(
            "UPDATE res_users SET create_date = '2026-01-02' WHERE id = %s",
            [self.chen.id],
        )
        self.env.invalidate_all()
        row = self.scan(self.boss)[key]
        self.assertEqual((row["count"], row["since"]), (1, "2026-01-02"))
        self.env["handover.radar"].with_user(self.boss).action_open()
        rows = self.env["handover.radar.row"].with_user(self.boss)
        found = rows.search([("user_id", "=", self.chen.id)])
        self.assertEqual(set(found.mapped("situation")), {"absent"})
        self.env["res.users.log"].with_user(self.chen).sudo().create({})
        self.env.invalidate_all()
        self.assertNotIn(key, self.scan(self.boss))
        self.assertOwner(lead, self.chen)

    def test_every_field_of_any_add_on_and_what_is_written(self):
        task = self.make_task(self.anna, self.chen)
        self.make_todo(task, self.anna)
        self.make_meeting(self.make_lead(self.chen), self.anna)
        self.env["ir.cron"].create(
            {"name": "Nightly", "model_id": self.env["ir.model"]._get_id("crm.lead"),
             "user_id": self.anna.id, "state": "code", "code": "True"}
        )  # fmt: skip
        led = self.make_team("Led", self.anna)
        led.alias_defaults = repr({"user_id": self.anna.id})
        self.env["ir.default"].set("crm.lead", "user_id", self.anna.id)
        self.env["ir.filters"].create(
            {"name": "Anna's", "model_id": "crm.lead",
             "domain": f"[('user_id', '=', {self.anna.id})]",
             "context": f"{{'default_user_id': {self.anna.id}}}"}
        )  # fmt: skip
        self.make("crm.lead", name="For her", partner_id=self.anna.partner_id.id)
        self.env["ir.default"].set("crm.lead", "partner_id", self.anna.partner_id.id)
        domain = f"[('user_id', '=', {self.anna.id})]"
        led.assignment_domain = domain
        self.env["crm.team.member"].create(
            {"crm_team_id": led.id, "user_id": self.chen.id,
             "assignment_domain": domain}
        )  # fmt: skip
        found = self.found(self.boss, self.anna)
        for key, count in {
            ("crm.lead", "user_id"): 2, ("project.task", "user_ids"): 1,
            ("project.project", "user_id"): 1, ("mail.activity", "user_id"): 1,
            ("calendar.event", "user_id"): 1, ("ir.cron", "user_id"): 1,
            ("crm.team", "user_id"): 1, ("mail.alias", "alias_defaults"): 1,
            ("ir.default", "json_value"): 2, ("ir.filters", "domain"): 1,
            ("ir.filters", "context"): 1,
            ("crm.lead", "partner_id"): 1, ("crm.team", "assignment_domain"): 1,
            ("crm.team.member", "assignment_domain"): 1,
        }.items():  # fmt: skip
            with self.subTest(field=key):
                self.assertGreaterEqual(found.get(key, 0), count)
        self.assertNotIn(("crm.lead", "create_uid"), found)

    def test_a_domain_names_people_by_whatever_field(self):
        """As users or as contacts, on whichever way; and what opens a list as well."""
        anna, contact = self.anna.id, self.anna.partner_id.id
        radar = self.env["handover.radar"].sudo()
        leads = {
            "contact": f"[('partner_id', '=', {contact})]",
            "user of a contact": f"[('partner_id.user_id', 'in', [{anna}])]",
            "contact of a user": f"[('user_id.partner_id.id', '=', {contact})]",
            "within another": f"[('partner_id', 'any', [('user_id', '=', {anna})])]",
        }
        nobody = {
            # a number that is nobody's id there
            "stage": f"[('stage_id', '=', {anna})]",
            "name": f"[('name', 'in', ['user_id', {anna}])]",
            "computed": "[('user_id', '=', uid)]",
            "broken": "[('user_id', '=',",
        }
        filters = self.env["ir.filters"].create(
            [
                {"name": name, "model_id": "crm.lead", "domain": domain}
                for name, domain in (leads | nobody).items()
            ]
        )
        window = self.env["ir.actions.act_window"].create(
            {"name": "Hers", "res_model": "res.company",
             "domain": f"[('user_ids', '=', {anna})]"}
        )  # fmt: skip
        embedded = self.env["ir.embedded.actions"].create(
            {"name": "Hers", "parent_res_model": "res.company",
             "parent_action_id": window.id, "action_id": window.id,
             "domain": f"[('user_ids', '=', {anna})]"}
        )  # fmt: skip
        model_id = self.env["ir.model"]._get_id("crm.lead")
        rule = self.env["ir.rule"].create(
            {"name": "Hers", "model_id": model_id,
             "domain_force": f"[('partner_id', '=', {contact})]"}
        )  # fmt: skip
        to = "{{ object.partner_id.id }}, %s"
        template, other = self.env["mail.template"].create(
            [
                {"name": "To", "model_id": model_id, "partner_to": to % id_}
                for id_ in (contact, f"1{contact}")
            ]
        )
        owner = self.env["ir.model.fields"]._get("crm.lead", "user_id")
        # a field's domain is about what it names
        own = self.env["ir.model.fields"]._get("res.partner", "user_id").sudo()
        self.assertEqual(radar._model_of_domain(own)._name, "res.users")
        equation, chosen = self.env["ir.actions.server"].create(
            [
                {"name": "Set", "model_id": model_id, "state": "object_write",
                 "update_path": "user_id", "update_field_id": owner.id, **values}
                for values in (
                    {"evaluation_type": "equation", "value": str(anna)},
                    {"evaluation_type": "value",
                     "resource_ref": f"res.users,{anna}"},
                )
            ]
        )  # fmt: skip
        team = self.make_team("Written To", self.leader)
        team.alias_defaults = repr({"partner_id": contact})
        written = radar._written(self.anna)
        fields_ = {(one.model_name, one.name) for one in radar._fields_of_users()}
        found = {(record, name) for _user, record, name in written}
        named = {one for one, _name in found if one._name == "ir.filters"}
        self.assertEqual({one.name for one in named & {*filters}}, {*leads})
        for one, name in (
            (window, "domain"), (embedded, "domain"), (rule, "domain_force"),
            (template, "partner_to"), (equation, "value"),
        ):  # fmt: skip
            self.assertIn((one, name), found)
            self.assertIn((one._name, name), radar._written_fields())
        self.assertFalse({one for one, _name in found} & {other, chosen})
        self.assertIn(("ir.actions.server", "resource_ref"), fields_)
        self.assertIn((team.alias_id, "alias_defaults"), found)

    def test_what_others_add_to_the_talk_of_odoo_is_looked_at(self):
        author = self.env["mail.message"]._fields["author_id"]
        parent = self.env["res.partner"]._fields["parent_id"]
        radar = self.env["handover.radar"]
        for field in (author, parent):
            self.assertFalse(radar._names_a_user(field))
        path = "odoo.addons.crm_handover_radar.models.handover_radar_field.is_odoos"
        with patch(path, lambda module: module != "mail"):
            self.assertTrue(radar._names_a_user(author))
            self.assertFalse(radar._names_a_user(parent))
        for module, own in {
            "mail": True, "base": True, "crm_handover": False, "none": False, "": False,
        }.items():  # fmt: skip
            self.assertIs(handover_radar_field.is_odoos(module), own, module)

    def test_properties_name_people_too(self):
        team = self.make_team("Partners", self.leader)
        team.lead_properties_definition = [
            {"name": name, "string": name, "type": kind, "comodel": comodel}
            for name, kind, comodel in (
                ("engineer", "many2one", "res.users"),
                ("helpers", "many2many", "res.users"),
                ("contact", "many2one", "res.partner"),
            )
        ]
        for values in (
            {"engineer": self.anna.id}, {"helpers": [self.bruno.id, self.anna.id]},
            {"contact": self.anna.partner_id.id}, {"engineer": self.bruno.id},
        ):  # fmt: skip
            lead = self.make_lead(self.chen, team_id=team.id)
            lead.lead_properties = values
        # of what is no kind of record as well
        category = self.env["product.category"].create(
            {"name": "Pumps", "product_properties_definition": [
                {"name": "keeper", "string": "Keeper", "type": "many2one",
                 "comodel": "res.users"},
            ]}
        )  # fmt: skip
        self.env["product.template"].create(
            {"name": "Pump", "categ_id": category.id,
             "product_properties": {"keeper": self.anna.id}}
        )  # fmt: skip
        self.env.flush_all()
        rows = self.scan(self.boss, self.anna, self.bruno)
        keeper = rows[self.anna.id, "product.template", "product_properties"]
        self.assertEqual(keeper["count"], 1)
        key = "crm.lead", "lead_properties"
        self.assertEqual(rows[(self.anna.id, *key)]["count"], 3)
        self.assertEqual(rows[(self.bruno.id, *key)]["count"], 2)

    def make_fields(self, model, **fields_):
        model_id = self.env["ir.model"]._get_id(model)
        self.env["ir.model.fields"].create(
            [
                {"name": name, "field_description": name, "model_id": model_id,
                 **values}
                for name, values in fields_.items()
            ]
        )  # fmt: skip
        self.addCleanup(self.registry.reset_changes)

    def opened(self, user, model, name):
        """The records that the list of what was found opens."""
        rows = self.env["handover.radar.row"].with_user(self.boss).search(
            [("user_id", "=", user.id), ("model", "=", model), ("field", "=", name)]
        )  # fmt: skip
        return self.env[model].search(rows.action_open_records()["domain"])

    def test_who_left_is_named_by_fields_of_every_kind(self):
        user = {"ttype": "many2one", "relation": "res.users"}
        self.make_fields(
            "crm.lead",
            x_expert={"ttype": "reference",
                      "selection": "[('res.users', 'U'), ('crm.lead', 'L')]"},
            x_buyer={**user, "company_dependent": True},
            x_about={"ttype": "char"},
            x_helpers={"ttype": "many2many", "relation": "res.users"},
        )  # fmt: skip
        # fields by hand on models that Odoo itself fills with people
        self.make_fields("res.company", x_auditor=user)
        self.make_fields(
            "res.partner", x_agent={"ttype": "many2one", "relation": "res.partner"}
        )
        self.boss.company_ids |= self.abroad | self.company
        first, second = self.leads
        first.x_expert, second.x_expert = self.anna, first
        first.x_helpers = second.x_helpers = self.anna | self.bruno
        first.with_company(self.abroad).x_buyer = self.anna
        for company in self.abroad | self.company:
            second.with_company(company).x_buyer = self.anna
        self.abroad.sudo().x_auditor = self.anna
        self.make_customer(x_agent=self.anna.partner_id.id)
        task = self.make_task(self.anna)
        task.user_ids |= self.bruno
        day = fields.Date.today()
        self.env["handover.deputy"].create(
            [{"user_id": self.anna.id, "deputy_id": self.approver.id,
              "date_from": day, "date_to": day},
             {"user_id": self.anna.id, "deputy_id": self.approver.id,
              "date_from": "2020-01-01", "date_to": "2020-01-02"}]
        )  # fmt: skip
        self.boss.group_ids |= self.env.ref("crm_handover.group_handover_manager")
        self.leave(self.anna)
        found = self.found(self.boss, self.anna)
        told = {
            ("crm.lead", "x_expert"): 1, ("crm.lead", "x_helpers"): 2,
            ("crm.lead", "x_buyer"): 2, ("res.company", "x_auditor"): 1,
            ("res.partner", "x_agent"): 1, ("project.task", "user_ids"): 1,
            ("handover.deputy", "user_id"): 1,
        }  # fmt: skip
        self.assertEqual({key: found.get(key) for key in told}, told)
        # what everybody has, or is, and what is over
        for key in (("res.company", "user_ids"), ("res.groups", "user_ids"),
                    ("res.users", "partner_id"), ("crm.lead", "x_about")):  # fmt: skip
            self.assertNotIn(key, found)
        self.env["handover.radar"].with_user(self.boss).action_open()
        for name in ("x_helpers", "x_buyer"):
            self.assertEqual(self.opened(self.anna, "crm.lead", name), self.leads)
        self.assertEqual(self.opened(self.anna, "crm.lead", "x_expert"), first)
        # a field that names records of any model, beside the name of the model
        Radar, Model = self.env["handover.radar"], self.env["ir.attachment"]
        field = Model._fields["res_id"]
        self.assertEqual(Radar._people_of(field), [], "that is what it is about")
        with patch.object(handover_radar_field, "ABOUT", "another"):
            one, other = Model.create(
                [{"name": "File", "res_model": record._name, "res_id": record.id}
                 for record in (self.bruno, self.anna.partner_id)]
            )  # fmt: skip
            named = Radar._named_by(field, self.bruno | self.anna, None)
            self.assertEqual(dict(named), {self.bruno: 1, self.anna: 1})
            for user, file in ((self.bruno, one), (self.anna, other)):
                domain = Radar._naming_domain(field, user)
                self.assertEqual(Model.search(domain), file)
            # what only Odoo can work out is not in the database
            with patch.object(Model._fields[field.model_field], "store", False):
                self.assertEqual(Radar._people_of(field), [])

    def test_what_is_open_is_told_with_its_worth(self):
        won = self.make_lead(self.anna, expected_revenue=500)
        won.action_set_won()
        self.leads.expected_revenue = 100
        hidden = self.make_team("Other", self.other)
        self.make_lead(self.anna, expected_revenue=1000, team_id=hidden.id)
        row = self.scan(self.boss, self.anna)[self.anna.id, "crm.lead", "user_id"]
        self.assertEqual((row["count"], row["value"]), (4, 1200))
        self.assertFalse(row["estimated"])
        self.leave(self.anna)
        self.env["handover.radar"].with_user(self.boss).action_open()
        rows = self.env["handover.radar.row"].with_user(self.boss)
        row = rows.search(
            [("user_id", "=", self.anna.id), ("model", "=", "crm.lead"),
             ("field", "=", "user_id")]
        )  # fmt: skip
        self.assertEqual((row.value, row.currency_id),
                         (1200, self.boss.company_id.currency_id))  # fmt: skip

    def test_of_large_tables_without_an_index_a_part_is_looked_at(self):
        Radar = self.env["handover.radar"]
        fields_ = [
            self.env["crm.lead"]._fields["user_id"],
            self.env["project.project"]._fields["user_id"],
            self.env["project.task"]._fields["user_ids"],
            self.env["calendar.event"]._fields["user_id"],
        ]
        self.assertFalse(Radar._sampled(fields_))
        with patch.object(handover_radar_size, "LARGE", -1):
            # of these, only what leads a project has no index
            self.assertEqual(set(Radar._sampled(fields_)), {fields_[1]})
        self.env.cr.execute("ANALYZE project_project")
        with (
            patch.object(handover_radar_size, "LARGE", 0),
            patch.object(handover_radar_size, "SAMPLE", 10**6),
        ):
            [sample] = Radar._sampled(fields_).values()
            # there is not more than all of it
            sample = sample._replace(percent=100)
            with patch.object(
                type(Radar), "_sampled", lambda _self, found: {
                    field: sample for field in found if field == fields_[1]
                }
            ):  # fmt: skip
                rows = self.scan(self.boss, self.anna)
        row = rows[self.anna.id, "project.project", "user_id"]
        self.assertEqual((row["count"], row["estimated"]), (1, True))
        self.assertEqual(sample._replace(percent=5).scaled(3), 60)

    def test_what_a_large_table_is_worth_is_worked_out_as_well(self):
        """From the same part of it as the number, and so is who owns any of it."""

        class Half(handover_radar_size.Sample):
            def scaled(self, count):
                return 2 * count

        self.make_lead(self.portal)
        self.leads.expected_revenue = 100
        owner = self.env["crm.lead"]._fields["user_id"]
        sampled = {owner: Half("crm_lead", 100)}
        plain = self.scan(self.boss, self.anna)[self.anna.id, "crm.lead", "user_id"]
        with patch.object(
            type(self.env["handover.radar"]), "_sampled",
            lambda _self, found: {f: s for f, s in sampled.items() if f in found},
        ):  # fmt: skip
            row = self.scan(self.boss, self.anna)[self.anna.id, "crm.lead", "user_id"]
            self.assertIn((self.portal.id, "crm.lead", "user_id"), self.scan(self.boss))
        self.assertTrue(row["estimated"])
        self.assertEqual(row["value"], 2 * plain["value"])
        self.assertEqual(row["count"], 2 * plain["count"])
        self.assertTrue(row["value"])

    def test_a_user_of_the_portal_who_owns_records_is_found(self):
        self.make_lead(self.portal)
        row = self.scan(self.boss)[self.portal.id, "crm.lead", "user_id"]
        self.assertEqual((row["count"], row["handover"]), (1, True))
        self.assertTrue(self.scan(self.boss, self.portal))
        with self.assertRefused(UserError, "Say whose work"):
            self.scan(self.alldocs, self.portal)
        self.env["handover.radar"].with_user(self.boss).action_open()
        rows = self.env["handover.radar.row"].with_user(self.boss)
        found = rows.search([("user_id", "=", self.portal.id)])
        self.assertEqual(set(found.mapped("situation")), {"shared"})

    def test_counts_are_those_of_the_database(self):
        """Of each field that is one column, for who reads everything."""
        self.boss.company_ids |= self.abroad
        self.boss.group_ids |= self.env.ref("base.group_erp_manager")
        self.env.flush_all()
        for (model, name), count in self.found(self.boss, self.anna).items():
            Model = self.env[model]
            field = Model._fields[name]
            plain = field.type == "many2one" and not field.company_dependent
            if not plain or field.comodel_name != "res.users":
                continue
            active = SQL(" AND active") if "active" in Model._fields else SQL()
            self.env.cr.execute(
                SQL("SELECT count(*) FROM %s WHERE %s = %s%s",
                    SQL.identifier(Model._table), SQL.identifier(name),
                    self.anna.id, active)
            )  # fmt: skip
            self.assertEqual(self.env.cr.fetchone()[0], count, (model, name))

    def test_figures_are_of_what_the_caller_may_read(self):
        self.make_lead(self.anna, team_id=self.make_team("Other", self.other).id)
        self.leave(self.anna)
        self.assertEqual(self.found(self.boss, self.anna)["crm.lead", "user_id"], 3)
        # the leader reads what they are let to, and no technical models
        found = self.found(self.leader, self.anna)
        readable = (
            self.env["crm.lead"]
            .with_user(self.leader)
            .search_count([("user_id", "=", self.anna.id)])
        )
        self.assertEqual(found.get(("crm.lead", "user_id"), 0), readable)
        self.assertNotIn(("ir.cron", "user_id"), found)

    def test_who_may_ask(self):
        self.leave(self.anna)
        for user in (self.other, self.alldocs, self.projectuser, self.foreigner):
            with self.assertRefused(AccessError):
                self.scan(user, self.anna)
            self.assertFalse([key for key in self.scan(user) if key[0] == self.anna.id])
        for user in (self.employee, self.portal):
            with self.assertRefused(AccessError):
                self.scan(user)
        self.assertTrue(self.scan(self.chen, self.chen) is not None)

    def test_wrong_arguments_are_named(self):
        radar = self.env["handover.radar"].with_user(self.boss)
        for ids in ("1", 3, [0], [True], ["x"], [2**40], {"a": 1}, [[1]]):
            with self.subTest(ids=ids), self.assertRefused(UserError):
                radar.scan(ids)
        with self.assertRefused(UserError, "Say whose work"):
            radar.scan([2**30])

    def test_the_list_opens_records_and_the_handover(self):
        self.leave(self.anna)
        action = self.env["handover.radar"].with_user(self.boss).action_open()
        rows = self.env["handover.radar.row"].with_user(self.boss)
        rows = rows.search(action["domain"])
        row = rows.filtered(lambda r: (r.model, r.field) == ("crm.lead", "user_id"))
        row = row.filtered(lambda r: r.user_id == self.anna)
        self.assertRecordValues(
            row, [{"situation": "left", "handover": True, "named_as": "Salesperson"}]
        )
        opened = row.action_open_records()
        self.assertEqual(
            self.env[opened["res_model"]].search(opened["domain"]), self.leads
        )
        prepare = row.action_hand_over()
        self.assertEqual(prepare["context"]["default_predecessor_id"], self.anna.id)
        with self.assertRefused(AccessError):
            row.with_user(self.leader).action_open_records()

    def test_administrators_mute_what_nobody_minds(self):
        self.leave(self.anna)
        self.env["handover.radar"].with_user(self.boss).action_open()
        rows = self.env["handover.radar.row"].with_user(self.boss).search([])
        row = rows.filtered(lambda r: r.model == "project.project")[:1]
        self.assertIs(row.action_mute(), True)
        self.assertNotIn(
            ("project.project", "user_id"), self.found(self.boss, self.anna)
        )
        # contacts and texts as well
        self.make("crm.lead", name="For her", partner_id=self.anna.partner_id.id)
        self.env["ir.default"].set("crm.lead", "user_id", self.anna.id)
        keys = {("crm.lead", "partner_id"), ("ir.default", "json_value")}
        self.assertTrue(keys <= self.found(self.boss, self.anna).keys())
        self.env["handover.radar"].with_user(self.boss).action_open()
        rows = self.env["handover.radar.row"].with_user(self.boss).search([])
        rows = rows.filtered(lambda row: (row.model, row.field) in keys)
        self.assertIs(rows.action_mute(), True)
        self.assertIs(rows.action_mute(), True)
        self.assertFalse(keys & self.found(self.boss, self.anna).keys())
        muted = self.env["handover.radar.muted"]
        chosen = muted.search([]).field_id
        self.assertEqual(chosen.filtered_domain(muted._muted_domain()), chosen)
        with self.assertRefused(AccessError):
            self.env["handover.radar.muted"].with_user(self.manager).create(
                {"field_id": self.env["ir.model.fields"]._get("crm.lead", "user_id").id}
            )

    def test_who_came_back_is_not_found(self):
        self.leave(self.anna)
        self.anna.active = True
        self.assertFalse(self.anna.handover_left_on)
        self.assertFalse(
            [key for key in self.scan(self.boss) if key[0] == self.anna.id]
        )

    def test_ten_times_the_people_take_no_more_queries(self):
        def cost(name, count):
            users = self.make_users(
                {f"{name}{n}": "base.group_user" for n in range(count)}
            )
            for user in users:
                self.make_lead(user)
            users.active = False
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.assertEqual(len(self.scan(self.boss, *users)), count)
            return self.env.cr.sql_log_count - start

        cost("first", 2)
        # nothing is asked of each by themselves
        self.assertLess(cost("many", 20) - cost("few", 2), 18)

    def test_the_list_of_many_takes_no_more_queries(self):
        def cost(name, count):
            users = self.make_users(
                {f"{name}{n}": "base.group_user" for n in range(count)}
            )
            for user in users:
                self.make_lead(user)
            users.active = False
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            action = self.env["handover.radar"].with_user(self.boss).action_open()
            rows = self.env["handover.radar.row"].with_user(self.boss)
            names = ["what", "named_as", "who_changes", "value"]
            rows.search(action["domain"]).read(names)
            return self.env.cr.sql_log_count - start

        cost("first", 2)
        self.assertLess(cost("many", 20) - cost("few", 2), 18)
