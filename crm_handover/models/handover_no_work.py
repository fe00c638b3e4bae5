"""Models whose records name a user, and yet are nobody's work to hand over.

One list, with the reason that people read. A model that is not on it is taken for work.
"""

import re
from typing import NamedTuple


class Rule(NamedTuple):
    """Which models a rule is about, and why they are no work.

    ``names``: models, or with a dot at the end all that begin so. ``work``: those of
    them that are work after all.
    """

    names: tuple
    why: object
    work: tuple = ()


RULES = (
    Rule(
        ("mail.activity", "mail.activity.", "calendar."),
        lambda env: env._("to-dos and meetings go along with the records they are on."),
    ),
    Rule(
        (
            *("hr.", "resource.", "res.users", "res.users.", "crm.team"),
            "crm.team.member",
            *("gamification.", "lunch."),
        ),
        work=("hr.applicant", "hr.job", "hr.candidate", "hr.talent.pool"),
        why=lambda env: env._("it says who somebody is, which nobody hands over."),
    ),
    Rule(
        ("account.", "pos.", "payment.", "product.value"),
        lambda env: env._("what is in the books stays with whoever made it."),
    ),
    Rule(
        ("project.update", "forum.post.vote"),
        lambda env: env._("what somebody reported stays theirs."),
    ),
    Rule(
        (
            *("base.", "base_import.", "bus.", "digest.", "discuss.", "iap.", "ir."),
            *("mail.", "onboarding.", "privacy.", "properties.", "rating.", "report."),
            *("res.", "sms.", "web_editor.", "web_tour.", "auth."),
            *("project.task.stage.personal", "project.task.type", "snailmail."),
            *("spreadsheet.", "crm.iap.", "queue.", "tier."),
        ),
        work=("res.partner",),
        why=lambda env: env._(
            "these are settings, or rows that Odoo keeps for itself."
        ),
    ),
    # who is in these reads what others have, or acts for all who have no user
    Rule(
        (
            *("helpdesk.team", "helpdesk.ticket.team", "im_livechat."),
            *("maintenance.team", "website"),
        ),
        lambda env: env._("it decides who may do what."),
    ),
    Rule(
        ("handover.",),
        lambda env: env._("a handover cannot hand itself over."),
    ),
)


# parts of names of models that are keys, in whichever app
KEYS = re.compile(r"(^|[._])(api[._]?keys?|(access|auth)[._]tokens?|tokens?)($|[._])")


def _is_about(rule, name):
    if name in rule.work:
        return False
    return any(
        name.startswith(known) if known.endswith(".") else name == known
        for known in rule.names
    )


def by_name(env, name):
    """Return what the list says of a model of this name, or an empty text."""
    for rule in RULES:
        if _is_about(rule, name):
            return rule.why(env)
    # whoever has such a key acts as the person that it names
    if KEYS.search(name):
        return env._("it decides who may do what.")
    return ""


def no_work(Model):
    """Return why records of ``Model`` are no work to hand over, or an empty text.

    :param Model: an empty recordset
    """
    env, name = Model.env, Model._name
    if why := by_name(env, name):
        return why
    # what other add-ons bring is known by what it is made of
    if "resource.mixin" in env and isinstance(Model, env.registry["resource.mixin"]):
        return env._("it says who somebody is, which nobody hands over.")
    state = Model._fields.get("state")
    if state and state.type == "selection" and "posted" in state.get_values(env):
        return env._("what is in the books stays with whoever made it.")
    # core's own mark of sensitive models; customers carry it because they log in
    if not Model._allow_sudo_commands and name != "res.partner":
        return env._("it decides who may do what.")
    return ""


def marks(field):
    """Tell whether a user field says who marked a record, not whose work it is."""
    return _plain_name(field).startswith(("favorite_", "favourite_"))


def opens(field):
    """Tell whether a user field says who may open a record, not whose work it is."""
    name = _plain_name(field)
    return name.startswith(("restrict_", "allowed_")) or name.endswith("member_ids")


def _plain_name(field):
    return field.name.removeprefix("x_studio_").removeprefix("x_")
