"""The keyword auction by hand: the vectors of the design, ties, reserves, several ads of one merchant."""

from dataclasses import replace

import pytest

from search.auction.contracts import (
    AuctionRules,
    BadCandidate,
    BadRules,
    Candidate,
    MechanismName,
    PlaceWeights,
    PriceBranch,
    Terms,
)
from search.auction.keyword import MECHANISMS, hold_auction, rank
from search.auction.pricing import compute_price
from tests.search.auction.markets import RULES, make_candidate, make_terms

THREE = [
    make_candidate(1, 250, 1_000, reserve=10),
    make_candidate(2, 200, 800, reserve=10),
    make_candidate(3, 150, 900, reserve=10),
]


def prices(candidates: list[Candidate], terms: Terms) -> list[tuple[int, int]]:
    return [(award.ad, award.price.amount_minor) for award in hold_auction(candidates, terms)]


def test_the_three_bidders_of_the_design_pay_161_and_169() -> None:
    assert prices(THREE, make_terms(2)) == [(1, 161), (2, 169)]


@pytest.mark.parametrize(("step_minor", "revenue"), [(0, 100_000), (1, 100_300)])
def test_gsp_earns_1000_where_vcg_earns_800(step_minor: int, revenue: int) -> None:
    """Edelman, Ostrovsky, Schwarz 2007: values 10, 4, 2 and 200 and 100 clicks; theirs has no step, ours has a fen."""
    bidders = [make_candidate(number, bid, 1) for number, bid in enumerate((1_000, 400, 200), start=1)]
    terms = replace(make_terms(2, step_minor=step_minor), weights=PlaceWeights(1, (200, 100)))
    awards = hold_auction(bidders, terms)
    clicks = (200, 100)
    assert sum(n * award.price.amount_minor for n, award in zip(clicks, awards, strict=True)) == revenue
    assert sum(n * award.vcg_minor for n, award in zip(clicks, awards, strict=True)) == 80_000
    as_vcg = hold_auction(bidders, replace(terms, mechanism=MechanismName.VCG))
    assert [award.price.amount_minor for award in as_vcg] == [300, 200] == [award.vcg_minor for award in awards]


def test_first_price_is_the_own_bid() -> None:
    awards = hold_auction(THREE, make_terms(2, mechanism=MechanismName.FIRST))
    assert [award.price.amount_minor for award in awards] == [250, 200]
    assert {award.price.branch for award in awards} == {PriceBranch.FIRST_PRICE}


def test_every_mechanism_shows_the_same_ads() -> None:
    pages = [[a.ad for a in hold_auction(THREE, make_terms(2, mechanism=name))] for name in MECHANISMS]
    assert pages == [[1, 2]] * 3


def test_without_a_next_one_the_reserve_is_paid() -> None:
    (award,) = hold_auction(THREE[:1], make_terms(2))
    assert (award.price.amount_minor, award.price.branch, award.vcg_minor) == (10, PriceBranch.ALONE, 10)


def test_the_reserve_holds_where_the_next_one_forces_less() -> None:
    low = make_candidate(2, 20, 100, reserve=10)
    award = hold_auction([THREE[0], low], make_terms(1))[0]
    assert (award.price.amount_minor, award.price.branch) == (10, PriceBranch.RESERVE)


def test_drawing_level_costs_the_own_bid_and_not_a_fen_more() -> None:
    level = [make_candidate(1, 100, 500), make_candidate(2, 100, 500, created=1)]
    award = hold_auction(level, make_terms(1))[0]
    assert (award.ad, award.price.amount_minor, award.price.branch) == (1, 100, PriceBranch.OWN_BID)


def test_ties_go_to_quality_then_age_then_number() -> None:
    tied = [
        make_candidate(9, 100, 500, created=5),
        make_candidate(8, 100, 500, created=5),
        make_candidate(7, 100, 500, created=4),
        make_candidate(6, 50, 1_000, created=9),
    ]
    assert [candidate.ad for candidate in rank(tied, RULES)] == [6, 7, 8, 9]
    assert [candidate.ad for candidate in rank(tied[::-1], RULES)] == [6, 7, 8, 9]


def test_a_merchant_has_one_ad_on_a_page_and_the_next_one_moves_up() -> None:
    page = [make_candidate(1, 300, merchant=1), make_candidate(2, 290, merchant=1), make_candidate(3, 100, merchant=2)]
    assert prices(page, make_terms(2)) == [(1, 101), (3, 0)]


def test_a_rivals_hidden_second_ad_sets_nobodys_price() -> None:
    """Else a merchant on the first place could make the second pay anything, with an ad that can never be shown."""
    page = [make_candidate(1, 300, merchant=1), make_candidate(3, 200, merchant=2), make_candidate(4, 50, merchant=3)]
    shill = make_candidate(2, 199, merchant=1)
    assert prices(page, make_terms(2)) == prices([*page, shill], make_terms(2)) == [(1, 201), (3, 51)]


def test_the_next_one_counts_though_it_has_no_place() -> None:
    assert prices(THREE, make_terms(1)) == [(1, 161)]
    assert prices(THREE[:2], make_terms(2))[1] == (2, 10)


def test_who_is_below_the_reserve_or_the_least_quality_neither_wins_nor_prices() -> None:
    below = make_candidate(4, 249, 1_000, reserve=250)
    assert prices([*THREE, below], make_terms(2)) == [(1, 161), (2, 169)]
    picky = replace(make_terms(2), rules=replace(RULES, least_quality=850))
    assert prices(THREE, picky) == [(1, 136), (3, 10)]


def test_a_bid_at_the_reserve_takes_part_and_pays_it() -> None:
    (award,) = hold_auction([make_candidate(1, 10, reserve=10)], make_terms(1))
    assert award.price.amount_minor == 10
    assert hold_auction([make_candidate(1, 9, reserve=10)], make_terms(1)) == []


def test_reserves_are_each_candidates_own() -> None:
    mixed = [make_candidate(1, 250, 1_000, reserve=200), make_candidate(2, 200, 800, reserve=10)]
    assert prices(mixed, make_terms(2)) == [(1, 200), (2, 10)]


def test_an_auction_without_anybody_gives_nothing() -> None:
    assert hold_auction([], make_terms(3)) == []


def test_a_price_is_computed_from_its_inputs_alone() -> None:
    for name in MECHANISMS:
        for award in hold_auction(THREE, make_terms(2, mechanism=name)):
            assert compute_price(award.price.inputs) == award.price


@pytest.mark.parametrize(
    "wrong", [{"bid_minor": 0}, {"bid_minor": 10**9}, {"reserve_minor": -1}, {"quality": 0}, {"quality": 1_001}]
)
def test_candidates_outside_the_limits_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(BadCandidate):
        replace(THREE[0], **wrong)


def test_rules_that_contradict_themselves_are_refused() -> None:
    for weights in [(), (0,), (5, 6), (5, 4, 0), (1,) * 61]:
        with pytest.raises(BadRules):
            PlaceWeights(1, weights)
    for places in (0, 7):
        with pytest.raises(BadRules):
            make_terms(places)
    with pytest.raises(BadRules):
        AuctionRules(version=1, step_minor=-1, least_quality=1, least_relevance_ppm=0)
