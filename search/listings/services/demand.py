"""How much each offer is sought: what was sold of it in thirty days."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from billing.checkout.selectors import count_sold
from market.shops.services import bump_epoch
from search.listings.contracts import ListingState
from search.listings.models import Listing
from search.listings.services.copying import mark_changed, wait_for_turn

WINDOW = timedelta(days=30)


def count_sales(*, now: datetime) -> int:
    """Set the sales of thirty days of every listing. Returns how many changed; a repeat changes none."""
    by_shop: dict[int, dict[int, int]] = defaultdict(dict)
    for (shop_id, listing_id), pieces in count_sold(since=now - WINDOW).items():
        by_shop[shop_id][listing_id] = pieces
    for shop_id in Listing.objects.filter(sold_30d__gt=0).values_list("shop_id", flat=True).distinct():
        by_shop[shop_id].setdefault(0, 0)  # also shops that sold nothing any more
    return sum(_set_sold(shop_id, by_shop[shop_id], now) for shop_id in sorted(by_shop))


@transaction.atomic(durable=True)
def _set_sold(shop_id: int, sold: Mapping[int, int], now: datetime) -> int:
    wait_for_turn(shop_id)
    changed = []
    for row in Listing.objects.filter(shop_id=shop_id, state=ListingState.SHOWN.value).only("sold_30d", "version"):
        if row.sold_30d != sold.get(row.pk, 0):
            row.sold_30d = sold.get(row.pk, 0)
            row.version += 1
            row.changed_at = now
            changed.append(row)
    if changed:
        Listing.objects.bulk_update(changed, ["sold_30d", "version", "changed_at"], batch_size=500)
        mark_changed(row.pk for row in changed)
        bump_epoch("listings")
    return len(changed)
