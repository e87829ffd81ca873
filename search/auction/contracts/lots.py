"""Sealed lots: a slot for an hour or a day, sold once at a closing time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LotBid:
    """A merchant's maximum; `order` counts the bids of a lot as they came."""

    merchant: int
    maximum_minor: int
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPriceInputs:
    """All that a lot's price is made of. `second_minor` is None where nobody else bid."""

    maximum_minor: int
    reserve_minor: int
    step_minor: int
    second_minor: int | None


@dataclass(frozen=True, slots=True)
class LotResult:
    """A closed lot. `given_back_minor` is by merchant: the losers' holds, and what the winner held above the price."""

    winner: LotBid | None
    price_minor: int
    inputs: LotPriceInputs | None
    given_back_minor: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class LotDelivery:
    """A won lot by its parts (hours or days): what each is worth, what is earned, what is given back."""

    parts_minor: tuple[int, ...]
    earned_minor: int
    given_back_minor: int
