r"""Links that only one person can follow: to a computer, a drive, a personal cloud.

>>> find(r"see C:\Users\Anna\offer.xlsx and \\nas\sales\list.doc", ())
['C:\\Users\\Anna\\offer.xlsx', '\\\\nas\\sales\\list.doc']
>>> find("file:///home/anna/a.pdf, http://localhost:8069/x or http://10.0.0.5/b", ())
['file:///home/anna/a.pdf', 'http://localhost:8069/x', 'http://10.0.0.5/b']
>>> find("<a href='https://www.dropbox.com/s/1?a=1&amp;b=2'>terms</a>", DEFAULT)
['https://www.dropbox.com/s/1?a=1&b=2']
>>> find("https://acme-my.sharepoint.com/personal/a pan.baidu.com/s/1x", DEFAULT)
['https://acme-my.sharepoint.com/personal/a', 'pan.baidu.com/s/1x']

What everybody can open is none, nor is what only looks like one:

>>> find("https://acme.sharepoint.com/sites/x https://example.com/localhost", DEFAULT)
[]
>>> find("anna@icloud.com, mydropbox.com, 8:30/9:00, http://8.8.8.8/ D:", DEFAULT)
[]
"""

import functools
import html
import ipaddress
import re
from urllib.parse import urlsplit

# sites where people keep files of their own; what comes before a point or a hyphen does
# not matter
DEFAULT = (
    "onedrive.live.com",
    "1drv.ms",
    "my.sharepoint.com",
    "drive.google.com",
    "docs.google.com",
    "dropbox.com",
    "icloud.com",
    "pan.baidu.com",
    "docs.qq.com",
    "weiyun.com",
    "kdocs.cn",
    "alipan.com",
    "shimo.im",
    "feishu.cn",
    "larksuite.com",
)
LOCAL = ("localhost", ".localhost", ".local")
_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)+")
# the rest of a path or address, up to where a sentence or an attribute ends
_REST = r"""[^\s<>"'|,;，；。、）]*"""
_PATHS = (
    r"\\\\[\w.$-]+\\" + _REST,
    r"(?<![\w:/\\])[a-z]:(?:\\(?!\\)|/(?!/))[\w.$~%]" + _REST,
    r"(?<![\w])(?:file|smb)://?" + _REST,
    r"(?<![\w])(?:https?|ftps?)://" + _REST,
)
_LOCAL_PATH = re.compile(r"\\\\|[a-z]:[\\/]|(?:file|smb):", re.IGNORECASE)
# for a database: what cannot be without any of it
_HINTS = (
    r"\\\\", r"[a-z]:[\\/][^/]", "file:/", "smb:/", "localhost", r"\.local",
    r"//\[", r"//[0-9]+[.]",
)  # fmt: skip


def places(text):
    """Return the names of places in a text with commas, blanks or lines between them.

    >>> places("Dropbox.com, https://pan.baidu.com/ x (a.b")
    ('dropbox.com', 'pan.baidu.com')
    """
    words = re.split(r"[\s,;]+", (text or "").lower())
    names = (re.sub(r"^[a-z]+://|/.*$", "", word) for word in words)
    return tuple(dict.fromkeys(name for name in names if _NAME.fullmatch(name)))


def hints(names):
    """Return a regular expression for PostgreSQL: texts without it have no such link.

    :param names: places, as :data:`DEFAULT`
    """
    return "|".join((*_HINTS, *(name.replace(".", r"\.") for name in names)))


def find(text, names):
    """Return the links in ``text``, which may be HTML, that only one person can follow.

    :param str text: as people write it
    :param names: places that belong to one person, as :data:`DEFAULT`
    :return: the links as they are written, each once
    """
    text = html.unescape(text or "")
    matches = _pattern(tuple(names)).finditer(text)
    found = (match.group().rstrip(".:!?)") for match in matches)
    return list(dict.fromkeys(link for link in found if _is_private(link, names)))


@functools.lru_cache(maxsize=8)
def _pattern(names):
    patterns = list(_PATHS)
    if names:
        known = "|".join(map(re.escape, names))
        patterns.append(rf"(?<![\w@./-])[\w.-]*(?:{known})(?:/{_REST})?(?![\w-])")
    return re.compile("|".join(patterns), re.IGNORECASE)


def _is_private(link, names):
    if _LOCAL_PATH.match(link):
        return True
    try:
        address = link if "://" in link else f"//{link}"
        host = (urlsplit(address).hostname or "").lower()
    except ValueError:
        return False
    return _is_local(host) or any(_is_at(host, name) for name in names)


def _is_at(host, name):
    return host == name or host.endswith((f".{name}", f"-{name}"))


def _is_local(host):
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == LOCAL[0] or host.endswith(LOCAL[1:])
    return address.is_private or address.is_loopback or address.is_link_local
