"""Posting events: one in line, or many in one batch with a verdict for each."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from billing.ledger.contracts import PostedTransaction, Refusal, Verdict, VerdictKind
from billing.ledger.rules import FloorReached, Posting, PostingEvent
from billing.ledger.services.booking import (
    Draft,
    KeyReused,
    Outcome,
    book_drafts,
    demand_transaction,
    draft_posting,
    list_refs,
    open_desk,
)


def post(*, key: str, event: PostingEvent, now: datetime) -> PostedTransaction:
    """Post one event in the caller's transaction; a repeat of the key returns the first result.

    Raises `FloorReached`, `KeyReused`, and `BadEvent` for amounts that cannot be posted; nothing was changed then.
    A transaction posts once (several events are a batch): a second call would lock accounts in a second round, and
    rounds may wait for each other in a circle. Meant for what may be refused (wallets, payouts): everything else asks
    with `request_posting`.
    """
    draft = draft_posting(Posting(key, event))
    desk = open_desk(refs=list_refs([draft]), keys=[key], now=now)
    return to_posted(book_drafts([draft], desk)[0])


def post_batch(*, requests: Sequence[Posting], now: datetime) -> list[Verdict]:
    """Post many events, each account written once. One verdict for each, in order; a refused one changes nothing.

    A later event of the batch sees what the earlier ones did. Raises `BadEvent` before anything is written.
    """
    demand_transaction()
    drafts = [draft_posting(request) for request in requests]
    if not drafts:
        return []
    try:
        with transaction.atomic():
            outcomes = _book(drafts, now)
    except KeyReused:
        # Somebody took a key while we wrote. It is in the books by now, so that this time it is seen in advance.
        with transaction.atomic():
            outcomes = _book(drafts, now)
    return [_to_verdict(outcome) for outcome in outcomes]


def to_posted(outcome: Outcome) -> PostedTransaction:
    """The transaction of an outcome. Raises what it was refused for."""
    if outcome.error is not None:
        raise outcome.error
    assert outcome.created_at is not None
    draft = outcome.draft
    return PostedTransaction(outcome.transaction_id, draft.key, draft.kind, outcome.created_at, outcome.repeated)


def _book(drafts: Sequence[Draft], now: datetime) -> list[Outcome]:
    keys = [draft.key for draft in drafts]
    return book_drafts(drafts, open_desk(refs=list_refs(drafts), keys=keys, now=now))


def _to_verdict(outcome: Outcome) -> Verdict:
    key = outcome.draft.key
    if outcome.error is None:
        kind = VerdictKind.REPEATED if outcome.repeated else VerdictKind.POSTED
        return Verdict(key, kind, outcome.transaction_id)
    refusal = Refusal.FLOOR if isinstance(outcome.error, FloorReached) else Refusal.KEY_REUSED
    return Verdict(key, VerdictKind.REFUSED, refusal=refusal, detail=str(outcome.error))
