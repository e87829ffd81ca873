"""Transactions by key, number and subject, and the requests that are not posted yet."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet, Sum

from billing.ledger.contracts import Code, EntryView, PosterHealth, Side, TransactionView, UnpostedRequest
from billing.ledger.models import Entry, PostingRequest, Transaction
from billing.ledger.selectors.balances import to_entry_views

MAX_TRANSACTIONS = 200


def find_transaction(key: str) -> TransactionView | None:
    """The transaction posted under a key."""
    return next(iter(to_views(Transaction.objects.filter(key=key))), None)


def get_transaction(transaction_id: int) -> TransactionView | None:
    """A transaction by its number."""
    return next(iter(to_views(Transaction.objects.filter(pk=transaction_id))), None)


def list_transactions(
    *,
    subject: str = "",
    subjects: Sequence[str] = (),
    kind: str = "",
    before_id: int | None = None,
    limit: int = 50,
) -> list[TransactionView]:
    """Transactions, newest first: of a share, payment or payout by its number, of several, or of a kind."""
    rows = Transaction.objects.all()
    if subjects:
        rows = rows.filter(subject__in=subjects)
    if subject:
        rows = rows.filter(subject=subject)
    if kind:
        rows = rows.filter(kind=kind)
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return to_views(rows.order_by("-pk")[: min(limit, MAX_TRANSACTIONS)])


def map_debits(transaction_ids: Collection[int], *, codes: Collection[Code]) -> dict[int, int]:
    """What transactions debited on accounts of these codes, less what they credited there, by number: one statement.

    Transactions without an entry on them are left out.
    """
    entries = Entry.objects.filter(transaction__in=transaction_ids, account__code__in=[code.value for code in codes])
    sums = entries.values("transaction_id").annotate(
        debited=Sum("amount_minor", filter=Q(side=Side.DEBIT.value), default=0),
        credited=Sum("amount_minor", filter=Q(side=Side.CREDIT.value), default=0),
    )
    return {row["transaction_id"]: int(row["debited"] - row["credited"]) for row in sums.order_by()}


def list_reversals(transaction_id: int) -> list[TransactionView]:
    """What reversed a transaction, oldest first."""
    return to_views(Transaction.objects.filter(reverses_id=transaction_id).order_by("pk"))


def list_unposted(limit: int = 100, *, after_id: int = 0) -> list[UnpostedRequest]:
    """Posting requests that are not in the books, oldest first, from the one after `after_id` on."""
    rows = PostingRequest.objects.filter(transaction__isnull=True, pk__gt=after_id).order_by("pk")
    return [
        UnpostedRequest(row.pk, row.key, row.kind, row.created_at, row.attempts, row.error, row.parked)
        for row in rows[: min(limit, MAX_TRANSACTIONS)]
    ]


def get_poster_health(now: datetime) -> PosterHealth:
    """What waits to be posted, and how long the oldest of it has."""
    found = PostingRequest.objects.filter(transaction__isnull=True).aggregate(
        waiting=Count("pk", filter=Q(parked=False)),
        oldest=Min("created_at", filter=Q(parked=False)),
        refused=Count("pk", filter=Q(parked=False, attempts__gt=0)),
        parked=Count("pk", filter=Q(parked=True)),
    )
    oldest = (now - found["oldest"]).total_seconds() if found["oldest"] else 0.0
    return PosterHealth(found["waiting"], max(0.0, oldest), found["refused"], found["parked"])


def to_views(rows: QuerySet[Transaction]) -> list[TransactionView]:
    """Transactions with their entries, in two queries."""
    transactions = list(rows)
    entries: dict[int, list[EntryView]] = {}
    for entry in to_entry_views(Entry.objects.filter(transaction__in=[row.pk for row in transactions]).order_by("pk")):
        entries.setdefault(entry.transaction_id, []).append(entry)
    return [
        TransactionView(
            transaction_id=row.pk,
            key=row.key,
            kind=row.kind,
            subject=row.subject,
            event=row.event,
            reverses_id=row.reverses_id,
            business_date=row.business_date,
            created_at=row.created_at,
            entries=tuple(entries.get(row.pk, ())),
        )
        for row in transactions
    ]
