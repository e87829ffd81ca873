"""Pages of lists: on the market, on a shop's own host, and their first goods on front pages."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from market.shops.services import suspend_shop
from search.collections.contracts import Collection, ListRule
from search.collections.services import remove_collection, save_collection
from search.curation.contracts import HotWord
from search.curation.services import save_hot_word
from search.listings.contracts import Sort
from tenants.catalog.contracts import Text
from tests.fixtures.api import list_product
from tests.fixtures.statements import captured_statements
from tests.storefront.pages.conftest import Browser

NOW = datetime(2026, 11, 22, 10, 41, tzinfo=UTC)
MUG, TEA = "青釉马克杯 EN", "明前龙井 EN"


def define(title: str, en: str, rule: ListRule, *, shop=None, on_front: bool = False) -> Collection:
    owner = shop.shop_id if shop else None
    collection = Collection(0, owner, "", Text(title, en), rule, on_front=on_front)
    return save_collection(collection=collection, actor_id=1, now=NOW)


@pytest.fixture
def fair(street):
    """The street with an index and three lists: one of the market, one of each shop."""
    street.index()
    define("百元以下", "Under 50", ListRule(price_to_minor=5_000), on_front=True)
    for shop in street.shops:
        define("新品", "New", ListRule(sort=Sort.NEWEST), shop=shop, on_front=True)
    return street


def open_on(host: str, path: str, *, status: int = 200) -> str:
    answer = Client(headers={"host": host, "accept-language": "en"}).get(path)
    assert answer.status_code == status, (host, path, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize(("language", "title"), [("en", "Under 50"), ("zh-CN", "百元以下")])
def test_a_list_has_a_page_in_both_languages(fair, language, title):
    page = Browser(language).open("/lists/under-50/")
    assert f"<h1>{title}" in page and f"/item/{fair.listing_ids[0]}/" in page
    assert f"/item/{fair.listing_ids[1]}/" not in page


def test_a_shops_list_holds_its_own_goods_on_both_hosts(fair):
    for shop, own, other in ((fair.shops[0], MUG, TEA), (fair.shops[1], TEA, MUG)):
        for host, path in (
            ("jishi.localhost", f"/shop/{shop.slug}/lists/new/"),
            (f"{shop.slug}.jishi.localhost", "/lists/new/"),
        ):
            page = open_on(host, path)
            assert own in page and other not in page, (host, path)


def test_front_pages_show_the_first_goods_and_lead_on(fair):
    home = Browser().open("/")
    assert re.search(r'<h2 id="list-under-50">Under 50</h2><a class="small" href="/lists/under-50/">', home)
    shop = Browser().open("/shop/alpha/")
    assert '<h2 id="list-new">New</h2>' in shop and 'href="/shop/alpha/lists/new/"' in shop
    own = open_on("alpha.jishi.localhost", "/")
    assert 'href="/lists/new/"' in own
    assert '<h2 id="list-new">' not in Browser().open("/shop/alpha/?sort=newest"), "only the front page shows them"


@pytest.mark.parametrize(
    "path",
    ["/lists/nothing/", "/shop/alpha/lists/under-50/", "/shop/nobody/lists/new/", "/lists/under-50/?after=made-up"],
)
def test_an_address_that_leads_nowhere_is_said_to(fair, path):
    Browser().open(path, status=404)


def test_a_removed_list_and_a_suspended_shop_are_gone_with_the_next_request(fair):
    visitor = Browser()
    visitor.open("/shop/alpha/lists/new/")
    suspend_shop(shop_id=fair.shops[0].shop_id, actor_id=1, reason="x", now=NOW)
    visitor.open("/shop/alpha/lists/new/", status=404)
    open_on("alpha.jishi.localhost", "/lists/new/", status=404)
    gone = define("暂时", "For now", ListRule())
    assert "For now" in visitor.open("/lists/for-now/") and "For now" in visitor.open("/lists/under-50/")
    remove_collection(shop_id=None, collection_id=gone.collection_id, actor_id=1, now=NOW)
    visitor.open("/lists/for-now/", status=404)
    assert "For now" not in visitor.open("/lists/under-50/")


def test_a_long_list_is_paged_without_gaps(street):
    for number in range(40):
        list_product(street.shops[0], sku=f"L-{number}", price_minor=2_000 + number, title=f"杯子{number:02}")
    street.index()
    define("长", "Long", ListRule(sort=Sort.PRICE_UP, most=40))
    visitor, path, seen = Browser(), "/lists/long/", []
    for _ in range(9):
        page = visitor.open(path)
        seen += re.findall(r"杯子(\d\d) EN</", page)
        following = re.search(r'href="(\?after=[^"]+)" rel="next"', page)
        if not following:
            break
        path = f"/lists/long/{following[1]}"
    assert seen == [f"{number:02}" for number in range(39)], "the mug is cheapest, so 39 of the others are left"


def test_pages_with_lists_cost_what_pages_cost(fair, monkeypatch, settings):
    settings.DEBUG = False
    visitor = Client(headers={"host": "jishi.localhost", "accept-language": "en"})
    for path in ("/lists/under-50/", "/shop/alpha/lists/new/", "/shop/alpha/", "/"):
        visitor.get("/search?q=杯")
        with captured_statements(monkeypatch) as again_known:
            visitor.get(path)
        with captured_statements(monkeypatch) as kept:
            visitor.get(path)
        assert not again_known.touches_shop and len(kept) == 1, f"{path}\n{kept}"


def test_an_empty_list_helps_on(street):
    street.index()
    define("空", "Empty", ListRule(price_to_minor=1))
    page = Browser().open("/lists/empty/")
    assert "Nothing on this list now" in page and "Back to the market" in page


@pytest.mark.parametrize("path", ["/", "/lists/under-50/", "/search?q=杯"])
def test_a_hot_word_is_on_kept_pages_at_once_and_gone_when_its_time_is_over(fair, path, monkeypatch):
    visitor = Browser()
    assert "Mooncakes" not in visitor.open(path)
    begins = timezone.now() - timedelta(hours=1)
    word = HotWord(0, "月饼", "Mooncakes", "月饼", 1, begins, begins + timedelta(hours=2))
    save_hot_word(word=word, actor_id=1, now=begins)
    assert "Mooncakes" in visitor.open(path)
    later = begins + timedelta(hours=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "Mooncakes" not in visitor.open(path)
