"""Prices, columns, bubbles, moments."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from web.figures import bubble_count, column_figure, cut_price
from web.moments import day_name, full_stamp, near, stamp, time_left

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # noon in Shanghai


def test_a_card_drops_the_zeros_and_a_total_never() -> None:
    assert cut_price(6000, drop_zeros=True).whole == "¥60"
    assert cut_price(6000).whole == "¥60.00"
    assert cut_price(4590, drop_zeros=True).whole == "¥45.90"


def test_a_large_price_is_grouped_and_cut() -> None:
    parts = cut_price(239_950)
    assert (parts.symbol, parts.integer, parts.decimals) == ("¥", "2,399", ".50")


def test_a_deduction_carries_a_real_minus_before_the_sign() -> None:
    assert cut_price(-3000).whole == "−¥30.00"
    assert column_figure(-123_456) == "−1,234.56"


def test_a_currency_without_decimals_has_none() -> None:
    assert cut_price(1200, "JPY").whole == "JP¥1,200"


@pytest.mark.parametrize(("count", "text"), [(0, ""), (-1, ""), (7, "7"), (99, "99"), (100, "99+")])
def test_a_bubble_ends_at_ninety_nine(count: int, text: str) -> None:
    assert bubble_count(count) == text


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("zh-hans", ["明天（11月24日）", "11月25日（周三）", "剩12分钟", "2026年11月23日 12:00:00"]),
        ("en", ["tomorrow (24 Nov)", "Wed 25 Nov", "12 minutes left", "23 Nov 2026, 12:00:00"]),
    ],
)
def test_a_promise_is_near_and_exact(compiled: None, language: str, texts: list[str]) -> None:
    with translation.override(language):
        assert day_name(date(2026, 11, 24), today=date(2026, 11, 23)) == texts[0]
        assert day_name(date(2026, 11, 25), today=date(2026, 11, 23)) == texts[1]
        assert time_left(NOW + timedelta(minutes=12, seconds=30), now=NOW) == texts[2]
        assert full_stamp(NOW) == texts[3]


def test_what_is_past_is_told_from_now(compiled: None) -> None:
    with translation.override("zh-hans"):
        assert near(NOW - timedelta(seconds=20), now=NOW) == "刚刚"
        assert near(NOW - timedelta(minutes=5), now=NOW) == "5分钟前"
        assert near(NOW - timedelta(hours=3), now=NOW) == "今天 09:00"
        assert near(NOW - timedelta(hours=20), now=NOW) == "昨天 16:00"
        assert near(NOW - timedelta(days=3), now=NOW) == "11-20"
        assert near(NOW - timedelta(days=400), now=NOW) == "2025-10-19"
        assert time_left(NOW, now=NOW) == "已到时间"
    assert stamp(NOW, now=NOW) == "11-23 12:00"
    assert stamp(NOW - timedelta(days=400), now=NOW) == "2025-10-19 12:00"
