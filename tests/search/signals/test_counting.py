"""Counts are what the log says, each event once, however often and by how many they are made."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connections
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.settlement.services.days import business_date
from search.signals.contracts import EventKind, SearchEvent
from search.signals.models import ListingDay, PairDay, PositionDay, QueryDay
from search.signals.rules.clicks import weigh_position
from search.signals.rules.counting import OFFER_MEASURES, QUERY_MEASURES, Deed, add_up
from search.signals.selectors import (
    list_events,
    list_hot_words,
    list_listing_figures,
    list_pair_figures,
    list_positions,
    list_queries,
    list_unanswered,
    map_lifts,
    sum_days,
)
from search.signals.services import count_events, counting, read_on, record_reports
from tests.conftest import Clock
from tests.search.signals.conftest import person, report

SEARCHED, SHOWN, CLICKED = EventKind.SEARCHED, EventKind.SHOWN, EventKind.CLICKED
VIEWED, CARTED, BOUGHT = EventKind.VIEWED, EventKind.CARTED, EventKind.BOUGHT
Listings = Callable[..., list[int]]


def recount(events: list[SearchEvent]) -> dict[str, Counter[Any]]:
    """The counts by brute force: sets of visitors, from the meaning of each number."""
    found: dict[str, Counter[Any]] = {"listing": Counter(), "pair": Counter(), "query": Counter()}
    sets: dict[tuple[Any, ...], set[Any]] = {}
    for event in events:
        day = business_date(event.at)
        if event.kind is SEARCHED:
            found["query"][(event.query, day, "searches")] += 1
            found["query"][(event.query, day, "nothing_found")] += event.total == 0
        if event.visitor is None:
            continue
        for name, kinds in OFFER_MEASURES.items():
            if event.listing_id and event.kind in kinds:
                sets.setdefault(("offer", day, name, event.query, event.listing_id), set()).add(event.visitor)
        for name, kinds in QUERY_MEASURES.items():
            if event.query and event.kind in kinds:
                sets.setdefault(("query", day, name, event.query), set()).add(event.visitor)
    for (what, day, name, query, *listing), visitors in sets.items():
        if what == "query":
            found["query"][(query, day, name)] += len(visitors)
            continue
        found["listing"][(listing[0], day, name)] += len(visitors)
        if query:
            found["pair"][(query, listing[0], day, name)] += len(visitors)
    return {name: +counter for name, counter in found.items()}


def read_counts() -> dict[str, Counter[Any]]:
    """The counts as they stand in the tables."""
    found: dict[str, Counter[Any]] = {"listing": Counter(), "pair": Counter(), "query": Counter()}
    for row in ListingDay.objects.all():
        found["listing"].update({(row.listing_id, row.day, name): getattr(row, name) for name in OFFER_MEASURES})
    for pair in PairDay.objects.select_related("query"):
        key = (pair.query.key, pair.listing_id, pair.day)
        found["pair"].update({(*key, name): getattr(pair, name) for name in OFFER_MEASURES})
    for asked in QueryDay.objects.select_related("query"):
        names = ("searches", "nothing_found", *QUERY_MEASURES)
        found["query"].update({(asked.query.key, asked.day, name): getattr(asked, name) for name in names})
    return {name: +counter for name, counter in found.items()}


def tell_at_random(listings: list[int], clock: Clock, *, seed: int, times: int) -> None:
    """What a few people do with a few queries over some days, repeats and strangers among it."""
    chance = random.Random(seed)
    for _ in range(times):
        clock.move(minutes=chance.randrange(1, 600))
        query = chance.choice(["", "杯", "碗", "mug"])
        who = chance.choice(["", *(person(number) for number in range(4))])
        sights: list[Any] = [
            (chance.choice([SHOWN, SHOWN, CLICKED, VIEWED, CARTED, BOUGHT]), chance.choice(listings), place)
            for place in range(1, chance.randrange(2, 6))
        ]
        if query:
            sights.append((SEARCHED, None, None))
        told = report(clock.now, who, *sights, query=query, total=chance.choice([0, 3, None]))
        record_reports(reports=[told] * chance.randrange(1, 3), now=clock.now)


@pytest.mark.parametrize("limit", [1, 7, 5_000])
def test_counts_equal_a_recount_whatever_the_batches(make_listings: Listings, clock: Clock, limit: int) -> None:
    listings = make_listings(4)
    for part in range(3):
        tell_at_random(listings, clock, seed=part, times=25)
        while count_events(limit=limit):
            pass
    assert read_counts() == recount(list_events(limit=10_000))
    assert read_counts()["pair"]


def test_two_counters_at_once_count_each_event_once(committed_db: None, make_listings: Listings, clock: Clock) -> None:
    listings = make_listings(4)
    failures: list[BaseException] = []
    done = threading.Event()

    def go(act: Callable[[], object]) -> None:
        try:
            while not done.is_set():
                act()
        except BaseException as error:
            failures.append(error)
        finally:
            connections.close_all()

    counters = [threading.Thread(target=go, args=(lambda: count_events(limit=11),)) for _ in range(3)]
    for thread in counters:
        thread.start()
    writers = [
        threading.Thread(target=lambda seed=seed: (tell_at_random(listings, Clock(), seed=seed, times=40),
                                                   connections.close_all()))
        for seed in range(3)
    ]  # fmt: skip
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in counters:
        thread.join()
    while count_events():
        pass
    assert not failures
    assert read_counts() == recount(list_events(limit=10_000))


def test_a_count_that_breaks_off_leaves_nothing_and_goes_on(
    make_listings: Listings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_at_random(make_listings(3), clock, seed=1, times=20)
    whole = counting._add

    def break_at_the_end(model: Any, keys: Any, tallies: Any) -> None:
        whole(model, keys, tallies)
        if model is PositionDay:
            raise KeyboardInterrupt

    monkeypatch.setattr(counting, "_add", break_at_the_end)
    with pytest.raises(KeyboardInterrupt):
        count_events()
    assert not QueryDay.objects.exists() and not ListingDay.objects.exists()
    monkeypatch.undo()
    assert count_events() > 0 and count_events() == 0
    assert read_counts() == recount(list_events(limit=10_000))


def test_a_reader_gets_each_event_once_and_again_after_a_failure(make_listings: Listings, clock: Clock) -> None:
    tell_at_random(make_listings(2), clock, seed=2, times=12)
    got: list[int] = []

    def fail(events: Any) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        read_on(reader="test", take=fail)
    while read_on(reader="test", take=lambda events: got.extend(event.event_id for event in events), limit=5):
        pass
    assert got == [event.event_id for event in list_events(limit=1_000)]


_deeds = st.builds(
    Deed,
    kind=st.sampled_from(EventKind),
    visitor=st.sampled_from([None, *(person_id for person_id in map(str, range(3)))]),  # type: ignore[arg-type]
    day=st.sampled_from([date(2026, 11, 22), date(2026, 11, 23)]),
    query_id=st.sampled_from([None, 1, 2]),
    listing_id=st.sampled_from([None, 5, 6]),
    position=st.integers(1, 40),
    total=st.sampled_from([None, 0, 9]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_deeds, max_size=40), st.integers(0, 40))
def test_adding_up_in_two_batches_is_adding_up_in_one(deeds: list[Deed], cut: int) -> None:
    whole = add_up(deeds, before=[])
    first, second = add_up(deeds[:cut], before=[]), add_up(deeds[cut:], before=deeds[:cut])
    for name in ("queries", "listings", "pairs", "positions"):
        summed: dict[Any, Counter[str]] = {}
        for part in (getattr(first, name), getattr(second, name)):
            for key, tally in part.items():
                summed.setdefault(key, Counter()).update(tally)
        assert {key: +tally for key, tally in summed.items()} == {
            key: +Counter(tally) for key, tally in getattr(whole, name).items()
        }


def test_selectors_say_what_was_done(make_listings: Listings, clock: Clock) -> None:
    cup, bowl = make_listings(2)
    today = business_date(clock.now)
    told = [
        *(report(clock.now, person(n), (SEARCHED, None, None), query="杯", total=2) for n in range(6)),
        *(report(clock.now, person(n), (SHOWN, cup, 1), (SHOWN, bowl, 2), query="杯") for n in range(6)),
        *(report(clock.now, person(n), (CLICKED, bowl, 2), query="杯") for n in range(3)),
        *(report(clock.now, person(0), (SEARCHED, None, None), query="quux", total=0) for _ in range(9)),
        report(clock.now, "", (SEARCHED, None, None), query="quux", total=0),
        report(clock.now, person(1), (BOUGHT, bowl, None)),
    ]
    record_reports(reports=told, now=clock.now)
    count_events()
    span = {"since": today - timedelta(days=6), "until": today}
    top = list_queries(**span)
    assert [(figures.query, figures.searches, figures.visitors, figures.clickers) for figures in top] == [
        ("杯", 6, 6, 3),
        ("quux", 10, 1, 0),
    ]
    assert top[0].click_through_bps == 5_000 and top[0].buyers == 1
    assert [figures.query for figures in list_queries(**span, visitors_at_least=2)] == ["杯"]
    assert [(figures.query, figures.nothing_found) for figures in list_unanswered(**span)] == [("quux", 10)]
    assert [hot.query for hot in list_hot_words(today=today)] == ["杯"]
    seen = {figures.listing_id: figures for figures in list_pair_figures(query="杯", **span)}
    assert (seen[bowl].shown, seen[bowl].clicked, seen[bowl].bought) == (6, 3, 1)
    assert seen[bowl].examined == pytest.approx(6 * weigh_position(2) / 10_000)
    assert list_listing_figures(**span) == sorted(seen.values(), key=lambda figures: figures.listing_id)
    assert list_listing_figures(**span, listing_ids=[cup]) == [seen[cup]]
    assert [(place.position, place.click_through) for place in list_positions(**span)] == [(1, 0.0), (2, 0.5)]
    days = sum_days(**span)
    assert len(days) == 7 and (days[-1].searches, days[-1].nothing_found, days[0].searches) == (16, 10, 0)


def test_one_person_or_a_program_makes_no_word_hot(make_listings: Listings, clock: Clock) -> None:
    for _ in range(6):
        told = [report(clock.now, who, (SEARCHED, None, None), query="spam", total=1) for who in ("", person(1)) * 30]
        record_reports(reports=told, now=clock.now)
        clock.move(days=1)
    count_events()
    assert list_queries(since=date(2026, 1, 1), until=date(2027, 1, 1))[0].searches == 360
    assert list_hot_words(today=business_date(clock.now)) == []


def test_the_newest_days_make_a_word_hottest(db: None, clock: Clock) -> None:
    for query, people in (("旧", 9), ("新", 6)):
        told = [report(clock.now, person(n), (SEARCHED, None, None), query=query, total=1) for n in range(people)]
        record_reports(reports=told, now=clock.now)
        clock.move(days=3)
    count_events()
    assert [hot.query for hot in list_hot_words(today=business_date(clock.now - timedelta(days=3)))] == ["新", "旧"]


def test_offers_that_are_opened_more_than_their_places_explain_are_lifted(
    make_listings: Listings, clock: Clock
) -> None:
    liked, usual, unseen = make_listings(3)
    told = [report(clock.now, person(n), (SHOWN, usual, 1), (SHOWN, liked, 9), query="杯") for n in range(60)]
    told += [report(clock.now, person(n), (CLICKED, usual, 1), query="杯") for n in range(6)]
    told += [report(clock.now, person(n), (CLICKED, liked, 9), query="杯") for n in range(6)]
    told.append(report(clock.now, person(1), (BOUGHT, unseen, None)))
    record_reports(reports=told, now=clock.now)
    count_events()
    today = business_date(clock.now)
    lifts = map_lifts(since=today, until=today)
    assert lifts.keys() == {liked, usual}
    assert lifts[usual] < 10_000 < lifts[liked] <= 20_000
    assert map_lifts(since=today - timedelta(days=9), until=today - timedelta(days=1)) == {}
