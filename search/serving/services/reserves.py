"""What words cost at least, moved once a day."""

from datetime import datetime

from django.db import transaction

from billing.settlement.services.days import business_date
from market.shops.selectors import read_epochs
from search.auction.reserves import find_best_reserve, move_reserve
from search.campaigns.contracts import Charge, PageKind
from search.campaigns.selectors import get_floors, read_live
from search.listings.selectors import list_closed_shop_ids
from search.serving.models import KeywordReserve
from search.serving.services.alone import RESERVES, try_alone
from search.serving.services.bids import note_bids, read_bids


@transaction.atomic(durable=True)
def move_reserves(now: datetime) -> int:
    """Once a business day, move each word's reserve towards what would have earned most. Returns how many moved.

    By the bids of 28 days: whoever stops bidding for a day moves nothing, and shops that are not open bid nothing. A
    word that few bid for goes back to the floor step by step, and then has no reserve of its own.
    """
    today = business_date(now)
    if not try_alone(RESERVES):
        return 0
    floor_minor = get_floors().find(PageKind.SEARCH, Charge.CLICK)
    closed = list_closed_shop_ids(read_epochs())
    note_bids([campaign for campaign in read_live(None) if campaign.shop_id not in closed], today)
    bids = read_bids(today)
    before = {tuple(row.tokens): row for row in KeywordReserve.objects.all()}
    moved = 0
    for tokens in sorted({*before, *bids}):
        row = before.get(tokens)
        if row is not None and row.moved_on >= today:
            continue
        target_minor = find_best_reserve(bids.get(tokens, ()), floor_minor)
        reserve_minor = move_reserve(row.reserve_minor if row else floor_minor, target_minor, floor_minor)
        moved += _save(tokens, row, reserve_minor, floor_minor, now)
    return moved


def _save(
    tokens: tuple[str, ...], row: KeywordReserve | None, reserve_minor: int, floor_minor: int, now: datetime
) -> int:
    if reserve_minor <= floor_minor:
        return row.delete()[0] if row else 0
    saved = row or KeywordReserve(words=" ".join(tokens), tokens=list(tokens))
    saved.reserve_minor, saved.moved_on = reserve_minor, business_date(now)
    saved.save()
    return 1
