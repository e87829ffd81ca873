"""The demo's goods: enough of them, whole in both languages, and sensible."""

import json
import re
from collections import Counter
from collections.abc import Iterator

from market.shops.hosts import RESERVED_SLUGS
from market.shops.rules import is_slug
from market.taxonomy.services import TRADES_FILE
from onebox.demo.catalogue import DemoProduct, build_catalogue
from onebox.demo.people import MERCHANTS, SHOPPERS, STAFF, list_sign_ins, owner_of
from onebox.demo.trades import GOODS, OPENED, PALETTE_FILE, list_trades, load_palette
from tenants.catalog.contracts import ProductDraft, ProductStatus, Text, VariantDraft
from tenants.catalog.rules import check_draft, clean_html

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LOWEST_MINOR, HIGHEST_MINOR = 500, 500_000


def _products() -> list[DemoProduct]:
    return [product for shop in build_catalogue() for product in shop.products]


def _texts(product: DemoProduct) -> Iterator[Text]:
    yield from (product.title, product.subtitle, product.body_html)
    for parameter in product.parameters:
        yield from (parameter.name, parameter.value)
    for option in product.options:
        yield option.name
        yield from option.values
    for picture in product.pictures:
        yield picture.alt


def test_there_are_enough_shops_and_goods_of_every_trade() -> None:
    trades = json.loads(TRADES_FILE.read_text())
    top_of = {child[0]: trade["slug"] for trade in trades for child in trade["children"]}
    assert len(build_catalogue()) >= 14
    assert len(_products()) >= 640
    assert {top_of[product.category] for product in _products()} == {trade["slug"] for trade in trades}


def test_every_file_of_goods_is_a_shop() -> None:
    assert {path.stem for path in GOODS.glob("*.toml")} == {*OPENED, PALETTE_FILE.removesuffix(".toml")}


def test_no_two_titles_are_equal_in_either_language() -> None:
    for language in ("zh", "en"):
        titles = Counter(getattr(product.title, language) for product in _products())
        assert [title for title, count in titles.items() if count > 1] == []


def test_no_two_products_of_a_shop_share_a_handle_or_a_sku() -> None:
    for shop in build_catalogue():
        handles = Counter(product.handle for product in shop.products)
        skus = Counter(variant.sku for product in shop.products for variant in product.variants)
        assert max(handles.values()) == 1
        assert max(skus.values()) == 1


def test_every_text_is_there_in_chinese_and_in_english() -> None:
    for product in _products():
        for text in _texts(product):
            assert text.zh.strip(), product.title
            assert text.en.strip(), product.title
            assert not CHINESE.search(text.en), text.en
        assert CHINESE.search(product.title.zh)
        assert "{" not in product.title.zh + product.title.en + product.subtitle.zh + product.subtitle.en


def test_a_body_has_two_to_four_paragraphs_and_nothing_to_sanitise() -> None:
    for product in _products():
        for body in (product.body_html.zh, product.body_html.en):
            assert 2 <= body.count("<p>") <= 4
            assert clean_html(body) == body


def test_prices_are_whole_and_a_struck_price_is_a_little_higher() -> None:
    struck = 0
    for variant in (variant for product in _products() for variant in product.variants):
        assert LOWEST_MINOR <= variant.price_minor <= HIGHEST_MINOR, variant.sku
        assert variant.price_minor % 100 == 0
        assert variant.cost_minor < variant.price_minor
        if variant.compare_at_minor is not None:
            struck += 1
            assert variant.price_minor < variant.compare_at_minor <= variant.price_minor * 3 // 2 + 100
    assert 0.05 < struck / sum(len(product.variants) for product in _products()) < 0.3


def test_some_stock_is_low_some_is_gone_and_most_is_there() -> None:
    stock = [variant.on_hand for product in _products() for variant in product.variants]
    assert 0.02 < sum(count == 0 for count in stock) / len(stock) < 0.15
    assert 0.03 < sum(0 < count < 10 for count in stock) / len(stock) < 0.15


def test_the_catalogue_accepts_every_product() -> None:
    for product in _products():
        draft = ProductDraft(
            title=product.title,
            subtitle=product.subtitle,
            body_html=product.body_html,
            brand=product.brand,
            tags=product.tags,
            parameters=product.parameters,
            options=product.options,
            variants=tuple(
                VariantDraft(variant.sku, variant.choices, variant.price_minor, variant.compare_at_minor)
                for variant in product.variants
            ),
            status=ProductStatus.ACTIVE,
        )
        assert check_draft(draft) == []
        assert all(0 <= variant.picture_index < len(product.pictures) for variant in product.variants)


def test_the_goods_are_the_same_every_time() -> None:
    before = build_catalogue()
    for kept in (build_catalogue, list_trades, load_palette):
        kept.cache_clear()
    assert build_catalogue() == before


def test_every_shop_has_an_address_a_mark_and_an_owner() -> None:
    for shop in build_catalogue():
        assert is_slug(shop.slug, RESERVED_SLUGS)
        assert len(shop.mark) == 1
        assert owner_of(shop.slug)
    assert sum(len(person.shops) for person in MERCHANTS) == len(build_catalogue())
    assert sorted(len(person.shops) for person in MERCHANTS)[-1] == 2


def test_people_are_told_apart_and_the_launcher_can_name_them() -> None:
    people = [*SHOPPERS, *MERCHANTS, *STAFF]
    assert len({person.email for person in people}) == len({person.phone for person in people}) == len(people)
    assert {"Shopper", "Merchant", "Staff"} <= {row["who"] for row in list_sign_ins()}
    assert all(set(row) == {"who", "sign_in", "password"} for row in list_sign_ins())
