"""Frequency caps as arithmetic: which window an instant belongs to, and whether one more view is too many."""

from collections.abc import Iterable, Mapping

from search.auction.contracts import FrequencyCap, SeenCount, Window
from search.auction.contracts.units import DAY_US, HOUR_US, SECOND_US

HOLD_US = 30 * SECOND_US
LENGTH_US: Mapping[Window, int] = {Window.HOUR: HOUR_US, Window.DAY: DAY_US}


def number_window(window: Window, at_us: int, *, day_offset_us: int) -> int:
    """The number of the hour or business day that an instant is in; a life has one. Part of the counter's key.

    `day_offset_us` is how far the business day is ahead of UTC (eight hours in Shanghai).
    """
    length = LENGTH_US.get(window)
    return 0 if length is None else (at_us + day_offset_us) // length


def find_reached_cap(caps: Iterable[FrequencyCap], seen: SeenCount, now_us: int) -> FrequencyCap | None:
    """The first cap that one more view would exceed, counting what was decided on within the last 30 seconds."""
    held = sum(now_us - at < HOLD_US for at in seen.held_us)
    counts = {Window.HOUR: seen.hour, Window.DAY: seen.day, Window.LIFE: seen.life}
    return next((cap for cap in caps if counts[cap.window] + held >= cap.most), None)
