"""Counting audiences on: each visitor once a week, in batches, in one transaction with how far was read."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from django.db import connection, transaction

from market.taxonomy.selectors import get_tree
from search.signals.contracts import EventKind
from search.signals.models import SearchEvent
from search.signals.rules.audiences import Counted, Sign, add_up
from search.signals.rules.visitors import find_week
from search.signals.services.reading import lock_reader

READER = "audiences"
BATCH = 2_000
_SIGN = ("visitor", "day", "kind", "category_id", "device", "region")
_ADD = (
    "INSERT INTO signals_audienceweek (starts_on, name, visitors)"
    " SELECT * FROM unnest(%s::date[], %s::text[], %s::int[]) ON CONFLICT (starts_on, name)"
    " DO UPDATE SET visitors = signals_audienceweek.visitors + EXCLUDED.visitors"
)


@transaction.atomic(durable=True)
def count_audiences(*, limit: int = BATCH) -> int:
    """Add the next events to the audiences of their weeks. Returns how many events there were."""
    row = lock_reader(READER)
    events = list(SearchEvent.objects.filter(pk__gt=row.position).order_by("pk").values_list("pk", *_SIGN)[:limit])
    if not events:
        return 0
    batch = [_to_sign(sign) for _, *sign in events if sign[0] is not None]
    _add(add_up(batch, before=_list_earlier(batch, row.position), find_trade=find_trade))
    row.position = events[-1][0]
    row.save(update_fields=["position"])
    return len(events)


def find_trade(category_id: int) -> int | None:
    """The uppermost category above one; None for one that is gone."""
    node = get_tree().nodes.get(category_id)
    if node is None:
        return None
    return node.ancestors[0] if node.ancestors else node.category_id


def _list_earlier(batch: Sequence[Sign], position: int) -> list[Sign]:
    """What the batch's visitors did in its weeks before: the log itself remembers who was counted."""
    if not batch:
        return []
    first = datetime.combine(find_week(min(sign.day for sign in batch)), time.min, tzinfo=UTC)
    earlier = SearchEvent.objects.filter(
        pk__lte=position, visitor__in={sign.visitor for sign in batch}, at__gte=first - timedelta(days=1)
    )
    return [_to_sign(sign) for sign in earlier.values_list(*_SIGN).distinct()]


def _to_sign(values: Sequence[object]) -> Sign:
    visitor, day, kind, *rest = values
    return Sign(visitor, day, EventKind(str(kind)), *rest)  # type: ignore[arg-type]


def _add(counted: Counted) -> None:
    """In the order of their keys, so that two writers never wait in a circle."""
    if not counted:
        return
    rows = sorted((week, name, number) for (week, name), number in counted.items())
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [list(column) for column in zip(*rows, strict=True)])
