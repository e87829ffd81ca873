"""Feeding an index: changes are numbered after their commit, then applied in the order of their numbers.

Loads the dictionary of Chinese words; only the indexer's process imports this.
"""

from collections.abc import Callable, Iterator

from django.db import connection, transaction
from django.db.models import F

from search.listings.codec import decode_document
from search.listings.contracts import IndexChange, IndexEntry, Indexer, ListingState
from search.listings.models import ChangeCounter, Listing, ListingChange
from search.listings.rules.entries import make_entry

BATCH = 500


def catch_up(indexer: Indexer, *, after: int, seen: Callable[[int], None] = lambda count: None) -> int:
    """Apply every change after a number, batch by batch. Returns the number of the last one applied."""
    while True:
        number_changes()
        changes = list(list_changes(after=after))
        if not changes:
            return after
        indexer.apply(changes)
        after = changes[-1].change_no
        seen(len(changes))


def read_counter() -> ChangeCounter:
    """The one counter; made when it is first asked for."""
    counter = ChangeCounter.objects.filter(pk=1).first()
    if counter is None:
        ChangeCounter.objects.bulk_create([ChangeCounter(pk=1)], ignore_conflicts=True)
        counter = ChangeCounter.objects.get(pk=1)
    return counter


@transaction.atomic(durable=True)
def number_changes(*, limit: int = 5 * BATCH) -> int:
    """Give the next numbers to changes that have none.

    One process at a time does so, after the changes were committed: a higher number is never seen before a lower one.
    Changes of transactions that still run are passed over, their turn comes. Returns how many got one.
    """
    if not ListingChange.objects.filter(change_no__isnull=True).exists():
        return 0
    counter = ChangeCounter.objects.select_for_update(no_key=True).get(pk=read_counter().pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH waiting AS ("
            " SELECT listing_id FROM listings_listingchange WHERE change_no IS NULL"
            " ORDER BY listing_id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED"
            "), numbered AS ("
            " SELECT listing_id, row_number() OVER (ORDER BY listing_id) AS step FROM waiting"
            ") UPDATE listings_listingchange AS change SET change_no = %s + numbered.step"
            " FROM numbered WHERE change.listing_id = numbered.listing_id",
            [limit, counter.highest],
        )
        count = int(cursor.rowcount)
    ChangeCounter.objects.filter(pk=1).update(highest=F("highest") + count)
    return count


def list_changes(*, after: int, limit: int = BATCH) -> Iterator[IndexChange]:
    """Numbered changes after a number, in order, each with what the listing is now: two statements."""
    numbered = list(ListingChange.objects.filter(change_no__gt=after).order_by("change_no")[:limit])
    rows = Listing.objects.filter(state=ListingState.SHOWN.value).in_bulk([change.listing_id for change in numbered])
    for change in numbered:
        row = rows.get(change.listing_id)
        yield IndexChange(change.change_no or 0, change.listing_id, _make_entry(row) if row else None)


def _make_entry(row: Listing) -> IndexEntry:
    return make_entry(
        decode_document(
            row.document,
            listing_id=row.pk,
            version=row.version,
            sold_30d=row.sold_30d,
            rating_hundredths=row.rating_hundredths,
            rating_count=row.rating_count,
            liked_percent=row.liked_percent,
        )
    )
