"""Packages from the machine's own Debian archive, unpacked without installing.

A private configuration of apt serves any user and leaves the machine's own
package lists alone.
"""

import os
import shutil
from pathlib import Path

from dev import network
from dev.processes import Failed, last_words, run
from dev.ui import Step, Stop

SOURCES = Path("/etc/apt")
RELEASE = Path("/etc/os-release")
# releases whose packages have the file names that Odoo's links point to
STABLE = ("bookworm", "trixie")
ALIASES = ("stable", "oldstable", "testing", "unstable", "sid")


class Archive:
    """The machine's Debian archive, asked for one release at a time."""

    def __init__(self, settings):
        self.folder = settings.folder("apt")
        self.log = settings.folder("logs") / "apt.log"
        codename = _codename()
        self.stable = codename if codename in STABLE else STABLE[-1]

    def unpack(self, packages, suite, target):
        """Download these packages of a release and unpack them over `target`."""
        downloads = self.folder / f"debs-{suite}"
        downloads.mkdir(exist_ok=True)
        options = self._options(suite)
        with Step(f"Asking Debian {suite} for packages"):
            self._apt([*options, "update"])
        with Step(
            f"Downloading {packages[0]}",
            lambda: f"{_megabytes(downloads)} MB",
        ):
            self._apt([*options, "download", *packages], cwd=downloads)
        with Step(f"Unpacking {packages[0]}", lambda: f"{_megabytes(target)} MB"):
            target.mkdir(parents=True, exist_ok=True)
            for package in sorted(downloads.glob("*.deb")):
                run(["dpkg-deb", "-x", package, target], log=self.log)
        shutil.rmtree(downloads)
        shutil.rmtree(self.folder / suite)

    def _options(self, suite):
        """The private configuration: only this release, all files in our folder."""
        base = self.folder / suite
        for name in ("parts", "lists/partial", "cache/archives/partial"):
            (base / name).mkdir(parents=True, exist_ok=True)
        stanza = debian_stanza(SOURCES, _codename())
        stanza["Suites"] = suite
        text = "".join(f"{key}: {value}\n" for key, value in stanza.items())
        (base / "parts" / "debian.sources").write_text(text, encoding="utf-8")
        options = {
            "Dir::Etc::SourceList": "/dev/null",
            "Dir::Etc::SourceParts": base / "parts",
            "Dir::Etc::Preferences": "/dev/null",
            "Dir::Etc::PreferencesParts": "/dev/null",
            "Dir::State::Lists": base / "lists",
            "Dir::Cache": base / "cache",
            "Acquire::Languages": "none",
            "Acquire::Retries": 2,
            "Acquire::http::Timeout": 30,
            "Acquire::https::Timeout": 30,
            # `update` fails when a list could not be fetched, instead of warning
            "APT::Update::Error-Mode": "any",
        }
        if os.geteuid() == 0:
            # apt's own user cannot write into our folder
            options["APT::Sandbox::User"] = "root"
        return [f"-o{key}={value}" for key, value in options.items()]

    def _apt(self, arguments, cwd=None):
        try:
            run(["apt-get", "-q", *arguments], log=self.log, cwd=cwd)
        except Failed as error:
            raise Stop(
                f"Debian's archive did not give what is needed "
                f"({last_words(str(error))}): {network.cure(str(error))}, then run "
                f"the same command again, it goes on from here; details in {self.log}"
            ) from error


def debian_stanza(sources, codename):
    """The stanza of Debian's main archive among the machine's apt sources."""
    candidates = [
        stanza
        for stanza in _stanzas(sources)
        if "deb" in stanza.get("Types", "").split()
        and "main" in stanza.get("Components", "").split()
        and stanza.get("Enabled", "yes").lower() not in ("no", "false", "0")
        and {codename, *ALIASES} & set(stanza.get("Suites", "").split())
    ]
    if not candidates:
        raise Stop(
            "this machine's apt sources name no Debian archive: use Debian 12 or "
            "newer, or name an Odoo 19 that you have with ODOO=/path"
        )
    # other publishers use Debian's release names too; Debian's own comes first
    best = max(candidates, key=_likeness)
    return {**best, "Types": "deb", "Components": "main"}


def _likeness(stanza):
    uri = stanza["URIs"].split()[0].rstrip("/")
    signed = "debian-archive" in stanza.get("Signed-By", "")
    return signed, uri.endswith("/debian"), "debian" in uri


def _stanzas(sources):
    """All stanzas of both formats, as dicts of deb822 fields."""
    folder = sources / "sources.list.d"
    for path in sorted(folder.glob("*.sources")):
        yield from _deb822(path.read_text(encoding="utf-8"))
    for path in [sources / "sources.list", *sorted(folder.glob("*.list"))]:
        if path.is_file():
            yield from _one_line(path.read_text(encoding="utf-8"))


def _deb822(text):
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for block in "\n".join(lines).split("\n\n"):
        stanza, key = {}, None
        for line in block.splitlines():
            if line[:1].isspace() and key:
                stanza[key] += "\n" + line
            elif ":" in line:
                key, _colon, value = line.partition(":")
                stanza[key] = value.strip()
        if stanza.get("URIs"):
            yield stanza


def _one_line(text):
    for line in text.splitlines():
        line = line.partition("#")[0].strip()
        if not line.startswith("deb "):
            continue
        rest, stanza = line[4:].strip(), {"Types": "deb"}
        if rest.startswith("["):
            options, _bracket, rest = rest[1:].partition("]")
            for option in options.split():
                key, _equals, value = option.partition("=")
                name = {"signed-by": "Signed-By", "trusted": "Trusted"}.get(key)
                if name:
                    stanza[name] = value
        uri, suite, *components = rest.split()
        yield stanza | {
            "URIs": uri,
            "Suites": suite,
            "Components": " ".join(components),
        }


def _codename():
    for line in RELEASE.read_text(encoding="utf-8").splitlines():
        key, _equals, value = line.partition("=")
        if key == "VERSION_CODENAME":
            return value.strip('"')
    return "sid"


def _megabytes(folder):
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except FileNotFoundError:
            # apt renames what is complete
            continue
    return total // 1_000_000
