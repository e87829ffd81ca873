"""The engine of this installation. Only the chosen backend is imported: an engine's client is large."""

from functools import lru_cache
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings

from search.listings.contracts import Engine, Indexes
from search.listings.engines.guarded import GuardedEngine


class Backend(Protocol):
    """What the module that `settings.SEARCH_BACKEND` names has."""

    def find_place(self) -> str:
        """Where the settings say that the indexes are; tells two installations apart."""
        ...

    def open_engine(self) -> Engine:
        """A reader of the indexes, safe to share between threads."""
        ...

    def open_indexes(self) -> Indexes:
        """What the indexer opens and builds."""
        ...


def get_engine() -> Engine:
    """One engine a process, behind a circuit breaker."""
    return _open_engine(settings.SEARCH_BACKEND, _load_backend().find_place())


def get_indexes() -> Indexes:
    """This installation's indexes, for the one process that writes them."""
    return _load_backend().open_indexes()


@lru_cache(maxsize=4)
def _open_engine(backend: str, place: str) -> Engine:
    del backend, place  # they are the key
    return GuardedEngine(_load_backend().open_engine(), slow_seconds=settings.SEARCH_ENGINE_TIMEOUT_SECONDS)


def _load_backend() -> Backend:
    return cast(Backend, import_module(settings.SEARCH_BACKEND))
