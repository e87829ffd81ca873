"""Products as those see them who advertise them: found by shop and product, in batches."""

import json
from collections.abc import Sequence

from django.db import connection

from market.shops.contracts import Epochs
from search.listings.contracts import AdvertisedGoods, ListingState
from search.listings.models import Listing, ListingChange
from search.listings.selectors.reading import MOST_AT_ONCE, is_open

_READ = """
SELECT id, shop_id, product_id, in_stock, category_ids, card -> 'title', brand, rating_hundredths, rating_count
FROM listings_listing JOIN unnest(%s::bigint[], %s::bigint[]) AS wanted (shop_id, product_id)
USING (shop_id, product_id) WHERE state = %s
"""


def list_advertised(products: Sequence[tuple[int, int]], *, epochs: Epochs) -> list[AdvertisedGoods]:
    """What is shown of these products (shop id, product id), of open shops only: one statement for each 500."""
    found = []
    for start in range(0, len(products), MOST_AT_ONCE):
        shops, numbers = zip(*products[start : start + MOST_AT_ONCE], strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_READ, [list(shops), list(numbers), ListingState.SHOWN.value])
            rows = cursor.fetchall()
        found += [
            AdvertisedGoods(
                listing_id=pk,
                shop_id=shop_id,
                product_id=product_id,
                in_stock=in_stock,
                category_ids=tuple(category_ids),
                texts=(*json.loads(title), brand),
                rating_hundredths=rating,
                rating_count=ratings,
            )
            for pk, shop_id, product_id, in_stock, category_ids, title, brand, rating, ratings in rows
            if is_open(shop_id, epochs)
        ]
    return found


def list_changed(*, after: int, limit: int = MOST_AT_ONCE) -> tuple[list[tuple[int, int]], int]:
    """The products (shop id, product id) behind the next numbered changes, and the number to go on from.

    Changes that have no number yet are named too, and again once they have one; listings that are gone as well. Three
    statements, two while nothing changed.
    """
    numbered = ListingChange.objects.filter(change_no__gt=after).order_by("change_no")
    changes = list(numbered.values_list("listing_id", "change_no")[:limit])
    waiting = ListingChange.objects.filter(change_no=None).order_by("-listing_id").values_list("listing_id", flat=True)
    listing_ids = {*(listing_id for listing_id, _ in changes), *waiting[:limit]}
    if not listing_ids:
        return [], after
    rows = Listing.objects.filter(pk__in=listing_ids)
    return list(rows.values_list("shop_id", "product_id")), int(changes[-1][1] or after) if changes else after
