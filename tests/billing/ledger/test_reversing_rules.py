"""Reversals are the mirror of what is left, and never more."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.ledger.contracts import AccountRef, Code, Leg, Owner, Side
from billing.ledger.rules import ReversalTooLarge, account_of, reverse_legs
from tests.billing.ledger.books import ROWS


def _totals(legs: list[Leg]) -> dict[tuple[AccountRef, Side], int]:
    sums: dict[tuple[AccountRef, Side], int] = {}
    for leg in legs:
        sums[leg.account, leg.side] = sums.get((leg.account, leg.side), 0) + leg.amount_minor
    return sums


@pytest.mark.parametrize("row", list(ROWS))
def test_a_whole_reversal_is_the_mirror(row: str) -> None:
    original = ROWS[row][0].legs()
    mirrored = _totals(list(reverse_legs(original, (), None)))
    assert mirrored == {(account, side.other): amount for (account, side), amount in _totals(list(original)).items()}


@given(st.sampled_from(["A1", "B", "D1", "L2", "L4", "F3 won"]), st.lists(st.integers(1, 20000), max_size=12))
def test_partial_reversals_never_exceed_the_original_and_together_make_it(row: str, parts: list[int]) -> None:
    original = ROWS[row][0].legs()
    done: list[Leg] = []
    for part in parts:
        try:
            legs = reverse_legs(original, done, part)
        except ReversalTooLarge:
            continue
        assert sum(leg.amount_minor for leg in legs if leg.side is Side.DEBIT) == sum(
            leg.amount_minor for leg in legs if leg.side is Side.CREDIT
        )
        done += legs
        limits = _totals(list(original))
        assert all(amount <= limits[account, side.other] for (account, side), amount in _totals(done).items())
    with suppress(ReversalTooLarge):
        done += reverse_legs(original, done, None)
    assert _totals(done) == {(ref, side.other): amount for (ref, side), amount in _totals(list(original)).items()}


def test_nothing_less_than_one_and_nothing_more_than_the_rest_is_reversed() -> None:
    original = ROWS["L1"][0].legs()
    for amount in (0, -5, 10553):
        with pytest.raises(ReversalTooLarge):
            reverse_legs(original, (), amount)
    first = reverse_legs(original, (), 10000)
    with pytest.raises(ReversalTooLarge):
        reverse_legs(original, first, 553)
    assert reverse_legs(original, first, 552)


def test_a_smaller_book_is_reversed_in_proportion_to_the_largest() -> None:
    fees, owed = account_of(Code.PSP_FEE), account_of(Code.REFUND_PAYABLE, Owner.of_psp("w"))
    kept, mirror = (
        account_of(Code.CUSTODY_AT_PSP, Owner.of_shop_at_psp(1, "w")),
        account_of(Code.CUSTODY_OWED, Owner.of_shop(1)),
    )
    original = [
        Leg(fees, Side.DEBIT, 1000),
        Leg(owed, Side.CREDIT, 1000),
        Leg(kept, Side.DEBIT, 101),
        Leg(mirror, Side.CREDIT, 101),
    ]
    first = reverse_legs(original, (), 300)
    assert _totals(list(first)) == {
        (fees, Side.CREDIT): 300,
        (owed, Side.DEBIT): 300,
        (kept, Side.CREDIT): 30,
        (mirror, Side.DEBIT): 30,
    }
    rest = _totals([*first, *reverse_legs(original, first, 700)])
    assert rest == {(leg.account, leg.side.other): leg.amount_minor for leg in original}
