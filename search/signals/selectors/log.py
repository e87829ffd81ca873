"""Reads of the log itself."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from search.signals.contracts import EventKind, SearchEvent
from search.signals.models import SearchEvent as Row
from search.signals.models import VisitorSalt
from search.signals.rules.visitors import make_visitor

_FIELDS = (
    "pk", "kind", "at", "visitor", "asked", "language", "listing_id", "shop_id", "category_id", "position", "total",
)  # fmt: skip


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


def list_visitors(person: str) -> list[uuid.UUID]:
    """What a person is called in the events that are kept, week by week."""
    salts = VisitorSalt.objects.values_list("salt", flat=True) if person else []
    return [visitor for salt in salts if (visitor := make_visitor(person, salt=bytes(salt)))]


def _read(rows: QuerySet[Row], limit: int) -> list[SearchEvent]:
    found: Any = rows.annotate(
        asked=Coalesce("query__key", Value("", output_field=TextField()))
    )  # Any: annotated rows have no type of their own
    return [SearchEvent(pk, EventKind(kind), *rest) for pk, kind, *rest in found.values_list(*_FIELDS)[:limit]]
