"""The whole way of one handover at several sizes, and what it promises."""

import json

from benchmarks.runner import Worker
from dev.ui import table

WAY = "whole_way"
# the cost of a record is compared with that of so many
FEW = 10_000
GROWS = 1.3
# so many seconds somebody waits for an answer, and a transaction locks records
WAITS = 5
LOCKS = 3
SAME_MB = 20
HEAD = (
    *("step", "records", "seconds", "µs per record", "click (s)"),
    *("longest transaction (s)", "… that locks records (s)", "memory (MB)"),
)


def measure(copies, sizes, told):
    """Go the whole way at each size.

    :param told: called with what is known after each step
    :return: ``[{"step", "records", "seconds", "click", …}]``
    """
    rows = []
    for size in sizes:
        template = copies.template(size, leads_only=True)
        with copies.fresh(template) as database:
            worker = Worker(WAY, copies.log, "benchmarks.whole", database)
            try:
                worker.wait_until_ready()
                worker.go()
                for row in worker.answers("step"):
                    row = {"size": size, **json.loads(row)}
                    print(
                        f"  {row['step']}, {size:,}: {row['seconds']:.1f} s", flush=True
                    )
                    rows.append(row)
                    told(rows)
            finally:
                worker.end()
    return rows


def lines(rows):
    """Answer the table, as lines for the terminal."""
    yield ""
    yield from table([HEAD, *(_cells(row) for row in rows)])


def _cells(row):
    return (
        row["step"],
        f"{row['records']:,}",
        f"{row['seconds']:.2f}",
        f"{row['seconds'] / row['records'] * 1e6:.0f}",
        "–" if row["click"] is None else f"{row['click']:.2f}",
        f"{row['longest']:.2f}",
        f"{row['locking']:.2f}",
        f"{row['peak_mb']:.0f}",
    )


def goals(rows):
    """Answer [{"goal", "measured", "reached"}] of the largest size."""
    size = max(row["size"] for row in rows)
    large = [row for row in rows if row["size"] == size]
    few = {row["step"]: row for row in rows if row["size"] == FEW}
    about = f"{size:,} records, the whole way"
    worst = max(large, key=lambda row: row["click"] or 0)
    yield _goal(
        f"{about}: nobody waits longer than {WAITS} s for a click",
        f"{worst['click']:.1f} s, {worst['step']}",
        worst["click"] <= WAITS,
    )
    worst = max(large, key=lambda row: row["locking"])
    yield _goal(
        f"{about}: no transaction that locks records over {LOCKS} s",
        f"{worst['locking']:.1f} s, {worst['step']}",
        worst["locking"] <= LOCKS,
    )
    if size > FEW and few:
        grown = {row["step"]: _cost(row) / _cost(few[row["step"]]) for row in large}
        step, times = max(grown.items(), key=lambda item: item[1])
        yield _goal(
            f"{about}: a record within {GROWS} times of what it costs at {FEW:,}",
            f"{times:.2f} times, {step}",
            times <= GROWS,
        )
        more = {
            row["step"]: row["peak_mb"] - few[row["step"]]["peak_mb"] for row in large
        }
        step, megabytes = max(more.items(), key=lambda item: item[1])
        yield _goal(
            f"{about}: memory within {SAME_MB} MB of that at {FEW:,}",
            f"{megabytes:.0f} MB more, {step}",
            megabytes <= SAME_MB,
        )


def _goal(text, measured, reached):
    return {"goal": text, "measured": measured, "reached": reached}


def _cost(row):
    return row["seconds"] / row["records"]
