"""Why a click cost what it did."""

from dataclasses import replace

import pytest

from search.auction.contracts import (
    ClickBid,
    DisplayPrice,
    DisplayPriceInputs,
    LotPriceInputs,
    MechanismName,
    PriceStep,
    PriceStepKind,
)
from search.auction.display import compute_display_price
from search.auction.explaining import PriceDisputed, explain_display_price, explain_lot_price, explain_price
from search.auction.keyword import hold_auction
from search.auction.lots import compute_lot_price
from tests.search.auction.markets import make_candidate, make_terms, markets


def test_why_169() -> None:
    bidders = [make_candidate(1, 250), make_candidate(2, 200, 800, reserve=10), make_candidate(3, 150, 900)]
    price = hold_auction(bidders, make_terms(2))[1].price
    assert explain_price(price) == [
        PriceStep(PriceStepKind.SCORE_BY_QUALITY, (135_000, 800), 168),
        PriceStep(PriceStepKind.STEP_MORE, (168, 1), 169),
    ]


def test_the_last_step_of_every_explanation_is_the_price() -> None:
    seen = set()
    for number, candidates, terms in markets(1_500):
        for mechanism in MechanismName:
            for award in hold_auction(candidates, replace(terms, mechanism=mechanism)):
                steps = explain_price(award.price)
                assert steps[-1].result_minor == award.price.amount_minor, f"seed {number}"
                seen |= {step.kind for step in steps}
    assert seen == set(PriceStepKind) - {PriceStepKind.CLICK_OF_THOUSAND}


def test_a_price_that_does_not_follow_is_not_explained() -> None:
    (award,) = hold_auction([make_candidate(1, 250, reserve=10)], make_terms(1))
    with pytest.raises(PriceDisputed):
        explain_price(replace(award.price, amount_minor=11))


def display_price(ecpm: int, next_ecpm: int | None, click: ClickBid | None = None) -> DisplayPrice:
    return compute_display_price(
        DisplayPriceInputs(ecpm_minor=ecpm, floor_minor=500, step_minor=10, next_ecpm_minor=next_ecpm, click=click)
    )


def test_why_a_display_click_cost_60() -> None:
    assert explain_display_price(display_price(4_000, 3_000, ClickBid(80, 50_000))) == [
        PriceStep(PriceStepKind.STEP_MORE, (3_000, 10), 3_010),
        PriceStep(PriceStepKind.CLICK_OF_THOUSAND, (3_010, 50_000, 80), 60),
    ]


@pytest.mark.parametrize(
    ("ecpm", "next_ecpm", "kinds"),
    [
        (4_000, None, ["nobody_next"]),
        (4_000, 3_000, ["step_more"]),
        (4_000, 400, ["step_more", "at_least_reserve"]),
        (4_000, 3_995, ["step_more", "at_most_bid"]),
    ],
)
def test_the_last_step_of_views_and_of_a_lot_is_their_price(ecpm: int, next_ecpm: int | None, kinds: list[str]) -> None:
    price = display_price(ecpm, next_ecpm)
    steps = explain_display_price(price)
    assert [step.kind.value for step in steps] == kinds
    assert steps[-1].result_minor == price.cpm_minor
    inputs = LotPriceInputs(maximum_minor=ecpm, reserve_minor=500, step_minor=10, second_minor=next_ecpm)
    assert explain_lot_price(compute_lot_price(inputs), inputs) == steps


def test_views_and_lots_that_do_not_follow_are_not_explained() -> None:
    with pytest.raises(PriceDisputed):
        explain_display_price(replace(display_price(4_000, 3_000), cpm_minor=3_011))
    with pytest.raises(PriceDisputed):
        explain_lot_price(1, LotPriceInputs(maximum_minor=9, reserve_minor=2, step_minor=1, second_minor=None))
