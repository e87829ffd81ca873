"""Reads of the log itself."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from search.signals.contracts import EventKind, Look, SearchEvent
from search.signals.models import Choice, VisitorSalt
from search.signals.models import SearchEvent as Row
from search.signals.rules.visitors import make_visitor

_FIELDS = (
    "pk", "kind", "at", "visitor", "asked", "language", "listing_id", "shop_id", "category_id", "position", "total",
)  # fmt: skip
_LOOK = ("pk", "visitor", "day", "listing_id", "at")
_LOOKS = [EventKind.VIEWED.value, EventKind.CARTED.value]


def list_events(*, after: int = 0, limit: int = 1_000) -> list[SearchEvent]:
    """Events with higher ids, in the order of their ids."""
    return _read(Row.objects.filter(pk__gt=after).order_by("pk"), limit)


def list_own_events(*, person: str, kinds: Sequence[EventKind], since: datetime, limit: int = 200) -> list[SearchEvent]:
    """What one person did, newest first; nothing for somebody unknown. Two statements."""
    visitors = list_visitors(person)
    if not visitors:
        return []
    rows = Row.objects.filter(visitor__in=visitors, at__gte=since, kind__in=[kind.value for kind in kinds])
    return _read(rows.order_by("-at", "-pk"), limit)


def list_looks(*, after: int, limit: int = 1_000) -> tuple[list[Look], int]:
    """Looks of known visitors among the next so many events, in order, and the id of the last event; two statements.

    At the end of the log there are none, and the id is `after`.
    """
    events = list(Row.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit])
    if not events:
        return [], after
    rows = Row.objects.filter(pk__gt=after, pk__lte=events[-1], kind__in=_LOOKS, visitor__isnull=False)
    return [Look(*row) for row in rows.order_by("pk").values_list(*_LOOK)], events[-1]


def list_looks_of_days(*, wanted: Sequence[tuple[uuid.UUID, date]], up_to: int, most: int) -> list[Look]:
    """The first looks of each of these visitors and business days, up to an event, at most so many each, in order.

    One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT look.* FROM unnest(%s::uuid[], %s::date[]) AS wanted (visitor, day) CROSS JOIN LATERAL ("
            " SELECT id, visitor, day, listing_id, at FROM signals_searchevent"
            " WHERE visitor = wanted.visitor AND day = wanted.day AND kind = ANY(%s) AND id <= %s"
            # The index is by instant: whatever hour business days begin at, they lie within these two days.
            " AND at BETWEEN wanted.day - interval '1 day' AND wanted.day + interval '2 days'"
            " ORDER BY id LIMIT %s) AS look ORDER BY look.id",
            [[visitor for visitor, _ in wanted], [day for _, day in wanted], _LOOKS, up_to, most],
        )
        return [Look(*row) for row in cursor.fetchall()]


def list_visitors(person: str) -> list[uuid.UUID]:
    """What a person is called in the events that are kept, week by week."""
    salts = VisitorSalt.objects.values_list("salt", flat=True) if person else []
    return [visitor for salt in salts if (visitor := make_visitor(person, salt=bytes(salt)))]


def is_counted(person: str) -> bool:
    """Whether a person may be counted and shown what suits them: until they say no. One statement."""
    return not Choice.objects.filter(person=person, is_off=True).exists()


def is_known(person: str) -> bool:
    """Whether anything a person did is kept. Two statements."""
    return Row.objects.filter(visitor__in=list_visitors(person)).exists()


def _read(rows: QuerySet[Row], limit: int) -> list[SearchEvent]:
    found: Any = rows.annotate(
        asked=Coalesce("query__key", Value("", output_field=TextField()))
    )  # Any: annotated rows have no type of their own
    return [SearchEvent(pk, EventKind(kind), *rest) for pk, kind, *rest in found.values_list(*_FIELDS)[:limit]]
