"""Forecasts agree with the auctions that they are made of."""

import random
from dataclasses import replace

import pytest

from search.auction.contracts import Forecast, PastAuction
from search.auction.forecast import forecast_bid, forecast_bids
from search.auction.keyword import hold_auction, rank
from tests.search.auction.markets import SEED, make_candidate, make_terms

PAST = [
    PastAuction(times=1_000, scores=(250_000, 160_000, 135_000), reserve_minor=10, places=2),
    PastAuction(times=500, scores=(), reserve_minor=10, places=2),
]
TERMS = make_terms(2)


def ask(bid: int, **changed: int) -> Forecast:
    known = {"quality": 1_000, "click_rate_ppm": 40_000, **changed}
    return forecast_bid(PAST, TERMS, bid_minor=bid, **known)


def test_a_bid_for_the_second_place_gets_its_part_of_the_clicks() -> None:
    """1,000 views in the second place at half of 4 %: 20 clicks of 1.61; 500 in the first at 4 %: 20 of 0.10."""
    forecast = ask(200)
    assert (forecast.auctions, forecast.shown, forecast.clicks_micro) == (1_500, 1_500, 40_000_000)
    assert forecast.cost_micro == (20 * 161 + 20 * 10) * 1_000_000
    assert forecast.click_price_minor == 86
    assert not forecast.limited


def test_a_bid_for_the_first_place_pays_for_it() -> None:
    forecast = ask(251)
    assert forecast.cost_micro == (40 * 251 + 20 * 10) * 1_000_000


@pytest.mark.parametrize(("bid", "shown"), [(9, 0), (10, 500), (160, 500), (161, 1_500)])
def test_below_the_reserve_or_without_a_place_nothing_is_shown(bid: int, shown: int) -> None:
    assert ask(bid).shown == shown


def test_nothing_shown_costs_nothing() -> None:
    assert (ask(9).clicks_micro, ask(9).cost_micro, ask(9).click_price_minor) == (0, 0, 0)


def test_a_budget_ends_the_day_early() -> None:
    forecast = ask(200, budget_micro=1_710_000_000)
    assert (forecast.limited, forecast.cost_micro, forecast.clicks_micro) == (True, 1_710_000_000, 20_000_000)
    assert not ask(200, budget_micro=3_420_000_000).limited


def test_a_higher_bid_never_brings_fewer_clicks_nor_a_lower_cost() -> None:
    curve = forecast_bids(PAST, TERMS, range(1, 400), quality=900, click_rate_ppm=40_000)
    assert [one.clicks_micro for one in curve] == sorted(one.clicks_micro for one in curve)
    assert [one.cost_micro for one in curve] == sorted(one.cost_micro for one in curve)
    assert [one.bid_minor for one in curve] == list(range(1, 400))


def test_a_forecast_is_what_the_auction_itself_would_say() -> None:
    for number in range(SEED, SEED + 2_000):
        chance = random.Random(number)
        terms = make_terms(chance.randint(1, 4))
        others = [
            make_candidate(ad, chance.randint(5, 60), chance.randint(1, 9), reserve=5)
            for ad in range(chance.randint(0, 7))
        ]
        bid, quality = chance.randint(1, 60), chance.randint(1, 9)
        scores = tuple(candidate.score for candidate in rank(others, terms.rules))
        past = PastAuction(times=1, scores=scores, reserve_minor=5, places=terms.places)
        forecast = forecast_bid([past], terms, bid_minor=bid, quality=quality, click_rate_ppm=1_000_000)
        if any(candidate.score == bid * quality for candidate in others):
            continue
        own = replace(make_candidate(99, bid, quality, reserve=5), created_us=9)
        award = next((a for a in hold_auction([*others, own], terms) if a.ad == 99), None)
        assert forecast.shown == (award is not None), f"seed {number}"
        if award:
            assert forecast.click_price_minor == award.price.amount_minor, f"seed {number}"
            assert forecast.clicks_micro == terms.weights.by_place_ppm[award.place - 1], f"seed {number}"
