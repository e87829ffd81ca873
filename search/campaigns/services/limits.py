"""What a shop may spend on all its campaigns together, by its own word and by staff's; floors of pages."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from search.campaigns.contracts import CampaignState, Charge, PageKind
from search.campaigns.contracts import limits as most
from search.campaigns.models import AdvertiserLimit, Floor
from search.campaigns.rules.checking import check_amount, clean_line
from search.campaigns.services.touching import lock_shop, touch


class AlreadyStopped(RuntimeError):
    """Somebody stopped the shop's advertising before; its reason stays."""


class NotStopped(LookupError):
    """The shop's advertising is not stopped (any more)."""


@transaction.atomic(durable=True)
def set_own_limit(*, shop_id: int, daily_minor: int | None, actor_id: int, now: datetime) -> None:
    """What the merchant wants to spend a day at most; None for no limit. Raises `BadInput`."""
    _check(daily_minor)
    _put(shop_id, {"own_daily_minor": daily_minor}, now)
    _tell("advertiser.own_limit", ActorKind.MERCHANT, shop_id, {"daily_minor": daily_minor}, actor_id, now)


@transaction.atomic(durable=True)
def set_staff_limit(*, shop_id: int, daily_minor: int | None, actor_id: int, now: datetime) -> None:
    """Staff's limit for a shop's day; None lifts it. Whether the shop is stopped stays as it is. Raises `BadInput`."""
    _check(daily_minor)
    before = _put(shop_id, {"staff_daily_minor": daily_minor}, now)
    detail = {"before_minor": before.staff_daily_minor, "daily_minor": daily_minor}
    _tell("advertiser.limited", ActorKind.STAFF, shop_id, detail, actor_id, now)


@transaction.atomic(durable=True)
def stop_advertiser(*, shop_id: int, reason: str, actor_id: int, now: datetime) -> None:
    """Nothing of a shop is shown until the stop is lifted; the shop reads why. Raises `BadInput`, `AlreadyStopped`."""
    said = clean_line(reason, "reason", most.LONGEST_REASON)
    if _put(shop_id, {"blocked": True, "reason": said}, now).blocked:
        raise AlreadyStopped(shop_id)
    _tell("advertiser.stopped", ActorKind.STAFF, shop_id, {"reason": said}, actor_id, now)


@transaction.atomic(durable=True)
def lift_stop(*, shop_id: int, actor_id: int, now: datetime) -> None:
    """Let a shop advertise again; its campaigns go on as they stand. Raises `NotStopped`."""
    before = _put(shop_id, {"blocked": False, "reason": ""}, now)
    if not before.blocked:
        raise NotStopped(shop_id)
    _tell("advertiser.let_run", ActorKind.STAFF, shop_id, {"reason": before.reason}, actor_id, now)


@transaction.atomic(durable=True)
def set_floor(*, page: PageKind, charge: Charge, amount_minor: int, actor_id: int, now: datetime) -> None:
    """The least that is taken on a page for a click, or for a thousand views. Raises `BadInput`."""
    largest = most.LARGEST_CLICK_BID_MINOR if charge is Charge.CLICK else most.LARGEST_MILLE_BID_MINOR
    check_amount("amount", amount_minor, 1, largest)
    mine = Floor.objects.filter(page=page.value, charge=charge.value)
    before_minor = mine.values_list("amount_minor", flat=True).first()
    mine.update_or_create(page=page.value, charge=charge.value, defaults={"amount_minor": amount_minor})
    write_audit(
        action="floor.set",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        target_kind="floor",
        target_id=f"{page.value}/{charge.value}",
        detail={"before_minor": before_minor, "amount_minor": amount_minor},
        now=now,
    )


def _check(daily_minor: int | None) -> None:
    if daily_minor is not None:
        check_amount("daily_limit", daily_minor, most.LEAST_BUDGET_MINOR, most.LARGEST_BUDGET_MINOR)


def _put(shop_id: int, facts: Mapping[str, object], now: datetime) -> AdvertiserLimit:
    """Under the shop's lock no campaign is being made that would miss the mark. Returns what stood there before."""
    lock_shop(shop_id)
    before = AdvertiserLimit.objects.filter(pk=shop_id).first() or AdvertiserLimit(shop_id=shop_id)
    AdvertiserLimit.objects.update_or_create(shop_id=shop_id, defaults=facts)
    touch(Q(shop_id=shop_id) & ~Q(state=CampaignState.ENDED.value), now)
    return before


def _tell(
    action: str, kind: ActorKind, shop_id: int, detail: Mapping[str, object], actor_id: int, now: datetime
) -> None:
    write_audit(
        action=action,
        actor_id=actor_id,
        actor_kind=kind,
        shop_id=shop_id,
        target_kind="advertiser",
        target_id=str(shop_id),
        detail=detail,
        now=now,
    )
