"""Clicks looked at later: what a person does passes, what a machine or a rival does is found."""

import random
from dataclasses import replace

import pytest

from search.auction.contracts import ClickGroup, InvalidReason
from search.auction.contracts.units import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from search.auction.late_clicks import INVALID_RULES, LATE_RULES, is_final, list_late_invalid

RULES = INVALID_RULES[1]
USUAL = 30_000
IRREGULAR = tuple(at * MINUTE_US for at in (0, 3, 20, 21, 55, 80))
QUIET = ClickGroup(clicks_us=IRREGULAR, views=200, dwells_ms=(9_000,) * 6, usual_click_rate_ppm=USUAL)


def reasons(**changed: object) -> list[InvalidReason]:
    return list_late_invalid(replace(QUIET, **changed), RULES)


def test_a_person_who_looks_around_is_left_alone() -> None:
    assert reasons() == []
    assert reasons(clicks_us=(), views=0, dwells_ms=()) == []


@pytest.mark.parametrize(
    ("views", "found"),
    [(200, False), (46, False), (45, True), (6, True), (0, True)],
)
def test_a_click_rate_far_from_usual_is_found(views: int, found: bool) -> None:
    """Six clicks; at 3 % 45 views would bring 1.35, and six are four deviations more."""
    assert (reasons(views=views) == [InvalidReason.UNUSUAL_CLICK_RATE]) is found


def test_five_clicks_prove_nothing() -> None:
    assert reasons(clicks_us=IRREGULAR[:5], views=5, dwells_ms=(1,) * 5) == []
    assert reasons(clicks_us=tuple(range(0, 5 * MINUTE_US, MINUTE_US))) == []


def test_a_clock_is_found_and_a_clumsy_person_is_not() -> None:
    clock = tuple(n * HOUR_US + n % 2 * 90 * SECOND_US for n in range(8))
    assert reasons(clicks_us=clock) == [InvalidReason.REGULAR_GAPS]
    assert reasons(clicks_us=clock[::-1]) == [InvalidReason.REGULAR_GAPS]
    assert reasons(clicks_us=tuple(n * HOUR_US + n % 2 * 8 * MINUTE_US for n in range(8))) == []
    assert InvalidReason.REGULAR_GAPS in reasons(clicks_us=(5,) * 8)


@pytest.mark.parametrize(
    ("dwells", "found"),
    [((999,) * 8 + (5_000,) * 2, True), ((999,) * 7 + (1_000,) * 3, False), ((1,) * 5, False), ((1,) * 6, True)],
)
def test_pages_left_at_once_are_found(dwells: tuple[int, ...], found: bool) -> None:
    assert (reasons(dwells_ms=dwells) == [InvalidReason.NO_DWELL]) is found


def test_views_without_end_and_a_rivals_device() -> None:
    assert reasons(views=3_000) == []
    assert reasons(views=3_001) == [InvalidReason.ENDLESS_VIEWS]
    assert reasons(views=6_000, devices=2) == []
    assert reasons(rival=True) == [InvalidReason.RIVAL_DEVICE]
    assert reasons(rival=True, clicks_us=(5,)) == []


def test_every_late_reason_can_be_found() -> None:
    worst = ClickGroup(
        clicks_us=tuple(range(0, 500 * SECOND_US, SECOND_US)),
        views=3_001,
        dwells_ms=(1,) * 500,
        usual_click_rate_ppm=USUAL,
        rival=True,
    )
    assert list_late_invalid(worst, RULES) == [reason for reason, _ in LATE_RULES]


def test_chance_alone_is_almost_never_found() -> None:
    """20,000 honest devices that click at the usual rate, at random times, and read what they opened."""
    chance = random.Random(11)
    found = 0
    for _ in range(20_000):
        views = chance.randint(1, 300)
        clicks = tuple(chance.randrange(DAY_US) for _ in range(views) if chance.random() < USUAL / 1e6)
        dwells = tuple(int(chance.expovariate(1 / 20_000)) for _ in clicks)
        group = ClickGroup(clicks_us=clicks, views=views, dwells_ms=dwells, usual_click_rate_ppm=USUAL)
        found += bool(list_late_invalid(group, RULES))
    assert found <= 100, "half a per cent of false alarms"


def test_a_click_is_final_after_72_hours() -> None:
    assert not is_final(0, 3 * DAY_US - 1)
    assert is_final(0, 3 * DAY_US)
