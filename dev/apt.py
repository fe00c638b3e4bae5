"""Packages from Debian that are installed on the machine, as root."""

import os
import shutil
import subprocess

from dev.processes import Failed, last_words, run
from dev.ui import Step, Stop


def install(settings, packages):
    """Install these; say what to do where we may not."""
    prefix = _administrator(packages)
    log = settings.folder("logs") / "apt.log"
    with Step(f"Installing {', '.join(packages)}"):
        try:
            run([*prefix, "apt-get", "-q", "update"], log=log)
            run(
                [
                    *prefix,
                    *("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"),
                    *("install", "--yes", "--no-install-recommends", *packages),
                ],
                log=log,
            )
        except Failed as error:
            raise Stop(
                f"Debian's archive did not give {', '.join(packages)} "
                f"({last_words(str(error))}): check the network, then run the same "
                f"command again; details in {log}"
            ) from error


def _administrator(packages):
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
        f"{', '.join(packages)} must be installed by an administrator: "
        f"apt-get install {' '.join(packages)}"
    )
