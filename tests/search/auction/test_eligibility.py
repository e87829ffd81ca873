"""Who takes part, and each reason why not."""

from dataclasses import replace

import pytest

from search.auction.contracts import ALL_HOURS, AdFacts, Refusal, VisitFacts
from search.auction.eligibility import find_refusal, list_refusals
from search.auction.versions import get_rules

AD = AdFacts(
    running=True,
    approved=True,
    in_stock=True,
    hours=ALL_HOURS,
    regions=frozenset({"330100", "310000"}),
    audiences=0b0110,
    relevance_ppm=200_000,
    quality=50,
    bid_minor=30,
    reserve_minor=30,
    lease_rest_micro=1,
    pass_rate_ppm=500_000,
)
VISIT = VisitFacts(
    matched=True,
    excluded=False,
    hour_of_week=167,
    region="330100",
    audiences=0b0011,
    seen_often_enough=False,
    draw_ppm=499_999,
)
AGAINST = (
    (Refusal.PAUSED, {"running": False}, {}),
    (Refusal.NOT_APPROVED, {"approved": False}, {}),
    (Refusal.OUT_OF_STOCK, {"in_stock": False}, {}),
    (Refusal.NO_MATCH, {}, {"matched": False}),
    (Refusal.WORD_EXCLUDED, {}, {"excluded": True}),
    (Refusal.OUTSIDE_HOURS, {"hours": ALL_HOURS >> 1}, {}),
    (Refusal.OUTSIDE_REGION, {}, {"region": "110000"}),
    (Refusal.OUTSIDE_AUDIENCE, {"audiences": 0b0100}, {}),
    (Refusal.NOT_RELEVANT, {"relevance_ppm": 199_999}, {}),
    (Refusal.QUALITY_TOO_LOW, {"quality": 49}, {}),
    (Refusal.BID_BELOW_RESERVE, {"bid_minor": 29}, {}),
    (Refusal.SEEN_OFTEN_ENOUGH, {}, {"seen_often_enough": True}),
    (Refusal.BUDGET_USED_UP, {"lease_rest_micro": 0}, {}),
    (Refusal.PACED, {}, {"draw_ppm": 500_000}),
)


def test_an_ad_at_every_limit_takes_part() -> None:
    assert find_refusal(AD, VISIT, get_rules()) is None
    assert find_refusal(replace(AD, regions=frozenset(), audiences=0), replace(VISIT, audiences=0), get_rules()) is None


@pytest.mark.parametrize(("reason", "ad", "visit"), AGAINST)
def test_each_reason_alone_keeps_an_ad_out(reason: Refusal, ad: dict[str, object], visit: dict[str, object]) -> None:
    assert list_refusals(replace(AD, **ad), replace(VISIT, **visit), get_rules()) == [reason]
    assert find_refusal(replace(AD, **ad), replace(VISIT, **visit), get_rules()) is reason


def test_every_reason_is_tested_and_all_are_listed_in_order() -> None:
    assert [reason for reason, _, _ in AGAINST] == list(Refusal)
    ad, visit = AD, VISIT
    for _, changed_ad, changed_visit in AGAINST:
        ad, visit = replace(ad, **changed_ad), replace(visit, **changed_visit)
    assert list_refusals(ad, visit, get_rules()) == list(Refusal)


def test_a_bid_that_was_floored_to_nothing_takes_no_part() -> None:
    assert find_refusal(replace(AD, bid_minor=0, reserve_minor=0), VISIT, get_rules()) is Refusal.BID_BELOW_RESERVE
