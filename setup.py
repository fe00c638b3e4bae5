"""The wheels of this repository.

`python setup.py wheels` makes all of them in dist/, under the names that the Odoo
community gives: one for each add-on, `odoo-addon-crm-handover-sale`, which requires
those of ours that it builds on; and `odoo-addons-crm-handover`, which holds nothing
and requires every one of ours that needs Odoo alone. What sticks to an add-on of the
community is installed by its own name: it would bring that add-on, and the `odoo` of
the index, to people who asked for neither.

What builds one wheel from one folder (`pip install .`, `pip wheel .`) gets one that
holds all add-ons. Its version ends in `+all`, as it overlaps with the others: one
removes it before installing those.

Odoo is among nobody's requirements: it comes from its own packages, not from the
index. It finds the add-ons in `odoo.addons`, where all of them lie.
"""

import ast
import re
from pathlib import Path
from tempfile import TemporaryDirectory

try:
    from setuptools import Command, Distribution, __version__, setup
except ImportError:
    __version__ = "0"
# from this one on it builds wheels by itself
if tuple(int(part) for part in __version__.split(".")[:2]) < (70, 1):
    raise SystemExit(
        "setup.py needs setuptools 70.1 or newer: python -m pip install setuptools, or"
        " let `make wheels` build the wheels"
    )

ROOT = Path(__file__).resolve().parent
ADDONS = sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))
MAIN = "crm_handover"
ALL = "odoo-addons-crm-handover"
# the community's add-ons that ours stick to, as requirements
COMMUNITY = ROOT / "dev" / "community.txt"
# what an add-on consists of besides its Python files; caches stay out
IGNORED = {"__pycache__"}


def manifest(name):
    path = ROOT / name / "__manifest__.py"
    return ast.literal_eval(path.read_text(encoding="utf-8"))


def packages(name):
    """The add-on and its Python packages below, as (package, folder)."""
    for init in sorted((ROOT / name).rglob("__init__.py")):
        parts = init.parent.relative_to(ROOT).parts
        if not IGNORED & set(parts):
            yield ".".join(("odoo", "addons", *parts)), "/".join(parts)


def data_files(name):
    """All files of the add-on, relative to it."""
    folder = ROOT / name
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc" and not IGNORED & set(path.parts)
    ]


def distribution(name):
    """What the wheel of an add-on is called."""
    return f"odoo-addon-{name.replace('_', '-')}"


def community():
    """The distributions of the community's add-ons, by technical name."""
    text = COMMUNITY.read_text(encoding="utf-8")
    found = re.findall(r"^(odoo-addon-([\w-]+))", text, flags=re.MULTILINE)
    return {addon.replace("-", "_"): name for name, addon in found}


def requirement(name):
    """One of ours: not older than beside us, and without a break in between.

    A version counts, after Odoo's series, first what breaks those who build on it.
    """
    version = manifest(name)["version"]
    unbroken = ".".join(version.split(".")[:3])
    return f"{distribution(name)}>={version},=={unbroken}.*"


def requirements(name):
    """What the wheel of an add-on requires; what is neither is Odoo's own."""
    theirs = community()
    series = ".".join(manifest(name)["version"].split(".")[:2])
    for depends in manifest(name)["depends"]:
        if depends in ADDONS:
            yield requirement(depends)
        elif depends in theirs:
            yield f"{theirs[depends]}=={series}.*"


def needs_community(name):
    """Whether the community's add-ons are among what this one needs in the end."""
    theirs = community()
    return any(
        depends in theirs or (depends in ADDONS and needs_community(depends))
        for depends in manifest(name)["depends"]
    )


def about(name):
    """What the add-on says of itself."""
    known = manifest(name)
    readme = ROOT / name / "README.rst"
    return {
        "version": known["version"],
        "description": known["summary"],
        "long_description": readme.read_text("utf-8") if readme.exists() else "",
        "long_description_content_type": "text/x-rst",
        "author": known["author"],
        "license": known["license"],
        "url": known.get("website", ""),
        "python_requires": ">=3.10",
        "classifiers": ["Framework :: Odoo", "Framework :: Odoo :: 19.0"],
        "zip_safe": False,
    }


def holding(names):
    """The contents of a wheel: these add-ons and nothing else."""
    return {
        "packages": [package for name in names for package, _folder in packages(name)],
        "package_dir": dict(pair for name in names for pair in packages(name)),
        "package_data": {f"odoo.addons.{name}": data_files(name) for name in names},
        "include_package_data": False,
    }


def each_wheel():
    """All wheels, as arguments of setuptools."""
    for name in ADDONS:
        yield {
            "name": distribution(name),
            **about(name),
            "install_requires": list(requirements(name)),
            **holding([name]),
        }
    yield {
        "name": ALL,
        **about(MAIN),
        "install_requires": [
            requirement(name) for name in ADDONS if not needs_community(name)
        ],
        **holding([]),
        "py_modules": [],
    }


class Wheels(Command):
    """`python setup.py wheels`; each built in a folder of its own."""

    description = "build a wheel for each add-on, and one that requires them"
    user_options = [("dist-dir=", "d", "the folder of the wheels (dist)")]

    def initialize_options(self):
        self.dist_dir = "dist"

    def finalize_options(self):
        pass

    def run(self):
        for wheel in each_wheel():
            with TemporaryDirectory() as build:
                options = {
                    "build": {"build_base": build},
                    "egg_info": {"egg_base": build},
                    "bdist_wheel": {"dist_dir": self.dist_dir},
                }
                wanted = {**wheel, "script_name": "setup.py", "options": options}
                Distribution(wanted).run_command("bdist_wheel")


# a folder that stays would put files that are gone by now into the next wheel
with TemporaryDirectory() as build:
    setup(
        **{
            "name": ALL,
            **about(MAIN),
            "version": f"{manifest(MAIN)['version']}+all",
            **holding(ADDONS),
        },
        options={"build": {"build_base": build}},
        cmdclass={"wheels": Wheels},
    )
