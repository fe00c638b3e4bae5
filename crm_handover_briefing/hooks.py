READING = "crm_handover_briefing.mail_activity_type_briefing"
TODO = "mail.mail_activity_data_todo"


def uninstall_hook(env):
    """Remove the to-dos to read cards, and keep the steps of plans that use their type.

    Nothing closes these to-dos any more, and Odoo keeps a type that something uses: a
    to-do that is done, which is archived, or a step.
    """
    mine = [("activity_type_id", "=", env.ref(READING).id)]
    env["mail.activity"].with_context(active_test=False).search(mine).unlink()
    steps = env["mail.activity.plan.template"].search(mine)
    steps.activity_type_id = env.ref(TODO)
