"""Which ways are measured at which sizes, and why some are not."""

import os
from dataclasses import dataclass

from benchmarks.bystanders import WAY as BYSTANDERS
from benchmarks.whole_way import WAY as WHOLE
from dev.ui import Stop

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 3


@dataclass(frozen=True)
class Way:
    """One way to do the work, and up to which number of records it is measured."""

    title: str
    largest: int = 1_000_000
    why: str = ""
    # whether it does what the floor does, with the same records
    compared: bool = True
    # how many cores it takes to tell anything
    needs_cores: int = 1

    def fits(self, size):
        """Tell whether it is measured with so many records on this machine."""
        return size <= self.largest and self.needs_cores <= os.cpu_count()


SLOW = "about 35 ms a record and more, without a surprise in it"
WAYS = {
    "sql_floor": Way("set-based SQL that leaves the same rows"),
    "owner_only": Way("SQL that changes the owner and nothing else"),
    "handover": Way("this add-on: the whole run"),
    "handover_2_workers": Way("the same, batches taken by two processes"),
    "handover_4_workers": Way(
        "the same by four processes", needs_cores=4, why="this machine has fewer cores"
    ),
    "handovers_10": Way("ten handovers of a tenth each", compared=False),
    "handovers_10_2_hosts": Way(
        "the same by two processes, each with its crons", compared=False
    ),
    "handover_busy": Way("this add-on beside two busy processes", compared=False),
    "handover_queue_job_1": Way("the same as jobs of OCA's queue_job, 1 at a time"),
    "handover_queue_job_2": Way("the same, 2 jobs at a time"),
    "handover_queue_job_4": Way(
        "the same, 4 jobs at a time", needs_cores=4, why="this machine has fewer cores"
    ),
    "handover_customers_tasks": Way(
        "this add-on: customers and tasks, half each", compared=False
    ),
    "mass_edit": Way(
        "Odoo's mass edit: write in one call, as a user; mails are sent after commit",
        10_000,
        "over an hour for 100,000",
    ),
    "mass_edit_queued": Way("the same, mails stay in the queue", 1_000, SLOW),
    "mass_edit_todos": Way("mass edit, and of the to-dos as well", 1_000, SLOW),
    "mass_edit_quiet": Way(
        "mass edit that is told not to notify", 10_000, "all of it in one transaction"
    ),
    "mass_edit_customers_tasks": Way(
        "mass edit of customers and tasks", 1_000, SLOW, compared=False
    ),
    "import": Way(
        "import (load) without history, as the dialog proposes",
        10_000,
        "linear in batches of 2,000",
    ),
    "import_history": Way("import (load) with history", 1_000, SLOW),
    "rpc_one_by_one": Way("XML-RPC, a write for each record", 1_000, SLOW),
    "collect": Way("this add-on: collecting the open records", compared=False),
    "submit": Way(
        "this add-on: submitting, with the check of all records", compared=False
    ),
    "approve": Way("this add-on: approving, with the digest of all", compared=False),
    "cancel": Way("this add-on: cancelling what is approved", compared=False),
    "return": Way("this add-on: giving all of it back", compared=False),
    "preflight": Way("this add-on: the check before the approval", compared=False),
    "completeness": Way(
        "this add-on: what is missing in customers, leads and tasks, as many leads as"
        " others",
        compared=False,
    ),
    "private_links": Way(
        "this add-on: links that others cannot follow, in the same records",
        compared=False,
    ),
    "follow_up": Way(
        "this add-on: following up for the first time, after thirty days of work",
        compared=False,
    ),
    "follow_up_again": Way("the same once more, nothing has changed", compared=False),
    "review": Way("this add-on: the last review, after thirty days", compared=False),
    "document": Way(
        "this add-on: the document to sign, with all records in its annex",
        compared=False,
    ),
    "form_open": Way("this add-on: opening the form of the handover", compared=False),
    "form_open_small": Way("the same with 100 records on it", compared=False),
    "overview_open": Way(
        "this add-on: opening the overview, twenty times", compared=False
    ),
    "overview_open_empty": Way("the same without any line", compared=False),
    "my_open": Way("this add-on: opening my handovers, twenty times", compared=False),
    "my_open_empty": Way("the same without any line", compared=False),
    "cockpit_open": Way(
        "this add-on: opening the cockpit of the handover",
        30_000,
        "one with more records opens as its form",
        compared=False,
    ),
    "briefing_open": Way(
        "this add-on: opening the briefing, and its first customer",
        30_000,
        "of more records the list of their cards opens",
        compared=False,
    ),
    "calls_open": Way("this add-on: opening whom to call next", compared=False),
    "archive_guard": Way(
        "this add-on: being told what somebody has who is to be archived",
        compared=False,
    ),
    "archive_many": Way(
        "this add-on: archiving 500 people, and keeping a to-do of each", compared=False
    ),
    "archive_many_refused": Way(
        "the same while all of them have open work", compared=False
    ),
    "archive_many_anyway": Way(
        "the same, archived all the same: with an event and a draft of each",
        compared=False,
    ),
    "radar": Way(
        "this add-on: looking for somebody in every field that names a user",
        compared=False,
    ),
    "radar_everybody": Way("the same for all who left or are leaving", compared=False),
    "list_open": Way(
        "opening the list of leads, one in fifty comes to the reader", compared=False
    ),
    "list_open_many": Way("the same, one in five comes to the reader", compared=False),
    "list_open_without": Way(
        "the same leads, all owned, without this add-on's rules", compared=False
    ),
    "list_open_all": Way(
        "opening the list of leads, as one who sees all documents", compared=False
    ),
    "list_open_all_without": Way(
        "the same without this add-on's rules", compared=False
    ),
}


@dataclass(frozen=True)
class Plan:
    """The choices of the person who runs it."""

    sizes: tuple
    rounds: int
    ways: tuple
    # whether it is measured what others pay
    bystanders: bool
    # whether one handover goes the whole way
    whole: bool

    @classmethod
    def read(cls, environ):
        """Read SIZES, ROUNDS and WAYS, each optional."""
        sizes = _numbers(environ, "SIZES", SIZES)
        rounds = _numbers(environ, "ROUNDS", (ROUNDS,))
        known = (*WAYS, BYSTANDERS, WHOLE)
        ways = tuple(_words(environ, "WAYS")) or known
        if unknown := sorted(set(ways) - set(known)):
            raise Stop(
                f"WAYS={','.join(unknown)} is not known: choose from {', '.join(known)}"
            )
        if any(size <= 200 or size % 10 for size in sizes):
            # smaller handovers are done within the click, that is another path
            raise Stop("SIZES: give multiples of ten above 200, as SIZES=1000,10000")
        ours = tuple(way for way in ways if way in WAYS)
        return cls(sizes, rounds[0], ours, BYSTANDERS in ways, WHOLE in ways)

    def steps(self):
        """Answer the (size, way) of one round."""
        return [
            (size, name)
            for size in self.sizes
            for name in self.ways
            if WAYS[name].fits(size)
        ]

    def left_out(self):
        """Answer lines that say what is not measured, and why."""
        for name in self.ways:
            way = WAYS[name]
            sizes = [f"{size:,}" for size in self.sizes if not way.fits(size)]
            if sizes:
                yield f"{name} is left out at {' and '.join(sizes)} records: {way.why}"


def _words(environ, name):
    return [word for word in environ.get(name, "").replace(",", " ").split() if word]


def _numbers(environ, name, default):
    words = _words(environ, name)
    if not all(word.isdecimal() and int(word) for word in words):
        raise Stop(f"{name}={environ[name]} is not understood: write {name}=1000,10000")
    return tuple(sorted({int(word) for word in words})) or default
