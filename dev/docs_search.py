"""Chinese in the search of the site: an extension of Sphinx.

Chinese has no spaces, and no list of words knows those of a handover. So a text is
found by each two characters that stand side by side.
"""

import re

from sphinx.search import languages
from sphinx.search.zh import SearchChinese

HAN = re.compile(r"[\u3400-\u9fff]+")
SPLIT = """
var splitQuery = (query) =>
  (query.match(/[\\u3400-\\u9fff]+|[^\\u3400-\\u9fff\\W]+/g) || []).flatMap((run) =>
    /^[\\u3400-\\u9fff]{3,}$/.test(run)
      ? Array.from({length: run.length - 1}, (_, at) => run.slice(at, at + 2))
      : [run]);
"""


def pairs(text):
    """Each two characters of Chinese that stand side by side."""
    return [
        run[at : at + 2]
        for run in HAN.findall(text)
        for at in range(max(len(run) - 1, 1))
    ]


class ChinesePairs(SearchChinese):
    """Chinese by pairs, the rest by words."""

    js_splitter_code = SPLIT

    def split(self, input):
        words = [term.strip() for term in self.latin1_letters.findall(input)]
        self.latin_terms.update(words)
        return pairs(input) + words


def setup(_app):
    """Take the place of Sphinx's own."""
    languages["zh"] = ChinesePairs
    return {"parallel_read_safe": True}
