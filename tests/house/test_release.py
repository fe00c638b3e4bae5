"""A release sets versions, dates the changelog, commits, tags and packs."""

import datetime
import re
import subprocess
import tarfile

import pytest

from dev.release import FORMER, SCRIPTS, Release, version_in
from dev.ui import Stop

MANIFEST = '{{\n    "name": "{name}",\n    "version": "{version}",\n}}\n'
TOML = 'target-version = "19.0.1.0.0"\nversion = "19.0.1.0.0"\n'
CHANGELOG = """# Changelog

## 19.0.1.1.0

- Teams hand over.

## 19.0.1.0.0

- The first one.
"""


def git(root, *arguments):
    return subprocess.run(
        ["git", *arguments], cwd=root, stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()


def version(root, addon):
    return version_in((root / addon / "__manifest__.py").read_text("utf-8"))


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A clone in which 19.0.1.0.0 is out, and all but two add-ons have changed."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "user.name", "Anna")
    git(tmp_path, "config", "user.email", "anna@example.com")
    for name in ("crm_handover", "crm_handover_raised", "crm_handover_same",
                 "crm_handover_changed", "crm_handover_page",
                 "crm_handover_words"):  # fmt: skip
        (tmp_path / name).mkdir()
        text = MANIFEST.format(name=name, version="19.0.1.0.0")
        (tmp_path / name / "__manifest__.py").write_text(text)
        for file in (
            "model.py", "view.xml", "rights.csv", "board.json", "view.sql",
            "static/page.js", "nl.po",
        ):  # fmt: skip
            (tmp_path / name / file).parent.mkdir(exist_ok=True)
            (tmp_path / name / file).write_text("first\n")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    (tmp_path / "examples").mkdir()
    (tmp_path / SCRIPTS).write_text(TOML)
    (tmp_path / FORMER).parent.mkdir(parents=True)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    git(tmp_path, "tag", "19.0.1.0.0")
    Release(tmp_path, "19.0.1.0.0").pack()
    for name in ("crm_handover_raised", "crm_handover_changed"):
        (tmp_path / name / "model.py").write_text("second\n")
    (tmp_path / "crm_handover_page" / "static" / "page.js").write_text("second\n")
    (tmp_path / "crm_handover_words" / "nl.po").write_text("second\n")
    text = MANIFEST.format(name="raised", version="19.0.2.0.0")
    (tmp_path / "crm_handover_raised" / "__manifest__.py").write_text(text)
    git(tmp_path, "commit", "--quiet", "--all", "-m", "second")
    return tmp_path


def test_what_has_changed_goes_out_with_another_version(root):
    release = Release(root, "19.0.1.1.0")
    release.check()
    # a database is upgraded for these
    changed = {"crm_handover_raised", "crm_handover_changed"}
    assert {addon for addon, _before in release.changed()} == changed
    release.set_versions()
    release.date_changelog()
    release.tag()
    release.pack()
    assert version(root, "crm_handover") == "19.0.1.1.0"
    assert version(root, "crm_handover_raised") == "19.0.2.0.0"
    assert version(root, "crm_handover_changed") == "19.0.1.0.1"
    # what a browser or a reader has of it goes out with another one as well
    assert version(root, "crm_handover_page") == "19.0.1.0.1"
    assert version(root, "crm_handover_words") == "19.0.1.0.1"
    assert version(root, "crm_handover_same") == "19.0.1.0.0"
    scripts = (root / SCRIPTS).read_text("utf-8")
    assert re.findall(r".*version = .+", scripts) == [
        'target-version = "19.0.1.0.0"', 'version = "19.0.1.1.0"',
    ]  # fmt: skip
    today = datetime.date.today().isoformat()
    assert f"## 19.0.1.1.0 ({today})\n" in (root / "CHANGELOG.md").read_text("utf-8")
    told = git(root, "tag", "--list", "--format=%(contents)", "19.0.1.1.0")
    assert told == "19.0.1.1.0\n\n- Teams hand over."
    assert not git(root, "status", "--porcelain")
    assert git(root, "rev-parse", "HEAD~1") == git(root, "rev-parse", "19.0.1.1.0^{}")
    with tarfile.open(root / FORMER) as archive:
        manifest = archive.extractfile("crm_handover/__manifest__.py").read().decode()
    assert version_in(manifest) == "19.0.1.1.0"
    assert not list(release.changed(trees=True))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("", "is none"),
        ("1.1", "is none"),
        ("19.0.1.0.0", "is out"),
        ("19.0.0.9.0", "is lower"),
        ("19.0.1.2.0", "says nothing"),
    ],
)
def test_what_is_not_ready_stays_as_it_is(root, wrong, says):
    with pytest.raises(Stop, match=says):
        Release(root, wrong).check()
    assert not git(root, "status", "--porcelain")


def test_what_is_not_committed_does_not_go_out(root):
    (root / "crm_handover" / "model.py").write_text("third\n")
    with pytest.raises(Stop, match="not committed"):
        Release(root, "19.0.1.1.0").check()
