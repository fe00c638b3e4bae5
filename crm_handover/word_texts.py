"""Texts that are put together of others: each language has its own marks for that.

The same for the screens is in ``static/src/handover_texts``.
"""

from odoo.tools.misc import babel_locale_parse


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

    What is empty is left out.
    """
    told, *more = [text for text in texts if text] or [""]
    for text in more:
        told = env._("%(first)s %(second)s", first=told, second=text)
    return told
