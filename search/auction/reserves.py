"""Reserves: the slot's floor, or for a keyword the price that would have earned most from the bids of 28 days."""

from collections.abc import Iterable

from market.money import WHOLE_BPS
from search.auction.contracts import KeywordBid

LEAST_MERCHANTS = 5
LARGEST_MOVE_BPS = 2_000
LEAST_MOVE_MINOR = 1


def find_best_reserve(bids: Iterable[KeywordBid], floor_minor: int) -> int:
    """The reserve that earns most: price times bidders at or above it (Myerson 1981, on what was really bid).

    One merchant counts once, by the middle of its bids (the lower one of two), so that neither many bids nor one wild
    one move it. With less than five merchants, or where the floor earns most, it is the floor; of equals the lowest.
    """
    by_merchant: dict[int, list[int]] = {}
    for bid in bids:
        by_merchant.setdefault(bid.merchant, []).append(bid.bid_minor)
    if len(by_merchant) < LEAST_MERCHANTS:
        return floor_minor
    values = sorted(sorted(own)[(len(own) - 1) // 2] for own in by_merchant.values())
    prices = sorted({floor_minor, *(value for value in values if value > floor_minor)})
    return max(prices, key=lambda price: (price * sum(value >= price for value in values), -price))


def move_reserve(before_minor: int, target_minor: int, floor_minor: int) -> int:
    """The reserve of the next day: at most 20 % from the last one, in whole fen, and never below the slot's floor.

    One below 5 fen moves by a fen, though that is more: a fifth of it is none, and it would stay for ever.
    """
    most = max(LEAST_MOVE_MINOR, before_minor * LARGEST_MOVE_BPS // WHOLE_BPS)
    moved = max(before_minor - most, min(before_minor + most, target_minor))
    return max(floor_minor, moved)
