"""Chromium in tests: scripts that one has loaded, the next one does not load again.

Odoo starts one for each tour with an empty profile. Each would load, parse and compile
all scripts of the web client anew, some ten MB. A browser keeps what its server allows
it to; the address of a script tells its content. All else starts empty, as in a new
profile: cookies, what pages store, workers.
"""

import tempfile
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests.common import ChromeBrowser

_spawn = ChromeBrowser._spawn_chrome


@contextmanager
def kept_scripts():
    """Have all browsers of this process share what they keep of the server."""
    # one that is just ending may still write there
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:

        def spawn(browser, command):
            program, *options = command
            return _spawn(browser, [program, f"--disk-cache-dir={folder}", *options])

        with patch.object(ChromeBrowser, "_spawn_chrome", spawn):
            yield
