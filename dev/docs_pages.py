"""The pages of the documentation, per language, as the site's generator reads them.

A page is a file of the repository and stays where it is read on its own: `X.md`, and
`X.zh-CN.md` in Chinese where there is one. Here it is only put into the tree of its
language, with its links turned to the pages of that tree. Two kinds of page are made:
one for each add-on of its `readme/`, and the reference of the public methods.
"""

import posixpath
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from dev import addons, readme, reference
from dev.settings import ROOT
from dev.ui import Stop

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
CHINESE = ".zh-CN.md"
# (title, title in Chinese, pages); what is not `X.md` is made here
NAVIGATION = (
    ("Start", "入门", ("docs/screens.md",)),
    (
        "For users",
        "用户指南",
        (
            "docs/guide/leaving.md",
            "docs/guide/taking-over.md",
            "docs/guide/approving.md",
            "docs/guide/hr.md",
            "docs/guide/coordinating.md",
        ),
    ),
    (
        "For administrators",
        "管理员指南",
        (
            "docs/administration.md",
            "docs/troubleshooting.md",
            "docs/upgrading.md",
            "docs/security.md",
            "docs/scaling.md",
            "CHANGELOG.md",
            "SECURITY.md",
        ),
    ),
    (
        "For developers",
        "开发者指南",
        (
            "docs/extending.md",
            "docs/events.md",
            "examples/README.md",
            "ARCHITECTURE.md",
            "docs/decisions/README.md",
            "CONTRIBUTING.md",
        ),
    ),
    ("Add-ons", "各模块（英文）", ("addons",)),
    ("Reference of the methods", "方法参考（英文）", ("api",)),
)
HOME = "README.md"
# pages that are reached from another page, not from the navigation
BESIDE = ("docs/decisions/*.md",)
LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
AWAY = re.compile(r"[a-z]+:")
# a line that ends, and goes on, in Chinese: there is no space in between
WRAPPED = re.compile(r"(?<=[\u3001-\u9fff\uff00-\uffef])\n(?=[\u3001-\u9fff])")


@dataclass(frozen=True)
class Tree:
    """The pages of one language: where each comes from, and where it is put."""

    language: str
    pages: dict

    @classmethod
    def of(cls, language):
        """The tree of a language; an English page stands in for one that is missing."""
        pages = {}
        for name in sources():
            chinese = name.removesuffix(".md") + CHINESE
            own = language == "zh_CN" and (ROOT / chinese).is_file()
            pages[chinese if own else name] = "index.md" if name == HOME else name
        return cls(language, pages)

    @property
    def other(self):
        """The other language."""
        return next(name for name in LANGUAGES if name != self.language)

    def write(self, folder):
        """Write the pages, and the files that they show, below an empty folder."""
        for source, place in self.pages.items():
            text = (ROOT / source).read_text(encoding="utf-8")
            text = self.turned(text, source, place, folder)
            if place == "index.md":
                text += "\n" + self._navigation()
            if place == "docs/decisions/README.md":
                text += "\n" + toctree("", _decisions(place), hidden=True)
            _write(folder / place, text)
        for name in addons.names():
            source, place = f"{name}/readme/DESCRIPTION.md", f"addons/{name}.md"
            _write(folder / place, self.turned(_addon(name), source, place, folder))
        for model, text in reference.pages().items():
            _write(folder / f"api/{model}.rst", text)

    def turned(self, text, source, place, folder):
        """A text whose links lead to pages of the site, or to files beside them.

        :param source: where it is written, from where its links count
        :param place: where it is put
        """
        # no highlighter of the generator's knows it
        text = text.replace("```mermaid", "```text")

        def turn(match):
            return self._link(match, source, place, folder)

        return "".join(
            part if part.startswith("```") else WRAPPED.sub("", LINK.sub(turn, part))
            for part in _parts(text)
        )

    def _link(self, match, source, place, folder):
        path, mark, anchor = match["target"].partition("#")
        if AWAY.match(match["target"]) or not path:
            return match[0]
        found = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        here = posixpath.dirname(place)
        if found in self.pages:
            target = posixpath.relpath(self.pages[found], here) + mark + anchor
            return f"{match['image']}[{match['text']}]({target})"
        other = Tree.of(self.other).pages.get(found)
        if other:
            html = f"{self.other}/{other.removesuffix('.md')}.html"
            target = posixpath.relpath(html, posixpath.join(self.language, here))
            return f'<a href="{target}{mark}{anchor}">{match["text"]}</a>'
        if not (ROOT / found).is_file():
            raise Stop(f"{source}: {match['target']} leads nowhere on the site")
        copy = folder / found
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / found, copy)
        target = posixpath.relpath(found, here)
        return f"{match['image']}[{match['text']}]({target})"

    def _navigation(self):
        own = self.language == "zh_CN"
        return "\n".join(
            toctree(chinese if own else title, list(_places(names)), hidden=True)
            for title, chinese, names in NAVIGATION
        )


def sources():
    """The pages of the repository, in English."""
    listed = [name for _title, _chinese, names in NAVIGATION for name in names]
    beside = [
        path.relative_to(ROOT).as_posix()
        for pattern in BESIDE
        for path in sorted(ROOT.glob(pattern))
    ]
    return dict.fromkeys(
        [HOME, *(name for name in listed if name.endswith(".md")), *beside]
    )


def toctree(caption, places, *, hidden):
    """A list of pages, as the generator writes it."""
    options = [f":caption: {caption}"] if caption else []
    options += [":hidden:"] if hidden else []
    return "\n".join(["```{toctree}", *options, "", *places, "```", ""])


def _places(names):
    """The places of a part of the navigation."""
    for name in names:
        if name == "addons":
            yield from (f"addons/{addon}" for addon in addons.names())
        elif name == "api":
            yield from (f"{model.name} <api/{model.name}>" for model in _models())
        else:
            yield name.removesuffix(".md")


def _models():
    return reference.models()


def _decisions(place):
    """The pages of the decisions, in their order."""
    folder = (ROOT / place).parent
    numbered = [path.stem for path in folder.glob("[0-9]*.md")]
    return sorted(numbered, key=lambda stem: int(stem.partition("-")[0]))


def _addon(name):
    """The page of an add-on: what it is, and how it is used and configured."""
    about = addons.manifest(name)
    folder = ROOT / name / "readme"
    rows = [f"# {about['name']}", f"`{name}`: {about['summary']}."]
    for fragment, title in readme.FRAGMENTS.items():
        path = folder / f"{fragment}.md"
        if path.is_file() and fragment != "CONTRIBUTORS":
            rows += [f"## {title}"] if title else []
            text = path.read_text(encoding="utf-8").strip()
            # its own titles are one level below those of the page
            rows.append(re.sub(r"^(#+) ", r"##\1 ", text, flags=re.MULTILINE))
    return "\n\n".join(rows) + "\n"


def _parts(text):
    """A text in pieces, code blocks apart, which begin with their fence."""
    start = 0
    for match in FENCE.finditer(text):
        yield text[start : match.start()]
        yield match[0].lstrip(" ")
        start = match.end()
    yield text[start:]


def _write(path, text):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
