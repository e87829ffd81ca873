"""Micro-fen into fen, once an hour, nothing lost: whole fen are charged, the rest is carried into the next hour."""

from collections.abc import Iterable, Sequence

from market.money import MICRO_PER_MINOR, included_portion
from search.auction.contracts import HourCharge


class BadCharge(ValueError):
    """An amount below zero, or a carry that is a whole fen or more."""


def close_hour(amounts_micro: Iterable[int], *, carry_in_micro: int, vat_bps: int) -> HourCharge:
    """The charge of an hour's billed events. VAT is inside the amount, as in H4 and H5. Raises `BadCharge`."""
    amounts = list(amounts_micro)
    if not 0 <= carry_in_micro < MICRO_PER_MINOR or any(amount < 0 for amount in amounts):
        raise BadCharge(f"carry {carry_in_micro}, smallest amount {min(amounts, default=0)}")
    sum_micro = sum(amounts)
    amount_minor, carry_out_micro = divmod(sum_micro + carry_in_micro, MICRO_PER_MINOR)
    return HourCharge(
        sum_micro=sum_micro,
        carry_in_micro=carry_in_micro,
        amount_minor=amount_minor,
        carry_out_micro=carry_out_micro,
        vat_minor=included_portion(amount_minor, vat_bps),
    )


def list_breaks(charges: Sequence[HourCharge]) -> list[int]:
    """The hours (by index) that break a merchant's chain: charged is not what was summed, or a carry got lost."""
    breaks = []
    carry_micro = 0
    for index, charge in enumerate(charges):
        left = charge.sum_micro + charge.carry_in_micro
        right = charge.amount_minor * MICRO_PER_MINOR + charge.carry_out_micro
        if left != right or charge.carry_in_micro != carry_micro or not 0 <= charge.carry_out_micro < MICRO_PER_MINOR:
            breaks.append(index)
        carry_micro = charge.carry_out_micro
    return breaks
