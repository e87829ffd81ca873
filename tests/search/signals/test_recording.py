"""The log holds each event once, in order, and nothing of whom it must not."""

from collections.abc import Callable
from datetime import timedelta

from search.listings.contracts import ListingState
from search.signals.contracts import MOST_SIGHTINGS, EventKind
from search.signals.models import Choice, SearchEvent
from search.signals.selectors import list_events
from search.signals.services import record_reports
from tests.conftest import Clock
from tests.search.signals.conftest import person, report

SEARCHED, SHOWN, CLICKED = EventKind.SEARCHED, EventKind.SHOWN, EventKind.CLICKED
VIEWED, CARTED, BOUGHT = EventKind.VIEWED, EventKind.CARTED, EventKind.BOUGHT

Listings = Callable[..., list[int]]


def test_events_are_kept_with_whose_the_offer_is(make_listings: Listings, clock: Clock) -> None:
    (cup,) = make_listings(1, shop_id=9)
    told = [
        report(clock.now, person(1), (SEARCHED, None, None), query="马克杯", language="zh-hans", total=12),
        report(clock.now, person(1), (SHOWN, cup, 3), query="马克杯", language="zh-hans"),
    ]
    assert record_reports(reports=told, now=clock.now) == 2
    searched, shown = list_events()
    assert (searched.kind, searched.query, searched.total, searched.listing_id) == (SEARCHED, "马克杯", 12, None)
    assert (shown.shop_id, shown.category_id, shown.position, shown.total) == (9, 4, 3, None)
    assert searched.visitor == shown.visitor is not None
    assert list_events(after=searched.event_id) == [shown]


def test_a_report_told_again_writes_nothing(make_listings: Listings, clock: Clock) -> None:
    cups = make_listings(2)
    told = report(clock.now, person(1), *((SHOWN, cup, 1) for cup in cups), query="杯")
    assert record_reports(reports=[told, told], now=clock.now) == 2
    assert record_reports(reports=[told], now=clock.move(hours=1)) == 0
    assert SearchEvent.objects.count() == 2


def test_the_same_token_of_another_person_is_another_report(make_listings: Listings, clock: Clock) -> None:
    (cup,) = make_listings(1)
    told = [report(clock.now, person(number), (SHOWN, cup, 1), token="same") for number in (1, 2)]
    assert record_reports(reports=told, now=clock.now) == 2


def test_what_names_nothing_of_ours_is_left_out(make_listings: Listings, clock: Clock) -> None:
    (hidden,) = make_listings(1, state=ListingState.HIDDEN)
    (cup,) = make_listings(1)
    told = [
        report(clock.now, person(1), (SHOWN, hidden, 1), (SHOWN, 10**17, 2), (SHOWN, None, 3), (SEARCHED, None, None)),
        report(clock.now - timedelta(days=40), person(1), (SHOWN, cup, 1)),
        report(clock.now, person(1), *((SHOWN, cup, 1) for _ in range(3)), (CLICKED, cup, 99_999)),
        report(clock.now, person(1), *((SHOWN, hidden, 1) for _ in range(MOST_SIGHTINGS)), (SHOWN, cup, 1)),
    ]
    assert record_reports(reports=told, now=clock.now) == 2
    assert [(event.kind, event.position) for event in list_events()] == [(SHOWN, 1), (CLICKED, None)]


def test_who_said_no_leaves_no_event(make_listings: Listings, clock: Clock) -> None:
    (cup,) = make_listings(1)
    Choice.objects.create(person=person(1), is_off=True)
    Choice.objects.create(person=person(2), forgotten_at=clock.now)
    told = [report(clock.now, person(number), (SHOWN, cup, 1)) for number in (1, 2, 3)]
    told.append(report(clock.now + timedelta(seconds=1), person(2), (CLICKED, cup, 1)))
    assert record_reports(reports=told, now=clock.now) == 2
    assert [event.kind for event in list_events()] == [SHOWN, CLICKED]


def test_a_visitor_has_another_name_each_week(make_listings: Listings, clock: Clock) -> None:
    (cup,) = make_listings(1)
    for _ in range(2):
        record_reports(reports=[report(clock.now, person(1), (VIEWED, cup, None))], now=clock.now)
        record_reports(reports=[report(clock.move(minutes=1), person(1), (VIEWED, cup, None))], now=clock.now)
        clock.move(days=7)
    names = [event.visitor for event in list_events()]
    assert names[0] == names[1] != names[2] == names[3]


def test_what_is_bought_comes_of_the_last_click_of_a_day(make_listings: Listings, clock: Clock) -> None:
    cup, bowl = make_listings(2)

    def tell(*told: object, **more: object) -> None:
        record_reports(reports=[report(clock.move(minutes=1), *told, **more)], now=clock.now)  # type: ignore[arg-type]

    tell(person(1), (CLICKED, cup, 5), query="杯")
    tell(person(1), (CLICKED, cup, 2), query="马克杯")
    tell(person(2), (CLICKED, cup, 9), query="别人")
    tell(person(1), (CLICKED, bowl, 1), query="碗")
    tell(person(1), (VIEWED, cup, None), (CARTED, cup, None))
    clock.move(hours=25)
    tell(person(1), (BOUGHT, cup, None))
    found = [(event.kind, event.query, event.position) for event in list_events()][-3:]
    assert found == [(VIEWED, "马克杯", 2), (CARTED, "马克杯", 2), (BOUGHT, "", None)]


def test_nobody_known_is_ascribed_nothing(make_listings: Listings, clock: Clock) -> None:
    (cup,) = make_listings(1)
    told = [report(clock.now, "", (CLICKED, cup, 1), query="杯"), report(clock.now, "", (CARTED, cup, None))]
    record_reports(reports=told, now=clock.now)
    assert [(event.query, event.visitor) for event in list_events()] == [("杯", None), ("", None)]
