"""Texts that are put together of others: each language has its own marks for that.

The same for the screens is in ``static/src/handover_texts``.
"""

from odoo.tools.misc import babel_locale_parse

# marks that have the room behind them already
WIDE = tuple("。！？；：…」』”）》")


def labelled(env, label, value):
    """Return what something is called, and what it is: “Leads: 11”."""
    return env._("%(label)s: %(value)s", label=label, value=value)


def besides(env, text, aside):
    """Return a text and what is said besides: “Terms (PDF)”."""
    return env._("%(text)s (%(aside)s)", text=text, aside=aside)


def listed(env, texts):
    """Return texts one after the other: “Anna, Bruno, Chen”; what is empty is left out.

    As Odoo's ``format_list`` without the word before the last one, so that more may
    follow.
    """
    locale = babel_locale_parse(env.lang or "en_US")
    between = locale.list_patterns["standard"]["start"].format("", "")
    return between.join(str(text) for text in texts if text)


def sentences(env, texts):
    """Return sentences as one text: some languages have no space between them.

    What is empty is left out. What ends without a mark of such a language, as a text of
    another one does, is kept apart by a space.
    """
    told, *more = [str(text) for text in texts if text] or [""]
    gap = env._("%(first)s %(second)s", first="", second="")
    for text in more:
        told += (gap if told.endswith(WIDE) else " ") + text
    return told
