"""`python -m dev COMMAND`: what the Makefile calls."""

import sys

# before any other import: the other files use the syntax of these versions
OLDEST, NEWEST = (3, 10), (3, 13)
if not OLDEST <= sys.version_info[:2] <= NEWEST:
    sys.exit(
        f"Python {sys.version_info[0]}.{sys.version_info[1]} does not run Odoo 19: "
        "name a Python 3.10 to 3.13, e.g. make run PYTHON=python3.12"
    )

from dev.cli import main  # noqa: E402  (the version is checked first)

sys.exit(main(sys.argv[1:]))
