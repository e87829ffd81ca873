"""What a batch has to know before it takes a lock, in one statement: where ads lead, the days' salts, used tokens."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from market.shops.backend.statements import ask
from search.spending.contracts import AdTarget
from search.spending.rules.arrays import write_array
from search.spending.rules.days import name_day
from search.spending.rules.naming import Namer
from search.spending.selectors.partitions import name_source
from search.spending.selectors.targets import TARGETS
from search.spending.services.salts import get_salts

USED = "SELECT json_agg(token) FROM {of_tokens} AS event WHERE day = ANY(%s::date[]) AND token = ANY(%s::uuid[])"
"""Which of some tokens are recorded; asked before the locks, and again with them in hand."""

_LOOK_UP = (
    f"SELECT (SELECT json_agg(found) FROM ({TARGETS}) AS found),"  # noqa: S608 - no value in it
    " (SELECT json_object_agg(day - DATE '1970-01-01', encode(salt, 'hex')) FROM spending_daysalt"
    " WHERE day = ANY(%s::date[])),"
    f" ({USED})"
)
"""Asked for every batch of clicks: on a busy machine each round trip to the server costs as much as its work."""


@dataclass(frozen=True, slots=True)
class Known:
    """Targets by ad, who names persons and networks by day, and those of the tokens that are recorded already."""

    targets: dict[int, AdTarget]
    namers: dict[date, Namer]
    used: frozenset[UUID]


def look_up(*, ad_ids: Collection[int], days: Collection[date], tokens: dict[UUID, date]) -> Known:
    """All of it: one statement; a day that is first spoken of has its salt made by two more."""
    wanted, of_tokens = sorted(days), sorted(set(tokens.values()))
    source = name_source("spending_adevent", of_tokens)
    values = [write_array(part) for part in (sorted(ad_ids), wanted, of_tokens, tokens)]
    [(targets, salts, used)] = ask(_LOOK_UP.format(of_tokens=source), values)
    found = {name_day(int(number)): bytes.fromhex(salt) for number, salt in (salts or {}).items()}
    if targets and (missing := set(wanted) - found.keys()):
        found |= get_salts(missing)
    return Known(
        {row["ad_id"]: AdTarget(**row) for row in targets or ()},
        {day: Namer(salt) for day, salt in found.items()},
        frozenset(map(UUID, used or ())),
    )
