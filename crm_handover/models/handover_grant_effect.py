from odoo import fields, models

from .handover_engine import QUIET


class HandoverGrant(models.Model):
    """What a grant does: a group, a membership of a sales team, the following of a
    project. Each is given so that it can be taken back without touching anything else.
    """

    _inherit = "handover.grant"

    def _give(self):
        """Give it.

        :return: whether the person had it before, and what to remember for the end
        """
        self.ensure_one()
        grant = self.sudo()
        if others := grant._others():
            # it is there because of them; who ends last takes it away
            return others[0].had_before, {}
        give = {
            "group": grant._give_group,
            "team": grant._give_team,
            "project": grant._give_project,
        }
        return give[grant.kind]()

    def _take(self):
        """Take back what it gave: not what was there before, nor what others give."""
        self.ensure_one()
        grant = self.sudo()
        if grant.had_before:
            return
        if others := grant._others():
            if grant.memory:
                others[0]._trusting().write({"memory": grant.memory})
            return
        take = {
            "group": grant._take_group,
            "team": grant._take_team,
            "project": grant._take_project,
        }
        take[grant.kind]()

    def _others(self):
        """Return the other active grants of the same thing to the same person."""
        name = f"{self.kind}_id"
        return self.search(
            [
                ("id", "!=", self.id),
                ("state", "=", "active"),
                ("user_id", "=", self.user_id.id),
                ("kind", "=", self.kind),
                (name, "=", self[name].id),
            ],
            order="id",
        )

    # ------------------------------------------------------------
    # GROUP
    # ------------------------------------------------------------

    def _give_group(self):
        # what another group implies is not counted: that one may be taken away
        had = self.group_id in self.user_id.group_ids
        if not had:
            self.user_id.write({"group_ids": [fields.Command.link(self.group_id.id)]})
        return had, {}

    def _take_group(self):
        self.user_id.write({"group_ids": [fields.Command.unlink(self.group_id.id)]})

    # ------------------------------------------------------------
    # SALES TEAM
    # ------------------------------------------------------------

    def _memberships(self):
        Member = self.env["crm.team.member"].with_context(active_test=False)
        return Member.search([("user_id", "=", self.user_id.id)])

    def _give_team(self):
        memberships = self._memberships()
        active = memberships.filtered("active")
        if self.team_id in active.crm_team_id:
            return True, {}
        own = memberships.filtered(lambda member: member.crm_team_id == self.team_id)
        if own:
            own[0].write({"active": True})
        else:
            own = memberships.create(
                {"user_id": self.user_id.id, "crm_team_id": self.team_id.id}
            )
        # where people are in one team only, Odoo has them leave the other one
        active.invalidate_recordset(["active"])
        return False, {
            "membership": own[0].id,
            "created": not memberships & own,
            "left": active.filtered(lambda member: not member.active).ids,
        }

    def _take_team(self):
        memberships = self._memberships()
        memory = self.memory or {}
        own = memberships.browse(memory.get("membership", ())).exists()
        left = memory.get("left", [])
        for other in self._other_team_grants():
            kept = other.memory or {}
            if own and own.id in kept.get("left", ()):
                # it ended ours when it began: it now restores what ours would have
                rest = [id_ for id_ in kept["left"] if id_ != own.id]
                other._trusting().write({"memory": {**kept, "left": rest + left}})
                left = []
        if memory.get("created"):
            own.unlink()
        else:
            own.write({"active": False})
        self._restore_memberships(memberships.browse(left).exists())

    def _other_team_grants(self):
        return self.search(
            [
                ("id", "!=", self.id),
                ("state", "=", "active"),
                ("user_id", "=", self.user_id.id),
                ("kind", "=", "team"),
            ]
        )

    def _restore_memberships(self, left):
        """Have the person back in the teams that they left for the grant.

        Unless they have another team by now, where nobody may be in several, or left
        the company.
        """
        several = self.env["ir.config_parameter"].get_param(
            "sales_team.membership_multi", False
        )
        if not self.user_id.active:
            return
        for member in left.filtered(lambda member: not member.active):
            active = self._memberships().filtered("active")
            if member.crm_team_id in active.crm_team_id or (active and not several):
                continue
            member.write({"active": True})

    # ------------------------------------------------------------
    # PROJECT
    # ------------------------------------------------------------

    def _follows(self, model, domain):
        return self.env["mail.followers"].search(
            [
                ("res_model", "=", model),
                ("partner_id", "=", self.user_id.partner_id.id),
                *domain,
            ]
        )

    def _give_project(self):
        project = self.project_id
        if self._follows("project.project", [("res_id", "=", project.id)]):
            return True, {}
        project.with_context(**QUIET).message_subscribe(
            partner_ids=self.user_id.partner_id.ids
        )
        return False, {"tasks": self._followed_tasks().ids}

    def _take_project(self):
        self._follows("project.project", [("res_id", "=", self.project_id.id)]).unlink()
        # tasks that were made meanwhile are followed by all who follow the project
        new = self._followed_tasks()
        new -= new.browse((self.memory or {}).get("tasks", ()))
        new = new.filtered(lambda task: self.user_id not in task.user_ids)
        self._follows("project.task", [("res_id", "in", new.ids)]).unlink()
        self.project_id.invalidate_recordset(
            ["message_follower_ids", "message_partner_ids"]
        )

    def _followed_tasks(self):
        tasks = self.env["project.task"].with_context(active_test=False)
        return tasks.search(
            [
                ("project_id", "=", self.project_id.id),
                ("message_partner_ids", "in", self.user_id.partner_id.ids),
            ]
        )
