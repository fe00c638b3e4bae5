"""Known vulnerabilities of what is pinned: pip-audit, and what stays all the same."""

import json
import re

from dev import packages
from dev.processes import Failed, last_words, run
from dev.settings import ROOT

AUDIT = "pip-audit==2.10.1"
KNOWN = packages.RESOLVED.with_name("vulnerabilities.txt")
PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)", re.MULTILINE)
LINE = re.compile(
    r"(?P<name>[\w.-]+)==(?P<version>\S+): (?P<ids>[\w, -]+): (?P<why>.+)"
)


def pins():
    """What requirements.txt pins, for all Pythons: ``{(name, version)}``."""
    text = packages.RESOLVED.read_text(encoding="utf-8")
    return {(match["name"].lower(), match["version"]) for match in PIN.finditer(text)}


def known():
    """What stays although it is known: ``{(name, version): ids}``."""
    found = {}
    for line in KNOWN.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            match = LINE.fullmatch(line)
            if not match:
                raise ValueError(f"{KNOWN.name}: name==version: ids: why, not {line!r}")
            found[match["name"].lower(), match["version"]] = {
                id_.strip() for id_ in match["ids"].split(",")
            }
    return found


def problems(uv):
    """What is vulnerable and not looked at, and what is looked at and not pinned."""
    try:
        accepted = known()
    except ValueError as error:
        return [str(error)]
    gone = [
        f"{KNOWN.name}: {name}=={version} is not pinned any more: remove the line"
        for name, version in sorted(accepted.keys() - pins())
    ]
    return [*gone, *findings(_audited(uv), accepted)]


def findings(audited, accepted):
    """What the service says of pins, but for what is accepted.

    :param audited: the dependencies as pip-audit lists them
    :param accepted: see :func:`known`
    """
    found = []
    for pin in audited:
        ids = accepted.get((pin["name"].lower(), pin.get("version")), set())
        for one in pin.get("vulns", ()):
            if ids.isdisjoint({one["id"], *one.get("aliases", ())}):
                fixed = ", ".join(one.get("fix_versions", ())) or "no version yet"
                found.append(
                    f"{pin['name']} {pin['version']}: {one['id']}, mended in {fixed}:"
                    f" pin a newer one, or say in {KNOWN.name} why it stays"
                )
    return found


def _audited(uv):
    """What pip-audit answers; nothing where its service cannot be reached."""
    command = [
        *(uv, "tool", "run", "--quiet", "--from", AUDIT, "pip-audit"),
        *("--requirement", packages.RESOLVED, "--no-deps", "--disable-pip"),
        *("--format", "json", "--progress-spinner", "off"),
    ]
    try:
        output = run(command, cwd=ROOT, env=packages.uv_environment())
    except Failed as error:
        # that is how it ends when it has found something
        output = str(error)
    start = output.find('{"dependencies"')
    if start < 0:
        print(f"  (not asked: {last_words(output)})")
        return []
    audited = json.JSONDecoder().raw_decode(output[start:])[0]["dependencies"]
    if not any("vulns" in pin for pin in audited):
        print(f"  (its service knows none of our pins; {KNOWN.name} is by hand)")
    return audited
