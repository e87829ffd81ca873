"""A cache that nothing depends on."""

from collections.abc import Iterator
from typing import Any

import pytest
from redis.exceptions import ConnectionError as Unreachable

from web.cache import ForgivingRedisCache

AWAY = "redis://127.0.0.1:1/0"


@pytest.fixture
def away() -> ForgivingRedisCache:
    """A cache whose server does not exist."""
    return ForgivingRedisCache(AWAY, {})


@pytest.fixture
def cache(valkey_server: None, settings: Any) -> Iterator[ForgivingRedisCache]:
    here = ForgivingRedisCache(settings.REDIS_URL, {"KEY_PREFIX": "test-web"})
    yield here
    here.delete_many(["a", "b", "n"])


def test_every_question_is_a_miss_while_the_server_is_away(away: ForgivingRedisCache) -> None:
    assert away.get("a", "nothing") == "nothing"
    assert away.get_many(["a", "b"]) == {}
    assert away.has_key("a") is False
    assert away.add("a", 1) is True  # a lock must let its owner through
    assert away.set_many({"a": 1}) == ["a"]
    assert away.touch("a") is False
    assert away.delete("a") is False
    assert away.get_or_set("a", lambda: "made") == "made"
    away.set("a", 1)
    away.delete_many(["a"])
    away.clear()
    with pytest.raises(ValueError, match="not found"):
        away.incr("a")


def test_a_dead_server_is_asked_once_and_not_once_a_question(
    away: ForgivingRedisCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def refuse(*arguments: Any, **more: Any) -> Any:
        asked.append(1)
        raise Unreachable

    monkeypatch.setattr(away._cache, "get_client", refuse)
    for _ in range(20):
        away.get("a")
    assert len(asked) == 1


def test_an_error_of_ours_is_not_forgiven(away: ForgivingRedisCache, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*arguments: Any, **more: Any) -> Any:
        raise TypeError("ours")

    monkeypatch.setattr(away._cache, "get_client", wrong)
    with pytest.raises(TypeError, match="ours"):
        away.get("a")


def test_a_value_comes_back_while_the_server_is_there(cache: ForgivingRedisCache) -> None:
    cache.set("a", {"b": [1, 2]}, 30)
    assert cache.get("a") == {"b": [1, 2]}
    assert cache.set_many({"a": 1, "b": 2}, 30) == []
    assert cache.get_many(["a", "b"]) == {"a": 1, "b": 2}
    cache.set("n", 1, 30)
    assert cache.incr("n", 2) == 3
    assert cache.add("n", 9) is False
    assert cache.delete("n") is True
    with pytest.raises(ValueError, match="not found"):
        cache.incr("n")
