"""Forgetting what was counted of listings that are gone."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from search.listings.selectors import list_gone
from search.results.models import GONE, Pair, Tally
from search.results.services.positions import lock_position, move_position

BATCH = 500


@transaction.atomic(durable=True)
def forget_gone(*, now: datetime, limit: int = BATCH) -> int:
    """Drop what was counted of listings that are gone since this was last asked. Returns how many changes were read."""
    position = lock_position(GONE)
    gone, read, last = list_gone(after=position.number, limit=limit)
    if not read:
        return 0
    if gone:
        Pair.objects.filter(Q(listing_id__in=gone) | Q(partner_id__in=gone)).delete()
        Tally.objects.filter(listing_id__in=gone).delete()
    move_position(position, to=last, now=now)
    return read
