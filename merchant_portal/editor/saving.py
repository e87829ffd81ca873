"""Stores what the editor says: the product and the counted stock in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from market.shops.tenancy import enter_shop
from merchant_portal.access import Visit
from merchant_portal.editor.drafting import Drafted, Wrong, make_draft
from merchant_portal.editor.entries import ProductEntry
from merchant_portal.editor.sentences import say_problem
from tenants.catalog.selectors import get_product_draft
from tenants.catalog.services import InvalidProduct, create_product, update_product
from tenants.inventory.contracts import StockCount
from tenants.inventory.selectors import list_warehouses
from tenants.inventory.services import CountBelowHeld, count_stock


@dataclass(frozen=True, slots=True)
class Saved:
    """The product's id, or what is wrong."""

    product_id: int = 0
    wrongs: tuple[Wrong, ...] = ()


def save_product(
    *, visit: Visit, product_id: int | None, entry: ProductEntry, expected_version: int | None, now: datetime
) -> Saved:
    """Create or change a product. Raises `ProductChanged` and `NoSuchProduct`."""
    drafted = make_draft(entry)
    if drafted.wrongs:
        return Saved(wrongs=tuple(drafted.wrongs))
    try:
        with transaction.atomic(durable=True), enter_shop(visit.shop):
            if product_id is None:
                stored_id = create_product(draft=drafted.draft, now=now)
            else:
                stored_id = product_id
                update_product(product_id=product_id, draft=drafted.draft, expected_version=expected_version, now=now)
            _count(stored_id, drafted, visit, now)
    except InvalidProduct as error:
        return Saved(wrongs=tuple(say_problem(problem, entry, drafted) for problem in error.problems))
    except CountBelowHeld as error:
        return Saved(wrongs=(_say_held(error, entry),))
    return Saved(product_id=stored_id)


def _count(product_id: int, drafted: Drafted, visit: Visit, now: datetime) -> None:
    """Counted pieces go to the warehouse that orders are taken from first; with several the page has no such field."""
    if not drafted.counts or len(list_warehouses()) > 1:
        return
    stored = get_product_draft(product_id).draft.variants
    counts = [
        StockCount(variant.variant_id, drafted.counts[variant.choices][1])
        for variant in stored
        if variant.variant_id is not None and variant.choices in drafted.counts
    ]
    count_stock(counts=counts, actor_id=visit.user_id, now=now)


def _say_held(error: CountBelowHeld, entry: ProductEntry) -> Wrong:
    sentence = gettext("%(held)s of it are taken by buyers, so fewer than that cannot lie there.") % {
        "held": error.held
    }
    for number, row in enumerate(entry.variants):
        if row.variant_id == error.variant_id:
            row.wrongs["stock"] = sentence
            label = row.label.zh or row.label.en
            return f"#v-{number}-stock", f"{label}: {sentence}" if label else sentence
    return "#variants", sentence
