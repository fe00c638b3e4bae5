"""One way in a process: `python -m benchmarks.worker WAY DATABASE`.

Says `ready` when everything is loaded and warm, waits for a line, does the work and
says `result` with what was measured.
"""

import json
import sys

from benchmarks import process
from benchmarks.meter import Meter
from benchmarks.people import GIVER, OTHER, WARM
from benchmarks.ways import Bench, ways

# whose work is changed; the others do it with the giver's
GIVERS = {
    "handover_customers_tasks": OTHER,
    "mass_edit_customers_tasks": OTHER,
    "form_open_small": WARM,
}


def main(name, database):
    """Warm up, wait, measure."""
    registry = process.load(database)
    meter = Meter()
    way = ways()[name]
    with registry.cursor() as cursor:
        bench = Bench(process.superuser(cursor), meter)
        _records, warm_up = way(bench, WARM)
        warm_up()
        cursor.rollback()
        bench.env.invalidate_all()
        records, work = way(bench, GIVERS.get(name, GIVER))
        process.say("ready")
        sys.stdin.readline()
        with meter:
            work()
            cursor.commit()
    result = {"records": records, **meter.result(), **bench.measured}
    process.say("result", json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
