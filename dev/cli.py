"""The commands, and how their failures are told."""

import errno
import os
import signal
import sys
import traceback

from dev import (
    bytecode,
    core_tests,
    docs,
    environment,
    file_checks,
    lint,
    node,
    packages,
    readme,
    release,
    serve,
    smoke,
    testing,
    translations,
    wheels,
)
from dev.settings import Settings
from dev.ui import Stop


def _lock(settings, _arguments):
    """Resolve what the toolchain installs, of Python and of JavaScript."""
    packages.lock(settings)
    packages.lock(settings, docs.WANTED, docs.RESOLVED, "--generate-hashes")
    node.lock(settings)


COMMANDS = {
    "run": serve.run,
    "test": testing.run,
    "test-alone": testing.run_alone,
    "test-core": core_tests.run,
    "smoke": smoke.run,
    "lint": lint.run,
    "tidy": file_checks.tidy,
    "i18n": translations.update,
    "readme": readme.write,
    "docs": docs.build,
    "wheels": wheels.build,
    "release": release.run,
    "lock": _lock,
    "exec": environment.execute,
    "screenshots": environment.screenshots,
    "bench": environment.bench,
}


def main(arguments):
    """Run one command; answer its exit code."""
    if not arguments or arguments[0] not in COMMANDS:
        print("usage: python -m dev " + "|".join(COMMANDS), file=sys.stderr)
        return 2
    # a plain `kill` cleans up the way Ctrl-C does
    signal.signal(signal.SIGTERM, _interrupt)
    settings = None
    try:
        settings = Settings.read(os.environ)
        bytecode.keep(settings, os.environ)
        return COMMANDS[arguments[0]](settings, arguments[1:]) or 0
    except Stop as stop:
        message, code = str(stop), 1
    except KeyboardInterrupt:
        message, code = "stopped", 130
    except OSError as error:
        message, code = _explain(error, settings), 1
    print(f"\n{message}", file=sys.stderr)
    return code


def _interrupt(_number, _frame):
    raise KeyboardInterrupt


def _explain(error, settings):
    """One line for what the operating system refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return full_disk(settings)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{error.filename or 'a file'} cannot be written: run this as the owner "
            "of that folder, or name another one with HANDOVER_HOME=/path"
        )
    # not foreseen: the place in the code helps whoever reads the report
    traceback.print_exc()
    return f"{error}: this was not foreseen, please report it with the lines above"


def full_disk(settings):
    """The line for a full disk."""
    where = settings.home if settings else "the disk"
    return (
        f"the disk that holds {where} is full: free some space (about 4 GB are "
        "needed), or name a folder on another disk with HANDOVER_HOME=/path"
    )
