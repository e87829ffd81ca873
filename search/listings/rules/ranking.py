"""The order of the best candidates: relevance first, then what is sought. Pure, and the same for every engine."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from search.listings.contracts import Candidate
from search.listings.rules.demand import MOST_APPEAL
from search.listings.rules.pins import LEAST_PIN_SCORE

AGREEING = 0.12
"""At most so much more for goods of the category that most of the relevance is in."""

SOUGHT = 0.15
"""At most so much more for what is sought: less than what one word in the title is worth, so that demand puts equals in
order and never an irrelevant product over a relevant one."""

_TELLING = 50
"""So many of the best candidates say which category is meant."""


class Ranked(NamedTuple):
    """A candidate in its place: `value` is its score times both factors."""

    candidate: Candidate
    agreement: float
    demand: float
    value: float


def rank(candidates: Sequence[Candidate]) -> list[Ranked]:
    """Candidates by value, the highest id first among equals. They come with the highest score first.

    What is pinned stays in its place by its score, and says nothing of the category that is meant.
    """
    shares = _share_categories([one for one in candidates if one.score < LEAST_PIN_SCORE][:_TELLING])
    ranked = []
    for candidate in candidates:
        agreement = 1 + AGREEING * shares.get(candidate.leaf_id, 0.0)
        demand = 1 + SOUGHT * candidate.appeal / MOST_APPEAL
        ranked.append(Ranked(candidate, agreement, demand, candidate.score * agreement * demand))
    ranked.sort(key=lambda one: (-one.value, -one.candidate.listing_id))
    return ranked


def _share_categories(candidates: Sequence[Candidate]) -> Mapping[int, float]:
    """How much of the relevance each category holds, against the strongest (1); squared, so that the best say most."""
    held: dict[int, float] = defaultdict(float)
    for candidate in candidates:
        if candidate.leaf_id:
            held[candidate.leaf_id] += candidate.score**2
    strongest = max(held.values(), default=0.0)
    return {leaf_id: share / strongest for leaf_id, share in held.items()} if strongest else {}
