"""Looking, minute by minute, whether the places that are sold can be served: what a part's delivery is judged by."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from market.shops.services import bump_epoch
from search.slots.contracts import LotState, PartState
from search.slots.models import Lot, LotPart
from search.slots.services.judging import judge_claims


@transaction.atomic(durable=True)
def watch_running(*, now: datetime) -> int:
    """Note this minute for every running lot that may be shown: see `judge_claims`. Says for how many.

    Where that changed, pages follow with the next request. Two that watch the same minute note it once.
    """
    running = list(
        Lot.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(state=LotState.CLOSED.value, shop_id__isnull=False, starts_at__lte=now, ends_at__gt=now)
        .order_by("pk")
    )
    servable = _find_servable(running)
    minute = now.replace(second=0, microsecond=0)
    noted = (
        LotPart.objects.filter(lot_id__in=servable, state=PartState.WAITING.value, starts_at__lte=now, ends_at__gt=now)
        .filter(Q(last_minute=None) | Q(last_minute__lt=minute))
        .update(servable_minutes=F("servable_minutes") + 1, last_minute=minute)
    )
    changed = [lot.pk for lot in running if lot.is_servable != (lot.pk in servable)]
    if changed:
        Lot.objects.filter(pk__in=changed).update(is_servable=~Q(is_servable=True))
        bump_epoch("slots")
    return noted


def _find_servable(lots: Sequence[Lot]) -> set[int]:
    verdicts = judge_claims([(lot.shop_id or 0, lot.creative_id or 0) for lot in lots])
    return {lot.pk for lot, verdict in zip(lots, verdicts, strict=True) if verdict is None}
