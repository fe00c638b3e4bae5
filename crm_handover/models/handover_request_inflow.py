from collections import Counter

from odoo import api, fields, models

from ..word_texts import labelled, sentences
from . import handover_audience
from .handover_background import FATAL, TRANSIENT
from .handover_said import in_language, in_words
from .handover_states import HANDED_OVER
from .handover_transaction import undoing

# settings that are named in one text; the rest is counted
NAMED = 5


class HandoverRequest(models.Model):
    """What will make new work for the predecessor: found, told, moved along.

    What moves is what stood in the list when it was submitted, as that is approved. The
    rest stays, and is named with who may change it.
    """

    _inherit = "handover.request"

    inflow = handover_audience.Json(
        string="New Work That Moves",
        readonly=True,
        audience="givers",
        copy=False,
        help="What makes new work for the predecessor and goes to the successor.",
    )
    inflow_outcome = handover_audience.Json(
        string="New Work That Moved",
        readonly=True,
        audience="givers",
        copy=False,
        help="What was changed, with its values before and after.",
    )

    # ------------------------------------------------------------
    # WHAT IS THERE
    # ------------------------------------------------------------

    def _inflow_givers(self):
        """Return whose new work it is: the predecessor, or those who give of a team."""
        return self.sudo().predecessor_id or self._line_givers()

    def _found_inflow(self):
        """Return what makes new work here for those who give: ``[(code, Found)]``."""
        return self._all_inflow()[0]

    def _all_inflow(self):
        """Return what makes new work for those who give: in this company, and others.

        :return: ``([(code, Found)], {company: number of settings})``
        """
        self.ensure_one()
        request, givers = self.sudo(), self._inflow_givers()
        inflow = request.env["handover.inflow"]
        here, elsewhere = [], Counter()
        for code, one in inflow._found(request, givers) if givers else ():
            company = inflow._company(one.record)
            # of a team's people only what moves: they stay where they are
            if not (one.taker or request.predecessor_id):
                continue
            if company and company != request.company_id:
                elsewhere[company] += 1
            else:
                here.append((code, one))
        return here, elsewhere

    def _inflow_lines(self, model):
        """Return the lines of a model that move, or did: ``{record id: line}``."""
        lines = self.env["handover.request.line"].sudo().search(
            [
                ("request_id", "=", self._origin.id),
                ("res_model", "=", model),
                ("state", "in", ("todo", "done")),
            ]
        )  # fmt: skip
        return {line.res_id: line for line in lines}

    def _inflow_teams(self):
        """Return the teams whose work is handed over, as superuser.

        Of a team's handover that team. Of a person's, who gives all of it, their teams,
        those that they lead here, and those of the records.
        """
        request = self.sudo()
        if not request.predecessor_id:
            return request.source_team_id
        if not request._gives_all():
            return request.source_team_id.browse()
        teams = self._giving_teams() | request.source_team_id
        led = [("user_id", "=", request.predecessor_id.id)]
        teams |= teams.search([*led, ("company_id", "in", [self.company_id.id, False])])
        lines = self.env["handover.request.line"].sudo()
        for scope in self.env["handover.scope"]._in_use().filtered("team_field_id"):
            mine = lines._search(
                [("request_id", "=", self._origin.id), ("scope_id", "=", scope.id)]
            )
            field = scope.team_field_id.name
            named = fields.Domain("id", "in", mine.subselect("res_id"))
            for [team] in scope._records()._read_group(named, [field]):
                teams |= team
        return teams

    def _inflow_taker(self):
        """Return who gets the mail of teams: who takes over everything, or nobody."""
        if self.successor_id:
            return self.successor_id
        lines = self.env["handover.request.line"].sudo()
        mine = [("request_id", "=", self._origin.id)]
        takers = [user for [user] in lines._read_group(mine, ["successor_id"])]
        if not takers:
            return self._default_successor()
        return takers[0] if len(takers) == 1 else takers[0].browse()

    def _inflow_row(self, code, found):
        """Return what is approved of a setting that moves, as plain values."""
        return {
            "source": code,
            "res_model": found.record._name,
            "res_id": found.record.id,
            "giver": found.giver.id,
            "taker": found.taker.id,
            "line": found.line.id,
        }

    # ------------------------------------------------------------
    # WHAT IS TOLD
    # ------------------------------------------------------------

    def _inflow_text(self, code, record, user):
        """Return what a setting does to ``user``, in the language of the reader."""
        sources, source = self._inflow_source(code)
        # some say something else in each company
        sources = sources.with_company(record.env.company)
        return getattr(sources, source.tell)(record.with_env(sources.env), user.sudo())

    def _who_changes(self, record):
        """Return which groups may change a setting, as a text."""
        Access = self.env["ir.model.access"].sudo()
        return ", ".join(Access.group_names_with_access(record._name, "write"))

    def _preflight_findings(self):
        return [*super()._preflight_findings(), *self._inflow_findings()]

    def _inflow_findings(self):
        """Return what makes new work: what moves, and what somebody has to change."""
        if not self._sees_sealed(self.env.user):
            return []
        known = self.inflow or []
        here, elsewhere = self._all_inflow()
        named, more = self._few_of_each(here)
        findings = [
            self._inflow_finding(code, found, self._inflow_moves(code, found, known))
            for code, found in named
        ]
        findings += [
            self._more_finding(Model, giver, count, code)
            for (Model, giver, code), count in more.items()
        ]
        return findings + [
            self._elsewhere_finding(company, count)
            for company, count in elsewhere.items()
        ]

    @api.model
    def _few_of_each(self, found):
        """Return what is named by itself of settings, and how much more there is.

        What moves, and a few of each kind that stays: somebody may be named a thousand
        times.

        :return: ``([(code, Found)], {(empty recordset, giver, code): count})``
        """
        named, more, seen = [], Counter(), Counter()
        for code, one in found:
            kind = code, one.record._name, one.giver
            seen[kind] += not one.changes
            if one.changes or seen[kind] <= NAMED:
                named.append((code, one))
            else:
                more[one.record.browse(), one.giver, code] += 1
        return named, more

    def _more_text(self, Model, giver, count):
        return self.env._(
            "%(user)s is named in more of the same kind (%(kind)s): %(count)s.",
            user=giver.sudo().name,
            kind=self._kind_name(Model._name),
            count=count,
        )

    def _more_finding(self, Model, giver, count, _code):
        """Return a finding of settings of one kind that are not named by themselves."""
        text, fix = self._more_text(Model, giver, count), self._stays_fix(Model)
        return self._finding("inflow", "warning", text, fix)

    def _stays_fix(self, Model):
        return self.env._(
            "It stays so: have it changed by who may (%s).", self._who_changes(Model)
        )

    def _elsewhere_finding(self, company, count):
        """Tell that settings of another company make new work, not which they are."""
        known = company in self.env.user.company_ids
        message = self.env._(
            "New work comes to %(user)s in %(company)s as well. Settings: %(count)s.",
            user=self.predecessor_id.sudo().name,
            company=company.name if known else self.env._("another company"),
            count=count,
        )
        fix = self.env._(
            "This handover changes nothing there: have them changed by who may, or make"
            " a handover in that company."
        )
        return self._finding("inflow", "warning", message, fix)

    def _inflow_moves(self, code, found, known):
        """Tell whether a setting moves: in a draft all that can, else what was seen."""
        seen = self.state == "draft" or self._inflow_row(code, found) in known
        return found.changes and seen

    def _inflow_finding(self, code, found, moves):
        text = self._inflow_text(code, found.record, found.giver)
        if moves:
            fix = self.env._(
                "It goes to %s with the handover.", found.taker.sudo().name
            )
        else:
            fix = self._stays_fix(found.record)
        finding = self._finding("inflow", "info" if moves else "warning", text, fix)
        return finding | {
            "res_model": found.record._name,
            "res_id": found.record.id,
        }

    def _stays_with_giver(self, elsewhere=True):
        staying = super()._stays_with_giver(elsewhere)
        if not self._may_give_all(self.requester_id or self.env.user):
            return staying
        told = self._settings_told() if elsewhere else ()
        named, more = self._few_of_each(
            (code, found)
            for code, found in self._found_inflow()
            if not found.taker and (code != "setting" or found.record._name not in told)
        )
        whys = [(1, self._inflow_why(code, found)) for code, found in named]
        whys += [
            (count, self._more_text(Model, giver, count))
            for (Model, giver, _code), count in more.items()
        ]
        name = self.env._("New work")
        rows = [{"name": name, "count": count, "why": why} for count, why in whys]
        return [*staying, *rows]

    def _settings_told(self):
        """Return the models of settings that count as where the giver is named."""
        told = {(field.model_name, field.name) for field in self._user_fields()}
        settings = self.env["handover.inflow"]._setting_fields()
        return {model for model, _name in told.intersection(settings)}

    def _inflow_why(self, code, found):
        """Return what a setting does, before anybody knows what is handed over."""
        text = self._inflow_text(code, found.record, found.giver)
        _sources, source = self._inflow_source(code)
        if not source.change:
            return text
        return self.env._(
            "%(setting)s It moves along where its team, project or task does.",
            setting=text,
        )

    # ------------------------------------------------------------
    # WITH THE HANDOVER
    # ------------------------------------------------------------

    @api.model
    def _approved_fields(self):
        return super()._approved_fields() | {"inflow"}

    def _prepare_move_values(self, move):
        values = super()._prepare_move_values(move)
        if move == "submit":
            found = self._found_inflow()
            rows = [self._inflow_row(*one) for one in found if one[1].changes]
            values["inflow"] = rows or False
        elif move == "draft":
            values["inflow"] = False
        return values

    def _after_move(self, move):
        result = super()._after_move(move)
        if move == "finish":
            for request in self:
                request._pass_inflow_on()
                request._tell_refused_inflow()
                request._name_inflow()
        elif move == "stay":
            for request in self:
                request._return_inflow(everything=False)
        return result

    def _besides_givers(self):
        ids = {row["giver"] for row in self._moved_inflow()}
        return super()._besides_givers() | self.env["res.users"].sudo().browse(ids)

    def _return_besides(self):
        facts = super()._return_besides()
        self._return_inflow(everything=True)
        return facts

    def _besides_refusals(self):
        yield from super()._besides_refusals()
        for row in self._moved_inflow():
            if row.get("why"):
                yield self._refused_inflow(row)

    def _refused_inflow(self, row):
        """Return which setting refused, and why, in the language of the reader."""
        why = in_language(self.env, row["why"])
        return labelled(self.env, self._inflow_record(row).display_name, why)

    def _tell_refused_inflow(self):
        """Tell what was approved and has not moved: nothing else says so."""
        for row in self.sudo().inflow_outcome or []:
            if row["state"] == "refused":
                self._call_for_attention(
                    lambda env, row=row: env._(
                        "Not moved: %s", self.with_env(env)._refused_inflow(row)
                    )
                )

    def _moved_inflow(self):
        """Return what moved and has not gone back, as superuser."""
        rows = self.sudo().inflow_outcome or []
        return [row for row in rows if row["state"] == "moved"]

    def _pass_inflow_on(self):
        """Change what was approved and is still so; write down before and after."""
        if not (self.inflow or self.inflow_outcome):
            return
        found = {}
        for code, one in self._found_inflow():
            found[self._inflow_key(self._inflow_row(code, one))] = one
            # nobody was approved, whoever would get it by now
            ends = one._replace(taker=one.taker.browse(), line=one.line.browse())
            found.setdefault(self._inflow_key(self._inflow_row(code, ends)), ends)
        outcome = {self._inflow_key(row): row for row in self.inflow_outcome or []}
        moved = []
        for row in self.inflow or []:
            key = self._inflow_key(row)
            if key in found:
                outcome[key] = self._pass_on(row, found[key])
                moved.append(outcome[key])
            # what moved before a second try is not found any more, and stays so
            outcome.setdefault(key, {**row, "state": "left"})
        if outcome:
            self._trusting().write({"inflow_outcome": list(outcome.values())})
            self._log_inflow(moved)

    @api.model
    def _inflow_key(self, row):
        """Return what tells a setting, its givers and takers from all others."""
        names = "source", "res_model", "res_id", "giver", "taker", "line"
        return tuple(row[name] for name in names)

    @api.model
    def _inflow_source(self, code):
        sources = self.env["handover.inflow"].sudo()
        return sources, sources._sources().get(code)

    def _pass_on(self, row, found):
        """Put the taker in the giver's place; return ``row`` with what came of it."""
        try:
            with undoing(self.env.cr):
                before, after = self._change_setting(row, found)
        except (*TRANSIENT, *FATAL):
            raise
        except Exception as error:  # noqa: BLE001 - any add-on may raise anything
            # it is named with what stays, and holds nothing up
            return {**row, "state": "refused", "why": self._why(error)}
        return {**row, "state": "moved", "before": before, "after": after}

    def _change_setting(self, row, found):
        """Change a setting; return what it was, and is. Extended by super()."""
        sources, source = self._inflow_source(row["source"])
        change = getattr(sources, source.change)
        return change(found.record, found.giver, found.taker)

    def _why(self, error):
        """Return what refused, in every language, for who reads it."""
        engine = self.env["handover.engine"]
        return in_words(engine, engine._reason(error))

    def _log_inflow(self, rows):
        """Write down who gets what kind of new work from now on."""
        for row in rows:
            if row["state"] in ("moved", "returned"):
                user = row["taker"] if row["state"] == "moved" else row["giver"]
                self._log_event(
                    "redirected",
                    thing=f"{row['res_model']},{row['res_id']}",
                    place=self._inflow_record(row).display_name,
                    before=row["before"],
                    after=row["after"],
                    user=self.env["res.users"].sudo().browse(user).name,
                )

    def _inflow_record(self, row):
        """Return the setting that a row names, as superuser, or nothing."""
        if row["res_model"] not in self.env:
            return self.browse()
        Model = self.env[row["res_model"]].sudo().with_context(active_test=False)
        return Model.browse(row["res_id"]).exists()

    def _name_inflow(self):
        """Ask who looks after the handover to have changed what stays, for good."""
        if self.kind != "permanent" or not self.sudo().predecessor_id:
            return
        stays = [
            (code, found.record, found.giver)
            for code, found in self._found_inflow()
            if not self._was_moved(code, found)
        ]
        if not stays:
            return
        self._call_for_attention(
            lambda env: env._(
                "New work still comes to %(user)s, have it changed: %(settings)s",
                user=self.sudo().predecessor_id.name,
                settings=sentences(env, self.with_env(env)._stay_texts(stays)),
            )
        )

    def _was_moved(self, code, found):
        """Tell whether what a setting brings goes to somebody else by now."""
        key = self._inflow_key(self._inflow_row(code, found))
        rows = self.inflow_outcome or []
        return any(
            self._inflow_key(row) == key and row["state"] == "moved" for row in rows
        )

    def _stay_texts(self, stays):
        """Return one sentence for each setting, and how many more there are."""
        texts = [self._inflow_text(*stay) for stay in stays[:NAMED]]
        if len(stays) > NAMED:
            texts.append(self.env._("More of them: %s.", len(stays) - NAMED))
        return texts

    def _return_inflow(self, everything):
        """Put back what moved with the handover, or with its returned lines."""
        lines = self.env["handover.request.line"].sudo()
        users = self.env["res.users"].sudo()
        rows, back = [], []
        for row in self.sudo().inflow_outcome or []:
            line = lines.browse(row["line"] or ()).exists()
            due = row["state"] == "moved" and (everything or line.state == "returned")
            if due and self._can_take_back(users.browse(row["giver"])):
                row = self._put_back(row)
                back.append(row)
            rows.append(row)
        if back:
            self._trusting().write({"inflow_outcome": rows})
            self._log_inflow([row for row in back if row["state"] == "returned"])

    def _put_back(self, row):
        """Return ``row`` as returned, as changed since, or with why it refused."""
        record = self._inflow_record(row)
        sources, source = self._inflow_source(row["source"])
        row = {name: value for name, value in row.items() if name != "why"}
        if not (record and source):
            return {**row, "state": "changed_since"}
        undo = getattr(sources, source.undo)
        try:
            with undoing(self.env.cr):
                undone = undo(record, row["before"], row["after"])
        except (*TRANSIENT, *FATAL):
            raise
        except Exception as error:  # noqa: BLE001 - any add-on may raise anything
            # it holds nothing else up, and is tried again
            return {**row, "why": self._why(error)}
        return {**row, "state": "returned" if undone else "changed_since"}

    # ------------------------------------------------------------
    # RECURRING TASKS
    # ------------------------------------------------------------

    @api.model
    def _inflow_heirs(self, step, owners):
        """Return who gets what comes of a finished step of a recurring task.

        :param owners: users that it belongs to
        :return: the same, with the last successor where handovers said so
        """
        return self._step_heirs(step, owners, self._step_moves(owners))

    @api.model
    def _step_heirs(self, step, owners, moves):
        """Return ``owners`` with who takes their place by ``moves``, one by one."""
        heirs = owners
        for step_id, giver_id, taker_id in moves:
            if step_id == step.id and giver_id in heirs.ids:
                heirs = heirs - owners.browse(giver_id) | owners.browse(taker_id)
        return heirs

    @api.model
    def _step_moves(self, people):
        """Return to whom finished steps went from people, and from there further on.

        :return: ``[(id of the step, id of the giver, id of the taker)]``, in the order
            in which it was handed over
        """
        requests, known = self.sudo().browse(), people.browse()
        while new := people - known:
            known |= new
            requests |= self._step_requests([("predecessor_id", "in", new.ids)])
            takers = {
                taker_id for _step, _giver, taker_id in self._moved_steps(requests)
            }
            people |= people.browse(takers)
        return self._moved_steps(requests)

    @api.model
    def _steps_taken(self, people):
        """Return the ids of the finished steps that handovers gave to people."""
        requests = self._step_requests([("successor_id", "in", people.ids)])
        return {
            step_id
            for step_id, _giver, taker_id in self._moved_steps(requests)
            if taker_id in people.ids
        }

    @api.model
    def _step_requests(self, lines):
        """Return the handovers with such lines of tasks that said who gets steps."""
        lines = [*lines, ("res_model", "=", "project.task")]
        return self.sudo().search(
            [
                ("line_ids", "any", lines),
                ("inflow_outcome", "!=", False),
                ("state", "in", HANDED_OVER),
            ]
        )

    @api.model
    def _moved_steps(self, requests):
        """Return what became of steps by these handovers, see :meth:`_step_moves`."""

        def handed_over(request):
            return request.date_finished or request.create_date, request.id

        return [
            (row["res_id"], row["giver"], row["taker"])
            for request in requests.sorted(handed_over)
            for row in request.inflow_outcome
            if (row["source"], row["state"]) == ("recurrence", "moved")
        ]
