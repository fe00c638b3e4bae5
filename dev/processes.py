"""Running other programs: logged, ended with us, failures in one line."""

import ctypes
import errno
import fcntl
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

from dev.ui import Stop

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Failed(Exception):
    """A program ended with an error; its output is the argument."""


def die_with_parent():
    """In a child, before exec: get SIGTERM when the parent is gone."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def run(command, *, log=None, env=None, cwd=None, on_line=None, text=None):
    """Run a program to its end and answer its output; `Failed` when it fails."""
    lines = []
    try:
        with (
            open(log or os.devnull, "a", encoding="utf-8") as sink,
            subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.PIPE if text is not None else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                env=env,
                cwd=cwd,
                preexec_fn=die_with_parent,
            ) as process,
        ):
            try:
                if text is not None:
                    process.stdin.write(text)
                    process.stdin.close()
                for line in process.stdout:
                    lines.append(line)
                    sink.write(line)
                    if on_line:
                        on_line(line)
            except BaseException:
                stop(process)
                raise
    except FileNotFoundError as error:
        raise Stop(f"{command[0]} is missing: install it and try again") from error
    output = "".join(lines)
    if process.returncode:
        if "No space left on device" in output:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        raise Failed(output)
    return output


def start(command, log, **options):
    """Start a program that goes on in the background, in a session of its own.

    Ctrl-C in the terminal reaches us alone: we end our children in order.
    """
    with open(log, "ab") as sink:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
            **options,
        )


def stop(process, seconds=20):
    """End a program, by force when it does not listen."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def foreground(command, env, cwd):
    """Run a program that talks to the terminal itself; answer its exit code."""
    sys.stdout.flush()
    with subprocess.Popen(
        [str(part) for part in command], env=env, cwd=cwd, preexec_fn=die_with_parent
    ) as process:
        try:
            return process.wait()
        except BaseException:
            stop(process)
            raise


@contextmanager
def lock(path, waiting):
    """Hold a lock file; say `waiting` once when another command has it."""
    with open(path, "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"  {waiting} …", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def last_words(output):
    """The line of a failed program's output that tells most."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if line.lower().startswith(("e:", "error"))]
    return (telling or lines or ["no output"])[-1]
