"""The checks that read files and need no database, and `make tidy`."""

from dataclasses import dataclass

from dev import addons, docs_checks, node, readme, vulnerabilities, xml_files
from dev.environment import packed, preparing
from dev.packages import VirtualEnvironment
from dev.processes import Failed, run
from dev.settings import ROOT
from dev.source_tree import SourceTree
from dev.ui import Step, Stop

# of the checks, those that run on Node.js
ON_NODE = {"eslint", "prettier"}


@dataclass(frozen=True)
class Tools:
    """What the checks work with."""

    tree: SourceTree
    packages: VirtualEnvironment
    linters: node.Linters | None

    def ruff(self, *arguments):
        """The command for all Python files."""
        return [self.packages.python.parent / "ruff", *arguments, "."]

    @property
    def uv(self):
        """The installer, which also runs tools that are not installed."""
        return self.packages.python.parent / "uv"

    def pylint(self):
        """The command for all add-ons."""
        program = self.packages.python.parent / "pylint"
        return [program, "--jobs=1", *addons.names()]

    def eslint(self, *options):
        """The command for all scripts; empty when there are none."""
        files = node.files(addons.names(), ".js")
        return files and self.linters.eslint(self.tree, files, *options)

    def prettier(self, *options):
        """The command for all style sheets; empty when there are none."""
        files = node.files(addons.names(), ".scss")
        return files and self.linters.prettier(files, *options)


def tools(settings, wanted):
    """What these checks need, installed when it is not there yet."""
    tree, environment = packed(settings)
    if ON_NODE.isdisjoint(wanted):
        return Tools(tree, environment, None)
    with preparing(settings):
        return Tools(tree, environment, node.prepare(settings))


def tidy(settings, _arguments):
    """Lay out Python, JavaScript and style sheets the way the checks want them."""
    ours = tools(settings, ON_NODE)
    commands = {
        "ruff format": ours.ruff("format"),
        "eslint": ours.eslint("--fix"),
        "prettier": ours.prettier("--write"),
    }
    left = []
    for name, command in commands.items():
        with Step(name):
            left += _findings(command)
    if left:
        raise Stop("\n".join([*left, "this is left: put it right by hand"]))


def _findings(command):
    """What a program says that is not content; nothing for no command."""
    try:
        if command:
            run(command, cwd=ROOT)
    except Failed as error:
        return str(error).splitlines()
    return []


def _xml(_ours):
    return [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for name in addons.names()
        for path in sorted((ROOT / name).rglob("*.xml"))
        for line, text in xml_files.problems(path)
    ]


# name: function of the tools that answers what it found, in lines
CHECKS = {
    "ruff": lambda ours: _findings(ours.ruff("check")),
    "ruff-format": lambda ours: _findings(ours.ruff("format", "--check")),
    "pylint-odoo": lambda ours: _findings(ours.pylint()),
    "eslint": lambda ours: _findings(ours.eslint()),
    "prettier": lambda ours: _findings(ours.prettier("--check")),
    "xml": _xml,
    "readme": lambda ours: readme.problems(ours.packages),
    "docs": lambda _ours: docs_checks.problems(),
    "vulnerabilities": lambda ours: vulnerabilities.problems(ours.uv),
}
