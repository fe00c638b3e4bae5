"""What Python makes of the files it reads: kept in the home, beside nobody's files."""

import os
import shutil
from pathlib import Path


def keep(settings, environ):
    """Have all that we start compile each Python file once.

    Whatever the environment says of it: Odoo has thousands of them, and to compile them
    takes longer than all else that a server does until it answers.
    """
    folder = settings.home / "bytecode"
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    environ["PYTHONPYCACHEPREFIX"] = str(folder)
    _forget_gone(folder)


def _forget_gone(folder):
    """Remove what was kept of folders that are gone, as those of tests are."""
    for parent, names, _files in os.walk(folder):
        for name in [*names]:
            kept = Path(parent, name)
            if not os.path.exists(Path("/", kept.relative_to(folder))):
                names.remove(name)
                # another command may do the same
                shutil.rmtree(kept, ignore_errors=True)
