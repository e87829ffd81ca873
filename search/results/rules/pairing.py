"""Which listings a visitor's looks and a purchase tie together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

WINDOW_LOOKS = 20
WINDOW = timedelta(minutes=30)
MOST_LOOKS = 200
"""A visitor who looks at more in one day is no shopper: what comes after is not counted."""
MOST_GOODS = 20
"""Of a larger purchase only so many goods are paired: a shop stocking up says little about what goes together."""

PairIds = tuple[int, int]
"""Two listings, the lower id first."""


@dataclass(frozen=True, slots=True)
class Trail:
    """What one visitor looked at on one day and when, in the order of the log."""

    looks: tuple[tuple[int, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Growth:
    """A longer trail, and what it says that the shorter one did not."""

    trail: Trail
    pairs: frozenset[PairIds]
    listing_ids: frozenset[int]


def grow_trail(before: Trail, looks: Iterable[tuple[int, datetime]]) -> Growth:
    """Add looks (listing id, when). A listing looked at twice in a row is one look.

    What a day says depends only on its looks and their order, never on how they were cut into batches.
    """
    after = list(before.looks)
    for look in looks:
        if len(after) >= MOST_LOOKS:
            break
        if not after or after[-1][0] != look[0]:
            after.append(look)
    trail = Trail(tuple(after))
    seen = frozenset(listing_id for listing_id, _ in trail.looks)
    return Growth(
        trail,
        frozenset(list_pairs(trail) - list_pairs(before)),
        seen - frozenset(listing_id for listing_id, _ in before.looks),
    )


def list_pairs(trail: Trail) -> set[PairIds]:
    """Listings that stand at most WINDOW_LOOKS looks and WINDOW apart, each pair once."""
    pairs = set()
    for place, (listing_id, at) in enumerate(trail.looks):
        for other, when in trail.looks[max(0, place - WINDOW_LOOKS) : place]:
            if other != listing_id and abs(at - when) <= WINDOW:
                pairs.add(_order(other, listing_id))
    return pairs


def pair_goods(counted: Sequence[int], kept: Iterable[int]) -> tuple[list[int], set[PairIds]]:
    """Goods of a purchase that were not counted yet, and their pairs with each other and with those that were."""
    before = set(counted)
    added = sorted(set(kept) - before)[: max(0, MOST_GOODS - len(before))]
    together = {_order(one, other) for one in before for other in added}
    return added, together | set(combinations(added, 2))


def _order(one: int, other: int) -> PairIds:
    return (one, other) if one < other else (other, one)
