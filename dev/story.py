"""The past of the demo story: handovers of the last 95 days, with their reviews.

They take the usual way, and are then moved back in time. The history keeps the moments
at which it was written. Told once to a demo database that `make run` makes; not a part
of the add-on's demo data, as nobody's own Odoo should begin with somebody's past.

Runs in the virtual environment: `python -m dev.story CONFIGURATION DATABASE`.
"""

import re
import sys
import warnings
from datetime import timedelta
from typing import NamedTuple

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.modules.registry import Registry
from odoo.tools import SQL, config

QUIET = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
    "no_reset_password": True,
}

# what customers write, and what they are answered
ASKS = (
    "Could you send us the offer with the new quantities, please?",
    "When can you deliver? We move in next month.",
    "Who do I call when something is missing?",
)
ANSWERS = (
    "I have sent you the offer; shall we go through it on the phone?",
    "The date stands, and I confirm it in writing this week.",
    "I look after you from now on: call me whenever you need something.",
)


class Deal(NamedTuple):
    """A deal that changes hands, and what became of it, in days after the handover."""

    customer: str
    name: str
    revenue: int
    risk: str = "none"
    contact: int = 0
    moved: int = 0
    won: int = 0
    lost: int = 0
    mail: int = 0
    # the customer's own rating, and what they say
    stars: int = 0
    says: str = ""


# who, to whom, why, how many days ago, confirmed, ratings of both sides, deals
STORY = (
    ("dirk", "bruno", "resignation", 95, True, (4, 4), (
        Deal("Kliniek Sint-Jozef", "Beds and lockers, wing B", 64_000, "medium",
             contact=2, moved=12, won=40, mail=5, stars=5, says="Called at once."),
        Deal("Drukkerij Vermeulen", "Workshop furniture", 18_500, contact=1, won=21,
             stars=5),
        Deal("Stad Mechelen", "Reading room", 47_000, contact=6, moved=25, mail=9,
             stars=3, says="We had to explain the plans again."),
        Deal("Garage Lippens", "Waiting area", 6_200, contact=11, lost=33),
    )),
    ("dirk", "chen", "resignation", 64, True, (3, 2), (
        Deal("Wuxi Precision Co.", "Canteen for 300", 88_000, "high", contact=4,
             moved=20, mail=6, stars=3),
        Deal("Bureau Aerts", "Open-plan office", 22_000, contact=13, lost=28,
             stars=1, says="For two weeks nobody knew about our order."),
        Deal("Notariaat Peeters", "Archive shelves", 9_800, contact=3, won=30),
    )),
    ("lena", "bruno", "internal_transfer", 36, True, (5, 4), (
        Deal("Hotel Astrid", "Rooms on two floors", 73_000, "low", contact=1, moved=9),
        Deal("Brasserie Meir", "Terrace", 12_400, contact=2, won=15, mail=3, stars=5),
        Deal("School De Linde", "Twelve classrooms", 55_000, contact=5, mail=7),
    )),
    ("lena", "chen", "customer_need", 16, False, (4, 0), (
        Deal("Ningbo Trading", "Showroom Antwerp", 96_000, "medium", contact=2,
             moved=8, mail=2),
        Deal("Apotheek Claes", "Counter and shelves", 8_900, contact=7),
    )),
    ("lena", "bruno", "efficiency", 12, False, (0, 0), (
        Deal("Rederij Van Damme", "Crew quarters", 41_000, "high"),
        Deal("Museum Ter Duinen", "Visitor seating", 27_500, "medium", mail=1),
        Deal("Bakkerij Smets", "Shop fittings", 15_300, contact=1, moved=4),
        Deal("Zorghuis De Eik", "Dining hall", 38_000),
    )),
)  # fmt: skip
PEOPLE = {"dirk": "Dirk Claessens", "lena": "Lena Vos"}
LESSON = "Introduce the successor to the ten largest customers before the last day."


class Story:
    """The past, told to the database of ``env``."""

    def __init__(self, env):
        self.env = env(context=QUIET)

    def tell(self):
        """Make the handovers of the past."""
        people = {name: self._person(name) for name in ("bruno", "chen", "maya")}
        people |= {login: self._make_giver(login) for login in PEOPLE}
        people["maya"].company_id.handover_customer_rating = True
        for giver, taker, reason, ago, confirmed, stars, deals in STORY:
            parts = people[giver], people[taker], people["maya"]
            leads = self._make_deals(parts[0], ago, deals)
            with warnings.catch_warnings():
                # what a library says about Odoo's links in notices
                warnings.simplefilter("ignore", DeprecationWarning)
                request = self._hand_over(*parts, reason, ago, confirmed, deals, leads)
            for deal, lead in zip(deals, leads, strict=True):
                self._live_on(deal, lead, parts[0], parts[1], ago)
            request._follow_up()
            self._ask_customers(request, deals, ago)
            for user, rating in zip(parts, stars, strict=False):
                if rating:
                    lesson = LESSON if rating == 2 else False
                    request.with_user(user).action_rate(rating, False, lesson)
        # who left long ago has left
        people["dirk"].active = False

    def _person(self, name):
        return self.env.ref(f"crm_handover.user_{name}_demo")

    def _ago(self, days, hours=0):
        return fields.Datetime.now() - timedelta(days=days, hours=-hours)

    def _make_giver(self, login):
        maya = self._person("maya")
        groups = ("sales_team.group_sale_salesman", "project.group_project_user")
        user = self.env["res.users"].create(
            {
                "name": PEOPLE[login],
                "login": login,
                "email": f"{login}@yourcompany.example.com",
                "tz": maya.tz,
                "company_id": maya.company_id.id,
                "company_ids": [Command.set(maya.company_id.ids)],
                "notification_type": "inbox",
                "group_ids": [Command.set([self.env.ref(name).id for name in groups])],
            }
        )
        team = self.env.ref("crm_handover.crm_team_key_accounts_demo")
        self.env["crm.team.member"].create({"crm_team_id": team.id, "user_id": user.id})
        return user

    def _make_deals(self, giver, ago, deals):
        leads = self.env["crm.lead"]
        for deal in deals:
            customer = self.env["res.partner"].create(
                {
                    "name": deal.customer,
                    "is_company": True,
                    "email": f"office@{re.sub(r'[^a-z]+', '-', deal.customer.lower())}"
                    ".example.com",
                    "phone": f"+32 2 555 {deal.revenue % 90 + 10} {ago:02}",
                }
            )
            leads |= leads.with_context(mail_notrack=True).create(
                {
                    "name": deal.name,
                    "type": "opportunity",
                    "partner_id": customer.id,
                    "user_id": giver.id,
                    "team_id": self.env.ref(
                        "crm_handover.crm_team_key_accounts_demo"
                    ).id,
                    "stage_id": self.env.ref("crm.stage_lead1").id,
                    "expected_revenue": deal.revenue,
                }
            )
        self.env.flush_all()
        self._move_back("crm_lead", leads.ids, "create_date", self._ago(ago + 60))
        return leads.with_context(mail_notrack=False)

    def _hand_over(self, giver, taker, chief, reason, ago, confirmed, deals, leads):
        """Hand over in the usual way, and say afterwards when that was."""
        Request = self.env["handover.request"]
        request = Request.with_user(giver).create(
            {
                "predecessor_id": giver.id,
                "successor_id": taker.id,
                "reason_id": self.env.ref(f"crm_handover.reason_{reason}").id,
                "company_id": chief.company_id.id,
            }
        )
        request.add_records("crm.lead", leads.ids)
        for line in request.line_ids:
            line.risk = deals[leads.ids.index(line.res_id)].risk
        request.check_completeness()
        request.action_submit()
        request.with_user(chief).action_approve()
        if confirmed:
            request.with_user(giver).action_confirm()
            request.with_user(taker).action_confirm()
        request = request.sudo()
        start = self._ago(ago)
        request._trusting().write(
            {
                "date_submitted": self._ago(ago + 4),
                "date_approved": self._ago(ago + 2 + ago % 2),
                "date_started": start,
                "date_finished": start,
                "date_completed": self._ago(ago - 3 - ago % 5) if confirmed else False,
            }
        )
        for review in request._reviews():
            due = start + timedelta(days=review.days)
            review._trusting().write({"date_from": start, "date_due": due})
        # the steps were taken then
        steps = request._steps().filtered("active")
        steps.write({"active": False, "date_done": self._ago(ago - 1)})
        request.message_ids.notification_ids.unlink()
        request.message_ids.write({"date": start})
        self.env.flush_all()
        made = self._ago(ago + 6 + ago % 7)
        self._move_back("handover_request", request.ids, "create_date", made)
        request._update_days()
        return request

    def _live_on(self, deal, lead, giver, taker, ago):
        """Tell what became of a deal after the handover."""
        self._say(lead, self._ago(ago + 20), lead.partner_id)
        self._say(lead, self._ago(ago + 20, 5), giver.partner_id)
        self._say(lead, self._ago(ago + 5), giver.partner_id)
        if deal.mail and deal.mail < ago:
            self._say(lead, self._ago(ago - deal.mail), lead.partner_id)
        for days in (deal.contact, deal.contact + 8, deal.contact + 23):
            if deal.contact and days < ago:
                self._say(lead, self._ago(ago - days, 3), taker.partner_id)
        if deal.moved:
            stage = self.env.ref("crm.stage_lead2")
            self._change(lead, self._ago(ago - deal.moved), {"stage_id": stage.id})
        if deal.won:
            stage = self.env.ref("crm.stage_lead4")
            values = {"stage_id": stage.id, "probability": 100}
            self._change(lead, self._ago(ago - deal.won), values)
        if deal.lost:
            values = {"active": False, "probability": 0}
            self._change(lead, self._ago(ago - deal.lost), values)

    def _ask_customers(self, request, deals, ago):
        """Tell what customers answered when they were asked, which some did."""
        while request.customers_due:
            request._ask_customers()
        asked = request.customer_rating_ids
        asked._trusting().write({"date_asked": self._ago(ago - 30)})
        tokens = self.env["rating.rating"]
        for deal in deals:
            one = asked.filtered(lambda a, d=deal: a.customer_id.name == d.customer)
            if deal.stars and one:
                link = [("res_model", "=", one._name), ("res_id", "=", one.id)]
                one.rating_apply(deal.stars, tokens.search(link), deal.says)
                one._trusting().write({"date_rated": self._ago(ago - 31)})
        mails = self.env["mail.mail"]
        mails.search([("recipient_ids", "in", asked.partner_id.ids)]).unlink()

    def _say(self, lead, moment, author):
        outside = not author.user_ids
        words = ASKS if outside else ANSWERS
        self.env["mail.message"].create(
            {
                "model": "crm.lead",
                "res_id": lead.id,
                "message_type": "email" if outside else "comment",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                "author_id": author.id,
                "subject": lead.name,
                # a message without a text reads as one that was taken away
                "body": f"<p>{words[moment.toordinal() % len(words)]}</p>",
                "date": moment,
            }
        )

    def _change(self, lead, moment, values):
        """Change a deal, as if it had been then."""
        # whatever else is to be tracked comes before
        self.env.cr.flush()
        known = lead.message_ids
        lead.write(values)
        self.env.cr.flush()
        lead.invalidate_recordset(["message_ids"])
        (lead.message_ids - known).write({"date": moment})

    def _move_back(self, table, ids, column, moment):
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id IN %s",
                SQL.identifier(table),
                SQL.identifier(column),
                moment,
                tuple(ids),
            )
        )
        self.env.invalidate_all()


def main(configuration, database):
    config.parse_config(["--config", configuration])
    with Registry(database).cursor() as cr:
        Story(api.Environment(cr, SUPERUSER_ID, {})).tell()


if __name__ == "__main__":
    main(*sys.argv[1:])
