"""Chromium and what else tests and pictures need from Debian."""

import os

from dev import apt

# package: a file or program that tells that it is there
WANTED = {
    "chromium": "/usr/bin/chromium",
    # Chinese in pictures and printed reports
    "fonts-noto-cjk": "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "wkhtmltopdf": "/usr/bin/wkhtmltopdf",
}


def prepare(settings):
    """Install what is missing."""
    missing = [name for name, path in WANTED.items() if not os.path.exists(path)]
    if missing:
        apt.install(settings, missing)
