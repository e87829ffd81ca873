"""A database of a measurement's own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connections

from tests import databases


@contextmanager
def fresh_database(*, as_owner: bool = False, purpose: str = "bench") -> Iterator[str]:
    """A clone of the tests' template that every new connection of this process uses meanwhile. Yields its name.

    As the owner one may also add what another way of doing it needs, such as a column. Two at once have two purposes.
    """
    name = f"jishi_c_{os.getpid()}_{purpose}"
    databases.clone(databases.ensure_template(), name)
    try:
        with connected_to(name, as_owner=as_owner):
            yield name
    finally:
        databases.drop(name)


@contextmanager
def connected_to(name: str, *, as_owner: bool = False) -> Iterator[None]:
    """Django's connections lead to this database meanwhile."""
    settings = connections["default"].settings_dict
    before = {key: settings[key] for key in ("NAME", "USER", "PASSWORD")}
    owner = psycopg.conninfo.conninfo_to_dict(databases.owner_url(name))
    role = {"USER": owner.get("user", ""), "PASSWORD": owner.get("password", "")} if as_owner else {}
    _use({**before, "NAME": name, **role})
    try:
        yield
    finally:
        _use(before)


def _use(values: dict[str, str]) -> None:
    connections["default"].close()
    connections["default"].settings_dict.update(values)
    connections.settings["default"].update(values)
