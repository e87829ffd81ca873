"""Sealed lots: second price, first come, every hold accounted for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.money import included_portion
from search.auction.contracts import LotBid, LotPriceInputs
from search.auction.lots import (
    BidBelowReserve,
    BidLowered,
    BidTooLarge,
    close_lot,
    compute_lot_price,
    deliver_lot,
    place_bid,
)
from tests.search.auction.markets import steady


def test_the_winner_pays_a_step_above_the_second_and_the_rest_returns() -> None:
    bids = [LotBid(1, 30_000, 1), LotBid(2, 20_000, 2), LotBid(3, 15_000, 3)]
    result = close_lot(bids, reserve_minor=10_000, step_minor=1_000)
    assert (result.winner, result.price_minor) == (bids[0], 21_000)
    assert result.given_back_minor == ((1, 9_000), (2, 20_000), (3, 15_000))


@pytest.mark.parametrize(
    ("maxima", "winner", "price"),
    [
        ([12_000], 0, 10_000),
        ([10_000], 0, 10_000),
        ([20_000, 20_000], 0, 20_000),
        ([20_000, 20_500], 1, 20_500),
        ([20_000, 25_000, 20_000], 1, 21_000),
    ],
)
def test_ties_go_to_the_first_and_no_price_leaves_reserve_and_maximum(
    maxima: list[int], winner: int, price: int
) -> None:
    bids = [LotBid(number, maximum, number) for number, maximum in enumerate(maxima)]
    result = close_lot(bids, reserve_minor=10_000, step_minor=1_000)
    assert (result.winner, result.price_minor) == (bids[winner], price)


def test_who_is_below_a_raised_reserve_gets_all_back_and_sets_no_price() -> None:
    bids = [LotBid(1, 30_000, 1), LotBid(2, 20_000, 2)]
    result = close_lot(bids, reserve_minor=25_000, step_minor=1_000)
    assert (result.price_minor, result.given_back_minor) == (25_000, ((1, 5_000), (2, 20_000)))
    result = close_lot(bids, reserve_minor=31_000, step_minor=1_000)
    assert (result.winner, result.given_back_minor) == (None, ((1, 30_000), (2, 20_000)))


def test_a_price_is_never_under_the_reserve_whatever_the_second_bid() -> None:
    inputs = LotPriceInputs(maximum_minor=30_000, reserve_minor=25_000, step_minor=1_000, second_minor=20_000)
    assert compute_lot_price(inputs) == 25_000


def test_a_lot_without_bids_goes_to_nobody() -> None:
    result = close_lot([], reserve_minor=10_000, step_minor=1_000)
    assert (result.winner, result.price_minor, result.given_back_minor) == (None, 0, ())


def test_a_raised_bid_holds_only_the_difference_and_counts_from_then() -> None:
    bids, held = place_bid([], LotBid(1, 12_000, 1), reserve_minor=10_000)
    bids, other = place_bid(bids, LotBid(2, 15_000, 2), reserve_minor=10_000)
    bids, more = place_bid(bids, LotBid(1, 15_000, 3), reserve_minor=10_000)
    assert (held, other, more) == (12_000, 15_000, 3_000)
    assert close_lot(bids, reserve_minor=10_000, step_minor=100).winner == LotBid(2, 15_000, 2)


def test_the_same_bid_again_changes_nothing() -> None:
    bids, _ = place_bid([], LotBid(1, 12_000, 1), reserve_minor=10_000)
    assert place_bid(bids, LotBid(1, 12_000, 5), reserve_minor=10_000) == (bids, 0)


@pytest.mark.parametrize(("maximum", "error"), [(9_999, BidBelowReserve), (11_999, BidLowered), (10**9, BidTooLarge)])
def test_bids_that_are_refused(maximum: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        place_bid([LotBid(1, 12_000, 1)], LotBid(1, maximum, 2), reserve_minor=10_000)


def test_nothing_bids_nothing() -> None:
    with pytest.raises(BidBelowReserve):
        place_bid([], LotBid(1, 0, 1), reserve_minor=0)


@steady
@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 50)), max_size=30),
    st.integers(1, 40),
    st.integers(0, 9),
)
def test_what_was_held_is_the_price_and_what_returns(offers: list[tuple[int, int]], reserve: int, step: int) -> None:
    bids: list[LotBid] = []
    held = 0
    for order, (merchant, maximum) in enumerate(offers):
        try:
            bids, more = place_bid(bids, LotBid(merchant, maximum, order), reserve_minor=reserve)
        except (BidBelowReserve, BidLowered):
            continue
        held += more
    result = close_lot(bids, reserve_minor=reserve, step_minor=step)
    assert held == result.price_minor + sum(amount for _, amount in result.given_back_minor)
    assert all(amount > 0 for _, amount in result.given_back_minor)
    if result.winner and result.inputs:
        assert reserve <= result.price_minor <= result.winner.maximum_minor
        assert compute_lot_price(result.inputs) == result.price_minor
        assert result.winner.maximum_minor == max(bid.maximum_minor for bid in bids)


def test_three_days_of_a_lot_are_earned_as_delivered_and_the_last_is_given_back() -> None:
    """money.md I1-I3: 210.00 over three days, 66.04 and 3.96 VAT each."""
    whole = deliver_lot(21_000, [True, True, True])
    assert (whole.parts_minor, whole.earned_minor, whole.given_back_minor) == ((7_000, 7_000, 7_000), 21_000, 0)
    assert included_portion(7_000, 600) == 396
    cancelled = deliver_lot(21_000, [True, True, False])
    assert (cancelled.earned_minor, cancelled.given_back_minor) == (14_000, 7_000)


@steady
@given(st.integers(0, 10**8), st.lists(st.booleans(), min_size=1, max_size=48))
def test_a_lots_parts_always_make_its_price(price: int, delivered: list[bool]) -> None:
    delivery = deliver_lot(price, delivered)
    assert sum(delivery.parts_minor) == price == delivery.earned_minor + delivery.given_back_minor
    assert max(delivery.parts_minor) - min(delivery.parts_minor) <= 1
