"""What pages told reaches the log once, whatever dies on the way; what Valkey loses costs nobody anything."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from search.signals import tasks
from search.signals.codec import BadReport, decode_report, encode_report
from search.signals.contracts import EventKind, Report
from search.signals.selectors import list_events
from search.signals.services import buffering, count_waiting, push_report
from tests.conftest import Clock
from tests.search.signals.conftest import person, report

VIEWED = EventKind.VIEWED
Listings = Callable[..., list[int]]


@pytest.fixture
def valkey(stream: str) -> Iterator[Redis]:
    client = Redis.from_url(configured.REDIS_URL)
    yield client
    client.close()


def test_what_waits_is_written_once_and_dropped(valkey: Redis, make_listings: Listings, clock: Clock) -> None:
    cups = make_listings(3)
    for cup in cups:
        push_report(valkey, report(clock.now, person(1), (VIEWED, cup, None), query="杯", language="zh-hans"))
    assert count_waiting(valkey) == 3
    assert tasks.take_in(clock.now) == 3
    assert tasks.take_in(clock.now) == 0 == count_waiting(valkey)
    assert [(event.listing_id, event.at, event.query) for event in list_events()] == [
        (cup, clock.now, "杯") for cup in cups
    ]


def test_a_worker_that_dies_before_dropping_writes_nothing_twice(
    valkey: Redis, make_listings: Listings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cup,) = make_listings(1)
    push_report(valkey, report(clock.now, person(1), (VIEWED, cup, None)))

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(tasks, "drop_entries", die)
        tasks.take_in(clock.now)
    assert len(list_events()) == 1 == count_waiting(valkey)
    assert tasks.take_in(clock.now) == 1
    assert len(list_events()) == 1 and count_waiting(valkey) == 0


def test_two_workers_with_the_same_entries_write_each_once(
    valkey: Redis, make_listings: Listings, clock: Clock
) -> None:
    (cup,) = make_listings(1)
    push_report(valkey, report(clock.now, person(1), (VIEWED, cup, None)))
    entries = buffering.list_waiting(valkey, limit=10)
    assert tasks.take_in(clock.now) == 1
    tasks.record_reports(reports=[told for _, told in entries if told], now=clock.now)
    buffering.drop_entries(valkey, [entry_id for entry_id, _ in entries])
    assert len(list_events()) == 1


def test_what_cannot_be_read_holds_nothing_up(valkey: Redis, make_listings: Listings, clock: Clock) -> None:
    (cup,) = make_listings(1)
    for rubbish in (b"", b"{", b"[1]", b'["t",9e99,"","","",null,null,[["viewed",1,1]]]', b"\xff"):
        valkey.xadd(buffering.STREAM, {b"r": rubbish})
    valkey.xadd(buffering.STREAM, {b"other": b"x"})
    push_report(valkey, report(clock.now, "", (VIEWED, cup, None), token="a-good-token"))
    assert tasks.take_in(clock.now) == 7
    assert len(list_events()) == 1 and count_waiting(valkey) == 0


def test_more_than_may_wait_pushes_out_the_oldest(valkey: Redis, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffering, "MOST_WAITING", 100)
    for number in range(1_000):
        push_report(valkey, report(clock.now, "", (VIEWED, number, None)))
    assert 100 <= count_waiting(valkey) < 400
    newest = valkey.xrevrange(buffering.STREAM, count=1)[0][1]
    assert decode_report(newest[b"r"]).sightings[0].listing_id == 999


def test_without_valkey_nothing_is_taken_in_and_nothing_fails(settings: Any, clock: Clock) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert tasks.take_in(clock.now) == 0


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reading_fail(encoded: bytes) -> None:
    with contextlib.suppress(BadReport):
        assert isinstance(decode_report(encoded), Report)


@given(st.integers(0, 2**53 - 1), st.integers(1, 2400), st.text(max_size=60))
def test_a_report_comes_back_as_it_was(listing_id: int, position: int, query: str) -> None:
    told = report(Clock().now, person(3), (EventKind.SHOWN, listing_id, position), query=query, total=4, token="t" * 9)
    assert decode_report(encode_report(told)) == told
