"""How well an ad fits what is looked at, in ppm: below the auction's floor it takes no part."""

from collections.abc import Sequence

from search.auction.contracts.units import PPM
from search.campaigns.contracts import PageKind
from search.serving.contracts import AdAsk, Goods

SAME_TRADE_PPM = 600_000
OTHER_TRADE_PPM = 300_000
"""Beside a product: goods of the same uppermost category, and all others. Of the same lowest one: all of it."""


def compute_relevance(ask: AdAsk, goods: Goods | None) -> int:
    """Search: which part of the asked words the goods are called by. Category: goods of it, and nothing else."""
    if ask.page is PageKind.SEARCH:
        return _compare_words(ask.tokens, goods.text) if goods else 0
    if goods is None or ask.category_id is None:
        return PPM
    if ask.category_id in goods.category_ids:
        return PPM
    if ask.page is PageKind.CATEGORY:
        return 0
    return SAME_TRADE_PPM if ask.trade_id in goods.category_ids else OTHER_TRADE_PPM


def _compare_words(tokens: Sequence[str], text: str) -> int:
    found = 0
    for token in tokens:  # a loop: for two or three words, a generator costs more than what it counts
        if token in text:
            found += 1
    return PPM * found // len(tokens) if tokens else PPM
