"""Quality of an ad for one question: its counts from the table, with the relevance that it has here."""

from collections.abc import Mapping
from types import MappingProxyType

from search.auction.contracts import CategoryUsual, Quality, QualityFacts, Tally, Usual
from search.auction.quality import QUALITY_RULES, compute_quality
from search.auction.versions import get_weights
from search.serving.contracts import QualityTable

RULES_VERSION = 1

USUAL = CategoryUsual(
    click=Usual(50_000, 200),
    conversion=Usual(30_000, 50),
    refund=Usual(30_000, 50),
    good_review=Usual(950_000, 20),
    on_time=Usual(950_000, 20),
)
"""What is taken for usual while a market has no figures of its own: one view in twenty is clicked."""

_NOTHING = Tally(0, 0)
UNKNOWN = QualityFacts(
    clicks=0,
    views_by_place=(),
    relevance_ppm=0,
    conversions=_NOTHING,
    refunds=_NOTHING,
    good_reviews=_NOTHING,
    on_time=_NOTHING,
)


class Scores:
    """Qualities by one table, each computed once: an ad has a handful of relevances."""

    def __init__(self, table: QualityTable) -> None:
        self.version = table.version
        self._facts: Mapping[int, QualityFacts] = MappingProxyType(dict(table.facts))
        self._known: dict[tuple[int, int], Quality] = {}

    def find(self, ad_id: int, relevance_ppm: int) -> Quality:
        """The quality of an ad where it is so relevant."""
        key = (ad_id if ad_id in self._facts else 0, relevance_ppm)  # all that are unknown are alike
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _compute(self._facts.get(ad_id, UNKNOWN), relevance_ppm)
        return known


def _compute(facts: QualityFacts, relevance_ppm: int) -> Quality:
    here = QualityFacts(
        clicks=facts.clicks,
        views_by_place=facts.views_by_place,
        relevance_ppm=relevance_ppm,
        conversions=facts.conversions,
        refunds=facts.refunds,
        good_reviews=facts.good_reviews,
        on_time=facts.on_time,
    )
    return compute_quality(here, USUAL, weights=get_weights(), rules=QUALITY_RULES[RULES_VERSION])
