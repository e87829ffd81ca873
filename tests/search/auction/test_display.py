"""The display auction: eCPM, the step above the next, clicks billed by it."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.auction.contracts import BadCandidate, ClickBid, DisplayCandidate, DisplayDecision, DisplayPriceInputs
from search.auction.display import (
    compute_display_price,
    compute_ecpm,
    decide_display,
    hold_display_auction,
    replay_display,
)
from search.auction.records import read_record, write_record
from tests.search.auction.markets import SEED, steady


def ad(number: int, ecpm: int, *, merchant: int | None = None, click: ClickBid | None = None) -> DisplayCandidate:
    return DisplayCandidate(ad=number, merchant=merchant or number, ecpm_minor=ecpm, created_us=number, click=click)


def test_80_fen_a_click_at_5_percent_are_40_yuan_a_thousand_views() -> None:
    click = ClickBid(80, 50_000)
    assert compute_ecpm(click) == 4_000
    rivals = [ad(1, 4_000, click=click), ad(2, 3_000), ad(3, 2_000)]
    first, second = hold_display_auction(rivals, 2, floor_minor=500)
    assert (first.ad, first.price.cpm_minor, first.price.click_minor, first.price.view_micro) == (1, 3_010, 60, 0)
    assert (second.ad, second.price.cpm_minor, second.price.click_minor, second.price.view_micro) == (
        2,
        2_010,
        0,
        2_010_000,
    )


def test_a_cpm_of_1850_fen_costs_1850000_microfen_a_view() -> None:
    (award,) = hold_display_auction([ad(1, 2_000)], 1, floor_minor=1_850)
    assert award.price.view_micro == 1_850_000


def test_one_ad_a_merchant_and_the_own_second_one_sets_no_price() -> None:
    awards = hold_display_auction([ad(1, 4_000, merchant=1), ad(2, 3_990, merchant=1), ad(3, 900)], 3, floor_minor=500)
    assert [(award.ad, award.price.cpm_minor) for award in awards] == [(1, 910), (3, 500)]


def test_equal_bids_go_to_the_older_one_which_pays_its_bid() -> None:
    awards = hold_display_auction([ad(2, 700), ad(1, 700)], 1, floor_minor=500)
    assert [(award.ad, award.price.cpm_minor) for award in awards] == [(1, 700)]


def test_below_the_floor_nobody_is_shown() -> None:
    assert hold_display_auction([ad(1, 499)], 1, floor_minor=500) == []


def test_price_stays_between_floor_and_bid_and_a_click_never_costs_more_than_its_bid() -> None:
    for number in range(SEED, SEED + 3_000):
        chance = random.Random(number)
        clicks = [ClickBid(chance.randint(1, 500), chance.randint(1, 300_000)) for _ in range(chance.randint(0, 8))]
        candidates = [ad(n, compute_ecpm(c), click=c) for n, c in enumerate(clicks, 1) if compute_ecpm(c)]
        candidates += [ad(100 + n, chance.randint(1, 9_000)) for n in range(chance.randint(0, 5))]
        floor = chance.choice([1, 300, 2_000])
        for award in hold_display_auction(candidates, chance.randint(1, 5), floor_minor=floor):
            inputs = award.price.inputs
            assert floor <= award.price.cpm_minor <= inputs.ecpm_minor, f"seed {number}"
            assert compute_display_price(inputs) == award.price, f"seed {number}"
            if inputs.click:
                assert award.price.click_minor <= inputs.click.bid_minor, f"seed {number}"
                assert award.price.view_micro == 0, f"seed {number}"


@steady
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(0, 10**9))
def test_a_click_never_costs_more_than_its_bid_even_where_the_inputs_were_made_up(
    bid: int, rate: int, next_ecpm: int
) -> None:
    inputs = DisplayPriceInputs(
        ecpm_minor=10**9, floor_minor=0, step_minor=10, next_ecpm_minor=next_ecpm, click=ClickBid(bid, rate)
    )
    assert 0 <= compute_display_price(inputs).click_minor <= bid


@pytest.mark.parametrize(("bid", "rate"), [(0, 1), (1, 0), (1, 1_000_001)])
def test_click_bids_outside_the_limits_are_refused(bid: int, rate: int) -> None:
    with pytest.raises(BadCandidate):
        ClickBid(bid, rate)
    with pytest.raises(BadCandidate):
        ad(1, 0)


def test_a_stored_display_auction_replays_to_the_same_awards() -> None:
    chance = random.Random(11)
    for number in range(2_000):
        candidates = [
            DisplayCandidate(
                ad=ad, merchant=chance.randint(1, 6), ecpm_minor=chance.randint(1, 9_000), created_us=ad % 3
            )
            for ad in range(chance.randint(0, 12))
        ]
        decision = decide_display(
            candidates, 3, floor_minor=200, id=str(number), decided_us=number, context="home", keep_all=number % 2 == 0
        )
        stored = write_record(decision)
        assert list(decision.awards) == hold_display_auction(candidates, 3, floor_minor=200)
        assert replay_display(read_record(DisplayDecision, stored)) == decision
        if decision.awards:  # what was changed since is noticed
            dearer = replace(decision, floor_minor=9_001)
            assert replay_display(dearer) != dearer
