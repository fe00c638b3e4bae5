"""The Python that runs Odoo: of those that are there, the quickest.

One that was compiled without a profile of what programs do takes half as long again
for everything; the builds of a distribution have had one.
"""

import subprocess
import sys

SYSTEM = "/usr/bin/python3"
# below this it is not worth another Python than the one that was called
WORTH_IT = 1.2
# what Odoo imports and a minimal Python may lack; then the seconds for some work
PROBE = """
import bz2, ctypes, lzma, sqlite3, ssl, sys, time, venv
if not (3, 10) <= sys.version_info[:2] <= (3, 13):
    sys.exit(1)

class Thing:
    def __init__(self, number):
        self.number = number

    def plus(self, other):
        return self.number + other

def work():
    start = time.process_time()
    for number in range(60000):
        thing = Thing(number)
        found = {number % 97: thing.plus(3), "name": f"{number}-{thing.number}"}
        isinstance(found, (int, dict))
    return time.process_time() - start

print(min(work() for _time in range(3)))
"""


def choose(asked):
    """The Python to make the virtual environment with.

    :param asked: what ``PYTHON`` says; then it is the one that was called
    :return: its path
    """
    if asked:
        return sys.executable
    seconds = {python: _seconds(python) for python in (SYSTEM, sys.executable)}
    if seconds[SYSTEM] * WORTH_IT < seconds[sys.executable]:
        return SYSTEM
    return sys.executable


def _seconds(python):
    """How long some work takes it; endless where it could not run Odoo."""
    try:
        done = subprocess.run(
            [python, "-I", "-c", PROBE], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return float("inf")
    return float(done.stdout)
