"""One word for each thing: no screen says what the glossary never says."""

import re
from pathlib import Path

import polib

from ..common import HandoverCommon

ROOT = Path(__file__).resolve().parent.parent.parent
GLOSSARY = ROOT / "ARCHITECTURE.md"
COLUMNS = ["word", "what it is", "中文", "never"]


def glossary():
    """The rows of the glossary: lists of what its four columns say."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in GLOSSARY.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    start = rows.index(COLUMNS)
    return [row for row in rows[start + 2 :] if len(row) == len(COLUMNS)]


def never():
    """The words that nobody says, small."""
    return [word.lower() for row in glossary() for word in row[3].split("、") if word]


def texts(path):
    """What a translation file says, in both languages."""
    for entry in polib.pofile(path):
        if not entry.obsolete:
            # the names of what is put in are code
            yield re.sub(r"%\(\w+\)s", "", entry.msgid)
            yield re.sub(r"%\(\w+\)s", "", entry.msgstr)


class TestWords(HandoverCommon):
    def test_no_screen_says_what_the_glossary_never_says(self):
        # a whole word in English; Chinese has no spaces
        words = [
            rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word)
            for word in never()
        ]
        self.assertIn("拆分", words)
        pattern = re.compile("|".join(words))
        said = set()
        for path in sorted(ROOT.glob("crm_handover*/i18n/zh_CN.po")):
            for text in texts(path):
                if found := pattern.search(text.lower()):
                    said.add(f"{path.parts[-3]}: {found.group()}: {text}")
        self.assertFalse(said)

    def test_each_word_has_its_chinese(self):
        for word, _what, chinese, _never in glossary():
            with self.subTest(word):
                self.assertTrue(chinese)
