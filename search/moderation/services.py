"""Taking a product off the market, and letting it back."""

from datetime import datetime

from django.db import IntegrityError, transaction

from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.outbox.services import record_event
from search.moderation.contracts import LONGEST_NOTE, BanReason
from search.moderation.models import ProductBan
from tenants.catalog.contracts import Text


class AlreadyBanned(RuntimeError):
    """The product is banned already."""


class NotBanned(LookupError):
    """No ban of the product is in force: somebody lifted it, or there never was one."""


class BadNote(ValueError):
    """The shop reads the note, so there must be one of at most `LONGEST_NOTE` characters."""


@transaction.atomic(durable=True)
def ban_product(
    *, shop_id: int, product_id: int, title: Text, reason: BanReason, note: str, actor_id: int, now: datetime
) -> int:
    """Ban a product; its listing is gone with the next copy, within a second or two. Returns the ban's id.

    Raises `AlreadyBanned`, `BadNote`.
    """
    said = note.strip()
    if not 0 < len(said) <= LONGEST_NOTE:
        raise BadNote(len(said))
    try:
        with transaction.atomic():
            row = ProductBan.objects.create(
                shop_id=shop_id,
                product_id=product_id,
                title_zh=title.zh,
                title_en=title.en,
                reason=reason.value,
                note=said,
                banned_by=actor_id,
                banned_at=now,
            )
    except IntegrityError as error:
        raise AlreadyBanned(product_id) from error
    _tell(row, "product.banned", actor_id, now)
    return row.pk


@transaction.atomic(durable=True)
def lift_ban(*, shop_id: int, product_id: int, actor_id: int, now: datetime) -> None:
    """Let a product back; it is shown again if its shop still sells it. Raises `NotBanned`."""
    row = (
        ProductBan.objects.select_for_update(no_key=True)
        .filter(shop_id=shop_id, product_id=product_id, lifted_at__isnull=True)
        .first()
    )
    if row is None:
        raise NotBanned(product_id)
    row.lifted_by, row.lifted_at = actor_id, now
    row.save(update_fields=["lifted_by", "lifted_at"])
    _tell(row, "product.ban_lifted", actor_id, now)


def _tell(row: ProductBan, action: str, actor_id: int, now: datetime) -> None:
    write_audit(
        action=action,
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        shop_id=row.shop_id,
        target_kind="product",
        target_id=str(row.product_id),
        detail={"reason": row.reason, "note": row.note},
        now=now,
    )
    record_event(
        kind="product.moderated",
        shop_id=row.shop_id,
        key=f"ban:{row.pk}:{action}",
        payload={"product_id": row.product_id},
        now=now,
    )
