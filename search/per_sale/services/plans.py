"""Plans: made, changed, started, stopped, ended. Every change is a new version; what was sold keeps its own."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.shops.selectors import read_epochs
from market.taxonomy.selectors import get_tree
from search.auction.commissions import find_rate
from search.auction.contracts import PlanRates
from search.campaigns.contracts import BadInput, CampaignState
from search.campaigns.rules.checking import clean_line
from search.campaigns.services.plans import (
    count_open_plans,
    find_plan,
    lock_plan,
    make_plan,
    move_plan,
    put_goods,
    rename_plan,
)
from search.campaigns.services.touching import lock_shop
from search.listings.selectors.advertised import list_advertised
from search.per_sale.contracts import LONGEST_NAME, MOST_CATEGORIES, MOST_GOODS, BadPlan, PlanDraft, RateBounds
from search.per_sale.models import Bounds, PlanVersion
from search.per_sale.selectors.plans import get_bounds

MOST_PLANS = 20
"""Of a shop, those that have not ended."""


class NotSold(LookupError):
    """Products of these ids are not on sale in the shop; the argument is which."""


class PlanChanged(RuntimeError):
    """The plan is no longer what the change was made for; the argument is its version."""


class WrongMove(RuntimeError):
    """A plan cannot go from its state to the one that is asked for."""


@transaction.atomic(durable=True)
def create_plan(*, shop_id: int, key: str, draft: PlanDraft, runs: bool, actor_id: int, now: datetime) -> int:
    """A plan, running or a draft. The same key again is the plan of the first time. Raises `BadPlan`, `NotSold`."""
    lock_shop(shop_id)
    known = find_plan(shop_id=shop_id, key=key)
    if known is not None:
        return known
    plan_name = _check(draft)
    if count_open_plans(shop_id) >= MOST_PLANS:
        raise BadPlan("plans", "too_many", most=MOST_PLANS)
    state = CampaignState.RUNNING if runs else CampaignState.DRAFT
    plan_id = make_plan(shop_id=shop_id, key=key, plan_name=plan_name, state=state, now=now)
    _write_version(shop_id, plan_id, draft, runs, actor_id, now)
    _tell("plan.made", shop_id, plan_id, actor_id, now, {"state": state.value, "default_bps": draft.default_bps})
    return plan_id


@transaction.atomic(durable=True)
def change_plan(
    *,
    shop_id: int,
    plan_id: int,
    draft: PlanDraft,
    actor_id: int,
    now: datetime,
    expected_version: int | None = None,
) -> int:
    """Replace what a plan says, from now on. Returns its version; the same again makes none.

    Raises `BadPlan`, `NotSold`, `PlanChanged`, and campaigns' `NoSuchCampaign` and `CampaignEnded`.
    """
    state = lock_plan(shop_id=shop_id, plan_id=plan_id)
    latest = _get_latest(plan_id)
    if expected_version not in (None, latest.number):
        raise PlanChanged(latest.number)
    rename_plan(plan_id=plan_id, plan_name=_check(draft), now=now)
    version = _write_version(shop_id, plan_id, draft, state is CampaignState.RUNNING, actor_id, now, latest)
    if version.number != latest.number:
        detail = {"version": version.number, "default_bps": draft.default_bps, "goods": len(draft.goods)}
        _tell("plan.changed", shop_id, plan_id, actor_id, now, detail)
    return version.number


@transaction.atomic(durable=True)
def set_plan_state(*, shop_id: int, plan_id: int, state: CampaignState, actor_id: int, now: datetime) -> None:
    """Start, stop or end a plan: clicks count from now on, or no more. Sales of clicks before that are as they were.

    Raises `WrongMove`, and campaigns' `NoSuchCampaign` and `CampaignEnded`.
    """
    before = lock_plan(shop_id=shop_id, plan_id=plan_id)
    if before is state:
        return
    if not move_plan(plan_id=plan_id, before=before, state=state, now=now):
        raise WrongMove(f"{before} to {state}")
    latest = _get_latest(plan_id)
    PlanVersion.objects.create(
        campaign_id=plan_id,
        number=latest.number + 1,
        runs=state is CampaignState.RUNNING,
        default_bps=latest.default_bps,
        categories=latest.categories,
        own=latest.own,
        goods=latest.goods,
        made_by=actor_id,
        made_at=now,
    )
    _tell(f"plan.{state.value}", shop_id, plan_id, actor_id, now, {"version": latest.number + 1})


@transaction.atomic(durable=True)
def set_bounds(*, bounds: RateBounds, actor_id: int, now: datetime) -> None:
    """What rates may be in plans that are made or changed from now on: staff's. Raises `BadPlan`."""
    if not 1 <= bounds.least_bps <= bounds.most_bps <= 10_000:
        raise BadPlan("bounds", "out_of_range", least=1, most=10_000)
    Bounds.objects.create(least_bps=bounds.least_bps, most_bps=bounds.most_bps, set_by=actor_id, set_at=now)
    write_audit(
        action="plan.bounds_set",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        target_kind="plan",
        target_id="bounds",
        detail={"least_bps": bounds.least_bps, "most_bps": bounds.most_bps},
        now=now,
    )


def _check(draft: PlanDraft) -> str:
    bounds = get_bounds()
    try:
        plan_name = clean_line(draft.name, "name", LONGEST_NAME)
    except BadInput as error:
        raise BadPlan(error.field, error.code, most=error.most) from error
    if not draft.goods:
        raise BadPlan("goods", "required")
    for field, many, most in (
        ("goods", len(draft.goods), MOST_GOODS),
        ("categories", len(draft.categories), MOST_CATEGORIES),
    ):
        if many > most:
            raise BadPlan(field, "too_many", most=most)
    own = [bps for bps in draft.goods.values() if bps is not None]
    for field, rates in (("default", [draft.default_bps]), ("categories", draft.categories.values()), ("goods", own)):
        if any(not bounds.least_bps <= bps <= bounds.most_bps for bps in rates):
            raise BadPlan(field, "out_of_range", least=bounds.least_bps, most=bounds.most_bps)
    if not draft.categories.keys() <= get_tree().nodes.keys():
        raise BadPlan("categories", "unknown")
    return plan_name


def _write_version(
    shop_id: int,
    plan_id: int,
    draft: PlanDraft,
    runs: bool,
    actor_id: int,
    now: datetime,
    latest: PlanVersion | None = None,
) -> PlanVersion:
    """The next version, unless it would say the same."""
    own = {str(pk): bps for pk, bps in sorted(draft.goods.items()) if bps is not None}
    categories = {str(pk): bps for pk, bps in sorted(draft.categories.items())}
    goods = _rate_goods(shop_id, plan_id, draft, now)
    said = {"default_bps": draft.default_bps, "categories": categories, "own": own, "goods": goods}
    if latest is not None and all(getattr(latest, name) == value for name, value in said.items()):
        return latest
    number = latest.number + 1 if latest else 1
    return PlanVersion.objects.create(
        campaign_id=plan_id, number=number, runs=runs, made_by=actor_id, made_at=now, **said
    )


def _rate_goods(shop_id: int, plan_id: int, draft: PlanDraft, now: datetime) -> dict[str, list[object]]:
    """Each product's rate, where that comes from, and its ad."""
    product_ids = sorted(draft.goods)
    found = list_advertised([(shop_id, pk) for pk in product_ids], epochs=read_epochs())
    places = {one.product_id: one.category_ids for one in found}
    if unknown := [pk for pk in product_ids if pk not in places]:
        raise NotSold(unknown)
    ads = put_goods(plan_id=plan_id, product_ids=product_ids, now=now)
    own = {pk: bps for pk, bps in draft.goods.items() if bps is not None}
    rates = PlanRates(default_bps=draft.default_bps, categories=draft.categories, products=own)
    goods: dict[str, list[object]] = {}
    for pk in product_ids:
        rate = find_rate(rates, product=pk, categories=places[pk])
        goods[str(pk)] = [rate.bps, rate.source.value, rate.source_id, ads[pk]]
    return goods


def _get_latest(plan_id: int) -> PlanVersion:
    latest = PlanVersion.objects.filter(campaign_id=plan_id).order_by("-number").first()
    assert latest is not None, plan_id
    return latest


def _tell(action: str, shop_id: int, plan_id: int, actor_id: int, now: datetime, detail: Mapping[str, object]) -> None:
    write_audit(
        action=action,
        actor_id=actor_id,
        actor_kind=ActorKind.MERCHANT,
        shop_id=shop_id,
        target_kind="plan",
        target_id=str(plan_id),
        detail=detail,
        now=now,
    )
