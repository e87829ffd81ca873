"""Audiences: one of each kind that is wanted."""

from hypothesis import given
from hypothesis import strategies as st

from search.auction.audiences import (
    BUYERS,
    COMPUTER,
    DEVICES,
    EVERYTHING,
    INTERESTS,
    KNOWN_BUYER,
    MOBILE,
    NEW_BUYER,
    is_met,
    list_bits,
)
from tests.search.auction.markets import steady

numbers = st.integers(0, EVERYTHING)


def test_kinds_do_not_overlap() -> None:
    assert INTERESTS & DEVICES == INTERESTS & BUYERS == DEVICES & BUYERS == 0
    assert EVERYTHING < 1 << 63, "it fits into a bigint"


def test_one_of_each_wanted_kind_is_enough_and_every_kind_counts() -> None:
    assert is_met(0, 0) and is_met(0b11, 0b10)
    assert is_met(0b1 | MOBILE, 0b1 | MOBILE | NEW_BUYER)
    assert not is_met(0b1 | MOBILE, 0b1 | COMPUTER)
    assert not is_met(KNOWN_BUYER, NEW_BUYER)
    assert not is_met(KNOWN_BUYER | NEW_BUYER, 0), "of whom it may not be known is neither"


@steady
@given(numbers, numbers)
def test_it_is_what_sets_of_kinds_say(wanted: int, has: int) -> None:
    kinds = {0: set(range(56)), 1: {56, 57}, 2: {58, 59}}
    want = {place for place in range(60) if wanted >> place & 1}
    own = {place for place in range(60) if has >> place & 1}
    assert is_met(wanted, has) == all(not want & kind or want & kind & own for kind in kinds.values())
    assert sum(list_bits(wanted)) == wanted
