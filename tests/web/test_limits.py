"""Rate limits: real Valkey where there is one, and nobody held up where there is none."""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from redis.exceptions import ConnectionError as Unreachable

from web import valkey
from web.middleware import limits
from web.middleware.limits import READS, SIGN_INS, WRITES, Limit, LimitsMiddleware, choose_limit, find_address

_names = itertools.count()


@pytest.fixture
def keys() -> Iterator[list[str]]:
    own = [f"limit:test:{time.time_ns()}:{next(_names)}"]
    yield own
    valkey.breaker.ask(lambda: valkey.client().delete(*own), None)


def test_a_bucket_gives_its_burst_then_says_how_long_to_wait(valkey_server: None, keys: list[str]) -> None:
    limit, now = Limit("test", burst=3, per_minute=6), time.time()
    assert [limits.take_token(keys, limit, now=now) for _ in range(4)] == [0, 0, 0, 10]


def test_a_bucket_fills_again_with_time_and_never_over_its_size(valkey_server: None, keys: list[str]) -> None:
    limit, now = Limit("test", burst=2, per_minute=60), time.time()
    for _ in range(3):
        limits.take_token(keys, limit, now=now)
    assert limits.take_token(keys, limit, now=now + 1) == 0
    later = [limits.take_token(keys, limit, now=now + 1000) for _ in range(3)]
    assert later == [0, 0, 1]


def test_a_clock_that_goes_back_gives_nothing_away(valkey_server: None, keys: list[str]) -> None:
    limit, now = Limit("test", burst=1, per_minute=60), time.time()
    assert limits.take_token(keys, limit, now=now) == 0
    assert limits.take_token(keys, limit, now=now - 500) > 0


def test_without_valkey_nobody_is_held_up_and_it_is_asked_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def away() -> Any:
        asked.append(1)
        raise Unreachable

    monkeypatch.setattr(limits, "client", away)
    monkeypatch.setattr(limits, "breaker", valkey.Breaker(pause_seconds=60))
    assert [limits.take_token(["k"], WRITES, now=0.0) for _ in range(5)] == [0] * 5
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("GET", "/accounts/login/", READS),
        ("POST", "/accounts/login/", SIGN_INS),
        ("POST", "/accounts/two-factor/authenticate/", SIGN_INS),
        ("POST", "/cart/", WRITES),
        ("DELETE", "/api/v1/cart/1", WRITES),
    ],
)
def test_reads_are_generous_and_sign_in_least(method: str, path: str, limit: Limit) -> None:
    assert choose_limit(RequestFactory().generic(method, path)) is limit


def test_an_address_is_never_kept_in_the_clear() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9")
    assert all("203.0.113" not in key for key in limits.list_keys(request, READS))


def test_a_forwarded_address_counts_only_behind_our_own_proxies() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
    assert find_address(request) == "10.0.0.1"
    with override_settings(PROXIES=1):
        assert find_address(request) == "203.0.113.9"
    with override_settings(PROXIES=3):
        assert find_address(request) == "10.0.0.1"


def test_limits_and_signing_in_count_the_same_proxies() -> None:
    said = [sys.executable, "-c", "from config import settings as s; print(s.PROXIES, s.ALLAUTH_TRUSTED_PROXY_COUNT)"]
    environment = {**os.environ, "JISHI_TRUSTED_PROXIES": "2"}
    done = subprocess.run(said, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "2 2\n"


@override_settings(RATE_LIMITS_ON=True)
@pytest.mark.parametrize(("path", "kind"), [("/cart/", "text/html"), ("/api/v1/cart", "application/problem+json")])
def test_who_asks_too_much_is_told_when_to_come_back(
    compiled: None, monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    monkeypatch.setattr(limits, "take_token", lambda *arguments, **more: 7)
    response = LimitsMiddleware(lambda request: HttpResponse())(RequestFactory().post(path))
    assert response.status_code == 429
    assert response["Retry-After"] == "7"
    assert response["Content-Type"].startswith(kind)


@override_settings(RATE_LIMITS_ON=True)
def test_a_webhook_is_never_limited_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "take_token", lambda *arguments, **more: 7)
    response = LimitsMiddleware(lambda request: HttpResponse())(RequestFactory().post("/webhooks/wechatpay/"))
    assert response.status_code == 200


def test_every_request_has_a_deadline() -> None:
    seen: list[float] = []

    def answer(request: Any) -> HttpResponse:
        seen.append(request.deadline - time.monotonic())
        return HttpResponse()

    with override_settings(RATE_LIMITS_ON=False):
        LimitsMiddleware(answer)(RequestFactory().get("/"))
    assert 0 < seen[0] <= settings.REQUEST_SECONDS
