"""Counting on: each event and correction once, in batches, in one transaction with how far was read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from search.reports.contracts import Correction
from search.reports.models import Position, WaitingEvent
from search.reports.rules.counting import add_up
from search.reports.rules.placing import find_cell, to_counted
from search.reports.services.adding import add_sums
from search.reports.services.crediting import drop_touches
from search.spending.contracts import AdEventView, CorrectionKind, FeedPosition
from search.spending.contracts import Correction as SpendingCorrection
from search.spending.selectors import map_events, read_corrections, read_events

EVENTS, CORRECTIONS = "events", "corrections"
MOST_EVENTS = 5_000
MOST_WAITING = 1_000
PATIENCE = timedelta(hours=2)
"""How long an event waits for its decision; by then its hour is closed, and it is free if that never came."""


class Counted(NamedTuple):
    """What one step did: rows of the log that were read, and events that waited and are counted now."""

    read: int
    waited: int


@transaction.atomic(durable=True)
def count_events(*, now: datetime, limit: int = MOST_EVENTS) -> Counted:
    """Add the next events, and those whose decision has come. A second process waits for the first."""
    position = _lock(EVENTS)
    events, reached = read_events(after=_read(position), limit=limit)
    waited = _take_waiting(now)
    _count([event for event in events if event.decision_stored] + waited)
    _put_aside([event for event in events if not event.decision_stored], now)
    _move(position, reached, len(events))
    return Counted(len(events), len(waited))


@transaction.atomic(durable=True)
def count_corrections(*, now: datetime, limit: int = MOST_EVENTS) -> int:
    """Add what was taken back since. Nothing is, until all events it was taken back of are counted.

    Returns how many corrections were counted.
    """
    counted_to = _read(_lock(EVENTS))
    position = _lock(CORRECTIONS)
    corrections, reached = read_corrections(after=_read(position), limit=limit)
    events = map_events({(one.day, one.token) for one in corrections})
    if any((event.written_in, event.number) > (counted_to.xid, counted_to.number) for event in events.values()):
        return 0
    _count_now(list(events.values()))
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    add_sums(add_up([], [_to_correction(one, events[(one.day, one.token)], zone) for one in corrections]))
    credited = [one for one in corrections if one.kind is CorrectionKind.CREDITED]
    drop_touches([events[(one.day, one.token)].number for one in credited])
    _move(position, reached, len(corrections))
    return len(corrections)


def _lock(name: str) -> Position:
    """The position's row, made when it is first asked for, locked until the transaction ends."""
    row = Position.objects.select_for_update(no_key=True).filter(name=name).first()
    if row is None:
        Position.objects.bulk_create([Position(name=name)], ignore_conflicts=True)
        row = Position.objects.select_for_update(no_key=True).get(name=name)
    return row


def _read(position: Position) -> FeedPosition:
    return FeedPosition(position.transaction, position.number)


def _move(position: Position, reached: FeedPosition, many: int) -> None:
    position.transaction, position.number = reached.xid, reached.number
    position.counted += many
    position.save(update_fields=["transaction", "number", "counted"])


def _count(events: Sequence[AdEventView]) -> None:
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    add_sums(add_up(to_counted(event, zone) for event in events))


def _put_aside(events: Sequence[AdEventView], now: datetime) -> None:
    WaitingEvent.objects.bulk_create(
        WaitingEvent(number=event.number, day=event.day, token=event.token, read_at=now) for event in events
    )


def _take_waiting(now: datetime) -> list[AdEventView]:
    """Those of the longest waiting events that can be counted now; they wait no longer."""
    rows = list(WaitingEvent.objects.order_by("read_at", "number")[:MOST_WAITING])
    if not rows:
        return []
    events = map_events({(row.day, row.token) for row in rows})
    ready = [row for row in rows if row.read_at <= now - PATIENCE or events[(row.day, row.token)].decision_stored]
    WaitingEvent.objects.filter(pk__in=[row.pk for row in ready]).delete()
    return [events[(row.day, row.token)] for row in ready]


def _count_now(events: Sequence[AdEventView]) -> None:
    """What is taken back must have been counted: of these, those that wait are counted at once."""
    rows = WaitingEvent.objects.filter(pk__in=[event.number for event in events])
    waiting = set(rows.values_list("pk", flat=True))
    rows.delete()
    _count([event for event in events if event.number in waiting])


def _to_correction(one: SpendingCorrection, event: AdEventView, zone: ZoneInfo) -> Correction:
    return Correction(cell=find_cell(event, zone), event=event.kind, kind=one.kind, amount_micro=one.amount_micro)
