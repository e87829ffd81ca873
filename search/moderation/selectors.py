"""Reads of bans in force."""

from collections.abc import Iterable

from django.db.models import QuerySet

from search.moderation.contracts import Ban, BanReason
from search.moderation.models import ProductBan
from tenants.catalog.contracts import Text

MOST_OF_A_SHOP = 500


def list_banned_products(*, shop_id: int, product_ids: Iterable[int]) -> frozenset[int]:
    """Which of these products of a shop are banned: one statement."""
    rows = _in_force().filter(shop_id=shop_id, product_id__in=list(product_ids))
    return frozenset(rows.values_list("product_id", flat=True))


def find_ban(*, shop_id: int, product_id: int) -> Ban | None:
    """The ban of a product, or None when it may be sold."""
    row = _in_force().filter(shop_id=shop_id, product_id=product_id).first()
    return _to_contract(row) if row else None


def list_shop_bans(shop_id: int) -> dict[int, Ban]:
    """The bans of a shop by product id; at most `MOST_OF_A_SHOP`, the newest."""
    rows = _in_force().filter(shop_id=shop_id).order_by("-pk")[:MOST_OF_A_SHOP]
    return {row.product_id: _to_contract(row) for row in rows}


def list_bans(*, limit: int, before_id: int | None = None) -> list[Ban]:
    """Bans of all shops, newest first, from below an id."""
    rows = _in_force().order_by("-pk")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [_to_contract(row) for row in rows[:limit]]


def _in_force() -> QuerySet[ProductBan]:
    return ProductBan.objects.filter(lifted_at__isnull=True)


def _to_contract(row: ProductBan) -> Ban:
    return Ban(
        ban_id=row.pk,
        shop_id=row.shop_id,
        product_id=row.product_id,
        title=Text(row.title_zh, row.title_en),
        reason=BanReason(row.reason),
        note=row.note,
        banned_by=row.banned_by,
        banned_at=row.banned_at,
    )
