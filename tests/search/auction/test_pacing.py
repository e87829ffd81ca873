"""Pacing on simulated days: spending follows the plan, and is whole where there was traffic; unpaced beside it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.auction.contracts import BadRules, Pace, PacePlan, PaceState, TrafficCurve
from search.auction.pacing import (
    DAY_SECONDS,
    LEAST_RATE_PPM,
    draw,
    find_end,
    is_admitted,
    move_rate,
    plan_spend,
    start_day,
)
from tests.search.auction.days import (
    EVEN_CURVE,
    EVENING_CURVE,
    Day,
    Traffic,
    flow,
    live_day,
    with_gap,
    with_surge,
)
from tests.search.auction.markets import LONG, steady

SEEDS = range(1, 13) if LONG else range(1, 2)
HOUR = 3_600
BUDGET = 100_000
EVEN, EVENING = flow(EVEN_CURVE), flow(EVENING_CURVE)


def report(name: str, seed: int, paced: Day, fast: Day, curve: TrafficCurve) -> None:
    noon = fast.spent_by(12 * HOUR, BUDGET, curve)
    print(
        f"{name} (seed {seed}): paced within {paced.worst():.2%}, {paced.spent:.2%} spent, {paced.free_clicks} free; "
        f"unpaced {noon:.1%} spent by noon, {fast.worst():.1%} away from the plan, {fast.free_clicks} free"
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "traffic", "curve", "within"),
    [
        ("even", EVEN, EVEN_CURVE, 0.02),
        ("evening peak", EVENING, EVENING_CURVE, 0.02),
        ("tenfold surge", with_surge(EVEN, 10 * HOUR, 10 * HOUR + 1_800, 10), EVEN_CURVE, 0.03),
        ("evening peak with a surge in it", with_surge(EVENING, 20 * HOUR, 20 * HOUR + 600, 10), EVENING_CURVE, 0.03),
    ],
)
def test_spending_follows_the_plan_to_the_end(
    name: str, traffic: Traffic, curve: TrafficCurve, within: float, seed: int
) -> None:
    paced = live_day(traffic, curve, budget_minor=BUDGET, seed=seed)
    fast = live_day(traffic, curve, budget_minor=BUDGET, seed=seed, pace=Pace.FAST)
    report(name, seed, paced, fast, curve)
    assert paced.offered > 2
    assert paced.worst() <= within
    assert 0.995 <= paced.spent <= 1
    assert fast.worst() > 0.25, "without pacing the day is bought out early"
    assert fast.spent == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_feed_that_stops_is_followed_until_then_and_never_overspent(seed: int) -> None:
    day = live_day(with_gap(EVEN, 12 * HOUR), EVEN_CURVE, budget_minor=BUDGET, seed=seed)
    print(f"stops at noon (seed {seed}): within {day.worst(0, 12 * HOUR):.2%}, {day.spent:.2%} spent")
    assert day.worst(0, 12 * HOUR) <= 0.02
    assert 0.48 <= day.spent <= 0.53
    rate = day.state.rate_ppm
    assert rate < 500_000, "while nothing comes the throttle does not wander off"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_feed_that_comes_back_is_caught_up_with(seed: int) -> None:
    day = live_day(with_gap(EVEN, 10 * HOUR, 12 * HOUR), EVEN_CURVE, budget_minor=BUDGET, seed=seed)
    assert day.worst(0, 10 * HOUR) <= 0.02
    assert day.worst(14 * HOUR) <= 0.02
    assert day.spent >= 0.995


def test_too_little_traffic_is_bought_whole() -> None:
    day = live_day(flow(EVEN_CURVE, 0.3), EVEN_CURVE, budget_minor=BUDGET)
    assert day.offered < 1
    assert day.spent >= 0.94 * day.offered


def test_a_second_day_begins_with_what_the_first_has_learnt() -> None:
    first = live_day(EVEN, EVEN_CURVE, budget_minor=BUDGET)
    later = replace(first.state, rate_ppm=230_000)
    day = live_day(EVEN, EVEN_CURVE, budget_minor=BUDGET, seed=2, last=later)
    assert day.worst(0, HOUR) < 0.01
    assert start_day(Pace.EVEN, later) == replace(later, moved_second=0, spent_micro=0)
    assert start_day(Pace.FAST, later).rate_ppm == 1_000_000


PLAN = PacePlan(pace=Pace.EVEN, budget_micro=1_000_000_000, curve=EVEN_CURVE)
STATE = PaceState(rate_ppm=500_000, moved_second=1_000, spent_micro=0)


def moved(state: PaceState = STATE, plan: PacePlan = PLAN, **facts: int) -> int:
    """The pass rate after a move."""
    known = {"spent_micro": 0, "second": 1_060, "requests": 10, **facts}
    return move_rate(state, plan, **known).rate_ppm


def test_a_rate_moves_by_a_tenth_every_minute_or_200_requests() -> None:
    assert moved() == 550_000
    assert moved(spent_micro=500_000_000) == 450_000
    assert moved(second=1_059) == 500_000
    assert moved(second=1_059, requests=199) == 500_000
    assert moved(second=1_059, requests=200) == 550_000
    assert moved(second=1_000, requests=200) == 550_000


def test_a_minute_without_requests_moves_nothing() -> None:
    assert move_rate(STATE, PLAN, spent_micro=0, second=9_000, requests=0) is STATE


def test_a_rate_stays_between_the_least_and_all() -> None:
    assert moved(replace(STATE, rate_ppm=1_000_000)) == 1_000_000
    assert moved(replace(STATE, rate_ppm=LEAST_RATE_PPM), spent_micro=10**9) == LEAST_RATE_PPM
    with pytest.raises(ValueError, match="rate"):
        replace(STATE, rate_ppm=1_000_001)


def test_as_fast_as_possible_never_moves() -> None:
    state = start_day(Pace.FAST)
    assert move_rate(state, replace(PLAN, pace=Pace.FAST), spent_micro=10**9, second=9_000, requests=999) is state
    assert state.rate_ppm == 1_000_000


def test_a_request_is_drawn_the_same_way_again_and_evenly() -> None:
    assert draw("r-1", 7) == draw("r-1", 7)
    admitted = sum(is_admitted(f"r-{number}", 7, 300_000) for number in range(20_000))
    assert 5_700 < admitted < 6_300
    both = sum(is_admitted(f"r-{n}", 7, 300_000) and is_admitted(f"r-{n}", 8, 300_000) for n in range(20_000))
    assert 1_600 < both < 2_000, "two campaigns are drawn apart from each other"


@steady
@given(st.text(max_size=40), st.integers(1, 10**12))
def test_a_rate_of_one_admits_all_and_of_zero_none(request: str, campaign: int) -> None:
    assert is_admitted(request, campaign, 1_000_000)
    assert not is_admitted(request, campaign, 0)


curves = st.lists(st.integers(0, 1_000), min_size=24, max_size=24).filter(any).map(lambda n: TrafficCurve(tuple(n)))


@steady
@given(st.integers(0, 10**14), curves, st.integers(0, DAY_SECONDS), st.integers(0, 3_600))
def test_a_plan_never_goes_back_and_ends_with_the_budget(
    budget: int, curve: TrafficCurve, second: int, later: int
) -> None:
    assert 0 <= plan_spend(budget, curve, second) <= plan_spend(budget, curve, second + later) <= budget
    assert plan_spend(budget, curve, find_end(curve)) == budget


def test_a_plan_follows_its_curve() -> None:
    steep = TrafficCurve((0, 3, 1) + (0,) * 21)
    assert [plan_spend(4_000, steep, second) for second in (0, HOUR, HOUR * 3 // 2, 2 * HOUR, 3 * HOUR)] == [
        *(0, 0, 1_600, 3_200, 4_000)
    ]


def test_a_plan_ends_a_little_before_its_traffic() -> None:
    assert find_end(EVENING_CURVE) == DAY_SECONDS - 900
    assert find_end(TrafficCurve((0, 3, 1) + (0,) * 21)) == 3 * HOUR - 900
    assert find_end(TrafficCurve((1,) * 12 + (0,) * 276)) == HOUR - 900


@pytest.mark.parametrize("requests", [(), (0,) * 24, (1,) * 25_000, (1, -1), (1,) * 7])
def test_curves_that_are_no_day_are_refused(requests: tuple[int, ...]) -> None:
    with pytest.raises(BadRules):
        TrafficCurve(requests)
