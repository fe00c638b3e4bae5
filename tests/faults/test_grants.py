"""Permissions end on every server, whatever dies in between."""

import subprocess
import threading
import xmlrpc.client
from contextlib import closing

from .common import FaultCase, Server, variable
from .test_servers import at_once

# ends a permission, and dies when others are to be told
DIES_BEFORE_THE_SIGNAL = """
import os, sys
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

database, grant = sys.argv[1:]
config.parse_config(
    ["--config", os.environ["HANDOVER_CONFIG"], "--database", database],
    setup_logging=True,
)
registry = Registry(database)
type(registry).signal_changes = lambda self: os._exit(9)
with registry.cursor() as cr:
    env = api.Environment(cr, SUPERUSER_ID, {})
    grant = env["handover.grant"].browse(int(grant))
    grant.request_id._lock()
    grant._end("over")
    cr.commit()
"""


class TestPermissionsOnTwoServers(FaultCase):
    SERVERS = 2

    @classmethod
    def prepare(cls):
        group = "SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s"
        cls.salesman = cls.db.value(group, "sales_team", "group_sale_salesman")
        user = cls.db.value(group, "project", "group_project_user")
        server = Server(cls.db, "--max-cron-threads", "0").start()
        try:
            for login in ("pat", "quinn"):
                values = {
                    "name": login.capitalize(), "login": login, "password": login,
                    "email": f"{login}@faults.test", "group_ids": [(6, 0, [user])],
                    "lang": "en_US", "notification_type": "email",
                }  # fmt: skip
                server.call("admin", "res.users", "create", values)
        finally:
            server.forget()

    def give(self, login="pat"):
        """A permission for somebody without CRM; answer its id."""
        leads = self.make_leads(2)
        user = self.ids[login]
        request = self.make_request(leads, "draft", successor_id=user)
        self.server.call(
            "anna", "handover.request", "action_propose_permissions", [request]
        )
        self.server.call("anna", "handover.request", "action_submit", [request])
        self.approve(request)
        self.assertEqual(self.outcomes(request), {("done", "done"): 2})
        grant, state = self.db.query(
            "SELECT id, state FROM handover_grant WHERE request_id = %s", request
        )[0]
        self.assertEqual(state, "active")
        return grant

    def has_group(self, login="pat"):
        return bool(
            self.db.query(
                "SELECT 1 FROM res_groups_users_rel WHERE uid = %s AND gid = %s",
                self.ids[login],
                self.salesman,
            )
        )

    def can_read(self, server, login="pat"):
        try:
            return bool(server.call(login, "crm.lead", "search_count", []))
        except xmlrpc.client.Fault as fault:
            self.assertEqual(fault.faultCode, 4)
            return False

    def state_of(self, grant):
        return self.db.value("SELECT state FROM handover_grant WHERE id = %s", grant)

    def test_given_and_ended_for_both_servers_at_once(self):
        for server in self.servers:
            self.assertFalse(self.can_read(server))
        grant = self.give()
        for server in self.servers:
            self.assertTrue(self.can_read(server))
        self.servers[1].call("boss", "handover.grant", "action_end", [grant])
        for server in self.servers:
            self.assertFalse(self.can_read(server))

    def test_two_that_end_at_the_same_moment_leave_nothing(self):
        for _turn in range(5):
            grants = [self.give("quinn"), self.give("quinn")]
            self.assertTrue(self.has_group("quinn"))
            at_once(
                [
                    lambda server=server, grant=grant: server.call(
                        "boss", "handover.grant", "action_end", [grant]
                    )
                    for server, grant in zip(self.servers, grants, strict=True)
                ]
            )
            self.assertEqual({self.state_of(grant) for grant in grants}, {"ended"})
            self.assertFalse(self.has_group("quinn"), "each left it to the other one")

    def test_a_group_that_grows_while_it_is_given(self):
        """What an administrator has changed and not committed yet is waited for."""
        name = "SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s"
        manager = self.db.value(name, "crm_handover", "group_handover_manager")
        system = self.db.value(name, "base", "group_system")
        request = self.make_request(
            self.make_leads(2), "draft", successor_id=self.ids["pat"]
        )
        for method in ("action_propose_permissions", "action_submit"):
            self.server.call("anna", "handover.request", method, [request])
        answers = []

        def approve():
            try:
                self.approve(request)
            except xmlrpc.client.Fault as fault:
                answers.append(fault.faultCode)

        client = threading.Thread(target=approve)
        with closing(self.db.connect()) as another, another.cursor() as cursor:
            # what core's form does, with what the add-on adds to it
            cursor.execute(
                "UPDATE res_groups SET write_date = write_date WHERE id = %s",
                [manager],
            )
            cursor.execute(
                "INSERT INTO res_groups_implied_rel (gid, hid) VALUES (%s, %s)",
                [self.salesman, system],
            )
            client.start()
            client.join(3)
            self.assertTrue(client.is_alive(), "it waits")
            another.commit()
        client.join()
        self.addCleanup(
            self.db.query,
            "DELETE FROM res_groups_implied_rel WHERE gid = %s AND hid = %s",
            self.salesman,
            system,
        )
        self.assertTrue(answers, "it is refused, as it would be afterwards")
        self.assertEqual(self.state_of_request(request), "submitted")
        self.assertFalse(self.has_group())

    def state_of_request(self, request):
        return self.db.value(
            "SELECT state FROM handover_request WHERE id = %s", request
        )

    def test_server_that_dies_before_it_tells_the_others(self):
        grant = self.give()
        for server in self.servers:
            self.assertTrue(self.can_read(server))
        died = subprocess.run(
            [
                variable("PYTHON"), "-c", DIES_BEFORE_THE_SIGNAL,
                self.db.name, str(grant),
            ],
            check=False,
        )  # fmt: skip
        self.assertEqual(died.returncode, 9)
        self.assertEqual(self.state_of(grant), "ended")
        self.assertFalse(self.has_group())
        self.let_crons_pass()
        for server in self.servers:
            self.assertFalse(self.can_read(server))

    def test_time_passes_while_the_servers_are_down(self):
        grant = self.give()
        for server in self.servers:
            server.kill()
        self.db.query("UPDATE handover_grant SET expires_at = now() AT TIME ZONE 'utc'")
        for server in self.servers:
            server.start()
        self.db.query("UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'utc'")
        self.wait_until("it ends", lambda: self.state_of(grant) == "ended")
        self.assertFalse(self.has_group())
        self.wait_until(
            "no server lets them in",
            lambda: not any(self.can_read(server) for server in self.servers),
        )
