from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_handover.models.handover_states import HANDED_OVER

# mails that are written in one transaction
BATCH = 100
# so long a customer is not asked again, by no handover
QUIET = timedelta(days=90)
# so long a mail that fails is sent once more each day
PATIENCE = timedelta(days=7)
# what a mail is that did not go out
FAILED = ("exception", "cancel")


class HandoverRequest(models.Model):
    """Customers rate the handover, where the company asks them, by Odoo's rating."""

    _inherit = "handover.request"

    customers_due = fields.Boolean(
        readonly=True, copy=False, help="Customers are being asked."
    )
    customer_rating_ids = fields.One2many(
        "handover.customer.rating",
        "request_id",
        readonly=True,
        copy=False,
        help="What customers think of the handover.",
    )

    # ------------------------------------------------------------
    # WHEN
    # ------------------------------------------------------------

    def _reviewed(self, days):
        result = super()._reviewed(days)
        company = self.company_id.sudo()
        if company.handover_customer_rating and days == self._rating_day():
            self._trusting().write({"customers_due": True})
            self.env.ref(
                "crm_handover_review.ir_cron_handover_request_ask_customers"
            ).sudo()._trigger()
        return result

    def _rating_day(self):
        """Return after how many days customers are asked: those of one review."""
        days = self._reviews().mapped("days")
        wanted = self.company_id.sudo().handover_customer_rating_days
        return min((day for day in days if day >= wanted), default=max(days, default=0))

    def _end_follow_up(self):
        # who is to be asked is known from the records
        return None if self.customers_due else super()._end_follow_up()

    def _prepare_move_values(self, move):
        values = super()._prepare_move_values(move)
        if move in ("give_back", "nothing_left"):
            values["customers_due"] = False
        return values

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    @api.model
    def _cron_ask_customers(self):
        """Ask the customers of handovers, some mails per transaction."""
        cron = self.env["ir.cron"]
        self._mails_to_customers()
        domain = [("customers_due", "=", True), ("state", "in", HANDED_OVER)]
        due = self.sudo().search(domain, order="id").ids
        in_time = cron._commit_progress(remaining=len(due))
        while due and in_time:
            request = self.sudo().browse(due[0])
            # what fails is tried again tomorrow, and stops no other handover
            asked = self.env["handover.background"]._safely(request._ask_customers) or 0
            if not asked:
                due.pop(0)
            in_time = cron._commit_progress(asked, remaining=len(due))

    @api.model
    def _mails_to_customers(self):
        """Send once more what failed; who was never reached was not asked."""
        ratings = self.env["handover.customer.rating"]._trusting()
        asked = ratings.search([("mail_id", "!=", False)])
        # whoever answered has it, whatever the mail server says
        failed = asked.filtered(
            lambda one: one.mail_id.state in FAILED and not one.date_rated
        )
        late = failed.filtered(
            lambda one: one.date_asked < fields.Datetime.now() - PATIENCE
        )
        (failed - late).mail_id.mark_outgoing()
        if failed - late:
            self._send_mails_soon()
        done = late | asked.filtered(lambda one: one.mail_id.state == "sent")
        done.mail_id.unlink()
        tokens = [("res_model", "=", late._name), ("res_id", "in", late.ids)]
        self.env["rating.rating"].sudo().search(tokens).unlink()
        late.unlink()

    def _ask_customers(self):
        """Write to the next customers; after the last one it is over.

        :return: how many were asked
        """
        self.ensure_one()
        # whoever holds it may be about to give it back: later, then
        if not self.try_lock_for_update() or not self.customers_due:
            return 0
        rows = self._customers_to_ask()
        if rows:
            now = fields.Datetime.now()
            asked = self.env["handover.customer.rating"]._trusting().create(
                [{"request_id": self.id, "date_asked": now, **row} for row in rows]
            )  # fmt: skip
            self._write_to_customers(asked.sudo())
        else:
            self._trusting().write({"customers_due": False})
            if not self._planned_reviews():
                self._end_follow_up()
        return len(rows)

    def _customers_to_ask(self):
        """Return the next customers: ``[{successor_id, customer_id, partner_id}]``.

        Those with whom the successor has talked, by an address that takes mails, and
        whom no handover has asked lately. The person on a record comes first, and then
        the company.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """SELECT DISTINCT ON (followup.customer_id) followup.customer_id,
                    followup.successor_id, partner.id AS partner_id
                FROM handover_followup followup
                JOIN res_users successor ON successor.id = followup.successor_id
                    AND successor.active
                JOIN res_partner partner ON partner.active
                    AND partner.commercial_partner_id = followup.customer_id
                    AND partner.email_normalized IS NOT NULL
                WHERE followup.request_id = %(request)s
                    AND followup.date_contact IS NOT NULL
                    AND NOT EXISTS (
                        SELECT FROM mail_blacklist blacklist WHERE blacklist.active
                            AND blacklist.email = partner.email_normalized)
                    AND NOT EXISTS (
                        SELECT FROM res_users employee
                        WHERE employee.partner_id = partner.id
                            AND employee.share IS NOT TRUE)
                    AND NOT EXISTS (
                        SELECT FROM handover_customer_rating asked
                        WHERE asked.customer_id = followup.customer_id
                            AND (asked.request_id = %(request)s
                                OR asked.date_asked > %(lately)s))
                ORDER BY followup.customer_id,
                    (partner.id = followup.partner_id) IS TRUE DESC,
                    partner.id = followup.customer_id DESC, followup.id, partner.id
                LIMIT %(batch)s""",
                request=self.id,
                lately=fields.Datetime.now() - QUIET,
                batch=BATCH,
            )
        )
        return self.env.cr.dictfetchall()

    def _write_to_customers(self, asked):
        """Write one mail to each, in their language, with Odoo's links for ratings."""
        tokens = self.env["rating.rating"].sudo().create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(asked._name),
                    "res_id": one.id,
                    "partner_id": one.partner_id.id,
                    "rated_partner_id": one.successor_id.partner_id.id,
                }
                for one in asked
            ]
        )  # fmt: skip
        mails = (
            self.env["mail.mail"]
            .sudo()
            .create(
                [
                    self._prepare_rating_mail(one, token.access_token)
                    for one, token in zip(asked, tokens, strict=True)
                ]
            )
        )
        for one, mail in zip(asked, mails, strict=True):
            one._trusting().mail_id = mail
        self._send_mails_soon()

    def _prepare_rating_mail(self, asked, token):
        company, successor = self.company_id.sudo(), asked.successor_id
        partner = asked.partner_id
        lang = partner.lang or company.partner_id.lang or self.env.lang
        here = self.with_context(lang=lang, tz=partner.tz or successor.tz)
        body = self.env["ir.qweb"]._render(
            "crm_handover_review.handover_rating_request",
            {
                "company": company,
                "successor": successor,
                "partner": partner,
                "since": fields.Datetime.context_timestamp(
                    here, self.date_finished
                ).date(),
                "link": f"{self.get_base_url()}/rate/{token}",
                "base_url": self.get_base_url(),
            },
            lang=lang,
            minimal_qcontext=True,
        )
        return {
            "subject": here.env._(
                "%(company)s: how well does %(person)s look after you?",
                company=company.name,
                person=successor.name,
            ),
            "body_html": body,
            "author_id": company.partner_id.id,
            "email_from": company.email_formatted or successor.email_formatted,
            "reply_to": successor.email_formatted or company.email_formatted,
            "recipient_ids": partner.ids,
            # it goes once it was sent: Odoo would forget one without a good address
            "auto_delete": False,
        }
