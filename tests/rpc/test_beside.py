"""What comes beside other add-ons, from outside: public methods and values.

The questions are those that all of our models are asked; the database is another one.
"""

import inspect
from itertools import cycle

from ..beside import Beside, BesideHR
from . import test_rpc, test_wrong_types
from .test_rpc import FORBIDDEN, MISSING, OURS, REFUSALS

# of models of others: who calls it
CALLS = {
    ("hr.departure.wizard", "action_prepare_handovers"): "officer",
    ("hr.employee", "action_view_handover"): "officer",
    ("hr.leave", "action_view_handover"): "anna",
}
# what people write on models of others, but for settings
FIELDS = {("hr.leave", "handover_stand_in_id")}
OUTSIDERS = ("other", "employee", "portal", "foreigner")


class BesideRpc(test_rpc.RpcCase):
    MODULES = ()

    assertPlain = test_rpc.TestEveryMethod.assertPlain
    assertRefusedAloud = test_wrong_types.TestWrongTypes.assertRefusedAloud

    def theirs(self):
        """Yield the models of others that our add-ons here extend."""
        for name in sorted(self.env.registry):
            if not name.startswith("handover.") and not self.env[name]._abstract:
                yield self.env[name]

    def methods(self):
        """Public methods that these add-ons bring: ``{(model, name)}``."""
        found = set()
        for Model in self.theirs():
            for name, _method in inspect.getmembers(type(Model), inspect.isfunction):
                owners = [c.__module__ for c in type(Model).mro() if name in vars(c)]
                ours = all(owner.startswith(OURS) for owner in owners)
                if ours and not name.startswith("_"):
                    brought = owners[-1].split(".")[2]
                    found |= {(Model._name, name)} if brought in self.MODULES else set()
        return found

    def fields(self):
        """What these add-ons let people write: ``{(model, name)}``."""
        return {
            (Model._name, name)
            for Model in self.theirs()
            for name, field in Model._fields.items()
            if field._module in self.MODULES
            and not (field.compute or field.readonly or field.related)
            and Model._name != "res.company"
            and Model.with_user(self.admin)._has_field_access(field, "write")
        }


class TestBesideHR(BesideHR, BesideRpc):
    MODULES = ("crm_handover_hr", "crm_handover_hr_holidays")

    @classmethod
    def get_ready(cls):
        super().get_ready()
        kind = cls.make("hr.leave.type", name="Holiday", requires_allocation=False)
        cls.make_lead(name="Zanzibar")
        leaves = cls.env["hr.leave"].with_user(cls.anna)
        cls.values = {
            "employee_id": cls.anna_works.id, "holiday_status_id": kind.id,
            "request_date_from": "2091-03-05", "request_date_to": "2091-03-09",
        }  # fmt: skip
        cls.leave = leaves.create({**cls.values, "handover_stand_in_id": cls.bruno.id})
        wizards = cls.env["hr.departure.wizard"].with_user(cls.officer)
        cls.make_lead(cls.chen)
        cls.subjects = {
            "hr.employee": cls.anna_works,
            "hr.leave": cls.leave,
            "hr.departure.wizard": wizards.create(
                {"employee_ids": cls.chen_works.ids, "departure_date": "2091-03-31"}
            ),
        }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys["officer"] = cls.make_key(cls.officer)

    def test_all_that_comes_from_outside_is_known(self):
        self.assertEqual(self.methods(), CALLS.keys())
        self.assertEqual(self.fields(), FIELDS)

    def test_each_answers_plain_values(self):
        for (model, name), login in CALLS.items():
            for protocol in REFUSALS:
                with self.subTest(protocol=protocol, method=f"{model}.{name}"):
                    savepoint = self.env.cr.savepoint()
                    client, ids = self.client(protocol, login), self.subjects[model].ids
                    answer = self.call(client, model, name, ids)
                    self.assertPlain(answer, name)
                    self.assertTrue(answer["type"].startswith("ir.actions."))
                    self.assertNotIn("Zanzibar", str(answer))
                    savepoint.close(rollback=True)
                    self.env.invalidate_all()

    def test_outsiders_get_nowhere(self):
        before = self.snapshot()
        for login in OUTSIDERS:
            for protocol in REFUSALS:
                if (login, protocol) == ("portal", "json2"):
                    continue  # there is no key for portal users
                client = self.client(protocol, login)
                for model, name in CALLS:
                    ids = self.subjects[model].ids
                    with self.subTest(by=login, protocol=protocol, call=name):
                        answers = {
                            self.assertRefusedCall(protocol, client, model, name, some)
                            for some in (ids, [MISSING], [*ids, MISSING])
                        }
                        self.assertEqual(len(answers), 1, "an oracle")
                        self.assertEqual(answers.pop()[0], FORBIDDEN[protocol])
        self.assertSameAs(before)

    def test_what_is_no_stand_in(self):
        """A value and a way after the other; a refusal that names the field."""
        clients = {protocol: self.client(protocol, "anna") for protocol in REFUSALS}
        protocols, before = cycle(REFUSALS), self.snapshot()
        wrong = [value for value in test_wrong_types.BAD if value != ""]
        for value in [*wrong, MISSING]:
            protocol = next(protocols)
            if not test_wrong_types.over_xmlrpc(value):
                protocol = "json2"
            values = {"handover_stand_in_id": value}
            for verb, args, kwargs in (
                ("create", (), {"vals_list": [{**self.values, **values}]}),
                ("write", (self.leave.ids,), {"vals": values}),
            ):
                with self.subTest(f"{protocol} {verb} {value!r:.60}"):
                    text = self.assertRefusedAloud(
                        protocol, clients[protocol], "hr.leave", verb, *args, **kwargs
                    )
                    if value != MISSING:
                        self.assertIn("Who Stands In", text)
        self.assertSameAs(before)


class TestBesideTiers(Beside, BesideRpc):
    ADDONS = ("base_tier_validation",)
    MODULES = ("crm_handover_tier_validation",)

    def test_a_level_is_decided_by_the_handover_alone(self):
        self.assertFalse(self.methods() | self.fields())
        self.env["tier.definition"].create(
            {
                "name": "Board", "review_type": "individual",
                "model_id": self.env["ir.model"]._get_id("handover.request"),
                "reviewer_id": self.manager.id, "company_id": self.company.id,
            }
        )  # fmt: skip
        for protocol in REFUSALS:
            request = self.make_request("submitted", self.make_lead())
            level, before = request.sudo()._open_level(), self.snapshot()
            row = {"model": "handover.request", "res_id": request.id}
            for login in ("anna", "leader", "manager", "other", "admin"):
                client = self.client(protocol, login)
                for verb, ids, arguments in (
                    ("create", None, {"vals_list": [row]}),
                    ("write", level.ids, {"vals": {"status": "approved"}}),
                    ("unlink", level.ids, {}),
                ):
                    with self.subTest(protocol=protocol, by=login, verb=verb):
                        self.assertRefusedCall(
                            protocol, client, "tier.review", verb, ids, **arguments
                        )
            for login, name, arguments in (
                ("leader", "action_approve", {}),
                ("approver", "action_refuse", {"reason": "No"}),
            ):
                client, call = self.client(protocol, login), ("handover.request", name)
                code, _text = self.assertRefusedCall(
                    protocol, client, *call, request.ids, **arguments
                )
                self.assertEqual(code, FORBIDDEN[protocol])
            self.assertSameAs(before)
            manager = self.client(protocol, "manager")
            call = ("handover.request", "action_approve", request.ids)
            self.assertIs(self.call(manager, *call), True)
            self.assertEqual(request.state, "transferred")
