"""What whoever has nothing to do with a handover pays, side by side.

Odoo without our add-ons, and with them while no, one and twenty handovers are under
way: a process each, which take turns.
"""

from contextlib import ExitStack

from benchmarks.runner import Worker
from dev.ui import Step, table

WAY = "bystanders"
WITHOUT = "without"
LIVE = (0, 1, 20)
# the shortest of so many rounds counts: whatever else runs only makes them longer
ROUNDS = 10
# one twentieth more for a page that shows more is not seen; a list or a write is asked
# for all day long
MOST = 1.03
# these are paid once, or by a part that is used
ONCE = ("loading the registry",)


def compare(copies):
    """Measure all of it.

    :param copies: the databases of the benchmark
    :return: ``{"seconds" or "kB": {question: {column: number}}}``, a column for
        Odoo without our add-ons, and one for each number of live handovers
    """
    answer = {"seconds": {}, "kB": {}}
    with ExitStack() as stack:
        workers = {}
        for column, number in ((WITHOUT, 0), *((f"with {n}", n) for n in LIVE)):
            with Step(f"Getting ready: bystanders {column}"):
                source = copies.base if column == WITHOUT else copies.source
                name = f"{copies.prefix}_{column.replace(' ', '_')}"
                database = stack.enter_context(copies.fresh(source, name))
                arguments = ("benchmarks.bystander", database, str(number))
                worker = Worker(f"bystanders {column}", copies.log, *arguments)
                stack.callback(worker.end)
                worker.wait_until_ready()
                workers[column] = worker
        for number in range(1, ROUNDS + 1):
            with Step(f"Round {number} of {ROUNDS}: bystanders"):
                for column, worker in workers.items():
                    worker.go()
                    _keep_least(answer, column, worker.result())
    return answer


def _keep_least(answer, column, result):
    for unit, figures in result.items():
        for name, figure in figures.items():
            row = answer[unit].setdefault(name, {})
            row[column] = min(row.get(column, figure), figure)


def lines(answer):
    """Answer the tables, as lines for the terminal."""
    for unit, digits, factor in (("seconds", 2, 1000), ("kB", 0, 1)):
        rows = answer[unit]
        columns = list(next(iter(rows.values())))
        head = ("ms" if factor == 1000 else unit, *columns, "ratio")
        yield ""
        yield from table(
            [
                head,
                *(
                    (
                        name,
                        *(f"{row[column] * factor:.{digits}f}" for column in columns),
                        f"{ratio(row):.2f}",
                    )
                    for name, row in rows.items()
                ),
            ]
        )


def ratio(row):
    """Answer how many times of what it takes without us, at most."""
    return max(row.values()) / row[WITHOUT]


def goals(answer):
    """Answer [{"goal", "measured", "reached"}] for what people do all day."""
    return [
        {
            "goal": f"{name}: at most {MOST} times of Odoo without the add-ons",
            "measured": f"{ratio(row):.2f} times",
            "reached": ratio(row) <= MOST,
        }
        for name, row in answer["seconds"].items()
        if name not in ONCE
    ]
