"""Opening lots ahead of time, as each place's terms say."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from search.slots.models import Lot, SlotRow
from search.slots.rules.calendar import plan_lots
from search.slots.selectors.lots import to_slot


def open_due_lots(*, now: datetime) -> int:
    """Open the lots of every place that is sold up to its horizon. Says how many; a repeat opens none."""
    sold = SlotRow.objects.filter(is_sold=True).order_by("pk").values_list("pk", flat=True)
    return sum(_open_for(slot_id, now) for slot_id in list(sold))


@transaction.atomic(durable=True)
def _open_for(slot_id: int, now: datetime) -> int:
    row = SlotRow.objects.select_for_update(no_key=True).filter(pk=slot_id, is_sold=True).first()
    if row is None:
        return 0
    last_end = Lot.objects.filter(slot=row).aggregate(last=Max("ends_at"))["last"]
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    spans = plan_lots(to_slot(row).terms, last_end=last_end, now=now, zone=zone)
    Lot.objects.bulk_create(
        Lot(
            slot=row,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            closes_at=span.closes_at,
            unit=row.unit,
            reserve_minor=row.reserve_minor,
            step_minor=row.step_minor,
        )
        for span in spans
    )
    return len(spans)
