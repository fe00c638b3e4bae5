"""One word for each thing: no screen says what the glossary never says."""

import ast
import re
from pathlib import Path

import polib

from odoo.tools import file_path

from ..common import HandoverCommon

ROOT = Path(__file__).resolve().parent.parent.parent
GLOSSARY = ROOT / "ARCHITECTURE.md"
# what people read before they have it
PAGES = (
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    *sorted(ROOT.glob("crm_handover*/static/description/index.html")),
)
# of these languages a line that is broken in a view shows as a gap
UNSPACED = ("zh_CN", "zh_TW", "ja")
GAP = re.compile(r"(?<=[\u3000-\u30ff\u3400-\u9fff\uff01-\uff60])\n +"
                 r"(?=[\u3040-\u30ff\u3400-\u9fff])")  # fmt: skip
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


# a label and its figure, a text and what is said besides, or sentences, put together by
# hand: the marks of English, which no translation reaches
IN_PYTHON = re.compile(
    r'f"[^"\n]*\}(?:: | \()\{[^"\n]*"'
    # of words that somebody wrote, the spaces are made fewer
    r'|f"\{(?:text|done|problem)\} \{[^"\n]*"|" "\.join\((?![^\n]*split\(\))[^\n]*'
)
BY_HAND = {
    "models/**/*.py": IN_PYTHON,
    "wizard/**/*.py": IN_PYTHON,
    "static/src/**/*.js": re.compile(r"`[^`\n]*\}(?:: | \()\$\{[^`\n]*`"),
    "static/src/**/*.xml": re.compile(r't-(?:esc|out)="[^"]*"/>(?:: ?| ?\()<t [^>]*>'),
}
OF_NO_LANGUAGE = (
    # a person and their login, as they are looked up
    'f"{user.name} ({user.login})"',
    'f"{record.name} ({record.login})"',
    # the name of a rule, for administrators
    'f"{model.model}: {right} what a handover opens"',
)


def names_in_a_row(source):
    """Yield the lines where a text takes names of records with the comma of English."""

    def calls(node, name):
        for call in ast.walk(node):
            if isinstance(call, ast.Call):
                function = call.func
                if getattr(function, "attr", getattr(function, "id", "")) == name:
                    yield call

    for text in calls(ast.parse(source), "_"):
        for joined in calls(text, "join"):
            between = getattr(joined.func.value, "value", None)
            if between == ", " and any(calls(joined, "mapped")):
                yield joined.lineno


MANY = re.compile(
    r"%(?:\(\w+\))?s (?:more )?(records|customers|handovers|people|days)\b"
)
ONE = {"people": "person"}
# more than a limit is more than one, and a limit is one of many
LIMIT = re.compile(r"%\(limit\)s|at the most")
FINE = (
    # a number of the code
    "Approved, within %s days",
    # of one day another sentence is said
    "no contact in %s days",
)


def said_by(addon):
    """The texts in the code of an add-on."""
    for path in addon.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="_") | ast.Name(id="_"),
                    args=[ast.Constant(value=str() as text), *_],
                ):
                    yield text
    for path in addon.glob("static/src/**/*.js"):
        yield from re.findall(
            r'\b_t\(\s*"((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8")
        )


def titled_notes(source):
    """Yield the lines of notes with a title: the client puts “. ” behind it."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Dict):
            continue
        values = {
            getattr(key, "value", None): value
            for key, value in zip(node.keys, node.values, strict=True)
        }
        if getattr(values.get("tag"), "value", None) == "display_notification":
            for key in getattr(values.get("params"), "keys", ()):
                if getattr(key, "value", None) == "title":
                    yield key.lineno


# what Odoo's CRM has words for, as its own translations have them: by the pattern that
# finds it in a text of ours
TERMS = {
    r"sales teams?": ("Sales Team",),
    r"customers?": ("Customer", "Customers"),
    r"opportunit(?:y|ies)": ("Opportunity", "Opportunities"),
    # who leads a team is none
    r"(?:(?-i:Leads?)|new leads)": ("Lead", "Leads"),
    r"salespersons?": ("Salesperson",),
    r"activit(?:y|ies)": ("Activity", "Activities"),
    r"pipelines?": ("Pipeline",),
}
LANGUAGES = ("de", "es", "fr", "ja", "nl", "pt_BR", "zh_CN", "zh_TW")
# said without the word, as one says it there
WITHOUT_IT = {
    ("pt_BR", "Customers Called"),
    ("zh_CN", "Customers hear from the successor within one day at the least."),
}


def odoo_words(language):
    """What Odoo says for each term, small: ``{pattern: [the words' beginnings]}``."""
    said = {}
    for addon in ("crm", "sales_team", "mail"):
        for entry in polib.pofile(file_path(f"{addon}/i18n/{language}.po")):
            if entry.msgstr and not entry.obsolete:
                said.setdefault(entry.msgid, set()).add(entry.msgstr.lower())
    # languages bend their words: five letters of each are enough
    return {
        pattern: [
            [word[:5] for word in text.split() if len(word) > 3 or word == text]
            for name in names
            for text in said.get(name, ())
        ]
        for pattern, names in TERMS.items()
    }


def other_words(language, msgid, msgstr, words):
    """The patterns of the terms that a translation does not say as Odoo does."""
    text = re.sub(r"%\(\w+\)s|<[^>]*>", "", msgid)
    return [
        pattern
        for pattern, known in words.items()
        if re.search(rf"\b{pattern}\b", text, re.I)
        and known
        and not any(all(part in msgstr.lower() for part in one) for one in known)
        and (language, msgid) not in WITHOUT_IT
    ]


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
        for path in sorted(ROOT.glob("crm_handover*/i18n/zh_[CT][NW].po")):
            for text in texts(path):
                if found := pattern.search(text.lower()):
                    said.add(f"{path.parts[-3]}: {found.group()}: {text}")
        for path in PAGES:
            for line in path.read_text(encoding="utf-8").splitlines():
                if found := pattern.search(line.lower()):
                    said.add(f"{path.relative_to(ROOT)}: {found.group()}: {line}")
        self.assertFalse(said)

    def test_nothing_counts_one_as_many(self):
        wrong, seen = set(), 0
        for addon in sorted(ROOT.glob("crm_handover*")):
            texts = {*said_by(addon)}
            for text in texts - {*FINE}:
                found = MANY.search(text)
                if not found or LIMIT.search(text):
                    continue
                seen += 1
                one = ONE.get(found[1], found[1].removesuffix("s"))
                sister = f"{text[: found.start()]}1 {one}"
                if not any(text.startswith(sister) for text in texts):
                    wrong.add(f"{addon.name}: {text}")
        self.assertFalse(wrong)
        self.assertGreater(seen, 3)

    def test_no_code_puts_texts_together_with_the_marks_of_english(self):
        wrong = {
            f"{path.relative_to(ROOT)}: {found}"
            for pattern, by_hand in BY_HAND.items()
            for path in ROOT.glob(f"crm_handover*/{pattern}")
            for found in by_hand.findall(path.read_text(encoding="utf-8"))
            if found not in OF_NO_LANGUAGE
        }
        self.assertFalse(wrong, "word_texts knows the marks of the reader's language")
        texts = (
            ("models/**/*.py", 'f"{kind}: {count}"'),
            ("models/**/*.py", 'f"{text} {waiting}"'),
            ("models/**/*.py", 'return " ".join(problems)'),
            ("static/src/**/*.js", "`${kind} (${count})`"),
            ("static/src/**/*.xml", '<t t-esc="a"/>: <t t-esc="b"/>'),
        )
        for pattern, text in texts:
            self.assertTrue(BY_HAND[pattern].search(text), text)

    def test_no_text_puts_names_in_a_row_with_the_comma_of_english(self):
        wrong = {
            f"{path.relative_to(ROOT)}:{line}"
            for folder in ("models", "wizard")
            for path in ROOT.glob(f"crm_handover*/{folder}/*.py")
            for line in names_in_a_row(path.read_text(encoding="utf-8"))
        }
        self.assertFalse(wrong, "listed() knows the reader's language")
        text = 'env._("%s: %s", 1, ", ".join(users.mapped("name")))'
        self.assertEqual([*names_in_a_row(text)], [1])

    def test_no_note_has_the_full_stop_of_english(self):
        wrong = {
            f"{path.relative_to(ROOT)}:{line}"
            for folder in ("models", "wizard")
            for path in ROOT.glob(f"crm_handover*/{folder}/*.py")
            for line in titled_notes(path.read_text(encoding="utf-8"))
        }
        self.assertFalse(wrong, "labelled() knows the reader's language")
        note = '{"tag": "display_notification", "params": {"title": 1}}'
        self.assertEqual([*titled_notes(note)], [1])

    def test_translations_have_the_terms_of_odoo_s_crm(self):
        wrong, seen = set(), 0
        for language in LANGUAGES:
            words = odoo_words(language)
            self.assertTrue(all(words[p] for p in words if "team" in p), language)
            for path in ROOT.glob(f"crm_handover*/i18n/{language}.po"):
                for entry in polib.pofile(path):
                    if entry.msgstr and not entry.obsolete:
                        seen += 1
                        if language in UNSPACED and GAP.search(entry.msgstr):
                            wrong.add(f"{path.stem}: gap: {entry.msgstr}")
                        for pattern in other_words(
                            language, entry.msgid, entry.msgstr, words
                        ):
                            wrong.add(f"{path.stem}: {pattern}: {entry.msgid}")
        self.assertFalse(wrong)
        self.assertGreater(seen, 1000)
        other = ("Your sales team", "Ihr Vertriebsteam")
        self.assertTrue(other_words("de", *other, odoo_words("de")))
        self.assertTrue(GAP.search("交接。\n    批准。"))

    def test_each_word_has_its_chinese(self):
        for word, _what, chinese, _never in glossary():
            with self.subTest(word):
                self.assertTrue(chinese)
