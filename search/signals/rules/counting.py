"""Adding up events. A count is of different visitors a day: of a query, or of a query and an offer.

A click is a showing too, since a page tells its showings late or never. What nobody can be told of counts as a search
and as nothing else, so that a program without cookies moves no count of an offer.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from search.signals.contracts import EventKind
from search.signals.rules.clicks import weigh_position

OFFER_MEASURES = {
    "shown": (EventKind.SHOWN, EventKind.CLICKED),
    "clicked": (EventKind.CLICKED,),
    "viewed": (EventKind.VIEWED,),
    "carted": (EventKind.CARTED,),
    "bought": (EventKind.BOUGHT,),
}
QUERY_MEASURES = {
    "visitors": tuple(EventKind),
    "clickers": (EventKind.CLICKED,),
    "carters": (EventKind.CARTED,),
    "buyers": (EventKind.BOUGHT,),
}

Tally = dict[str, int]


@dataclass(frozen=True, slots=True)
class Deed:
    """An event as far as it is counted."""

    kind: EventKind
    visitor: uuid.UUID | None
    day: date
    query_id: int | None = None
    listing_id: int | None = None
    position: int | None = None
    total: int | None = None


@dataclass(slots=True)
class Counts:
    """What is added to the counts, by query and day; offer and day; query, offer and day; place and day."""

    queries: dict[tuple[int, date], Tally] = field(default_factory=dict)
    listings: dict[tuple[int, date], Tally] = field(default_factory=dict)
    pairs: dict[tuple[int, int, date], Tally] = field(default_factory=dict)
    positions: dict[tuple[int, date], Tally] = field(default_factory=dict)


def add_up(batch: Sequence[Deed], *, before: Iterable[Deed]) -> Counts:
    """What a batch of events adds, in their order. `before`: the earlier events of its visitors on its days."""
    known = {seen for deed in before for seen in _list_seen(deed)}
    counts = Counts()
    for deed in batch:
        if deed.kind is EventKind.SEARCHED and deed.query_id is not None:
            tally = counts.queries.setdefault((deed.query_id, deed.day), defaultdict(int))
            tally["searches"] += 1
            tally["nothing_found"] += deed.total == 0
        for seen in _list_seen(deed):
            if seen not in known:
                known.add(seen)
                _count(counts, deed, measure=str(seen[0]))
    return counts


def _list_seen(deed: Deed) -> list[tuple[object, ...]]:
    """Everything that this event may be the first of."""
    if deed.visitor is None:
        return []
    seen: list[tuple[object, ...]] = []
    if deed.listing_id is not None:
        place = (deed.visitor, deed.day, deed.query_id, deed.listing_id)
        seen += [(measure, *place) for measure, kinds in OFFER_MEASURES.items() if deed.kind in kinds]
    if deed.query_id is not None:
        place = (deed.visitor, deed.day, deed.query_id)  # type: ignore[assignment]
        seen += [(measure, *place) for measure, kinds in QUERY_MEASURES.items() if deed.kind in kinds]
    return seen


def _count(counts: Counts, deed: Deed, *, measure: str) -> None:
    if measure in QUERY_MEASURES:
        assert deed.query_id is not None
        counts.queries.setdefault((deed.query_id, deed.day), defaultdict(int))[measure] += 1
        return
    assert deed.listing_id is not None
    tallies = [counts.listings.setdefault((deed.listing_id, deed.day), defaultdict(int))]
    if deed.query_id is not None:
        key = (deed.query_id, deed.listing_id, deed.day)
        tallies.append(counts.pairs.setdefault(key, defaultdict(int)))
    for tally in tallies:
        tally[measure] += 1
        if measure == "shown":
            tally["examined_bps"] += weigh_position(deed.position)
    if measure in ("shown", "clicked") and deed.query_id is not None and deed.position is not None:
        counts.positions.setdefault((deed.position, deed.day), defaultdict(int))[measure] += 1
