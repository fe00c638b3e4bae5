"""The whole way of one very large handover, step by step, on one database.

`python -m benchmarks.whole DATABASE` says `ready`, does everything when it reads a
line, says `step` with what each step took and `result` at the end: from collecting to
giving back, as people click it and the crons do it.
"""

import json
import sys
import time
from functools import partial

from benchmarks import form, listing, past, process, scheduler
from benchmarks.meter import Meter
from benchmarks.people import GIVER, WARM, user
from benchmarks.ways import Bench, night


class Whole:
    """The handover of all leads of one person."""

    def __init__(self, bench, giver):
        self.bench = bench
        self.giver = user(bench.env, giver)
        self.draft = bench.request(giver, "draft")
        self.by_giver = self.draft.with_user(self.giver)
        self.by_leader = self.draft.with_user(bench.leader)

    def steps(self):
        """Answer {step: (what is prepared, what is done)}, in their order.

        What is prepared is the scheduler's: nobody waits for what is done then.
        """
        giver, leader = self.by_giver, self.by_leader
        return {
            "collect": (None, giver.action_collect),
            "open the draft": (None, partial(self._open, giver)),
            "check": (None, giver.preflight),
            "submit": (None, giver.action_submit),
            "open what is to be approved": (None, partial(self._open, leader)),
            "approve": (None, leader.action_approve),
            "hand over": (None, leader.action_run),
            "open the form": (None, partial(self._open, leader)),
            "document and annex": (self._plan_document, self._document),
            "follow up, the first time": (self._live_on, self._night),
            "follow up once more": (self._again, self._night),
            "last review": (self._last, self._night),
            "give back": (None, leader.action_return),
        }

    def do(self, prepare, work):
        """Do one step to its end; answer what it took."""
        bench, request = self.bench, self.draft
        # the documents that come by themselves are not made beside it
        request._trusting().document_due = False
        bench.meter.attend(bench.env.cr)
        if prepare:
            prepare()
        bench.env.cr.commit()
        bench.env.invalidate_all()
        with bench.meter as meter:
            began = time.monotonic()
            work()
            bench.env.cr.commit()
            clicked = time.monotonic() - began
            # whoever waits reads nothing that is kept here
            scheduler.wait_for_step(bench.env.cr.dbname, request.id)
            scheduler.wait_while(bench.env.cr.dbname, request.id, "running")
        bench.env.invalidate_all()
        if request.background_problem:
            raise RuntimeError(request.background_problem)
        measured = meter.result()
        return {
            "seconds": measured["ended"] - measured["began"],
            "click": None if prepare else clicked,
            "longest": measured["longest_transaction"],
            "locking": measured["longest_locking"],
            "peak_mb": measured["peak_mb"],
            "queries": measured["queries"],
        }

    def _open(self, request):
        form.opening(request)()

    def _plan_document(self):
        self.draft._plan_document("to_sign")

    def _document(self):
        request = self.draft
        # the cron is at it, as it is after every handover
        scheduler.wait_for_document(self.bench.env.cr.dbname, request.id)
        request.invalidate_recordset()
        if request.document_problem or not request.document_ids:
            raise RuntimeError("the document was not made")

    def _live_on(self):
        past.live_on(self.bench.env, self.draft)
        self._review("90")
        listing.tidy(self.bench.env.cr.dbname, past.TOUCHED)

    def _again(self):
        listing.tidy(self.bench.env.cr.dbname, "handover_followup")

    def _last(self):
        self._review(str(past.DAYS))
        self._again()

    def _review(self, plan):
        self.draft.review_ids._trusting().unlink()
        self.draft._trusting().review_plan = plan
        self.draft._plan_reviews()
        self.bench.env.cr.commit()

    def _night(self):
        night(self.bench, self.draft)


def main(database):
    """Warm up with a little handover, wait, and go the whole way."""
    registry = process.load(database)
    meter = Meter()
    with registry.cursor() as cursor:
        bench = Bench(process.superuser(cursor), meter)
        scheduler.start(meter)
        few, many = Whole(bench, WARM), Whole(bench, GIVER)
        for prepare, work in few.steps().values():
            few.do(prepare, work)
        process.say("ready")
        sys.stdin.readline()
        for step, (prepare, work) in many.steps().items():
            took = many.do(prepare, work)
            took |= {"step": step, "records": many.draft.line_count}
            process.say("step", json.dumps(took))
    process.say("result", "{}")


if __name__ == "__main__":
    main(sys.argv[1])
