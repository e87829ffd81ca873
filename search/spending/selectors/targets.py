"""Where ads lead, out of the tables of campaigns: also of ads that were paused or removed since."""

from collections.abc import Collection

from search.campaigns.models import Ad
from search.spending.contracts import AdTarget


def map_targets(ad_ids: Collection[int]) -> dict[int, AdTarget]:
    """The targets of ads by id, without those that never were: one statement."""
    if not ad_ids:
        return {}
    rows = Ad.objects.filter(pk__in=set(ad_ids)).values_list(
        "pk", "group__campaign_id", "group_id", "group__campaign__shop_id", "product_id", "creative__landing"
    )
    return {row[0]: AdTarget(*row) for row in rows}
