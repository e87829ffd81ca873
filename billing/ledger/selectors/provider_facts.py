"""Transactions of a span of time, or about some numbers, to compare with a provider's statement."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from json import loads
from typing import Any

from django.db import connection

from billing.ledger.contracts import Code, Owner
from billing.ledger.contracts.provider_facts import PostedFact

_COLUMNS = "t.id, t.kind, coalesce(r.kind, ''), t.subject, t.event::text"
_REVERSED = "LEFT JOIN ledger_transaction r ON r.id = t.reverses_id"

# Entries come in the order of their time, so their index of page ranges finds a day among all others.
_BY_KIND_SINCE = f"""
SELECT {_COLUMNS}, t.event->>'currency', 0, t.created_at FROM ledger_transaction t {_REVERSED}
WHERE t.kind = ANY (%s) AND t.event->>'psp' = %s AND t.id IN (
    SELECT e.transaction_id FROM ledger_entry e WHERE e.created_at >= %s AND e.created_at < %s)
ORDER BY t.id
"""  # noqa: S608 - only our own constants

_BY_KIND_ABOUT = f"""
SELECT {_COLUMNS}, t.event->>'currency', 0, t.created_at FROM ledger_transaction t {_REVERSED}
WHERE t.kind = ANY (%s) AND t.event->>'psp' = %s AND (t.subject = ANY (%s) OR t.id = ANY (%s))
ORDER BY t.id
"""  # noqa: S608 - only our own constants

_MOVED = f"""
SELECT {_COLUMNS}, a.currency, sum(CASE e.side WHEN 'D' THEN e.amount_minor ELSE -e.amount_minor END)::bigint,
       t.created_at
FROM ledger_account a
JOIN ledger_entry e ON e.account_id = a.id
JOIN ledger_transaction t ON t.id = e.transaction_id {_REVERSED}
WHERE a.code = %s AND a.owner_kind = %s AND a.owner_id = %s AND t.kind <> ALL (%s) AND {{wanted}}
GROUP BY t.id, t.kind, r.kind, t.subject, t.event::text, a.currency, t.created_at
ORDER BY t.id
"""  # noqa: S608 - only our own constants

_MOVED_SINCE = _MOVED.format(wanted="e.created_at >= %s AND e.created_at < %s")
_MOVED_ABOUT = _MOVED.format(wanted="(t.subject = ANY (%s) OR t.id = ANY (%s))")


def list_posted_between(*, kinds: Sequence[str], psp: str, since: datetime, until: datetime) -> list[PostedFact]:
    """Transactions of some kinds about a provider, posted from `since` (included) to `until` (not included)."""
    return _read(_BY_KIND_SINCE, [list(kinds), psp, since, until])


def list_posted_about(
    *, kinds: Sequence[str], psp: str, subjects: Iterable[str] = (), transaction_ids: Iterable[int] = ()
) -> list[PostedFact]:
    """The same for some subjects or transactions, whenever they were posted."""
    return _read(_BY_KIND_ABOUT, [list(kinds), psp, sorted(set(subjects)), sorted(set(transaction_ids))])


def list_moved_between(
    *, code: Code, owner: Owner, since: datetime, until: datetime, without: Sequence[str] = ()
) -> list[PostedFact]:
    """What moved an account, in whichever currency, in a span of time; some kinds may be left out."""
    return _read(_MOVED_SINCE, [code.value, owner.kind.value, owner.id, list(without), since, until])


def list_moved_about(
    *,
    code: Code,
    owner: Owner,
    subjects: Iterable[str] = (),
    transaction_ids: Iterable[int] = (),
    without: Sequence[str] = (),
) -> list[PostedFact]:
    """The same for some subjects or transactions, whenever they were posted."""
    numbers = [sorted(set(subjects)), sorted(set(transaction_ids))]
    return _read(_MOVED_ABOUT, [code.value, owner.kind.value, owner.id, list(without), *numbers])


def _read(query: str, values: list[Any]) -> list[PostedFact]:  # Any: parameters of a statement
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [
            PostedFact(number, kind, original, subject, loads(event), currency, moved, at)
            for number, kind, original, subject, event, currency, moved, at in cursor.fetchall()
        ]
