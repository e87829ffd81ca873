"""GSP and VCG as a textbook would write them: slow, by trying out, in fractions. Shares no code with the product.

GSP: the least bid, found by lowering it fen by fen, at which the ad still stands where it stands. VCG: the welfare of
all others without the winner less that with it, each the best of all ways to fill the places.
"""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, permutations

from search.auction.contracts import Candidate, Terms


def shown(candidates: list[Candidate], terms: Terms) -> list[Candidate]:
    """Fill the places one after the other with the best ad of a merchant that has none yet."""
    left = [c for c in candidates if c.bid_minor >= c.reserve_minor and c.quality >= terms.rules.least_quality]
    page: list[Candidate] = []
    while left and len(page) < terms.places:
        best = left[0]
        for other in left[1:]:
            if _is_better(other, best):
                best = other
        page.append(best)
        left = [c for c in left if c.merchant != best.merchant]
    return page


def _is_better(one: Candidate, other: Candidate) -> bool:
    if one.bid_minor * one.quality != other.bid_minor * other.quality:
        return one.bid_minor * one.quality > other.bid_minor * other.quality
    if one.quality != other.quality:
        return one.quality > other.quality
    return (one.created_us, one.ad) < (other.created_us, other.ad)


def gsp_prices(candidates: list[Candidate], terms: Terms) -> list[int]:
    """The least bid that *strictly* beats the one below, between reserve and bid, found by trying each fen."""
    page = shown(candidates, terms)
    prices = []
    for place, winner in enumerate(page):
        above = {c.merchant for c in page[:place]}
        rivals = [
            c
            for c in candidates
            if c.merchant not in above | {winner.merchant}
            and c.bid_minor >= c.reserve_minor
            and c.quality >= terms.rules.least_quality
        ]
        price = winner.reserve_minor
        while price < winner.bid_minor and any(
            price * winner.quality <= rival.bid_minor * rival.quality for rival in rivals
        ):
            price += 1
        prices.append(price)
    return prices


def vcg_prices(candidates: list[Candidate], terms: Terms) -> list[Fraction]:
    """A click's price: what the best filling without the merchant gives the others, less what they have now."""
    weights = terms.weights.by_place_ppm[: terms.places]
    page = shown(candidates, terms)
    prices = []
    for place, winner in enumerate(page):
        others = [c for c in candidates if c.merchant != winner.merchant and c.bid_minor >= c.reserve_minor]
        now = sum(weights[k] * c.bid_minor * c.quality for k, c in enumerate(page) if c is not winner)
        lost = _best_welfare(others, weights) - now
        prices.append(Fraction(lost, weights[place] * winner.quality))
    return prices


def _best_welfare(candidates: list[Candidate], weights: tuple[int, ...]) -> int:
    best = 0
    for filled in permutations(candidates, min(len(candidates), len(weights))):
        if len({c.merchant for c in filled}) == len(filled):
            best = max(best, sum(w * c.bid_minor * c.quality for w, c in zip(weights, filled, strict=False)))
    for fewer in range(1, min(len(candidates), len(weights))):
        for filled in permutations(candidates, fewer):
            if len({c.merchant for c in filled}) == len(filled):
                best = max(best, sum(w * c.bid_minor * c.quality for w, c in zip(weights, filled, strict=False)))
    return best


def vcg_prices_with_reserve(candidates: list[Candidate], terms: Terms) -> list[Fraction]:
    """By the payment identity (Myerson 1981): bid times clicks less the clicks that each lower bid would have won.

    The clicks won are a step function of the bid, so that the middle of each fen's fraction is tried out.
    """
    weights = terms.weights.by_place_ppm[: terms.places]
    page = shown(candidates, terms)
    prices = []
    for place, winner in enumerate(page):
        rivals = [c for c in candidates if c.merchant != winner.merchant]
        steps = {Fraction(c.bid_minor * c.quality, winner.quality) for c in rivals}
        edges = sorted({Fraction(winner.reserve_minor), Fraction(winner.bid_minor)} | steps)
        edges = [edge for edge in edges if winner.reserve_minor <= edge <= winner.bid_minor]
        area = Fraction(0)
        for low, high in pairwise(edges):
            area += (high - low) * _clicks_at(winner, (low + high) / 2, rivals, terms, weights)
        prices.append(winner.bid_minor - area / weights[place])
    return prices


def _clicks_at(
    winner: Candidate, bid: Fraction, rivals: list[Candidate], terms: Terms, weights: tuple[int, ...]
) -> int:
    page = shown(rivals, replace(terms, places=len(terms.weights.by_place_ppm)))
    above = sum(c.bid_minor * c.quality > bid * winner.quality for c in page)
    return weights[above] if above < len(weights) else 0
