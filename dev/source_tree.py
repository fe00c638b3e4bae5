"""Odoo itself: the one that is named, or Debian's package, unpacked."""

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from dev.debian import Archive
from dev.ui import Stop

SERIES = "19.0"
# The package's tree has relative links into the files of these
LINKED = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "fonts-ocr-b",
    "fonts-inconsolata",
)
# Debian leaves this out as not free; a missing file is an error in every page's console
REMOVED = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
PACKAGE = "usr/lib/python3/dist-packages/odoo"
# where the package folder lies in a checkout, an installation, a virtual environment
PLACES = (".", "odoo", PACKAGE, "lib/python3*/site-packages/odoo")


@dataclass(frozen=True)
class SourceTree:
    """An Odoo 19."""

    package: Path

    @property
    def addons(self):
        """The folders of Odoo's own add-ons."""
        checkout = self.package.parent / "addons"
        folders = [self.package / "addons"]
        if (checkout / "crm" / "__manifest__.py").is_file():
            folders.append(checkout)
        return folders

    @property
    def key(self):
        """Changes when this is another Odoo."""
        release = (self.package / "release.py").read_text(encoding="utf-8")
        return hashlib.sha256(f"{self.package}\n{release}".encode()).hexdigest()[:8]


def prepare(settings):
    """The Odoo to use, fetched when it is not there yet."""
    if settings.odoo:
        return _named(settings.odoo)
    folder = settings.folder("") / "odoo"
    if not folder.exists():
        _fetch(settings, folder)
    return SourceTree(folder / PACKAGE)


def _named(path):
    for place in PLACES:
        for package in sorted(path.glob(place)) if "*" in place else [path / place]:
            release = package / "release.py"
            if release.is_file() and (package / "addons").is_dir():
                _check_series(path, release)
                tree = SourceTree(package.resolve())
                _check_crm(path, tree)
                return tree
    raise Stop(
        f"ODOO={path} holds no Odoo: name the folder of a source checkout (with "
        "odoo-bin in it) or of an installed package"
    )


def _check_series(path, release):
    text = release.read_text(encoding="utf-8")
    found = re.search(r"^version_info = \(([^,]+), (\d+)", text, re.MULTILINE)
    series = ".".join(part.strip("'\"") for part in found.groups()) if found else "?"
    if series != SERIES:
        raise Stop(
            f"ODOO={path} is Odoo {series}: name an Odoo {SERIES}, or leave ODOO "
            "away to have one fetched"
        )


def _check_crm(path, tree):
    if not any((folder / "crm").is_dir() for folder in tree.addons):
        raise Stop(f"ODOO={path} has no add-on crm: name a complete Odoo {SERIES}")


def _fetch(settings, folder):
    archive = Archive(settings)
    partial = folder.with_name("odoo.partial")
    shutil.rmtree(partial, ignore_errors=True)
    # the newer Font Awesome of the newest release lacks the file names Odoo uses
    archive.unpack(["fonts-font-awesome"], archive.stable, partial)
    archive.unpack([f"odoo-{SERIES.partition('.')[0]}", *LINKED], "sid", partial)
    stub = partial / PACKAGE / REMOVED
    stub.parent.mkdir(parents=True, exist_ok=True)
    stub.touch()
    _check_series(partial, partial / PACKAGE / "release.py")
    partial.rename(folder)
