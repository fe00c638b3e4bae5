"""`make readme`: README.rst and index.html of the add-ons, from their readme/ folders.

An add-on has those fragments that it needs, or none and a README.rst by hand. What it
shows in the list of apps is made of them too, or is its PITCH.html.
CHANGELOG.md tells what is new for all of them, and the main one shows it. The writing
runs in the virtual environment, where docutils is: `python -m dev.readme`, with
`--check` to tell what it would change.
"""

import html
import posixpath
import re
import sys
from pathlib import Path

from dev import addons
from dev.processes import run
from dev.settings import ROOT

# file: title
FRAGMENTS = {
    "DESCRIPTION": "",
    "CONTEXT": "Use Cases / Context",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "ROADMAP": "Known issues / Roadmap",
    "HISTORY": "Changelog",
    "CONTRIBUTORS": "Contributors",
}
CHANGELOG = ROOT / "CHANGELOG.md"
# what the page in Odoo's list of apps shows, and where that page lies
SHOWN = ("DESCRIPTION", "USAGE", "CONFIGURE")
PAGES = "static/description"
PITCH = "PITCH.html"
PAGE = """<section class="oe_container">
<div class="oe_row oe_spaced">
<h2 class="oe_slogan">{name}</h2>
<h3 class="oe_slogan">{summary}</h3>
{body}
</div>
</section>
"""
IMAGE = """.. image:: {path}
   :alt: {text}
   :class: img img-fluid"""


def write(settings, _arguments):
    """Write what is not current, and name it."""
    # here, because the writing imports this file where the rest is not needed
    from dev.environment import packed

    _tree, environment = packed(settings)
    print(run([environment.python, "-m", "dev.readme"], cwd=ROOT), end="")


def problems(environment):
    """What `make readme` would change, a line for each file."""
    command = [environment.python, "-m", "dev.readme", "--check"]
    return run(command, cwd=ROOT).splitlines()


def _main(arguments):
    """Write, or tell what writing would change."""
    check = "--check" in arguments
    for name in addons.names():
        for path, text in _wanted(name):
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            where = path.relative_to(ROOT)
            if check:
                print(f"{where} is not current: run make readme")
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                print(f"  {where}")


def _wanted(addon):
    """The generated files of an add-on, as (path, text)."""
    folder = ROOT / addon
    texts = _texts(addon)
    if not texts:
        # its README.rst is written by hand
        return
    yield folder / "README.rst", _readme(addon, texts)
    if "DESCRIPTION" in texts or (folder / PAGES).is_dir():
        yield folder / PAGES / "index.html", _page(addon, texts)


def _texts(addon):
    """The fragments that there are, in the order in which they are shown."""
    texts = {}
    for name in FRAGMENTS:
        path = ROOT / addon / "readme" / f"{name}.md"
        if name == "HISTORY" and addon == addons.MAIN:
            _title, _newline, texts[name] = _read(CHANGELOG).partition("\n")
        elif path.exists():
            texts[name] = _read(path)
    return texts


def _read(path):
    return Path(path).read_text(encoding="utf-8")


def _readme(addon, texts):
    """README.rst."""
    parts = [_title(addons.manifest(addon)["name"], "=")]
    for name, text in texts.items():
        parts += [_title(FRAGMENTS[name], "-")] if FRAGMENTS[name] else []
        parts.append(_rst(text, ".").strip())
    return "\n\n".join(parts) + "\n"


def _page(addon, texts):
    """index.html."""
    from docutils.core import publish_parts

    pitch = ROOT / addon / "readme" / PITCH
    if pitch.exists():
        return _read(pitch)
    body = []
    for name in SHOWN:
        if name in texts:
            body += [f"<h3>{FRAGMENTS[name]}</h3>"] if FRAGMENTS[name] else []
            text = _rst(texts[name], PAGES)
            body.append(publish_parts(text, writer_name="html5")["body"])
    about = addons.manifest(addon)
    return PAGE.format(
        name=html.escape(about["name"], quote=False),
        summary=html.escape(about["summary"], quote=False),
        body="\n".join(body),
    )


def _rst(text, seen_from):
    """The little Markdown of the fragments as reStructuredText.

    Paths of pictures count from the readme/ folder, in the answer from another folder
    of the add-on.
    """

    def image(match):
        path = posixpath.normpath(posixpath.join("readme", match[2]))
        return IMAGE.format(path=posixpath.relpath(path, seen_from), text=match[1])

    text = re.sub(r"(?<!`)`([^`\n]+)`(?!`)", r"``\1``", text)
    text = re.sub(r"^!\[(.*)\]\((.+)\)$", image, text, flags=re.M)
    text = re.sub(r"\[([^]]+)\]\(([^)\s]+)\)", r"`\1 <\2>`__", text)
    return re.sub(r"^#+ (.+)$", lambda match: _title(match[1], "~"), text, flags=re.M)


def _title(text, line):
    return f"{text}\n{line * len(text)}"


if __name__ == "__main__":
    _main(sys.argv[1:])
