"""`make wheels`: one wheel for each add-on, and one that requires them."""

import shutil
import sys
import tempfile

from dev.packages import pinned, uv_environment, uv_program
from dev.processes import Failed, last_words, run
from dev.settings import ROOT
from dev.ui import Step, Stop

TARGET = ROOT / "dist"


def build(settings, _arguments):
    """Build all of them with the pinned setuptools and replace those in dist/."""
    log = settings.folder("logs") / "wheels.log"
    uv = uv_program(settings)
    with tempfile.TemporaryDirectory() as folder, Step("Building the wheels"):
        try:
            run(
                [
                    *(uv, "run", "--no-project", "--isolated", "--quiet"),
                    *("--python", sys.executable, "--with", pinned("setuptools")),
                    # setuptools warns of its own way to call it
                    *("python", "-W", "ignore", "setup.py", "--quiet"),
                    *("wheels", "--dist-dir", folder),
                ],
                log=log,
                env=uv_environment(),
                cwd=ROOT,
            )
        except Failed as error:
            raise Stop(
                f"the wheels could not be built ({last_words(str(error))}): the whole "
                f"story is in {log}"
            ) from error
        for old in TARGET.glob("odoo_addon*.whl"):
            old.unlink()
        shutil.copytree(folder, TARGET, dirs_exist_ok=True)
    for wheel in sorted(TARGET.glob("odoo_addon*.whl")):
        print(f"  {wheel.relative_to(ROOT)}")
