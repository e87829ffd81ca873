"""What a shop was charged by month and kind, with the VAT that each charge carries: what an invoice is made of."""

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import connection

from billing.ledger.contracts import Code
from billing.ledger.contracts.shop_books import MonthSum
from market.money import DEFAULT_CURRENCY

# Entries that lower the shop's account are charges, those that raise it are credits.
_SUMS = """
SELECT date_trunc('month', e.created_at AT TIME ZONE %(zone)s)::date AS month, t.kind, count(*),
       sum(CASE e.side WHEN 'D' THEN e.amount_minor ELSE -e.amount_minor END)::bigint,
       sum(CASE e.side WHEN 'D' THEN 1 ELSE -1 END * coalesce((t.event->>'vat_minor')::bigint, 0))::bigint
FROM ledger_account a
JOIN ledger_entry e ON e.account_id = a.id AND e.created_at >= %(since)s AND e.created_at < %(until)s
JOIN ledger_transaction t ON t.id = e.transaction_id AND t.kind = ANY (%(kinds)s)
WHERE a.shop_id = %(shop)s AND a.owner_kind = 'shop' AND a.currency = %(currency)s AND a.code = ANY (%(codes)s)
GROUP BY 1, 2 ORDER BY 1 DESC, 2
"""


def sum_months(
    *,
    shop_id: int,
    codes: Sequence[Code],
    kinds: Sequence[str],
    since: datetime,
    until: datetime,
    currency: str = DEFAULT_CURRENCY,
) -> list[MonthSum]:
    """What entries of these kinds took from a shop's own accounts, by business month, the latest first; one statement.

    Amounts are positive for charges. A transaction of these kinds has one entry on one of these accounts.
    """
    values: dict[str, str | int | datetime | list[str]] = {
        "zone": settings.BUSINESS_TIME_ZONE,
        "since": since,
        "until": until,
        "kinds": list(kinds),
        "shop": shop_id,
        "currency": currency,
        "codes": [code.value for code in codes],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, values)
        return [_to_sum(*row) for row in cursor.fetchall()]


def _to_sum(month: date, kind: str, entries: int, amount_minor: int, vat_minor: int) -> MonthSum:
    return MonthSum(month, kind, entries, amount_minor, vat_minor)
