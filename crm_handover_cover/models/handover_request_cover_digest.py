import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

from odoo.addons.crm_handover.day_texts import day_text, moment_text
from odoo.addons.crm_handover.models.handover_background import FATAL, TRANSIENT
from odoo.addons.crm_handover.models.handover_guard import door, single
from odoo.addons.crm_handover.models.handover_transaction import undoing
from odoo.addons.crm_handover.word_texts import besides, labelled

_logger = logging.getLogger(__name__)

# so many customers are told in a message, and so many rows of a kind for each
CUSTOMERS = 50
ROWS = 10
# a question is quoted that far
QUOTED = 200
# what is told of a customer, in this order
KINDS = ("won", "lost", "closed", "promised", "questions", "contacts", "meetings")


class HandoverRequest(models.Model):
    """What happened while somebody was away, customer by customer.

    With the rights of whoever reads it: what they may not open is not told. Who was
    away gets it with the digest of what came back.
    """

    _inherit = "handover.request"

    can_see_happened = fields.Boolean(
        compute="_compute_can_see_happened",
        help="The reader may look at what happened meanwhile.",
    )

    @api.depends("state", "kind", "date_started")
    @api.depends_context("uid")
    def _compute_can_see_happened(self):
        for request in self:
            saved = request._origin
            request.can_see_happened = bool(saved) and not saved._happened_refusal()

    @door
    def action_what_happened(self):
        """Open what happened with the records while the predecessor is, or was, away.

        :return: a window action
        :raise AccessError: when the caller is neither predecessor, coordinator nor a
            superior
        :raise UserError: when nothing was handed over for a time
        """
        single(self)
        if refusal := self._happened_refusal():
            raise refusal
        dialog = self.env["handover.request.happened"].create({"request_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Happened"),
            "res_model": dialog._name,
            "res_id": dialog.id,
            "views": [[False, "form"]],
            "target": "new",
        }

    @door
    def get_what_happened(self):
        """Return what happened while the predecessor is, or was, away.

        :return: ``[{"name", "parts": [{"kind", "title", "rows": [{"text", "res_model",
            "res_id"}]}]}]``, a row for each customer; of what the caller may read
        :raise AccessError: when the caller is neither predecessor, coordinator nor a
            superior
        :raise UserError: when nothing was handed over for a time
        """
        single(self)
        if refusal := self._happened_refusal():
            raise refusal
        return self._happened()

    def _happened_refusal(self):
        """Return the error that keeps the caller from reading what happened."""
        self.ensure_one()
        user = self.env.user
        if (
            user not in self.predecessor_id | self.coordinator_id
            and not self._is_operator(user)
        ):
            return AccessError(
                self.env._(
                    "%s: only who is away, who coordinates and superiors read what"
                    " happened meanwhile.",
                    self.name,
                )
            )
        if self.kind != "temporary" or not self.date_started:
            return UserError(
                self.env._("%s: nothing was handed over for a time yet.", self.name)
            )
        return None

    # ------------------------------------------------------------
    # WHAT HAPPENED
    # ------------------------------------------------------------

    def _happened(self):
        """Return what happened, as :meth:`get_what_happened` does."""
        found, names = {}, {}
        lines = self.env["handover.request.line"].search(
            [("request_id", "=", self.id), ("state", "in", ("done", "returned"))]
        )
        for scope, some in lines.sudo().grouped("scope_id").items():
            if scope._is_gone() or not self.env[scope.model].has_access("read"):
                continue
            self._happened_with(scope, some, found, names)
        self._happened_contacts(found, names)
        titles = self._happened_titles()
        return [
            {
                "name": name,
                "parts": [
                    {"kind": kind, "title": titles[kind], "rows": parts[kind]}
                    for kind in KINDS
                    if parts.get(kind)
                ],
            }
            for key, name in sorted(names.items(), key=lambda item: item[1].lower())
            if (parts := found.get(key))
        ]

    def _happened_titles(self):
        env = self.env
        return {
            "won": env._("Won"),
            "lost": env._("Lost"),
            "closed": env._("Closed"),
            "promised": env._("Promised"),
            "questions": env._("Open questions"),
            "contacts": env._("New contacts"),
            "meetings": env._("Next meetings"),
        }

    def _happened_with(self, scope, lines, found, names):
        """Add what happened with the records of one kind.

        :param found: ``{customer id or 0: {kind: rows}}``; it is added there
        :param names: ``{customer id or 0: name}``; it is added there
        """
        Model = self.env[scope.model].with_context(active_test=False)
        records = Model.search([("id", "in", lines.mapped("res_id"))])
        # what stayed with who closed it: the handover says so, whoever may open it
        stayed = lines.filtered(lambda line: line.result_code == "closed")
        stayed = scope._records(stayed.mapped("res_id")).exists().sudo(False) - records
        customers = {}
        for record in records | stayed:
            customer = self._happened_customer(scope, record)
            customers[record.id] = customer.id
            if customer:
                names[customer.id] = customer.display_name
            else:
                names[0] = self.env._("Without a customer")

        def add(record_id, kind, text, about):
            rows = found.setdefault(customers[record_id], {}).setdefault(kind, [])
            hidden = about._name == stayed._name and about in stayed
            known = False if hidden else about.id
            rows.append({"text": text, "res_model": about._name, "res_id": known})

        self._happened_closings(scope, lines, records | stayed, add)
        self._happened_todos(records, add)
        self._happened_questions(records, add)
        self._happened_meetings(scope, records, add)

    def _happened_customer(self, scope, record):
        """Return the customer of a record, whom the reader may open, or none."""
        partners = self.env["res.partner"]
        if record._name == "res.partner":
            customer = record.sudo().commercial_partner_id.sudo(False)
            return customer._filtered_access("read")
        field = record._fields.get(scope._handler()._handover_customer_field)
        if not field or field.comodel_name != "res.partner":
            return partners
        # the company of a contact is known to whoever may open it
        customer = record.sudo()[field.name].commercial_partner_id.sudo(False)
        return customer._filtered_access("read")

    def _happened_closings(self, scope, lines, records, add):
        """Add what was open, and is closed by now."""
        before = {line.res_id: line.before or {} for line in lines}
        names = {line.res_id: line.res_name for line in lines}
        is_open = {*scope._open(records.sudo())._ids}
        handler = scope._handler().with_env(self.env)
        for record in records:
            if record.id in is_open or before.get(record.id, {}).get("closed"):
                continue
            known = record.sudo()
            how = known.won_status if "won_status" in record._fields else ""
            kind = how if how in ("won", "lost") else "closed"
            text = names[record.id]
            if kind == "closed":
                text = besides(self.env, text, handler._handover_closed_as(known))
            add(record.id, kind, text, record)

    def _happened_todos(self, records, add):
        """Add open to-dos that somebody planned meanwhile: what was promised."""
        Todo = self.env["mail.activity"]
        todos = Todo.search(
            Domain("res_model", "=", records._name)
            & Domain("res_id", "in", records.ids)
            & Domain("create_date", ">=", self.date_started)
            & Domain("calendar_event_id", "=", False)
            # a copy promises nothing that its to-do does not
            & ~Todo._handover_passing_domain(),
            order="date_deadline, id",
        )
        for todo in todos:
            name = todo.summary or todo.activity_type_id.name or ""
            parts = [name, todo.user_id.name, day_text(self.env, todo.date_deadline)]
            add(todo.res_id, "promised", " · ".join(filter(None, parts)), todo)

    def _happened_questions(self, records, add):
        """Add what customers wrote meanwhile that nobody has answered."""
        if not isinstance(records, self.env.registry["mail.thread"]):
            return
        said = self.env["mail.message"].search(
            Domain("model", "=", records._name)
            & Domain("res_id", "in", records.ids)
            & Domain("date", ">=", self.date_started)
            & self.env["handover.contact"]._written_domain(),
            order="date, id",
        )
        last = {message.res_id: message for message in said}
        for message in last.values():
            author = message.author_id.sudo()
            if author and not author.partner_share:
                continue
            text = html2plaintext(message.body or "").strip()
            name = author.name or message.email_from or ""
            quote = f"{text[:QUOTED]}…" if len(text) > QUOTED else text
            record = records.browse(message.res_id)
            text = labelled(self.env, name, quote)
            add(message.res_id, "questions", text, record)

    def _happened_meetings(self, scope, records, add):
        """Add meetings that are still to come."""
        Meeting, handler = self.env["calendar.event"], scope._handler()
        about = handler._handover_meeting_domain(records)
        coming = Domain("start", ">=", fields.Datetime.now())
        private = Meeting._handover_private_domain()
        engine = self.env["handover.engine"]
        for meeting in Meeting.search(about & coming & ~private, order="start"):
            when = moment_text(self.env, meeting.start)
            for record_id in engine._record_ids_of(meeting, records):
                add(record_id, "meetings", f"{meeting.name} · {when}", meeting)

    def _happened_contacts(self, found, names):
        """Add contacts of these customers that are new."""
        customers = [id_ for id_ in names if id_]
        if not customers:
            return
        partners = self.env["res.partner"].search(
            Domain("commercial_partner_id", "in", customers)
            & Domain("id", "not in", customers)
            & Domain("create_date", ">=", self.date_started)
        )
        for partner in partners:
            parts = [partner.name, partner.function, partner.email or partner.phone]
            rows = found.setdefault(partner.commercial_partner_id.id, {})
            rows.setdefault("contacts", []).append(
                {
                    "text": " · ".join(filter(None, parts)),
                    "res_model": partner._name,
                    "res_id": partner.id,
                }
            )

    # ------------------------------------------------------------
    # WHERE IT IS TOLD
    # ------------------------------------------------------------

    def _happened_told(self):
        """Return what happened, for a page: a part of it, and how much more there is.

        :return: ``{"customers", "more", "rows", "base_url"}``
        """
        customers = self._happened()
        return {
            "customers": customers[:CUSTOMERS],
            "more": max(0, len(customers) - CUSTOMERS),
            "rows": ROWS,
            "base_url": self.get_base_url(),
        }

    def _prepare_notice_values(self, step, user, about=None):
        values = super()._prepare_notice_values(step, user, about)
        happened = False
        whole = step == "returned" and self.state == "returned"
        if whole and self.kind == "temporary" and user == self.sudo().predecessor_id:
            companies = user.company_ids.ids
            mine = self.with_user(user).with_context(
                lang=user.lang, tz=user.tz, allowed_company_ids=companies
            )
            happened = self._shows_to(user) and mine._happened_safely()
        return {**values, "happened": happened}

    def _happened_safely(self):
        """Return what happened, or ``False``: no record keeps a return from its end."""
        try:
            with undoing(self.env.cr):
                return self._happened_told()
        except (*TRANSIENT, *FATAL):
            raise
        except Exception:
            _logger.exception("%s: what happened could not be told", self.name)
            return False

    def _after_move(self, move):
        result = super()._after_move(move)
        if move == "nothing_left":
            # nothing goes back, and so nothing else is told
            for request in self.filtered(lambda one: one.kind == "temporary"):
                giver = request.sudo().predecessor_id
                if giver.active:
                    request._send_notice("returned", giver)
                    request._send_mails_soon()
        return result
