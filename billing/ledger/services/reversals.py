"""Corrections: a new transaction that mirrors all or part of an earlier one and names it."""

from datetime import datetime

from django.db.models import QuerySet

from billing.ledger.contracts import AccountRef, Leg, PostedTransaction, Side
from billing.ledger.models import Entry, Transaction
from billing.ledger.rules import hash_payload, reverse_legs
from billing.ledger.services.booking import (
    Draft,
    KeyReused,
    Known,
    book_drafts,
    check_key,
    demand_transaction,
    open_desk,
)
from billing.ledger.services.posting import to_posted

REVERSAL = "reversal"


class TransactionNotFound(LookupError):
    """There is no such transaction to reverse."""


def reverse(*, key: str, transaction_id: int, amount_minor: int | None = None, now: datetime) -> PostedTransaction:
    """Reverse what is left of a transaction, or `amount_minor` of its debits in proportion.

    Runs in the caller's transaction. All reversals of one transaction lock its accounts, so that they see each other:
    together they are never more than it posted.
    Raises `ReversalTooLarge`, `FloorReached`, `KeyReused`, `TransactionNotFound`; nothing was changed then.
    """
    demand_transaction()
    original = Transaction.objects.filter(pk=transaction_id).first()
    if original is None:
        raise TransactionNotFound(str(transaction_id))
    legs = _list_legs(Entry.objects.filter(transaction=original))
    payload = {"reverses": original.key, "amount_minor": amount_minor}
    digest = hash_payload(REVERSAL, payload)
    desk = open_desk(refs=[leg.account for leg in legs], keys=[check_key(key)], now=now)
    if key in desk.known:
        return _repeat(key, desk.known[key], digest)
    so_far = _list_legs(Entry.objects.filter(transaction__reverses=original))
    mirrored = reverse_legs(legs, so_far, amount_minor)
    draft = Draft(key, REVERSAL, original.subject, payload, digest, mirrored, reverses_id=original.pk)
    return to_posted(book_drafts([draft], desk)[0])


def _repeat(key: str, known: Known, digest: str) -> PostedTransaction:
    if known.payload_hash != digest:
        raise KeyReused(f"{key} was posted with another payload")
    return PostedTransaction(known.transaction_id, key, REVERSAL, known.created_at, repeated=True)


def _list_legs(entries: QuerySet[Entry]) -> list[Leg]:
    rows = entries.order_by("id").values_list(
        "account__book",
        "account__currency",
        "account__code",
        "account__owner_kind",
        "account__owner_id",
        "side",
        "amount_minor",
    )
    return [
        Leg(AccountRef.of_row(book, currency, code, owner_kind, owner_id), Side(side), amount)
        for book, currency, code, owner_kind, owner_id, side, amount in rows
    ]
