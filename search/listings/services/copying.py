"""Copying a shop's products into public listings, so that the last writer is always the one who read last."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction

from market.shops.contracts import ShopContext
from market.shops.selectors import get_shop
from market.shops.services import bump_epoch
from market.shops.tenancy import enter_shop
from market.taxonomy.contracts import CategoryTree
from market.taxonomy.selectors import get_tree
from search.listings.contracts import ListingDocument, ListingState, RefreshOutcome
from search.listings.models import ListedVariant, Listing, ListingChange
from search.listings.rules.documents import can_be_shown, make_document
from search.listings.services.rows import COPIED_FIELDS, make_digest, make_row
from search.moderation.selectors import list_banned_products
from tenants.catalog.contracts import ProductSheet
from tenants.catalog.selectors import list_product_ids, list_product_sheets
from tenants.inventory.selectors import get_availability
from tenants.shipping.selectors import get_terms

CHUNK = 100


def refresh_listings(*, shop_id: int, product_ids: Iterable[int], now: datetime) -> RefreshOutcome:
    """Make the listings of these products what the products are now. Each hundred is one transaction.

    Repeats change nothing. Two refreshes of one shop wait for each other before they read, so that what was read
    earlier is never written later. Raises `ShopNotFound`.
    """
    tree = get_tree()
    changed: list[int] = []
    unchanged = 0
    for chunk in _cut(sorted(set(product_ids))):
        outcome = _refresh_chunk(shop_id, chunk, tree, now)
        changed.extend(outcome.changed)
        unchanged += outcome.unchanged
    return RefreshOutcome(tuple(changed), unchanged)


def refresh_shop(*, shop_id: int, now: datetime) -> RefreshOutcome:
    """Refresh every product that the shop has or that a listing remembers."""
    return refresh_listings(shop_id=shop_id, product_ids=list_known_product_ids(shop_id=shop_id), now=now)


def list_known_product_ids(*, shop_id: int) -> set[int]:
    """Products in the shop's catalogue, and those of which there is a listing that is not gone."""
    listed = Listing.objects.filter(shop_id=shop_id).exclude(state=ListingState.GONE.value)
    known = set(listed.values_list("product_id", flat=True))
    shop = get_shop(shop_id)
    after = 0
    while True:
        with transaction.atomic(durable=True), enter_shop(shop):
            found = list_product_ids(after=after)
        if not found:
            return known
        known.update(found)
        after = found[-1]


@transaction.atomic(durable=True)
def _refresh_chunk(shop_id: int, product_ids: Sequence[int], tree: CategoryTree, now: datetime) -> RefreshOutcome:
    wait_for_turn(shop_id)
    shop = get_shop(shop_id)
    banned = list_banned_products(shop_id=shop_id, product_ids=product_ids)
    sheets, documents = _read_products(shop, product_ids, tree, banned)
    before = {
        row.product_id: row
        for row in Listing.objects.filter(shop_id=shop_id, product_id__in=product_ids).defer("document", "card")
    }
    rows = []
    for product_id in product_ids:
        sheet, document, old = sheets.get(product_id), documents.get(product_id), before.get(product_id)
        state = _decide_state(sheet, document)
        if old is None and document is None:
            continue  # never shown: there is nothing to hide
        if old is not None and (old.state, old.digest) == (state.value, make_digest(document)):
            continue
        version = sheet.version if sheet else 0
        rows.append(make_row(shop_id, product_id, state, document, old=old, source_version=version, now=now))
    if rows:
        _write(rows, documents)
    return RefreshOutcome(tuple(row.pk for row in rows), len(product_ids) - len(rows))


def wait_for_turn(shop_id: int) -> None:
    """One writer of a shop's listings at a time, until the transaction ends (step)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('listings of shop ' || %s, 0))", [str(shop_id)])


def _read_products(
    shop: ShopContext, product_ids: Sequence[int], tree: CategoryTree, banned: frozenset[int]
) -> tuple[dict[int, ProductSheet], dict[int, ListingDocument]]:
    """The products there are, and documents of those that may be shown."""
    with enter_shop(shop):
        sheets = {sheet.product_id: sheet for sheet in list_product_sheets(product_ids)}
        shown = [sheet for sheet in sheets.values() if can_be_shown(sheet, shop) and sheet.product_id not in banned]
        available: Mapping[int, int] = {}
        if shown:
            available = get_availability([variant.variant_id for sheet in shown for variant in sheet.variants])
        terms = get_terms()
    documents = {
        sheet.product_id: make_document(sheet=sheet, shop=shop, available=available, terms=terms, tree=tree)
        for sheet in shown
    }
    return sheets, documents


def _decide_state(sheet: ProductSheet | None, document: ListingDocument | None) -> ListingState:
    if document is not None:
        return ListingState.SHOWN
    return ListingState.GONE if sheet is None else ListingState.HIDDEN


def _write(rows: Sequence[Listing], documents: Mapping[int, ListingDocument]) -> None:
    """Rows, the variants in them, what indexers must look at, and the epoch last."""
    Listing.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["shop_id", "product_id"], update_fields=COPIED_FIELDS
    )
    ListedVariant.objects.filter(listing_id__in=[row.pk for row in rows]).delete()
    listed = {
        variant.variant_id: ListedVariant(shop_id=row.shop_id, variant_id=variant.variant_id, listing_id=row.pk)
        for row in rows
        if row.product_id in documents
        for variant in documents[row.product_id].variants
    }
    ListedVariant.objects.bulk_create(
        listed.values(), update_conflicts=True, unique_fields=["shop_id", "variant_id"], update_fields=["listing"]
    )
    mark_changed(row.pk for row in rows)
    bump_epoch("listings")


def mark_changed(listing_ids: Iterable[int]) -> None:
    """Let every indexer look at these listings again (step)."""
    ListingChange.objects.bulk_create(
        [ListingChange(listing_id=pk, change_no=None) for pk in sorted(set(listing_ids))],
        update_conflicts=True,
        unique_fields=["listing_id"],
        update_fields=["change_no"],
    )


def _cut(product_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(product_ids), CHUNK):
        yield product_ids[start : start + CHUNK]
