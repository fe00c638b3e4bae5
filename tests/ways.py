"""The whole way that records of a kind go which an administrator added by hand."""

from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.models import MAGIC_COLUMNS

DIALOG = "handover.request.generate"
BUTTON = "//button[@name='action_view_handovers']"


class WholeWay:
    """For classes on :class:`tests.common.HandoverCommon`: nobody wrote code for it."""

    @classmethod
    def add_kind(cls, model, owner, **values):
        """Add a kind of record as an administrator does on the screen."""
        field = cls.env["ir.model.fields"]._get(model, owner)
        values = {"name": f"{model} by {owner}", "model_id": field.model_id.id,
                  "owner_field_id": field.id, **values}  # fmt: skip
        return cls.env["handover.scope"].create(values)

    def entries(self, user, model):
        """The entries "Hand Over" of the Action menu that somebody has on a model."""
        bound = self.env["ir.actions.actions"].with_user(user).get_bindings(model)
        ids = [row["id"] for row in bound.get("action", ())]
        actions = self.env["ir.actions.act_window"]
        return actions.search([("id", "in", ids), ("res_model", "=", DIALOG)])

    def form(self, user, model):
        return self.env[model].with_user(user).get_view(view_type="form")["arch"]

    def buttons(self, user, model):
        return etree.fromstring(self.form(user, model)).xpath(BUTTON)

    def can(self, user, record):
        record = record.with_user(user)
        record.invalidate_recordset()
        return [verb for verb in ("read", "write") if record.has_access(verb)]

    def given(self, kind, record, state):
        """A handover of a record, collected by the one who has it."""
        request = self.make_request(records=[])
        mine = request.with_user(self.anna)
        mine.action_collect([kind.id])
        found = [(line.scope_id.id, line.res_id) for line in mine.line_ids]
        self.assertEqual(found, [(kind.id, record.id)])
        self.bring(mine, state)
        return request

    def refusal(self, model, owner):
        """Why such a kind is not saved."""
        with self.assertRaises(ValidationError) as caught:
            self.add_kind(model, owner)
        return str(caught.exception)

    def check(self, kind):
        """What the button Check This Kind says."""
        return kind.action_check_kind()["params"]

    def assertWholeWay(self, kind, record, before=(), along=("read", "write")):
        """Hand a record of Anna's over in every way, and have it back.

        :param before: what Bruno may do with it as long as it is hers
        :param along: what he may do with it while he works along
        """
        owner = kind.owner_field_id.name
        before = list(before)
        self.assertEqual(self.can(self.bruno, record), before)
        self.assertSelected(kind, record)

        request = self.given(kind, record, "draft").with_user(self.anna)
        self.assertTrue(request.preflight()["ok"])
        if "handover.check" in self.env:
            self.env["handover.check"].create(
                {"name": "No file", "scope_id": kind.id, "kind": "no_file"}
            )
            request.check_completeness()
            self.assertEqual(request.line_ids.gap_count, 1)
        if hasattr(request, "propose_allocation"):
            takers = [self.bruno.id, self.chen.id]
            dealt = request.propose_allocation("load", takers)
            given = sum((one["line_ids"] for one in dealt["takers"]), dealt["left"])
            self.assertEqual(given, request.line_ids.ids)
        request.date_planned = fields.Datetime.now() + timedelta(days=1)
        self.bring(request, "approved")
        self.assertEqual(self.can(self.bruno, record), [*before] or ["read"])
        self.assertCard(request)
        self.assertEqual(
            self.env["handover.request.line"].with_user(self.bruno)
            .search([("request_id", "=", request.id)]).action_open_record()["res_id"],
            record.id,
        )  # fmt: skip

        request.with_user(self.approver).action_run()
        record.invalidate_recordset()
        self.assertEqual(record[owner], self.bruno)
        self.assertEqual(self.codes(request), {record: "done"})
        self.assertButton(record)
        if hasattr(request, "action_print_document"):
            action = request.with_user(self.anna).action_print_document()
            self.assertTrue(action["type"])

        request.with_user(self.approver).action_return()
        record.invalidate_recordset()
        self.assertEqual(record[owner], self.anna)
        self.assertTrue(request.with_user(self.anna).verify()["ok"])
        self.assertEqual(self.can(self.bruno, record), before)
        self.assertLight(kind, record, before, list(along))
        if "handover.radar" in self.env:
            rows = self.env["handover.radar"].with_user(self.manager)
            rows = rows.scan(self.anna.ids)
            self.assertIn(
                (kind.model, owner, True),
                [(row["model"], row["field"], row["handover"]) for row in rows],
            )

    def assertSelected(self, kind, record):
        """Somebody selects it in a list, and hands it over from the Action menu."""
        self.assertEqual(len(self.entries(self.anna, kind.model)), 1)
        self.assertFalse(self.entries(self.employee, kind.model))
        context = {"active_model": kind.model, "active_ids": record.ids}
        dialog = self.env[DIALOG].with_user(self.anna).with_context(**context)
        dialog = dialog.create({"successor_id": self.bruno.id})
        self.assertFalse(dialog.obstacle)
        draft = self.env["handover.request"].browse(dialog.action_generate()["res_id"])
        self.assertEqual(draft.line_ids.mapped("res_id"), record.ids)
        draft.with_user(self.anna).unlink()

    def assertCard(self, request):
        """The one who comes reads what the database knows of it before they have it."""
        line = request.with_user(self.bruno).line_ids
        if hasattr(line, "action_open_card"):
            action = line.with_user(self.anna).action_open_card()
            card = self.env[action["res_model"]].browse(action["res_id"])
            card.with_user(self.anna).action_release()
            self.assertTrue(card.with_user(self.bruno).facts)

    def assertButton(self, record):
        """The form says on how many handovers it was, and opens them."""
        model, mine = record._name, record.with_user(self.bruno)
        self.assertEqual(len(self.buttons(self.bruno, model)), 1)
        if self.env[model].with_user(self.employee).has_access("read"):
            self.assertFalse(self.buttons(self.employee, model))
        mine.invalidate_recordset()
        self.assertEqual(mine.handover_count, 1)
        action = mine.action_view_handovers()
        self.assertTrue(self.env["handover.request"].search(action["domain"]))

    def named_people(self, model):
        return [
            name
            for name, field in self.env[model]._fields.items()
            if field.type == "many2one" and field.comodel_name == "res.users"
            and field.store and name not in MAGIC_COLUMNS
        ]  # fmt: skip

    def assertLight(self, kind, record, before, along):
        """While its owner is away somebody works along, and gives nothing away."""
        if "cover" not in self.env["handover.request"]._fields:
            return
        owner = kind.owner_field_id.name
        request = self.make_request(
            records=[], kind="temporary", cover="light",
            date_return=fields.Datetime.now() + timedelta(days=5),
        )  # fmt: skip
        mine = request.with_user(self.anna)
        mine.add_records(kind.model, record.ids)
        mine.action_submit()
        request.with_user(self.approver).action_approve()
        record.invalidate_recordset()
        self.assertEqual(record[owner], self.anna)
        self.assertEqual(self.can(self.bruno, record), along)
        if "write" not in before:
            theirs = record.with_user(self.bruno)
            # nor do they stay in it by another field that names people
            for name in self.named_people(kind.model):
                for user in (self.bruno, self.chen):
                    with self.subTest(name), self.assertRaises(UserError):
                        theirs.write({name: user.id})
            with self.assertRaises(AccessError):
                theirs.unlink()
        request.with_user(self.approver).action_return()
        self.assertEqual(self.can(self.bruno, record), before)
