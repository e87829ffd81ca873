"""How much each offer is sought: what was sold of it in thirty days, and how much it is liked where it is shown."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from billing.checkout.selectors import count_sold
from market.shops.services import bump_epoch
from search.listings.contracts import ListingState
from search.listings.models import Listing
from search.listings.rules.demand import grade_lift
from search.listings.services.copying import mark_changed, wait_for_turn

WINDOW = timedelta(days=30)
AVERAGE = 50


def count_sales(*, now: datetime) -> int:
    """Set the sales of thirty days of every listing. Returns how many changed; a repeat changes none."""
    by_shop: dict[int, dict[int, int]] = defaultdict(dict)
    for (shop_id, listing_id), pieces in count_sold(since=now - WINDOW).items():
        by_shop[shop_id][listing_id] = pieces
    for shop_id in Listing.objects.filter(sold_30d__gt=0).values_list("shop_id", flat=True).distinct():
        by_shop[shop_id].setdefault(0, 0)  # also shops that sold nothing any more
    return sum(_set_sold(shop_id, by_shop[shop_id], now) for shop_id in sorted(by_shop))


def set_lifts(lifts: Mapping[int, int], *, now: datetime) -> int:
    """Set how much every listing is liked, by how much more it is clicked than an average one, in basis points.

    What is not named is average. Returns how many changed; a repeat changes none.
    """
    liked = {listing_id: grade_lift(lift) for listing_id, lift in lifts.items()}
    told = Q(pk__in=[listing_id for listing_id, percent in liked.items() if percent != AVERAGE])
    shops = Listing.objects.filter(told | ~Q(liked_percent=AVERAGE)).values_list("shop_id", flat=True).distinct()
    return sum(_set_liked(shop_id, liked, now) for shop_id in sorted(shops))


@transaction.atomic(durable=True)
def _set_liked(shop_id: int, liked: Mapping[int, int], now: datetime) -> int:
    wait_for_turn(shop_id)
    shown = Listing.objects.filter(shop_id=shop_id, state=ListingState.SHOWN.value).only("liked_percent", "version")
    changed = [row for row in shown if row.liked_percent != liked.get(row.pk, AVERAGE)]
    for row in changed:
        row.liked_percent = liked.get(row.pk, AVERAGE)
        row.version += 1
        row.changed_at = now
    if changed:
        Listing.objects.bulk_update(changed, ["liked_percent", "version", "changed_at"], batch_size=500)
        mark_changed(row.pk for row in changed)
        bump_epoch("listings")
    return len(changed)


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
