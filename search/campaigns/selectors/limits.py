"""What shops may spend on all campaigns, and the floors of pages."""

from collections.abc import Collection

from django.db.models import Q

from search.campaigns import models
from search.campaigns.contracts import AdvertiserLimit, Charge, Floors, PageKind

USUAL_FLOORS = {Charge.CLICK: 10, Charge.MILLE: 200}
"""Until staff say otherwise: 0.10 a click, 2.00 for a thousand views."""


def find_limit(shop_id: int) -> AdvertiserLimit | None:
    """What was said of a shop's spending, None for nothing: one statement."""
    row = models.AdvertiserLimit.objects.filter(pk=shop_id).first()
    return _to_limit(row) if row else None


def map_limits(shop_ids: Collection[int]) -> dict[int, AdvertiserLimit]:
    """Of every shop that is asked for, with a limit of nothing where nothing was said: one statement."""
    rows = models.AdvertiserLimit.objects.filter(pk__in=set(shop_ids))
    found = {row.shop_id: _to_limit(row) for row in rows}
    return {shop_id: found.get(shop_id) or AdvertiserLimit(shop_id=shop_id) for shop_id in shop_ids}


def list_blocked_shops(shop_ids: Collection[int]) -> set[int]:
    """Which of these shops may not advertise: one statement."""
    rows = models.AdvertiserLimit.objects.filter(pk__in=set(shop_ids), blocked=True)
    return set(rows.values_list("shop_id", flat=True))


def list_limited(*, after: int = 0, limit: int = 100) -> list[AdvertiserLimit]:
    """What staff said of any shop's spending, by shop: one statement."""
    said = models.AdvertiserLimit.objects.filter(Q(blocked=True) | Q(staff_daily_minor__isnull=False), pk__gt=after)
    return [_to_limit(row) for row in said.order_by("pk")[:limit]]


def list_advertiser_ids(*, after: int = 0, limit: int = 100) -> list[int]:
    """Every shop that ever made a campaign, by number: one statement."""
    rows = models.Campaign.objects.filter(shop_id__gt=after).order_by("shop_id").values_list("shop_id", flat=True)
    return list(rows.distinct()[:limit])


def get_floors() -> Floors:
    """The floors of all pages: one statement."""
    said = {(PageKind(row.page), Charge(row.charge)): row.amount_minor for row in models.Floor.objects.all()}
    click, mille = (
        {page: said.get((page, charge), USUAL_FLOORS[charge]) for page in PageKind}
        for charge in (Charge.CLICK, Charge.MILLE)
    )
    return Floors(click, mille)


def _to_limit(row: models.AdvertiserLimit) -> AdvertiserLimit:
    return AdvertiserLimit(
        shop_id=row.shop_id,
        own_daily_minor=row.own_daily_minor,
        staff_daily_minor=row.staff_daily_minor,
        blocked=row.blocked,
        reason=row.reason,
    )
