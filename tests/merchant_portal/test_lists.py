"""A shop's own lists in the portal: defined, tried, changed, removed and put back, and nobody else's."""

import pytest

from market.shops.contracts import Role
from market.shops.models import Membership
from search.collections.contracts import MOST_OF_SHOP, ListRule
from search.collections.selectors import list_all
from search.collections.services import save_collection
from search.listings.contracts import Sort
from tests.fixtures.api import list_product
from tests.merchant_portal.conftest import enter, make_person
from tests.search.collections.test_collections import make

GIVEN = {"title_zh": "本店新品", "sort": "newest", "most": "50", "place": "3", "is_shown": "on"}


def test_a_list_is_defined_changed_removed_and_put_back(merchant) -> None:
    shop_id, browser = merchant.shop.shop_id, merchant.browser
    given = {**GIVEN, "price_to": "99.99", "tag": "手作", "left_out": "item/7/ http://x/item/9?from=home"}
    page = browser.post("/lists/new/", given, follow=True).content.decode()
    assert "Shoppers see it with the next page" in page and "本店新品" in page
    (one,) = list_all(shop_id=shop_id)
    rule = ListRule(price_to_minor=9_999, tag="手作", in_stock=False, sort=Sort.NEWEST, most=50)
    assert (one.rule, one.left_out, one.slug) == (rule, (7, 9), "bendianxinpin")
    assert 'value="99.99"' in browser.get(f"/lists/{one.collection_id}/").content.decode()
    browser.post(f"/lists/{one.collection_id}/", {**given, "title_en": "New", "in_stock": "on"})
    (one,) = list_all(shop_id=shop_id)
    assert (one.title.en, one.slug, one.rule.in_stock) == ("New", "bendianxinpin", True)
    page = browser.post(f"/lists/{one.collection_id}/remove/", follow=True).content.decode()
    assert f"/lists/{one.collection_id}/put-back/" in page and list_all(shop_id=shop_id) == []
    browser.post(f"/lists/{one.collection_id}/put-back/")
    assert list_all(shop_id=shop_id) == [one]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title_zh": ""}, "Enter a title"),
        ({"price_from": "20", "price_to": "10"}, "highest price is below the lowest"),
        ({"left_out": "mug"}, "is no product"),
        ({"sort": "best"}, "best is not one"),
    ],
)
def test_what_cannot_be_is_said_and_kept_in_the_form(merchant, changed, said) -> None:
    answer = merchant.browser.post("/lists/new/", {**GIVEN, **changed})
    assert answer.status_code == 422 and said in answer.content.decode()
    assert list_all(shop_id=merchant.shop.shop_id) == []


def test_a_list_holds_goods_of_the_shop_whatever_is_sent(make_merchant) -> None:
    here, there = make_merchant("alpha"), make_merchant("beta")
    list_product(here.shop, sku="MINE", price_minor=1_000, title="我的杯")
    list_product(there.shop, sku="THEIRS", price_minor=1_000, title="别人的杯")
    forged = {**GIVEN, "shop": "beta", "shop_id": there.shop.shop_id, "owner_shop_id": there.shop.shop_id}
    page = here.browser.post("/lists/new/", {**forged, "preview": "1"}).content.decode()
    assert "1 product now" in page and "我的杯" in page and "别人的杯" not in page
    assert list_all(shop_id=here.shop.shop_id) == []
    here.browser.post("/lists/new/", forged)
    assert len(list_all(shop_id=here.shop.shop_id)) == 1 and list_all(shop_id=there.shop.shop_id) == []


def test_a_list_of_another_shop_is_not_there(make_merchant, clock) -> None:
    here, there = make_merchant("alpha"), make_merchant("beta")
    theirs = save_collection(collection=make(shop=there.shop, title="别人的"), actor_id=1, now=clock.now)
    path = f"/lists/{theirs.collection_id}/"
    assert here.browser.get(path).status_code == 404
    for page in (path, f"{path}remove/", f"{path}put-back/"):
        assert here.browser.post(page, GIVEN).status_code == 404
    assert list_all(shop_id=there.shop.shop_id) == [theirs]
    assert "别人的" not in here.browser.get("/lists/").content.decode()


def test_who_only_sends_parcels_defines_no_lists(merchant, clock) -> None:
    packer = make_person("packer")
    facts = {"shop_id": merchant.shop.shop_id, "role": Role.FULFILMENT.value, "since": clock.now}
    Membership.objects.create(user_id=packer.user_id, **facts)
    browser = enter(packer)
    assert browser.get("/lists/").status_code == browser.post("/lists/new/", GIVEN).status_code == 403


def test_there_is_an_end_to_lists(merchant, clock) -> None:
    for _ in range(MOST_OF_SHOP):
        save_collection(collection=make(shop=merchant.shop), actor_id=1, now=clock.now)
    answer = merchant.browser.post("/lists/new/", GIVEN)
    assert answer.status_code == 422 and "20 lists already" in answer.content.decode()
