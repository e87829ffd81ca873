"""Days are closed: once no click of a day can come any more and all are charged, what the wallet held returns."""

from contextlib import suppress
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from billing.settlement.services.days import business_date
from billing.wallets.services import DayNotHeld, close_day_hold
from search.auction.ad_tokens import LIFE_SECONDS
from search.auction.contracts import CapKind, TokenKind
from search.spending.models import AdEvent, Cap, ChargeHead, Lease
from search.spending.services.charging import lock_head

AFTER_MIDNIGHT = timedelta(seconds=LIFE_SECONDS[TokenKind.CLICK]) + timedelta(minutes=10)
MOST_DAYS = 500


def close_days(now: datetime) -> int:
    """Close what can be closed, each shop's day in its own transaction. Returns how many were."""
    last = business_date(now - AFTER_MIDNIGHT) - timedelta(days=1)
    due = Cap.objects.filter(kind=CapKind.WALLET.value, closed_at__isnull=True, day__lte=last).order_by("day", "pk")
    return sum(_close_day(shop_id, day, now) for shop_id, day in due.values_list("owner_id", "day")[:MOST_DAYS] if day)


@transaction.atomic(durable=True)
def _close_day(shop_id: int, day: date, now: datetime) -> bool:
    """Return the rest of the day's hold. False while a lease is open, an hour not charged, or somebody at it."""
    heads = []
    for kind in TokenKind:
        if ChargeHead.objects.filter(shop_id=shop_id, kind=kind.value, day=day).exists():
            head = lock_head(shop_id=shop_id, kind=kind, day=day)
            if head is None:
                return False
            heads.append(head)
    if Lease.objects.filter(shop_id=shop_id, day=day, closed_at__isnull=True).exists():
        return False
    if AdEvent.objects.filter(day=day, shop_id=shop_id, charge_id__isnull=True, billed_micro__gt=0).exists():
        return False
    cap = Cap.objects.select_for_update(no_key=True).get(kind=CapKind.WALLET.value, owner_id=shop_id, day=day)
    if cap.closed_at is not None:
        return False
    Cap.objects.filter(pk=cap.pk).update(closed_at=now, limit_micro=F("taken_micro"))
    with suppress(DayNotHeld):  # the wallet was empty whenever it was asked
        close_day_hold(shop_id=shop_id, day=day, now=now)
    for head in heads:
        head.is_closed = True
        head.save(update_fields=["is_closed"])
    return True
