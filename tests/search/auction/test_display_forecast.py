"""Forecasts of display ads agree with the auctions that they are made of."""

import random

import pytest

from search.auction.contracts import DisplayCandidate, DisplayForecast, PastShelf
from search.auction.display import hold_display_auction
from search.auction.display_forecast import forecast_display
from search.auction.versions import get_weights
from tests.search.auction.markets import SEED

WEIGHTS = get_weights()
SHELF = PastShelf(seen=(1_000, 500), ecpms=(4_000, 2_000), floor_minor=200)
EMPTY = PastShelf(seen=(100, 50), ecpms=(), floor_minor=200)
RATE_PPM = 50_000


def ask(bid: int, *shelves: PastShelf, by_click: bool = False, budget_micro: int | None = None) -> DisplayForecast:
    return forecast_display(
        shelves or (SHELF,),
        WEIGHTS,
        bid_minor=bid,
        by_click=by_click,
        click_rate_ppm=RATE_PPM,
        budget_micro=budget_micro,
    )


def test_a_bid_for_the_second_place_gets_its_views_and_pays_a_step_above_the_next() -> None:
    """500 views at 20.10 a thousand are 10.05; clicks are 0.68 of the first place's 50."""
    found = ask(3_000)
    assert (found.views, found.cost_micro, found.clicks_micro) == (500, 1_005_000_000, 34_000_000)
    assert not found.limited


def test_a_bid_a_click_pays_for_clicks_and_never_more_than_it_said() -> None:
    """0.80 at 5 % is 40.00 a thousand: a draw with the best, so the second place; 20.10 a thousand is 0.40 a click."""
    found = ask(80, by_click=True)
    assert (found.views, found.clicks_micro, found.cost_micro) == (500, 34_000_000, 34 * 40 * 1_000_000)
    alone = ask(80, EMPTY, by_click=True)
    assert (alone.clicks_micro, alone.cost_micro) == (5_000_000, 5 * 4 * 1_000_000), "the floor, 2.00 a thousand"


@pytest.mark.parametrize(("bid", "views"), [(199, 0), (200, 100), (2_000, 100), (2_001, 600), (4_001, 1_100)])
def test_below_the_floor_or_without_a_place_nothing_is_shown(bid: int, views: int) -> None:
    assert ask(bid, SHELF, EMPTY).views == views


def test_a_bid_a_click_of_less_than_a_fen_for_a_thousand_views_is_not_shown() -> None:
    tiny = forecast_display((EMPTY,), WEIGHTS, bid_minor=1, by_click=True, click_rate_ppm=10)
    assert (tiny.views, tiny.clicks_micro, tiny.cost_micro) == (0, 0, 0)


def test_a_budget_ends_the_day_early() -> None:
    found = ask(3_000, budget_micro=201_000_000)
    assert (found.limited, found.views, found.cost_micro) == (True, 100, 201_000_000)
    assert not ask(3_000, budget_micro=1_005_000_000).limited


def test_a_higher_bid_never_brings_fewer_views_nor_a_lower_cost() -> None:
    curve = [ask(bid, SHELF, EMPTY) for bid in range(1, 5_000, 7)]
    for figure in ("views", "clicks_micro", "cost_micro"):
        values = [getattr(one, figure) for one in curve]
        assert values == sorted(values), figure


def test_it_is_what_the_auction_would_have_made_of_the_bid() -> None:
    chance = random.Random(SEED)
    for _ in range(300):
        others = [
            DisplayCandidate(ad=number, merchant=number, ecpm_minor=chance.randint(1, 900), created_us=number)
            for number in range(1, chance.randint(1, 8))
        ]
        floor, places, bid = chance.randint(0, 300), chance.randint(1, 6), chance.randint(1, 900)
        mine = DisplayCandidate(ad=99, merchant=99, ecpm_minor=bid, created_us=10**9)
        awards = hold_display_auction([*others, mine], places, floor_minor=floor)
        (won,) = [award for award in awards if award.ad == 99] or [None]
        shelf = PastShelf(
            seen=tuple(1_000 - place for place in range(places)),
            ecpms=tuple(sorted((other.ecpm_minor for other in others), reverse=True)),
            floor_minor=floor,
        )
        found = ask(bid, shelf)
        assert found.views == (shelf.seen[won.place - 1] if won else 0)
        assert found.cost_micro == (found.views * won.price.view_micro if won else 0)
