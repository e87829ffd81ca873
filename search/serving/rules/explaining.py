"""The quality of an ad as its merchant sees it."""

from collections.abc import Sequence

from search.auction.contracts import CategoryUsual, QualityFacts, Tally, Usual
from search.auction.quality import show_quality, smooth_rate
from search.campaigns.contracts import PageKind
from search.serving.contracts import AdAsk, Goods, QualityPart, QualityView
from search.serving.rules.relevance import compute_relevance
from search.serving.rules.scoring import Scores, find_trade


def explain_quality(ad_id: int, goods: Goods | None, words: Sequence[tuple[str, ...]], scores: Scores) -> QualityView:
    """What makes an ad's quality, with the mean relevance over its group's words (as tokens), each asked alone."""
    relevance_ppm, trade_id = average_relevance(goods, words), find_trade(goods)
    quality, facts, usual = (
        scores.find(ad_id, relevance_ppm, trade_id),
        scores.find_facts(ad_id),
        scores.find_usual(trade_id),
    )
    views = sum(facts.views_by_place)
    return QualityView(
        shown=show_quality(quality.value),
        click=QualityPart(quality.click_rate_ppm, usual.click.rate_ppm, Tally(min(facts.clicks, views), views)),
        relevance_ppm=relevance_ppm,
        experience_ppm=quality.experience_ppm,
        **_compare(facts, usual),
        version=scores.version,
    )


def average_relevance(goods: Goods | None, words: Sequence[tuple[str, ...]]) -> int:
    """In ppm. Without words: on a page of the goods' own category."""
    if not words:
        category_id = goods.category_ids[-1] if goods and goods.category_ids else None
        return compute_relevance(AdAsk(page=PageKind.PRODUCT, places={}, category_id=category_id), goods)
    asked = (AdAsk(page=PageKind.SEARCH, places={}, tokens=tokens) for tokens in words)
    return sum(compute_relevance(ask, goods) for ask in asked) // len(words)


def _compare(facts: QualityFacts, usual: CategoryUsual) -> dict[str, QualityPart]:
    parts = {
        "conversion": (facts.conversions, usual.conversion),
        "refund": (facts.refunds, usual.refund),
        "on_time": (facts.on_time, usual.on_time),
    }
    return {name: _make_part(tally, expected) for name, (tally, expected) in parts.items()}


def _make_part(tally: Tally, usual: Usual) -> QualityPart:
    return QualityPart(smooth_rate(tally, usual), usual.rate_ppm, tally)
