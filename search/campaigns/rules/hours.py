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
