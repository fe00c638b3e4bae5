"""What will make new work for somebody: settings of the database that name them.

A source is a kind of such settings: its row in :meth:`HandoverInflow._sources` says how
it is found, how it is told, and whether a handover can change it. A glue add-on adds
its own by super().
"""

import ast
import json
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import split_every

from .. import code_values

# settings that are one field: what names a user there gives them work later
SETTINGS = (
    ("crm.team", "user_id"),
    ("mail.activity.type", "default_user_id"),
    ("mail.activity.plan.template", "responsible_id"),
    # of other add-ons of Odoo, where they are installed
    ("crm.reveal.rule", "user_id"),
    ("event.lead.rule", "lead_user_id"),
    ("fleet.vehicle", "manager_id"),
    ("fleet.vehicle.log.contract", "user_id"),
    ("hr.employee", "attendance_manager_id"),
    ("hr.employee", "expense_manager_id"),
    ("hr.employee", "leave_manager_id"),
    ("hr.job", "user_id"),
    ("hr.leave.type", "responsible_ids"),
    ("hr.version", "hr_responsible_id"),
    ("im_livechat.channel", "user_ids"),
    ("maintenance.equipment", "technician_user_id"),
    ("maintenance.equipment.category", "technician_user_id"),
    ("product.template", "responsible_id"),
    ("res.partner", "buyer_id"),
    ("slide.channel", "user_id"),
    ("survey.survey", "user_id"),
    ("tier.definition", "reviewer_id"),
    ("website", "crm_default_user_id"),
    ("website", "salesperson_id"),
)
# what opens lists and forms: its context says what new records begin with
WINDOWS = ("ir.actions.act_window", "ir.filters", "ir.embedded.actions")
TEMPLATES = (("project.project", "user_id"), ("project.task", "user_ids"))
BATCH = 1_000


class Source(NamedTuple):
    """How a kind of setting is dealt with: names of methods of ``handover.inflow``.

    ``find``: takes a handover and the people who give, yields :class:`Found`.
    ``tell``: takes a record and a user, returns what the setting does, as a text.
    ``change``: takes a record and two users, puts the second in the place of the first
    and returns the values ``(before, after)``, or ``None``; empty: nothing is changed.
    ``undo``: takes a record and these values; puts back what is still as it was left.
    """

    find: str
    tell: str
    change: str = ""
    undo: str = ""


class Found(NamedTuple):
    """A setting that names somebody. ``line``: moves with it; ``taker``: to whom.

    ``ends``: it names nobody any more, as no one person takes over.
    """

    record: models.BaseModel
    giver: models.BaseModel
    taker: models.BaseModel
    line: models.BaseModel
    ends: bool = False

    @property
    def changes(self):
        """Whether the handover changes it."""
        return bool(self.taker) or self.ends


def named_ids(value):
    """Return the ids that a value for a many2one or many2many field names."""
    if isinstance(value, bool):
        return set()
    if isinstance(value, int):
        return {value}
    if not isinstance(value, (list, tuple)):
        return set()
    return set().union(*(_command_ids(item) for item in value))


def _command_ids(item):
    if not isinstance(item, (list, tuple)):
        return named_ids(item)
    if len(item) > 1 and item[0] == 4:
        return named_ids(item[1])
    return named_ids(item[2]) if len(item) > 2 and item[0] == 6 else set()


def replaced(value, old, new):
    """Return ``value`` with the id ``new`` where it names ``old``, see named_ids."""
    if not isinstance(value, (list, tuple)):
        return new if value == old and not isinstance(value, bool) else value
    return type(value)(_command_replaced(item, old, new) for item in value)


def _command_replaced(item, old, new):
    if not isinstance(item, (list, tuple)):
        return replaced(item, old, new)
    # the first one of a command says what it does
    head, *rest = item
    return type(item)((head, *(replaced(part, old, new) for part in rest)))


def without(value, old):
    """Return ``value`` with nobody where it names the id ``old``, see named_ids."""
    if not isinstance(value, (list, tuple)):
        return False if replaced(value, old, None) is None else value
    kept = (item for item in value if item != old and not _links(item, old))
    return type(value)(_command_without(item, old) for item in kept)


def _links(item, old):
    """Tell whether an item is the command that adds the id ``old``."""
    return isinstance(item, (list, tuple)) and tuple(item[:2]) == (4, old)


def _command_without(item, old):
    if not isinstance(item, (list, tuple)):
        return item
    head, *rest = item
    ids = (without(part, old) if isinstance(part, (list, tuple)) else part
           for part in rest)  # fmt: skip
    return type(item)((head, *ids))


class HandoverInflow(models.AbstractModel):
    """The sources of new work; all of it as superuser, for a handover's own use."""

    _name = "handover.inflow"
    _description = "Sources of New Work"

    @api.model
    def _sources(self):
        """Return the table of sources, extended by super(): ``{code: Source}``."""
        return {
            "alias": Source("_aliases", "_alias_text", "_change_alias", "_undo_alias"),
            "recurrence": Source("_steps", "_step_text", "_change_step", "_undo_step"),
            "assignment": Source("_memberships", "_membership_text"),
            "setting": Source("_settings", "_setting_text"),
            "activity": Source("_activities", "_activity_text"),
            "follower": Source("_adding_followers", "_follower_text"),
            "template": Source("_templates", "_template_text"),
            "default": Source("_defaults", "_default_text"),
            "action": Source("_actions", "_action_text"),
            "window": Source("_windows", "_window_text"),
        }

    @api.model
    def _setting_fields(self):
        """Return the settings that are one field: ``((model, field), …)``.

        Extended by super(), for what another add-on brings.
        """
        return SETTINGS

    @api.model
    def _found(self, request, givers):
        """Yield every setting that names ``givers``: ``(code of the source, Found)``.

        Those of other companies as well: :meth:`_company` tells them apart.

        :param request: a handover, saved or not, as superuser
        """
        for code, source in self._sources().items():
            for found in getattr(self.sudo(), source.find)(request, givers):
                yield code, found

    @api.model
    def _company(self, record):
        """Return the company that a setting is of; nothing where it is of all."""
        if record._name == "mail.alias":
            record = self._parent(record)
        elif record._name == "crm.team.member":
            record = record.crm_team_id
        if any(
            model == record._name and record._fields[name].company_dependent
            for model, name in self._setting_fields()
            if name in record._fields
        ):
            # it names somebody in the company that it was looked for in
            return record.env.company.with_env(self.env)
        if "company_id" not in record._fields:
            return self.env["res.company"]
        return record.company_id

    @api.model
    def _stays(self, record, giver):
        """Return a setting that the handover does not change."""
        nobody = self.env["res.users"], self.env["handover.request.line"]
        return Found(record, giver, *nobody)

    @api.model
    def _moving(self, found, taker, line):
        """Return ``found`` as one that goes to ``taker``, with a line; or as it is."""
        if not taker or taker == found.giver:
            return found
        return found._replace(taker=taker, line=line or found.line)

    # ------------------------------------------------------------
    # MAIL ADDRESSES
    # ------------------------------------------------------------

    @api.model
    def _aliases(self, request, givers):
        """Yield the addresses whose mail becomes records of the givers.

        Those of the handover's projects and teams move along, as their work does.
        """
        named = (Domain("alias_defaults", "like", str(id_)) for id_ in givers.ids)
        aliases = self.env["mail.alias"].search(Domain.OR(named))
        # what is stopped by a handover names nobody, and is theirs all the same
        stopped = request._stopped_aliases(givers)
        aliases = aliases.union(*stopped)
        if not aliases:
            # with most people: what moves along need not be told
            return
        lines = request._inflow_lines("project.project")
        teams = request._inflow_teams()
        for alias in aliases:
            parent = self._parent(alias)
            taker = line = None
            ends = False
            if parent._name == "project.project" and (line := lines.get(parent.id)):
                taker = line.successor_id
            elif parent._name == "crm.team" and parent in teams:
                taker = request._inflow_taker()
                ends = not taker and request._ends_inflow()
            named = self._named(alias, givers)
            for giver in named | stopped.get(alias, named):
                found = self._stays(alias, giver)._replace(ends=ends)
                yield self._moving(found, taker, line)

    @api.model
    def _parent(self, alias):
        """Return the team, the project … that an address belongs to, or nothing."""
        model = alias.alias_parent_model_id.model
        if model not in self.env or not alias.alias_parent_thread_id:
            return alias.browse()
        parent = self.env[model].with_context(active_test=False)
        return parent.browse(alias.alias_parent_thread_id).exists()

    @api.model
    def _alias_values(self, alias):
        """Return the defaults of an address that name users: ``(all, those)``."""
        try:
            values = ast.literal_eval(alias.alias_defaults or "{}")
        except (ValueError, SyntaxError):
            return {}, {}
        Model = self.env.get(alias.alias_model_id.model)
        fields = Model._fields if Model is not None else {}
        users = {
            name: value
            for name, value in values.items()
            if name in fields and fields[name].comodel_name == "res.users"
        }
        return values, users

    @api.model
    def _named(self, alias, givers):
        """Return those of ``givers`` that the defaults of an address name."""
        _values, users = self._alias_values(alias)
        ids = set().union(*map(named_ids, users.values()))
        return givers.filtered(lambda giver: giver.id in ids)

    @api.model
    def _alias_text(self, alias, user):
        return self.env._(
            "Mail to %(address)s becomes work of %(user)s.",
            address=alias.alias_full_name or self._parent(alias).display_name or "–",
            user=user.name,
        )

    @api.model
    def _change_alias(self, alias, giver, taker):
        before = alias.alias_defaults
        values, users = self._alias_values(alias)
        values |= {
            name: replaced(value, giver.id, taker.id)
            if taker
            else without(value, giver.id)
            for name, value in users.items()
        }
        alias.alias_defaults = repr(values)
        return before, alias.alias_defaults

    @api.model
    def _undo_alias(self, alias, before, after):
        if alias.alias_defaults != after:
            return False
        alias.alias_defaults = before
        return True

    # ------------------------------------------------------------
    # RECURRING TASKS
    # ------------------------------------------------------------

    @api.model
    def _steps(self, request, givers):
        """Yield the finished steps of recurring tasks, which come back with these.

        They stay as they are, history is true: what comes of them goes to whoever takes
        the task over. So they are those of who has the task by an earlier handover.
        """
        Task = self.env["project.task"].with_context(active_test=False)
        recurring = Domain("recurring_task", "=", True)
        roots = Task.search(recurring & Domain("is_closed", "=", False))
        if not roots:
            return
        lines = request._inflow_lines("project.task")
        taken = list(request._steps_taken(givers))
        for some in split_every(BATCH, roots.ids, tuple):
            steps = Task.search(
                Domain("id", "child_of", some)
                & Domain("id", "not in", some)
                & (Domain("user_ids", "in", givers.ids) | Domain("id", "in", taken))
                & Domain("is_closed", "=", True)
            )
            moves = request._step_moves(steps.user_ids)
            for step in steps:
                line = lines.get(self._root(step).id)
                taker = line and line.successor_id
                heirs = request._step_heirs(step, step.user_ids, moves)
                for giver in heirs & givers:
                    yield self._moving(self._stays(step, giver), taker, line)

    @api.model
    def _root(self, task):
        while task.parent_id:
            task = task.parent_id
        return task

    @api.model
    def _step_text(self, step, user):
        return self.env._(
            "“%(step)s” of the recurring task “%(task)s” comes back as work of"
            " %(user)s.",
            step=step.name,
            task=self._root(step).name,
            user=user.name,
        )

    @api.model
    def _change_step(self, step, giver, taker):
        # nothing is written: see project_task_recurrence.py
        return giver.id, taker.id

    @api.model
    def _undo_step(self, _step, _before, _after):
        return True

    # ------------------------------------------------------------
    # WHAT IS ONLY TOLD
    # ------------------------------------------------------------

    @api.model
    def _memberships(self, _request, givers):
        """Yield the memberships through which teams assign leads by themselves."""
        Member = self.env["crm.team.member"]
        members = Member.search(
            [
                ("user_id", "in", givers.ids),
                ("assignment_optout", "=", False),
                ("assignment_max", ">", 0),
            ]
        )
        for member in members.filtered("assignment_enabled"):
            yield self._stays(member, member.user_id)

    @api.model
    def _membership_text(self, member, user):
        return self.env._(
            "The team %(team)s assigns new leads to %(user)s by itself.",
            team=member.crm_team_id.name,
            user=user.name,
        )

    @api.model
    def _settings(self, request, givers):
        """Yield each setting once for each of the givers, however often it names them.

        What says something else in each company is looked for in those of the givers.
        """
        seen = set()
        companies = request.company_id | givers.company_ids
        for model, name in self._setting_fields():
            for Model in self._in_companies(model, name, companies):
                for found in self._naming_in(Model, name, givers):
                    key = found.record, found.giver, Model.env.company
                    if key not in seen:
                        seen.add(key)
                        yield found

    @api.model
    def _in_companies(self, model, name, companies):
        """Return a model, where it has this field: once, or as in each company."""
        Model = self.env.get(model)
        if Model is None or name not in Model._fields:
            return []
        if not Model._fields[name].company_dependent:
            return [Model]
        return [Model.with_company(company) for company in companies]

    @api.model
    def _naming(self, givers, places, more=Domain.TRUE):
        for model, name in places:
            yield from self._naming_in(self.env[model], name, givers, more)

    @api.model
    def _naming_in(self, Model, name, givers, more=Domain.TRUE):
        for record in Model.search(more & Domain(name, "in", givers.ids)):
            for giver in self._named_in(record, name) & givers:
                yield self._stays(record, giver)

    @api.model
    def _named_in(self, record, name):
        """Return whom a setting names: those as well who are archived by now."""
        return record.with_context(active_test=False)[name]

    @api.model
    def _activities(self, _request, givers):
        """Yield the actions that give their to-dos to somebody named there."""
        Action = self.env["ir.actions.server"]
        # to-dos that an action itself has are searched by a field of the same name
        actions = Action.search(
            Domain("state", "=", "next_activity")
            & Domain("activity_user_type", "=", "specific")
        )
        for action in actions:
            for giver in action.activity_user_id & givers:
                yield self._stays(action, giver)

    @api.model
    def _activity_text(self, action, user):
        return self.env._(
            "The action “%(action)s” gives to-dos to %(user)s.",
            action=action.name,
            user=user.name,
        )

    @api.model
    def _adding_followers(self, _request, givers):
        """Yield the actions that make somebody named there follow records."""
        Action = self.env["ir.actions.server"]
        actions = Action.search(
            Domain("state", "=", "followers")
            & Domain("followers_type", "=", "specific")
            & Domain("partner_ids", "in", givers.partner_id.ids)
        )
        for action in actions:
            for giver in givers:
                if giver.partner_id in action.partner_ids:
                    yield self._stays(action, giver)

    @api.model
    def _follower_text(self, action, user):
        return self.env._(
            "The action “%(action)s” makes %(user)s a follower of records.",
            action=action.name,
            user=user.name,
        )

    @api.model
    def _setting_text(self, record, user):
        names = [
            record._fields[name]._description_string(self.env)
            for model, name in self._setting_fields()
            if model == record._name
            and name in record._fields
            and user in self._named_in(record, name)
        ]
        return self.env._(
            "%(user)s is named as “%(field)s” of “%(record)s” (%(kind)s).",
            user=user.name,
            field=", ".join(names),
            record=record.display_name,
            kind=self.env["ir.model"]._get(record._name).name,
        )

    @api.model
    def _templates(self, _request, givers):
        """Yield the templates from which projects and tasks of the givers are made."""
        projects, tasks = TEMPLATES
        is_template = Domain("is_template", "=", True)
        yield from self._naming(givers, [projects], is_template)
        is_template = Domain("has_template_ancestor", "=", True)
        yield from self._naming(givers, [tasks], is_template)

    @api.model
    def _template_text(self, record, user):
        return self.env._(
            "What is made from the template “%(record)s” becomes work of %(user)s.",
            record=record.display_name,
            user=user.name,
        )

    @api.model
    def _defaults(self, _request, givers):
        """Yield the default values of fields that name the givers for others."""
        Default = self.env["ir.default"]
        defaults = Default.search(
            Domain("field_id.relation", "=", "res.users")
            & Domain("user_id", "not in", givers.ids)
        )
        for default in defaults:
            ids = named_ids(json.loads(default.json_value))
            for giver in givers.browse(id_ for id_ in givers.ids if id_ in ids):
                yield self._stays(default, giver)

    @api.model
    def _default_text(self, default, user):
        return self.env._(
            "%(user)s is the default of “%(field)s” in new records (%(kind)s).",
            user=user.name,
            field=default.field_id.field_description,
            kind=default.field_id.model_id.name,
        )

    @api.model
    def _actions(self, _request, givers):
        """Yield the server actions, of automations as well, that name the givers."""
        refs = givers.get_external_id()
        words = [*map(str, givers.ids), *filter(None, refs.values())]
        named = Domain.OR(
            Domain(name, "like", word) for name in ("code", "value") for word in words
        )
        users = [f"res.users,{giver.id}" for giver in givers]
        named |= Domain("resource_ref", "in", users)
        kinds = Domain("state", "in", ("object_write", "code")) & named
        # a duplicate is whose the original is
        copies = Domain("state", "=", "object_copy") & Domain(
            "resource_ref", "!=", False
        )
        for action in self.env["ir.actions.server"].search(kinds | copies):
            ids = self._action_users(action, {refs[id_]: id_ for id_ in refs})
            for giver in givers.filtered(lambda giver, ids=ids: giver.id in ids):
                yield self._stays(action, giver)

    @api.model
    def _action_users(self, action, refs):
        """Return the ids of users that an action names: as a value, or in its code.

        :param refs: external ids that are looked for, ``{external id: id}``
        """
        if action.state == "object_copy":
            return self._owner_ids(self._referred(action))
        is_user = action.update_field_id.relation == "res.users"
        if action.state == "object_write" and action.evaluation_type == "value":
            named = self._referred(action) if is_user else None
            return set(named.ids) if named else set()
        text = action.code if action.state == "code" else action.value
        values, names = code_values.named_users(text)
        if is_user and action.state == "object_write":
            values.append(self._literal(text))
        ids = set().union(*map(named_ids, values))
        return ids | {refs[name] for name in names if name in refs}

    @api.model
    def _referred(self, action):
        """Return the record that an action is about, or ``None``."""
        try:
            return action.resource_ref
        except KeyError:
            # its model went with an add-on, or was made at run time
            return None

    @api.model
    def _owner_ids(self, record):
        """Return the ids of the users whose a record of any model is."""
        if not (record and record.exists()):
            return set()
        scopes = self.env["handover.scope"]._owner_fields(record._name)
        return {
            id_
            for _id, name, _team in scopes
            if record._fields[name].copy
            for id_ in self._named_in(record, name).ids
        }

    @api.model
    def _literal(self, text):
        """Return the value of a plain expression, ``None`` for any other."""
        try:
            return ast.literal_eval((text or "").strip())
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return None

    @api.model
    def _action_text(self, action, user):
        if action.state == "code":
            return self.env._(
                "The automatic action “%(action)s” names %(user)s in its code.",
                action=action.name,
                user=user.name,
            )
        return self.env._(
            "The automatic action “%(action)s” assigns records to %(user)s.",
            action=action.name,
            user=user.name,
        )

    @api.model
    def _windows(self, _request, givers):
        """Yield the actions and favourites of others from which new records are theirs.

        As far as the context says so in plain values; what is opened by one person
        alone is up to them, and what is archived opens nothing.
        """
        named = Domain.OR(Domain("context", "like", str(id_)) for id_ in givers.ids)
        for model in WINDOWS:
            windows = self.env[model].with_context(active_test=True)
            for window in windows.search(Domain("context", "like", "default_") & named):
                opened = self._opened_by(window)
                alone = hasattr(window, "_handover_users") and window._handover_users()
                ids = self._default_users(opened, window.context)
                for giver in givers.filtered(lambda user, ids=ids: user.id in ids):
                    if giver != alone:
                        yield self._stays(window, giver)

    @api.model
    def _opened_by(self, window):
        """Return the name of the model that a window opens, "" where it does not say.

        A button in a list names an action of any kind, or a method of Python.
        """
        if window._name == "ir.filters":
            return window.model_id
        if window._name == "ir.embedded.actions":
            action = window.action_id
            if action.type != "ir.actions.act_window":
                return ""
            window = self.env[action.type].browse(action.id)
        return window.res_model or ""

    @api.model
    def _default_users(self, model, context):
        """Return the ids of users that a context puts into new records of a model."""
        fields = self.env[model]._fields if model in self.env else {}
        defaults = code_values.context_defaults(context).items()
        return set().union(
            *(
                named_ids(value)
                for name, value in defaults
                if name in fields and fields[name].comodel_name == "res.users"
            )
        )

    @api.model
    def _window_text(self, window, user):
        return self.env._(
            "What is made from “%(record)s” (%(kind)s) becomes work of %(user)s.",
            record=window.display_name,
            kind=self.env["ir.model"]._get(window._name).name,
            user=user.name,
        )
