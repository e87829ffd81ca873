"""Qualities of a shop's ads, with what makes them."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from market.shops.contracts import Epochs
from search.auction.versions import get_rules
from search.campaigns.contracts import AdView
from search.campaigns.rules.tokens import tokenize_bought
from search.serving.contracts import QualityView
from search.serving.rules.explaining import average_relevance, explain_quality
from search.serving.rules.scoring import Scores
from search.serving.selectors.goods import read_goods
from search.serving.selectors.tables import map_facts


def map_qualities(
    *, shop_id: int, ads: Sequence[AdView], words: Sequence[str], epochs: Epochs
) -> dict[int, QualityView]:
    """The qualities of ads of one shop and group by id, those of goods that are not on sale left out.

    `words` are the group's, none where it buys places. Three statements.
    """
    if not ads:
        return {}
    table, facts = map_facts([ad.ad_id for ad in ads])
    scores = Scores(replace(table, facts=facts))
    products = sorted({(shop_id, ad.product_id) for ad in ads if ad.product_id is not None})
    goods = {one.product: one for one in read_goods(products, epochs=epochs)} if products else {}
    cut = [tokens for text in words if (tokens := tokenize_bought(text))]
    return {
        ad.ad_id: explain_quality(ad.ad_id, goods.get((shop_id, ad.product_id or 0)), cut, scores)
        for ad in ads
        if ad.product_id is None or (shop_id, ad.product_id) in goods
    }


def find_unfit_words(
    *, shop_id: int, product_ids: Collection[int], words: Sequence[str], epochs: Epochs
) -> frozenset[str]:
    """Words that, asked alone, none of these goods is called by closely enough for an auction: one statement.

    A question that holds more than the word may still fit, since the whole of it is compared with the goods.
    Goods that are not on sale fit nothing; without any on sale no word is to blame.
    """
    if not words or not product_ids:
        return frozenset()
    goods = read_goods(sorted((shop_id, product_id) for product_id in product_ids), epochs=epochs)
    least_ppm = get_rules().least_relevance_ppm
    cut = {text: tokenize_bought(text) for text in words} if goods else {}
    return frozenset(
        text
        for text, tokens in cut.items()
        if tokens and all(average_relevance(one, [tokens]) < least_ppm for one in goods)
    )
