"""`python -m benchmarks`: run all ways at all sizes, print and keep the results."""

import os
import signal
import sys

from benchmarks import bystanders, whole_way
from benchmarks.copies import Copies
from benchmarks.footprint import Footprints
from benchmarks.plan import Plan
from benchmarks.postbox import postbox
from benchmarks.report import Report
from benchmarks.runner import run_way
from dev.ui import Step, Stop


def main():
    """Measure; answer the exit code."""
    # a plain `kill` drops the copies the way Ctrl-C does
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        measure(Plan.read(os.environ))
    except Stop as stop:
        print(f"\n{stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130
    return 0


def measure(plan):
    """Run what is planned, round by round."""
    for line in plan.left_out():
        print(f"  {line}")
    copies = Copies(os.environ)
    report = Report(plan, copies.server)
    if plan.bystanders:
        report.bystanders = bystanders.compare(copies)
        report.write()
    if plan.whole:
        with postbox(copies.settings, copies.log):
            whole_way.measure(copies, plan.sizes, report.keep_whole)
    sizes = plan.sizes if plan.ways else ()
    templates = {size: copies.template(size) for size in sizes}
    footprints = Footprints(copies.server)
    with postbox(copies.settings, copies.log):
        # they take turns, so that a machine that gets slower or faster hits all alike
        for number in range(1, plan.rounds + 1):
            for size, way in plan.steps():
                title = f"Round {number} of {plan.rounds}: {way} of {size:,} records"
                with Step(title) as step, copies.fresh(templates[size]) as database:
                    result = run_way(way, database, copies.log)
                    footprints.check(way, size, database)
                    step.detail(f"{result['seconds']:.2f} s")
                report.add(way, size, result)
                report.write()
    for line in report.lines():
        print(line)


if __name__ == "__main__":
    sys.exit(main())
