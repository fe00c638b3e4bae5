from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..day_texts import moment_text
from .handover_guard import door, is_id, typed
from .handover_named import needs
from .handover_said import in_all_languages

GRANT_STATES = [
    ("proposed", "Proposed"),
    ("active", "Active"),
    ("suspended", "Suspended"),
    ("ended", "Ended"),
]
KINDS = [("group", "Group"), ("team", "Sales Team"), ("project", "Project")]
# given, and not taken back for good
LASTING = ("active", "suspended")

# how long a permission of a permanent handover lasts when nobody says so
DEFAULT_DAYS = 90
# nobody decides today about what somebody may do later than that
MAX_DAYS = 366
# what ended before an alarm says that nothing ends
LATE = timedelta(hours=1)

END_JOB = "crm_handover.ir_cron_handover_grant_end"


class HandoverGrant(models.Model):
    """One permission given to a successor, with an end.

    Proposed in a draft, approved with the handover, active before the first record
    changes its owner. It ends by its date, with the return, or by hand, and takes away
    neither what the person had before nor what another active grant still gives. How a
    permission is given and taken is in ``handover_grant_effect``.
    """

    _name = "handover.grant"
    _description = "Handover Permission"
    _inherit = ["handover.guard"]
    _order = "request_id desc, id"
    request_id = fields.Many2one(
        "handover.request",
        required=True,
        index=True,
        ondelete="restrict",
        content=True,
        help="The handover that gives it.",
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    request_state = fields.Selection(related="request_id.state", string="Handover Is")
    user_id = fields.Many2one(
        "res.users",
        string="Who Gets It",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False)]",
        content=True,
        help="The successor who gets it.",
    )
    kind = fields.Selection(
        KINDS,
        default="group",
        required=True,
        content=True,
        help="What is given: a group, a team, a project.",
    )
    group_id = fields.Many2one(
        "res.groups",
        ondelete="restrict",
        domain="[('handover_grantable_ids', '!=', False)]",
        help="One of the groups that the administrator allows handovers to give.",
        content=True,
    )
    team_id = fields.Many2one(
        "crm.team",
        ondelete="restrict",
        content=True,
        help="The sales team that the successor joins.",
    )
    project_id = fields.Many2one(
        "project.project",
        ondelete="restrict",
        content=True,
        help="The project that the successor is invited to.",
    )
    expires_at = fields.Datetime(
        string="Until",
        required=True,
        compute="_compute_expires_at",
        precompute=True,
        store=True,
        readonly=False,
        help="When it ends by itself.",
        content=True,
    )
    state = fields.Selection(
        GRANT_STATES,
        default="proposed",
        required=True,
        index=True,
        copy=False,
        help="Whether it is proposed, given, or has ended.",
    )
    approved = fields.Boolean(
        copy=False, help="The last approval of the handover covers it."
    )
    closure = fields.Json(
        copy=False, help="The ids of all groups that were approved with this one."
    )
    gone = fields.Json(
        copy=False, help="Id and name of a group that went with its app: history."
    )
    had_before = fields.Boolean(
        copy=False, help="The person had it before: it is not taken away."
    )
    memory = fields.Json(copy=False, help="What to restore at the end.")
    date_active = fields.Datetime(
        string="Active Since", copy=False, help="Since when the successor has it."
    )
    date_ended = fields.Datetime(
        string="Ended On", copy=False, help="When it was taken back."
    )
    end_reason = fields.Char(
        string="Why It Ended",
        translate=True,
        copy=False,
        help="Why it was taken back.",
    )
    thing = fields.Char(
        compute="_compute_summary",
        string="Permission",
        help="The name of what is given.",
    )
    summary = fields.Char(
        compute="_compute_summary",
        string="What It Means",
        help="What the successor can do with it, in words.",
    )
    can_edit = fields.Boolean(
        compute="_compute_can", help="The reader may change it now."
    )
    can_end = fields.Boolean(compute="_compute_can", help="The reader may end it now.")

    _one_thing = models.Constraint(
        """CHECK (
            (kind = 'group') = (group_id IS NOT NULL OR gone IS NOT NULL)
            AND (kind = 'team') = (team_id IS NOT NULL)
            AND (kind = 'project') = (project_id IS NOT NULL))""",
        "Choose one thing: a group, a sales team or a project.",
    )
    _once = models.UniqueIndex(
        "(request_id, user_id, COALESCE(group_id, 0), COALESCE(team_id, 0),"
        " COALESCE(project_id, 0)) WHERE state != 'ended'",
        "The permission is on the handover already.",
    )
    _live_idx = models.Index("(expires_at) WHERE state IN ('active', 'suspended')")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("request_id")
    def _compute_expires_at(self):
        for grant in self:
            request = grant.request_id
            start = request.date_planned or fields.Datetime.now()
            end = request.date_return or start + timedelta(days=DEFAULT_DAYS)
            grant.expires_at = grant.expires_at or end

    @api.depends("user_id", "kind", "group_id", "team_id", "project_id", "expires_at")
    @api.depends_context("lang", "tz")
    def _compute_summary(self):
        for grant in self:
            known = grant.user_id and (grant._thing() or grant.gone)
            grant.thing = grant._thing_name() if known else ""
            grant.summary = grant._sentence() if known else ""

    @api.depends("state", "request_id.state")
    @api.depends_context("uid")
    @needs("request_id")
    def _compute_can(self):
        for grant in self:
            request = grant.request_id
            grant.can_edit = (
                grant.state == "proposed" and not request._permission_refusal()
            )
            grant.can_end = grant.state in LASTING and not request._role_problem(
                "operator", self.env.user
            )

    @api.depends("summary")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for grant in self:
            grant.display_name = grant.summary

    def _sentence(self):
        """Return in plain words what the grant gives to whom, and until when."""
        grant = self.sudo()
        values = {
            "user": grant.user_id.name,
            "thing": grant._thing_name(),
            "until": moment_text(self.env, grant.expires_at),
        }
        if grant.kind == "team":
            return self.env._(
                "%(user)s is in the sales team %(thing)s until %(until)s", **values
            )
        if grant.kind == "project":
            return self.env._(
                "%(user)s follows the project %(thing)s and can open it with all its"
                " tasks until %(until)s",
                **values,
            )
        opens = grant.group_id.handover_grantable_ids[:1].description
        return self.env._(
            "%(user)s gets “%(thing)s” until %(until)s: %(opens)s",
            opens=opens or "–",
            **values,
        )

    def _thing(self):
        self.ensure_one()
        return self[f"{self.kind or 'group'}_id"]

    def _thing_name(self):
        thing = self.sudo()._thing()
        if not thing and self.gone:
            return self.gone["name"]
        return (thing.full_name if self.kind == "group" else thing.name) or "–"

    @api.model
    def _guarded_initial(self):
        return {"state": "proposed"}

    @api.model
    def default_get(self, fields):
        # how long is decided or computed, never a default that somebody left behind
        values = super().default_get(fields)
        values.pop("expires_at", None)
        return values

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    @typed
    def create(self, vals_list):
        if self._trusted():
            return super().create(vals_list)
        ids = [vals.get("request_id") for vals in vals_list]
        if not all(is_id(id_) for id_ in ids):
            raise UserError(self.env._("Say which handover the permission is for."))
        requests = self._readable("handover.request", ids)
        requests._lock()
        requests._check_permission_edit()
        for vals in vals_list:
            self._check_things(vals)
            if not vals.get("expires_at"):
                # a screen sends an empty field along: it is computed
                vals.pop("expires_at", None)
        grants = super().create(vals_list)
        grants._check_proposal()
        requests._touch()
        return grants

    @typed
    def write(self, vals):
        if self._trusted():
            return super().write(vals)
        if "request_id" in vals:
            raise AccessError(self.env._("A permission stays on its handover."))
        self.request_id._lock()
        self._check_editable()
        self._check_things(vals)
        result = super().write(vals)
        self._check_proposal()
        self.request_id._touch()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proposed(self):
        if not self._trusted():
            self.request_id._lock()
            self._check_editable()

    def unlink(self):
        requests = self.request_id
        result = super().unlink()
        requests.exists()._touch()
        return result

    @api.model
    def _readable(self, model, ids):
        """Return these records, or raise the same for missing and for hidden ones."""
        records = self.env[model].browse(ids)
        if len(records.exists()._filtered_access("read")) != len(set(ids)):
            raise AccessError(
                self.env._(
                    "%s: a record does not exist, or you may not see it.",
                    records._description,
                )
            )
        return records

    @api.model
    def _check_things(self, vals):
        """Raise when the caller names what they may not see: its name would be told."""
        for name in ("user_id", "group_id", "team_id", "project_id"):
            if value := vals.get(name):
                field = self._fields[name]
                if not is_id(value):
                    raise UserError(
                        self.env._(
                            "“%s” is given by its id.",
                            field._description_string(self.env),
                        )
                    )
                self._readable(field.comodel_name, [value])

    def _check_editable(self):
        self.request_id._check_permission_edit()
        if any(grant.state != "proposed" for grant in self):
            raise UserError(
                self.env._("What was given is not changed: end it, and propose anew.")
            )

    def _check_proposal(self):
        for grant in self:
            if problem := grant._problem():
                raise UserError(
                    self.env._(
                        "%(handover)s: %(problem)s",
                        handover=grant.request_id.name,
                        problem=problem,
                    )
                )

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    def _problem(self):
        """Return why it may not be given, as things stand now, or an empty text."""
        grant = self.sudo()
        request = grant.request_id
        user = grant.user_id
        if not grant._thing():
            return self.env._("choose a group, a sales team or a project.")
        if user not in request.successor_ids or not user.active or user.share:
            return self.env._("%s takes nothing over here.", user.name)
        start = max(
            request.date_planned or fields.Datetime.now(), fields.Datetime.now()
        )
        if grant.expires_at <= start:
            return self.env._("the permission would end before it begins.")
        if grant.expires_at > start + timedelta(days=MAX_DAYS):
            return self.env._("a permission lasts %s days at the most.", MAX_DAYS)
        if grant.kind == "group":
            return grant._group_problem()
        company = grant._thing().company_id
        if company and company != request.company_id:
            return self.env._("%s belongs to another company.", grant._thing_name())
        return ""

    def _group_problem(self):
        grantable = self.group_id.handover_grantable_ids.filtered("active")
        if not grantable:
            return self.env._(
                "“%s” is not among the permissions that may be given.",
                self._thing_name(),
            )
        if problem := grantable._problem():
            return problem
        if self._has_grown():
            return self.env._(
                "“%s” gives more than what was approved.", self._thing_name()
            )
        return ""

    def _has_grown(self):
        """Tell whether the group includes more than what was approved with it."""
        approved = self.sudo().closure
        return bool(approved) and bool(set(self._closure_now()) - set(approved))

    def _closure_now(self):
        group = self.sudo().group_id
        if group._handover_decides():
            group._handover_hold()
        return sorted(group._handover_closure())

    def _approver_problem(self, approver):
        """Return why this user may not decide about it, or an empty text."""
        self.ensure_one()
        if approver._handover_has_group("base.group_system"):
            return ""
        if self.kind == "group":
            if set(self._closure_now()) - approver._handover_group_ids():
                return self.env._(
                    "“%s” is more than they may do themselves.", self._thing_name()
                )
            return ""
        thing = self._thing()
        self._keep_rights(approver, thing)
        if not approver._handover_may(thing):
            return self.env._("“%s” is closed to them.", self._thing_name())
        return ""

    def _keep_rights(self, user, thing):
        """Have what lets ``user`` at ``thing`` stay until the transaction ends.

        A permission opens it to somebody for longer than that. Whoever asks about one
        record has the answer of this moment, as everybody in Odoo, and nobody who
        administers rights waits for them.
        """
        keep = self.request_id._keep_rows
        names = [thing._name, *thing._inherits]
        models = SQL("SELECT id FROM ir_model WHERE model = ANY(%s)", names)
        rules = SQL("SELECT id FROM ir_rule WHERE model_id IN (%s)", models)
        keep("ir_model_access", SQL("model_id IN (%s)", models))
        keep("ir_rule", SQL("model_id IN (%s)", models))
        keep("rule_group_rel", SQL("rule_group_id IN (%s)", rules))
        keep("res_company_users_rel", SQL("user_id = %s", user.id))

    def _freeze(self):
        """Keep what is approved, with all that it includes today."""
        for grant in self:
            values = {"approved": grant.state != "ended"}
            if values["approved"] and grant.kind == "group":
                values["closure"] = grant._closure_now()
            grant._trusting().write(values)

    def _approved_rows(self):
        """Return what an approval covers, as plain values; the end changes nothing."""
        return [
            [
                grant.id, grant.user_id.id, grant.kind,
                grant._thing().id or (grant.gone or {}).get("id", False),
                fields.Datetime.to_string(grant.expires_at), grant.closure or False,
            ]
            for grant in self.sudo().sorted("id")
            if grant.approved
        ]  # fmt: skip

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @door
    def action_end(self, reason=False):
        """End permissions now, before their date.

        :param str reason: why, optional
        :return: ``True``
        :raise AccessError: when the caller may not act for the handover
        :raise UserError: when a permission has not been given yet
        """
        requests = self.request_id
        text = requests._check_reason(reason) if reason else ""
        requests._lock()
        for request in requests:
            if problem := request._role_problem("operator", self.env.user):
                raise AccessError(
                    self.env._(
                        "%(handover)s: %(problem)s",
                        handover=request.name,
                        problem=problem,
                    )
                )
            if refusal := request._background_refusal():
                raise refusal
        self.invalidate_recordset()
        for grant in self:
            if grant.state == "proposed":
                raise UserError(
                    self.env._(
                        "%s: the permission has not been given yet.",
                        grant.request_id.name,
                    )
                )
        live = self.filtered(lambda grant: grant.state in LASTING)
        live._end(text or (lambda env: env._("Ended by hand.")))
        return True

    # ------------------------------------------------------------
    # LIFE
    # ------------------------------------------------------------

    def _activate(self):
        """Give what was approved; the requests are locked."""
        for grant in self:
            grant._lock_user()
            had, memory = grant._give()
            values = {"had_before": had, "memory": memory, "end_reason": False}
            if grant.state == "proposed":
                values["date_active"] = fields.Datetime.now()
            resumed = grant.state == "suspended"
            code = "permission_resumed" if resumed else "permission_given"
            grant._trusting().write({"state": "active", **values})
            grant._log(code)
            self.env.ref(END_JOB).sudo()._trigger(grant.expires_at)
        self._signal_after_commit()

    def _suspend(self):
        """Take it back for now: its group came to include more than was approved."""
        for grant in self:
            grant._lock_user()
            grant._take()
            grant._trusting().write({"state": "suspended"})
            grant._log("permission_suspended")
            grant.request_id._alarm(
                lambda env, grant=grant: env._(
                    "“%(group)s” includes more than what was approved: %(user)s lost it"
                    " for now. Take back what was added to the group, or end the"
                    " permission.",
                    group=grant.with_env(env)._thing_name(),
                    user=grant.user_id.name,
                )
            )
        self._signal_after_commit()

    def _end(self, reason):
        """End live grants; the requests are locked.

        :param reason: why, as somebody has written it; or a function of an environment
            that returns it as a sentence
        """
        said = in_all_languages(self, reason) if callable(reason) else reason
        for grant in self:
            grant._lock_user()
            if grant.state == "active":
                grant._take()
            grant._keep_said("end_reason", said)
            grant._trusting().write(
                {"state": "ended", "date_ended": fields.Datetime.now()}
            )
            grant._log("permission_ended", reason=said)
        self._signal_after_commit()

    @api.model
    def _let_go(self, groups):
        """Have permissions outlive these groups, which go with their app."""
        grants = self.sudo().search([("group_id", "in", groups.ids)])
        grants.request_id._lock()

        def text(env):
            return env._("Its group was removed, with the app that had it.")

        grants.filtered(lambda grant: grant.state in LASTING)._end(text)
        drafts = grants.filtered(
            lambda grant: grant.state == "proposed" and not grant.approved
        )
        drafts._trusting().unlink()
        for grant in grants - drafts:
            gone = {"id": grant.group_id.id, "name": grant._thing_name()}
            values = {"gone": gone, "group_id": False}
            if grant.state == "proposed":
                values["state"] = "ended"
                grant._keep_said("end_reason", in_all_languages(grant, text))
            grant._trusting().write(values)

    def _log(self, code, **data):
        grant = self.sudo()
        grant.request_id._log_event(
            code,
            user=grant.user_id.name,
            permission=grant._thing_name(),
            thing=[grant._thing()._name, grant._thing().id],
            until=fields.Datetime.to_string(grant.expires_at),
            **data,
        )

    def _lock_user(self):
        """Let one transaction at a time give to this person or take from them.

        Two that end the last two grants of a group would each leave it to the other
        one. An update, unlike a lock, is a conflict for who began before it: that one
        is tried again, and then sees what the other did.
        """
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE res_users SET write_date = write_date WHERE id = %s",
                self.user_id.id,
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset()

    def _signal_after_commit(self):
        if self:
            self.env["res.groups"]._handover_signal_after_commit()

    @api.model
    def _signal_again(self):
        """Tell all servers once more, in case one died between commit and signal."""
        recent = [("write_date", ">", fields.Datetime.now() - LATE)]
        if self.sudo().search_count(recent, limit=1):
            self.env.registry.clear_cache("default", "groups")
            self.env.registry.signal_changes()

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_end(self):
        """End what is over, and suspend what has become more than was approved."""
        commit_progress = self.env["ir.cron"]._commit_progress
        engine = self.env["handover.engine"]
        grants = self.sudo()
        grants._signal_again()
        due = grants.search(
            [("state", "in", LASTING), *self._over()], order="expires_at"
        )
        live = grants.search([("state", "in", LASTING), ("kind", "=", "group")])
        steps = [(grants.browse(id_), "_end_if_over") for id_ in due.ids]
        steps += [(grants.browse(id_), "_follow_group") for id_ in (live - due).ids]
        commit_progress(remaining=len(steps))
        for grant, step in steps:
            engine._safely(getattr(grant, step))
            if not commit_progress(1):
                return

    @api.model
    def _over(self, late=timedelta()):
        return [("expires_at", "<=", fields.Datetime.now() - late)]

    def _end_if_over(self):
        self.request_id._lock()
        self.invalidate_recordset()
        if self.state in LASTING and self.expires_at <= fields.Datetime.now():
            self._end(lambda env: env._("Its time was over."))

    def _follow_group(self):
        """Suspend it when its group has grown, and resume it when that was undone."""
        wrong = {"active": True, "suspended": False}
        if self._has_grown() != wrong.get(self.state):
            return
        self.request_id._lock()
        self.invalidate_recordset()
        if self._has_grown() == wrong.get(self.state):
            if self.state == "active":
                self._suspend()
            elif self.expires_at > fields.Datetime.now():
                self._activate()

    @api.model
    def _alarm_when_late(self):
        """Tell those in charge when permissions should have ended and did not."""
        late = self.sudo().search([("state", "in", LASTING), *self._over(LATE)])
        for request in late.request_id:
            request._alarm(
                lambda env: env._(
                    "Permissions should have ended and did not: see that the scheduled"
                    " action “%s” is switched on, or end them by hand.",
                    env.ref(END_JOB).sudo().name,
                )
            )

    @api.model
    def _end_job_problem(self):
        """Return why grants would not end by themselves, or an empty text."""
        job = self.env.ref(END_JOB, raise_if_not_found=False)
        if job and job.sudo().active:
            return ""
        return self.env._(
            "Permissions would not end: the administrator has to switch on the"
            " scheduled action that ends them."
        )
