"""A database of the former version, as that version has filled it, is upgraded.

``former.tar.xz`` has the add-ons of the last release, what a server needs of them:
`make release` packs it.
"""

import ast
import shutil
import tempfile
import unittest
from datetime import datetime, timedelta, timezone

from odoo.addons.crm_handover.evidence import verify

from dev.release import FORMER, Release, number, version_in

from .common import MACHINE, ROOT, FaultCase, Server, Template, install, variable

REFUSE = """
    CREATE FUNCTION fault_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END $$;
    CREATE TRIGGER fault_refuse BEFORE UPDATE ON crm_lead FOR EACH ROW
        WHEN (OLD.user_id IS DISTINCT FROM NEW.user_id)
        EXECUTE FUNCTION fault_refuse();
"""
# when what is planned by the former version is due: the upgrade takes about as long
SOON = timedelta(seconds=60)
# the states that handovers are in when the upgrade begins, by the name of each
STATES = {
    "draft": "draft", "submitted": "submitted", "approved": "approved",
    "due": "approved", "running": "running", "transferred": "transferred",
    "failed": "transferred", "done": "done", "refused": "refused",
    "cancelled": "cancelled", "returned": "returned", "needs_review": "needs_review",
    "cover": "transferred", "light": "done", "permission": "transferred",
    "several": "transferred", "followed": "returned",
}  # fmt: skip


def moment(later):
    """A time from now, as callers send it."""
    return (datetime.now(timezone.utc) + later).strftime("%Y-%m-%d %H:%M:%S")


class TestVersions(unittest.TestCase):
    def test_what_has_changed_since_has_another_version(self):
        """Odoo upgrades by itself what has one, and runs migrations by it."""
        for addon, before in Release(ROOT, "").changed():
            with self.subTest(addon):
                manifest = (ROOT / addon / "__manifest__.py").read_text("utf-8")
                self.assertGreater(number(version_in(manifest)), number(before))


class TestFormerVersion(FaultCase):
    # of one test, see conftest
    SECONDS = 100
    OPTIONS = ("--max-cron-threads", "0")

    @classmethod
    def template(cls):
        return variable("BASE_TEMPLATE")

    @classmethod
    def prepare(cls):
        """Install the former version, have it fill the database, and upgrade it."""
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        shutil.unpack_archive(ROOT / FORMER, folder)
        # it has handovers of its own, and needs none of ours for showing
        cls.db.query("UPDATE ir_module_module SET demo = FALSE")
        # which add-ons there will be, nobody knew by then
        cls.db.query(
            "DELETE FROM ir_model_data WHERE model = 'ir.module.module' AND res_id IN ("
            " SELECT id FROM ir_module_module WHERE starts_with(name, 'crm_handover'))"
        )
        cls.db.query(
            "DELETE FROM ir_module_module WHERE starts_with(name, 'crm_handover')"
        )
        install(cls.db, "crm_handover", ours=folder)
        cls.former = cls.installed()
        Template.populate(cls.db, ours=folder)
        cls.know_people()
        # without a thread for crons: what is due is left for the new version
        cls.server = Server(cls.db, *cls.OPTIONS, ours=folder)
        cls.addClassCleanup(cls.server.forget)
        cls.server.start()
        cls.leads, cls.requests = {}, {}
        cls.customer = cls.server.call(
            "admin", "res.partner", "create", {"name": "Customer", "is_company": True}
        )
        # what it is told of waits, as nothing is sent yet
        values = {"name": "Payroll", "url": "https://payroll.faults.test/in"}
        cls.server.call("admin", "handover.webhook", "create", values)
        for name in STATES:
            cls.make(name)
        cls.server.forget()
        cls.before = cls.kept()
        cls.new = cls.missing()
        install(cls.db, *cls.new, update=["crm_handover"])
        cls.now_installed = cls.installed()

    @classmethod
    def installed(cls):
        """Our add-ons that are installed, and their versions."""
        return dict(
            cls.db.query(
                "SELECT name, latest_version FROM ir_module_module"
                " WHERE state = 'installed' AND starts_with(name, 'crm_handover')"
            )
        )

    @classmethod
    def missing(cls):
        """Our add-ons that are new, and whose dependencies are there."""
        present = set(
            cls.db.column("SELECT name FROM ir_module_module WHERE state = 'installed'")
        )
        depends = {
            path.parent.name: ast.literal_eval(path.read_text("utf-8"))["depends"]
            for path in ROOT.glob("crm_handover*/__manifest__.py")
        }
        new = set()
        # some are glue to others that are new
        while more := {
            name
            for name, others in depends.items()
            if name not in present | new and (present | new).issuperset(others)
        }:
            new |= more
        return new

    @classmethod
    def kept(cls):
        """What an upgrade changes nothing of: the states, and the evidence."""
        return (
            cls.db.query("SELECT id, state FROM handover_request ORDER BY id"),
            cls.db.query(
                "SELECT id, code, data, hash FROM handover_request_event ORDER BY id"
            ),
            cls.db.query(
                "SELECT id, state, result_code, predecessor_id, customer_id"
                " FROM handover_request_line ORDER BY id"
            ),
            cls.db.query(
                "SELECT res_id, partner_id FROM mail_followers"
                " WHERE res_model = 'crm.lead' ORDER BY res_id, partner_id"
            ),
            cls.db.query(
                "SELECT id, state, uuid, body FROM handover_webhook_event ORDER BY id"
            ),
            cls.db.query("SELECT id, state FROM handover_grant ORDER BY id"),
        )

    @classmethod
    def make(cls, name):
        """Have the former version make a handover, called by its purpose."""
        # more than are handed over within a call stay running without a cron
        customer = {"partner_id": f"(SELECT {cls.customer})"}
        leads = cls.make_leads(250 if name == "running" else 3, **customer)
        values, tomorrow = {"purpose": name}, moment(timedelta(days=1))
        if name in ("approved", "needs_review"):
            values["date_planned"] = tomorrow
        if name == "due":
            values["date_planned"] = moment(SOON)
        if name == "cover":
            values |= {"kind": "temporary", "date_return": moment(SOON)}
        if name == "light":
            # it lends as long as it lasts, and is to last beyond the upgrade
            values |= {"kind": "temporary", "cover": "light", "date_return": tomorrow}
        if name == "several":
            # each of them has some
            leads += cls.make_leads(2, owner="chen", **customer)
            values["predecessor_ids"] = [(6, 0, [cls.ids["anna"], cls.ids["chen"]])]
            values["predecessor_id"] = False
        if name == "followed":
            values["predecessor_follows"] = True
        if name == "permission":
            values["successor_id"] = cls.make_outsider()
        if name == "failed":
            cls.db.query(REFUSE)
        # nobody but a manager asks for others
        maker = "admin" if name == "several" else "anna"
        request = cls.make_request(leads, "draft", by=maker, **values)
        cls.leads[name], cls.requests[name] = leads, request
        if name == "permission":
            cls.propose(request)
        if STATES[name] != "draft":
            cls.call(maker, "action_submit", request)
        if STATES[name] not in ("draft", "submitted", "refused", "cancelled"):
            cls.approve(request)
        getattr(cls, f"then_{name}", lambda request: None)(request)

    @classmethod
    def call(cls, login, method, request, *arguments):
        return cls.server.call(login, "handover.request", method, [request], *arguments)

    @classmethod
    def make_outsider(cls):
        """A successor who may not open the records yet."""
        group = cls.db.value(
            "SELECT res_id FROM ir_model_data WHERE module = 'project'"
            " AND name = 'group_project_user'"
        )
        values = {
            "name": "Pat", "login": "pat", "password": "pat", "lang": "en_US",
            "email": "pat@faults.test", "group_ids": [(6, 0, [group])],
        }  # fmt: skip
        return cls.server.call("admin", "res.users", "create", values)

    @classmethod
    def propose(cls, request):
        cls.call("anna", "action_propose_permissions", request)
        grants = cls.server.call(
            "anna", "handover.grant", "search", [("request_id", "=", request)]
        )
        cls.server.call(
            "anna", "handover.grant", "write", grants, {"expires_at": moment(SOON)}
        )

    @classmethod
    def then_done(cls, request):
        for login in ("anna", "bruno"):
            cls.call(login, "action_confirm", request)

    @classmethod
    def then_refused(cls, request):
        cls.call("boss", "action_refuse", request, "Not now")

    @classmethod
    def then_cancelled(cls, request):
        cls.call("anna", "action_cancel", request)

    @classmethod
    def then_returned(cls, request):
        cls.call("boss", "action_return", request)

    @classmethod
    def then_followed(cls, request):
        followers = "SELECT count(*) FROM mail_followers WHERE res_model = 'crm.lead'"
        before = cls.db.value(followers)
        cls.call("boss", "action_return", request)
        # whoever stands on a record for a handover is off it with its end
        assert cls.db.value(followers) < before

    @classmethod
    def then_cover(cls, request):
        cls.call("anna", "action_extend", request, moment(timedelta(days=1)))

    @classmethod
    def then_needs_review(cls, request):
        active = "UPDATE res_users SET active = %s WHERE login = 'bruno'"
        cls.db.query(active, False)
        cls.call("boss", "action_run", request)
        cls.db.query(active, True)

    @classmethod
    def then_failed(cls, request):
        cls.db.query("DROP FUNCTION fault_refuse CASCADE")

    # ------------------------------------------------------------
    # QUESTIONS
    # ------------------------------------------------------------

    def assertStates(self, **states):
        found = {name: self.state(self.requests[name]) for name in states}
        self.assertEqual(found, states)

    def assertInOrder(self):
        """The evidence is whole: within Odoo, and for whoever has an export of it."""
        for name, request in self.requests.items():
            with self.subTest(name):
                found = self.call("boss", "verify", request)
                self.assertTrue(found["ok"], found)
                export = self.call("boss", "export_evidence", request)
                wrong = [text for good, text in verify.check(export) if good is False]
                self.assertEqual(wrong, [])

    def assertOpens(self, login, model, ids):
        """Somebody reads all that the form shows of each record."""
        views = self.server.call(login, model, "get_views", [(False, "form")])
        fields = dict.fromkeys(views["models"][model]["fields"], {})
        rows = self.server.call(login, model, "web_read", ids, fields)
        self.assertEqual(sorted(row["id"] for row in rows), sorted(ids))

    # ------------------------------------------------------------
    # TESTS
    # ------------------------------------------------------------

    def test_it_is_as_it_was_and_goes_on(self):
        self.assertEqual(self.now_installed.keys() - self.former.keys(), self.new)
        for name in self.former:
            path = ROOT / name / "__manifest__.py"
            version = version_in(path.read_text(encoding="utf-8"))
            self.assertEqual(self.now_installed[name], version)
        self.assertEqual(self.kept(), self.before)
        self.assertEqual([state for _id, state in self.before[-1]], ["active"])
        self.assertStates(**STATES)
        self.assertInOrder()
        requests = [*self.requests.values()]
        for login in ("anna", "boss"):
            self.assertOpens(login, "handover.request", requests)
            for model in ("handover.request.line", "handover.grant"):
                domain = [("request_id", "in", requests)]
                ids = self.server.call(login, model, "search", domain, limit=40)
                self.assertTrue(ids)
                self.assertOpens(login, model, ids)
        self.assertAskedAboutTheEnd()
        self.assertMachinesAreThere()
        self.assertSeveralGave()
        self.assertEqual(self.lent(), 3)
        self.call("boss", "action_return", self.requests["light"])
        self.assertStates(light="returned")
        self.assertEqual(self.lent(), 0)
        self.decide()
        self.let_time_pass()
        self.assertEqual(
            self.told("transferred"), ["submitted", "approved", "transferred", "done"]
        )
        told = self.told("light")
        self.assertEqual(told[:2], ["submitted", "approved"])
        self.assertIn("returned", told)
        self.assertInOrder()

    def lent(self):
        """How many records who stands in lightly works along on."""
        self.assertEqual(self.owners(self.leads["light"]), {"anna": 3})
        domain = [("id", "in", self.leads["light"])]
        return self.server.call("bruno", "crm.lead", "search_count", domain)

    def told(self, name):
        """What waits to be told of a handover, under whichever version it happened."""
        return self.db.column(
            "SELECT code FROM handover_webhook_event WHERE request_ref = %s"
            " AND state = 'waiting' ORDER BY number",
            self.requests[name],
        )

    def assertAskedAboutTheEnd(self):
        """Who was asked whether it may last longer still is."""
        domain = [("asked_ids", "!=", False), ("waiting_for_me", "=", True)]
        found = self.server.call("boss", "handover.request", "search", domain)
        self.assertEqual(found, [self.requests["cover"]])

    def assertSeveralGave(self):
        """Each has what they gave back, and the records name their customer still."""
        lines = self.db.query(
            "SELECT DISTINCT predecessor_id, customer_id FROM handover_request_line"
            " WHERE request_id = %s ORDER BY predecessor_id",
            self.requests["several"],
        )
        givers = sorted((self.ids["anna"], self.ids["chen"]))
        self.assertEqual(lines, [(giver, self.customer) for giver in givers])
        self.assertEqual(self.owners(self.leads["several"]), {"bruno": 5})
        self.call("boss", "action_return", self.requests["several"])
        self.assertStates(several="returned")
        self.assertEqual(self.owners(self.leads["several"]), {"anna": 3, "chen": 2})

    def assertMachinesAreThere(self):
        """A kind that was added by hand brings what it brings today."""
        rules = [("model_id.model", "=", MACHINE), ("domain_force", "like", "handover")]
        found = self.server.call("admin", "ir.rule", "search_count", rules)
        self.assertEqual(found, 2)
        fields = self.server.call("admin", MACHINE, "fields_get", ["handover_count"])
        self.assertTrue(fields)

    def decide(self):
        """What people do with what was left to them."""
        for name in ("draft", "refused", "cancelled", "needs_review"):
            if name != "draft":
                self.call("anna", "action_draft", self.requests[name])
            self.call("anna", "action_submit", self.requests[name])
        for name in ("draft", "submitted", "refused", "cancelled"):
            self.approve(self.requests[name])
            self.assertStates(**{name: "transferred"})
        self.approve(self.requests["needs_review"])
        for name in ("approved", "needs_review"):
            self.assertStates(**{name: "approved"})
            self.run_now(self.requests[name])
            self.assertStates(**{name: "transferred"})
        self.call("boss", "action_retry", self.requests["failed"])
        for name in ("failed", "transferred"):
            self.assertEqual(self.owners(self.leads[name]), {"bruno": 3})
        for login in ("anna", "bruno"):
            self.call(login, "action_confirm", self.requests["transferred"])
        self.call("boss", "action_return", self.requests["done"])
        self.assertStates(transferred="done", done="returned")
        self.assertEqual(self.owners(self.leads["done"]), {"anna": 3})

    def let_time_pass(self):
        """What happens by itself: it was approved under the former version."""
        clock = Server(self.db)
        self.addCleanup(clock.forget)
        clock.start()
        for name, state in (
            ("due", "transferred"), ("running", "transferred"), ("cover", "returned")
        ):  # fmt: skip
            self.wait_for_state(self.requests[name], state)
        self.assertEqual(self.owners(self.leads["due"]), {"bruno": 3})
        self.assertEqual(self.owners(self.leads["running"]), {"bruno": 250})
        self.assertEqual(self.owners(self.leads["cover"]), {"anna": 3})
        grant = "SELECT state FROM handover_grant WHERE request_id = %s"
        request = self.requests["permission"]
        self.wait_until(
            "the permission ends", lambda: self.db.value(grant, request) == "ended"
        )
        self.assertRefuses(4, self.server.call, "pat", "crm.lead", "search_count", [])
