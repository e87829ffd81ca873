"""Writes on shops: open, approve, suspend, change. Each bumps the epoch, so that pages follow at once."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.outbox.services import record_event
from market.shops.contracts import HostKind, Role, ShopContext, ShopStatus
from market.shops.hosts import RESERVED_SLUGS
from market.shops.models import Domain, Membership, Shop
from market.shops.rules import can_move, choose_mark, clean_name, is_slug

MAX_SHOPS_A_PERSON = 20


class BadShopName(ValueError):
    """The name or address cannot be used; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class SlugTaken(ValueError):
    """Another shop has this address."""


class NoSchemaReady(RuntimeError):
    """The pool of spare schemas is empty; it fills by itself within a minute."""


class TooManyShops(ValueError):
    """A person may own so many shops and no more."""


class WrongStatus(RuntimeError):
    """The shop is not in a status from which this can be done."""


@transaction.atomic(durable=True)
def open_shop(*, owner_id: int, name_zh: str, name_en: str, slug: str, now: datetime) -> ShopContext:
    """Give a person a shop with a schema from the pool: no DDL. It is not visible before approval.

    Raises `BadShopName`, `SlugTaken`, `TooManyShops`, `NoSchemaReady`.
    """
    name_zh, name_en, slug = clean_name(name_zh), clean_name(name_en), slug.strip().lower()
    if not (name_zh or name_en):
        raise BadShopName("name")
    if not is_slug(slug, RESERVED_SLUGS):
        raise BadShopName("slug")
    if Shop.objects.filter(owner_id=owner_id).count() >= MAX_SHOPS_A_PERSON:
        raise TooManyShops(owner_id)
    shop = Shop(
        schema_name=_claim_schema(now),
        slug=slug,
        name_zh=name_zh,
        name_en=name_en,
        mark=choose_mark(name_zh, name_en),
        owner_id=owner_id,
        applied_at=now,
    )
    try:
        with transaction.atomic():
            shop.save()
            Domain.objects.create(domain=f"{slug}.{settings.MARKET_HOST}", tenant=shop, kind=HostKind.SHOP.value)
    except IntegrityError as error:
        raise SlugTaken(slug) from error
    Membership.objects.create(shop=shop, user_id=owner_id, role=Role.OWNER.value, since=now)
    write_audit(
        action="shop.opened", actor_id=owner_id, shop_id=shop.pk, target_kind="shop", target_id=str(shop.pk), now=now
    )
    record_event(kind="shop.changed", shop_id=shop.pk, key=f"shop:{shop.pk}:opened", payload={}, now=now)
    bump_epoch("shops")
    return shop.to_context()


def approve_shop(*, shop_id: int, actor_id: int, now: datetime) -> ShopContext:
    """Let a shop that applied, or was suspended, be seen. Raises `WrongStatus`."""
    return _move(shop_id=shop_id, to=ShopStatus.OPEN, actor_id=actor_id, reason="", now=now)


def suspend_shop(*, shop_id: int, actor_id: int, reason: str, now: datetime) -> ShopContext:
    """Take a shop off every page and out of search at once. Raises `WrongStatus`."""
    return _move(shop_id=shop_id, to=ShopStatus.SUSPENDED, actor_id=actor_id, reason=reason, now=now)


def close_shop(*, shop_id: int, actor_id: int, reason: str, now: datetime) -> ShopContext:
    """Turn an application down or end a shop. Raises `WrongStatus`."""
    return _move(shop_id=shop_id, to=ShopStatus.CLOSED, actor_id=actor_id, reason=reason, now=now)


@transaction.atomic(durable=True)
def update_shop_profile(
    *,
    shop_id: int,
    actor_id: int,
    name_zh: str,
    name_en: str,
    intro_zh: str,
    intro_en: str,
    now: datetime,
    mark: str = "",
) -> ShopContext:
    """Change what visitors read of a shop. Without a `mark` it keeps its own while that is in the name.

    Raises `BadShopName`.
    """
    name_zh, name_en = clean_name(name_zh), clean_name(name_en)
    if not (name_zh or name_en):
        raise BadShopName("name")
    shop = Shop.objects.select_for_update(no_key=True).get(pk=shop_id)
    shop.name_zh, shop.name_en = name_zh, name_en
    shop.intro_zh, shop.intro_en = intro_zh.strip()[:200], intro_en.strip()[:200]
    if mark.strip():
        shop.mark = mark.strip()[0]
    elif shop.mark not in name_zh + name_en:
        shop.mark = choose_mark(name_zh, name_en)
    shop.save(update_fields=["name_zh", "name_en", "intro_zh", "intro_en", "mark"])
    write_audit(
        action="shop.profile", actor_id=actor_id, shop_id=shop_id, target_kind="shop", target_id=str(shop_id), now=now
    )
    record_event(kind="shop.changed", shop_id=shop_id, key=f"shop:{shop_id}:{now.isoformat()}", payload={}, now=now)
    bump_epoch("shops")
    return shop.to_context()


def bump_epoch(name: str) -> None:
    """Tell every process that what it keeps of `shops`, `listings`, `curation`, `collections` or `slots` is old.

    In the caller's transaction. Call it last: the row is locked until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO shops_epoch (name, value) VALUES (%s, 1)"
            " ON CONFLICT (name) DO UPDATE SET value = shops_epoch.value + 1",
            [name],
        )


@transaction.atomic(durable=True)
def _move(*, shop_id: int, to: ShopStatus, actor_id: int, reason: str, now: datetime) -> ShopContext:
    shop = Shop.objects.select_for_update(no_key=True).get(pk=shop_id)
    before = ShopStatus(shop.status)
    if not can_move(before, to):
        raise WrongStatus(f"{before} to {to}")
    shop.status, shop.status_reason = to.value, reason.strip()[:300]
    if to is ShopStatus.OPEN and shop.approved_at is None:
        shop.approved_at = now
    shop.save(update_fields=["status", "status_reason", "approved_at"])
    write_audit(
        action=f"shop.{to.value}",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        shop_id=shop_id,
        target_kind="shop",
        target_id=str(shop_id),
        detail={"from": before.value, "reason": shop.status_reason},
        now=now,
    )
    record_event(
        kind="shop.changed", shop_id=shop_id, key=f"shop:{shop_id}:{to.value}:{now.isoformat()}", payload={}, now=now
    )
    bump_epoch("shops")
    return shop.to_context()


def _claim_schema(now: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE shops_pooledschema SET claimed_at = %s WHERE id = ("
            "SELECT id FROM shops_pooledschema WHERE claimed_at IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
            ") RETURNING schema_name",
            [now],
        )
        row = cursor.fetchone()
    if row is None:
        raise NoSchemaReady("No spare schema stands ready.")
    return str(row[0])
