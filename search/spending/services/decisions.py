"""Storing decisions, many at a time."""

from collections.abc import Mapping, Sequence
from datetime import date

import orjson

from market.shops.backend.statements import ask
from search.spending.contracts import StoredDecision
from search.spending.rules.naming import Namer
from search.spending.services.salts import get_salts

DECISIONS_AT_ONCE = 20
"""Of one statement. Its text is made in one go, for which the pages of the process wait: a third of a millisecond."""

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
_INSERT = (
    f"INSERT INTO spending_decision ({_NAMES}) SELECT {_NAMES}"  # noqa: S608 - our own names
    f" FROM json_to_recordset(%s::json) AS t({', '.join(f'{name} {kind}' for name, kind in _COLUMNS)})"
    " ON CONFLICT DO NOTHING RETURNING true"
)
"""All rows as one text: an array is quoted element by element, for which the pages of this process would wait."""


def store_decisions(decisions: Sequence[StoredDecision], *, salts: Mapping[date, bytes] | None = None) -> int:
    """Store decisions; a repeat changes nothing. Returns how many are new. One statement for each 20.

    `salts` of all their days, by whoever has them: else they are read.
    """
    if salts is None:
        salts = get_salts({one.day for one in decisions}) if decisions else {}
    namers = {day: Namer(salt) for day, salt in salts.items()}
    stored = 0
    for start in range(0, len(decisions), DECISIONS_AT_ONCE):
        rows = [_make_row(one, namers[one.day]) for one in decisions[start : start + DECISIONS_AT_ONCE]]
        stored += len(ask(_INSERT, [orjson.dumps(rows).decode()]))
    return stored


def _make_row(one: StoredDecision, namer: Namer) -> dict[str, object]:
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
        "lines": one.lines,
        "held_out": one.held_out,
    }
