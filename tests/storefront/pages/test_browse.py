"""Looking around: pages, addresses that lead nowhere, filters, and pages that are kept whole."""

import re
from datetime import UTC, datetime

import pytest
from django.db import transaction

from market.shops.services import suspend_shop
from market.shops.tenancy import enter_shop
from market.taxonomy.selectors import get_tree
from market.taxonomy.services import load_taxonomy
from tenants.catalog.models import Variant
from tests.fixtures.api import list_product
from tests.storefront.pages.conftest import Browser

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture
def fair(street):
    """The street with categories and an index."""
    load_taxonomy()
    get_tree(fresh=True)
    street.index()
    return street


@pytest.mark.parametrize(("language", "title"), [("en", "青釉马克杯 EN"), ("zh-CN", "青釉马克杯")])
def test_every_page_opens_in_both_languages(fair, language, title):
    visitor = Browser(language)
    mug = fair.listing_ids[0]
    for path in ("/shop/alpha/", f"/item/{mug}/", "/search", "/shops/", "/search?q=马克杯"):
        assert title in visitor.open(path), path
    tops = get_tree().list_tops()
    names = [top.name_en if language == "en" else top.name_zh for top in tops]
    assert all(name in visitor.open("/") for name in names)
    assert names[0] in visitor.open(f"/c/{tops[0].slug}/")


@pytest.mark.parametrize("path", ["/item/999999/", "/shop/nobody/", "/c/nothing/", "/item/99999999999999999999/"])
def test_an_address_that_leads_nowhere_is_said_to(fair, path):
    Browser().open(path, status=404)


@pytest.mark.parametrize(
    "path", ["/search?page=2", "/search?page=99", "/search?sort=newest&page=80", "/search?q=EN&page=9"]
)
def test_behind_the_last_page_comes_the_last_page(fair, path):
    page = Browser().open(path)
    assert "青釉马克杯 EN" in page and "reduced results" not in page


def test_nonsense_in_an_address_is_passed_over(fair):
    page = Browser().open("/search?utm_source=friend&min=abc&max=&page=x&sort=y&c=z&shop=q&a.=1")
    assert "青釉马克杯 EN" in page and 'class="chip" aria-current="true"' not in page and 'value="abc"' not in page


def test_conditions_can_be_taken_away_one_by_one(fair):
    shop = fair.shops[0]
    page = Browser().open(f"/search?shop={shop.shop_id}&min=5&max=20")
    assert "明前龙井 EN" not in page and "青釉马克杯 EN" in page
    chips = re.findall(r'class="chip" aria-current="true" href="([^"]+)">([^<]+)', page)
    assert chips == [("/search?min=5&max=20", "Alpha"), (f"/search?shop={shop.shop_id}", "¥5–20")]


def test_a_condition_keeps_its_name_where_nothing_is_found(fair):
    top = get_tree().list_tops()[0]
    page = Browser().open(f"/search?q=qqqqzzzz&c={top.category_id}&shop={fair.shops[1].shop_id}")
    assert re.findall(r'class="chip" aria-current="true" href="[^"]+">([^<]+)', page) == [top.name_en, "Beta"]


def test_nothing_found_says_the_next_step(fair):
    page = Browser().open("/search?q=qqqqzzzz")
    assert "Nothing found" in page and "Back to the market" in page


def test_a_search_from_the_table_is_said_and_not_kept(street):
    visitor = Browser()
    assert "reduced results" in visitor.open("/search")
    street.index()
    assert "reduced results" not in visitor.open("/search")


def test_a_suspended_shop_is_gone_at_once(fair):
    visitor = Browser()
    paths = ("/", "/search", "/shops/")
    [visitor.open(path) for path in (*paths, "/shop/alpha/", f"/item/{fair.listing_ids[0]}/")]
    suspend_shop(shop_id=fair.shops[0].shop_id, actor_id=1, reason="test", now=datetime.now(UTC))
    for path in paths:
        assert "/shop/alpha/" not in visitor.open(path) and "青釉马克杯" not in visitor.open(path)
    visitor.open("/shop/alpha/", status=404)
    visitor.open(f"/item/{fair.listing_ids[0]}/", status=404)


def test_a_changed_price_is_on_a_kept_page_at_once(fair):
    visitor, path = Browser(), f"/item/{fair.listing_ids[0]}/"
    assert "price_minor" not in visitor.open(path)
    with transaction.atomic(), enter_shop(fair.shops[0]):
        Variant.objects.update(price_minor=77_700)
    fair.refresh()
    assert "777" in visitor.open(path)


def test_two_visitors_of_a_kept_page_have_tokens_and_counts_of_their_own(fair):
    path = f"/item/{fair.listing_ids[0]}/"
    first, second = Browser(), Browser()
    first.put_in(fair.listing_ids[0], 7)
    first.open("/cart/")  # takes the toast away, which would keep the page from being kept
    pages = [browser.open(path) for browser in (first, second, first)]
    tokens = [_TOKEN.search(page)[1] for page in pages]
    assert len(set(tokens)) == len(tokens)
    assert ["<b>7</b>" in page for page in pages] == [True, False, True]
    assert second.put_in(fair.listing_ids[0]).status_code == 302


def test_a_product_without_pieces_cannot_be_bought(fair):
    _offer, listing_id = list_product(fair.shops[0], sku="NONE", pieces=0, title="空杯")
    visitor = Browser()
    page = visitor.open(f"/item/{listing_id}/")
    assert "Everything of this is sold out." in page and 'name="buy"' not in page
    assert visitor.put_in(listing_id)["Location"] == f"/item/{listing_id}/"
    assert "This choice is sold out." in visitor.open(f"/item/{listing_id}/")


def test_words_from_outside_stay_words(fair):
    page = Browser().client.get("/search", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page
