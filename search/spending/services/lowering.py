"""Lowered limits: what open leases hold beyond a budget that was set meanwhile is taken back out of them.

A lease is money that was lent under the limits of its time. Clicks take from it without looking at any limit, so a
lower one holds only when the leases are made as small.
"""

from collections.abc import Collection, Mapping
from datetime import date

from django.db import transaction
from django.db.models import F, QuerySet

from search.auction.contracts import CapKind
from search.campaigns.contracts import CampaignBudget
from search.campaigns.selectors import get_budgets
from search.spending.models import Cap, Lease
from search.spending.services.leasing import save_leases, to_numbers
from search.spending.services.purse import Purse, list_limits, open_purse, to_micro

CampaignDay = tuple[int, date]


def take_back_beyond(campaign_ids: Collection[int]) -> int:
    """Take back what leases of these campaigns' shops hold beyond their limits. Returns how many were made smaller.

    Four statements where nothing is; else a transaction for each shop and day. What is billed stays billed. A lease
    that is being taken meanwhile is not seen: whoever follows a change asks again for some seconds.
    """
    days = set(_list_lent().filter(campaign_id__in=campaign_ids).values_list("campaign_id", "day"))
    if not days:
        return 0
    budgets = get_budgets({campaign_id for campaign_id, _ in days})
    return sum(_shrink(shop_id, day) for shop_id, day in sorted(_list_beyond(days, budgets)))


def _list_lent() -> QuerySet[Lease]:
    return Lease.objects.filter(closed_at__isnull=True, granted_micro__gt=F("billed_micro"))


def _list_beyond(days: Collection[CampaignDay], budgets: Mapping[int, CampaignBudget]) -> set[tuple[int, date]]:
    """The shops and days of which more is taken than may be, as far as can be seen without a lock."""
    owners = {*budgets, *(budget.shop_id for budget in budgets.values())}
    kinds = [kind.value for kind in CapKind if kind is not CapKind.WALLET]  # by name: so the unique index serves
    rows = Cap.objects.filter(kind__in=kinds, owner_id__in=owners)
    rows = rows.filter(day__in={day for _, day in days}) | rows.filter(day__isnull=True)
    taken = {(CapKind(row.kind), row.owner_id, row.day): row.taken_micro for row in rows}
    return {
        (budget.shop_id, day)
        for campaign_id, day in days
        if (budget := budgets.get(campaign_id)) is not None
        and any(taken.get(key, 0) > to_micro(limit) for key, limit in list_limits(budget, day).items())
    }


@transaction.atomic(durable=True)
def _shrink(shop_id: int, day: date) -> int:
    """Leases by id, then caps by id, as everybody locks them; nobody who bills meanwhile is overlooked."""
    rows = list(_list_lent().filter(shop_id=shop_id, day=day).order_by("pk").select_for_update(no_key=True))
    purse = open_purse(shop_id=shop_id, day=day, campaign_ids={row.campaign_id for row in rows})
    shrunk = [row for row in rows if row.campaign_id in purse.campaign_ids and _take_back(row, purse)]
    save_leases(shrunk)
    purse.save()
    return len(shrunk)


def _take_back(row: Lease, purse: Purse) -> bool:
    """Let a lease give back what any of its campaign's caps has too much of, as far as it has it."""
    beyond_micro = max(cap.taken_micro - cap.limit_micro for cap in purse.list_caps(row.campaign_id))
    back_micro = min(beyond_micro, to_numbers(row).rest_micro)
    if back_micro <= 0:
        return False
    row.granted_micro -= back_micro
    row.returned_micro += back_micro
    purse.take(row.campaign_id, -back_micro)
    return True
