"""The ways to give somebody else the work of one person.

A way is a function of the bench and of the login whose work it is. What it does before
it returns is not measured; it returns the number of records and the work to measure.
"""

import time
from functools import partial

from odoo import Command
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from benchmarks import (
    floor,
    form,
    leaving,
    listing,
    past,
    population,
    rpc,
    scheduler,
    screens,
)
from benchmarks.people import LEADER, OTHER, TAKER, WARM, user

# what Odoo's import dialog sends at once
IMPORT_BATCH = 2_000
# so many handovers are under way side by side
TEN = 10
# records that one call adds
ONE_CALL = 20_000
# what people write about a record, in a kilobyte, and a link within
TEXTS = {"crm_lead": "description", "project_task": "description"}
TEXTS |= {"res_partner": "comment"}
TEXT = "<p>They asked for the price list, and for a date in May.</p>" * 16
LINK = r"<p>The terms are in C:\Users\Anna\terms.docx.</p>"


class Bench:
    """The environment of OdooBot in the worker, and shortcuts."""

    def __init__(self, env, meter):
        self.env = env
        self.meter = meter
        self.taker = user(env, TAKER)
        self.leader = user(env, LEADER)
        # what a way measures by itself
        self.measured = {}

    def as_leader(self, model, **context):
        """A model as the team's leader, a sales manager."""
        return self.env(user=self.leader.id, su=False)[model].with_context(**context)

    def owned(self, model, giver, **context):
        """The records of the giver, as the team's leader."""
        owner = user(self.env, giver).id
        domain = [("user_id", "=", owner)]
        if model == "project.task":
            # without a project it is a private to-do
            domain = [("user_ids", "=", owner), ("project_id", "!=", False)]
        records = self.env[model].search(domain)
        return self.as_leader(model, **context).browse(records.ids)

    def request(self, giver, state):
        """The handover of this person in this state."""
        return self.env["handover.request"].search(
            [
                ("predecessor_id", "=", user(self.env, giver).id),
                ("state", "in", state.split()),
            ]
        )


def ways():
    """All of them by name."""
    return {
        "sql_floor": sql_floor,
        "owner_only": owner_only,
        "handover": handover,
        "handover_helper": handover_helper,
        "handovers_10": handovers,
        "handovers_10_helper": handovers_helper,
        "handover_customers_tasks": handover,
        "mass_edit": mass_edit,
        "mass_edit_todos": mass_edit_todos,
        "mass_edit_queued": mass_edit_queued,
        "mass_edit_quiet": mass_edit_quiet,
        "mass_edit_customers_tasks": mass_edit_customers_tasks,
        "import": import_quiet,
        "import_history": import_history,
        "rpc_one_by_one": rpc_one_by_one,
        "collect": collect,
        "submit": submit,
        "approve": approve,
        "cancel": cancel,
        "return": give_back,
        "preflight": preflight,
        "completeness": completeness,
        "private_links": private_links,
        "follow_up": follow_up,
        "follow_up_again": partial(follow_up, again=True),
        "review": review,
        "document": document,
        "form_open": form_open,
        "form_open_small": form_open,
        "overview_open": partial(screen_open, screen=screens.overview),
        "overview_open_empty": partial(screen_open, screen=screens.overview, few=True),
        "my_open": partial(screen_open, screen=screens.my_handovers),
        "my_open_empty": partial(screen_open, screen=screens.my_handovers, few=True),
        "cockpit_open": cockpit_open,
        "briefing_open": briefing_open,
        "calls_open": calls_open,
        "archive_guard": leaving.guard,
        "archive_many": leaving.archive_many,
        "archive_many_refused": partial(leaving.archive_many, refused=True),
        "archive_many_anyway": partial(leaving.archive_many, anyway=True),
        "radar": leaving.radar,
        "radar_everybody": partial(leaving.radar, everybody=True),
        "list_open": partial(list_open, owned=0.98),
        "list_open_many": partial(list_open, owned=0.8),
        "list_open_without": list_open,
        "list_open_all": partial(list_open_all, rules=True),
        "list_open_all_without": partial(list_open_all, rules=False),
    }


# ------------------------------------------------------------
# SQL
# ------------------------------------------------------------


def sql_floor(bench, giver):
    request = bench.request(giver, "approved")
    return request.line_count, lambda: floor.everything(bench.env, request)


def owner_only(bench, giver):
    request = bench.request(giver, "approved")
    return request.line_count, lambda: floor.owner(bench.env, request)


# ------------------------------------------------------------
# THIS ADD-ON
# ------------------------------------------------------------


def handover(bench, giver):
    """Start the approved handover, and wait until the scheduler has done it."""
    request = bench.request(giver, "approved")
    scheduler.start(bench.meter)

    def work():
        request.with_user(bench.leader).action_run()
        # the little one of the warm-up is done at once
        if request.state == "running":
            bench.env.cr.commit()
            scheduler.wait(bench.env.cr.dbname, request.id)

    return request.line_count, work


def handover_helper(bench, giver):
    """Have a scheduler as well, while another process starts the handover."""
    if giver == WARM:
        return handover(bench, giver)
    request = bench.request(giver, "approved")
    wait = partial(scheduler.wait, bench.env.cr.dbname, request.id)
    return request.line_count, wait


def handovers(bench, giver):
    """Start ten handovers of a tenth of the records each, and wait for all."""
    whole = bench.request(giver, "approved")
    leads = whole.line_ids.mapped("res_id")
    whole.with_user(user(bench.env, giver)).action_cancel()
    bench.env.cr.execute(
        "DELETE FROM handover_request_line WHERE request_id = %s", [whole.id]
    )
    bench.env.invalidate_all()
    requests = bench.env["handover.request"].with_user(bench.leader)
    with population.at_once(bench.env):
        for some in split_every(len(leads) // TEN, leads, list):
            requests += _approved(bench, giver, some)
    bench.env.cr.commit()
    listing.tidy(bench.env.cr.dbname, "handover_request_line")
    scheduler.start(bench.meter)

    def work():
        for request in requests:
            request.action_run()
            bench.env.cr.commit()
        scheduler.wait_for_all(bench.env.cr.dbname, user(bench.env, giver).id)

    return len(leads), work


def _approved(bench, giver, lead_ids):
    """Answer an approved handover of these leads, as the team's leader."""
    request = population.make_draft(bench.env, giver, date_planned=population.NEXT_YEAR)
    for some in split_every(ONE_CALL, lead_ids, list):
        request.add_records("crm.lead", some)
    request.action_submit()
    request = request.with_user(bench.leader)
    request.action_approve()
    return request


def handovers_helper(bench, giver):
    """Have a scheduler as well, on another host as it were."""
    if giver == WARM:
        return handover(bench, giver)
    scheduler.start(bench.meter)
    giver_id = user(bench.env, giver).id
    count = bench.request(giver, "approved").line_count
    # nothing that this transaction has read is in the way
    bench.env.cr.commit()
    return count, partial(scheduler.wait_for_all, bench.env.cr.dbname, giver_id)


def collect(bench, giver):
    request = bench.request(giver, "draft").with_user(user(bench.env, giver))
    count = bench.request(giver, "approved").line_count
    return count, _step(bench, request, request.action_collect)


def submit(bench, giver):
    """Check and reserve all records of a draft."""
    request = bench.request(giver, "approved").with_user(user(bench.env, giver))
    with population.at_once(bench.env):
        request.action_cancel()
        request.action_draft()
    return request.line_count, _step(bench, request, request.action_submit)


def approve(bench, giver):
    """Approve, for next year: the digest of all records."""
    request = bench.request(giver, "approved").with_user(user(bench.env, giver))
    submit(bench, giver)
    with population.at_once(bench.env):
        request.action_submit()
    request = request.with_user(bench.leader)
    return request.line_count, _step(bench, request, request.action_approve)


def cancel(bench, giver):
    request = bench.request(giver, "approved").with_user(user(bench.env, giver))
    return request.line_count, _step(bench, request, request.action_cancel)


def give_back(bench, giver):
    """Give back all that was handed over."""
    count, work = handover(bench, giver)
    request = bench.request(giver, "approved").with_user(bench.leader)
    work()
    bench.env.cr.commit()
    request.invalidate_recordset()

    def back():
        request.action_return()
        if request.background_step or request.state == "running":
            bench.env.cr.commit()
            scheduler.wait_for_step(bench.env.cr.dbname, request.id)
            scheduler.wait(bench.env.cr.dbname, request.id)

    return count, back


def _step(bench, request, press):
    """Press a button, and wait for what it has done in the background."""
    # the documents of what came before are not made beside it
    bench.env["handover.request"].search([])._trusting().document_due = False
    bench.env.cr.commit()
    scheduler.start(bench.meter)

    def work():
        press()
        if request.background_step:
            bench.env.cr.commit()
            scheduler.wait_for_step(bench.env.cr.dbname, request.id)
            request.invalidate_recordset()
            if request.background_problem:
                raise RuntimeError(request.background_problem)

    return work


def preflight(bench, giver):
    request = bench.request(giver, "approved").with_user(bench.leader)
    look = _step(bench, request, request.preflight)

    def work():
        # of very many it begins one in the background, and tells what that has found
        look()
        if not request.preflight()["ok"]:
            raise RuntimeError("the handover is not ready")

    return request.line_count, work


def completeness(bench, giver):
    """Check the portfolios of two people, who have all kinds of records together."""
    requests = _portfolios(bench, giver)
    count = sum(request.line_count for request in requests)

    def work():
        for request in requests:
            request.check_completeness()

    return count, work


def private_links(bench, giver):
    """Look through the same portfolios, where one text in ten has such a link."""
    requests = _portfolios(bench, giver)
    for table, column in TEXTS.items():
        bench.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = CASE WHEN id %% 10 = 0 THEN %s ELSE %s END",
                *(SQL.identifier(table), SQL.identifier(column)),
                *(TEXT + LINK, TEXT),
            )
        )
    count = sum(request.line_count for request in requests)

    def work():
        found = sum(len(request._private_links()) for request in requests)
        if not count / 20 < found < count / 5:
            raise RuntimeError(f"{found} of {count} records have such a link")

    return count, work


def _portfolios(bench, giver):
    """The approved handovers of this person, and of who has other kinds of records."""
    requests = bench.request(giver, "approved")
    if giver != WARM:
        requests |= bench.request(OTHER, "approved")
    return requests.with_user(bench.leader)


def follow_up(bench, giver, again=False):
    """Follow up thirty days after a handover, for the first time or once more."""
    request = _handed_over(bench, giver, reviews="90")
    if again:
        night(bench, request)
        listing.tidy(bench.env.cr.dbname, "handover_followup")
    return request.line_count, partial(night, bench, request)


def review(bench, giver):
    """Measure the last review, thirty days after a handover."""
    request = _handed_over(bench, giver, reviews=str(past.DAYS))
    bench.env["handover.followup"]._follow(request)
    bench.env.cr.commit()
    listing.tidy(bench.env.cr.dbname, "handover_followup")
    return request.line_count, partial(night, bench, request)


def _handed_over(bench, giver, reviews):
    """Answer the handover of this person, thirty days ago."""
    request = bench.request(giver, "approved")
    floor.everything(bench.env, request)
    bench.env.invalidate_all()
    past.live_on(bench.env, request)
    request._trusting().review_plan = reviews
    request._plan_reviews()
    bench.env.cr.commit()
    listing.tidy(bench.env.cr.dbname, past.TOUCHED)
    return request


def night(bench, request):
    """Do what the scheduler does every night, as if nothing had been done today."""
    request._trusting().write({"date_follow_up": False, "result_parts": False})
    bench.env.cr.commit()
    # this cursor holds the job while the job commits on another one
    bench.meter.ignore(bench.env.cr)
    cron = bench.env.ref("crm_handover_review.ir_cron_handover_request_follow_up")
    while not _try_job(cron):
        time.sleep(scheduler.POLL_SECONDS)
    bench.env.cr.commit()
    request.invalidate_recordset()
    if not request.result_parts:
        raise RuntimeError("the handover could not be followed up")


def _try_job(cron):
    """Do a job; tell whether it could be done, or the scheduler is at it."""
    try:
        cron.method_direct_trigger()
    except UserError:
        cron.env.cr.rollback()
        return False
    return True


def document(bench, giver):
    """Make the document to sign of the approved handover, with its annex."""
    request = bench.request(giver, "approved")
    bench.env["handover.request"].search([])._trusting().document_due = False
    request._plan_document("to_sign")
    bench.env.cr.commit()

    def work():
        request._cron_documents()
        if request.document_problem or not request.document_ids:
            raise RuntimeError("the document was not made")

    return request.line_count, work


def form_open(bench, giver):
    request = bench.request(giver, "approved").with_user(bench.leader)
    count = request.line_count
    opening = form.opening(request)
    request.env.invalidate_all()
    return count, lambda: bench.measured.update(bytes=opening())


def cockpit_open(bench, giver):
    request = bench.request(giver, "approved").with_user(bench.leader)
    count = request.line_count
    opening = screens.cockpit(request)
    request.env.invalidate_all()
    return count, lambda: bench.measured.update(bytes=opening())


def briefing_open(bench, giver):
    """Open the briefing as who gives; each record has its card already."""
    request = bench.request(giver, "approved").with_user(user(bench.env, giver))
    count = request.line_count
    request.action_view_cards()
    bench.env.cr.commit()
    listing.tidy(bench.env.cr.dbname, "handover_card")
    opening = screens.briefing(request)
    request.env.invalidate_all()
    return count, lambda: bench.measured.update(bytes=opening())


def calls_open(bench, giver):
    """Open whom to call next as who took over thirty days ago."""
    request = _handed_over(bench, giver, reviews="90")
    count = request.line_count
    night(bench, request)
    listing.tidy(bench.env.cr.dbname, "handover_followup")
    followups = bench.env(user=bench.taker.id, su=False)["handover.followup"]
    opening = screens.calls(followups)
    bench.env.invalidate_all()
    return count, lambda: bench.measured.update(bytes=opening())


def screen_open(bench, giver, screen, few=False):
    """Open a screen of handovers, with all lines there are, or with none at all."""
    count = bench.request(giver, "approved").line_count
    if few:
        bench.env.cr.execute("DELETE FROM handover_request_line")
    else:
        # has left, and still owns all of it
        bench.env.cr.execute(
            "UPDATE res_users SET active = FALSE WHERE login = %s", [giver]
        )
    bench.env.invalidate_all()
    requests = bench.env(user=bench.leader.id, su=False)["handover.request"]
    opening = screen(requests)
    return count, lambda: bench.measured.update(bytes=opening())


def list_open(bench, giver, owned=1):
    """Open the leads of the taker: this share is owned, the rest is coming.

    Where all are owned, the rules are switched off: the list is the same.
    """
    request = bench.request(giver, "approved")
    count = listing.deal_out(bench.env, request, bench.taker, owned)
    return count, listing.opening(_readers(bench, bench.taker, owned < 1), count)


def list_open_all(bench, giver, rules):
    # warmed up with all there is, too
    count = bench.env["crm.lead"].search_count([("type", "=", "opportunity")])
    return count, listing.opening(_readers(bench, bench.leader, rules), count)


def _readers(bench, reader, rules):
    """The leads as this user, with the rules of this add-on or without."""
    if not rules:
        opening = bench.env["ir.rule"].search([("domain_force", "like", "handover_")])
        opening.active = False
    bench.env.cr.commit()
    listing.tidy(bench.env.cr.dbname)
    return bench.env(user=reader.id, su=False)["crm.lead"]


# ------------------------------------------------------------
# MASS EDIT
# ------------------------------------------------------------


def mass_edit(bench, giver):
    leads = bench.owned("crm.lead", giver)
    return len(leads), lambda: leads.write({"user_id": bench.taker.id})


def mass_edit_queued(bench, giver):
    leads = bench.owned("crm.lead", giver, mail_notify_force_send=False)
    return len(leads), lambda: leads.write({"user_id": bench.taker.id})


def mass_edit_quiet(bench, giver):
    leads = bench.owned("crm.lead", giver, mail_auto_subscribe_no_notify=True)
    return len(leads), lambda: leads.write({"user_id": bench.taker.id})


def mass_edit_todos(bench, giver):
    leads = bench.owned("crm.lead", giver)
    todos = bench.owned("mail.activity", giver)

    def work():
        leads.write({"user_id": bench.taker.id})
        todos.write({"user_id": bench.taker.id})

    return len(leads), work


def mass_edit_customers_tasks(bench, giver):
    customers = bench.owned("res.partner", giver)
    tasks = bench.owned("project.task", giver)
    leaves = user(bench.env, giver)
    change = [Command.unlink(leaves.id), Command.link(bench.taker.id)]

    def work():
        customers.write({"user_id": bench.taker.id})
        tasks.write({"user_ids": change})

    return len(customers) + len(tasks), work


# ------------------------------------------------------------
# IMPORT AND RPC
# ------------------------------------------------------------


def import_quiet(bench, giver):
    return _import(bench, giver, history=False)


def import_history(bench, giver):
    return _import(bench, giver, history=True)


def _import(bench, giver, history):
    ids = bench.owned("crm.lead", giver).ids
    leads = bench.as_leader("crm.lead", import_file=True, tracking_disable=not history)

    def work():
        for some in split_every(IMPORT_BATCH, ids, list):
            rows = [[str(id_), str(bench.taker.id)] for id_ in some]
            result = leads.load([".id", "user_id/.id"], rows)
            if not result["ids"]:
                raise RuntimeError(str(result["messages"]))
            bench.env.cr.commit()

    return len(ids), work


def rpc_one_by_one(bench, giver):
    ids = bench.owned("crm.lead", giver).ids
    bench.env.cr.commit()
    calls = [("crm.lead", "write", [[id_], {"user_id": bench.taker.id}]) for id_ in ids]
    return len(ids), rpc.Client(bench.env.cr.dbname, LEADER, calls).run
