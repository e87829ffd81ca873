"""Counting looks: one batch of the log is one transaction with the position behind it, so each look counts once."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from search.results.contracts import Bond
from search.results.models import LOOKS
from search.results.rules.pairing import MOST_LOOKS, PairIds, Trail, grow_trail
from search.results.services.positions import lock_position, move_position
from search.results.services.sums import add_counts
from search.signals.contracts import Look
from search.signals.selectors import list_looks, list_looks_of_days

BATCH = 1_000


@transaction.atomic(durable=True)
def count_looks(*, now: datetime, limit: int = BATCH) -> int:
    """Count the looks among the next `limit` events of the log. Returns how many looks these were, -1 at its end.

    Two counters wait for each other; what was counted before a kill is counted once, what was not is counted later.
    """
    position = lock_position(LOOKS)
    looks, last = list_looks(after=position.number, limit=limit)
    if last == position.number:
        return -1
    wanted = sorted({(look.visitor, look.day) for look in looks})
    pairs: dict[date, Counter[PairIds]] = defaultdict(Counter)
    listings: dict[date, Counter[int]] = defaultdict(Counter)
    for day, seen in _read_days(wanted, up_to=last):
        old, new = _cut(seen, position.number)
        growth = grow_trail(grow_trail(Trail(), old).trail, new)
        pairs[day].update(growth.pairs)
        listings[day].update(growth.listing_ids)
    add_counts(Bond.LOOKED, pairs=pairs, listings=listings)
    move_position(position, to=last, now=now)
    return len(looks)


def _read_days(wanted: Sequence[tuple[UUID, date]], *, up_to: int) -> Iterable[tuple[date, Sequence[Look]]]:
    """The days of these visitors, from their first look on: the log itself remembers what was counted."""
    days: dict[tuple[UUID, date], list[Look]] = defaultdict(list)
    if wanted:
        for look in list_looks_of_days(wanted=wanted, up_to=up_to, most=MOST_LOOKS):
            days[(look.visitor, look.day)].append(look)
    return [(day, days[(visitor, day)]) for visitor, day in wanted]


def _cut(looks: Iterable[Look], position: int) -> tuple[list[tuple[int, datetime]], list[tuple[int, datetime]]]:
    """What was counted already, and what is new."""
    taken = [(look.event_id <= position, (look.listing_id, look.at)) for look in looks]
    return [look for is_old, look in taken if is_old], [look for is_old, look in taken if not is_old]
