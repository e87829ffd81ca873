"""Each charged hour is proven: its events, its carry, its postings. What does not hold is written on it for staff."""

from datetime import datetime

import structlog
from django.db import connection

from billing.ledger.contracts import Code, Side
from billing.ledger.selectors import get_transaction
from search.auction.charging import list_breaks
from search.auction.contracts import HourCharge as HourNumbers
from search.spending.models import HourCharge

MOST_PROVEN = 1_000
WALLET = frozenset({Code.AD_WALLET_CASH, Code.AD_WALLET_BONUS})
_COUNT = (
    "SELECT count(*) FILTER (WHERE NOT freed), count(*) FILTER (WHERE freed),"
    " COALESCE(sum(billed_micro) FILTER (WHERE NOT freed), 0)::bigint FROM spending_adevent"
    " WHERE day = %s AND shop_id = %s AND kind = %s AND charge_id = %s"
)

log = structlog.get_logger(__name__)


def prove_hours(now: datetime, *, limit: int = MOST_PROVEN) -> int:
    """Prove hours that were not yet. Returns how many were looked at."""
    rows = list(HourCharge.objects.filter(proven_at__isnull=True).select_related("previous").order_by("pk")[:limit])
    for row in rows:
        finding = find_fault(row)
        if finding:
            log.error("ads.hour_disproven", key=row.key, finding=finding)
        HourCharge.objects.filter(pk=row.pk).update(proven_at=now, finding=finding[:200])
    return len(rows)


def find_fault(row: HourCharge) -> str:
    """What does not hold of a charged hour, "" if all does."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [row.day, row.shop_id, row.kind, row.pk])
        counted = cursor.fetchone()
    if counted != (row.events, row.freed, row.sum_micro):
        return f"events, freed and sum are {counted}, not {(row.events, row.freed, row.sum_micro)}"
    if list_breaks([_carry_only(row.carry_in_micro), _to_numbers(row)]):
        return "sum and carry in are not the amount and carry out"
    expected = row.previous.carry_out_micro if row.previous else 0
    if row.carry_in_micro != expected:
        return f"the carry in is {row.carry_in_micro}, the hour before carried {expected}"
    posted = sum(map(_sum_posted, row.transaction_ids))
    return "" if posted == row.amount_minor else f"{posted} is posted, not {row.amount_minor}"


def _sum_posted(transaction_id: int) -> int:
    """What a transaction took from the wallet."""
    found = get_transaction(transaction_id)
    entries = found.entries if found else ()
    return sum(entry.amount_minor for entry in entries if entry.account.code in WALLET and entry.side is Side.DEBIT)


def _to_numbers(row: HourCharge) -> HourNumbers:
    return HourNumbers(
        sum_micro=row.sum_micro,
        carry_in_micro=row.carry_in_micro,
        amount_minor=row.amount_minor,
        carry_out_micro=row.carry_out_micro,
        vat_minor=row.vat_minor,
    )


def _carry_only(carry_micro: int) -> HourNumbers:
    """A charge that left exactly this carry, to begin a chain with."""
    return HourNumbers(
        sum_micro=carry_micro, carry_in_micro=0, amount_minor=0, carry_out_micro=carry_micro, vat_minor=0
    )
