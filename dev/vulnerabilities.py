"""Known vulnerabilities of what is pinned, and what stays all the same.

pip-audit is asked about Python's packages, npm about the linters of JavaScript.
"""

import json
import re
import shutil

from dev import docs, node, packages
from dev.processes import Failed, last_words, run
from dev.settings import ROOT

AUDIT = "pip-audit==2.10.1"
KNOWN = packages.RESOLVED.with_name("vulnerabilities.txt")
PINNED = (packages.RESOLVED, docs.RESOLVED)
PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)", re.MULTILINE)
LINE = re.compile(
    r"(?P<name>[\w./@-]+)==(?P<version>\S+): (?P<ids>[\w, -]+): (?P<why>.+)"
)


def pins():
    """What is pinned, for all Pythons, and for Node.js: ``{(name, version)}``."""
    texts = [path.read_text(encoding="utf-8") for path in PINNED]
    python = {
        (match["name"].lower(), match["version"])
        for text in texts
        for match in PIN.finditer(text)
    }
    return python | set(_linters().values())


def _linters():
    """What package-lock.json pins: ``{place: (name, version)}``."""
    packed = json.loads(node.RESOLVED.read_text(encoding="utf-8"))["packages"]
    return {
        place: (place.rpartition("node_modules/")[2], row["version"])
        for place, row in packed.items()
        if place
    }


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
    audited = [pin for path in PINNED for pin in _audited(uv, path)]
    return [*gone, *findings([*audited, *_audited_linters()], accepted)]


def findings(audited, accepted):
    """What the services say of pins, but for what is accepted.

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


def _audited(uv, path):
    """What pip-audit answers; nothing where its service cannot be reached."""
    command = [
        *(uv, "tool", "run", "--quiet", "--from", AUDIT, "pip-audit"),
        *("--requirement", path, "--no-deps", "--disable-pip"),
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


def _audited_linters():
    """What npm answers, as pip-audit lists it; nothing where it cannot be asked."""
    if not shutil.which("npm"):
        print("  (npm not asked: it is not here)")
        return []
    command = ["npm", "audit", "--package-lock-only", "--json"]
    try:
        output = run(command, cwd=node.RESOLVED.parent)
    except Failed as error:
        # that is how it ends when it has found something
        output = str(error)
    start = output.find("{")
    answer = json.JSONDecoder().raw_decode(output[start:])[0] if start >= 0 else {}
    if "vulnerabilities" not in answer:
        print(f"  (npm not asked: {last_words(output)})")
        return []
    return listed(answer["vulnerabilities"], _linters())


def listed(answered, places):
    """What npm answers, as pip-audit lists it.

    :param answered: ``{name: {"nodes": places, "via": advisories, or names of what
        brings them}}``
    :param places: ``{place: (name, version)}``
    """
    return [
        {
            "name": places[place][0],
            "version": places[place][1],
            "vulns": [
                {"id": one["url"].rpartition("/")[2]}
                for one in found["via"]
                if isinstance(one, dict)
            ],
        }
        for found in answered.values()
        for place in found["nodes"]
        if place in places
    ]
