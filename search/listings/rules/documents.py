"""How a listing document is made of what the lower zones say. Only public facts go in."""

from collections.abc import Mapping, Sequence

from market.shops.contracts import ShopContext
from market.taxonomy.contracts import CategoryTree
from search.listings.contracts import (
    SHOWN_AVAILABLE_AT_MOST,
    ListingCategory,
    ListingDelivery,
    ListingDocument,
    ListingOption,
    ListingShop,
    ListingVariant,
)
from tenants.catalog.contracts import ProductSheet, ProductStatus, Text, Variant
from tenants.shipping.contracts import FreightTerms


def can_be_shown(sheet: ProductSheet, shop: ShopContext) -> bool:
    """A listing is shown while its shop is open and its product active and priced."""
    return shop.is_open and sheet.status is ProductStatus.ACTIVE and bool(sheet.variants)


def make_document(
    *,
    sheet: ProductSheet,
    shop: ShopContext,
    available: Mapping[int, int],
    terms: FreightTerms,
    tree: CategoryTree,
) -> ListingDocument:
    """The document of a product; its listing id and version are given by the row it is kept in."""
    return ListingDocument(
        listing_id=0,
        version=0,
        shop=make_shop(shop),
        product_id=sheet.product_id,
        title=sheet.title,
        subtitle=sheet.subtitle,
        body_html=sheet.body_html,
        category_path=_make_path(sheet.category_id, tree),
        brand=sheet.brand,
        tags=sheet.tags,
        parameters=sheet.parameters,
        options=tuple(ListingOption(option.name, option.values) for option in sheet.options),
        variants=_make_variants(sheet.variants, available),
        pictures=sheet.pictures,
        delivery=ListingDelivery(terms.flat_minor, terms.free_from_minor, terms.ships_from, terms.handling_hours),
        currency=sheet.currency,
        created_at=sheet.created_at,
    )


def make_shop(shop: ShopContext) -> ListingShop:
    """The shop as pages show it."""
    return ListingShop(shop.shop_id, shop.slug, Text(shop.name.zh, shop.name.en), shop.stall, shop.mark)


def _make_path(category_id: int | None, tree: CategoryTree) -> tuple[ListingCategory, ...]:
    if category_id is None or tree.find(category_id) is None:
        return ()
    return tuple(
        ListingCategory(node.category_id, node.slug, Text(node.name_zh, node.name_en))
        for node in tree.list_line(category_id)
    )


def _make_variants(variants: Sequence[Variant], available: Mapping[int, int]) -> tuple[ListingVariant, ...]:
    return tuple(
        ListingVariant(
            variant_id=variant.variant_id,
            sku=variant.sku,
            choices=variant.choices,
            price_minor=variant.price_minor,
            compare_at_minor=variant.compare_at_minor,
            available=max(0, min(available.get(variant.variant_id, 0), SHOWN_AVAILABLE_AT_MOST)),
            barcode=variant.barcode,
            weight_grams=variant.weight_grams,
            picture_index=variant.picture_index,
        )
        for variant in variants
    )
