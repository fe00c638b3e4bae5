"""The documentation: its links, its words, and what its site is built of."""

import shutil
import tempfile
import unittest
from contextlib import contextmanager
from pathlib import Path

from dev import docs_checks, docs_pages
from dev.settings import ROOT


class TestDocs(unittest.TestCase):
    maxDiff = 4000

    def test_documentation_is_in_order(self):
        self.assertEqual(docs_checks.problems(), [])

    def test_site_has_every_page_in_each_language(self):
        for language in docs_pages.LANGUAGES:
            with self.subTest(language), self.folder() as folder:
                # a link that leads nowhere is refused while it is turned
                docs_pages.Tree.of(language).write(folder)
                front = (folder / "index.md").read_text(encoding="utf-8")
                for page in ("docs/extending", "addons/crm_handover", "api/res.users"):
                    self.assertIn(page, front)
                text = (folder / "docs/extending.md").read_text(encoding="utf-8")
                other = docs_pages.Tree.of(language).other
                self.assertIn(f'href="../../{other}/docs/extending.html"', text)
                self.assertNotIn("zh-CN.md", text)
                picture = f"docs/images/handover-card-{language[:2]}.png"
                self.assertTrue((folder / picture).exists())

    def test_what_is_wrong_in_the_documentation_is_named(self):
        guide, twin = "docs/guide/leaving.md", "docs/guide/leaving.zh-CN.md"
        faults = {
            "docs/guide/nowhere.md is not there": (guide, "\n[x](nowhere.md)\n"),
            "docs/security.md has no title #no": (guide, "\n[x](../security.md#no)\n"),
            f"{twin}: other titles than {guide}": (guide, "\n## More\n"),
            "no screen says “Hand It Over Soon”": (guide, "\n**Hand It Over Soon**\n"),
            "nobody is told “You … asleep.”": (
                "docs/troubleshooting.md", "\n| “You … asleep.” | x | y |\n",
            ),
            "not in docs/example": (
                "docs/extending.md", "\n```python\n    other = 1\n```\n",
            ),
            "docs/lost.md: the navigation of the site": ("docs/lost.md", "# Lost\n"),
            "docs/lost.zh-CN.md is missing": ("docs/lost.md", "# Lost\n"),
        }  # fmt: skip
        with self.folder() as root:
            for pattern in (*docs_checks.PAGES, "**/i18n/zh_CN.po"):
                for path in ROOT.glob(pattern):
                    copy = root / path.relative_to(ROOT)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, copy)
            for name in ("docs/example", "docs/images"):
                shutil.copytree(ROOT / name, root / name, dirs_exist_ok=True)
            for name, text in faults.values():
                path = root / name
                kept = path.read_text(encoding="utf-8") if path.exists() else ""
                if text not in kept:
                    path.write_text(kept + text, encoding="utf-8")
            found = docs_checks.problems(root)
        for said in faults:
            self.assertTrue(any(said in one for one in found), (said, found))

    @contextmanager
    def folder(self):
        """An empty folder, removed afterwards."""
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)
