"""`make docs`: the documentation as a site in dist/docs/, a tree for each language.

Sphinx reads the same Markdown that people read in the repository. Whatever it warns of,
a link that leads nowhere above all, fails the build.
"""

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

from dev import addons, docs_pages, packages
from dev.processes import Failed, run
from dev.settings import ROOT
from dev.ui import Step, Stop

TARGET = ROOT / "dist" / "docs"
WANTED = Path(__file__).with_name("docs.in")
RESOLVED = Path(__file__).with_name("docs.txt")
TITLES = {"en": "Handover for Odoo CRM", "zh_CN": "Odoo CRM 工作移交"}
FRONT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url=en/index.html">
<p>{links}</p>
</html>
"""


def build(settings, _arguments):
    """Build the site anew, or say what keeps it from being built."""
    python = _generator(settings)
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder, "site")
        for language in docs_pages.LANGUAGES:
            source = Path(folder, language)
            with Step(f"Building the pages in {docs_pages.LANGUAGES[language]}"):
                docs_pages.Tree.of(language).write(source)
                _sphinx(python, language, source, built / language)
        _front(built)
        shutil.rmtree(TARGET, ignore_errors=True)
        shutil.copytree(built, TARGET)
    print(f"  {TARGET.relative_to(ROOT)}/index.html")


def _front(built):
    links = " · ".join(
        f'<a href="{language}/index.html">{name}</a>'
        for language, name in docs_pages.LANGUAGES.items()
    )
    text = FRONT.format(title=TITLES["en"], links=links)
    (built / "index.html").write_text(text, encoding="utf-8")


def _sphinx(python, language, source, target):
    version = addons.manifest(addons.MAIN)["version"]
    choices = {
        "extensions": "myst_parser,dev.docs_search",
        "project": TITLES[language],
        "version": version,
        "release": version,
        "html_title": f"{TITLES[language]} {version}",
        "html_theme": "furo",
        "language": language,
        "root_doc": "index",
        "myst_heading_anchors": "4",
        "html_copy_source": "0",
        "html_show_sourcelink": "0",
        "html_show_copyright": "0",
    }
    options = [f"-D{name}={value}" for name, value in choices.items()]
    try:
        # -C: no file of settings; -W: what it warns of fails the build
        run(
            [
                *(python, "-m", "sphinx", "-b", "html", "-C", "-q", "-j", "auto"),
                *("-W", "--keep-going", *options, source, target),
            ],
            env=packages.uv_environment(),
            cwd=ROOT,
        )
    except Failed as error:
        told = str(error).replace(f"{source}/", "")
        raise Stop(f"the site cannot be built:\n{told}") from error
    # what the next build would have read
    shutil.rmtree(target / ".doctrees", ignore_errors=True)


def _generator(settings):
    """The Python that has Sphinx and its theme, installed when it is not there yet."""
    wanted = f"{sys.version}\n{RESOLVED.read_text(encoding='utf-8')}"
    digest = hashlib.sha256(wanted.encode()).hexdigest()[:8]
    folder = settings.home / "tools" / f"docs-{digest}"
    python = folder / "bin" / "python"
    stamp = folder / "complete"
    if not stamp.is_file():
        uv = packages.uv_program(settings)
        with Step("Installing the generator of the site"):
            packages.call(
                settings, *(uv, "venv", "--clear", "--python", sys.executable), folder
            )
            packages.call(
                settings,
                *(uv, "pip", "install", "--python", python),
                *("--require-hashes", "--requirement", RESOLVED),
            )
        stamp.touch()
    return python
