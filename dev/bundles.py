"""Odoo's bundles of scripts and style sheets, made in a database that is copied then.

Otherwise each class of tests with a browser makes them anew, and forgets them. Runs in
the virtual environment: `python -m dev.bundles CONFIGURATION DATABASE`.
"""

import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def main(configuration, database):
    config.parse_config(["--config", configuration])
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["ir.qweb"]._pregenerate_assets_bundles()


if __name__ == "__main__":
    main(*sys.argv[1:])
