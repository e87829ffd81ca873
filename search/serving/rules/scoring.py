"""Quality of an ad for one question: its counts from the table, with the relevance that it has here."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from search.auction.contracts import CategoryUsual, Quality, QualityFacts, Tally
from search.auction.quality import QUALITY_RULES, compute_quality
from search.auction.versions import get_weights
from search.serving.contracts import Goods, QualityTable
from search.serving.rules.usual import ALL, FIRST_GUESS

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
        self._rules = QUALITY_RULES[table.rules_version]
        self._usual: Mapping[int, CategoryUsual] = MappingProxyType({ALL: FIRST_GUESS, **table.usual})
        self._facts: Mapping[int, QualityFacts] = MappingProxyType(dict(table.facts))
        self._known: dict[tuple[int, int, int], Quality] = {}

    def find(self, ad_id: int, relevance_ppm: int, trade_id: int = ALL) -> Quality:
        """The quality of an ad of a category where it is so relevant."""
        # All that are unknown are alike within a category.
        key = (ad_id if ad_id in self._facts else 0, relevance_ppm, trade_id if trade_id in self._usual else ALL)
        known = self._known.get(key)
        if known is None:
            facts = replace(self._facts.get(ad_id, UNKNOWN), relevance_ppm=relevance_ppm)
            known = self._known[key] = compute_quality(
                facts, self._usual[key[2]], weights=get_weights(), rules=self._rules
            )
        return known

    def find_facts(self, ad_id: int) -> QualityFacts:
        """What is counted of an ad; nothing of one that is new."""
        return self._facts.get(ad_id, UNKNOWN)

    def find_usual(self, trade_id: int) -> CategoryUsual:
        """What is usual in a category, or in the whole market where it has no figures."""
        return self._usual.get(trade_id, self._usual[ALL])


def find_trade(goods: Goods | None) -> int:
    """The uppermost category of goods; a creative is compared with the whole market."""
    return goods.category_ids[0] if goods and goods.category_ids else ALL
