"""Why a click cost what it did."""

from dataclasses import replace

import pytest

from search.auction.contracts import MechanismName, PriceStep, PriceStepKind
from search.auction.explaining import PriceDisputed, explain_price
from search.auction.keyword import hold_auction
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
    assert seen == set(PriceStepKind)


def test_a_price_that_does_not_follow_is_not_explained() -> None:
    (award,) = hold_auction([make_candidate(1, 250, reserve=10)], make_terms(1))
    with pytest.raises(PriceDisputed):
        explain_price(replace(award.price, amount_minor=11))
