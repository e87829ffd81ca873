"""Quality by hand: smoothing, places, experience, and what a merchant sees."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.auction.contracts import BadRules, CategoryUsual, PlaceWeights, QualityFacts, Tally, Usual
from search.auction.quality import (
    QUALITY_RULES,
    compute_experience,
    compute_quality,
    expect_click_rate,
    show_quality,
    smooth_rate,
)
from tests.search.auction.markets import steady

RULES = QUALITY_RULES[1]
WEIGHTS = PlaceWeights(1, (1_000_000, 500_000, 250_000))
USUAL = CategoryUsual(
    click=Usual(40_000, 500),
    conversion=Usual(50_000, 100),
    refund=Usual(60_000, 50),
    good_review=Usual(900_000, 20),
    on_time=Usual(950_000, 20),
)
NOTHING = Tally(0, 0)
NEW = QualityFacts(
    clicks=0,
    views_by_place=(),
    relevance_ppm=1_000_000,
    conversions=NOTHING,
    refunds=NOTHING,
    good_reviews=NOTHING,
    on_time=NOTHING,
)


def quality_of(facts: QualityFacts) -> int:
    return compute_quality(facts, USUAL, weights=WEIGHTS, rules=RULES).value


def test_a_new_ad_is_what_is_usual_in_its_category() -> None:
    quality = compute_quality(NEW, USUAL, weights=WEIGHTS, rules=RULES)
    assert (quality.value, quality.click_rate_ppm, quality.experience_ppm) == (400, 40_000, 1_000_000)
    assert quality.version == 1


def test_a_rate_is_smoothed_towards_the_usual_one() -> None:
    assert smooth_rate(Tally(10, 100), Usual(50_000, 100)) == 75_000
    assert smooth_rate(Tally(1, 1), Usual(50_000, 100)) == 59_405
    assert smooth_rate(Tally(100_000, 1_000_000), Usual(50_000, 100)) == 99_995


def test_views_count_by_the_weight_of_their_place() -> None:
    """500 usual views with 20 clicks; 1,000 views in the second place are 500 in the first."""
    assert expect_click_rate(60, (1_000, 0), USUAL.click, WEIGHTS) == 80 * 1_000_000 // 1_500
    assert expect_click_rate(60, (0, 1_000), USUAL.click, WEIGHTS) == 80_000
    assert expect_click_rate(60, (0, 0, 0, 0, 2_000), USUAL.click, WEIGHTS) == 80_000


def test_a_click_rate_is_never_above_one() -> None:
    assert expect_click_rate(10_000, (0, 0, 1), USUAL.click, WEIGHTS) == 1_000_000


@pytest.mark.parametrize(
    ("changed", "experience"),
    [
        ({"conversions": Tally(15, 100)}, 1_400_000),  # rate 10 % against 5 %: twice, weighs 0.4
        ({"conversions": Tally(0, 100)}, 800_000),
        ({"refunds": Tally(0, 50)}, 1_100_000),
        ({"refunds": Tally(50, 50)}, 800_000),
        ({"good_reviews": Tally(0, 20)}, 900_000),
        ({"on_time": Tally(0, 20)}, 900_000),
    ],
)
def test_experience_moves_with_each_of_its_parts(changed: dict[str, Tally], experience: int) -> None:
    assert compute_experience(replace(NEW, **changed), USUAL, RULES) == experience


def test_experience_is_bounded_on_both_sides() -> None:
    worst = replace(NEW, conversions=Tally(0, 10**6), refunds=Tally(10**6, 10**6), good_reviews=Tally(0, 10**6))
    best = replace(NEW, conversions=Tally(10**6, 10**6), refunds=Tally(0, 10**6))
    assert compute_experience(replace(worst, on_time=Tally(0, 10**6)), USUAL, RULES) == RULES.least_experience_ppm
    assert compute_experience(best, USUAL, RULES) == RULES.most_experience_ppm


def test_relevance_multiplies() -> None:
    assert quality_of(replace(NEW, relevance_ppm=500_000)) == 200
    assert quality_of(replace(NEW, relevance_ppm=0)) == 1


def test_merchants_see_one_to_ten() -> None:
    assert [show_quality(value) for value in (1, 100, 101, 400, 901, 1_000)] == [1, 1, 2, 4, 10, 10]


tallies = st.integers(0, 5_000).flatmap(lambda trials: st.builds(Tally, st.integers(0, trials), st.just(trials)))
facts = st.builds(
    QualityFacts,
    clicks=st.integers(0, 5_000),
    views_by_place=st.lists(st.integers(0, 50_000), max_size=5).map(tuple),
    relevance_ppm=st.integers(0, 1_000_000),
    conversions=tallies,
    refunds=tallies,
    good_reviews=tallies,
    on_time=tallies,
)


@steady
@given(facts, st.integers(1, 500))
def test_quality_stays_in_its_range_and_follows_clicks_relevance_and_views(known: QualityFacts, more: int) -> None:
    quality = quality_of(known)
    assert 1 <= quality <= 1_000
    assert 1 <= show_quality(quality) <= 10
    assert quality_of(replace(known, clicks=known.clicks + more)) >= quality
    assert quality_of(replace(known, relevance_ppm=min(1_000_000, known.relevance_ppm + more))) >= quality
    assert quality_of(replace(known, views_by_place=(more, *known.views_by_place[1:]))) >= quality_of(
        replace(known, views_by_place=(more + 100, *known.views_by_place[1:]))
    )


def test_facts_and_rules_that_cannot_be_are_refused() -> None:
    for hits, trials in ((2, 1), (-1, 1)):
        with pytest.raises(ValueError, match="of"):
            Tally(hits, trials)
    for rate, strength in ((0, 1), (1_000_001, 1), (1, 0)):
        with pytest.raises(BadRules):
            Usual(rate, strength)
    with pytest.raises(ValueError, match="relevance"):
        replace(NEW, relevance_ppm=1_000_001)
    with pytest.raises(BadRules):
        replace(RULES, refund_bps=1_999)
    with pytest.raises(BadRules):
        replace(RULES, most_experience_ppm=999_999)
