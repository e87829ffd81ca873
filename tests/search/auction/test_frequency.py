"""Frequency caps: windows of the business day, counts, and decisions that are still held."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.auction.contracts import FrequencyCap, SeenCount, Window
from search.auction.contracts.units import HOUR_US, SECOND_US
from search.auction.frequency import find_reached_cap, number_window
from tests.search.auction.markets import steady

SHANGHAI = 8 * HOUR_US
NOW = 1_795_862_400_000_000
CAPS = [FrequencyCap(Window.HOUR, 2), FrequencyCap(Window.DAY, 5), FrequencyCap(Window.LIFE, 20)]


def us(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def test_a_business_day_begins_at_midnight_in_shanghai() -> None:
    midnight = us(datetime(2026, 11, 27, 16, tzinfo=UTC))
    day = number_window(Window.DAY, midnight, day_offset_us=SHANGHAI)
    assert number_window(Window.DAY, midnight - 1, day_offset_us=SHANGHAI) == day - 1
    assert number_window(Window.DAY, midnight + 24 * HOUR_US - 1, day_offset_us=SHANGHAI) == day
    assert number_window(Window.HOUR, midnight - 1, day_offset_us=SHANGHAI) + 1 == number_window(
        Window.HOUR, midnight, day_offset_us=SHANGHAI
    )
    assert number_window(Window.LIFE, midnight, day_offset_us=SHANGHAI) == 0


@pytest.mark.parametrize(
    ("seen", "reached"),
    [
        (SeenCount(1, 4, 19), None),
        (SeenCount(2, 4, 19), Window.HOUR),
        (SeenCount(1, 5, 19), Window.DAY),
        (SeenCount(0, 0, 20), Window.LIFE),
        (SeenCount(1, 1, 1, (NOW - 29 * SECOND_US,)), Window.HOUR),
        (SeenCount(1, 1, 1, (NOW - 30 * SECOND_US,)), None),
    ],
)
def test_one_more_view_is_refused_where_a_cap_is_reached(seen: SeenCount, reached: Window | None) -> None:
    cap = find_reached_cap(CAPS, seen, NOW)
    assert (cap.window if cap else None) is reached


def test_without_caps_everything_is_shown() -> None:
    assert find_reached_cap([], SeenCount(9, 99, 999, (NOW,)), NOW) is None


@steady
@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=60), st.integers(0, 5))
def test_no_order_of_decisions_and_views_exceeds_a_cap(steps: list[tuple[int, bool]], most: int) -> None:
    """A view comes within the hold or not at all: what was decided and not seen by then is given free."""
    now, counted, held = NOW, 0, []
    for seconds, seen in steps:
        now += seconds * SECOND_US
        held = [at for at in held if now - at < 30 * SECOND_US]
        if seen and held:
            held.pop(0)
            counted += 1
        known = SeenCount(0, 0, counted, tuple(held))
        if find_reached_cap([FrequencyCap(Window.LIFE, most)], known, now) is None:
            held.append(now)
        assert counted + len(held) <= most or not most
        assert counted <= most
