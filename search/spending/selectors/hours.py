"""Charged hours of all shops for staff: one by one, hour by hour, and what is not charged yet."""

from datetime import datetime

from django.db import connection
from django.db.models import Count, Q, Sum

from search.auction.contracts import TokenKind
from search.spending.contracts import ChargeFilter, HourSum, HourView, Trouble, UnclosedHour
from search.spending.models import HourCharge
from search.spending.rules.days import LOOKED_BACK
from search.spending.selectors.charges import MOST_LISTED, to_hour

EVERY = ChargeFilter()

_UNCLOSED = (
    "SELECT date_trunc('hour', at, 'UTC'), kind, count(DISTINCT shop_id), count(*), sum(billed_micro)::bigint"
    " FROM spending_adevent WHERE charge_id IS NULL AND billed_micro > 0 AND day >= %s"
    " GROUP BY 1, 2 ORDER BY 1, 2 LIMIT %s"
)


def list_charges(wanted: ChargeFilter = EVERY, *, before: int | None = None, limit: int = 50) -> list[HourView]:
    """Charged hours, the one charged last first; `before` is the number where the last page ended."""
    rows = HourCharge.objects.filter(_narrow(wanted))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [to_hour(row) for row in rows.order_by("-pk")[: min(limit, MOST_LISTED)]]


def sum_hours(*, since: datetime, until: datetime) -> list[HourSum]:
    """What was charged of each hour in `[since, until)`, all shops together, the latest first: one statement."""
    rows = HourCharge.objects.filter(hour__gte=since, hour__lt=until).values("hour")
    found = rows.annotate(
        charges=Count("pk"),
        all_events=Sum("events"),
        all_freed=Sum("freed"),
        all_micro=Sum("sum_micro"),
        all_minor=Sum("amount_minor"),
        all_bonus=Sum("bonus_minor"),
        unproven=Count("pk", filter=Q(proven_at__isnull=True)),
        broken=Count("pk", filter=~Q(finding="")),
    )
    return [
        HourSum(
            hour=row["hour"],
            charges=row["charges"],
            events=int(row["all_events"]),
            freed=int(row["all_freed"]),
            sum_micro=int(row["all_micro"]),
            amount_minor=int(row["all_minor"]),
            bonus_minor=int(row["all_bonus"]),
            unproven=row["unproven"],
            broken=row["broken"],
        )
        for row in found.order_by("-hour")
    ]


def list_unclosed_hours(*, now: datetime, limit: int = 100) -> list[UnclosedHour]:
    """What is billed and not charged, by hour and kind, the oldest first: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_UNCLOSED, [now.date() - LOOKED_BACK, limit])
        return [
            UnclosedHour(hour=hour, kind=TokenKind(kind), shops=shops, events=events, amount_micro=amount_micro)
            for hour, kind, shops, events, amount_micro in cursor.fetchall()
        ]


def _narrow(wanted: ChargeFilter) -> Q:
    condition = Q()
    if wanted.shop_id is not None:
        condition &= Q(shop_id=wanted.shop_id)
    if wanted.day is not None:
        condition &= Q(day=wanted.day)
    if wanted.kind is not None:
        condition &= Q(kind=wanted.kind.value)
    if wanted.trouble is Trouble.UNPROVEN:
        condition &= Q(proven_at__isnull=True)
    if wanted.trouble is Trouble.BROKEN:
        condition &= ~Q(finding="")
    return condition
