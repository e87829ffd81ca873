"""What a reversal writes: the original's entries the other way round, whole or in proportion."""

from collections.abc import Sequence

from billing.ledger.contracts import Book, Leg, Side
from market.money import split


class ReversalTooLarge(ValueError):
    """More would be reversed than is left of the original."""


def reverse_legs(original: Sequence[Leg], reversed_so_far: Sequence[Leg], amount_minor: int | None) -> tuple[Leg, ...]:
    """The mirror of what is left of a transaction, or of `amount_minor` of it.

    `amount_minor` counts the debits of the transaction's largest book; the other books follow in proportion. Parts are
    split by what is left of each entry, so that partial reversals together make exactly the original, never more.
    """
    left = _what_is_left(original, reversed_so_far)
    totals = _debits_per_book(left)
    whole = max(totals.values(), default=0)
    wanted = whole if amount_minor is None else amount_minor
    if not 0 < wanted <= whole:
        raise ReversalTooLarge(f"{wanted} of {whole} that is left cannot be reversed")
    mirrored: list[Leg] = []
    for book, total in totals.items():
        share = split(total, (wanted, whole - wanted))[0]
        for side in Side:
            legs = [leg for leg in left if leg.account.book is book and leg.side is side]
            for leg, part in zip(legs, split(share, [leg.amount_minor for leg in legs]), strict=True):
                if part:
                    mirrored.append(Leg(leg.account, side.other, part))
    return tuple(mirrored)


def _what_is_left(original: Sequence[Leg], reversed_so_far: Sequence[Leg]) -> list[Leg]:
    gone: dict[tuple[object, Side], int] = {}
    for leg in reversed_so_far:
        place = (leg.account, leg.side.other)
        gone[place] = gone.get(place, 0) + leg.amount_minor
    left = []
    for leg in original:
        taken = min(leg.amount_minor, gone.get((leg.account, leg.side), 0))
        gone[leg.account, leg.side] = gone.get((leg.account, leg.side), 0) - taken
        if leg.amount_minor > taken:
            left.append(Leg(leg.account, leg.side, leg.amount_minor - taken))
    return left


def _debits_per_book(legs: Sequence[Leg]) -> dict[Book, int]:
    totals: dict[Book, int] = {}
    for leg in legs:
        if leg.side is Side.DEBIT:
            totals[leg.account.book] = totals.get(leg.account.book, 0) + leg.amount_minor
    return totals
