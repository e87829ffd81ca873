"""Nothing is kept longer than it may be."""

from collections.abc import Callable
from datetime import timedelta

from search.signals import tasks
from search.signals.contracts import EventKind
from search.signals.models import PairDay, Query, QueryDay, SearchEvent, VisitorSalt
from search.signals.rules.visitors import make_person
from search.signals.selectors import is_counted, is_known, list_own_events
from search.signals.services import forget_person, join_people, record_reports, switch_interests
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


def test_a_person_s_events_can_be_deleted_and_nobody_else_s_go(make_listings: Listings, clock: Clock) -> None:
    (cup,) = make_listings(1)
    for _ in range(2):
        told = [report(clock.now, who, (EventKind.VIEWED, cup, None)) for who in (person(1), person(2))]
        record_reports(reports=told, now=clock.now)
        clock.move(days=7)
    late = report(clock.now, person(1), (EventKind.VIEWED, cup, None))
    assert forget_person(person=person(1), now=clock.now) == 2
    assert record_reports(reports=[late], now=clock.now) == 0, "what was on its way when all was deleted"
    assert SearchEvent.objects.count() == 2 and not is_known(person(1)) and is_known(person(2))
    new = report(clock.move(seconds=1), person(1), (EventKind.VIEWED, cup, None))
    assert record_reports(reports=[new], now=clock.now) == 1


def test_who_switches_off_is_forgotten_and_counted_again_when_it_is_on(make_listings: Listings, clock: Clock) -> None:
    (cup,) = make_listings(1)

    def view() -> int:
        told = report(clock.move(minutes=1), person(1), (EventKind.VIEWED, cup, None))
        return record_reports(reports=[told], now=clock.now)

    assert view() == 1 and is_counted(person(1))
    switch_interests(person=person(1), is_on=False, now=clock.now)
    assert view() == 0 and not is_known(person(1)) and not is_counted(person(1))
    switch_interests(person=person(1), is_on=True, now=clock.now)
    assert view() == 1 and is_counted(person(1))


def test_a_guest_s_events_become_nobody_s_who_said_no(make_listings: Listings, clock: Clock) -> None:
    (cup,) = make_listings(1)
    guest = make_person(secret="test", guest_key="g")
    record_reports(reports=[report(clock.now, guest, (EventKind.VIEWED, cup, None))], now=clock.now)
    switch_interests(person=person(1), is_on=False, now=clock.now)
    assert join_people(guest=guest, member=person(1)) == 0
    assert not SearchEvent.objects.exists()
