"""Counting what is bought and kept in one purchase, over all its shops."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import transaction

from billing.checkout.selectors import list_kept_goods
from search.results.contracts import Bond
from search.results.models import PURCHASES, CountedPurchase
from search.results.rules.pairing import PairIds, pair_goods
from search.results.services.positions import lock_position
from search.results.services.sums import add_counts


@transaction.atomic(durable=True)
def count_purchases(*, share_nos: Iterable[str], now: datetime) -> int:
    """Count the purchases that these completed shares belong to: what of them was received and kept by now.

    A share that is completed later adds what is new. Repeats add nothing. Returns how many goods were new.
    """
    lock_position(PURCHASES)  # one counter at a time
    kept = list_kept_goods(share_nos=share_nos)
    rows = CountedPurchase.objects.in_bulk(list(kept))
    pairs: Counter[PairIds] = Counter()
    listings: Counter[int] = Counter()
    for purchase_no in sorted(kept):
        row = rows.setdefault(purchase_no, CountedPurchase(purchase_no=purchase_no))
        added, together = pair_goods(row.listing_ids, kept[purchase_no])
        row.listing_ids, row.counted_at = [*row.listing_ids, *added], now
        pairs.update(together)
        listings.update(added)
    CountedPurchase.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["purchase_no"],
        update_fields=["listing_ids", "counted_at"],
    )
    day = now.astimezone(UTC).date()
    add_counts(Bond.BOUGHT, pairs={day: pairs}, listings={day: listings})
    return listings.total()
