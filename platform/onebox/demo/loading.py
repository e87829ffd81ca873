"""Loads the demo through the same services that merchants and staff use. What is there already is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from market.media.services import store_picture
from market.shops.contracts import ShopContext, ShopStatus
from market.shops.selectors import find_shop_by_slug
from market.shops.services import approve_shop, open_shop, update_shop_profile
from market.shops.tenancy import enter_shop
from market.taxonomy.selectors import get_tree
from market.taxonomy.services import add_brand, load_taxonomy
from onebox.demo.catalogue import DemoProduct, DemoShop
from onebox.demo.lists import load_lists
from onebox.demo.people import MERCHANTS, SHOPPERS, STAFF, ensure_people, owner_of
from onebox.demo.pictures import draw
from search.listings.services import refresh_shop
from tenants.catalog.contracts import PictureDraft, ProductDraft, ProductStatus, VariantDraft
from tenants.catalog.selectors import find_product_by_handle, list_product_sheets
from tenants.catalog.services import create_product
from tenants.inventory.contracts import StockCount
from tenants.inventory.services import count_stock
from tenants.shipping.services import set_terms

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""

OPEN_FOR = timedelta(days=90)
LISTED_OVER = timedelta(days=60)
CHUNK = 20
LOW_AT = 10


class UnknownCategory(LookupError):
    """The taxonomy has no category that the goods name."""


def load_all(shops: Sequence[DemoShop], *, now: datetime, progress: Progress) -> list[ShopContext]:
    """Taxonomy, people, shops, goods and their listings. Returns the shops. Raises UnknownCategory."""
    progress("people and trades", 0, 1)
    load_taxonomy()
    categories = _categories(shops)
    opened_at = now - OPEN_FOR
    people = ensure_people([*SHOPPERS, *STAFF, *MERCHANTS], now=opened_at)
    progress("people and trades", 1, 1)
    contexts = []
    for number, shop in enumerate(shops):
        contexts.append(_ensure_shop(shop, people=people, now=opened_at))
        progress("shops", number + 1, len(shops))
    total = sum(len(shop.products) for shop in shops)
    done = 0
    for shop, context in zip(shops, contexts, strict=True):
        for loaded in _load_products(shop, context, categories, now=now):
            done += loaded
            progress("goods", done, total)
    for number, context in enumerate(contexts):
        refresh_shop(shop_id=context.shop_id, now=now)
        progress("listings", number + 1, len(contexts))
    load_lists(contexts, staff_id=people[STAFF[0].email], now=now)
    return contexts


def _categories(shops: Sequence[DemoShop]) -> dict[str, int]:
    tree = get_tree(fresh=True)
    wanted = {product.category for shop in shops for product in shop.products}
    found = {slug: node.category_id for slug in wanted if (node := tree.find_slug(slug))}
    if missing := wanted - found.keys():
        raise UnknownCategory(", ".join(sorted(missing)))
    return found


def _ensure_shop(shop: DemoShop, *, people: dict[str, int], now: datetime) -> ShopContext:
    """The shop, open and with its texts; a start that was broken off in between is finished."""
    owner_id, staff_id = people[owner_of(shop.slug).email], people[STAFF[0].email]
    context = find_shop_by_slug(shop.slug)
    if context is None:
        context = open_shop(owner_id=owner_id, name_zh=shop.name.zh, name_en=shop.name.en, slug=shop.slug, now=now)
    if context.status is ShopStatus.APPLIED:
        add_brand(slug=shop.slug, name_zh=shop.name.zh, name_en=shop.name.en)
        with transaction.atomic(), enter_shop(context):
            set_terms(shop_id=context.shop_id, terms=shop.terms, now=now)
        update_shop_profile(
            shop_id=context.shop_id,
            actor_id=owner_id,
            name_zh=shop.name.zh,
            name_en=shop.name.en,
            intro_zh=shop.intro.zh,
            intro_en=shop.intro.en,
            mark=shop.mark,
            now=now,
        )
        context = approve_shop(shop_id=context.shop_id, actor_id=staff_id, now=now)
    return context


def _load_products(shop: DemoShop, context: ShopContext, categories: dict[str, int], *, now: datetime) -> Iterator[int]:
    """Create what is missing, twenty products a transaction. Yields how many have been seen to, step by step."""
    for start in range(0, len(shop.products), CHUNK):
        chunk = shop.products[start : start + CHUNK]
        with transaction.atomic(), enter_shop(context):
            missing = [product for product in chunk if find_product_by_handle(product.handle) is None]
        if missing:
            days_ago = LISTED_OVER * (1 - start / len(shop.products))
            _load_chunk(missing, context, categories, listed_at=now - days_ago)
        yield len(chunk)


def _load_chunk(
    products: Sequence[DemoProduct], context: ShopContext, categories: dict[str, int], *, listed_at: datetime
) -> None:
    created: dict[int, DemoProduct] = {}
    with transaction.atomic():
        media = {product.handle: _store_pictures(product, context.shop_id, listed_at) for product in products}
        with enter_shop(context):
            for number, product in enumerate(products):
                draft = _draft(product, media[product.handle], categories[product.category])
                created[create_product(draft=draft, now=listed_at + timedelta(hours=number))] = product
            _count(created, listed_at)


def _store_pictures(product: DemoProduct, shop_id: int, now: datetime) -> tuple[PictureDraft, ...]:
    return tuple(
        PictureDraft(
            media_id=store_picture(
                shop_id=shop_id,
                content=draw(picture.spec),
                file_name=f"{product.handle}-{number + 1}.svg",
                trusted_svg=True,
                now=now,
            ),
            alt=picture.alt,
        )
        for number, picture in enumerate(product.pictures)
    )


def _count(created: dict[int, DemoProduct], now: datetime) -> None:
    """Put the stock of new products on their shelves."""
    on_hand = {variant.sku: variant.on_hand for product in created.values() for variant in product.variants}
    sheets = list_product_sheets(list(created))
    counts = [
        StockCount(variant.variant_id, on_hand[variant.sku], low_at=LOW_AT)
        for sheet in sheets
        for variant in sheet.variants
    ]
    count_stock(counts=counts, now=now)


def _draft(product: DemoProduct, pictures: tuple[PictureDraft, ...], category_id: int) -> ProductDraft:
    return ProductDraft(
        title=product.title,
        subtitle=product.subtitle,
        body_html=product.body_html,
        category_id=category_id,
        brand=product.brand,
        tags=product.tags,
        parameters=product.parameters,
        options=product.options,
        variants=tuple(
            VariantDraft(
                sku=variant.sku,
                choices=variant.choices,
                price_minor=variant.price_minor,
                compare_at_minor=variant.compare_at_minor,
                cost_minor=variant.cost_minor,
                weight_grams=variant.weight_grams,
                picture_index=variant.picture_index,
            )
            for variant in product.variants
        ),
        pictures=pictures,
        status=ProductStatus.ACTIVE,
        handle=product.handle,
    )
