"""Hours of a week: one number of 168 bits as auctions know it (Monday's first hour is bit 0), seven in the table."""

from collections.abc import Sequence

from search.auction.contracts import ALL_HOURS

HOURS_A_DAY = 24
DAYS = 7
_DAY = (1 << HOURS_A_DAY) - 1


def split_hours(hours: int) -> list[int]:
    """A number of 24 bits for each day from Monday on."""
    return [hours >> (day * HOURS_A_DAY) & _DAY for day in range(DAYS)]


def join_hours(days: Sequence[int]) -> int:
    """The week of seven days."""
    return sum(bits << (day * HOURS_A_DAY) for day, bits in enumerate(days)) & ALL_HOURS


class BadHours(ValueError):
    """A text that names no spans of hours; the argument is the part that does not."""


def print_hours(day: int) -> str:
    """The hours of a day as spans, "8-12, 18-24"; "" for none. `read_hours` reads it back."""
    spans, hour = [], 0
    while hour < HOURS_A_DAY:
        end = hour
        while end < HOURS_A_DAY and day >> end & 1:
            end += 1
        if end > hour:
            spans.append(f"{hour}-{end}")
        hour = max(end, hour + 1)
    return ", ".join(spans)


def read_hours(text: str) -> int:
    """The hours of a day that spans name, the end of each not included. Raises `BadHours`."""
    day = 0
    for part in text.translate(_SIGNS).split(","):
        if not part.strip():
            continue
        first, _, end = (one.strip() for one in part.partition("-"))
        if not (first.isascii() and first.isdigit() and end.isascii() and end.isdigit()):
            raise BadHours(part.strip())
        if not 0 <= int(first) < int(end) <= HOURS_A_DAY:
            raise BadHours(part.strip())
        day |= (1 << int(end)) - (1 << int(first))
    return day


_SIGNS = str.maketrans({"，": ",", "、": ",", ";": ",", "；": ",", "–": "-", "—": "-", "~": "-", "～": "-", "至": "-"})
