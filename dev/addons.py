"""Our add-ons: every top-level folder with a manifest."""

import ast
import hashlib

from dev.settings import ROOT

MAIN = "crm_handover"
UNINTERESTING = {"__pycache__", ".git"}


def names():
    """Their technical names."""
    return sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))


def manifest(name):
    """The manifest of one of them."""
    path = ROOT / name / "__manifest__.py"
    return ast.literal_eval(path.read_text(encoding="utf-8"))


def wanted(installed):
    """What belongs into a database with these add-ons.

    The main add-on, and the glue that installs itself beside what is there; other glue
    is for a user to choose.
    """
    present = {*installed, MAIN}
    return [MAIN] + [
        name
        for name in names()
        if (triggers := manifest(name).get("auto_install"))
        and present.issuperset(
            manifest(name)["depends"] if triggers is True else triggers
        )
    ]


def foundations():
    """What ours build on: add-ons of Odoo and of its community."""
    ours = names()
    return sorted(
        {base for name in ours for base in manifest(name)["depends"]} - {*ours}
    )


def digest():
    """Changes with any of their files."""
    result = hashlib.sha256()
    for name in names():
        for path in sorted((ROOT / name).rglob("*")):
            if path.is_file() and not UNINTERESTING & set(path.parts):
                result.update(f"{path.relative_to(ROOT)}\0".encode())
                result.update(path.read_bytes())
    return result.hexdigest()[:16]
