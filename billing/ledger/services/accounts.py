"""Opening and locking accounts: many at once, and always in the order of their ids."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection

from billing.ledger.contracts import AccountRef, FloorKind
from billing.ledger.rules import CHART, AccountState

_FIND = """
SELECT w.place, a.id
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
     WITH ORDINALITY AS w (book, currency, code, owner_kind, owner_id, place)
JOIN ledger_account a USING (book, currency, code, owner_kind, owner_id)
"""

_OPEN = """
INSERT INTO ledger_account
    (book, currency, code, owner_kind, owner_id, shop_id, normal, floor_kind, floor_minor, posted_debits_minor,
     posted_credits_minor, pending_debits_minor, pending_credits_minor, version, opened_at)
SELECT book, currency, code, owner_kind, owner_id, shop_id, normal, floor_kind, 0, 0, 0, 0, 0, 0, %s
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[])
     AS n (book, currency, code, owner_kind, owner_id, shop_id, normal, floor_kind)
ON CONFLICT ON CONSTRAINT ledger_account_natural_key DO NOTHING
"""

# The foreign key of an entry takes a share lock on its account: locking first and in one order keeps writers apart.
_LOCK = """
SELECT id, floor_kind, floor_minor, posted_debits_minor, posted_credits_minor, pending_debits_minor,
       pending_credits_minor, version, last_posted_at
FROM ledger_account WHERE id = ANY (%s) ORDER BY id FOR NO KEY UPDATE
"""

_SAVE = """
UPDATE ledger_account a
SET posted_debits_minor = n.posted_debits, posted_credits_minor = n.posted_credits,
    pending_debits_minor = n.pending_debits, pending_credits_minor = n.pending_credits,
    version = n.version, last_posted_at = n.last_posted_at
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[])
     AS n (id, posted_debits, posted_credits, pending_debits, pending_credits, version, last_posted_at)
WHERE a.id = n.id
"""


def open_accounts(*, refs: Iterable[AccountRef], now: datetime) -> dict[AccountRef, int]:
    """The ids of accounts, opening those that are not there: one statement, three when some are new."""
    wanted = sorted(set(refs), key=_order)
    found = _find(wanted)
    missing = [ref for ref in wanted if ref not in found]
    if missing:
        _open(missing, now)
        found |= _find(missing)
    return found


def lock_accounts(ids: Mapping[AccountRef, int]) -> dict[AccountRef, AccountState]:
    """Lock accounts until the transaction ends, in the order of their ids, and read them as they are then."""
    refs = {number: ref for ref, number in ids.items()}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [sorted(refs)])
        rows = cursor.fetchall()
    return {refs[row[0]]: _to_state(refs[row[0]], row) for row in rows}


def save_accounts(states: Iterable[AccountState]) -> None:
    """Write the totals of locked accounts: one statement, one update for each account."""
    columns = list(
        zip(
            *(
                (
                    state.account_id,
                    state.posted_debits_minor,
                    state.posted_credits_minor,
                    state.pending_debits_minor,
                    state.pending_credits_minor,
                    state.version,
                    state.last_posted_at,
                )
                for state in states
            ),
            strict=True,
        )
    )
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(_SAVE, [list(column) for column in columns])


def _order(ref: AccountRef) -> tuple[str, ...]:
    return ref.book, ref.currency, ref.code, ref.owner.kind, ref.owner.id


def _find(refs: Sequence[AccountRef]) -> dict[AccountRef, int]:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, _columns(refs))
        return {refs[place - 1]: number for place, number in cursor.fetchall()}


def _open(refs: Sequence[AccountRef], now: datetime) -> None:
    lines = [CHART[ref.code] for ref in refs]
    shops = [ref.owner.shop_id for ref in refs]
    normal = [line.normal.value for line in lines]
    floors = [line.floor.value for line in lines]
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [now, *_columns(refs), shops, normal, floors])


def _columns(refs: Sequence[AccountRef]) -> list[list[str]]:
    return [
        [ref.book.value for ref in refs],
        [ref.currency for ref in refs],
        [ref.code.value for ref in refs],
        [ref.owner.kind.value for ref in refs],
        [ref.owner.id for ref in refs],
    ]


def _to_state(ref: AccountRef, row: tuple[int, str, int, int, int, int, int, int, datetime | None]) -> AccountState:
    number, floor_kind, floor, debits, credited, pending_debits, pending_credits, version, last_posted_at = row
    line = CHART[ref.code]
    return AccountState(
        account_id=number,
        ref=ref,
        normal=line.normal,
        floor_minor=None if floor_kind == FloorKind.NONE else floor,
        guarded=line.guarded,
        posted_debits_minor=debits,
        posted_credits_minor=credited,
        pending_debits_minor=pending_debits,
        pending_credits_minor=pending_credits,
        version=version,
        last_posted_at=last_posted_at,
    )
