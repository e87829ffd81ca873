"""Qualities of a shop's ads, with what makes them."""

from collections.abc import Sequence
from dataclasses import replace

from market.shops.contracts import Epochs
from search.campaigns.contracts import AdView
from search.campaigns.rules.tokens import tokenize_bought
from search.serving.contracts import QualityView
from search.serving.rules.explaining import explain_quality
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
