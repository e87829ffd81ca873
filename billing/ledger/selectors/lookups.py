"""What staff look up: transactions by what they are called, chains of reversals, an account between two instants."""

import re
from datetime import datetime

from django.db import connection

from billing.ledger.contracts import (
    AccountStatement,
    Book,
    Code,
    Owner,
    PostedRequest,
    Side,
    TransactionChain,
    TransactionView,
)
from billing.ledger.models import PostingRequest, Transaction
from billing.ledger.rules import account_of
from billing.ledger.selectors.balances import list_entries
from billing.ledger.selectors.transactions import MAX_TRANSACTIONS, get_transaction, list_reversals, to_views
from market.money import DEFAULT_CURRENCY

MIN_PREFIX = 4
"""Shorter texts are only looked for whole: too many subjects begin alike."""

MAX_ALIKE = 500
"""Of subjects that begin alike, so many are considered, in the order of their letters."""

_NUMBER = re.compile(r"(?:T-)?([1-9][0-9]{0,17})", re.IGNORECASE)

# Each branch has one index to follow: with OR, the planner might as well walk all of them by their number.
_NAMED = """
SELECT id FROM ledger_transaction WHERE key = %(text)s
UNION SELECT id FROM ledger_transaction WHERE subject = %(text)s
UNION SELECT id FROM ledger_transaction WHERE id = %(number)s
"""

_ALIKE = """
SELECT id FROM ledger_transaction WHERE subject LIKE %s ORDER BY subject USING ~<~, id LIMIT %s
"""


def search_transactions(
    *, text: str, kind: str = "", before_id: int | None = None, limit: int = 50
) -> list[TransactionView]:
    """Transactions that a text names, newest first: a number (`12`, `T-12`), a key, a subject.

    A subject is the number of a share, payment, refund, payout, dispute or a provider's settlement. When nothing is
    called exactly so, subjects that begin so are found, from `MIN_PREFIX` characters on: the number of a purchase
    finds all its shares.
    """
    wanted = text.strip()
    if not wanted or "\0" in wanted:
        return []
    rows = Transaction.objects.filter(pk__in=_list_named(wanted) or _list_alike(wanted))
    if kind:
        rows = rows.filter(kind=kind)
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return to_views(rows.order_by("-pk")[: min(limit, MAX_TRANSACTIONS)])


def find_transaction_chain(transaction_id: int) -> TransactionChain | None:
    """A transaction with what it reverses and what reversed it."""
    transaction = get_transaction(transaction_id)
    if transaction is None:
        return None
    reverses = get_transaction(transaction.reverses_id) if transaction.reverses_id is not None else None
    reversals = tuple(list_reversals(transaction_id))
    left = _debits(transaction)
    for reversal in reversals:
        for book, minor in _debits(reversal).items():
            left[book] -= minor
    reversible_minor = max(left.values(), default=0)
    return TransactionChain(transaction, reverses, reversals, reversible_minor)


def find_posting_request(transaction_id: int) -> PostedRequest | None:
    """What asked for a transaction; None for one that was posted in line."""
    row = PostingRequest.objects.filter(transaction_id=transaction_id).order_by("pk").first()
    return PostedRequest(row.pk, row.key, row.created_at, row.attempts) if row else None


def get_account_statement(
    *,
    code: Code,
    since: datetime,
    until: datetime,
    owner: Owner | None = None,
    currency: str = DEFAULT_CURRENCY,
    before_version: int | None = None,
    limit: int = 50,
) -> AccountStatement:
    """An account from `since` (included) to `until` (not included), a page of its entries at a time.

    `before_version` is the `next_version` of the page before. Raises `WrongOwner`.
    """
    account = account_of(code, owner, currency)
    page = list_entries(
        code=code,
        owner=owner,
        currency=currency,
        before_version=before_version,
        since=since,
        until=until,
        limit=limit + 1,
    )
    return AccountStatement(
        account=account,
        since=since,
        until=until,
        opening_minor=_balance_before(code, since, owner, currency),
        closing_minor=_balance_before(code, until, owner, currency),
        entries=tuple(page[:limit]),
        next_version=page[limit - 1].account_version if len(page) > limit else None,
    )


def _balance_before(code: Code, at: datetime, owner: Owner | None, currency: str) -> int:
    last = list_entries(code=code, owner=owner, currency=currency, until=at, limit=1)
    return last[0].balance_after_minor if last else 0


def _list_named(text: str) -> list[int]:
    number = _NUMBER.fullmatch(text)
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"text": text, "number": int(number[1]) if number else None})
        return [found for (found,) in cursor.fetchall()]


def _list_alike(text: str) -> list[int]:
    if len(text) < MIN_PREFIX:
        return []
    pattern = re.sub(r"([\\%_])", r"\\\1", text) + "%"
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, [pattern, MAX_ALIKE])
        return [number for (number,) in cursor.fetchall()]


def _debits(transaction: TransactionView) -> dict[Book, int]:
    totals: dict[Book, int] = {}
    for entry in transaction.entries:
        if entry.side is Side.DEBIT:
            totals[entry.account.book] = totals.get(entry.account.book, 0) + entry.amount_minor
    return totals
