"""What the person at the terminal sees: steps, progress and one-line failures."""

import sys
import threading
import time

# how often a line is printed where the output is not a terminal
QUIET_INTERVAL = 20


class Stop(Exception):
    """A failure told in one line: what is wrong, and what to do."""


class Step:
    """A named piece of work: shows that it goes on, and how long it took."""

    def __init__(self, title, progress=None):
        self.title = title
        self._progress = progress
        self._detail = ""
        self._ended = threading.Event()

    def detail(self, text):
        """Show this text behind the title until the next one."""
        self._detail = text

    def __enter__(self):
        self._started = time.monotonic()
        self._live = sys.stdout.isatty()
        if not self._live:
            print(f"  {self.title} …", flush=True)
        self._thread = threading.Thread(target=self._tick, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind, _value, _traceback):
        self._ended.set()
        self._thread.join()
        seconds = time.monotonic() - self._started
        result = "failed" if kind else f"{seconds:.0f} s"
        if self._live:
            print(f"\r\033[K  {self.title}: {result}", flush=True)
        elif kind or seconds >= 1:
            print(f"  {self.title}: {result}", flush=True)

    def _tick(self):
        while not self._ended.wait(1 if self._live else QUIET_INTERVAL):
            seconds = time.monotonic() - self._started
            detail = self._progress() if self._progress else self._detail
            text = f"  {self.title} … {seconds:.0f} s  {detail}"
            if self._live:
                print(f"\r\033[K{text[:100]}", end="", flush=True)
            else:
                print(text, flush=True)


def table(rows):
    """Lines of aligned columns."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
