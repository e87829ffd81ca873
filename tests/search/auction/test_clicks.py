"""Clicks as they come in: each reason alone, the ladder, and clean ones."""

from dataclasses import replace
from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.auction.clicks import LADDER, RULES, find_invalid, is_over_ladder, list_invalid
from search.auction.contracts import ClickFacts, InvalidReason, TokenState
from search.auction.contracts.units import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from tests.search.auction.markets import steady

NOW = 1_795_862_400_000_000
CLEAN = ClickFacts(token=TokenState.VALID, clicked_us=NOW, rendered_us=NOW - 300_000, last_click_us=NOW - 2 * SECOND_US)
AGAINST: tuple[tuple[InvalidReason, dict[str, object]], ...] = (
    (InvalidReason.TOKEN_BAD, {"token": TokenState.BAD}),
    (InvalidReason.TOKEN_EXPIRED, {"token": TokenState.EXPIRED}),
    (InvalidReason.TOKEN_USED, {"token": TokenState.USED}),
    (InvalidReason.NOT_RENDERED, {"rendered_us": None}),
    (InvalidReason.TOO_FAST, {"rendered_us": NOW - 299_999}),
    (InvalidReason.ROBOT, {"robot": True}),
    (InvalidReason.DATA_CENTRE, {"data_centre": True}),
    (InvalidReason.PREFETCH, {"prefetch": True}),
    (InvalidReason.STAFF, {"staff": True}),
    (InvalidReason.OWN_SHOP, {"own_shop": True}),
    (InvalidReason.SAME_MERCHANT, {"same_merchant": True}),
    (InvalidReason.DOUBLE_CLICK, {"last_click_us": NOW - 2 * SECOND_US + 1}),
    (InvalidReason.BILLED_TODAY, {"billed_today": 1}),
    (InvalidReason.NETWORK_RATE, {"network_clicks_us": (NOW - 1,)}),
)


def test_a_click_at_every_limit_is_billed() -> None:
    assert find_invalid(CLEAN) is None
    assert list_invalid(replace(CLEAN, last_click_us=None)) == []


@pytest.mark.parametrize(("reason", "facts"), AGAINST)
def test_each_reason_alone_is_enough(reason: InvalidReason, facts: dict[str, object]) -> None:
    click = replace(CLEAN, **facts)
    assert list_invalid(click) == [reason]
    assert find_invalid(click) is reason


def test_every_rule_is_tested_and_the_first_reason_decides() -> None:
    assert [reason for reason, _ in AGAINST] == [reason for reason, _ in RULES]
    click = CLEAN
    for _, facts in AGAINST[2:]:
        click = replace(click, **{name: value for name, value in facts.items() if value is not None})
    listed = list_invalid(click)
    assert listed[0] is find_invalid(click) is InvalidReason.TOKEN_USED
    assert listed == [reason for reason, _ in RULES if reason in listed]
    assert len(listed) == len(RULES) - 3


@pytest.mark.parametrize(
    ("ago", "over"),
    [
        ([], False),
        ([MINUTE_US - 1], True),
        ([MINUTE_US], False),
        ([2 * MINUTE_US, 3 * MINUTE_US], False),
        ([2 * MINUTE_US, 3 * MINUTE_US, 4 * MINUTE_US], True),
        ([2 * MINUTE_US, 3 * MINUTE_US, 10 * MINUTE_US], False),
        ([11 * MINUTE_US + n * 4 * MINUTE_US for n in range(9)], False),
        ([11 * MINUTE_US + n * 4 * MINUTE_US for n in range(10)], True),
        ([HOUR_US + n * 30 * MINUTE_US for n in range(24)], False),
        ([HOUR_US + n * 30 * MINUTE_US for n in range(25)], True),
        ([DAY_US + n for n in range(99)], False),
    ],
)
def test_the_ladder_lets_1_3_10_and_25_pass(ago: list[int], over: bool) -> None:
    assert is_over_ladder([NOW - length for length in ago], NOW) is over


@steady
@given(st.lists(st.integers(0, 2 * DAY_US), max_size=120))
def test_what_the_ladder_let_pass_is_never_too_much_in_any_window(times: list[int]) -> None:
    passed: list[int] = []
    for now in sorted(times):
        if not is_over_ladder(passed, now):
            passed.append(now)
    for length, most in LADDER:
        for start in passed:
            assert len(list(takewhile(lambda at: at < start + length, (at for at in passed if at >= start)))) <= most  # noqa: B023
