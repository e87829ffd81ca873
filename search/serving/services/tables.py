"""The tables that serving goes by, worked out by timer: what is counted of ads, and what words cost at least."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import connection, transaction

from billing.settlement.services.days import business_date
from search.auction.contracts import KeywordBid, TokenKind
from search.auction.contracts.units import MOST_PLACES
from search.auction.reserves import LEAST_MERCHANTS, find_best_reserve, move_reserve
from search.campaigns.contracts import Charge, PageKind
from search.campaigns.selectors import get_floors, read_live
from search.serving.models import AdCounts, KeywordReserve, QualityRun
from search.spending.selectors import count_by_place

LOOKED_BACK = timedelta(days=28)
RUNS_KEPT = timedelta(days=40)
"""Longer than decisions are, which name them."""

_COUNTING, _RESERVES = 71_001, 71_002  # advisory locks: one process at a time works a table out
_BATCH = 1_000


@transaction.atomic(durable=True)
def count_qualities(now: datetime) -> int:
    """Count anew what was seen and clicked of each ad in 28 days; the next version. Returns how many ads there are."""
    if not _lock(_COUNTING):
        return 0
    clicks: dict[int, int] = defaultdict(int)
    views: dict[int, list[int]] = defaultdict(list)
    for count in count_by_place(since=business_date(now - LOOKED_BACK)):
        if count.kind is TokenKind.CLICK:
            clicks[count.ad_id] += count.events
        elif count.place <= MOST_PLACES:
            by_place = views[count.ad_id]
            by_place.extend([0] * (count.place - len(by_place)))
            by_place[count.place - 1] += count.events
    rows = [
        AdCounts(ad_id=ad, clicks=clicks.get(ad, 0), views_by_place=views.get(ad, []))
        for ad in sorted({*clicks, *views})
    ]
    AdCounts.objects.all().delete()
    AdCounts.objects.bulk_create(rows, batch_size=_BATCH)
    QualityRun.objects.filter(computed_at__lt=now - RUNS_KEPT).delete()
    QualityRun.objects.create(computed_at=now, ads=len(rows))
    return len(rows)


@transaction.atomic(durable=True)
def move_reserves(now: datetime) -> int:
    """Once a business day, move each word's reserve towards what would have earned most. Returns how many moved.

    A word that few bid for goes back to the floor step by step, and then has no reserve of its own.
    """
    today = business_date(now)
    if not _lock(_RESERVES):
        return 0
    floor_minor = get_floors().find(PageKind.SEARCH, Charge.CLICK)
    bids = _list_bids()
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


def _list_bids() -> dict[tuple[str, ...], list[KeywordBid]]:
    """The running bids of words that enough merchants bid for."""
    bids: dict[tuple[str, ...], list[KeywordBid]] = defaultdict(list)
    for campaign in read_live(None):
        words = {word.keyword_id: word for ad in campaign.ads for word in ad.keywords}
        for word in words.values():
            bids[word.tokens].append(KeywordBid(campaign.shop_id, word.bid_minor))
    return {tokens: found for tokens, found in bids.items() if len({bid.merchant for bid in found}) >= LEAST_MERCHANTS}


def _lock(number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])
