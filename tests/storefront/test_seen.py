"""Pages tell search what visitors do: of those who may be counted, at no page's cost, and nothing raw."""

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from redis import Redis

from search.listings.engines.chosen import get_indexes
from search.listings.services.indexing import catch_up
from search.listings.services.running import open_index
from search.signals import tasks
from search.signals.contracts import EventKind, Report, SearchEvent
from search.signals.selectors import list_events
from search.signals.services import buffering, name_person
from search.signals.services.people import switch_interests
from storefront.browse import kept
from storefront.cart.owner import read_guest_key
from storefront.seen.outgoing import MOST_WAITING, Outgoing, outgoing
from tests.conftest import Clock
from tests.fixtures.api import MARKET, forget_everything, list_product, make_person
from tests.fixtures.statements import captured_statements
from web.middleware import limits
from web.valkey import Breaker

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
ORIGIN = f"http://{MARKET}"
TOKEN = "0123456789abcdef"


@pytest.fixture
def valkey(monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    """Valkey with a stream of the test's own."""
    client, name = Redis.from_url(configured.REDIS_URL), f"signals:test:{uuid.uuid4().hex}"
    monkeypatch.setattr(buffering, "STREAM", name)
    yield client
    outgoing.send()
    client.delete(name)
    client.close()


@pytest.fixture
def listing_id(shop_a: Any, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, valkey: Redis) -> int:
    """A cup that is found."""
    settings.INDEX_ROOT = tmp_path / "index"
    forget_everything(monkeypatch)
    kept._pages.forget()
    _, listing_id = list_product(shop_a, sku="CUP-1", title="马克杯")
    indexer, after = open_index(get_indexes(), rebuild=False, progress=lambda count: None)
    catch_up(indexer, after=after)
    indexer.close()
    return listing_id


def browser(**headers: str) -> Client:
    return Client(enforce_csrf_checks=True, headers={"host": MARKET, "user-agent": AGENT, **headers})


def beacon(client: Client, events: Any, *, token: Any = TOKEN, **more: Any) -> Any:
    """What the page's script sends."""
    headers = {"origin": ORIGIN, **more.pop("headers", {})}
    body = {"token": token, "query": "马克杯", "category": None, "events": events, **more}
    return client.post("/seen/", json.dumps(body), content_type="application/json", headers=headers)


def recorded() -> list[SearchEvent]:
    outgoing.send()
    tasks.take_in(Clock().now.replace(year=2020))
    return list_events()


def test_a_search_is_told_with_what_it_found_and_a_kept_page_costs_one_statement(
    listing_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    client.get("/search?q=马克杯")
    with captured_statements(monkeypatch) as seen:
        client.get("/search?q=马克杯")
    assert len(seen) == 1, seen
    client.get("/search?q=nowhere")
    events = recorded()
    assert [(event.kind, event.query, event.total) for event in events] == [
        (EventKind.SEARCHED, "马克杯", 1),
        (EventKind.SEARCHED, "马克杯", 1),
        (EventKind.SEARCHED, "nowhere", 0),
    ]
    assert {event.visitor for event in events} == {None}


@pytest.mark.parametrize(
    "path", ["/search", "/search?q=", "/search?q=杯&page=2", "/search?q=杯&stock=1", "/search?q=13800138000"]
)
def test_what_is_no_new_question_or_looks_personal_is_not_told(listing_id: int, path: str) -> None:
    browser().get(path)
    assert recorded() == []


def test_a_page_tells_what_was_seen_and_opened(listing_id: int) -> None:
    client = browser()
    assert beacon(client, [["shown", listing_id, 1]]).status_code == 204
    answer = beacon(client, [["clicked", listing_id, 1]])
    beacon(client, [["clicked", listing_id, 1]])
    assert answer.status_code == 204 and answer.content == b""
    events = recorded()
    assert [(event.kind, event.query, event.position) for event in events] == [
        (EventKind.SHOWN, "马克杯", 1),
        (EventKind.CLICKED, "马克杯", 1),
    ]
    assert events[0].visitor is None and events[1].visitor is not None


def test_the_first_report_brings_the_guest_s_cookie_and_no_other(listing_id: int) -> None:
    client = browser()
    answer = beacon(client, [["viewed", listing_id, None]])
    (cookie,) = answer.cookies.values()
    assert cookie.key == configured.GUEST_COOKIE_NAME and cookie["httponly"] and cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 30 * 86_400
    assert not beacon(client, [["viewed", listing_id, None]], token="f" * 16).cookies


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-gpc": "1"},
        {"dnt": "1"},
        {"user-agent": "Googlebot/2.1"},
        {"sec-purpose": "prefetch;prerender"},
        {"cookie": "interests=off"},
    ],
)
def test_who_must_not_be_counted_is_not_and_gets_no_cookie(listing_id: int, headers: dict[str, str]) -> None:
    client = browser(**headers)
    client.get("/search?q=马克杯")
    answer = beacon(client, [["viewed", listing_id, None]])
    assert answer.status_code == 204 and not answer.cookies
    assert recorded() == []


def test_a_member_who_said_no_on_another_device_is_not_counted(listing_id: int, clock: Clock) -> None:
    person = make_person()
    client = browser()
    client.force_login(get_user_model().objects.get(pk=person.user_id))
    beacon(client, [["viewed", listing_id, None]])
    assert len(recorded()) == 1
    switch_interests(person=name_person(user_id=person.user_id), is_on=False, now=clock.now)
    assert list_events() == []
    beacon(client, [["viewed", listing_id, None]], token="f" * 16)
    assert recorded() == []


def test_a_guest_who_signs_in_keeps_what_the_click_was_of(listing_id: int, shop_a: Any) -> None:
    person, client = make_person(), browser()
    beacon(client, [["viewed", listing_id, None]])
    beacon(client, [["clicked", listing_id, 1]])
    before = recorded()[-1].visitor
    client.force_login(get_user_model().objects.get(pk=person.user_id))
    client.get("/account/")
    after = list_events()[-1].visitor
    assert after is not None and after != before
    assert configured.GUEST_COOKIE_NAME not in {k for k, v in client.cookies.items() if v.value}
    beacon(client, [["viewed", listing_id, None]], token="f" * 16, query="")
    last = recorded()[-1]
    assert (last.visitor, last.query, last.position) == (after, "马克杯", 1)


def test_what_goes_into_the_cart_comes_of_the_click(listing_id: int) -> None:
    client = Client(headers={"host": MARKET, "user-agent": AGENT})
    beacon(client, [["shown", listing_id, 1]])
    beacon(client, [["clicked", listing_id, 1]])
    client.post("/cart/add/", {"listing_id": listing_id, "quantity": "1", "add": "1"})
    last = recorded()[-1]
    assert (last.kind, last.query, last.position) == (EventKind.CARTED, "马克杯", 1)


def test_nothing_raw_is_kept_anywhere(listing_id: int, valkey: Redis) -> None:
    client = browser()
    beacon(client, [["viewed", listing_id, None]])
    guest_key = read_guest_key(client.get("/").wsgi_request)
    beacon(client, [["clicked", listing_id, 1]], query="call 13800138000 li@example.com")
    waiting = b"".join(fields[b"r"] for _, fields in valkey.xrange(buffering.STREAM))
    kept_rows = str([vars(row) for row in _rows()])
    recorded()
    kept_rows += str([vars(row) for row in _rows()])
    for raw in (guest_key, "127.0.0.1", "Mozilla", "13800138000", "example.com"):
        assert raw and raw.encode() not in waiting and raw not in kept_rows
    assert len(list_events()) == 2


def _rows() -> list[Any]:
    from django.apps import apps

    return [row for model in apps.get_app_config("signals").get_models() for row in model.objects.all()]


@pytest.mark.parametrize(
    ("status", "change"),
    [
        (405, lambda send: send(method="GET")),
        (403, lambda send: send(headers={"origin": "https://elsewhere.example"})),
        (403, lambda send: send(headers={"origin": "null"})),
        (403, lambda send: send(headers={"origin": "", "sec-fetch-site": "cross-site"})),
        (415, lambda send: send(content_type="text/plain")),
        (413, lambda send: send(b"[" + b"1," * 5_000)),
        (400, lambda send: send(b" ")),
        (400, lambda send: send(b"\xff\xfe")),
        (400, lambda send: send(b"[" * 4_000)),
        (400, lambda send: send(b"[]")),
        (400, lambda send: send(b'{"token": "0123456789abcdef", "events": []}')),
        (400, lambda send: send(b'{"token": "short", "events": [["shown", 1, 1]]}')),
        (400, lambda send: send(b'{"token": "0123456789abcdef", "events": [["bought", 1, 1]]}')),
        (400, lambda send: send(b'{"token": "0123456789abcdef", "events": [["shown", true, 1]]}')),
        (400, lambda send: send(b'{"token": "0123456789abcdef", "events": [["shown", 1e400, 1]]}')),
        (400, lambda send: send(b'{"token": "0123456789abcdef", "query": 5, "events": [["shown", 1, 1]]}')),
    ],
)
def test_what_is_no_report_is_refused_with_a_problem_and_leaves_nothing(
    listing_id: int, valkey: Redis, status: int, change: Callable[..., Any]
) -> None:
    def send(body: bytes = b"{}", *, method: str = "POST", headers: Any = None, **more: Any) -> Any:
        sent = {"origin": ORIGIN, **(headers or {})}
        more.setdefault("content_type", "application/json")
        return browser().generic(method, "/seen/", body, headers={k: v for k, v in sent.items() if v}, **more)

    answer = change(send)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json" and answer.json()["status"] == status
    assert not answer.cookies and not valkey.exists(buffering.STREAM)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
_report = st.fixed_dictionaries(
    {}, optional={"token": st.just(TOKEN) | _json, "query": st.text() | _json, "category": _json, "events": _json}
)


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120)
@given(_report | _json)
def test_whatever_comes_it_is_204_or_a_problem(listing_id: int, fields: Any) -> None:
    answer = browser().post("/seen/", json.dumps(fields), content_type="application/json", headers={"origin": ORIGIN})
    assert answer.status_code in (204, 400, 413)


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(max_size=150), st.integers(0, 2**53 - 1), st.integers(0, 2**53 - 1))
def test_whatever_is_told_can_be_written(listing_id: int, words: str, category: int, position: int) -> None:
    answer = beacon(
        browser(), [["shown", listing_id, position], ["viewed", category, position]], query=words, category=category
    )
    assert answer.status_code in (204, 413)
    recorded()


def test_without_valkey_pages_answer_as_ever(listing_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    away = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.05)
    for module in ("telling", "outgoing"):
        monkeypatch.setattr(f"storefront.seen.{module}.client", lambda: away)
        monkeypatch.setattr(f"storefront.seen.{module}.breaker", Breaker())
    assert browser().get("/search?q=马克杯").status_code == 200
    outgoing.send()
    assert beacon(browser(), [["viewed", listing_id, None]]).status_code == 204


def test_a_search_reaches_valkey_by_itself_and_what_waits_is_bounded(listing_id: int, valkey: Redis) -> None:
    browser().get("/search?q=马克杯")
    ends = time.monotonic() + 10
    while not valkey.exists(buffering.STREAM):
        assert time.monotonic() < ends
        time.sleep(0.02)
    held = Outgoing()
    held._started_in = os.getpid()  # nobody takes anything along
    for number in range(MOST_WAITING + 5):
        held.put(Report(f"report-{number}", timezone.now(), "", ()))
    assert len(held._waiting) == MOST_WAITING and held._waiting[0].token == "report-5"


def test_reports_are_limited_and_take_from_no_other_limit(
    listing_id: int, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RATE_LIMITS_ON = True
    monkeypatch.setattr(limits, "REPORTS", limits.Limit(f"report-{uuid.uuid4().hex}", burst=3, per_minute=1))
    client = Client(headers={"host": MARKET, "user-agent": AGENT}, REMOTE_ADDR="10.1.1.77")
    answers = [beacon(client, [["viewed", listing_id, None]]) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [204, 204, 204, 429]
    assert answers[-1]["Content-Type"] == "application/problem+json" and int(answers[-1]["Retry-After"]) > 0
    assert client.post("/cart/add/", {"listing_id": listing_id, "add": "1"}).status_code == 302
