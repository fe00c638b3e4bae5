from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.models.handover_request_late import LATE

# so many records are taken along in one transaction
BATCH = 200
CRON = "crm_handover_cover.ir_cron_handover_request_cover"


class HandoverRequest(models.Model):
    """What is new while somebody is away, by the rule that was approved.

    Open records that come to the predecessor, and those of handed-over customers that
    nobody has: of the kinds that were approved, to successors that were approved. They
    are lines like all others, and so they go back as all others do.
    """

    _inherit = "handover.request"

    new_records = fields.Selection(
        LATE,
        string="What Is New Meanwhile",
        default="ask",
        required=True,
        content=True,
        help="What becomes of open records that come to the predecessor while a"
        " temporary handover lasts, and of new ones of its customers that nobody has:"
        " whoever is in charge is asked; they go along, of the kinds that were"
        " approved, and come back with the rest; or they stay.",
    )
    new_count = fields.Integer(
        string="New Meanwhile",
        compute="_compute_new_count",
        help="New records that the rule leaves to a decision, for who may decide.",
    )

    @api.depends("state", "kind", "new_records", "line_ids.state")
    @api.depends_context("uid")
    def _compute_new_count(self):
        for request in self:
            # of what is saved: an unsaved form may say anything
            saved = request._origin
            # by the rule “they go along” it is what nobody takes by itself
            asks = saved and saved.new_records != "stay" and not saved._new_refusal()
            request.new_count = saved._count_new() if asks else 0

    @door
    def action_take_new_records(self):
        """Have what is new go along, as the rule “they go along” would.

        :return: ``True``
        :raise AccessError: when the caller may not decide on this handover
        :raise UserError: when nobody is covered now, or nothing is new
        """
        single(self)
        self._lock()
        if refusal := self._new_refusal():
            raise refusal
        request = self.sudo()
        if not request._count_new():
            raise UserError(self.env._("%s: nothing new has come.", self.name))
        if not request._take_new():
            raise UserError(
                self.env._(
                    "%s: it is not clear who takes them. Hand them over by themselves.",
                    self.name,
                )
            )
        request._mind()
        return True

    # ------------------------------------------------------------
    # WHAT IS NEW
    # ------------------------------------------------------------

    def _new_refusal(self):
        """Return the error that keeps the caller from deciding on what is new."""
        self.ensure_one()
        if problem := self._decision_problem(self.env.user):
            return AccessError(
                self.env._(
                    "%(handover)s: %(problem)s", handover=self.name, problem=problem
                )
            )
        if not self._is_covering():
            return UserError(self.env._("%s: nobody is covered by it now.", self.name))
        return None

    def _count_new(self):
        """Return how many records are new, and on no handover."""
        return sum(
            scope._records().search_count(theirs | nobodys)
            for scope, (theirs, nobodys) in self.sudo()._new_domains().items()
        )

    def _new_domains(self):
        """Return what is new of each kind that was approved.

        :return: ``{kind: (domain of what the predecessor has, of what nobody has)}``
        """
        request = self.sudo()
        if not request._is_covering():
            return {}
        came, customers = request._came_since(), request._handed_customers()
        kinds = request._kinds_of_lines()._there().filtered("active")
        found = {}
        for scope in kinds & self.env["handover.scope"]._in_use():
            since = Domain("create_date", ">=", request.date_started)
            about = request._about_domain(scope, customers) & since
            theirs = request._collect_domain(scope) & request._left_records(scope)
            theirs &= request._not_removed_domain(scope)
            found[scope] = (
                came.get(scope, theirs & about),
                request._nobodys_domain(scope) & about,
            )
        return found

    def _nobodys_domain(self, scope):
        """Return the domain of open records that nobody has, and no handover."""
        lines = self.env["handover.request.line"].sudo()
        known = lines._search(scope._lines_domain())
        return (
            scope._collectable_domain(self.company_id)
            & Domain(scope.owner_field_id.name, "=", False)
            & Domain("id", "not in", known.subselect("res_id"))
        )

    @api.model
    def _about_domain(self, scope, customers):
        """Return the domain of records of a kind that are about these customers."""
        name = self._customer_field(scope)
        if not (customers and name):
            return Domain.FALSE
        return Domain(name, "child_of", customers.ids)

    def _handed_customers(self):
        """Return the customers of what was handed over, each company once."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        Line = self.env["handover.request.line"].sudo()
        done = Domain("request_id", "=", self.id) & Domain("state", "=", "done")
        for scope in self._kinds_of_lines()._there():
            lines = Line._search(done & Domain("scope_id", "=", scope.id))
            records = Domain("id", "in", lines.subselect("res_id"))
            if scope.model == "res.partner":
                partners |= scope._records().search(records)
                continue
            Model = scope._records()
            field = Model._fields.get(scope._handler()._handover_customer_field)
            if not field or field.comodel_name != "res.partner":
                continue
            if field.store and field.type == "many2one":
                groups = Model._read_group(records, [field.name])
                partners |= partners.union(*(partner for [partner] in groups))
            else:
                partners |= Model.search(records)[field.name]
        return partners.commercial_partner_id

    # ------------------------------------------------------------
    # BY THE RULE
    # ------------------------------------------------------------

    def _still_taking(self):
        users = super()._still_taking()
        if self.new_records == "stay" or self.kind != "temporary":
            return users
        # as long as they stand in, what is new may come to them
        return users | self._willing(self.sudo().successor_ids)

    @api.model
    def _cover_steps(self):
        yield from super()._cover_steps()
        rules = Domain("new_records", "in", ["ask", "along"])
        ahead = Domain("date_return", ">", fields.Datetime.now())
        for request in self.search(self._covering() & rules & ahead, order="id"):
            yield request.id, "_mind_new"

    def _mind_new(self):
        """Take along what is new, or ask, as the handover says."""
        if not self._count_new():
            return
        self._lock()
        taken = self.new_records == "along" and self._take_new()
        if taken:
            # the rest comes at once, a batch at a time
            if self._count_new():
                self.env.ref(CRON).sudo()._trigger()
        elif self._is_covering():
            self._mind()

    def _take_new(self):
        """Hand over what is new, a batch at a time; the handover is locked.

        :return: how many records were looked at
        """
        lines = self.env["handover.request.line"]
        takers, everything = self._customer_takers(), self._inflow_taker()
        for scope, (theirs, nobodys) in self._new_domains().items():
            # what nobody takes is not looked at, and so it holds up nothing after it
            for taker, clear in self._clear_domains(scope, takers, everything):
                for new, owned in ((theirs, True), (nobodys, False)):
                    if rest := BATCH - len(lines):
                        some = scope._records().search(
                            new & clear, order="id", limit=rest
                        )
                        lines |= self._add_new(scope, some, owned, taker)
        if not lines:
            return 0
        self._records_changed()
        self.env["handover.engine"]._transfer(lines)
        # what somebody is writing now is found again the next time
        waiting = lines.filtered(lambda line: line.state == "todo")
        waiting._trusting().unlink()
        lines -= waiting
        self._note_new(lines)
        return len(lines)

    def _add_new(self, scope, records, owned, taker):
        """Return new lines by which a successor takes these records.

        :param bool owned: they belong to the giver; otherwise to nobody
        """
        if not records:
            return self.env["handover.request.line"]
        lines = self._add(scope, records)
        values = {"successor_id": taker.id}
        if not owned:
            values["predecessor_id"] = False
        lines._trusting().write(values)
        return lines

    def _clear_domains(self, scope, takers, everything):
        """Yield each successor who may get more, and the domain of what they take.

        Who has the customer, else the one who takes over everything.

        :param takers: who has which customer, ``{partner id: user}``
        :param everything: who takes over everything, or nobody
        """
        users = self._willing(self.successor_ids, starting=True)
        theirs, rest, _nobodys = self._domains_by_taker(scope, takers, users)
        for user in users:
            clear = theirs.get(user, Domain.FALSE)
            yield user, clear | rest if user == everything else clear

    def _note_new(self, lines):
        """Write down what went along, and tell whose it is now."""
        if not lines:
            return
        done = lines.filtered(lambda line: line.state == "done")
        self._note_content(
            "came_meanwhile", outcome=self._outcome_digest(), records=len(done)
        )
        for taker, some in done.grouped("successor_id").items():
            self._send_notice("meanwhile", taker, some)
        self._send_mails_soon()
        if done != lines:
            self._mind()

    # ------------------------------------------------------------
    # WHAT IS TOLD
    # ------------------------------------------------------------

    def _notice_subject(self, step):
        if step == "meanwhile":
            return self.env._("%s: new work meanwhile", self.display_name)
        return super()._notice_subject(step)

    def _troubles(self):
        yield from super()._troubles()
        if self.new_records != "stay" and self._is_covering() and self._count_new():
            yield self._new_trouble()

    def _new_trouble(self):
        giver = self._giver_name()
        return lambda env: env._(
            "New records came while %s is away. The handover shows how many: have them"
            " go along, hand them over by themselves, or leave them.",
            giver,
        )

    def _approval_note(self):
        note = super()._approval_note()
        if self.kind == "temporary":
            rule = self._new_rule(self.env, self.new_records)
            note += Markup("<p>%s</p>") % rule
        return note

    @api.model
    def _new_rule(self, env, rule):
        """Return what a rule says, as a sentence; empty for what is none."""
        return {
            "ask": env._(
                "What comes while they are away stays, and whoever is in charge is"
                " asked about it."
            ),
            "along": env._(
                "What comes while they are away goes along: of the same kinds, to the"
                " same successors, and comes back with the rest."
            ),
            "stay": env._("What comes while they are away stays."),
        }.get(rule, "")

    def _left_note(self):
        # the event of an approval says which rule was approved
        note = super()._left_note()
        if self.kind == "temporary":
            note["new_records"] = self.new_records
        return note
