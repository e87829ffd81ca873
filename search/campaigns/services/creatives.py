"""Pictures of a merchant's own: uploaded and checked, looked at by staff, removed."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.media.selectors import list_pictures
from market.media.services import store_picture
from market.shops.contracts import ShopContext
from search.campaigns.contracts import BadInput, CampaignState, CreativeState
from search.campaigns.contracts import limits as most
from search.campaigns.models import Campaign, Creative
from search.campaigns.rules.checking import clean_line
from search.campaigns.rules.creatives import check_picture, check_title, check_weight, read_landing
from search.campaigns.services.touching import lock_shop, touch
from search.listings.selectors import find_place


class CreativeNotFound(LookupError):
    """There is no such creative (any more), or it is not the shop's."""


class AlreadyDecided(RuntimeError):
    """Somebody has said before what becomes of this creative."""


def upload_creative(
    *,
    shop: ShopContext,
    title: str,
    content: bytes,
    file_name: str,
    landing: str,
    actor_id: int,
    now: datetime,
    trusted_svg: bool = False,
) -> int:
    """Store a picture with its line; staff look at it before anybody sees it. The same again is the same creative.

    `trusted_svg` is for drawings that our own programs made, never for uploads.

    Raises `BadInput`, `market.media.pictures.BadPicture`.
    """
    title = check_title(title, names=(shop.name.zh, shop.name.en))
    landing = _check_landing(shop, landing)
    check_weight(len(content))
    media_id = store_picture(
        shop_id=shop.shop_id, content=content, file_name=file_name, now=now, trusted_svg=trusted_svg
    )
    picture = list_pictures(media_ids=[media_id], shop_id=shop.shop_id)[media_id]
    check_picture(picture.width, picture.height)
    with transaction.atomic(durable=True):
        lock_shop(shop.shop_id)
        living = Creative.objects.filter(shop_id=shop.shop_id, removed_at=None)
        same = living.filter(title=title, media_id=media_id, landing=landing).exclude(state=CreativeState.REFUSED.value)
        if known := same.values_list("pk", flat=True).first():
            return known
        _check_room(shop.shop_id)
        row = Creative.objects.create(
            shop_id=shop.shop_id, title=title, media_id=media_id, landing=landing, created_at=now
        )
        _tell("creative.uploaded", ActorKind.MERCHANT, row, actor_id, now)
        return row.pk


@transaction.atomic(durable=True)
def decide_creative(*, creative_id: int, approved: bool, reason: str, actor_id: int, now: datetime) -> None:
    """Staff's word. Refusing needs a reason, which the merchant reads; what was approved can be refused later.

    Raises `CreativeNotFound`, `AlreadyDecided`, `BadInput`.
    """
    row = _lock(Q(pk=creative_id))
    wanted = CreativeState.APPROVED if approved else CreativeState.REFUSED
    if row.state == wanted.value or (approved and row.state == CreativeState.REFUSED.value):
        raise AlreadyDecided(row.state)
    row.reason = "" if approved else clean_line(reason, "reason", most.LONGEST_REASON)
    row.state, row.decided_by, row.decided_at = wanted.value, actor_id, now
    row.save(update_fields=["reason", "state", "decided_by", "decided_at"])
    _touch_users(row, now)
    _tell(f"creative.{wanted.value}", ActorKind.STAFF, row, actor_id, now)


@transaction.atomic(durable=True)
def remove_creative(*, shop_id: int, creative_id: int, actor_id: int, now: datetime) -> None:
    """Take a creative away; its ads show no more. Raises `CreativeNotFound`."""
    row = _lock(Q(pk=creative_id, shop_id=shop_id))
    row.removed_at = now
    row.save(update_fields=["removed_at"])
    _touch_users(row, now)
    _tell("creative.removed", ActorKind.MERCHANT, row, actor_id, now)


def _check_landing(shop: ShopContext, landing: str) -> str:
    path, listing_id, slug = read_landing(landing, (settings.MARKET_HOST, f"{settings.MARKET_HOST}:{settings.PORT}"))
    place = find_place(listing_id) if listing_id else None
    if (place is None or place[0] != shop.shop_id) if listing_id else slug != shop.slug:
        raise BadInput("landing", "unknown")
    return path


def _check_room(shop_id: int) -> None:
    rows = Creative.objects.filter(shop_id=shop_id)
    living = rows.filter(removed_at=None)
    for number, limit in ((living.count(), most.MOST_CREATIVES), (rows.count(), most.MOST_CREATIVES_EVER)):
        if number >= limit:
            raise BadInput("creatives", "too_many", most=limit)
    if living.filter(state=CreativeState.WAITING.value).count() >= most.MOST_WAITING:
        raise BadInput("waiting", "too_many", most=most.MOST_WAITING)


def _lock(where: Q) -> Creative:
    row = Creative.objects.select_for_update(no_key=True).filter(where, removed_at=None).first()
    if row is None:
        raise CreativeNotFound
    return row


def _touch_users(row: Creative, now: datetime) -> None:
    """Mark the campaigns that show it, locked in the order of their ids."""
    using = Campaign.objects.filter(groups__ads__creative=row).exclude(state=CampaignState.ENDED.value)
    wanted = set(using.values_list("pk", flat=True))
    rows = Campaign.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    touch(Q(pk__in=[campaign.pk for campaign in rows]), now)


def _tell(action: str, kind: ActorKind, row: Creative, actor_id: int, now: datetime) -> None:
    write_audit(
        action=action,
        actor_id=actor_id,
        actor_kind=kind,
        shop_id=row.shop_id,
        target_kind="creative",
        target_id=str(row.pk),
        detail={"reason": row.reason} if row.reason else None,
        now=now,
    )
