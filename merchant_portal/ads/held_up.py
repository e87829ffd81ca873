"""Why nothing of a shop is shown now, whatever its campaigns say: staff's stop, or a limit that is used up."""

from datetime import datetime
from typing import Any  # Any: template contexts are open by nature

from billing.settlement.services.days import business_date
from market.money import MICRO_PER_MINOR
from search.campaigns.contracts import AdvertiserLimit
from search.campaigns.selectors import find_limit
from search.spending.selectors import sum_shop_spent


def describe_held_up(shop_id: int, *, now: datetime) -> dict[str, Any]:
    """What `portal/ads/held_up.html` shows: one statement, two where there is a limit."""
    limit = find_limit(shop_id) or AdvertiserLimit(shop_id=shop_id)
    used_up_minor = _find_used_up(limit, now)
    return {
        "limit": limit,
        "used_up_minor": used_up_minor,
        "is_staff_limit": used_up_minor == limit.staff_daily_minor,
    }


def _find_used_up(limit: AdvertiserLimit, now: datetime) -> int | None:
    """The limit of which less than half a per cent is left: no further click fits."""
    if limit.daily_minor is None:
        return None
    spent_micro = sum_shop_spent(limit.shop_id, day=business_date(now))
    return limit.daily_minor if spent_micro * 1_000 >= limit.daily_minor * MICRO_PER_MINOR * 995 else None
