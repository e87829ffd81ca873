"""Where ads lead, out of the tables of campaigns: also of ads that were paused or removed since."""

from collections.abc import Collection

from django.db import connection

from search.spending.contracts import AdTarget

TARGETS = (
    "SELECT ad.id AS ad_id, grp.campaign_id, ad.group_id, campaign.shop_id, ad.product_id, creative.landing"
    " FROM campaigns_ad AS ad JOIN campaigns_group AS grp ON grp.id = ad.group_id"
    " JOIN campaigns_campaign AS campaign ON campaign.id = grp.campaign_id"
    " LEFT JOIN campaigns_creative AS creative ON creative.id = ad.creative_id WHERE ad.id = ANY(%s::bigint[])"
)
"""Asked for every click: see `services.lookups`."""


def map_targets(ad_ids: Collection[int]) -> dict[int, AdTarget]:
    """The targets of ads by id, without those that never were: one statement."""
    if not ad_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(TARGETS, [sorted(set(ad_ids))])
        return {row[0]: AdTarget(*row) for row in cursor.fetchall()}
