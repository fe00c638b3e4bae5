"""Odoo's caches between tests: only what a test may have changed is forgotten.

Odoo empties all of them after each test and each class, and the next one fills them
again: rules, rights, views, names of records. That was a third of the time. What they
hold stays true as long as nobody empties them: whoever writes what they are made of
does so, here as in production. Keys of records that were made and rolled back do not
come again.
"""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.orm.registry import Registry
from odoo.tests import TransactionCase
from odoo.tests.common import get_db_name

_set_up = TransactionCase.setUp
_set_up_class = TransactionCase.setUpClass.__func__
_clean_up_class = TransactionCase.doClassCleanups.__func__


class _Watch:
    """Which caches are emptied from now on."""

    def __init__(self, registry, already=()):
        self.registry = registry
        self.already = set(already)
        self.models = registry.registry_sequence
        self.sequences = dict(registry.cache_sequences)
        registry.cache_invalidated.clear()

    def emptied(self):
        """Return their names; what a test has signalled counts as well."""
        signalled = {
            name
            for name, number in self.registry.cache_sequences.items()
            if number != self.sequences.get(name)
        }
        return self.already | self.registry.cache_invalidated | signalled

    @contextmanager
    def instead_of_all(self):
        """Have these emptied again where all of them would be.

        All of them are where the models have changed, of which they tell.
        """
        empty_all = Registry.clear_all_caches

        def empty(registry):
            changed = registry.registry_sequence != self.models
            if changed or registry.registry_invalidated:
                empty_all(registry)
            elif names := self.emptied():
                registry.clear_cache(*names)
            registry.cache_invalidated.clear()

        with patch.object(Registry, "clear_all_caches", empty):
            yield


def _class_set_up(cls):
    cls.emptied = None
    cls.watch = _Watch(Registry(get_db_name()))
    _set_up_class(cls)


def _test_set_up(case):
    cls = type(case)
    if cls.emptied is None:
        # what the class itself has changed is true until it ends
        cls.emptied = cls.watch.emptied()
    with _Watch(case.registry).instead_of_all():
        _set_up(case)


def _class_clean_up(cls):
    watch = cls.watch
    watch.already.update(cls.emptied or ())
    with watch.instead_of_all():
        _clean_up_class(cls)


@contextmanager
def kept():
    """Have tests keep the caches that they have not changed."""
    with (
        patch.object(TransactionCase, "setUpClass", classmethod(_class_set_up)),
        patch.object(TransactionCase, "setUp", _test_set_up),
        patch.object(TransactionCase, "doClassCleanups", classmethod(_class_clean_up)),
    ):
        yield
