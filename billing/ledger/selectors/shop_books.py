"""The books as one shop may see them. Every read names the shop; each follows indexes of the shop's own accounts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any  # Any: the values of a statement

from django.db import connection
from django.db.models import Count, F, Min, Q, QuerySet, Sum

from billing.ledger.contracts import AccountRef, Balance, Book, Code, OwnerKind, Side
from billing.ledger.contracts.shop_books import (
    AccountCut,
    EntryFilter,
    EntrySum,
    ShopAccount,
    ShopBooks,
    ShopEntry,
)
from billing.ledger.models import Account, PostingRequest
from billing.ledger.rules import CHART
from market.money import CURRENCIES

MAX_SHOP_ENTRIES = 5_000
Position = tuple[datetime, int]
"""Where a list goes on: the instant and the id of the last entry seen."""

SHOP_CODES = tuple(line.code for line in CHART.values() if line.owner_kind is OwnerKind.SHOP)

# A reversal says what it reverses, so that nobody has to open it to know.
KIND = "CASE WHEN t.reverses_id IS NULL THEN t.kind ELSE 'reversal:' || o.kind END"

_CUTS = """
SELECT a.id, a.book, a.currency, a.code, a.owner_kind, a.owner_id, a.normal,
       coalesce(e.account_version, 0), coalesce(e.balance_after_minor, 0)
FROM ledger_account a
LEFT JOIN LATERAL (
    SELECT account_version, balance_after_minor FROM ledger_entry
    WHERE account_id = a.id AND created_at < %s ORDER BY created_at DESC, account_version DESC LIMIT 1
) e ON true
WHERE a.shop_id = %s AND a.owner_kind = 'shop' AND a.currency = %s
ORDER BY a.code
"""

_SUMS = f"""
SELECT {KIND} AS kind, e.side, count(*), sum(e.amount_minor)
FROM ledger_entry e
JOIN ledger_transaction t ON t.id = e.transaction_id
LEFT JOIN ledger_transaction o ON o.id = t.reverses_id
WHERE e.account_id = %s AND e.account_version > %s AND e.account_version <= %s
GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 - only our own constant

# Each account is read on its own, newest first, and left as soon as there is enough of it.
_ENTRIES = """
SELECT e.id, e.transaction_id, e.kind, e.subject, a.book, a.currency, a.code, a.owner_kind, a.owner_id, e.side,
       a.normal, e.amount_minor, e.balance_after_minor, e.account_version, e.created_at
FROM ledger_account a
CROSS JOIN LATERAL (
    SELECT e.*, {kind} AS kind, t.subject
    FROM ledger_entry e
    JOIN ledger_transaction t ON t.id = e.transaction_id
    LEFT JOIN ledger_transaction o ON o.id = t.reverses_id
    WHERE e.account_id = a.id {narrowed}
    ORDER BY e.created_at DESC, e.account_version DESC LIMIT %(limit)s
) e
WHERE a.shop_id = %(shop)s AND a.owner_kind = 'shop' AND a.currency = %(currency)s AND a.code = ANY(%(codes)s)
ORDER BY e.created_at DESC, e.id DESC LIMIT %(limit)s
"""

_COUNT = """
SELECT count(*) FROM (
    SELECT 1 FROM ledger_account a
    JOIN ledger_entry e ON e.account_id = a.id
    JOIN ledger_transaction t ON t.id = e.transaction_id
    LEFT JOIN ledger_transaction o ON o.id = t.reverses_id
    WHERE a.shop_id = %(shop)s AND a.owner_kind = 'shop' AND a.currency = %(currency)s AND a.code = ANY(%(codes)s)
    {narrowed} LIMIT %(limit)s
) found
"""


def list_shop_books(shop_ids: Sequence[int] | None = None) -> list[ShopBooks]:
    """Which shops have accounts, in which currencies, since when; all shops unless some are named."""
    rows = Account.objects.filter(
        book__in=[book.value for book in Book],
        currency__in=list(CURRENCIES),
        code__in=[code.value for code in SHOP_CODES],
        owner_kind=OwnerKind.SHOP.value,
        shop_id__isnull=False,
    )
    if shop_ids is not None:
        rows = rows.filter(shop_id__in=shop_ids)
    found = rows.values_list("shop_id", "currency").annotate(since=Min("opened_at")).order_by("shop_id", "currency")
    return [ShopBooks(shop_id or 0, currency, since) for shop_id, currency, since in found]


def list_shop_accounts(*, shop_id: int, currency: str) -> list[ShopAccount]:
    """The accounts of a shop itself, by code."""
    rows = Account.objects.filter(shop_id=shop_id, owner_kind=OwnerKind.SHOP.value, currency=currency)
    return [_to_account(row) for row in rows.order_by("code")]


def list_held_orders(*, shop_id: int, currency: str, limit: int = 50) -> list[tuple[str, int]]:
    """Orders of a shop whose money is in escrow, with the sum, the oldest first."""
    rows = (
        _held(shop_id, currency).order_by("pk").values_list("owner_id", "posted_credits_minor", "posted_debits_minor")
    )
    return [(owner_id.partition("/")[2], credited - debited) for owner_id, credited, debited in rows[:limit]]


def sum_held_orders(*, shop_id: int, currency: str) -> tuple[int, int]:
    """How many orders of a shop have money in escrow, and how much that is; one statement."""
    found = _held(shop_id, currency).aggregate(
        orders=Count("pk"), amount=Sum(F("posted_credits_minor") - F("posted_debits_minor"))
    )
    return found["orders"], int(found["amount"] or 0)


def cut_accounts(*, shop_id: int, currency: str, before: datetime) -> list[AccountCut]:
    """Every account of a shop as the last entry before an instant left it; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CUTS, [before, shop_id, currency])
        rows = cursor.fetchall()
    return [
        AccountCut(number, AccountRef.of_row(*key), Side(normal), version, balance)
        for number, *key, normal, version, balance in rows
    ]


def sum_entries(*, account_id: int, after_version: int, upto_version: int) -> list[EntrySum]:
    """The entries of an account between two versions, by kind and side; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [account_id, after_version, upto_version])
        rows = cursor.fetchall()
    return [EntrySum(kind, Side(side), entries, int(amount)) for kind, side, entries, amount in rows]


def list_shop_entries(
    *,
    shop_id: int,
    currency: str,
    wanted: EntryFilter,
    before: Position | None = None,
    limit: int = 50,
) -> list[ShopEntry]:
    """Entries on a shop's own accounts, newest first; `before` goes on after the last one seen."""
    narrowed, values = _narrow(wanted, before)
    values |= {
        "shop": shop_id,
        "currency": currency,
        "codes": [code.value for code in wanted.codes or SHOP_CODES],
        "limit": min(limit, MAX_SHOP_ENTRIES),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES.format(kind=KIND, narrowed=narrowed), values)
        return [_to_entry(*row) for row in cursor.fetchall()]


def count_shop_entries(*, shop_id: int, currency: str, wanted: EntryFilter, most: int) -> int:
    """How many entries a filter finds, counting no further than `most`."""
    narrowed, values = _narrow(wanted, None)
    values |= {
        "shop": shop_id,
        "currency": currency,
        "codes": [code.value for code in wanted.codes or SHOP_CODES],
        "limit": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(narrowed=narrowed), values)
        return int(cursor.fetchone()[0])


def has_unposted(*, shop_id: int, before: datetime) -> bool:
    """Whether something of a shop that happened before an instant is not in the books yet."""
    of_shop = (
        Q(payload__shop_id=shop_id)
        | Q(payload__funded_by_shop_id=shop_id)
        | Q(payload__shares__contains=[{"shop_id": shop_id}])
    )
    return PostingRequest.objects.filter(of_shop, transaction__isnull=True, created_at__lt=before).exists()


def _held(shop_id: int, currency: str) -> QuerySet[Account]:
    rows = Account.objects.filter(
        shop_id=shop_id, owner_kind=OwnerKind.ORDER.value, currency=currency, code=Code.ESCROW.value
    )
    return rows.exclude(posted_credits_minor=F("posted_debits_minor"))


def _narrow(wanted: EntryFilter, before: Position | None) -> tuple[str, dict[str, Any]]:
    """The conditions of a filter over `e`, `t` and `o`, and their values."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if wanted.kinds:
        conditions.append(f"{KIND} = ANY(%(kinds)s)")
        values["kinds"] = list(wanted.kinds)
    if wanted.subject:
        conditions.append("t.subject = %(subject)s")
        values["subject"] = wanted.subject
    if wanted.since is not None:
        conditions.append("e.created_at >= %(since)s")
        values["since"] = wanted.since
    if wanted.until is not None:
        conditions.append("e.created_at < %(until)s")
        values["until"] = wanted.until
    if wanted.versions is not None:
        assert len(wanted.codes) == 1, "versions are those of one account"
        conditions.append("e.account_version > %(after_version)s AND e.account_version <= %(upto_version)s")
        values["after_version"], values["upto_version"] = wanted.versions
    if before is not None:
        conditions.append("e.created_at <= %(at)s AND (e.created_at, e.id) < (%(at)s, %(id)s)")
        values["at"], values["id"] = before
    return "".join(f" AND {condition}" for condition in conditions), values


def _to_account(row: Account) -> ShopAccount:
    debits, credited = row.posted_debits_minor, row.posted_credits_minor
    normal = Side(row.normal)
    if normal is Side.DEBIT:
        balance = Balance(debits - credited, row.pending_credits_minor, row.pending_debits_minor, row.version)
    else:
        balance = Balance(credited - debits, row.pending_debits_minor, row.pending_credits_minor, row.version)
    ref = AccountRef.of_row(row.book, row.currency, row.code, row.owner_kind, row.owner_id)
    return ShopAccount(row.pk, ref, normal, balance, row.opened_at)


def _to_entry(
    entry_id: int,
    transaction_id: int,
    kind: str,
    subject: str,
    book: str,
    currency: str,
    code: str,
    owner_kind: str,
    owner_id: str,
    side: str,
    normal: str,
    amount: int,
    balance_after: int,
    version: int,
    created_at: datetime,
) -> ShopEntry:
    account = AccountRef.of_row(book, currency, code, owner_kind, owner_id)
    return ShopEntry(
        entry_id,
        transaction_id,
        kind,
        subject,
        account,
        Side(side),
        Side(normal),
        amount,
        balance_after,
        version,
        created_at,
    )
