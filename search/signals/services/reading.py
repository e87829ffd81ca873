"""Reading on through the log, each event once: what is made of events is committed with the position."""

from collections.abc import Callable, Sequence

from django.db import transaction

from search.signals.contracts import SearchEvent
from search.signals.models import Reader
from search.signals.selectors import list_events

MOST_EVENTS = 5_000


@transaction.atomic(durable=True)
def read_on(*, reader: str, take: Callable[[Sequence[SearchEvent]], None], limit: int = MOST_EVENTS) -> int:
    """Hand the next events to `take` in one transaction with the reader's position. Returns how many there were.

    `take` writes to the database and nowhere else: when anything fails, all of it is undone and comes again. A second
    process of the same reader waits. A new reader begins with the oldest event that is kept.
    """
    row = lock_reader(reader)
    events = list_events(after=row.position, limit=limit)
    if events:
        take(events)
        row.position = events[-1].event_id
        row.save(update_fields=["position"])
    return len(events)


def lock_reader(name: str) -> Reader:
    """The reader's row, made when it is first asked for, locked until the transaction ends."""
    row = Reader.objects.select_for_update(no_key=True).filter(name=name).first()
    if row is None:
        Reader.objects.bulk_create([Reader(name=name)], ignore_conflicts=True)
        row = Reader.objects.select_for_update(no_key=True).get(name=name)
    return row
