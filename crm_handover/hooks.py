from markupsafe import Markup

from odoo.fields import Domain
from odoo.tools import SQL, sql

from .models.handover_grant import LASTING
from .models.handover_states import HANDED_OVER
from .word_texts import labelled

MODEL = "handover.request"
MANAGER = "crm_handover.group_handover_manager"
TODO = "mail.mail_activity_data_todo"
# what core has as plain text, and we made translatable
TRANSLATED = (
    ("mail_activity_plan", "name"),
    ("mail_activity_plan_template", "summary"),
)


def free_todo_types(env, types):
    """Have to-dos and steps of plans outlive their type: Odoo keeps one that is used.

    :param types: those that an add-on takes away with it
    """
    # a write would work text and people of a step out anew
    for table in ("mail_activity", "mail_activity_plan_template"):
        env.cr.execute(
            SQL(
                "UPDATE %s SET activity_type_id = %s WHERE activity_type_id IN %s",
                SQL.identifier(table),
                env.ref(TODO).id,
                tuple(types.ids),
            )
        )
    env.invalidate_all()


def end_todos(env, *xml_ids):
    """Take back the to-dos of an add-on that goes, open and done ones, by their types.

    :param xml_ids: of the types that it takes away with it
    """
    types = env["handover.request"]._todo_types(*xml_ids)
    todos = env["mail.activity"].sudo().with_context(active_test=False)
    todos.search([("activity_type_id", "in", types.ids)]).unlink()
    free_todo_types(env, types)


def uninstall_hook(env):
    """End what handovers gave, say so, and leave nothing that only they understand."""
    ended = _end_permissions(env)
    stopped = env[MODEL].search([("state", "=", "running")])
    if ended or stopped:
        _tell_managers(env, ended, stopped)
    _bring_new_work_again(env)
    # what refers to kinds of record and reasons, which Odoo deletes before the tables
    env.flush_all()
    env.cr.execute("DELETE FROM handover_grant")
    env.cr.execute("DELETE FROM handover_request")
    env.invalidate_all()
    # to-dos on handovers go with them; done ones, which are archived, as well
    todos = env["mail.activity"].with_context(active_test=False)
    todos.search([("res_model", "=like", "handover.%")]).unlink()
    types = env["mail.activity.type"].with_context(active_test=False)
    types = types.search([("res_model", "=", MODEL)])
    free_todo_types(env, types)
    types.unlink()
    env["mail.activity.plan"].with_context(active_test=False).search(
        [("res_model", "=", MODEL)]
    ).unlink()
    env["ir.filters"].search([("model_id", "=like", "handover.%")]).unlink()
    env["ir.config_parameter"].search([("key", "=like", "crm_handover.%")]).unlink()
    env["handover.scope"]._forget_fields()
    # at the end, as until then these fields are read as translatable
    env.cr.postcommit.add(lambda: _give_texts_back(env.registry))


def _end_permissions(env):
    """End the permissions that are live; return what each was: ``[(user, thing)]``."""
    grants = env["handover.grant"].search([("state", "in", LASTING)])
    ended = [(grant.user_id.name, grant._thing_name()) for grant in grants]
    grants._end(lambda env: env._("CRM Handover was uninstalled."))
    return ended


def _bring_new_work_again(env):
    """Have new work go where it went, unless it was handed over; nothing waits on."""
    requests = env[MODEL]
    for request in requests.search([("stopped_inflow", "!=", False)]):
        request._start_inflow()
    requests._give_waiting_tasks(Domain.TRUE, for_good=True)
    for request in requests.search(
        [("paused_members", "!=", False), ("state", "not in", HANDED_OVER)]
    ):
        request._resume_assignment()


def _tell_managers(env, ended, stopped):
    """Tell the managers what has ended with the add-on, each in their language."""
    for user in env.ref(MANAGER).all_user_ids.filtered("active"):
        mine = env(context={"lang": user.lang, "mail_notify_force_send": False})
        rows = [labelled(mine, person, thing) for person, thing in ended]
        rows += [
            mine._(
                "%(handover)s stops. Handed over: %(done)s of %(total)s; the rest stays"
                " with its owner.",
                handover=request.name,
                done=request.done_count,
                total=request.line_count,
            )
            for request in stopped
        ]
        items = Markup().join(Markup("<li>%s</li>") % row for row in rows)
        mine["mail.thread"].message_notify(
            subject=mine._("CRM Handover was uninstalled"),
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (mine._("What handovers had given has ended:"), items),
            partner_ids=user.partner_id.ids,
            force_email_lang=user.lang,
        )


def _give_texts_back(registry):
    with registry.cursor() as cr:
        for table, column in TRANSLATED:
            sql.convert_column_translatable(cr, table, column, "varchar")
