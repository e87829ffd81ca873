"""Sizes of audiences: each visitor once a week, however often and in whatever batches."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from billing.settlement.services.days import business_date
from market.taxonomy.models import Category
from market.taxonomy.selectors import forget_tree
from search.listings.models import Listing
from search.signals.contracts import EventKind
from search.signals.models import AudienceWeek, SearchEvent
from search.signals.rules.audiences import EVERYBODY, name_device, name_interest, name_region
from search.signals.rules.visitors import find_week
from search.signals.selectors import map_audience_sizes
from search.signals.services import count_audiences, record_reports
from tests.conftest import Clock
from tests.search.signals.conftest import person, report

pytestmark = pytest.mark.django_db
VIEWED, CLICKED, SHOWN = EventKind.VIEWED, EventKind.CLICKED, EventKind.SHOWN


@pytest.fixture
def trades(db: None, make_listings: Callable[..., list[int]]) -> dict[int, list[int]]:
    """Two trades with a category each below them, and two listings in each: listing ids by trade."""
    found = {}
    for slug in ("tea", "cups"):
        top = Category.objects.create(slug=slug, path=slug, depth=1, name_zh=slug, name_en=slug)
        below = Category.objects.create(
            slug=f"{slug}-1", path=f"{slug}/1", depth=2, name_zh=slug, name_en=slug, parent=top
        )
        found[top.pk] = make_listings(2)
        Listing.objects.filter(pk__in=found[top.pk]).update(category_ids=[top.pk, below.pk])
    forget_tree()
    yield found
    forget_tree()


def recount(events: list[SearchEvent], trade_of: dict[int, int]) -> Counter[tuple[date, str]]:
    """By brute force: sets of visitors."""
    sets: dict[tuple[date, str], set[object]] = {}
    for event in events:
        if event.visitor is None:
            continue
        names = [EVERYBODY]
        if event.kind in ("viewed", "clicked") and event.listing_id:
            names.append(name_interest(trade_of[event.listing_id]))
        names += [name_device(event.device)] if event.device else []
        names += [name_region(event.region)] if event.region else []
        for name in names:
            sets.setdefault((find_week(event.day), name), set()).add(event.visitor)
    return Counter({key: len(visitors) for key, visitors in sets.items()})


def test_whatever_the_batches_sizes_are_what_a_recount_finds(trades: dict[int, list[int]], clock: Clock) -> None:
    chance = random.Random(7)
    listings = [listing for ids in trades.values() for listing in ids]
    reports = [
        report(
            clock.now - timedelta(days=chance.randrange(21), minutes=number),
            chance.choice(["", *(person(who) for who in range(12))]),
            (chance.choice((VIEWED, CLICKED, SHOWN)), chance.choice(listings), 1),
            device=chance.choice(("", "m", "c", "?")),
            region=chance.choice(("", "33", "44")),
        )
        for number in range(300)
    ]
    for start in range(0, len(reports), 75):
        record_reports(reports=reports[start : start + 75], now=clock.now)
        while count_audiences(limit=chance.choice((7, 40))):
            pass
    trade_of = {listing: trade for trade, ids in trades.items() for listing in ids}
    counted = {(row.starts_on, row.name): row.visitors for row in AudienceWeek.objects.all()}
    assert counted == recount(list(SearchEvent.objects.all()), trade_of)
    assert not SearchEvent.objects.filter(device="?").exists()


def test_weeks_are_not_added_up_the_busiest_of_four_counts(clock: Clock) -> None:
    week = find_week(business_date(clock.now))
    for back, visitors in ((0, 300), (2, 1_200), (5, 9_000)):
        AudienceWeek.objects.create(starts_on=week - timedelta(weeks=back), name=EVERYBODY, visitors=visitors)
    assert map_audience_sizes(today=business_date(clock.now)) == {EVERYBODY: 1_200}
