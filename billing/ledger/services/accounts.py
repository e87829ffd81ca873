"""Opening and locking accounts: many at once, and always in the order of their ids."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from json import dumps

from django.db import connection

from billing.ledger.contracts import AccountRef, FloorKind
from billing.ledger.rules import CHART, AccountState

# Rows go to the server as one JSON value: one parameter whatever their number, and the table gives the types.
_FIND = """
SELECT w.id AS place, a.id
FROM json_populate_recordset(NULL::ledger_account, %s) w
JOIN ledger_account a USING (book, currency, code, owner_kind, owner_id)
"""

_OPEN = """
INSERT INTO ledger_account
    (book, currency, code, owner_kind, owner_id, shop_id, normal, floor_kind, floor_minor, posted_debits_minor,
     posted_credits_minor, pending_debits_minor, pending_credits_minor, version, opened_at)
SELECT book, currency, code, owner_kind, owner_id, shop_id, normal, floor_kind, 0, 0, 0, 0, 0, 0, %s
FROM json_populate_recordset(NULL::ledger_account, %s)
ON CONFLICT ON CONSTRAINT ledger_account_natural_key DO NOTHING
"""

# Locked before anything refers to them, and in one order: writers wait for each other and never in a circle.
_LOCK = """
SELECT id, floor_kind, floor_minor, posted_debits_minor, posted_credits_minor, pending_debits_minor,
       pending_credits_minor, version, last_posted_at
FROM ledger_account WHERE id = ANY (%s) ORDER BY id FOR NO KEY UPDATE
"""

SAVE = """
UPDATE ledger_account a
SET posted_debits_minor = n.posted_debits_minor, posted_credits_minor = n.posted_credits_minor,
    pending_debits_minor = n.pending_debits_minor, pending_credits_minor = n.pending_credits_minor,
    version = n.version, last_posted_at = n.last_posted_at
FROM json_populate_recordset(NULL::ledger_account, %s) n
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
    rows = list_totals(states)
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(SAVE, [dumps(rows)])


def list_totals(states: Iterable[AccountState]) -> list[dict[str, int | str | None]]:
    """The rows that `SAVE` writes."""
    return [
        {
            "id": state.account_id,
            "posted_debits_minor": state.posted_debits_minor,
            "posted_credits_minor": state.posted_credits_minor,
            "pending_debits_minor": state.pending_debits_minor,
            "pending_credits_minor": state.pending_credits_minor,
            "version": state.version,
            "last_posted_at": state.last_posted_at.isoformat() if state.last_posted_at else None,
        }
        for state in states
    ]


def _order(ref: AccountRef) -> tuple[str, ...]:
    return ref.book, ref.currency, ref.code, ref.owner.kind, ref.owner.id


def _find(refs: Sequence[AccountRef]) -> dict[AccountRef, int]:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [dumps([_to_row(ref) | {"id": place} for place, ref in enumerate(refs)])])
        return {refs[place]: number for place, number in cursor.fetchall()}


def _open(refs: Sequence[AccountRef], now: datetime) -> None:
    rows = []
    for ref in refs:
        line = CHART[ref.code]
        rows.append(_to_row(ref) | {"shop_id": ref.owner.shop_id, "normal": line.normal, "floor_kind": line.floor})
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [now, dumps(rows)])


def _to_row(ref: AccountRef) -> dict[str, str | int | None]:
    owner = ref.owner
    return {
        "book": ref.book,
        "currency": ref.currency,
        "code": ref.code,
        "owner_kind": owner.kind,
        "owner_id": owner.id,
    }


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
