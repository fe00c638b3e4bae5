"""Chromium and what else tests and pictures need from Debian."""

import os
import shutil
import subprocess

from dev.processes import Failed, last_words, run
from dev.ui import Step, Stop

# package: a file or program that tells that it is there
WANTED = {
    "chromium": "/usr/bin/chromium",
    # Chinese in pictures and printed reports
    "fonts-noto-cjk": "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "wkhtmltopdf": "/usr/bin/wkhtmltopdf",
}


def prepare(settings):
    """Install what is missing; say what to do where we may not."""
    missing = [name for name, path in WANTED.items() if not os.path.exists(path)]
    if not missing:
        return
    prefix = _administrator(missing)
    log = settings.folder("logs") / "apt.log"
    with Step(f"Installing {', '.join(missing)}"):
        try:
            run([*prefix, "apt-get", "-q", "update"], log=log)
            run(
                [
                    *prefix,
                    *("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"),
                    *("install", "--yes", "--no-install-recommends", *missing),
                ],
                log=log,
            )
        except Failed as error:
            raise Stop(
                f"Debian's archive did not give {', '.join(missing)} "
                f"({last_words(str(error))}): check the network, then run the same "
                f"command again; details in {log}"
            ) from error


def _administrator(missing):
    """How to install as root."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        allowed = subprocess.run(
            ["sudo", "--non-interactive", "true"], capture_output=True, check=False
        )
        if allowed.returncode == 0:
            return ["sudo", "--non-interactive"]
    raise Stop(
        f"{', '.join(missing)} must be installed by an administrator: "
        f"apt-get install {' '.join(missing)}"
    )
