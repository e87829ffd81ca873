"""Django's Valkey cache that nothing depends on: while the server is away every question is a miss."""

from collections.abc import Iterable, Mapping
from typing import Any  # Any: cached values are open by nature

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache

from web.valkey import WAIT_SECONDS, Breaker

Version = int | None


class ForgivingRedisCache(RedisCache):
    """A miss instead of an error. After a failure nothing is asked for a second."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        waits = {"socket_connect_timeout": WAIT_SECONDS, "socket_timeout": WAIT_SECONDS}
        super().__init__(server, {**params, "OPTIONS": {**waits, **params.get("OPTIONS", {})}})
        self._breaker = Breaker()

    def get(self, key: Any, default: Any = None, version: Version = None) -> Any:
        return self._breaker.ask(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def get_many(self, keys: Iterable[Any], version: Version = None) -> dict[Any, Any]:
        return self._breaker.ask(lambda: super(ForgivingRedisCache, self).get_many(list(keys), version), {})

    def has_key(self, key: Any, version: Version = None) -> bool:
        return self._breaker.ask(lambda: super(ForgivingRedisCache, self).has_key(key, version), False)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Version = None) -> bool:
        """True while the server is away: who takes a lock with this (allauth's limits do) must get through."""
        return self._breaker.ask(lambda: super(ForgivingRedisCache, self).add(key, value, timeout, version), True)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Version = None) -> None:
        self._breaker.ask(lambda: super(ForgivingRedisCache, self).set(key, value, timeout, version), None)

    def set_many(self, data: Mapping[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Version = None) -> list[Any]:
        given = dict(data)
        return self._breaker.ask(lambda: super(ForgivingRedisCache, self).set_many(given, timeout, version), [*given])

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Version = None) -> bool:
        return self._breaker.ask(lambda: super(ForgivingRedisCache, self).touch(key, timeout, version), False)

    def delete(self, key: Any, version: Version = None) -> bool:
        return self._breaker.ask(lambda: super(ForgivingRedisCache, self).delete(key, version), False)

    def delete_many(self, keys: Iterable[Any], version: Version = None) -> None:
        self._breaker.ask(lambda: super(ForgivingRedisCache, self).delete_many(list(keys), version), None)

    def incr(self, key: Any, delta: int = 1, version: Version = None) -> int:
        """Raises `ValueError` for a missing key, and for every key while the server is away."""
        count = self._breaker.ask(lambda: super(ForgivingRedisCache, self).incr(key, delta, version), None)
        if count is None:
            raise ValueError(f"Key {key!r} not found")
        return count

    def clear(self) -> None:
        self._breaker.ask(lambda: super(ForgivingRedisCache, self).clear(), None)
