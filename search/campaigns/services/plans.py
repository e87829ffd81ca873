"""Steps: the rows of a plan that is paid per sale, so that its ads have numbers, targets and reports like others.

Its rates are `search.per_sale`'s, which checks what is said and writes the trail.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from search.auction.contracts import Pace
from search.campaigns.contracts import CampaignKind, CampaignState, Charge, PartState
from search.campaigns.models import Ad, Campaign, Group
from search.campaigns.rules.moves import can_move
from search.campaigns.services.touching import CampaignEnded, NoSuchCampaign

DAYS, HOURS = 7, (1 << 24) - 1
KEYS = "plan:"  # a campaign that was made under the same key is another thing


def find_plan(*, shop_id: int, key: str) -> int | None:
    """The plan that was made under a key."""
    return Campaign.plans.filter(shop_id=shop_id, key=f"{KEYS}{key}").values_list("pk", flat=True).first()


def count_open_plans(shop_id: int) -> int:
    """How many plans of a shop have not ended."""
    return Campaign.plans.filter(shop_id=shop_id).exclude(state=CampaignState.ENDED.value).count()


def make_plan(*, shop_id: int, key: str, plan_name: str, state: CampaignState, now: datetime) -> int:
    """Step: a plan without goods."""
    campaign = Campaign.plans.create(
        shop_id=shop_id,
        key=f"{KEYS}{key}",
        name=plan_name,
        kind=CampaignKind.SALE.value,
        state=state.value,
        pace=Pace.FAST.value,
        daily_budget_minor=0,
        starts_on=now.date(),
        hours=[HOURS] * DAYS,
        created_at=now,
        changed_at=now,
    )
    Group.objects.create(campaign=campaign, name=plan_name, bid_minor=0, charge=Charge.CLICK.value)
    return campaign.pk


def lock_plan(*, shop_id: int, plan_id: int) -> CampaignState:
    """Step: lock a plan; its state. Raises `NoSuchCampaign`, `CampaignEnded`."""
    plan = Campaign.plans.select_for_update(no_key=True).filter(shop_id=shop_id, pk=plan_id).first()
    if plan is None:
        raise NoSuchCampaign(plan_id)
    if plan.state == CampaignState.ENDED.value:
        raise CampaignEnded(plan_id)
    return CampaignState(plan.state)


def rename_plan(*, plan_id: int, plan_name: str, now: datetime) -> None:
    """Step: a locked plan's name."""
    Campaign.plans.filter(pk=plan_id).update(name=plan_name, changed_at=now)


def move_plan(*, plan_id: int, before: CampaignState, state: CampaignState, now: datetime) -> bool:
    """Step: start, stop or end a locked plan; False where that is no way to go."""
    if not can_move(before, state):
        return False
    return bool(Campaign.plans.filter(pk=plan_id).update(state=state.value, changed_at=now))


def put_goods(*, plan_id: int, product_ids: Collection[int], now: datetime) -> dict[int, int]:
    """Step: a locked plan's ads are of these products and no others. Returns the ad of each product."""
    group = Group.objects.get(campaign_id=plan_id)
    known = {ad.product_id: ad for ad in Ad.objects.filter(group=group)}
    _set_state((ad for pk, ad in known.items() if pk not in product_ids), PartState.REMOVED)
    _set_state((ad for pk, ad in known.items() if pk in product_ids), PartState.RUNNING)
    new = [Ad(group=group, product_id=pk, created_at=now) for pk in product_ids if pk not in known]
    made = Ad.objects.bulk_create(new)
    ads = {ad.product_id: ad.pk for ad in [*known.values(), *made] if ad.product_id is not None}
    return {product_id: ads[product_id] for product_id in product_ids}


def _set_state(ads: Iterable[Ad], state: PartState) -> None:
    moved = [ad.pk for ad in ads if ad.state != state.value]
    if moved:
        Ad.objects.filter(pk__in=moved).update(state=state.value)
