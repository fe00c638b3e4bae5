"""Texts of people in other formats: headers of mails, links, tables, pages, files.

What is written here by people is shown elsewhere by programs that take some characters
for more than text. In plain Python: nothing here needs Odoo.
"""

import re
from urllib.parse import urlsplit

# what no text has: control characters, and what turns the direction of what follows
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# what a page may open; anything else may be a program
SCHEMES = ("http", "https", "ftp", "ftps", "mailto", "tel")
# what a file system, or a header, takes for more than a name
NO_NAME = re.compile(r'[/\\:*?"<>|;]+')


def visible(text):
    """Return ``text`` with a sign in the place of each character that is none.

    >>> visible("Deal\\x07 of\\nAnna")
    'Deal� of\\nAnna'
    """
    return UNSEEN.sub("\ufffd", text)


def one_line(text):
    """Return ``text`` as it may stand in a header.

    >>> one_line("Anna\\r\\nBcc: all@home.test ")
    'Anna Bcc: all@home.test'
    """
    return visible(" ".join(text.split()))


def file_name(text):
    """Return ``text`` as it may stand in the name of a file.

    >>> file_name("../Anna: cod\\u202efdp.exe")
    '..-Anna- cod�fdp.exe'
    """
    return NO_NAME.sub("-", one_line(text))


def link(address):
    """Return ``address`` when a page may open it, or an empty text.

    >>> link("https://home.test/a"), link("javascript:alert(1)"), link("java\\tscript:")
    ('https://home.test/a', '', '')
    """
    address = (address or "").strip()
    if visible(address) != address or len(address.split()) != 1:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if not parts.scheme:
        # a page of this server, not one of another
        return address if address.startswith("/") and not parts.netloc else ""
    return address if parts.scheme.lower() in SCHEMES else ""


def escaped(text):
    r"""Return JSON in which no character is taken for more than one.

    >>> escaped('{"name": "\u202eAnna"}')
    '{"name": "\\u202eAnna"}'
    """
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
