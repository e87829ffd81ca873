"""What a batch has to know before it takes a lock: where ads lead, and the days' salts. None of it ever changes, so a
process asks for each once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

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
KEPT_DAYS = timedelta(days=3)
"""So long after a day its tokens may still be recorded, under its salt or that of the day before."""

_targets: Memory[AdTarget] = Memory(20_000)
_namers: Memory[Namer] = Memory(8)


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
        if missing := new_days - found.keys():
            found |= get_salts(missing)
        namers |= {day: _namers.keep(day, Namer(salt)) for day, salt in found.items()}
    if new_days:
        forget_old_days(max(days))
    return Known(targets, namers)


def forget_old_days(today: date) -> None:
    """Forget the salts of days that nothing is recorded under any more: whose events they were is not to be known."""
    _namers.drop(lambda day: day < today - KEPT_DAYS)
