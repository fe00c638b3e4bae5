"""Any model can be handed over, whatever it has and has not: no name, no company …"""

from types import SimpleNamespace
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.crm_handover.day_texts import day_text
from odoo.addons.crm_handover.models import handover_no_work

from ..machines import OWNER, SHAPES, MachineCase
from ..ways import DIALOG, WholeWay


class TestAnyModel(MachineCase):
    def test_it_goes_all_the_way_and_back(self):
        for model in SHAPES:
            with self.subTest(model):
                record = self.make_machine(model)
                request = self.make_request("approved", record)
                self.assertTrue(request.with_user(self.anna).preflight()["ok"])
                request.with_user(self.approver).action_run()
                self.assertEqual(self.owners(record), self.bruno)
                self.assertEqual(self.codes(request), {record: "done"})
                action = request.with_user(self.bruno).line_ids.action_open_record()
                self.assertEqual(action["res_id"], record.id)
                request.with_user(self.approver).action_return()
                self.assertEqual(self.owners(record), self.anna)
                self.assertEqual(request.state, "returned")
                self.assertTrue(request.verify()["ok"])

    def test_what_changed_since_is_not_given_back_and_says_by_whom(self):
        for model in SHAPES:
            with self.subTest(model):
                record = self.make_machine(model)
                request = self.make_request("transferred", record)
                owner = self.kinds[model].owner_field_id.name
                many = record._fields[owner].type == "many2many"
                record.with_user(self.chen)[owner] = self.chen if many else self.chen.id
                request.with_user(self.approver).action_return()
                self.assertEqual(self.owners(record), self.chen)
                self.assertEqual(self.codes(request), {record: "changed_since"})
                told = request.line_ids.result_message
                self.assertIn(self.chen.name, told)
                # where the handover is, whatever the day is here
                day = request._day(fields.Datetime.now())
                self.assertIn(day_text(self.env, day), told)

    def test_who_changed_what_since_is_asked_of_all_records_at_once(self):
        engine = self.env["handover.engine"]
        leads = self.make_lead() + self.make_lead() + self.make_lead()
        field = self.env["handover.scope"]._of_model("crm.lead").owner_field_id
        leads[:2].with_user(self.alldocs).write({"user_id": self.chen.id})
        self.env.flush_all()
        Tracking = self.env.registry["mail.tracking.value"]
        search = patch.object(Tracking, "search", autospec=True, wraps=Tracking.search)
        with search as asked:
            last = engine._last_changes(leads, field)
        self.assertEqual(asked.call_count, 1)
        self.assertEqual({last[id_][0].name for id_ in leads[:2].ids}, {"Alldocs"})

    def test_everything_that_somebody_has_is_collected(self):
        records = [self.make_machine(model) for model in SHAPES]
        self.make_machine("x_machine", self.other)
        request = self.make_request(records=[])
        request.with_user(self.anna).action_collect()
        found = request.line_ids.filtered(lambda line: line.res_model in SHAPES)
        self.assertEqual(
            sorted(found.mapped(lambda line: (line.res_model, line.res_id))),
            sorted((record._name, record.id) for record in records),
        )

    def test_what_is_archived_is_closed_under_whichever_name(self):
        kept, old = (self.make_machine("x_contract") for _n in range(2))
        old.x_active = False
        self.env.flush_all()
        held = self.Request.with_user(self.anna).get_leftovers(self.anna.id)
        self.assertEqual(held["records"]["x_contract"], 1)
        request = self.make_request(records=False).with_user(self.anna)
        request.action_collect(self.kinds["x_contract"].ids)
        self.assertEqual(request.line_ids.res_id, kept.id)
        # somebody adds it all the same: then the check says how it was closed
        request.add_records("x_contract", old.ids)
        [closed] = [
            one for one in request.preflight()["findings"] if one["res_id"] == old.id
        ]
        self.assertIn("archived", closed["message"])

    def test_customer_stage_and_value_are_known_by_the_names_that_fields_have(self):
        record, customer = self.make_machine("x_contract"), self.make_customer()
        contact = self.make("res.partner", name="Contact", parent_id=customer.id)
        euro = self.env.ref("base.EUR")
        record.write(
            {
                "x_studio_partner_id": contact.id, "x_studio_status": "signed",
                "x_currency_id": euro.id, "x_studio_value": 1200,
            }
        )  # fmt: skip
        self.env.flush_all()
        request = self.make_request(records=record).with_user(self.anna)
        self.assertEqual(request.line_ids.sudo().customer_id, customer)
        self.assertEqual(request.line_ids.stage, "Signed")
        kind = self.kinds["x_contract"]
        self.assertEqual(kind._fact_field("amount").name, "x_studio_value")
        self.assertEqual(kind._fact_field("currency").name, "x_currency_id")
        self.assertFalse(self.kinds["x_machine"]._handler()._handover_facts)
        told = kind.with_user(self.admin).action_check_kind()["params"]["message"]
        self.assertIn("Lists and cards show of their fields: A field, A field", told)
        place = {
            "name": "x_state_id", "ttype": "many2one",
            "relation": "res.country.state", "field_description": "Place",
        }  # fmt: skip
        self.env["ir.model.fields"].create(
            {"model_id": self.kinds["x_tool"].model_id.id, **place}
        )
        self.assertFalse(self.kinds["x_tool"]._handler()._handover_facts)

    def test_every_field_of_its_line_reads(self):
        for model in SHAPES:
            for state in ("draft", "approved", "done"):
                with self.subTest(model, state=state):
                    request = self.make_request(state, self.make_machine(model))
                    for user in (self.anna, self.bruno, self.approver):
                        reader = request.with_user(user)
                        reader.line_ids.read()
                        reader.read()


class TestNoWork(MachineCase):
    def refused(self, model, owner):
        field = self.env["ir.model.fields"]._get(model, owner)
        values = {
            "name": model, "model_id": field.model_id.id, "owner_field_id": field.id,
        }  # fmt: skip
        with self.assertRaises(ValidationError) as caught:
            self.env["handover.scope"].create(values)
        return str(caught.exception)

    def test_what_is_no_work_is_refused_with_the_reason(self):
        for model, owner, why in (
            ("mail.activity", "user_id", "go along"),
            ("calendar.event", "user_id", "go along"),
            ("res.users.settings", "user_id", "who somebody is"),
            ("crm.team", "user_id", "who somebody is"),
            ("crm.team.member", "user_id", "who somebody is"),
            ("ir.filters", "user_ids", "settings"),
            ("mail.template", "user_id", "settings"),
            ("project.task.type", "user_id", "settings"),
            ("crm.iap.lead.mining.request", "user_id", "settings"),
            ("project.update", "user_id", "reported"),
            ("handover.request", "successor_id", "hand itself over"),
            ("website", "user_id", "who may do what"),
            ("im_livechat.channel", "user_ids", "who may do what"),
            ("maintenance.team", "member_ids", "who may do what"),
            ("helpdesk.ticket.team", "user_ids", "who may do what"),
            ("product.value", "user_id", "in the books"),
            ("auth.api.key", "user_id", "settings"),
            ("acme.api.key", "user_id", "who may do what"),
            ("acme_oauth.access_token", "user_id", "who may do what"),
            ("forum.post.vote", "user_id", "reported"),
        ):
            # of what is not installed here the list knows the name
            self.assertIn(why, handover_no_work.by_name(self.env, model))
            self.assertFalse(handover_no_work.by_name(self.env, "facility.key"))
            with self.subTest(model):
                if self.env["ir.model.fields"]._get(model, owner):
                    self.assertIn(why, self.refused(model, owner))

    def test_a_mark_of_ones_own_is_no_owner(self):
        self.assertIn(
            "not whose work it is",
            self.refused("project.project", "favorite_user_ids"),
        )
        for asked, names in (
            (handover_no_work.marks, ("favourite_ids", "x_favorite_user_ids")),
            (
                handover_no_work.opens,
                (
                    "restrict_user_ids", "allowed_user_ids", "member_ids",
                    "visibility_member_ids", "x_studio_member_ids", "x_allowed_ids",
                ),
            ),
        ):  # fmt: skip
            for name in names:
                self.assertTrue(asked(SimpleNamespace(name=name)), name)
            for name in ("user_id", "x_member_id", "x_studio_owner_ids"):
                self.assertFalse(asked(SimpleNamespace(name=name)), name)

    def test_an_owner_for_each_company_is_refused_and_counted_all_the_same(self):
        model = self.env["ir.model"].create({"name": "Shelf", "model": "x_shelf"})
        self.env["ir.model.fields"].create(
            {
                "model_id": model.id, "field_description": "Keeper",
                "company_dependent": True, **OWNER,
            }
        )  # fmt: skip
        self.assertIn("stored user field", self.refused("x_shelf", "x_owner_id"))
        shelf = self.env["x_shelf"].with_company(self.company)
        shelf.create([{"x_owner_id": self.anna.id}, {"x_owner_id": self.chen.id}])
        self.env.flush_all()
        request = self.make_request().with_user(self.manager)
        told = [row for row in request._portfolio_elsewhere(self.anna)
                if row["name"] == "Shelf"]  # fmt: skip
        self.assertEqual([row["count"] for row in told], [1])

    def test_models_of_other_apps_are_known_by_name_or_by_what_they_are_made_of(self):
        for model, owner, why in (
            ("hr.employee", "user_id", "who somebody is"),
            ("resource.resource", "user_id", "who somebody is"),
            ("account.move", "invoice_user_id", "in the books"),
            ("account.analytic.line", "user_id", "in the books"),
        ):
            if model in self.env and owner in self.env[model]._fields:
                with self.subTest(model):
                    self.assertIn(why, self.refused(model, owner))

    def test_work_is_taken(self):
        for model, owner in (("crm.lead", "user_id"), ("project.task", "user_ids")):
            field = self.env["ir.model.fields"]._get(model, owner)
            self.assertTrue(
                self.env["handover.scope"].create(
                    {
                        "name": model, "model_id": field.model_id.id,
                        "owner_field_id": field.id,
                    }
                )
            )  # fmt: skip

    def test_a_kind_that_is_refused_by_now_can_still_be_archived(self):
        kind = self.kinds["x_machine"]
        model = self.env["ir.model"]._get("mail.activity")
        owner = self.env["ir.model.fields"]._get(model.model, "user_id")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE handover_scope SET model_id = %s, model = %s, owner_field_id = %s"
            " WHERE id = %s",
            [model.id, model.model, owner.id, kind.id],
        )
        kind.invalidate_recordset()
        # until then the check says so, of the kind and of what is on a handover
        told = kind.with_user(self.admin).action_check_kind()["params"]
        self.assertEqual(told["type"], "warning")
        self.assertIn("cannot be handed over", told["message"])
        self.assertTrue(told["message"].startswith(f"{kind.name}: "))
        request = self.make_request()
        line = request.line_ids._trusting()
        line.create(
            {
                "request_id": request.id, "scope_id": kind.id, "res_id": 1,
                "res_model": model.model, "res_name": "Call", "predecessor_id":
                self.anna.id, "successor_id": self.bruno.id,
            }
        )  # fmt: skip
        found = request.with_user(self.anna)._refused_kind_findings()
        [(severity, message)] = [(one["severity"], one["message"]) for one in found]
        self.assertEqual(severity, "warning")
        self.assertRegex(message, "x_machine.* cannot be handed over.*go along")
        line.search([("scope_id", "=", kind.id)]).unlink()
        kind.active = False
        with self.assertRaisesRegex(ValidationError, "go along"):
            kind.active = True


class TestAddedByHand(WholeWay, MachineCase):
    """A model made at run time, of which people see their own records alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.kinds["x_contract"].model_id
        second = {**OWNER, "name": "x_second_id", "field_description": "Helper"}
        cls.env["ir.model.fields"].create({"model_id": cls.model.id, **second})
        own = "['|', ('x_owner_id', '=', user.id), ('x_second_id', '=', user.id)]"
        for group, domain in (
            ("base.group_user", own), ("crm_handover.group_handover_manager", "[]"),
        ):  # fmt: skip
            cls.env["ir.rule"].create(
                {
                    "name": group, "model_id": cls.model.id, "domain_force": domain,
                    "groups": [Command.link(cls.env.ref(group).id)],
                }
            )  # fmt: skip
        lease = {"x_name": "Lease", "x_owner_id": cls.anna.id}
        cls.lease_id = cls.env["x_contract"].create(lease).id

    def lease(self):
        # the class of such a model is another one whenever models are set up
        return self.env["x_contract"].browse(self.lease_id)

    def test_all_of_it_works_at_once(self):
        self.assertWholeWay(self.kinds["x_contract"], self.lease())

    def test_a_second_field_of_one_model_is_a_kind_of_its_own(self):
        first = self.kinds["x_contract"]
        second = self.add_kind("x_contract", "x_second_id")
        lease = self.lease()
        helped = lease.copy({"x_owner_id": self.chen.id})
        helped.x_second_id = lease.x_second_id = self.anna
        self.assertEqual(len(self.entries(self.anna, "x_contract")), 1)
        request = self.make_request("draft", lease | helped)
        rows = [(line.scope_id, line.res_id) for line in request.line_ids]
        told = {(first, lease.id), (second, lease.id), (second, helped.id)}
        self.assertEqual((len(rows), set(rows)), (3, told))
        # of one kind alone, where a caller names it
        one = self.make_request("draft", []).with_user(self.anna)
        one.add_records("x_contract", lease.ids, scope_ids=second.ids)
        self.assertEqual(one.line_ids.scope_id, second)
        leads = self.env["handover.scope"]._of_model("crm.lead")
        with self.assertRaisesRegex(UserError, "Records of this kind"):
            one.add_records("x_contract", lease.ids, scope_ids=leads.ids)
        one.unlink()
        self.bring(request.with_user(self.anna), "transferred")
        for record, owner in ((lease, self.bruno), (helped, self.chen)):
            record.invalidate_recordset()
            self.assertEqual(record.x_owner_id, owner)
            self.assertEqual(record.x_second_id, self.bruno)
        request.with_user(self.approver).action_return()
        self.assertEqual(lease.x_owner_id, self.anna)
        self.assertEqual(helped.x_second_id, self.anna)
        # who selects what names several people makes a handover of each
        context = {"active_model": "x_contract", "active_ids": helped.ids}
        dialog = self.env[DIALOG].with_user(self.manager).with_context(**context)
        dialog = dialog.create({"successor_id": self.bruno.id})
        action = dialog.action_generate()
        drafts = self.env["handover.request"].search(action["domain"])
        self.assertEqual(drafts.predecessor_id, self.anna | self.chen)

    def test_where_its_field_went_people_read_on(self):
        """With an add-on it may go, and the database empties what names it."""
        kind, owner = self.kinds["x_contract"], self.kinds["x_contract"].owner_field_id
        self.env.flush_all()

        def name(field):
            self.env.cr.execute(
                "UPDATE handover_scope SET owner_field_id = %s WHERE id = %s",
                [field.id or None, kind.id],
            )
            self.env.invalidate_all()
            self.registry._setup_models__(self.env.cr, [])

        self.addCleanup(name, owner)
        name(owner.browse())
        self.assertNotIn("handover_readable", self.env["x_contract"]._fields)
        mine = self.lease().with_user(self.anna)
        self.assertEqual(mine.x_name, "Lease")
        self.assertEqual(mine.search_count([]), 1)

    def test_what_is_wrong_with_a_kind_is_said_in_words(self):
        leads = self.env["handover.scope"]._of_model("crm.lead").sudo(False)
        self.assertEqual(self.check(leads)["type"], "success")
        contract = self.kinds["x_contract"]
        told = self.check(contract)
        self.assertEqual(told["type"], "warning")
        self.assertIn("They name no company", told["message"])
        self.assertIn("somebody: 1, of so many people: 1.", told["message"])
        self.assertNotIn("They have no name", told["message"])
        machine = self.kinds["x_machine"]
        self.assertIn("They have no name", self.check(machine)["message"])
        again = self.add_kind("x_contract", "x_owner_id", name="Again")
        self.assertIn("1 open records are of the kind Again", str(self.check(contract)))
        mine = self.make_request("draft", []).with_user(self.anna)
        mine.action_collect([contract.id, again.id])
        self.assertEqual(len(mine.line_ids), 1)
        for kind in (contract, again):
            left = self.env["x_contract"].search(mine.sudo()._left_records(kind))
            self.assertFalse(left)
        request = self.make_request("draft", self.lease())
        self.assertEqual(request.line_ids.scope_id, contract)
        again.active = False
        rows = contract.model_id.access_ids
        for right, verb in (("perm_write", "change"), ("perm_read", "open")):
            rows[right] = False
            self.assertIn(f"cannot {verb} them", self.check(contract)["message"])
        with self.assertRaises(AccessError):
            leads.with_user(self.manager).action_check_kind()
        self.remove_kind(machine)
        self.assertIn("Its app was uninstalled", self.check(machine)["message"])

    def test_a_field_that_names_no_owner_is_refused_with_the_reason(self):
        made = self.env["ir.model.fields"].create(
            {
                "model_id": self.model.id, "name": "x_late_id", "store": False,
                "field_description": "Late", "ttype": "many2one", "readonly": True,
                "relation": "res.users",
                "compute": "for record in self: record['x_late_id'] = False",
            }
        )  # fmt: skip
        for name, why in (
            ("x_late_id", "Late is not stored in the database."),
            ("create_uid", "Created by is filled in by Odoo alone."),
            ("x_name", "A field does not name users."),
        ):
            with self.subTest(name):
                self.assertIn(why, self.refusal("x_contract", name))
        made.store = True
        told = self.refusal("x_contract", "x_late_id")
        self.assertIn("Late is filled in by Odoo alone.", told)

    def test_a_kind_goes_with_what_it_has_brought(self):
        kind = self.kinds["x_contract"]
        rules = self.env["ir.rule"].search([("model_id", "=", self.model.id)])
        opening = rules.filtered(lambda rule: "handover_" in rule.domain_force)
        self.assertEqual(len(opening), 2)
        kind.active = False
        self.assertFalse(self.entries(self.anna, "x_contract"))
        self.assertIn("handover_count", self.env["x_contract"]._fields)
        kind.active = True
        self.assertTrue(self.entries(self.anna, "x_contract"))
        second = self.add_kind("x_contract", "x_second_id")
        kind.unlink()
        self.assertTrue(self.entries(self.anna, "x_contract"))
        second.unlink()
        self.assertFalse(self.entries(self.anna, "x_contract"))
        self.assertFalse(opening.exists())
        self.assertNotIn("handover_count", self.env["x_contract"]._fields)
        listed = [("model", "=", "x_contract"), ("name", "like", "handover_%")]
        self.assertFalse(self.env["ir.model.fields"].search(listed))
