"""A database of a measurement's own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from tests import databases


@contextmanager
def fresh_database() -> Iterator[str]:
    """A clone of the tests' template that every new connection of this process uses meanwhile. Yields its name."""
    name = f"jishi_c_{os.getpid()}_bench"
    databases.clone(databases.ensure_template(), name)
    try:
        with connected_to(name):
            yield name
    finally:
        databases.drop(name)


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Django's connections lead to this database meanwhile."""
    before = connections["default"].settings_dict["NAME"]
    _use(name)
    try:
        yield
    finally:
        _use(before)


def _use(name: str) -> None:
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = name
    connections.settings["default"]["NAME"] = name
