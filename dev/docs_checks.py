"""What is wrong in the documentation, found without building it.

Links and anchors that lead nowhere, pages without their twin in the other language,
words in the guides that no screen has, code in the guide that is not in its example.
"""

import posixpath
import re
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dev import addons
from dev.docs_pages import AWAY, CHINESE, FENCE, LINK, sources
from dev.settings import ROOT

# what people read, from the top of the repository
PAGES = ("*.md", "docs/**/*.md", "examples/*.md", "crm_handover*/readme/*.md")
# what is for developers, in English alone
ENGLISH = re.compile(r"(docs/decisions/|[^/]+/readme/|CHANGELOG|CONTRIBUTING|SECURITY)")
# pages whose words in bold are on the screens
GUIDES = re.compile(r"docs/(guide/.*|administration|troubleshooting|upgrading)[.]")
# what Odoo itself, and our manifests, call things
THEIRS = {"CRM", "Configuration", "Reporting", "Employees", "CRM Handover"}
THEIRS_IN_CHINESE = {"CRM", "配置", "报告", "CRM Handover"}
EXAMPLE = "docs/example"
EXTENDING = re.compile(r"docs/extending[.]")
HEADING = re.compile(r"^(#+) (.+?)\s*$", re.MULTILINE)
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
QUOTED = re.compile(r"^\| “(.+?)” \|", re.MULTILINE)
STRING = r'((?:"(?:[^"\\]|\\.)*"\n?)+)'
ENTRY = re.compile(rf"^msgid {STRING}msgstr {STRING}", re.MULTILINE)
VARIABLE = re.compile(r"%(?:\(\w+\))?s|…")


@dataclass(frozen=True)
class Page:
    """A page: its place in the repository, and what it says."""

    name: str
    text: str

    @property
    def prose(self):
        """Without its code."""
        return FENCE.sub("", self.text)

    @property
    def blocks(self):
        return [match[0] for match in FENCE.finditer(self.text)]

    @property
    def is_chinese(self):
        return self.name.endswith(CHINESE)

    def anchors(self):
        """What a link can name in it, as GitHub and the site make it."""
        return {anchor(title) for _marks, title in HEADING.findall(self.prose)}

    def links(self):
        """The links that do not leave the repository: (path from its top, anchor)."""
        folder = posixpath.dirname(self.name)
        for match in LINK.finditer(self.prose):
            if not AWAY.match(match["target"]):
                path, _mark, name = match["target"].partition("#")
                found = posixpath.normpath(posixpath.join(folder, path))
                yield (found if path else self.name), name


def problems(root=ROOT):
    """What is wrong, a line each."""
    known = pages(root)
    return [
        *_dead_links(root, known),
        *_unlisted(known),
        *_twins(known),
        *_words(root, known),
        *_code(root, known),
    ]


def pages(root=ROOT):
    """All pages, by their place in the repository."""
    found = sorted({path for pattern in PAGES for path in root.glob(pattern)})
    names = [path.relative_to(root).as_posix() for path in found]
    return {
        name: Page(name, path.read_text(encoding="utf-8"))
        for name, path in zip(names, found, strict=True)
    }


def anchor(title):
    """The name of a title in a link."""
    title = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title)
    return re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-")


def _dead_links(root, known):
    for page in known.values():
        for path, name in page.links():
            if not Path(root, path).exists():
                yield f"{page.name}: {path} is not there"
            elif name and path in known and name not in known[path].anchors():
                yield f"{page.name}: {path} has no title #{name}"


def _unlisted(known):
    """Pages that the site does not lead to."""
    listed = sources()
    for name in known:
        ours = name.startswith("docs/") and not name.endswith(CHINESE)
        if ours and name not in listed:
            yield f"{name}: the navigation of the site does not have it"


def _twins(known):
    """Pages of users without the other language, or that say something else in it."""
    for page in known.values():
        if ENGLISH.match(page.name):
            continue
        if page.is_chinese:
            name = page.name.removesuffix(CHINESE) + ".md"
        else:
            name = page.name.removesuffix(".md") + CHINESE
        twin = known.get(name)
        if twin is None:
            yield f"{page.name}: {name} is missing"
        elif not page.is_chinese:
            yield from _differences(page, twin)


def _differences(page, twin):
    levels = [
        [len(marks) for marks, _title in HEADING.findall(one.prose)]
        for one in (page, twin)
    ]
    if levels[0] != levels[1]:
        yield f"{twin.name}: other titles than {page.name}"
    shown = [
        [
            re.sub(r"-(en|zh)[.]", ".", path)
            for path, _name in one.links()
            if _image(path)
        ]
        for one in (page, twin)
    ]
    if shown[0] != shown[1]:
        yield f"{twin.name}: other pictures than {page.name}"
    if EXTENDING.match(page.name) and page.blocks != twin.blocks:
        yield f"{twin.name}: other code than {page.name}"


def _image(path):
    return path.endswith(".png")


def _words(root, known):
    """Words in bold and messages of the guides that no screen has."""
    for page in known.values():
        if not GUIDES.match(page.name):
            continue
        texts = _texts(root, page.is_chinese)
        labels = {text for text in texts if text}
        labels |= THEIRS_IN_CHINESE if page.is_chinese else THEIRS
        for bold in BOLD.findall(page.prose):
            for word in " ".join(bold.split()).split(" → "):
                if word not in labels:
                    yield f"{page.name}: no screen says “{word}”"
        for message in QUOTED.findall(page.prose):
            pattern = _pattern(message)
            if not any(pattern.match(VARIABLE.sub("…", text)) for text in texts):
                yield f"{page.name}: nobody is told “{message}”"


def _pattern(message):
    """A message of a guide, in which `…` stands for what differs, or for the rest."""
    return re.compile(".*".join(map(re.escape, message.split("…"))))


@cache
def _texts(root, is_chinese):
    """All texts of the add-ons, in English or in Chinese."""
    texts = set()
    for name in addons.names():
        path = Path(root, name, "i18n", "zh_CN.po")
        if path.is_file():
            for match in ENTRY.finditer(path.read_text(encoding="utf-8")):
                texts.add(_unquoted(match[2 if is_chinese else 1]))
    return texts


def _unquoted(text):
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    return "".join(parts).replace('\\"', '"').replace("\\n", "\n")


def _code(root, known):
    """Code of the extension guide that is not in the example, as it stands there."""
    files = [
        _lines(path.read_text(encoding="utf-8"))
        for path in sorted(Path(root, EXAMPLE).rglob("*"))
        if path.suffix in (".py", ".xml", ".csv")
    ]
    for page in known.values():
        if EXTENDING.match(page.name):
            for block in page.blocks:
                code = _lines(block.partition("\n")[2].rpartition("\n")[0])
                if not any(_within(code, lines) for lines in files):
                    yield f"{page.name}: not in {EXAMPLE}: {code[0]!r} …"


def _lines(text):
    """The lines that say something, as far to the left as they go together."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return textwrap.dedent("\n".join(lines)).splitlines()


def _within(code, lines):
    """Tell whether code is a part of a file, whatever stands around it."""
    size = len(code)
    return any(
        lines[at].endswith(code[0]) and _lines("\n".join(lines[at : at + size])) == code
        for at in range(len(lines) - size + 1)
    )
