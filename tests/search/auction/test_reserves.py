"""Reserves by keyword: what would have earned most, and how fast they move."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.auction.contracts import KeywordBid
from search.auction.reserves import find_best_reserve, move_reserve
from tests.search.auction.markets import steady


def bids(*amounts: int) -> list[KeywordBid]:
    return [KeywordBid(merchant, amount) for merchant, amount in enumerate(amounts)]


@pytest.mark.parametrize(
    ("amounts", "reserve"),
    [
        ((100, 100, 100, 100, 100), 100),
        ((10, 10, 10, 10, 500), 500),
        ((20, 30, 45, 50, 60), 45),
        ((20, 30, 40, 50, 60), 30),  # 30 and 40 both earn 120
        ((50, 40, 30, 20), 10),  # four merchants: the floor
        ((12, 13, 14, 15, 16), 12),
        ((5, 6, 7, 8, 9), 10),  # all below the floor
        ((20, 20, 20, 20, 100), 20),  # both earn 100: the lower one
    ],
)
def test_the_reserve_that_earns_most_from_five_merchants(amounts: tuple[int, ...], reserve: int) -> None:
    assert find_best_reserve(bids(*amounts), floor_minor=10) == reserve


def test_a_merchant_counts_once_by_the_middle_of_its_bids() -> None:
    many = [KeywordBid(9, amount) for amount in (1, 500, 45, 45, 46, 9_999)] * 50
    assert find_best_reserve([*bids(20, 30, 50, 60), *many], floor_minor=10) == 45


@steady
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 400)), max_size=60), st.integers(1, 200))
def test_no_other_price_would_have_earned_more(offers: list[tuple[int, int]], floor: int) -> None:
    reserve = find_best_reserve([KeywordBid(*offer) for offer in offers], floor)
    values = {
        merchant: sorted(bid for other, bid in offers if other == merchant) for merchant in {who for who, _ in offers}
    }
    middles = [own[(len(own) - 1) // 2] for own in values.values()]
    if len(values) < 5:
        assert reserve == floor
        return
    assert reserve >= floor
    earned = reserve * sum(middle >= reserve for middle in middles)
    assert all(price * sum(middle >= price for middle in middles) <= earned for price in range(floor, 402))


@pytest.mark.parametrize(
    ("before", "target", "floor", "after"),
    [
        (100, 300, 10, 120),
        (100, 20, 10, 80),
        (100, 105, 10, 105),
        (100, 20, 90, 90),
        (100, 300, 150, 150),
        (99, 300, 10, 118),
        (4, 100, 4, 5),
        (1, 100, 1, 2),
        (4, 1, 1, 3),
        (4, 1, 4, 4),
        (4, 4, 1, 4),
    ],
)
def test_a_reserve_moves_at_most_a_fifth_a_day_and_never_below_the_floor(
    before: int, target: int, floor: int, after: int
) -> None:
    assert move_reserve(before, target, floor) == after


@steady
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 500))
def test_every_move_is_towards_the_target_and_small(before: int, target: int, floor: int) -> None:
    after = move_reserve(before, target, floor)
    assert after >= floor
    if before >= floor:
        assert abs(after - before) <= max(1, before // 5)
        assert min(before, max(target, floor)) <= after <= max(before, target)


@steady
@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 40))
def test_a_reserve_arrives_day_by_day(before: int, target: int, floor: int) -> None:
    days, reserve = 0, max(before, floor)
    while reserve != max(target, floor):
        reserve, days = move_reserve(reserve, target, floor), days + 1
        assert days <= 60, "from one end to the other, a fen a day at the lower one"
