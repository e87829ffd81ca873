"""Lists through JSON: what they are, whose goods they hold, and their pages."""

from datetime import UTC, datetime

import pytest

from market.shops.services import suspend_shop
from search.collections.contracts import Collection, ListRule
from search.collections.services import save_collection
from search.listings.contracts import Sort
from tenants.catalog.contracts import Text

NOW = datetime(2026, 11, 22, 10, 41, tzinfo=UTC)


@pytest.fixture
def lists(market):
    """A list of the market, and one of each shop under the same address."""
    for owner in (None, *(shop.shop_id for shop in market.shops)):
        rule = ListRule(sort=Sort.PRICE_UP, price_to_minor=50_000)
        collection = Collection(0, owner, "", Text("便宜", "Cheap"), rule)
        save_collection(collection=collection, actor_id=1, now=NOW)
    return market


def test_lists_are_named_with_their_rules(lists):
    (one,) = lists.visitor.get("lists").json()["items"]
    assert one["slug"] == "cheap" and one["title"] == {"zh": "便宜", "en": "Cheap"}
    assert one["rule"]["price_to_minor"] == 50_000 and one["rule"]["sort"] == "price_up"
    assert len(lists.visitor.get(f"shops/{lists.shops[0].slug}/lists").json()["items"]) == 1


def test_pages_of_a_list_follow_each_other(lists):
    first = lists.visitor.get("lists/cheap?size=1").json()
    second = lists.visitor.get(f"lists/cheap?size=1&cursor={first['next_cursor']}").json()
    assert first["total"] == 2 and second["next_cursor"] is None
    assert [page["items"][0]["price_from_minor"] for page in (first, second)] == [1_000, 9_000]


def test_a_shops_list_holds_its_own_goods(lists):
    for shop, listing_id in zip(lists.shops, lists.listing_ids, strict=True):
        page = lists.visitor.get(f"shops/{shop.slug}/lists/cheap").json()
        assert [item["listing_id"] for item in page["items"]] == [listing_id]


@pytest.mark.parametrize("path", ["lists/nothing", "shops/nobody/lists", "shops/nobody/lists/cheap"])
def test_what_is_not_there_is_not_found(lists, path):
    assert lists.visitor.get(path).status_code == 404


def test_a_made_up_cursor_is_a_problem_and_a_suspended_shop_is_gone(lists):
    assert lists.visitor.get("lists/cheap?cursor=made-up").status_code == 400
    suspend_shop(shop_id=lists.shops[0].shop_id, actor_id=1, reason="x", now=NOW)
    assert lists.visitor.get(f"shops/{lists.shops[0].slug}/lists/cheap").status_code == 404
