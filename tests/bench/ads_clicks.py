"""Clicks to be billed: ads of many shops with money, decisions stored, tokens signed and rendered."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connections
from django.db.models import F, Sum

from billing.settlement.services.days import business_date
from search.auction.ad_tokens import compute_expiry, sign_token
from search.auction.contracts import ShownAd, TokenKind
from search.reports.models import AdCount
from search.spending.models import AdEvent, Lease
from search.spending.rules.days import number_day
from search.spending.services import get_key_ring, note_rendered, record_click, store_decisions
from tests.fixtures.ads import MICRO, fund, lend, make_ad, make_decision, visitor

SHOPS = 40
THREADS = 8
BATCH = 200
PRICE_MICRO = 37 * MICRO
LATER = timedelta(seconds=5)


def make_tokens(many: int, now: datetime) -> list[str]:
    """Tokens of as many shown ads, each to be billed once."""
    ads = []
    for shop_id in range(1, SHOPS + 1):
        fund(shop_id, 1_000_000, now)
        ad = make_ad(shop_id=shop_id, now=now, daily_minor=1_000_000)
        ads.append((ad, lend(ad, now).lease_id))
    tokens: list[str] = []
    while len(tokens) < many:
        decisions, signed = [], []
        for number in range(min(BATCH, many - len(tokens))):
            ad, lease_id = ads[(len(tokens) + number) % SHOPS]
            shown = ShownAd(
                kind=TokenKind.CLICK, decision=uuid4(), day=number_day(business_date(now)), ad=ad.ad_id, place=1,
                price_micro=PRICE_MICRO, lease=lease_id,
                expires_second=compute_expiry(TokenKind.CLICK, int(now.timestamp())),
            )  # fmt: skip
            decisions.append(make_decision(ad, shown, now))
            signed.append(sign_token(shown, get_key_ring()))
        store_decisions(decisions)
        note_rendered(tokens=signed, now=now)
        tokens += signed
    return tokens


def bill_clicks(tokens: Sequence[str], now: datetime) -> int:
    """Report all of them, each by a visitor of its own, from eight threads. Returns how many were billed."""
    facts = [visitor() for _ in tokens]

    def click(number: int) -> bool:
        return record_click(token=tokens[number], facts=facts[number], now=now + LATER).billed

    with ThreadPoolExecutor(THREADS, initializer=connections.close_all) as pool:
        return sum(pool.map(click, range(len(tokens))))


def count_missing(many: int) -> int:
    """By how much the billed events differ from the tokens."""
    return abs(AdEvent.objects.filter(billed_micro=PRICE_MICRO).count() - many)


def count_overdrawn() -> int:
    """Leases that were billed beyond what they hold, or otherwise than their events."""
    sums = dict(AdEvent.objects.values("lease_id").annotate(sum=Sum("billed_micro")).values_list("lease_id", "sum"))
    wrong = sum(sums.get(pk, 0) != billed for pk, billed in Lease.objects.values_list("pk", "billed_micro"))
    return wrong + Lease.objects.filter(billed_micro__gt=F("granted_micro")).count()


def count_wrong_cells() -> int:
    """Ads whose sums in reports are not those of their events."""
    recounted: Counter[tuple[int, str]] = Counter()
    for ad_id, billed_micro in AdEvent.objects.values_list("ad_id", "billed_micro"):
        recounted[(ad_id, "clicks")] += 1
        recounted[(ad_id, "micro")] += billed_micro
    counted: Counter[tuple[int, str]] = Counter()
    for ad_id, clicks, micro in AdCount.objects.values_list("ad_id", "clicks", "click_micro"):
        counted[(ad_id, "clicks")] += clicks
        counted[(ad_id, "micro")] += micro
    return sum(counted[key] != recounted[key] for key in counted.keys() | recounted.keys())
