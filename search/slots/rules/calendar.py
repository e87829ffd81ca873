"""When the lots of a slot run. Days and hours are those of the business's time zone."""

import itertools
from collections.abc import Iterator
from datetime import datetime, time, timedelta, tzinfo

from search.slots.contracts import LotSpan, LotUnit, SlotTerms

SHORTEST_BIDDING_MINUTES = 60
_DAY_MINUTES = 24 * 60
_STEPS = {LotUnit.HOUR: timedelta(hours=1), LotUnit.DAY: timedelta(days=1)}


def plan_lots(terms: SlotTerms, *, last_end: datetime | None, now: datetime, zone: tzinfo) -> list[LotSpan]:
    """The lots to open now: those that begin after the last one, before the horizon, and can still be bid for.

    The horizon is the midnight after `days_ahead` whole days. Lots never overlap, also where unit or length changed.
    """
    horizon = _midnight(now, zone, days_later=terms.days_ahead + 1)
    return list(_walk(terms, _find_first(terms, last_end, now, zone), horizon, zone))


def find_most_closes_minutes(days_ahead: int) -> int:
    """How long before a lot its bids may end at most, so that every lot takes bids for an hour.

    The lots of a day are opened at midnight, `days_ahead` days before.
    """
    return days_ahead * _DAY_MINUTES - SHORTEST_BIDDING_MINUTES


def cut_parts(starts_at: datetime, ends_at: datetime, unit: LotUnit, zone: tzinfo) -> list[tuple[datetime, datetime]]:
    """A lot as its units, in order."""
    edges, edge = [starts_at], starts_at
    while edge < ends_at:
        edge = _add(edge, unit, 1, zone)
        edges.append(min(edge, ends_at))
    return list(itertools.pairwise(edges))


def _walk(terms: SlotTerms, start: datetime, horizon: datetime, zone: tzinfo) -> Iterator[LotSpan]:
    while start < horizon:
        end = _add(start, terms.unit, terms.length, zone)
        yield LotSpan(start, end, start - timedelta(minutes=terms.closes_minutes))
        start = end


def _find_first(terms: SlotTerms, last_end: datetime | None, now: datetime, zone: tzinfo) -> datetime:
    """The first edge of a unit that is free and whose bids do not end already."""
    start = _midnight(now, zone)
    opens_at = now + timedelta(minutes=terms.closes_minutes)
    while start <= opens_at or (last_end is not None and start < last_end):
        start = _add(start, terms.unit, 1, zone)
    return start


def _add(moment: datetime, unit: LotUnit, count: int, zone: tzinfo) -> datetime:
    """So many units later: a day is a day of the calendar, also where clocks are changed."""
    if unit is LotUnit.HOUR:
        return moment + _STEPS[unit] * count
    return _midnight(moment, zone, days_later=count)


def _midnight(moment: datetime, zone: tzinfo, *, days_later: int = 0) -> datetime:
    day = moment.astimezone(zone).date() + timedelta(days=days_later)
    return datetime.combine(day, time.min, zone)
