"""Plans as their shop sees them. Every read names the shop."""

from collections.abc import Sequence

from search.auction.contracts import Rate, RateSource
from search.campaigns.contracts import CampaignState
from search.campaigns.models import Campaign
from search.per_sale.contracts import PlanVersionView, PlanView, RateBounds
from search.per_sale.models import Bounds, PlanVersion


class PlanNotFound(LookupError):
    """The shop has no such plan."""


def get_bounds() -> RateBounds:
    """What staff let rates be."""
    row = Bounds.objects.order_by("-pk").first()
    return RateBounds(row.least_bps, row.most_bps) if row else RateBounds()


def list_plans(
    *, shop_id: int, states: Sequence[CampaignState] = (), before: int | None = None, limit: int = 50
) -> list[PlanView]:
    """A shop's plans, newest first, only of states and below an id if those are said: two statements."""
    rows = Campaign.plans.filter(shop_id=shop_id)
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    if before is not None:
        rows = rows.filter(pk__lt=before)
    plans = list(rows.order_by("-pk")[:limit])
    latest = _map_latest([plan.pk for plan in plans])
    return [_to_plan(plan, latest[plan.pk]) for plan in plans]


def get_plan(*, shop_id: int, plan_id: int) -> PlanView:
    """One plan. Raises `PlanNotFound`."""
    row = Campaign.plans.filter(shop_id=shop_id, pk=plan_id).first()
    if row is None:
        raise PlanNotFound(plan_id)
    return _to_plan(row, _map_latest([plan_id])[plan_id])


def list_versions(*, shop_id: int, plan_id: int, limit: int = 50) -> list[PlanVersionView]:
    """What a plan said before, the latest first. Raises `PlanNotFound`."""
    if not Campaign.plans.filter(shop_id=shop_id, pk=plan_id).exists():
        raise PlanNotFound(plan_id)
    rows = PlanVersion.objects.filter(campaign_id=plan_id).order_by("-number")[:limit]
    return [
        PlanVersionView(
            number=row.number,
            runs=row.runs,
            default_bps=row.default_bps,
            goods=len(row.goods),
            made_by=row.made_by,
            made_at=row.made_at,
        )
        for row in rows
    ]


def _map_latest(plan_ids: Sequence[int]) -> dict[int, PlanVersion]:
    rows = PlanVersion.objects.filter(campaign_id__in=plan_ids).order_by("campaign_id", "-number")
    return {row.campaign_id: row for row in rows.distinct("campaign_id")}


def _to_plan(row: Campaign, version: PlanVersion) -> PlanView:
    return PlanView(
        plan_id=row.pk,
        shop_id=row.shop_id,
        name=row.name,
        state=CampaignState(row.state),
        default_bps=version.default_bps,
        categories={int(pk): bps for pk, bps in version.categories.items()},
        own={int(pk): bps for pk, bps in version.own.items()},
        rates={
            int(pk): Rate(bps, RateSource(source), source_id)
            for pk, (bps, source, source_id, _) in version.goods.items()
        },
        version=version.number,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
