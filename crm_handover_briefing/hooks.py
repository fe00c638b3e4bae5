from odoo.tools import SQL

READING = "crm_handover_briefing.mail_activity_type_briefing"
TODO = "mail.mail_activity_data_todo"


def uninstall_hook(env):
    """Take the to-dos to read cards back, and give steps of plans another type.

    Nothing closes these to-dos any more, and Odoo keeps a type that something uses: a
    to-do that is done, which is archived, or a step.
    """
    reading = env.ref(READING)
    todos = env["mail.activity"].sudo().with_context(active_test=False)
    todos.search([("activity_type_id", "=", reading.id)]).unlink()
    # a write would compute the text and the people of a step anew
    env.cr.execute(
        SQL(
            """UPDATE mail_activity_plan_template SET activity_type_id = %s
            WHERE activity_type_id = %s""",
            env.ref(TODO).id,
            reading.id,
        )
    )
    env["mail.activity.plan.template"].invalidate_model(["activity_type_id"])
