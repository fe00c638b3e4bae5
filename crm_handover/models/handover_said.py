"""Sentences of ours that are kept, in every language that somebody reads here.

What runs in the background, or for somebody else, has no language of its own. What
people write stays as they wrote it.
"""

import re
from collections.abc import Hashable
from types import FunctionType

from odoo.models import BaseModel

from ..word_texts import sentences

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


class Sentence(str):
    """A sentence of ours in one language, which can be said in every other.

    What goes over the wire is ``str()`` of it.
    """

    def __new__(cls, env, say):
        """Say it in the language of ``env``.

        :param say: a function of an environment that returns the sentence
        """
        sentence = super().__new__(cls, say(env))
        sentence.say = say
        return sentence

    @property
    def cause(self):
        """What sentences have in common that are one in every language."""
        return _captured(self.say), str(self)


def _captured(function):
    """Return what tells a function, and what it says, from all others."""
    cells = (cell.cell_contents for cell in function.__closure__ or ())
    values = (*cells, *(function.__defaults__ or ()))
    return function.__code__, *map(_comparable, values)


def _comparable(value):
    """Return what can be looked up in the place of a value: by what it says."""
    if isinstance(value, Sentence):
        return value.cause
    if isinstance(value, BaseModel):
        return value._name, value._ids
    if isinstance(value, FunctionType):
        return _captured(value)
    if isinstance(value, tuple):
        return tuple(map(_comparable, value))
    # what can change is nothing but itself
    return value if isinstance(value, Hashable) else id(value)


def said_in(env, text):
    """Return a text in the language of ``env``, where it is a sentence of ours."""
    return text.say(env) if isinstance(text, Sentence) else text


def joined(env, texts):
    """Return several texts as one; what is no sentence of ours stays as it is."""
    texts = tuple(text for text in texts if text)
    return Sentence(env, lambda env: sentences(env, (said_in(env, t) for t in texts)))


def in_words(records, text):
    """Return what is kept of a text: in every language, or the words that it came in.

    :return: ``{code of a language: text}``
    """
    if isinstance(text, Sentence):
        return in_all_languages(records, text.say)
    return {records.env.lang or "en_US": text}


def keep_said(records, results):
    """Add to results what they say in every language, once for all of one cause.

    What somebody else has said is there as it came.

    :param records: records of any model, whose environment has the language
    :param results: dictionaries with ``message``; ``said`` is added
    """
    known = {}
    for result in results:
        text = result.get("message")
        if not text or result.get("said"):
            continue
        cause = text.cause if isinstance(text, Sentence) else text
        if cause not in known:
            known[cause] = in_words(records, text)
        result["said"] = known[cause]


def is_said(value):
    """Tell whether a value that is kept is a text in languages, not other data."""
    return (
        isinstance(value, dict)
        and all(map(CODE.fullmatch, value))
        and all(isinstance(text, str) for text in value.values())
    )
