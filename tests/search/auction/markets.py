"""Auctions made from a seed: small ones full of ties, large ones as a page has them."""

import os
import random
from collections.abc import Iterator

from hypothesis import settings

from search.auction.contracts import AuctionRules, Candidate, MechanismName, PlaceWeights, Terms

LONG = bool(os.environ.get("JISHI_LONG"))
SEED = int(os.environ.get("JISHI_SEED", "20261128"))
RULES = AuctionRules(version=1, step_minor=1, least_quality=1, least_relevance_ppm=0)
steady = settings(deadline=None)
"""A property may take long on a busy machine."""

STEEP = PlaceWeights(7, (1_000_000, 500_000, 200_000, 100_000, 90_000, 80_000))


def make_terms(places: int, *, mechanism: MechanismName = MechanismName.GSP, step_minor: int = 1) -> Terms:
    """Terms of a test: no least quality, steep weights."""
    rules = AuctionRules(version=1, step_minor=step_minor, least_quality=1, least_relevance_ppm=0)
    return Terms(places=places, rules=rules, weights=STEEP, quality_version=1, mechanism=mechanism)


def make_candidate(
    ad: int, bid_minor: int, quality: int = 1_000, *, merchant: int | None = None, reserve: int = 0, created: int = 0
) -> Candidate:
    """An ad of a merchant of its own unless one is named."""
    return Candidate(
        ad=ad,
        merchant=ad if merchant is None else merchant,
        bid_minor=bid_minor,
        quality=quality,
        reserve_minor=reserve,
        created_us=created,
    )


def make_market(chance: random.Random, most: int = 12) -> list[Candidate]:
    """Up to `most` ads of fewer merchants. Every other market has tiny numbers, so that scores tie."""
    small = chance.random() < 0.5
    ads = chance.randint(0, most)
    largest_bid, largest_quality = (6, 4) if small else (3_000, 1_000)
    reserve = chance.choice([0, 0, 1, 2 if small else 100])
    return [
        Candidate(
            ad=ad,
            merchant=chance.randint(1, max(1, most * 2 // 3)),
            bid_minor=chance.randint(1, largest_bid),
            quality=chance.randint(1, largest_quality),
            reserve_minor=reserve,
            created_us=chance.randint(0, 2),
        )
        for ad in range(ads)
    ]


def markets(count: int, seed: int = SEED, most: int = 12) -> Iterator[tuple[int, list[Candidate], Terms]]:
    """Markets with the number that makes each of them again, and terms of one to six places."""
    for number in range(seed, seed + count):
        chance = random.Random(number)
        yield number, make_market(chance, most), make_terms(chance.randint(1, 6))
