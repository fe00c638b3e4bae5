from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_handover.models.handover_guard import door, single


class HandoverCustomerRating(models.Model):
    """How a customer rates the new contact: asked by mail, once per handover.

    Token, link and page are Odoo's own rating. What the customer answers is kept here,
    where nobody writes it.
    """

    _name = "handover.customer.rating"
    _description = "Customer Rating"
    _inherit = ["handover.guard"]
    _order = "date_rated desc nulls last, id desc"
    _rec_name = "customer_id"
    _allow_sudo_commands = False

    request_id = fields.Many2one(
        "handover.request",
        string="Handover",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The handover that the customer was asked about.",
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, index=True
    )
    reason_id = fields.Many2one(related="request_id.reason_id")
    successor_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Who looks after the customer now.",
    )
    customer_id = fields.Many2one(
        "res.partner",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The company of the contact who was asked.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Who was asked.",
    )
    date_asked = fields.Datetime(
        "Asked On", required=True, readonly=True, help="When the customer was asked."
    )
    # kept until it is out: one that fails is a mail to send
    mail_id = fields.Many2one(
        "mail.mail",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_system",
        help="The mail that asks, until it was sent.",
    )
    date_rated = fields.Datetime(
        "Rated On", readonly=True, help="When the customer answered."
    )
    rating = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="5: happy, 3: neutral, 1: unhappy.",
    )
    comment = fields.Text(readonly=True, help="What the customer said.")

    _once = models.UniqueIndex(
        "(request_id, customer_id)", "A customer is asked once per handover."
    )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def _creation_problem(self):
        return self.env._("Customers are asked by themselves.")

    # ------------------------------------------------------------
    # RATING
    # ------------------------------------------------------------

    @door
    def rating_apply(self, rate, rating=None, feedback=None, subtype_xmlid=None):
        """Keep what a customer answers; called by Odoo's page for ratings.

        :param int rate: 5, 3 or 1; later answers take the place of earlier ones
        :param rating: the ``rating.rating`` of the link
        :param str feedback: the customer's comment, optional
        :param subtype_xmlid: of no use, there is no message
        :return: ``rating``
        :raise AccessError: when it is not the page that calls
        :raise UserError: when the rating is another record's, or no such rating, or the
            comment is too long
        """
        if not self.env.su:
            raise AccessError(self.env._("Customers rate with the link in their mail."))
        single(self)
        if (
            rate not in (1, 3, 5)
            or not rating
            or (rating.res_model, rating.res_id) != (self._name, self.id)
        ):
            raise UserError(self.env._("This is no rating of the customer."))
        comment = (feedback or "").strip()
        rating.write({"rating": rate, "feedback": comment, "consumed": True})
        self._trusting().write(
            {
                "rating": int(rate),
                "comment": comment,
                "date_rated": fields.Datetime.now(),
            }
        )
        self.request_id._update_result()
        return rating
