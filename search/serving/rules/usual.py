"""What is usual in a category: its own figures, drawn towards the market's, which are drawn towards a first guess.

A category is an uppermost one. Each step is the mean of a beta-binomial, as an ad's own rate is (`auction.quality`), so
that three orders in a new category do not make a rule.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from search.auction.contracts import CategoryUsual, PlaceWeights, QualityFacts, Tally, Usual
from search.auction.quality import expect_click_rate, smooth_rate

ALL = 0
"""The whole market, where categories are named by their ids."""

FIRST_GUESS = CategoryUsual(
    click=Usual(50_000, 200),
    conversion=Usual(30_000, 50),
    refund=Usual(30_000, 50),
    good_review=Usual(950_000, 20),
    on_time=Usual(950_000, 20),
)
"""What is taken for usual while a market has no figures of its own: one view in twenty is clicked. The strengths are
those of an ad against its category, and stay."""

STRENGTHS = {"click": 4_000, "conversion": 500, "refund": 200, "good_review": 200, "on_time": 200}
"""Trials that a guess weighs against a market's figures, and a market's against a category's."""

_NOTHING = Tally(0, 0)


@dataclass(frozen=True, slots=True)
class Counted:
    """The facts of an ad and whose they are: refunds are the product's, sending in time is the shop's."""

    trade_id: int
    shop_id: int
    product_id: int | None
    facts: QualityFacts


def find_usual(counted: Iterable[Counted], weights: PlaceWeights) -> dict[int, CategoryUsual]:
    """What is usual by uppermost category, and under `ALL` in the whole market.

    A product that several ads advertise counts its refunds once, a shop its parcels once in each category.
    """
    by_trade: dict[int, list[Counted]] = defaultdict(list)
    everything = list(counted)
    for one in everything:
        by_trade[one.trade_id].append(one)
    market = _draw(everything, FIRST_GUESS, weights)
    found = {trade_id: _draw(ads, market, weights) for trade_id, ads in by_trade.items() if trade_id != ALL}
    return {**found, ALL: market}


def _draw(ads: list[Counted], towards: CategoryUsual, weights: PlaceWeights) -> CategoryUsual:
    facts = [one.facts for one in ads]
    by_place = [0] * max((len(one.views_by_place) for one in facts), default=0)
    for one in facts:
        for place, views in enumerate(one.views_by_place):
            by_place[place] += views
    clicks = sum(one.clicks for one in facts)
    goods = {(one.shop_id, one.product_id): one.facts.refunds for one in ads if one.product_id is not None}
    shops = {one.shop_id: one.facts.on_time for one in ads}
    guess = Usual(towards.click.rate_ppm, STRENGTHS["click"])
    return CategoryUsual(
        click=Usual(max(1, expect_click_rate(clicks, by_place, guess, weights)), towards.click.strength),
        conversion=_move("conversion", _add(one.conversions for one in facts), towards.conversion),
        refund=_move("refund", _add(goods.values()), towards.refund),
        good_review=_move("good_review", _add(one.good_reviews for one in facts), towards.good_review),
        on_time=_move("on_time", _add(shops.values()), towards.on_time),
    )


def _move(part: str, tally: Tally, towards: Usual) -> Usual:
    return Usual(max(1, smooth_rate(tally, Usual(towards.rate_ppm, STRENGTHS[part]))), towards.strength)


def _add(tallies: Iterable[Tally]) -> Tally:
    total = _NOTHING
    for one in tallies:
        total = Tally(total.hits + one.hits, total.trials + one.trials)
    return total


def pack_usual(usual: Mapping[int, CategoryUsual]) -> dict[str, list[int]]:
    """As it is kept with the computation: rates in ppm, in the order of `CategoryUsual`'s fields."""
    return {
        str(trade_id): [one.click.rate_ppm, one.conversion.rate_ppm, one.refund.rate_ppm, one.good_review.rate_ppm,
                        one.on_time.rate_ppm]
        for trade_id, one in usual.items()
    }  # fmt: skip


def unpack_usual(packed: Mapping[str, list[int]]) -> dict[int, CategoryUsual]:
    """What `pack_usual` wrote."""
    return {int(trade_id): _unpack(*rates) for trade_id, rates in packed.items()}


def _unpack(click: int, conversion: int, refund: int, good_review: int, on_time: int) -> CategoryUsual:
    return CategoryUsual(
        click=Usual(click, FIRST_GUESS.click.strength),
        conversion=Usual(conversion, FIRST_GUESS.conversion.strength),
        refund=Usual(refund, FIRST_GUESS.refund.strength),
        good_review=Usual(good_review, FIRST_GUESS.good_review.strength),
        on_time=Usual(on_time, FIRST_GUESS.on_time.strength),
    )
