"""What the add-on promises, compared with what was measured."""

SMALL, MIDDLE, LARGE = 1_000, 10_000, 100_000
# from so many records on a list is a long one
LIST = 50_000
OURS = (
    "handover", "handover_2_workers", "handover_busy", "handover_customers_tasks",
)  # fmt: skip
NIGHTS = ("follow_up", "follow_up_again", "review")
# differences of the memory that are no growth
SAME_MB = 20
SAME_BYTES = 1.05
# so many seconds a screen with all records may take
OPENS = 5


def goals(rows):
    """Answer [{"goal", "measured", "reached"}] for what was measured."""
    by = {(row["way"], row["records"]): row for row in rows}
    return [goal for check in CHECKS if (goal := check(by))]


def _goal(text, measured, reached):
    return {"goal": text, "measured": measured, "reached": bool(reached)}


def _both(by, first, second):
    return (by[first], by[second]) if first in by and second in by else (None, None)


def mass_edit(by):
    ours, theirs = _both(by, ("handover", MIDDLE), ("mass_edit", MIDDLE))
    if ours:
        times = theirs["seconds"] / ours["seconds"]
        text = "at least 70 times faster than mass edit at 10,000 records"
        return _goal(text, f"{times:.0f} times", times >= 70)
    return None


def mass_edit_large(by):
    ours, theirs = _both(by, ("handover", LARGE), ("mass_edit", MIDDLE))
    if ours:
        # it takes over an hour: ten times of what it takes for a tenth
        times = theirs["seconds"] * (LARGE / MIDDLE) / ours["seconds"]
        text = "at least 70 times faster than mass edit (computed) at 100,000 records"
        return _goal(text, f"{times:.0f} times", times >= 70)
    return None


def floor(by):
    return _floor(by, MIDDLE)


def floor_large(by):
    return _floor(by, LARGE)


def _floor(by, size):
    ours = by.get(("handover", size))
    if ours and ours["ratio_to_floor"]:
        times = ours["ratio_to_floor"]
        text = f"at most 3 times the SQL floor at {size:,} records"
        return _goal(text, f"{times:.1f} times", times <= 3)
    return None


def workers(by):
    return _second(by, "handover", "handover_2_workers", "two workers")


def jobs(by):
    return _second(by, "handover_queue_job_1", "handover_queue_job_2", "two jobs")


def hosts(by):
    return _second(by, "handovers_10", "handovers_10_2_hosts", "two hosts")


def _second(by, one, two, who):
    size = max((size for name, size in by if name == two), default=0)
    first, second = _both(by, (one, size), (two, size))
    if first:
        times = first["seconds"] / second["seconds"]
        text = f"{who} at least 1.9 times as fast as one, {size:,} records"
        return _goal(text, f"{times:.2f} times", times >= 1.9)
    return None


def queries(by):
    if ours := by.get(("handover", MIDDLE)):
        number = ours["queries_per_record"]
        text = "less than 1 SQL query for 5 records at 10,000 records"
        return _goal(text, f"{number:.3f} a record", number < 0.2)
    return None


def linear(by):
    few, large = _both(by, ("handover", MIDDLE), ("handover", LARGE))
    if few:
        growth = large["seconds"] / LARGE / (few["seconds"] / MIDDLE)
        text = "the cost of a record at 100,000 within 1.3 times that at 10,000"
        return _goal(text, f"{growth:.2f} times", growth <= 1.3)
    return None


def memory(by):
    if ours := [row for row in by.values() if row["way"] == "handover"]:
        peaks = [row["peak_mb_above_start"] for row in ours]
        same = max(peaks) - min(peaks) <= SAME_MB
        text = f"peak memory under 100 MB, within {SAME_MB} MB at all sizes"
        measured = ", ".join(f"{peak:.0f} MB" for peak in peaks)
        return _goal(text, measured, max(peaks) < 100 and same)
    return None


def transactions(by):
    if ours := [row for row in by.values() if row["way"] in OURS]:
        longest = max(row["longest_transaction_s"] for row in ours)
        return _goal("no transaction over 3 s", f"{longest:.2f} s", longest <= 3)
    return None


def collecting(by):
    if ours := by.get(("collect", LARGE)):
        seconds = ours["seconds"]
        text = "100,000 records collected within 60 s, in the background"
        return _goal(text, f"{seconds:.0f} s", seconds < 60)
    return None


def check(by):
    if ours := by.get(("preflight", LARGE)):
        seconds = ours["seconds"]
        text = "100,000 records checked within 3 s"
        return _goal(text, f"{seconds:.1f} s", seconds <= 3)
    return None


def nights(by):
    ours, whole = _both(by, ("follow_up_again", LARGE), ("sql_floor", LARGE))
    if ours:
        times = ours["seconds"] / whole["seconds"]
        text = "a further night within 0.14 of the SQL floor at 100,000 records"
        return _goal(text, f"{times:.2f}", times <= 0.14)
    return None


def document(by):
    if ours := by.get(("document", LARGE)):
        megabytes = ours["peak_mb_above_start"]
        text = "the document with 100,000 records in its annex within 20 MB"
        return _goal(text, f"{megabytes:.0f} MB", megabytes <= 20)
    return None


def reviews(by):
    if ours := by.get(("review", LARGE)):
        seconds = ours["seconds"]
        text = "100,000 records reviewed within 60 s"
        return _goal(text, f"{seconds:.0f} s", seconds <= 60)
    return None


def reviews_memory(by):
    pairs = [_both(by, (way, SMALL), (way, LARGE)) for way in NIGHTS]
    growth = [
        large["peak_mb_above_start"] - small["peak_mb_above_start"]
        for small, large in pairs
        if small
    ]
    if growth:
        more = max(growth)
        text = f"following up 100,000 records within {SAME_MB} MB of that of 1,000"
        return _goal(text, f"{more:.0f} MB", more <= SAME_MB)
    return None


def completeness(by):
    if ours := by.get(("completeness", 2 * MIDDLE)):
        seconds = ours["seconds"] / (2 * MIDDLE) * 5_000
        text = "5,000 records checked for completeness within 30 s"
        return _goal(text, f"{seconds:.1f} s", seconds < 30)
    return None


def form(by):
    rows = [row for row in by.values() if row["way"].startswith("form_open")]
    if len({row["records"] for row in rows}) < 2:
        return None
    rows.sort(key=lambda row: row["records"])
    few, many = rows[0], rows[-1]
    same = (
        many["queries"] <= few["queries"] and many["bytes"] <= few["bytes"] * SAME_BYTES
    )
    return _goal(
        f"the form opens with {many['records']:,} records as with {few['records']}",
        f"{few['queries']} and {many['queries']} SQL queries, "
        f"{few['bytes']:,} and {many['bytes']:,} bytes",
        same,
    )


def overview(by):
    return _screen(by, "overview_open", "the overview")


def my_handovers(by):
    return _screen(by, "my_open", "my handovers")


def cockpit(by):
    return _opens(by, "cockpit_open", "the cockpit opens")


def briefing(by):
    return _opens(by, "briefing_open", "the briefing opens")


def calls(by):
    return _opens(by, "calls_open", "whom to call next opens")


def _opens(by, way, what):
    size = max((size for name, size in by if name == way), default=0)
    return _within(by, way, f"{what} with {size:,} records", OPENS)


def _screen(by, way, name):
    size = max((size for row, size in by if row == way), default=0)
    ours, empty = _both(by, (way, size), (f"{way}_empty", size))
    if ours:
        # of twenty openings
        slower = (ours["seconds"] - empty["seconds"]) / 20 * 1000
        text = f"{name} opens with {ours['records']:,} lines at most 200 ms later"
        return _goal(text, f"{slower:.0f} ms", slower <= 200)
    return None


def list_own(by):
    return _list(by, "list_open", "own documents")


def list_all(by):
    return _list(by, "list_open_all", "all documents")


def _list(by, way, reader):
    size = max((size for name, size in by if name == way), default=0)
    if size < LIST:
        return None
    ours, theirs = _both(by, (way, size), (f"{way}_without", size))
    if ours:
        times = ours["seconds"] / theirs["seconds"]
        text = (
            f"a list of {ours['records']:,} leads opens within 1.1 times of that"
            f" without the add-on, {reader}"
        )
        return _goal(text, f"{times:.2f} times", times <= 1.1)
    return None


def guard(by):
    return _within(by, "archive_guard", "what somebody has is told", 3)


def archiving(by):
    return _within(by, "archive_many", "500 people are archived", 30)


def archiving_anyway(by):
    what = "500 people with open work are archived all the same"
    return _within(by, "archive_many_anyway", what, 120)


def radar(by):
    return _within(by, "radar", "the radar looks for somebody", 10)


def radar_everybody(by):
    return _within(by, "radar_everybody", "the radar looks for everybody", 10)


def _within(by, way, what, most):
    size = max((size for name, size in by if name == way), default=0)
    if not size:
        return None
    seconds = by[way, size]["seconds"]
    return _goal(f"{what} within {most} s", f"{seconds:.1f} s", seconds <= most)


CHECKS = (
    mass_edit, mass_edit_large, floor, floor_large, workers, jobs, hosts, queries,
    linear, memory, transactions, collecting, check, nights, document, reviews,
    reviews_memory, completeness, form, overview, my_handovers, cockpit, briefing,
    calls, list_own, list_all, guard, archiving, archiving_anyway, radar,
    radar_everybody,
)  # fmt: skip
