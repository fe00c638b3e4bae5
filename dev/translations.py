"""`make i18n`: the template of what is to be translated, and the translations.

The merging runs in the virtual environment, where polib is:
`python -m dev.translations MERGED EXPORTED PO…`.
"""

import json
import re
import sys
from pathlib import Path

from dev import addons
from dev.databases import Databases
from dev.processes import run
from dev.settings import ROOT
from dev.ui import Step

# every add-on is translated into these, as a whole or not at all
LANGUAGES = ("zh_CN", "de", "es", "fr", "ja", "nl", "pt_BR", "zh_TW")
# what is put into a text, and must be in its translation
PUT_IN = re.compile(r"%\(\w+\)[sdfr]|%[sdfr%]|\{\{.*?\}\}|\{\w*\}|</?[a-z]+")
# in Odoo's shell, and all at once: each export reads all of Odoo's files
EXPORT = """
import io, tarfile
from odoo.tools.translate import trans_export
jobs = {jobs}
buffer = io.BytesIO()
trans_export(None, list(jobs), buffer, "tgz", env)
buffer.seek(0)
with tarfile.open(fileobj=buffer) as archive:
    for member in archive:
        path = jobs[member.name.partition("/")[0]]
        with open(path, "wb") as file:
            file.write(archive.extractfile(member).read())

"""
# the times that an export writes into its head say nothing about the texts
TIMES = ("POT-Creation-Date", "PO-Revision-Date")


def update(settings, _arguments):
    """Write the current template and merge the translations."""
    # here, because merging imports this file where the rest is not needed
    from dev.environment import prepared, variables

    with prepared(settings) as odoo:
        template = variables(odoo)["HANDOVER_INSTALLED_TEMPLATE"]
        odoo = odoo.with_community()
        # a template that someone is connected to cannot be copied
        with Databases(odoo).copied(template, "i18n") as database:
            add_foundations(odoo, database)
            for line in _merge(odoo, database, write=True):
                print(line)


def problems(odoo, database):
    """What `make i18n` would change, and what is not translated.

    The database has what ours build on, see `add_foundations`.
    """
    return _merge(odoo, database, write=False)


def add_foundations(odoo, database):
    """Install what our glue sticks to: nobody can export the texts of what is not."""
    odoo.call(
        "Installing what our glue sticks to",
        database,
        *("--init", ",".join(addons.foundations())),
        *("--stop-after-init", "--no-http"),
    )


def _merge(odoo, database, write):
    """Compare with our files the texts to translate, or bring them up to date."""
    answer = run(
        [odoo.packages.python, "-m", "dev.translations"],
        text=json.dumps({"jobs": _export(odoo, database), "write": write}),
        cwd=ROOT,
    )
    return answer.splitlines()


def _export(odoo, database):
    """Export the texts of our add-ons; answer ``[[name of the add-on, file], …]``."""
    folder = odoo.settings.folder("i18n")
    jobs = []
    installed = Databases(odoo).installed(database)
    for name in sorted({*addons.names()} & {*installed}):
        exported = folder / f"{name}.pot"
        exported.unlink(missing_ok=True)
        jobs.append([name, str(exported)])
    with Step("Exporting the texts to translate"):
        run(
            [
                *(odoo.packages.python, odoo.packages.odoo_launcher, "shell"),
                *("--config", odoo.configuration(database), "--no-http"),
            ],
            log=odoo.settings.folder("logs") / "i18n-export.log",
            text=EXPORT.format(jobs=json.dumps(dict(jobs))),
            cwd=odoo.settings.home,
        )
    return jobs


def _main():
    """Merge, or tell what merging would change."""
    import polib

    request = json.load(sys.stdin)
    for name, exported in request["jobs"]:
        folder = ROOT / name / "i18n"
        if not Path(exported).exists():
            # nothing to translate
            continue
        current = polib.pofile(exported)
        template = folder / f"{name}.pot"
        if _texts(template, polib) != _texts(exported, polib):
            if request["write"]:
                folder.mkdir(exist_ok=True)
                template.write_bytes(Path(exported).read_bytes())
            else:
                print(f"{template.relative_to(ROOT)} is not current: run make i18n")
        for language in LANGUAGES:
            path = folder / f"{language}.po"
            if not path.exists() and request["write"]:
                empty = polib.POFile(wrapwidth=78)
                empty.metadata = {**current.metadata, "Language": language}
                empty.save(str(path))
            elif not path.exists():
                print(f"{path.relative_to(ROOT)} is missing: run make i18n")
        for path in sorted(folder.glob("*.po")):
            _merge_one(polib, path, current, request["write"])


def _merge_one(polib, path, template, write):
    """Bring one translation up to date, keeping what is translated."""
    translation = polib.pofile(str(path), wrapwidth=78)
    before = str(translation)
    translation.merge(template)
    for entry in translation.obsolete_entries():
        translation.remove(entry)
    where = path.relative_to(ROOT)
    if str(translation) != before:
        if write:
            translation.save()
        else:
            print(f"{where} is not current: run make i18n")
    for entry in [*translation.untranslated_entries(), *translation.fuzzy_entries()]:
        print(f"{where}: not translated: {entry.msgid!r}")
    for entry in translation.translated_entries():
        if _put_in(entry.msgid) != _put_in(entry.msgstr):
            print(f"{where}: something else is put in: {entry.msgid!r}")


def _put_in(text):
    """What a text has in it that is no word of it, in any order."""
    return sorted(PUT_IN.findall(text))


def _texts(path, polib):
    """Everything in a file but the times."""
    if not Path(path).exists():
        return None
    file = polib.pofile(str(path))
    for time in TIMES:
        file.metadata.pop(time, None)
    return str(file)


if __name__ == "__main__":
    _main()
