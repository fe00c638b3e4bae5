"""Medians, the table, the goals, and `results.json`."""

import json
import os
import platform
from pathlib import Path
from statistics import median

from benchmarks import bystanders, whole_way
from benchmarks.goals import goals
from benchmarks.plan import WAYS
from dev.ui import table

RESULTS = Path(__file__).parent / "results.json"
HEAD = (
    "way",
    "records",
    "seconds",
    "× floor",
    "SQL per record",
    "longest transaction (s)",
    "peak memory (MB)",
)


class Report:
    """Gathers what was measured."""

    def __init__(self, plan, server):
        self.plan = plan
        self.machine = machine(server)
        self.results = {}
        # what others pay, see `bystanders.compare`
        self.bystanders = None
        # the steps of the whole way, see `whole_way.measure`
        self.whole = []

    def add(self, way, size, result):
        """Keep the result of one round."""
        self.results.setdefault((size, way), []).append(result)

    def keep_whole(self, rows):
        """Keep the steps of the whole way that are done."""
        self.whole = list(rows)
        self.write()

    def rows(self):
        """The medians, in the order of the plan."""
        return [
            self._row(size, way, self.results[size, way])
            for size, way in self.plan.steps()
            if (size, way) in self.results
        ]

    def _row(self, size, way, results):
        def middle(key, digits=None, per=1):
            values = [result[key] for result in results]
            return None if None in values else round(median(values) / per, digits)

        records, seconds = results[0]["records"], middle("seconds", 6)
        floor = self.results.get((size, "sql_floor"))
        ratio = None
        if floor and WAYS[way].compared:
            ratio = seconds / median(result["seconds"] for result in floor)
        row = {
            "way": way,
            "records": records,
            "seconds": round(seconds, 3),
            "ratio_to_floor": ratio and round(ratio, 2),
            "queries_per_record": middle("queries", 4, per=records),
            "longest_transaction_s": middle("longest_transaction", 3),
            "peak_mb_above_start": middle("peak_mb", 1),
            "rounds": len(results),
        }
        if results[0].get("evenness") is not None:
            row["evenness"] = middle("evenness", 2)
        if results[0].get("bytes"):
            row["queries"] = middle("queries")
            row["bytes"] = middle("bytes")
        return row

    def goals(self, rows):
        """What was promised of what was measured."""
        others = bystanders.goals(self.bystanders) if self.bystanders else []
        large = whole_way.goals(self.whole) if self.whole else []
        return [*goals(rows), *others, *large]

    def write(self):
        """Keep what is known so far; an interrupted run leaves its rounds."""
        rows = self.rows()
        content = {
            "machine": self.machine,
            "rows": rows,
            "goals": self.goals(rows),
            "bystanders": self.bystanders,
            "whole_way": self.whole,
            "left_out": list(self.plan.left_out()),
        }
        partial = RESULTS.with_suffix(".partial")
        partial.write_text(
            json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        partial.rename(RESULTS)

    def lines(self):
        """The table and the goals for the terminal."""
        rows = self.rows()
        if rows:
            yield ""
            yield from table([HEAD, *(_cells(row) for row in rows)])
            yield ""
        for row in rows:
            if "bytes" in row:
                yield (
                    f"{row['way']}, {row['records']:,} records: {row['queries']} SQL "
                    f"queries, {row['bytes']:,} bytes"
                )
            if "evenness" in row:
                yield (
                    f"{row['way']}, {row['records']:,} records: the idlest did"
                    f" {row['evenness']:.0%} of an equal share"
                )
        if self.bystanders:
            yield from bystanders.lines(self.bystanders)
        if self.whole:
            yield from whole_way.lines(self.whole)
        yield ""
        for goal in self.goals(rows):
            mark = "reached" if goal["reached"] else "MISSED"
            yield f"{mark}: {goal['goal']}: {goal['measured']}"
        yield from self.plan.left_out()
        yield f"\nMedians of {self.plan.rounds} rounds, written to {RESULTS.name}"


def machine(server):
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    [[postgresql]] = server.query("SHOW server_version")
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "postgresql": postgresql.split()[0],
    }


def _cpu():
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _cells(row):
    return (
        row["way"],
        f"{row['records']:,}",
        f"{row['seconds']:.2f}",
        _figure(row["ratio_to_floor"], 1),
        _figure(row["queries_per_record"], 2),
        _figure(row["longest_transaction_s"], 2),
        _figure(row["peak_mb_above_start"], 0),
    )


def _figure(value, digits):
    return "–" if value is None else f"{value:.{digits}f}"
