"""What a batch has to know before it takes a lock. None of it ever changes, so a process asks for each once: where ads
lead, the days' salts, and which tokens it has recorded itself."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from market.shops.backend.statements import ask
from search.listings.keeping import Memory
from search.spending.contracts import AdTarget
from search.spending.rules.arrays import write_array
from search.spending.rules.days import name_day
from search.spending.rules.naming import Namer
from search.spending.selectors.targets import TARGETS
from search.spending.services.salts import get_salts

_LOOK_UP = (
    f"SELECT (SELECT json_agg(found) FROM ({TARGETS}) AS found),"  # noqa: S608 - no value in it
    " (SELECT json_object_agg(day - DATE '1970-01-01', encode(salt, 'hex')) FROM spending_daysalt"
    " WHERE day = ANY(%s::date[]))"
)
_targets: Memory[AdTarget] = Memory(20_000)
_namers: Memory[Namer] = Memory(6)
"""The days of living tokens and one before, no more: a salt is to be forgotten."""

_used: Memory[bool] = Memory(20_000)


@dataclass(frozen=True, slots=True)
class Known:
    """Targets by ad, and who names persons and networks by day."""

    targets: dict[int, AdTarget]
    namers: dict[date, Namer]


def look_up(*, ad_ids: Collection[int], days: Collection[date]) -> Known:
    """All of it: no statement where it is known; a day that is first spoken of has its salt made by two more."""
    targets, namers = _targets.find_many(ad_ids), _namers.find_many(days)
    new_ads, new_days = set(ad_ids) - targets.keys(), set(days) - namers.keys()
    if new_ads or new_days:
        [(rows, salts)] = ask(_LOOK_UP, [write_array(sorted(new_ads)), write_array(sorted(new_days))])
        targets |= {row["ad_id"]: _targets.keep(row["ad_id"], AdTarget(**row)) for row in rows or ()}
        found = {name_day(int(number)): bytes.fromhex(salt) for number, salt in (salts or {}).items()}
        if targets and (missing := new_days - found.keys()):
            found |= get_salts(missing)
        namers |= {day: _namers.keep(day, Namer(salt)) for day, salt in found.items()}
    return Known(targets, namers)


def find_used(tokens: Iterable[UUID]) -> set[UUID]:
    """Which of some tokens this process knows to be recorded. Others may be as well."""
    return set(_used.find_many(tokens))


def note_used(tokens: Iterable[UUID]) -> None:
    """Remember tokens that are recorded, and committed, whoever did it."""
    for token in tokens:
        _used.keep(token, True)
