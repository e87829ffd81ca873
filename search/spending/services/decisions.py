"""Storing decisions, many at a time."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date

import orjson
from django.db import IntegrityError, connection, transaction

from market.shops.backend.statements import ask
from search.spending.contracts import StoredDecision
from search.spending.rules.naming import Namer
from search.spending.services.salts import get_salts

DECISIONS_AT_ONCE = 100
"""Of one statement and its transaction."""

LONGEST_QUERY = 200

_COLUMNS = (
    ("day", "date"),
    ("decision_id", "uuid"),
    ("decided_at", "timestamptz"),
    ("page", "text"),
    ("query", "text"),
    ("region", "text"),
    ("auction", "text"),
    ("person", "uuid"),
    ("network", "uuid"),
    ("lines", "jsonb"),
    ("held_out", "boolean"),
)
_NAMES = ", ".join(name for name, _ in _COLUMNS)
_Row = Mapping[str, object]
"""By the names of columns, in their order."""

_COPY = f"COPY spending_decision ({_NAMES}) FROM STDIN"
_INSERT = (
    f"INSERT INTO spending_decision ({_NAMES}) SELECT {_NAMES}"  # noqa: S608 - our own names
    f" FROM json_to_recordset(%s::json) AS t({', '.join(f'{name} {kind}' for name, kind in _COLUMNS)})"
    " ON CONFLICT DO NOTHING RETURNING true"
)
"""For decisions some of which are stored already, as where nobody heard that they were. Twice the price of a copy."""


def store_decisions(
    decisions: Sequence[StoredDecision],
    *,
    salts: Mapping[date, bytes] | None = None,
    after_each: Callable[[], None] = lambda: None,
) -> int:
    """Store decisions; a repeat changes nothing. Returns how many are new. One statement for each 100.

    `salts` of all their days, by whoever has them: else they are read. `after_each` decision that was written out
    whoever has more to do than this may see to it.
    """
    if salts is None:
        salts = get_salts({one.day for one in decisions}) if decisions else {}
    namers = {day: Namer(salt) for day, salt in salts.items()}
    stored = 0
    for start in range(0, len(decisions), DECISIONS_AT_ONCE):
        part = decisions[start : start + DECISIONS_AT_ONCE]
        stored += _copy(part, namers, after_each) or _insert(part, namers)
    return stored


def _copy(decisions: Sequence[StoredDecision], namers: Mapping[date, Namer], after_each: Callable[[], None]) -> int:
    """Store decisions of which none is there yet; else none is stored, and 0 comes back."""
    alone = transaction.atomic() if connection.in_atomic_block else nullcontext()
    try:
        with alone, connection.wrap_database_errors, connection.cursor() as cursor:
            with cursor.copy(_COPY) as copy:
                for one in decisions:
                    copy.write_row(tuple(_make_row(one, namers[one.day]).values()))
                    after_each()
            return int(cursor.rowcount)
    except IntegrityError:
        return 0


def _insert(decisions: Sequence[StoredDecision], namers: Mapping[date, Namer]) -> int:
    """Store those decisions that are not there yet."""
    rows = [_make_row(one, namers[one.day]) for one in decisions]
    written = [{**row, "lines": orjson.Fragment(str(row["lines"]))} for row in rows]
    return len(ask(_INSERT, [orjson.dumps(written).decode()]))


def _make_row(one: StoredDecision, namer: Namer) -> _Row:
    return {
        "day": one.day,
        "decision_id": one.decision_id,
        "decided_at": one.decided_at,
        "page": one.page,
        "query": one.query[:LONGEST_QUERY].replace("\0", ""),
        "region": one.region[:12],
        "auction": one.auction,
        "person": namer.name_person(one.person),
        "network": namer.name_network(one.network),
        "lines": orjson.dumps(one.lines).decode(),
        "held_out": one.held_out,
    }
