"""Sentences of ours that are kept, in every language that somebody reads here.

What runs in the background, or for somebody else, has no language of its own. What
people write stays as they wrote it.
"""

import re

# of a language: en_US, es_419, sr@latin
CODE = re.compile(r"[a-z]{2,3}(_[A-Z0-9]{2,3})?(@\w+)?")


def in_all_languages(records, text):
    """Return what a sentence of ours says: ``{code of a language: text}``.

    :param records: records of any model, for their environment
    :param text: a function of an environment that returns the sentence
    """
    env = records.env
    codes = [code for code, _name in env["res.lang"].get_installed()]
    return {code: text(env(context={**env.context, "lang": code})) for code in codes}


def in_language(env, said):
    """Return what the reader gets of a text that is kept: theirs, or the only one."""
    if not is_said(said):
        return said
    return said.get(env.lang) or said.get("en_US") or next(iter(said.values()), "")


def is_said(value):
    """Tell whether a value that is kept is a text in languages, not other data."""
    return (
        isinstance(value, dict)
        and all(map(CODE.fullmatch, value))
        and all(isinstance(text, str) for text in value.values())
    )
