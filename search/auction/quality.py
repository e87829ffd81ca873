"""Quality: expected click rate x relevance x experience, as an integer from 1 to 1000.

A rate is smoothed towards what is usual in its category (the mean of a beta-binomial: `strength` trials at the usual
rate are added to the own ones). Views count by the weight of the place they were in, so that an ad is not thought
better because it stood higher.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from market.money import WHOLE_BPS
from search.auction.contracts import (
    CategoryUsual,
    PlaceWeights,
    Quality,
    QualityFacts,
    QualityRules,
    Tally,
    Usual,
)
from search.auction.contracts.units import BEST_QUALITY, PPM

QUALITY_RULES: Mapping[int, QualityRules] = MappingProxyType(
    {
        1: QualityRules(
            version=1,
            full_click_rate_ppm=100_000,
            conversion_bps=4_000,
            refund_bps=2_000,
            good_review_bps=2_000,
            on_time_bps=2_000,
            least_experience_ppm=500_000,
            most_experience_ppm=1_500_000,
        ),
        # Nobody can review yet: conversion, refunds and parcels share what reviews weighed.
        2: QualityRules(
            version=2,
            full_click_rate_ppm=100_000,
            conversion_bps=5_000,
            refund_bps=2_500,
            good_review_bps=0,
            on_time_bps=2_500,
            least_experience_ppm=500_000,
            most_experience_ppm=1_500_000,
        ),
    }
)
CURRENT = max(QUALITY_RULES)
SHOWN_STEPS = 10


def smooth_rate(tally: Tally, usual: Usual) -> int:
    """A rate in ppm: the own one where much was seen, the usual one where little was."""
    return (tally.hits * PPM + usual.rate_ppm * usual.strength) // (tally.trials + usual.strength)


def expect_click_rate(clicks: int, views_by_place: Sequence[int], usual: Usual, weights: PlaceWeights) -> int:
    """The smoothed click rate in ppm for the first place. Places below the table weigh as its last."""
    table = weights.by_place_ppm
    weighted = sum(views * table[min(place, len(table) - 1)] for place, views in enumerate(views_by_place))
    seen_ppm = weighted * PPM // table[0]
    return min(PPM, (clicks * PPM * PPM + usual.rate_ppm * usual.strength * PPM) // (seen_ppm + usual.strength * PPM))


def compute_experience(facts: QualityFacts, usual: CategoryUsual, rules: QualityRules) -> int:
    """How buying there compares with the category, 1,000,000 where it is usual: within what the rules allow."""
    parts = (
        (rules.conversion_bps, _compare(facts.conversions, usual.conversion)),
        (rules.refund_bps, _compare_bad(facts.refunds, usual.refund)),
        (rules.good_review_bps, _compare(facts.good_reviews, usual.good_review)),
        (rules.on_time_bps, _compare(facts.on_time, usual.on_time)),
    )
    mean_ppm = sum(weight * part for weight, part in parts) // WHOLE_BPS
    return max(rules.least_experience_ppm, min(rules.most_experience_ppm, mean_ppm))


def compute_quality(
    facts: QualityFacts, usual: CategoryUsual, *, weights: PlaceWeights, rules: QualityRules
) -> Quality:
    """The quality of an ad, never under 1 and never over 1000."""
    click_rate_ppm = expect_click_rate(facts.clicks, facts.views_by_place, usual.click, weights)
    experience_ppm = compute_experience(facts, usual, rules)
    product = click_rate_ppm * facts.relevance_ppm * experience_ppm
    value = BEST_QUALITY * product // (rules.full_click_rate_ppm * PPM * PPM)
    return Quality(max(1, min(BEST_QUALITY, value)), click_rate_ppm, facts.relevance_ppm, experience_ppm, rules.version)


def show_quality(quality: int) -> int:
    """What a merchant sees: 1 to 10."""
    return -(-quality * SHOWN_STEPS // BEST_QUALITY)


def _compare(tally: Tally, usual: Usual) -> int:
    """A good thing against the usual, in ppm; nothing counts more than twice."""
    return min(2 * PPM, smooth_rate(tally, usual) * PPM // usual.rate_ppm)


def _compare_bad(tally: Tally, usual: Usual) -> int:
    """A bad thing: none of it is twice the usual, twice as much of it nothing."""
    return max(0, 2 * PPM - smooth_rate(tally, usual) * PPM // usual.rate_ppm)
