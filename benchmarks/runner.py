"""Running a way in a process of its own, or in two that start together."""

import json
import subprocess
import sys
from contextlib import contextmanager

from dev.processes import Failed, die_with_parent, last_words, run, stop
from dev.settings import ROOT
from dev.ui import Stop

# the ways that several processes do together, by what each of them does
TOGETHER = {
    "handover_2_workers": ("handover_helper", "handover"),
    "handover_4_workers": (*["handover_helper"] * 3, "handover"),
    "handovers_10_2_hosts": ("handovers_10_helper", "handovers_10"),
}
# the ways that are done beside others who keep the machine busy, by what is done
BESIDE = {"handover_busy": "handover"}
OTHERS = 2
# the ways that a server with workers does
SERVED = ("handover_queue_job_1", "handover_queue_job_2", "handover_queue_job_4")


def run_module(module, database, log, *arguments):
    """Run a module of ours to its end."""
    command = [sys.executable, "-m", module, database, *arguments]
    try:
        run(command, log=log, cwd=ROOT)
    except Failed as error:
        words = last_words(str(error))
        raise Stop(f"{module} failed: {words} (all of it in {log})") from error


def run_way(way, database, log):
    """Answer what the process, or the two together, measured."""
    workers = []
    try:
        for part in TOGETHER.get(way, (BESIDE.get(way, way),)):
            module = "queue_worker" if part in SERVED else "worker"
            arguments = (f"benchmarks.{module}", part, database)
            workers.append(Worker(part, log, *arguments))
            workers[-1].wait_until_ready()
        with _busy(OTHERS if way in BESIDE else 0):
            for worker in workers:
                worker.go()
            return _together([worker.result() for worker in workers])
    finally:
        for worker in workers:
            worker.end()


@contextmanager
def _busy(count):
    """Have so many processes that never rest."""
    others = []
    try:
        for _number in range(count):
            command = [sys.executable, "-c", "while True: pass"]
            others.append(subprocess.Popen(command, preexec_fn=die_with_parent))
        yield
    finally:
        for other in others:
            stop(other)


def _together(results):
    return {
        "records": results[0]["records"],
        "seconds": max(r["ended"] for r in results) - min(r["began"] for r in results),
        "queries": _all(sum, "queries", results),
        "longest_transaction": _all(max, "longest_transaction", results),
        "peak_mb": _all(sum, "peak_mb", results),
        "bytes": results[0].get("bytes"),
        # how evenly the work was shared: what the idlest did of an equal share
        "evenness": _evenness([result.get("queries") for result in results]),
    }


def _evenness(queries):
    if len(queries) < 2 or None in queries:
        return None
    return min(queries) / (sum(queries) / len(queries))


def _all(function, key, results):
    """Answer nothing for what was not measured."""
    values = [result.get(key) for result in results]
    return None if None in values else function(values)


class Worker:
    """A process that gets ready, waits for the start, and answers in JSON.

    :param title: what it does, for whoever reads that it failed
    :param log: path of the file for what it writes besides
    :param arguments: its module, and what that takes
    """

    def __init__(self, title, log, *arguments):
        self.title = title
        self.log = log
        with open(log, "ab") as sink:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
                text=True,
                cwd=ROOT,
                preexec_fn=die_with_parent,
            )

    def wait_until_ready(self):
        """Wait until it has loaded and warmed up."""
        self._line("ready")

    def end(self):
        """Have it end, whatever it does."""
        stop(self.process)

    def go(self):
        """Have it begin."""
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def result(self):
        """Wait for what it measured."""
        return json.loads(self._line("result"))

    def answers(self, word):
        """Answer what it says with this word, one after the other, to the result."""
        while True:
            said, rest = self._say(word, "result")
            if said == "result":
                return
            yield rest

    def _line(self, word):
        return self._say(word)[1]

    def _say(self, *words):
        """Wait for a line with one of these words: the word, and the rest of it."""
        for line in self.process.stdout:
            first, _space, rest = line.partition(" ")
            if first.strip() in words:
                return first.strip(), rest
        self.process.wait()
        words = last_words(self.log.read_text(encoding="utf-8", errors="replace"))
        raise Stop(f"{self.title} failed: {words} (all of it in {self.log})")
