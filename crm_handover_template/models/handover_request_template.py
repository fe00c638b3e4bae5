from odoo import models
from odoo.exceptions import UserError

from odoo.addons.crm_handover.models.handover_guard import door, single

# who takes over what names nobody
TAKING = ("successor_id", "target_team_id", "to_pool")


class HandoverRequest(models.Model):
    """A draft becomes what a template says, with who has its roles by now."""

    _inherit = "handover.request"

    @door
    def action_use_template(self, template_id):
        """Have the draft become what a template says: options, people, who takes what.

        A draft without records gets the open ones of the template's kinds.

        :param int template_id: id of a template that the caller sees
        :return: ``True``
        :raise AccessError: when the caller may not change the draft, or does not see
            the template
        :raise UserError: when it is no draft, the template is archived or of another
            company, or nobody has one of its roles; then nothing is changed
        """
        single(self)
        template = self.env["handover.template"]._named(template_id)
        self._lock()
        if refusal := self._edit_refusal():
            raise refusal
        self._use_template(template)
        return True

    def _use_template(self, template, chosen=None):
        """Have the draft become what ``template`` says.

        :param dict chosen: what somebody has chosen besides, and stays: values of the
            draft, and whether closed records go, ``although_closed``
        :raise UserError: when it does not fit, or nobody has one of its roles
        """
        self.ensure_one()
        template._check_fits(self)
        chosen = dict(chosen or {})
        closed_too = chosen.pop("although_closed", template.although_closed)
        taking = template._taking(self)
        given = {name: chosen[name] for name in TAKING if chosen.get(name)}
        usual = {name: taking[name] for name in TAKING if taking.get(name)}
        by_hand = bool(given) and given != usual
        values = template._option_values(self) | ({} if by_hand else taking)
        rest = {name: chosen[name] for name in chosen if name not in TAKING}
        self.write(values | rest)
        # whatever reason was chosen, the plan is the template's
        self._trusting().write({"plan_id": template.sudo().plan_id.id})
        if not self.line_ids and (kinds := template._kinds()):
            self._collect_now(self._collected_scopes(kinds.ids))
        deals = self.line_ids.filtered(lambda line: line.res_model == "crm.lead")
        if deals:
            found = deals.scope_id[0]._records(deals.mapped("res_id")).exists()
            if problem := template._deals_problem(found):
                raise UserError(problem)
        if closed_too:
            self._closed_lines().write({"although_closed": True})
        self._give_by_roles(template, by_hand)
        # who may decide depends on who takes over
        if people := template._people_values(self):
            self.write(people)
        if template.propose_permissions and not self._permission_refusal():
            self._propose_permissions()
        self._lock()
        self._log_event("template_used", template=template.name)

    def _give_by_roles(self, template, by_hand):
        """Give each record to who has the first role that is for it and found.

        :param bool by_hand: somebody else takes over what no row names by its kind
        :raise UserError: when nobody takes over some of them by the template's rows
        """
        rows = template._rows("successor")
        if by_hand:
            rows = rows.filtered("scope_ids")
        todo = self.line_ids.filtered(lambda line: line.state == "todo")
        for scope, lines in todo.grouped("scope_id").items():
            named = rows.filtered(lambda row, scope=scope: scope in row.scope_ids)
            others = rows.filtered(lambda row: not row.scope_ids)
            if named or others:
                self._give_lines(template, scope, lines, [*named, *others], by_hand)

    def _give_lines(self, template, scope, lines, rows, by_hand):
        """Give lines of one kind to whom these rows find, the first ones first."""
        problems = []
        for row in rows:
            if row._is_of_each_record():
                lines -= self._give_to_managers(row, scope, lines)
                problem = self.env._("no single manager of a project is found")
                problems.append((row, problem))
                continue
            for giver, some in lines.grouped("predecessor_id").items():
                user, pool, problem = row._find(self, giver)
                if pool and not scope._has_pool():
                    # its leader has what it cannot hold
                    user, pool = pool.user_id, pool.browse()
                    nobody = self.env._("there is nobody")
                    problem = row._unfit(self, giver, user) if user else nobody
                if problem:
                    problems.append((row, problem))
                    continue
                some._give_to(user, pool)
                lines -= some
        taken = all(line.successor_id or line.pool_team_id for line in lines)
        if lines and not (by_hand and taken):
            row, problem = problems[0]
            raise template._not_found(row, problem, len(lines))

    def _give_to_managers(self, row, scope, lines):
        """Give lines to who manages the projects; return those that have been given."""
        records = scope._records(lines.mapped("res_id")).exists()
        managers = row._managers(records, self.company_id)
        given = lines.browse()
        by_people = lines.filtered(lambda line: line.res_id in managers).grouped(
            lambda line: (managers[line.res_id], line.predecessor_id)
        )
        for (user, giver), some in by_people.items():
            if not row._unfit(self, giver, user):
                some._give_to(user, user.env["crm.team"])
                given |= some
        return given


class HandoverRequestLine(models.Model):
    _inherit = "handover.request.line"

    def _give_to(self, user, pool):
        """Have ``user`` take these records, or a pool; as the caller, who edits it."""
        if pool:
            lines = self.filtered(lambda line: line.pool_team_id != pool)
            values = {"pool_team_id": pool.id}
        else:
            lines = self.filtered(lambda line: line.successor_id != user)
            values = {"successor_id": user.id}
        if lines:
            lines.write(values)
