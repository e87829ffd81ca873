"""Choosing a person's shelf out of what speaks for each listing: the strongest, but never too much of one kind."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from search.results.contracts import Footprint, Partner, Reason, ReasonKind, Step

MOST_SEEDS = 12
MOST_A_SHOP = 2
MOST_A_CATEGORY = 3
FADING = 0.85
"""What a seed counts against the one after which it came."""
_STEP_WEIGHTS = {Step.VIEWED: 1.0, Step.CARTED: 1.5, Step.BOUGHT: 1.2}
_STEP_REASONS = {
    Step.VIEWED: ReasonKind.YOU_LOOKED,
    Step.CARTED: ReasonKind.YOU_CARTED,
    Step.BOUGHT: ReasonKind.YOU_BOUGHT,
}
SAME_CATEGORY = 0.05
"""What being in a seed's category counts: less than any real tie."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A listing with what speaks for it."""

    listing_id: int
    score: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Place:
    """Where a listing stands, for the sake of variety. `category_id` is the narrowest."""

    shop_id: int
    category_id: int


def pick_seeds(footprints: Iterable[Footprint]) -> list[tuple[Footprint, float]]:
    """The latest of a history and how much each counts."""
    latest = sorted(footprints, key=lambda seed: (seed.at, seed.listing_id), reverse=True)[:MOST_SEEDS]
    return [(seed, _STEP_WEIGHTS[seed.step] * FADING**place) for place, seed in enumerate(latest)]


def follow_partners(
    seeds: Sequence[tuple[Footprint, float]], partners: Mapping[int, Sequence[Partner]]
) -> list[Candidate]:
    """What belongs to the seeds."""
    return [
        Candidate(partner.listing_id, weight * partner.score, explain(seed))
        for seed, weight in seeds
        for partner in partners.get(seed.listing_id, ())
    ]


def follow_categories(
    seeds: Sequence[tuple[Footprint, float]], shelves: Mapping[int, Sequence[int]]
) -> list[Candidate]:
    """What stands on the shelf of a seed's category, the first first."""
    return [
        Candidate(listing_id, SAME_CATEGORY * weight * FADING**place, explain(seed))
        for seed, weight in seeds
        for place, listing_id in enumerate(shelves.get(seed.listing_id, ()))
    ]


def explain(seed: Footprint) -> Reason:
    """The reason for what follows from a seed."""
    return Reason(_STEP_REASONS[seed.step], listing_id=seed.listing_id)


def choose(
    candidates: Iterable[Candidate],
    places: Mapping[int, Place],
    *,
    size: int,
    without: AbstractSet[int] = frozenset(),
    chosen: Sequence[Candidate] = (),
) -> list[Candidate]:
    """Go on after `chosen` up to `size`, the strongest first; of a shop at most two, of a category three.

    What speaks for one listing several times adds up, and its strongest reason is given. A listing without a place is
    not shown to visitors.
    """
    shelf = list(chosen)
    shops = Counter(places[one.listing_id].shop_id for one in shelf)
    categories = Counter(places[one.listing_id].category_id for one in shelf)
    taken = {one.listing_id for one in shelf} | set(without)
    for candidate in sorted(_add_up(candidates), key=lambda one: (-one.score, one.listing_id)):
        place = places.get(candidate.listing_id)
        if len(shelf) >= size:
            break
        if place is None or candidate.listing_id in taken:
            continue
        if shops[place.shop_id] >= MOST_A_SHOP or categories[place.category_id] >= MOST_A_CATEGORY:
            continue
        shops[place.shop_id] += 1
        categories[place.category_id] += 1
        shelf.append(candidate)
    return shelf


def _add_up(candidates: Iterable[Candidate]) -> list[Candidate]:
    best: dict[int, Candidate] = {}
    sums: dict[int, float] = {}
    for one in candidates:
        sums[one.listing_id] = sums.get(one.listing_id, 0.0) + one.score
        if one.listing_id not in best or one.score > best[one.listing_id].score:
            best[one.listing_id] = one
    return [Candidate(pk, sums[pk], one.reason) for pk, one in best.items()]
