"""Postings for tests of statements and earnings: whole orders, in every mode, with their own simple sums."""

from datetime import datetime

from django.db import transaction

from billing.ledger.rules import Posting, PostingEvent
from billing.ledger.services import post_batch


def post_all(*events: PostingEvent, now: datetime, prefix: str = "") -> list[int]:
    """Post events as the poster does, each under a key of its own. Returns the numbers of the transactions."""
    postings = [
        Posting(f"{prefix}{event.kind}:{event.subject}:{place}:{now.isoformat()}", event)
        for place, event in enumerate(events)
    ]
    with transaction.atomic():
        verdicts = post_batch(requests=postings, now=now)
    assert all(verdict.transaction_id for verdict in verdicts), verdicts
    return [verdict.transaction_id or 0 for verdict in verdicts]
