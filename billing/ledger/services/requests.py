"""Posting requests, written with what happened, and the poster that brings them into the books in batches."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from json import dumps, loads

from django.db import DatabaseError, connection, transaction

from billing.ledger.contracts import Refusal, Verdict, VerdictKind
from billing.ledger.models import PostingRequest
from billing.ledger.rules import BadEvent, Posting, PostingEvent, UnreadableEvent, read_event
from billing.ledger.services.booking import KeyReused, demand_transaction, draft_posting
from billing.ledger.services.posting import post_batch

MAX_ATTEMPTS = 12
LONGEST_WAIT_SECONDS = 600
_HOPELESS = frozenset({Refusal.KEY_REUSED, Refusal.UNREADABLE})

_INSERT = """
INSERT INTO ledger_postingrequest (key, payload_hash, kind, payload, created_at, due_at, attempts, error, parked)
SELECT key, payload_hash, kind, payload, %s, %s, 0, '', false
FROM json_populate_recordset(NULL::ledger_postingrequest, %s)
ON CONFLICT (key) DO NOTHING
RETURNING key
"""

_TAKE = """
SELECT id, key, kind, payload, attempts FROM ledger_postingrequest
WHERE transaction_id IS NULL AND NOT parked AND due_at <= %s AND (%s::bigint IS NULL OR id = %s)
ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""

_NOTE = """
UPDATE ledger_postingrequest r
SET transaction_id = n.transaction_id, attempts = n.attempts, error = n.error, parked = n.parked, due_at = n.due_at
FROM json_populate_recordset(NULL::ledger_postingrequest, %s) n
WHERE r.id = n.id
"""


class _BatchRefused(Exception):
    """The database refused a batch of these requests, and nothing of it was written."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__(numbers)
        self.numbers = numbers


def request_posting(*, key: str, event: PostingEvent, now: datetime) -> None:
    """Ask, in the caller's transaction, for an event to be posted. The same key and payload again is nothing new.

    Raises `KeyReused` for another payload, `BadEvent` for amounts that could never be posted.
    """
    request_postings(requests=[Posting(key, event)], now=now)


def request_postings(*, requests: Sequence[Posting], now: datetime) -> None:
    """`request_posting` for several events, in one statement."""
    demand_transaction()
    drafts = {draft.key: draft for draft in map(draft_posting, requests)}
    if len(drafts) < len(requests):
        raise KeyReused("one key stands for several events")
    rows = [
        {"key": draft.key, "payload_hash": draft.payload_hash, "kind": draft.kind, "payload": draft.payload}
        for draft in drafts.values()
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [now, now, dumps(rows)])
        written = {key for (key,) in cursor.fetchall()}
    if len(written) == len(drafts):
        return
    known = PostingRequest.objects.filter(key__in=set(drafts) - written).values_list("key", "payload_hash")
    for key, payload_hash in known:
        if drafts[key].payload_hash != payload_hash:
            raise KeyReused(f"{key} was requested with another payload")


def post_pending(now: datetime, limit: int = 500) -> int:
    """Post due requests as one batch; what is refused is tried again later, then parked. Returns how many it took.

    Several posters may run: each takes requests that no other holds. When the database refuses a batch, each of its
    requests gets a transaction of its own: accounts are locked in one round, and one bad request holds up no other.
    """
    try:
        return _post_due(now, limit)
    except _BatchRefused as refused:
        return sum(_post_due(now, 1, number) for number in refused.numbers)


def retry_request(*, request_id: int, now: datetime) -> bool:
    """Let the poster try a parked request again. False when it is not parked."""
    parked = PostingRequest.objects.filter(pk=request_id, parked=True)
    return bool(parked.update(parked=False, attempts=0, due_at=now))


def _read(rows: Sequence[tuple[int, str, str, str, int]]) -> tuple[dict[int, Posting], dict[int, Verdict]]:
    postings: dict[int, Posting] = {}
    unreadable: dict[int, Verdict] = {}
    for number, key, kind, payload, _ in rows:
        posting = None
        try:
            posting = Posting(key, read_event(kind, loads(payload)))
            draft_posting(posting)
        except (UnreadableEvent, BadEvent) as problem:
            unreadable[number] = Verdict(key, VerdictKind.REFUSED, refusal=Refusal.UNREADABLE, detail=str(problem))
        else:
            postings[number] = posting
    return postings, unreadable


@transaction.atomic(durable=True)
def _post_due(now: datetime, limit: int, number: int | None = None) -> int:
    """Take due requests, or the one of that number, and post them together. Raises `_BatchRefused`."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [now, number, number, limit])
        rows = cursor.fetchall()
    postings, verdicts = _read(rows)
    try:
        with transaction.atomic():
            found = post_batch(requests=list(postings.values()), now=now)
    except DatabaseError as problem:
        if len(rows) > 1:
            raise _BatchRefused([row[0] for row in rows]) from problem
        found = [
            Verdict(posting.key, VerdictKind.REFUSED, refusal=Refusal.DATABASE, detail=str(problem))
            for posting in postings.values()
        ]
    verdicts |= dict(zip(postings, found, strict=True))
    _note([(number, attempts, verdicts[number]) for number, _, _, _, attempts in rows], now)
    return len(rows)


def _note(results: Sequence[tuple[int, int, Verdict]], now: datetime) -> None:
    rows = []
    for number, attempts, verdict in results:
        refused = verdict.kind is VerdictKind.REFUSED
        wait = timedelta(seconds=min(2**attempts, LONGEST_WAIT_SECONDS))
        rows.append(
            {
                "id": number,
                "transaction_id": verdict.transaction_id,
                "attempts": attempts + 1,
                "error": f"{verdict.refusal}: {verdict.detail}"[:500] if refused else "",
                "parked": refused and (verdict.refusal in _HOPELESS or attempts + 1 >= MAX_ATTEMPTS),
                "due_at": (now + wait).isoformat(),
            }
        )
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, [dumps(rows)])
