"""Counting on: each event once, in batches, by however many processes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from django.db import connection, models, transaction

from search.signals.contracts import EventKind
from search.signals.models import ListingDay, PairDay, PositionDay, QueryDay, SearchEvent
from search.signals.rules.counting import Counts, Deed, Tally, add_up
from search.signals.services.reading import MOST_EVENTS, lock_reader

READER = "counts"
Key = TypeVar("Key", bound=tuple[int | date, ...])
_DEED = ("kind", "visitor", "day", "query_id", "listing_id", "position", "total")


@transaction.atomic(durable=True)
def count_events(*, limit: int = MOST_EVENTS) -> int:
    """Add the next events to the counts, in one transaction with the position. Returns how many there were."""
    row = lock_reader(READER)
    rows = list(SearchEvent.objects.filter(pk__gt=row.position).order_by("pk").values_list("pk", *_DEED)[:limit])
    if not rows:
        return 0
    batch = [_to_deed(deed) for _, *deed in rows]
    _add_counts(add_up(batch, before=_list_earlier(batch, position=row.position)))
    row.position = rows[-1][0]
    row.save(update_fields=["position"])
    return len(rows)


def _list_earlier(batch: Sequence[Deed], *, position: int) -> list[Deed]:
    """What the batch's visitors did before on its days."""
    visitors = {deed.visitor for deed in batch if deed.visitor is not None}
    days = {deed.day for deed in batch}
    since = datetime.combine(min(days), time.min, tzinfo=UTC) - timedelta(days=1)  # wherever the business day begins
    earlier = SearchEvent.objects.filter(pk__lte=position, visitor__in=visitors, day__in=days, at__gte=since)
    return [_to_deed(deed) for deed in earlier.values_list(*_DEED).distinct()] if visitors else []


def _to_deed(values: Sequence[object]) -> Deed:
    kind, *rest = values
    return Deed(EventKind(str(kind)), *rest)  # type: ignore[arg-type]


def _add_counts(counts: Counts) -> None:
    _add(QueryDay, ("query_id", "day"), counts.queries)
    _add(ListingDay, ("listing_id", "day"), counts.listings)
    _add(PairDay, ("query_id", "listing_id", "day"), counts.pairs)
    _add(PositionDay, ("position", "day"), counts.positions)


def _add(model: type[models.Model], keys: Sequence[str], tallies: Mapping[Key, Tally]) -> None:
    """Add tallies to the rows of their keys; rows that are not there yet begin with them."""
    if not tallies:
        return
    table = model._meta.db_table
    columns = [str(field.column) for field in model._meta.concrete_fields]
    names = [column for column in columns if column not in ("id", *keys)]
    rows = [(*key, *(tally.get(name, 0) for name in names)) for key, tally in tallies.items()]
    types = ["date[]" if key == "day" else "bigint[]" for key in keys] + ["bigint[]"] * len(names)
    given = f"unnest({', '.join(f'%s::{kind}' for kind in types)}) AS given ({', '.join([*keys, *names])})"
    found = " AND ".join(f"counted.{key} = given.{key}" for key in keys)
    sums = ", ".join(f"{name} = counted.{name} + given.{name}" for name in names)
    values = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        # Two steps: the table's constraints hold of sums, not of what is added to them.
        zeros = ", ".join(["0"] * len(names))
        cursor.execute(
            f"INSERT INTO {table} ({', '.join([*keys, *names])})"  # noqa: S608 - names of our own models
            f" SELECT {', '.join(keys)}, {zeros} FROM {given} ON CONFLICT DO NOTHING",
            values,
        )
        cursor.execute(f"UPDATE {table} AS counted SET {sums} FROM {given} WHERE {found}", values)  # noqa: S608
