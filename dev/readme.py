"""README.rst and index.html of the add-on, from the fragments in its readme/ folder.

Where docutils is: `python -m dev exec python -m dev.readme`.
"""

import re

from docutils.core import publish_parts

from dev.addons import manifest
from dev.settings import ROOT

ADDON = "crm_handover"
# file: title
FRAGMENTS = {
    "DESCRIPTION": "",
    "CONTEXT": "Use Cases / Context",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "ROADMAP": "Known issues / Roadmap",
    "HISTORY": "Changelog",
    "CONTRIBUTORS": "Contributors",
}
SHOWN = ("DESCRIPTION", "USAGE", "CONFIGURE")
PICTURES = {
    "handover-draft-en.png": "Collected, checked, ready to be submitted",
    "handover-done-en.png": "Handed over and confirmed, an outcome for each record",
}
PAGE = """<section class="oe_container">
<div class="oe_row oe_spaced">
<h2 class="oe_slogan">{name}</h2>
<h3 class="oe_slogan">{summary}</h3>
{body}
</div>
</section>
"""


def _rst(text):
    """The little Markdown of the fragments as reStructuredText."""
    text = re.sub(r"(?<!`)`([^`\n]+)`(?!`)", r"``\1``", text)
    return re.sub(r"^#+ (.+)$", lambda match: _title(match[1], "~"), text, flags=re.M)


def _title(text, line):
    return f"{text}\n{line * len(text)}"


def _html(name, title):
    text = _rst(_read(name))
    body = publish_parts(text, writer_name="html5")["body"]
    return f"<h3>{title}</h3>\n{body}" if title else body


def _read(name):
    return (ROOT / ADDON / "readme" / f"{name}.md").read_text(encoding="utf-8")


def _main():
    """Write both."""
    about = manifest(ADDON)
    parts = [_title(about["name"], "=")]
    for name, title in FRAGMENTS.items():
        parts += [_title(title, "-")] if title else []
        parts.append(_rst(_read(name)).strip())
    readme = "\n\n".join(parts) + "\n"
    (ROOT / ADDON / "README.rst").write_text(readme, encoding="utf-8")

    body = [_html(name, FRAGMENTS[name]) for name in SHOWN]
    pictures = [
        f'<img class="img img-fluid" src="{file}" alt="{alt}"/>'
        for file, alt in PICTURES.items()
    ]
    page = PAGE.format(**about, body="\n".join([body[0], *pictures, *body[1:]]))
    path = ROOT / ADDON / "static" / "description" / "index.html"
    path.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    _main()
