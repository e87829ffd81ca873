"""Whether a shop may be shown with a creative now: asked when lots close, and every minute while they run."""

from collections.abc import Sequence

from market.shops.selectors import map_shops, read_epochs
from search.campaigns.contracts import CreativeState
from search.campaigns.selectors import map_creatives, map_limits
from search.slots.contracts import LostBecause


def judge_claims(claims: Sequence[tuple[int, int]]) -> list[LostBecause | None]:
    """For each (shop, creative) why it may not be shown; None where shop is open, not blocked, creative approved."""
    if not claims:
        return []
    creatives = map_creatives({creative_id for _, creative_id in claims})
    limits, shops = map_limits({shop_id for shop_id, _ in claims}), map_shops(read_epochs())
    verdicts: list[LostBecause | None] = []
    for shop_id, creative_id in claims:
        creative, shop = creatives.get(creative_id), shops.get(shop_id)
        if shop is None or not shop.is_open or limits[shop_id].blocked:
            verdicts.append(LostBecause.SHOP)
        elif creative is None or creative.state is not CreativeState.APPROVED:
            verdicts.append(LostBecause.CREATIVE)
        else:
            verdicts.append(None)
    return verdicts
