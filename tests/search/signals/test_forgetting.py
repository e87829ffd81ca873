"""Nothing is kept longer than it may be."""

from collections.abc import Callable
from datetime import timedelta

from search.signals import tasks
from search.signals.contracts import EventKind
from search.signals.models import PairDay, Query, QueryDay, SearchEvent, VisitorSalt
from search.signals.selectors import list_own_events
from search.signals.services import record_reports
from search.signals.services.purging import COUNTS_KEPT
from search.signals.services.recording import KEPT
from tests.conftest import Clock
from tests.search.signals.conftest import person, report

Listings = Callable[..., list[int]]


def test_events_go_first_then_salts_then_counts_and_words(make_listings: Listings, clock: Clock) -> None:
    (cup,) = make_listings(1)
    record_reports(reports=[report(clock.now, person(1), (EventKind.CLICKED, cup, 1), query="杯")], now=clock.now)
    tasks.count(clock.now)
    assert tasks.purge(clock.now) == 0
    clock.move(seconds=KEPT.total_seconds())
    assert tasks.purge(clock.now) > 0
    assert not SearchEvent.objects.exists() and not PairDay.objects.exists()
    assert VisitorSalt.objects.exists() and QueryDay.objects.exists()
    tasks.purge(clock.move(days=8))
    assert not VisitorSalt.objects.exists()
    tasks.purge(clock.move(seconds=COUNTS_KEPT.total_seconds()))
    assert not QueryDay.objects.exists() and not Query.objects.exists()


def test_one_s_own_events_are_found_over_weeks_and_nobody_else_s(make_listings: Listings, clock: Clock) -> None:
    (cup,) = make_listings(1)
    for _ in range(2):
        told = [report(clock.now, who, (EventKind.VIEWED, cup, None)) for who in (person(1), person(2), "")]
        record_reports(reports=told, now=clock.now)
        clock.move(days=7)
    since = clock.now - timedelta(days=30)
    own = list_own_events(person=person(1), kinds=[EventKind.VIEWED], since=since)
    assert len(own) == 2 and own[0].at > own[1].at and own[0].visitor != own[1].visitor
    assert list_own_events(person=person(1), kinds=[EventKind.BOUGHT], since=since) == []
    assert list_own_events(person="", kinds=[EventKind.VIEWED], since=since) == []
