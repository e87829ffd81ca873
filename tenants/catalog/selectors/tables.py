"""The merchant's product table: filters, sorts, tabs with counts, cursors."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from tenants.catalog.contracts import (
    ProductFilter,
    ProductPage,
    ProductRow,
    ProductSort,
    ProductStatus,
    Text,
)
from tenants.catalog.models import Product, Variant
from tenants.catalog.rows import read_options
from tenants.catalog.rules import describe_choices

PAGE = 50
_MAX_PAGE = 200
# field, falling
_SORTS: dict[ProductSort, tuple[str, bool]] = {
    ProductSort.UPDATED: ("updated_at", True),
    ProductSort.CREATED: ("created_at", True),
    ProductSort.TITLE: ("title_zh", False),
    ProductSort.PRICE_UP: ("price_low_minor", False),
    ProductSort.PRICE_DOWN: ("price_high_minor", True),
}


class BadCursor(ValueError):
    """A cursor that none of our pages wrote."""


def list_products(
    *, where: ProductFilter, sort: ProductSort = ProductSort.UPDATED, cursor: str = "", limit: int = PAGE
) -> ProductPage:
    """A page of the product table: two statements. Raises `BadCursor`."""
    limit = max(1, min(limit, _MAX_PAGE))
    field, falling = _SORTS[sort]
    rows = _filter(where)
    if cursor:
        rows = rows.filter(_after(field, falling, *_read_cursor(cursor, field)))
    order = [F(field).desc() if falling else F(field).asc(), "-pk" if falling else "pk"]
    products = list(
        rows.defer("body_html_zh", "body_html_en", "private_notes", "parameters").order_by(*order)[: limit + 1]
    )
    shown = products[:limit]
    skus = _list_first_skus([row.pk for row in shown])
    more = len(products) > limit
    return ProductPage(
        rows=tuple(_to_row(row, *skus.get(row.pk, ("", 0))) for row in shown),
        next_cursor=_write_cursor(getattr(shown[-1], field), shown[-1].pk) if more else "",
    )


def count_by_status(where: ProductFilter | None = None) -> dict[ProductStatus, int]:
    """How many products each tab holds under the other filters: one statement."""
    rows = _filter(where or ProductFilter(), any_status=True).values_list("status").annotate(number=Count("pk"))
    found = dict(rows.order_by())
    return {status: found.get(status.value, 0) for status in ProductStatus}


def list_tags(limit: int = 200) -> list[str]:
    """The shop's tags, most used first: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tag FROM catalog_product, jsonb_array_elements_text(tags) AS tag"
            " GROUP BY tag ORDER BY count(*) DESC, tag LIMIT %s",
            [limit],
        )
        return [tag for (tag,) in cursor.fetchall()]


def list_variant_labels(variant_ids: Sequence[int]) -> dict[int, tuple[Text, Text, str]]:
    """(product's title, chosen values, SKU) of each variant, for the stock table: one statement."""
    rows = Variant.objects.filter(pk__in=variant_ids).values_list(
        "pk", "product__title_zh", "product__title_en", "product__options", "choices", "sku"
    )
    return {
        pk: (Text(title_zh, title_en), describe_choices(read_options(options), choices), sku)
        for pk, title_zh, title_en, options, choices, sku in rows
    }


def _filter(where: ProductFilter, *, any_status: bool = False) -> QuerySet[Product]:
    rows = Product.objects.all()
    if where.status is not None and not any_status:
        rows = rows.filter(status=where.status.value)
    if words := where.words.strip()[:80]:
        sku = Variant.objects.filter(product=OuterRef("pk"), retired=False, sku__icontains=words)
        texts = Q(title_zh__icontains=words) | Q(title_en__icontains=words) | Q(brand__icontains=words)
        rows = rows.filter(texts | Q(handle=words) | Exists(sku))
    if where.category_ids is not None:
        rows = rows.filter(category_id__in=where.category_ids)
    if where.tag:
        rows = rows.filter(tags__contains=[where.tag])
    if where.price_from_minor is not None:
        rows = rows.filter(price_high_minor__gte=where.price_from_minor)
    if where.price_to_minor is not None:
        rows = rows.filter(price_low_minor__lte=where.price_to_minor)
    if where.product_ids is not None:
        rows = rows.filter(pk__in=where.product_ids)
    return rows


def _list_first_skus(product_ids: Sequence[int]) -> dict[int, tuple[str, int]]:
    found: dict[int, tuple[str, int]] = {}
    rows = Variant.objects.filter(product_id__in=product_ids, retired=False).order_by("position", "pk")
    for product_id, sku in rows.values_list("product_id", "sku"):
        first, number = found.get(product_id, (sku, 0))
        found[product_id] = (first or sku, number + 1)
    return found


def _to_row(row: Product, sku: str, variant_count: int) -> ProductRow:
    return ProductRow(
        product_id=row.pk,
        version=row.version,
        status=ProductStatus(row.status),
        title=Text(row.title_zh, row.title_en),
        subtitle=Text(row.subtitle_zh, row.subtitle_en),
        handle=row.handle,
        sku=sku,
        variant_count=variant_count,
        price_low_minor=row.price_low_minor,
        price_high_minor=row.price_high_minor,
        currency=row.currency,
        picture_url=row.pictures[0]["url"] if row.pictures else "",
        category_id=row.category_id,
        tags=tuple(row.tags),
        updated_at=row.updated_at,
    )


def _after(field: str, falling: bool, value: Any, pk: int) -> Q:
    step = "lt" if falling else "gt"
    return Q(**{f"{field}__{step}": value}) | Q(**{field: value, f"pk__{step}": pk})


def _write_cursor(value: Any, pk: int) -> str:
    plain = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([plain, pk], ensure_ascii=False).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, field: str) -> tuple[Any, int]:
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(cursor[:2000] + "=" * (-len(cursor) % 4)))
        if field.endswith("_at"):
            value = datetime.fromisoformat(value)
        elif field.endswith("_minor"):
            value = int(value)
        elif not isinstance(value, str):
            raise BadCursor(cursor)
        return value, int(pk)
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadCursor(cursor) from error
