from odoo.tools import SQL


def uninstall_hook(env):
    """Give kept to-dos back to whose they were: nothing else remembers it."""
    env.flush_all()
    env.cr.execute(
        SQL(
            """UPDATE mail_activity
               SET user_id = handover_kept_for_id,
                   active = active OR user_id IS NOT NULL,
                   date_done = CASE WHEN user_id IS NULL THEN date_done END
             WHERE handover_kept_for_id IS NOT NULL
               AND (user_id IS NULL OR COALESCE(res_model, '') = '')"""
        )
    )
    env.invalidate_all()
