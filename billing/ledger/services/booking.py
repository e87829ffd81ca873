"""The one way into the books: lock, look for repeats, decide, write. Everything that posts goes through here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from json import dumps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, connection
from django.db.transaction import TransactionManagementError
from psycopg.errors import UniqueViolation

from billing.ledger.contracts import AccountRef, Leg, Side
from billing.ledger.rules import AccountState, EntryDraft, FloorReached, Posting, hash_payload, settle_legs
from billing.ledger.services.accounts import SAVE, list_totals, lock_accounts, open_accounts

MAX_KEY = 200

_KNOWN = "SELECT key, id, payload_hash, created_at FROM ledger_transaction WHERE key = ANY (%s)"

_KEY_TAKEN = "ledger_transaction_key_key"

# Transactions, totals and entries are one statement: the triggers at its end see the whole of each transaction. Entries
# are most of the rows and come as one array a column, which the server reads in a quarter of the time of JSON.
_WRITE = f"""
WITH drafted AS MATERIALIZED (
    SELECT nextval('ledger_transaction_id_seq') AS transaction_id, id AS place,
           key, payload_hash, kind, subject, event, reverses_id
    FROM json_populate_recordset(NULL::ledger_transaction, %s)
), written AS (
    INSERT INTO ledger_transaction (id, key, payload_hash, kind, subject, event, reverses_id, business_date, created_at)
    SELECT transaction_id, key, payload_hash, kind, subject, event, reverses_id, %s, %s FROM drafted
), saved AS ({SAVE}), entered AS (
    INSERT INTO ledger_entry
        (transaction_id, account_id, side, amount_minor, balance_after_minor, account_version, created_at)
    SELECT d.transaction_id, n.account_id, n.side, n.amount_minor, n.balance_after_minor, n.account_version, %s
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY
        AS n (place, account_id, side, amount_minor, balance_after_minor, account_version, line)
    JOIN drafted d USING (place)
    ORDER BY n.line
)
SELECT place, transaction_id FROM drafted
"""  # noqa: S608 - only our own constant


class BadKey(ValueError):
    """A key that is empty or too long."""


class KeyReused(Exception):
    """A key was posted before with another payload."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A transaction to be written."""

    key: str
    kind: str
    subject: str
    payload: Mapping[str, Any]  # JSON
    payload_hash: str
    legs: tuple[Leg, ...]
    reverses_id: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A transaction under a key that is in the books already."""

    transaction_id: int
    payload_hash: str
    created_at: datetime


@dataclass(slots=True)
class Desk:
    """Locked accounts as they are now, what is known of the keys, and the instant at which all of it is written.

    That instant is never before an account's last entry, so that versions and instants agree on every account.
    """

    states: dict[AccountRef, AccountState]
    known: dict[str, Known]
    moment: datetime


@dataclass(slots=True)
class Outcome:
    """What became of a draft. With an error nothing of it was written."""

    draft: Draft
    transaction_id: int = 0
    created_at: datetime | None = None
    repeated: bool = False
    error: FloorReached | KeyReused | None = None


def draft_posting(posting: Posting) -> Draft:
    """Read an event into a draft. Raises `BadEvent` and `BadKey`."""
    event, payload = posting.event, posting.event.to_payload()
    legs = event.legs()
    return Draft(
        check_key(posting.key), event.kind, event.subject[:80], payload, hash_payload(event.kind, payload), legs
    )


def check_key(key: str) -> str:
    """The key, if it can be one. Raises `BadKey`."""
    if not 0 < len(key) <= MAX_KEY:
        raise BadKey(f"a key has 1 to {MAX_KEY} characters")
    return key


def demand_transaction() -> None:
    """Steps write in their caller's transaction, or not at all."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("The books are written in the transaction of what happened.")


def open_desk(*, refs: Sequence[AccountRef], keys: Sequence[str], now: datetime) -> Desk:
    """Lock every account that may be touched, then look which keys are known: a repeat waits for the lock first."""
    demand_transaction()
    states = lock_accounts(open_accounts(refs=refs, now=now))
    last = [state.last_posted_at for state in states.values() if state.last_posted_at is not None]
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [list(keys)])
        known = {key: Known(number, digest, at) for key, number, digest, at in cursor.fetchall()}
    return Desk(states, known, max([now, *last]))


def list_refs(drafts: Sequence[Draft]) -> list[AccountRef]:
    """Every account that drafts may touch, spills included."""
    touched: dict[AccountRef, None] = {}
    for draft in drafts:
        for leg in draft.legs:
            touched[leg.account] = None
            if leg.spill is not None:
                touched[leg.spill] = None
    return list(touched)


def book_drafts(drafts: Sequence[Draft], desk: Desk) -> list[Outcome]:
    """Decide on each draft in turn and write those that may be posted.

    Raises `KeyReused` when somebody else took a key meanwhile with another payload; the transaction is lost then.
    """
    outcomes: list[Outcome] = []
    accepted: dict[str, tuple[Outcome, list[EntryDraft]]] = {}
    for draft in drafts:
        outcome = _recall(draft, desk, accepted)
        if outcome is None:
            outcome = Outcome(draft)
            try:
                accepted[draft.key] = outcome, settle_legs(draft.kind, draft.legs, desk.states)
            except FloorReached as refused:
                outcome.error = refused
        outcomes.append(outcome)
    _write(accepted, desk)
    for outcome in outcomes:
        if outcome.repeated and outcome.draft.key in accepted:
            first = accepted[outcome.draft.key][0]
            outcome.transaction_id, outcome.created_at = first.transaction_id, first.created_at
    return outcomes


def _recall(draft: Draft, desk: Desk, accepted: Mapping[str, tuple[Outcome, list[EntryDraft]]]) -> Outcome | None:
    """What a key means that is in the books, or came earlier in the same batch."""
    if draft.key in desk.known:
        known = desk.known[draft.key]
        outcome = Outcome(draft, known.transaction_id, known.created_at, repeated=True)
        digest = known.payload_hash
    elif draft.key in accepted:
        outcome = Outcome(draft, repeated=True)
        digest = accepted[draft.key][0].draft.payload_hash
    else:
        return None
    if digest != draft.payload_hash:
        return Outcome(draft, error=KeyReused(f"{draft.key} was posted with another payload"))
    return outcome


def _write(accepted: Mapping[str, tuple[Outcome, list[EntryDraft]]], desk: Desk) -> None:
    if not accepted:
        return
    outcomes = [outcome for outcome, _ in accepted.values()]
    places = [place for place, (_, drafted) in enumerate(accepted.values()) for _ in drafted]
    entries = [entry for _, drafted in accepted.values() for entry in drafted]
    touched = {entry.account_id for entry in entries}
    changed = [state for state in desk.states.values() if state.account_id in touched]
    for state in changed:
        state.last_posted_at = desk.moment
    business_date = desk.moment.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE)).date()
    transactions = dumps([_to_row(place, outcome.draft) for place, outcome in enumerate(outcomes)])
    columns = [_to_array(column) for column in (places, *zip(*entries, strict=True))]
    totals = dumps(list_totals(changed))
    try:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [transactions, business_date, desk.moment, totals, desk.moment, *columns])
            numbers = dict(cursor.fetchall())
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation) and error.__cause__.diag.constraint_name == _KEY_TAKEN:
            raise KeyReused("a key was posted with another payload meanwhile") from error
        raise
    for place, outcome in enumerate(outcomes):
        outcome.transaction_id, outcome.created_at = numbers[place], desk.moment


def _to_row(place: int, draft: Draft) -> dict[str, Any]:
    return {
        "id": place,
        "key": draft.key,
        "payload_hash": draft.payload_hash,
        "kind": draft.kind,
        "subject": draft.subject,
        "event": draft.payload,
        "reverses_id": draft.reverses_id,
    }


def _to_array(column: Iterable[int | Side]) -> str:
    """A column of numbers or sides as PostgreSQL reads an array; neither holds anything to be escaped."""
    return f"{{{','.join(map(str, column))}}}"
