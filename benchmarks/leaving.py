"""Somebody leaves: the archive guard, archiving many at once, the radar."""

from odoo import Command
from odoo.exceptions import UserError

from benchmarks.people import GROUPS, WARM, user

MANY = 500
# making people and their to-dos sends nothing
QUIET = {
    "no_reset_password": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
}


def guard(bench, giver):
    """Be refused to archive one person, with what they have and what it is worth."""
    leaver = user(bench.env, giver)
    boss = _boss(bench, giver)

    def work():
        try:
            leaver.with_user(boss).action_archive()
        except UserError:
            return
        raise RuntimeError("somebody with open work was archived")

    return _held(bench, giver), work


def archive_many(bench, giver, refused=False, anyway=False):
    """Archive so many people at once: each has a to-do, which is kept.

    :param refused: whether the guard is on, which says what they all have
    :param anyway: whether it is on, and an administrator goes ahead: each gets an event
        and a draft of a handover
    """
    env = bench.env(context={**bench.env.context, **QUIET})
    env["res.company"].search([]).write({"handover_archive_guard": refused or anyway})
    people = env["res.users"].create(
        [
            {
                "name": f"{giver} {number}",
                "login": f"{giver}_{number}",
                "group_ids": [Command.set([env.ref(g).id for g in GROUPS[WARM]])],
            }
            for number in range(20 if giver == WARM else MANY)
        ]
    )
    leads = env["crm.lead"].create(
        [{"name": "Deal", "user_id": person.id} for person in people]
    )
    model = env["ir.model"]._get_id("crm.lead")
    env["mail.activity"].create(
        [
            {
                "activity_type_id": env.ref("mail.mail_activity_data_todo").id,
                "res_model_id": model,
                "res_id": lead.id,
                "user_id": lead.user_id.id,
            }
            for lead in leads
        ]
    )
    people = people.with_env(bench.env)
    boss = _boss(bench, giver)
    bench.env.flush_all()
    bench.env.invalidate_all()

    def work():
        if anyway:
            people.with_user(boss).action_archive_anyway("Closing down")
            return
        try:
            people.with_user(boss).action_archive()
        except UserError:
            if not refused:
                raise

    return len(people), work


def radar(bench, giver, everybody=False):
    """Look for what belongs to one person, in every field that names a user.

    :param bool everybody: whether for all who left or are leaving, the person as well
    """
    leaver = user(bench.env, giver)
    if everybody:
        # past the guard, which others measure
        bench.env.cr.execute(
            "UPDATE res_users SET active = FALSE, handover_left_on = now()"
            " WHERE id = %s",
            leaver.ids,
        )
        bench.env.invalidate_all()
    scan = bench.env["handover.radar"].with_user(_boss(bench, giver)).scan
    return _held(bench, giver), lambda: scan([] if everybody else leaver.ids)


def _boss(bench, giver):
    """An administrator who may archive people, and hand over their work."""
    groups = ("base.group_system", "sales_team.group_sale_manager")
    return bench.env["res.users"].create(
        {
            "name": "Boss",
            "login": f"boss_of_{giver}",
            "group_ids": [Command.set([bench.env.ref(group).id for group in groups])],
        }
    )


def _held(bench, giver):
    owner = user(bench.env, giver).id
    return bench.env["crm.lead"].search_count([("user_id", "=", owner)])
