"""One wheel with every add-on of this repository, as `odoo.addons.<name>`.

Odoo finds them on its add-ons path once the wheel is installed. Odoo itself is not
among the requirements: it comes from its own packages, not from the index.
"""

import ast
from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).resolve().parent
# what an add-on consists of besides its Python files; caches stay out
IGNORED = {"__pycache__"}


def manifest(folder):
    return ast.literal_eval((folder / "__manifest__.py").read_text(encoding="utf-8"))


def packages(folder):
    """The add-on and its Python packages below, as (package, folder)."""
    for init in sorted(folder.rglob("__init__.py")):
        parts = init.parent.relative_to(ROOT).parts
        if not IGNORED & set(parts):
            yield ".".join(("odoo", "addons", *parts)), "/".join(parts)


def data_files(folder):
    """All files of the add-on that are no Python, relative to it."""
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc" and not IGNORED & set(path.parts)
    ]


addons = sorted(path.parent for path in ROOT.glob("*/__manifest__.py"))
main = manifest(ROOT / "crm_handover")

setup(
    name="odoo-addons-crm-handover",
    version=main["version"],
    description=main["summary"],
    author=main["author"],
    license=main["license"],
    url=main.get("website", ""),
    python_requires=">=3.10",
    packages=[name for addon in addons for name, _folder in packages(addon)],
    package_dir=dict(pair for addon in addons for pair in packages(addon)),
    package_data={f"odoo.addons.{addon.name}": data_files(addon) for addon in addons},
    include_package_data=False,
    zip_safe=False,
)
