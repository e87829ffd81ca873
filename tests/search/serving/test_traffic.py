"""What a campaign may expect of a day in the hours that it chose: its whole budget is planned for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.auction.contracts import ALL_HOURS, Pace
from search.campaigns.rules.hours import join_hours, read_hours
from search.serving.rules.traffic import USUAL_DAY, expect_day, measure_hours
from tests.search.auction.days import flow, live_day
from tests.search.auction.markets import steady

BUDGET = 100_000
MONDAY, SUNDAY = 0, 6


def every_day(spans: str) -> int:
    return join_hours([read_hours(spans)] * 7)


def test_all_hours_are_the_usual_day() -> None:
    assert expect_day(ALL_HOURS, MONDAY) == USUAL_DAY and measure_hours(ALL_HOURS) == 1_000_000


def test_hours_that_were_not_chosen_have_no_traffic() -> None:
    hours = join_hours([read_hours("8-12, 18-24"), *[0] * 5, read_hours("20-21")])
    monday, sunday = expect_day(hours, MONDAY), expect_day(hours, SUNDAY)
    assert monday and monday.requests == tuple(
        number if 8 <= hour < 12 or hour >= 18 else 0 for hour, number in enumerate(USUAL_DAY.requests)
    )
    assert sunday and sum(sunday.requests) == USUAL_DAY.requests[20]
    assert expect_day(hours, 2) is None


def test_a_days_part_is_the_mean_of_the_days_that_were_chosen() -> None:
    whole = sum(USUAL_DAY.requests)
    assert measure_hours(every_day("20-21")) == USUAL_DAY.requests[20] * 1_000_000 // whole
    assert measure_hours(join_hours([read_hours("20-21"), *[0] * 6])) == measure_hours(every_day("20-21"))
    one_and_all = join_hours([read_hours("20-21"), read_hours("0-24"), *[0] * 5])
    assert measure_hours(one_and_all) == (USUAL_DAY.requests[20] + whole) * 1_000_000 // (2 * whole)
    assert measure_hours(0) == 0


@steady
@given(st.lists(st.integers(0, (1 << 24) - 1), min_size=7, max_size=7))
def test_parts_of_chosen_hours_and_of_the_others_make_a_day(days: list[int]) -> None:
    hours, others = join_hours(days), ALL_HOURS & ~join_hours(days)
    for weekday in range(7):
        halves = [curve for one in (hours, others) if (curve := expect_day(one, weekday))]
        assert tuple(map(sum, zip(*(half.requests for half in halves), strict=True))) == USUAL_DAY.requests
    assert 0 <= measure_hours(hours) <= 1_000_000


@pytest.mark.parametrize("spans", ["8-12", "18-24", "0-6, 22-24", "20-21"])
def test_a_campaign_of_some_hours_spends_its_budget_evenly_within_them(spans: str) -> None:
    """A plan of the whole day would hold back two thirds of it in the morning, or hurry in the evening."""
    curve = expect_day(every_day(spans), MONDAY)
    assert curve
    market = flow(USUAL_DAY, mean=4.0 * sum(USUAL_DAY.requests) / sum(curve.requests))
    day = read_hours(spans)

    def traffic(second: int) -> float:
        return market(second) if day >> second // 3_600 & 1 else 0.0

    paced = live_day(traffic, curve, budget_minor=BUDGET)
    assert paced.spent >= 0.995
    assert paced.worst() <= (0.1 if spans == "20-21" else 0.02), "a throttle that is shut needs ten moves of an hour"
    fast = live_day(traffic, curve, budget_minor=BUDGET, pace=Pace.FAST)
    assert fast.worst() > 0.2


def test_a_plan_of_the_whole_day_would_leave_most_of_a_mornings_budget() -> None:
    traffic = flow(USUAL_DAY, mean=20.0)
    morning = live_day(lambda second: traffic(second) if 8 <= second // 3_600 < 12 else 0.0, USUAL_DAY)
    assert morning.offered > 2 and morning.spent < 0.4
