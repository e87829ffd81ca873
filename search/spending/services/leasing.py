"""Leases: granted to workers, kept while what they showed can be clicked, given back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from billing.settlement.services.days import business_date
from search.auction.contracts import CapKind
from search.auction.contracts import Lease as LeaseNumbers
from search.auction.leases import compute_closing, compute_return, grant, size_grant
from search.campaigns.selectors import get_budgets
from search.spending.contracts import LeaseView
from search.spending.models import Lease
from search.spending.rules.days import from_us, to_us
from search.spending.services.purse import CapKey, Purse, give_back_to_caps, list_keys, open_purse

MOST_CLOSED = 500
WORKER_NAME = 80
"""Characters of a worker's name that are kept."""

_EXTEND = (
    "UPDATE spending_lease AS lease SET last_shown_at = GREATEST(lease.last_shown_at, shown.at),"
    " closes_at = GREATEST(lease.closes_at, shown.closes_at)"
    " FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS shown(id, at, closes_at)"
    " WHERE lease.id = shown.id AND lease.worker = %s AND lease.closed_at IS NULL"
)

_SAVE = (
    "UPDATE spending_lease AS lease SET granted_micro = new.granted_micro, billed_micro = new.billed_micro,"
    " returned_micro = new.returned_micro, closed_at = new.closed_at"
    " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[])"
    " AS new(id, granted_micro, billed_micro, returned_micro, closed_at) WHERE lease.id = new.id"
)


@transaction.atomic(durable=True)
def take_lease(
    *, campaign_id: int, shop_id: int, day: date, worker: str, least_micro: int, now: datetime
) -> LeaseView | None:
    """A part of what a campaign may still spend today, or None where there is nothing: then ask again in a minute.

    Only today's money is lent: what is shown after midnight is the next day's.
    """
    if day != business_date(now):
        return None
    budget = get_budgets([campaign_id]).get(campaign_id)
    if budget is None or budget.shop_id != shop_id:
        return None
    purse = open_purse(shop_id=shop_id, day=day, campaign_ids={campaign_id})
    purse.ask_wallet(campaign_id, _size_without_wallet(purse, campaign_id, least_micro), now)
    _, granted = grant(purse.list_caps(campaign_id), least_micro=least_micro)
    if not granted.granted_micro:
        return None
    purse.take(campaign_id, granted.granted_micro)
    purse.save()
    row = Lease.objects.create(
        campaign_id=campaign_id,
        shop_id=shop_id,
        day=day,
        granted_micro=granted.granted_micro,
        worker=worker[:WORKER_NAME],
        granted_at=now,
        closes_at=_find_closing(now, None),
    )
    return view_lease(row)


def extend_leases(*, worker: str, shown: Mapping[int, datetime], now: datetime) -> int:
    """Keep leases open while what they showed (last at the given moments) can be clicked. Returns how many are.

    One statement. A lease that is closed already stays so: its clicks are paid out of the caps.
    """
    if not shown:
        return 0
    leases = sorted(shown)
    moments = [min(shown[lease], now) for lease in leases]
    with connection.cursor() as cursor:
        cursor.execute(_EXTEND, [leases, moments, [_find_closing(now, at) for at in moments], worker[:WORKER_NAME]])
        return int(cursor.rowcount)


@transaction.atomic(durable=True)
def close_due_leases(now: datetime, limit: int = MOST_CLOSED) -> int:
    """Give back what is left of leases whose time is over. Returns how many."""
    return close_leases(Lease.objects.filter(closes_at__lte=now), now, limit)


def close_leases(wanted: QuerySet[Lease], now: datetime, limit: int = MOST_CLOSED) -> int:
    """Step: close the open ones of these leases that nobody is at now; the caps get back what they have left.

    Returns how many. What was shown by them can still be clicked: that is paid out of the caps.
    """
    rows = list(
        wanted.filter(closed_at__isnull=True).order_by("pk").select_for_update(no_key=True, skip_locked=True)[:limit]
    )
    returns = empty_leases(rows)
    for row in rows:
        row.closed_at = now
    save_leases(rows)
    give_back_to_caps(returns)
    return len(rows)


def empty_leases(rows: Iterable[Lease]) -> Mapping[CapKey, int]:
    """Take what is left out of leases (in memory). Returns what each cap gets back."""
    returns: Counter[CapKey] = Counter()
    for row in rows:
        left_micro = compute_return(row.granted_micro, row.billed_micro)
        row.granted_micro -= left_micro
        row.returned_micro += left_micro
        if left_micro:
            for key in list_keys(campaign_id=row.campaign_id, shop_id=row.shop_id, day=row.day):
                returns[key] += left_micro
    return returns


def save_leases(rows: Sequence[Lease]) -> None:
    """Write locked leases: one statement."""
    if not rows:
        return
    columns = [(row.pk, row.granted_micro, row.billed_micro, row.returned_micro, row.closed_at) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, [list(column) for column in zip(*columns, strict=True)])


def view_lease(row: Lease) -> LeaseView:
    """A lease for others."""
    return LeaseView(
        row.pk, row.campaign_id, row.shop_id, row.day, row.granted_micro, row.billed_micro, row.closed_at is not None
    )


def to_numbers(row: Lease) -> LeaseNumbers:
    """A lease for the auctions' arithmetic."""
    return LeaseNumbers(row.granted_micro, row.billed_micro)


def _size_without_wallet(purse: Purse, campaign_id: int, least_micro: int) -> int:
    caps = [cap for cap in purse.list_caps(campaign_id) if cap.kind is not CapKind.WALLET]
    return size_grant(caps, least_micro=least_micro)


def _find_closing(now: datetime, shown_at: datetime | None) -> datetime:
    return from_us(compute_closing(to_us(now), None if shown_at is None else to_us(shown_at))) + timedelta(seconds=1)
