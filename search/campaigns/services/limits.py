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


@transaction.atomic(durable=True)
def set_own_limit(*, shop_id: int, daily_minor: int | None, actor_id: int, now: datetime) -> None:
    """What the merchant wants to spend a day at most; None for no limit. Raises `BadInput`."""
    _check(daily_minor)
    _put(shop_id, {"own_daily_minor": daily_minor}, now)
    _tell("advertiser.own_limit", ActorKind.MERCHANT, shop_id, {"daily_minor": daily_minor}, actor_id, now)


@transaction.atomic(durable=True)
def set_staff_limit(
    *, shop_id: int, daily_minor: int | None, blocked: bool, reason: str, actor_id: int, now: datetime
) -> None:
    """Staff's limit for a shop, and whether it may advertise. Blocking needs a reason. Raises `BadInput`."""
    _check(daily_minor)
    reason = clean_line(reason, "reason", most.LONGEST_REASON) if blocked or reason.strip() else ""
    _put(shop_id, {"staff_daily_minor": daily_minor, "blocked": blocked, "reason": reason}, now)
    detail = {"daily_minor": daily_minor, "blocked": blocked, "reason": reason}
    _tell("advertiser.limited", ActorKind.STAFF, shop_id, detail, actor_id, now)


@transaction.atomic(durable=True)
def set_floor(*, page: PageKind, charge: Charge, amount_minor: int, actor_id: int, now: datetime) -> None:
    """The least that is taken on a page for a click, or for a thousand views. Raises `BadInput`."""
    largest = most.LARGEST_CLICK_BID_MINOR if charge is Charge.CLICK else most.LARGEST_MILLE_BID_MINOR
    check_amount("amount", amount_minor, 1, largest)
    Floor.objects.update_or_create(page=page.value, charge=charge.value, defaults={"amount_minor": amount_minor})
    write_audit(
        action="floor.set",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        target_kind="floor",
        target_id=f"{page.value}/{charge.value}",
        detail={"amount_minor": amount_minor},
        now=now,
    )


def _check(daily_minor: int | None) -> None:
    if daily_minor is not None:
        check_amount("daily_limit", daily_minor, most.LEAST_BUDGET_MINOR, most.LARGEST_BUDGET_MINOR)


def _put(shop_id: int, facts: Mapping[str, object], now: datetime) -> None:
    """Under the shop's lock no campaign is being made that would miss the mark."""
    lock_shop(shop_id)
    AdvertiserLimit.objects.update_or_create(shop_id=shop_id, defaults=facts)
    touch(Q(shop_id=shop_id) & ~Q(state=CampaignState.ENDED.value), now)


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
