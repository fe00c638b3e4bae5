"""Keys of customers in texts: whoever has one acts as the customer.

They are in links: of ratings, pages, invitations, answers to meetings. Plain functions,
and the same pattern for the database.
"""

import re

from markupsafe import Markup

from odoo.exceptions import AccessError

# an address inside of another one has its signs encoded, once or more often; of
# regular expressions, both Python and PostgreSQL know what is used here
KEY = r"(/rate/|%2Frate%2F|(?:token|hash)(?:=|%(?:25)*3D))"
# how a field is called that holds a key
KEY_NAME = re.compile("token|secret|uuid|session_code|password")
_KEY = re.compile(KEY + r"""[^\s"'<>/&;?#%]+""", re.IGNORECASE)
# what a reader sees in the place of a key; an empty one opens what their session opens,
# such as a picture in the text
NO_KEY = "x"
_OF_FILE = "access_"


def has_key(text):
    """Tell whether there may be a key in ``text``."""
    return bool(text) and _KEY.search(text) is not None


def _without_key(match):
    before = match.string[max(0, match.start() - len(_OF_FILE)) : match.start()]
    return match[1] + ("" if before.lower() == _OF_FILE else NO_KEY)


def without_keys(text):
    """Return ``text`` with its links, but without the keys in them."""
    cleaned = _KEY.sub(_without_key, text)
    return Markup(cleaned) if isinstance(text, Markup) else cleaned


def lent_refusal(env):
    """Return what is said to who would get a key by a handover alone."""
    return AccessError(
        env._("The customer's page is closed to you: you read this by a handover.")
    )
