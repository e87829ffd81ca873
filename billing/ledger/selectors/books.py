"""The whole of the books, read as a stream for an export: any number of rows in bounded memory."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from billing.ledger.contracts import AccountRef, BookAccount, BookSize, BookTransaction, Leg, Side

CHUNK = 2_000

_SIZE = """
SELECT count(*), max(business_date) FROM ledger_transaction WHERE created_at <= coalesce(%s::timestamptz, 'infinity')
"""

# An account is as old as its first entry where the clocks of two processes differ. The totals of now are the
# account's own; those of an instant are the balance that its last entry up to then left.
_ACCOUNTS = """
SELECT a.book, a.currency, a.code, a.owner_kind, a.owner_id, least(a.opened_at, first.created_at),
       CASE WHEN %(until)s::timestamptz IS NULL THEN a.posted_debits_minor - a.posted_credits_minor
            ELSE coalesce(last.balance_after_minor, 0) * CASE a.normal WHEN 'D' THEN 1 ELSE -1 END END
FROM ledger_account a
LEFT JOIN ledger_entry first ON first.account_id = a.id AND first.account_version = 1
LEFT JOIN LATERAL (
    SELECT e.balance_after_minor FROM ledger_entry e
    WHERE e.account_id = a.id AND e.created_at <= %(until)s::timestamptz
    ORDER BY e.created_at DESC, e.account_version DESC LIMIT 1
) last ON true
WHERE %(until)s::timestamptz IS NULL OR least(a.opened_at, first.created_at) <= %(until)s::timestamptz
ORDER BY a.code, a.owner_kind, a.owner_id, a.currency
"""

_TRANSACTIONS = """
SELECT t.id, t.key, t.kind, t.subject, t.reverses_id, t.business_date, t.created_at,
       a.book, a.currency, a.code, a.owner_kind, a.owner_id, e.side, e.amount_minor
FROM ledger_transaction t
JOIN ledger_entry e ON e.transaction_id = t.id
JOIN ledger_account a ON a.id = e.account_id
WHERE t.created_at <= coalesce(%(until)s::timestamptz, 'infinity')
ORDER BY t.id, e.id
"""


def get_book_size(until: datetime | None = None) -> BookSize:
    """How many transactions there are up to and including an instant, and the last one's business day."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZE, [until])
        return BookSize(*cursor.fetchone())


def iter_book_accounts(until: datetime | None = None) -> Iterator[BookAccount]:
    """Every account with the ledger's own balance, by code and owner; inside a transaction."""
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    for *ref, opened_at, signed_minor in _stream(_ACCOUNTS, {"until": until}):
        yield BookAccount(_to_ref(*ref), opened_at.astimezone(zone).date(), int(signed_minor))


def iter_books(until: datetime | None = None) -> Iterator[BookTransaction]:
    """Every transaction up to and including an instant, oldest first; inside a transaction.

    Bounded in memory. To have it agree with `iter_book_accounts`, both need one snapshot: `REPEATABLE READ`.
    """
    for head, rows in groupby(_stream(_TRANSACTIONS, {"until": until}), key=lambda row: row[:7]):
        number, key, kind, subject, reverses_id, business_date, created_at = head
        yield BookTransaction(
            transaction_id=number,
            key=key,
            kind=kind,
            subject=subject,
            reverses_id=reverses_id,
            business_date=business_date,
            created_at=created_at,
            legs=tuple(Leg(_to_ref(*row[7:12]), Side(row[12]), row[13]) for row in rows),
        )


@lru_cache(maxsize=10_000)
def _to_ref(book: str, currency: str, code: str, owner_kind: str, owner_id: str) -> AccountRef:
    return AccountRef.of_row(book, currency, code, owner_kind, owner_id)


def _stream(query: str, values: dict[str, datetime | None]) -> Iterator[tuple[Any, ...]]:  # Any: a row's columns
    """The rows of a query through a cursor of the server, so that neither side holds them all."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, values)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows
