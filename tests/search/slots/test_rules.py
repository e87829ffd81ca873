"""When lots run and which parts count as delivered: no gap, no overlap, never past bidding."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.campaigns.contracts import PageKind
from search.slots.contracts import LotUnit, SlotKind, SlotTerms
from search.slots.rules.calendar import cut_parts, find_most_closes_minutes, plan_lots
from search.slots.rules.delivering import is_delivered
from search.slots.rules.fitting import has_pictures
from tenants.catalog.contracts import Text
from tests.search.auction.markets import steady

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 10, 41, tzinfo=UTC)


def make_terms(unit: LotUnit = LotUnit.DAY, *, length: int = 1, days_ahead: int = 7, closes: int = 60) -> SlotTerms:
    return SlotTerms(
        key="home-carousel-1",
        page=PageKind.HOME,
        kind=SlotKind.CAROUSEL,
        position=1,
        width=1_200,
        height=400,
        unit=unit,
        length=length,
        days_ahead=days_ahead,
        closes_minutes=closes,
        reserve_minor=10_000,
        step_minor=1_000,
        name=Text("首页轮播一", "Carousel 1"),
    )


def test_days_begin_at_the_business_s_midnight_and_close_an_hour_before() -> None:
    lots = plan_lots(make_terms(), last_end=None, now=NOW, zone=SHANGHAI)
    assert len(lots) == 7
    assert lots[0].starts_at == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert lots[0].closes_at == datetime(2026, 11, 22, 15, tzinfo=UTC)


def test_a_lot_whose_bids_would_end_already_is_not_opened() -> None:
    late = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    assert plan_lots(make_terms(), last_end=None, now=late, zone=SHANGHAI)[0].starts_at == late + timedelta(hours=25)


def test_three_days_make_three_parts_and_hours_one_each() -> None:
    lot = plan_lots(make_terms(length=3), last_end=None, now=NOW, zone=SHANGHAI)[0]
    assert len(cut_parts(lot.starts_at, lot.ends_at, LotUnit.DAY, SHANGHAI)) == 3
    assert len(cut_parts(lot.starts_at, lot.ends_at, LotUnit.HOUR, SHANGHAI)) == 72


def test_a_day_is_a_day_of_the_calendar_where_clocks_change() -> None:
    berlin, before = ZoneInfo("Europe/Berlin"), datetime(2026, 10, 24, 10, tzinfo=UTC)
    lots = plan_lots(make_terms(), last_end=None, now=before, zone=berlin)
    hours = [(lot.ends_at.astimezone(UTC) - lot.starts_at.astimezone(UTC)) / timedelta(hours=1) for lot in lots]
    assert hours == [25, *[24] * 6]


@steady
@given(
    st.sampled_from(LotUnit),
    st.integers(1, 24),
    st.integers(1, 30),
    st.integers(0, 10_080),
    st.lists(st.integers(0, 20_000), max_size=6),
)
def test_lots_follow_each_other_without_gap_however_often_they_are_opened(
    unit: LotUnit, length: int, days_ahead: int, closes: int, pauses: list[int]
) -> None:
    terms, now, opened = make_terms(unit, length=length, days_ahead=days_ahead, closes=closes), NOW, []
    for pause in [0, *pauses]:
        now += timedelta(minutes=pause)
        new = plan_lots(terms, last_end=opened[-1].ends_at if opened else None, now=now, zone=SHANGHAI)
        assert all(lot.closes_at > now for lot in new)
        assert all(one.ends_at == following.starts_at for one, following in itertools.pairwise(new))
        if new and opened:
            assert new[0].starts_at >= opened[-1].ends_at
        opened += new
        for lot in new:
            parts = cut_parts(lot.starts_at, lot.ends_at, unit, SHANGHAI)
            assert len(parts) == length
            assert (parts[0][0], parts[-1][1]) == (lot.starts_at, lot.ends_at)
        assert plan_lots(terms, last_end=opened[-1].ends_at if opened else None, now=now, zone=SHANGHAI) == []


@pytest.mark.parametrize(("minutes", "delivered"), [(60, True), (54, True), (53, False), (0, False)])
def test_a_part_is_delivered_in_nine_tenths_of_its_minutes(minutes: int, delivered: bool) -> None:
    assert is_delivered(servable_minutes=minutes, minutes=60) is delivered


@steady
@given(st.sampled_from(LotUnit), st.integers(1, 30), st.integers(0, 120))
def test_every_lot_takes_bids_for_an_hour_unless_they_would_end_before_it_is_opened(
    unit: LotUnit, days_ahead: int, spare: int
) -> None:
    midnight = datetime(2026, 11, 21, 16, tzinfo=UTC)
    most = find_most_closes_minutes(days_ahead)
    last_end = midnight + timedelta(days=days_ahead)
    for closes in (most, most - spare):
        terms = make_terms(unit, days_ahead=days_ahead, closes=max(0, closes))
        new = plan_lots(terms, last_end=last_end, now=midnight, zone=SHANGHAI)
        assert new[0].starts_at == last_end and all(lot.closes_at - midnight >= timedelta(hours=1) for lot in new)
    never = make_terms(days_ahead=days_ahead, closes=most + 60 + spare)
    minutes = (midnight + timedelta(minutes=minute) for minute in range(0, 24 * 60, 5))
    assert all(plan_lots(never, last_end=None, now=minute, zone=SHANGHAI) == [] for minute in minutes)


@pytest.mark.parametrize(
    ("width", "height", "has"),
    [
        (1_200, 400, True),
        (600, 200, True),
        (2_400, 400, True),
        (300, 300, True),
        (777, 333, False),
        (400, 1_200, False),
    ],
)
def test_a_place_has_a_proportion_that_merchants_can_upload(width: int, height: int, has: bool) -> None:
    assert has_pictures(width=width, height=height) is has
