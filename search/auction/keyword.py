"""The keyword auction: an order without ties, one ad a merchant, a price for each place.

The next one of a winner is the best eligible ad of the best merchant that has no place above it: shown or not. A
merchant's further ads take part in nothing. Counted as rivals they would let a merchant raise the price of the one
below by an ad that can never be shown, and a better quality could cost more at the same place.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from search.auction.contracts import (
    AuctionRules,
    Award,
    Candidate,
    Decision,
    MechanismName,
    Price,
    PriceInputs,
    Terms,
)
from search.auction.pricing import compute_price
from search.auction.versions import get_rules, get_weights


class Mechanism(Protocol):
    """Prices a ranking's first places, from the top. One more in the ranking is the best without a place."""

    def __call__(self, ranking: Sequence[Candidate], terms: Terms) -> list[Price]: ...


def gsp(ranking: Sequence[Candidate], terms: Terms) -> list[Price]:
    """Each pays what keeps it above the next one."""
    return [
        compute_price(_inputs(MechanismName.GSP, candidate, terms, tuple(c.score for c in ranking[place : place + 1])))
        for place, candidate in enumerate(ranking[: terms.places], start=1)
    ]


def vcg(ranking: Sequence[Candidate], terms: Terms) -> list[Price]:
    """Each pays what the others lose by it."""
    weights = terms.weights.by_place_ppm[: terms.places]
    scores = tuple(candidate.score for candidate in ranking[: terms.places + 1])
    return [
        compute_price(_inputs(MechanismName.VCG, candidate, terms, scores[place:], weights[place - 1 :]))
        for place, candidate in enumerate(ranking[: terms.places], start=1)
    ]


def first(ranking: Sequence[Candidate], terms: Terms) -> list[Price]:
    """Each pays its bid."""
    return [compute_price(_inputs(MechanismName.FIRST, candidate, terms, ())) for candidate in ranking[: terms.places]]


MECHANISMS: Mapping[MechanismName, Mechanism] = {
    MechanismName.GSP: gsp,
    MechanismName.VCG: vcg,
    MechanismName.FIRST: first,
}


def rank(candidates: Sequence[Candidate], rules: AuctionRules) -> list[Candidate]:
    """The best ad of each merchant that reaches its reserve and the least quality: by score, quality, age, id."""
    entered = [
        (-candidate.bid_minor * candidate.quality, -candidate.quality, candidate.created_us, candidate.ad, candidate)
        for candidate in candidates
        if candidate.bid_minor >= candidate.reserve_minor and candidate.quality >= rules.least_quality
    ]
    entered.sort(key=lambda entry: entry[:4])
    best: dict[int, Candidate] = {}
    for entry in entered:
        best.setdefault(entry[4].merchant, entry[4])
    return list(best.values())


def hold_auction(candidates: Sequence[Candidate], terms: Terms) -> list[Award]:
    """The places of a page, from the first down; fewer when fewer merchants take part."""
    return _award(rank(candidates, terms.rules), terms)


def decide(
    candidates: Sequence[Candidate],
    terms: Terms,
    *,
    id: str,
    decided_us: int,
    context: str,
    keep_all: bool = False,
) -> Decision:
    """An auction to be stored, with the candidates down to the best without a place, or with all of them."""
    ranking = rank(candidates, terms.rules)
    return Decision(
        id=id,
        decided_us=decided_us,
        context=context,
        mechanism=terms.mechanism,
        rules_version=terms.rules.version,
        weights_version=terms.weights.version,
        quality_version=terms.quality_version,
        places=terms.places,
        candidates=tuple(candidates if keep_all else ranking[: terms.places + 1]),
        awards=tuple(_award(ranking, terms)),
    )


def get_terms(decision: Decision) -> Terms:
    """The rules and weights that a stored decision was made by. Raises `UnknownVersion`."""
    return Terms(
        places=decision.places,
        rules=get_rules(decision.rules_version),
        weights=get_weights(decision.weights_version),
        quality_version=decision.quality_version,
        mechanism=decision.mechanism,
    )


def replay(decision: Decision, terms: Terms) -> Decision:
    """The same auction again from what was stored: equal to it, or something was changed since."""
    return decide(
        decision.candidates,
        terms,
        id=decision.id,
        decided_us=decision.decided_us,
        context=decision.context,
        keep_all=True,
    )


def _award(ranking: Sequence[Candidate], terms: Terms) -> list[Award]:
    prices = MECHANISMS[terms.mechanism](ranking, terms)
    beside = vcg(ranking, terms)
    return [
        Award(place, candidate.ad, candidate.merchant, price, logged.amount_minor)
        for place, (candidate, price, logged) in enumerate(zip(ranking, prices, beside, strict=False), start=1)
    ]


def _inputs(
    mechanism: MechanismName,
    candidate: Candidate,
    terms: Terms,
    lower_scores: tuple[int, ...],
    weights_ppm: tuple[int, ...] = (),
) -> PriceInputs:
    return PriceInputs(
        mechanism=mechanism,
        bid_minor=candidate.bid_minor,
        quality=candidate.quality,
        reserve_minor=candidate.reserve_minor,
        step_minor=terms.rules.step_minor,
        lower_scores=lower_scores,
        weights_ppm=weights_ppm,
        rules_version=terms.rules.version,
        weights_version=terms.weights.version,
        quality_version=terms.quality_version,
    )
