"""Sealed second-price lots: what is held, who wins, what is given back, what is earned as it is delivered."""

from collections.abc import Sequence

from market.money import split
from search.auction.contracts import LotBid, LotDelivery, LotPriceInputs, LotResult
from search.auction.contracts.units import LARGEST_BID_MINOR


class BidBelowReserve(ValueError):
    """A maximum under the lot's reserve."""


class BidTooLarge(ValueError):
    """A maximum that can only be a mistake."""


class BidLowered(ValueError):
    """A sealed bid may be raised; lowering it would let a merchant feel its way."""


def place_bid(bids: Sequence[LotBid], bid: LotBid, *, reserve_minor: int) -> tuple[list[LotBid], int]:
    """The bids after this one, and by how much the merchant's hold grows. A raised bid counts from when it was raised.

    Raises `BidBelowReserve`, `BidTooLarge`, `BidLowered`.
    """
    if bid.maximum_minor < reserve_minor or bid.maximum_minor <= 0:
        raise BidBelowReserve(f"{bid.maximum_minor} where {reserve_minor} is asked")
    if bid.maximum_minor > LARGEST_BID_MINOR:
        raise BidTooLarge(f"{bid.maximum_minor}")
    before = next((known for known in bids if known.merchant == bid.merchant), None)
    if before is None:
        return [*bids, bid], bid.maximum_minor
    if bid.maximum_minor < before.maximum_minor:
        raise BidLowered(f"{bid.maximum_minor} after {before.maximum_minor}")
    if bid.maximum_minor == before.maximum_minor:
        return list(bids), 0
    return [*(known for known in bids if known is not before), bid], bid.maximum_minor - before.maximum_minor


def close_lot(bids: Sequence[LotBid], *, reserve_minor: int, step_minor: int) -> LotResult:
    """Highest wins, then first; the price is min(own maximum, max(reserve, second + step)).

    Who is below the reserve (it was raised since) gets everything back and sets no price.
    """
    entered = [bid for bid in bids if bid.maximum_minor >= reserve_minor]
    ranking = sorted(entered, key=lambda bid: (-bid.maximum_minor, bid.order))
    given_back = [(bid.merchant, bid.maximum_minor) for bid in bids if not ranking or bid is not ranking[0]]
    if not ranking:
        return LotResult(None, 0, None, tuple(sorted(given_back)))
    winner = ranking[0]
    inputs = LotPriceInputs(
        maximum_minor=winner.maximum_minor,
        reserve_minor=reserve_minor,
        step_minor=step_minor,
        second_minor=ranking[1].maximum_minor if len(ranking) > 1 else None,
    )
    price_minor = compute_lot_price(inputs)
    if winner.maximum_minor > price_minor:
        given_back.append((winner.merchant, winner.maximum_minor - price_minor))
    return LotResult(winner, price_minor, inputs, tuple(sorted(given_back)))


def compute_lot_price(inputs: LotPriceInputs) -> int:
    """The price of a lot from its inputs alone."""
    forced = inputs.reserve_minor if inputs.second_minor is None else inputs.second_minor + inputs.step_minor
    return min(inputs.maximum_minor, max(inputs.reserve_minor, forced))


def deliver_lot(price_minor: int, delivered: Sequence[bool]) -> LotDelivery:
    """A price over equal parts, by largest remainder: earned where the part was shown, given back where it was not."""
    parts = split(price_minor, [1] * len(delivered))
    earned = sum(part for part, shown in zip(parts, delivered, strict=True) if shown)
    return LotDelivery(tuple(parts), earned, price_minor - earned)
