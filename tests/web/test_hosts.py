"""The four kinds of host, and everything that is none of them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from market.shops.contracts import HostKind, ShopContext
from market.shops.services import suspend_shop
from web.middleware.hosts import HostMiddleware, host_name
from web.middleware.request_id import RequestIdMiddleware

pytestmark = pytest.mark.django_db


def _resolve(host: str) -> tuple[HttpRequest, HttpResponse]:
    seen: list[HttpRequest] = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse("ok")

    request = RequestFactory().get("/", headers={"Host": host})
    response = HostMiddleware(answer)(request)
    return (seen[0] if seen else request), response


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        (settings.MARKET_HOST, HostKind.MARKET),
        (settings.PORTAL_HOST, HostKind.PORTAL),
        (settings.CONSOLE_HOST, HostKind.CONSOLE),
    ],
)
def test_a_platform_host_gets_its_own_addresses(host: str, kind: HostKind) -> None:
    request, response = _resolve(f"{host.upper()}:8000")
    assert response.status_code == 200
    assert request.host_context.kind is kind  # type: ignore[attr-defined]
    assert request.urlconf == settings.URLCONFS[kind.value]
    assert request.shop is None  # type: ignore[attr-defined]


def test_a_shops_host_brings_its_shop(shop_a: ShopContext) -> None:
    request, _ = _resolve(f"{shop_a.slug}.{settings.MARKET_HOST}")
    assert request.shop == shop_a  # type: ignore[attr-defined]
    assert request.urlconf == "config.urls.shop"


def test_a_suspended_shop_is_gone_at_once(shop_a: ShopContext, clock: Any) -> None:
    host = f"{shop_a.slug}.{settings.MARKET_HOST}"
    assert _resolve(host)[1].status_code == 200
    suspend_shop(shop_id=shop_a.shop_id, actor_id=1, reason="test", now=clock.now)
    assert _resolve(host)[1].status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "nobody.jishi.localhost", "127.0.0.1:8000", "", "[::1]:8000"])
def test_any_other_host_is_misdirected(compiled: None, host: str) -> None:
    _, response = _resolve(host)
    assert response.status_code == 421
    assert "这个地址没有店铺" in response.content.decode()


def test_a_misdirected_page_leads_to_the_marketplace(compiled: None) -> None:
    html = _resolve("evil.example")[1].content.decode()
    assert "evil.example" not in html
    assert f'href="{settings.SCHEME}://{settings.MARKET_HOST}:' in html or 'href="/"' in html


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_health_is_answered_on_any_host(path: str) -> None:
    response = Client(headers={"Host": "10.0.0.7:8000"}).get(path)
    assert response.status_code in (200, 503)
    assert response["Cache-Control"] == "no-store"


def test_alive_asks_no_database(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/health").json() == {"status": "alive"}


def test_ready_names_what_is_degraded_and_stays_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.health.breaker.ask", lambda question, otherwise: otherwise)
    response = Client().get("/ready")
    assert response.status_code == 200
    assert response.json() == {"status": "degraded", "database": "ok", "valkey": "unreachable"}


def test_a_process_without_its_database_is_alive_but_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(connection: Any) -> Any:
        raise OperationalError("connection refused")

    monkeypatch.setattr("web.health._migrated", False)
    monkeypatch.setattr("web.health.MigrationExecutor", away)
    response = Client().get("/ready")
    assert (response.status_code, response.json()["database"]) == (503, "unreachable")
    assert Client().get("/health").status_code == 200


def test_a_host_costs_one_statement_once_it_is_known(django_assert_num_queries: Callable[..., Any]) -> None:
    _resolve(settings.MARKET_HOST)
    with django_assert_num_queries(1):
        _resolve(settings.MARKET_HOST)


@pytest.mark.parametrize(("header", "name"), [("Jishi.LOCALHOST:80", "jishi.localhost"), ("[::1]:80", "[::1]")])
def test_a_host_name_has_no_port_and_no_capitals(header: str, name: str) -> None:
    assert host_name(RequestFactory().get("/", headers={"Host": header})) == name


@pytest.mark.parametrize(
    ("given", "kept"), [("abcdef12-3456", True), ("x", False), ("a b\nc" * 5, False), ("a" * 65, False), ("", False)]
)
def test_a_request_id_is_kept_when_it_is_harmless(given: str, kept: bool) -> None:
    middleware = RequestIdMiddleware(lambda request: HttpResponse(request.request_id))  # type: ignore[attr-defined]
    response = middleware(RequestFactory().get("/static/x", headers={"X-Request-ID": given}))
    assert (response["X-Request-ID"] == given) is kept
    assert response.content.decode() == response["X-Request-ID"]


def test_the_access_line_holds_ids_and_no_query(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[dict[str, Any]] = []
    monkeypatch.setattr("web.middleware.request_id.log.info", lambda event, **line: lines.append(line))
    RequestIdMiddleware(lambda request: HttpResponse())(RequestFactory().get("/search?q=secret"))
    assert set(lines[0]) == {"method", "path", "status", "ms", "host", "slow"}
    assert "secret" not in json.dumps(lines)
