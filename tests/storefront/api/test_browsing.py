"""Looking around through JSON: no token, two statements, nothing private."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from market.shops.services import suspend_shop
from tests.fixtures.api import MARKET, Api


def test_a_search_finds_goods_of_both_shops_with_facets(market):
    page = market.visitor.get("listings").json()
    assert page["total"] == 2
    assert {item["listing_id"] for item in page["items"]} == set(market.listing_ids)
    assert page["next_cursor"] is None


def test_a_search_is_narrowed_by_shop_and_price(market):
    shop_id = market.shops[1].shop_id
    (item,) = market.visitor.get(f"listings?shop={shop_id}&price_from_minor=5000").json()["items"]
    assert item["title"]["zh"] == "明前龙井"
    assert market.visitor.get(f"listings?shop={shop_id}&price_to_minor=5000").json()["items"] == []


def test_the_cursor_leads_to_the_next_page_without_gaps(market):
    first = market.visitor.get("listings?size=1&sort=price_up").json()
    second = market.visitor.get(f"listings?size=1&sort=price_up&cursor={first['next_cursor']}").json()
    assert [page["items"][0]["price_from_minor"] for page in (first, second)] == [1_000, 9_000]


@pytest.mark.parametrize(
    "query", ["size=61", "size=x", "sort=worst", "colour=blue", "cursor=made-up", "sort=best&sort=newest"]
)
def test_a_query_that_cannot_be_read_is_a_problem_that_says_where(market, query):
    answer = market.visitor.get(f"listings?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_an_unknown_parameter_is_named(market):
    assert market.visitor.get("listings?colour=blue").json()["errors"][0]["pointer"] == "/colour"


def test_a_listing_shows_what_can_be_bought_and_nothing_private(market):
    body = market.visitor.get(f"listings/{market.listing_ids[0]}").json()
    assert body["variants"][0]["variant_id"] == market.offers[0].variant_id
    assert "cost_minor" not in str(body)
    assert "private_notes" not in str(body)


def test_a_suspended_shop_is_gone_at_once(market, clock):
    suspend_shop(shop_id=market.shops[0].shop_id, actor_id=1, reason="-", now=clock.now)
    assert market.visitor.get("shops/alpha").status_code == 404
    assert market.visitor.get(f"listings/{market.listing_ids[0]}").status_code == 404
    assert market.visitor.get("listings").json()["total"] == 1


@pytest.mark.parametrize("path", ["listings", "listings?words=杯", "shops", "shops/alpha", "categories"])
def test_looking_around_takes_at_most_two_statements(market, indexed, path):
    market.visitor.get(path)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert market.visitor.get(path).status_code == 200
    assert len(_statements(seen)) <= 2


def test_a_shops_own_host_has_no_api(market):
    assert Api("alpha.jishi.localhost").get("listings").status_code == 404


@pytest.mark.parametrize("path", ["nothing", "listings/0x1", "listings/99999999999999999999", "shops/nobody"])
def test_what_is_not_there_is_a_problem_too(market, path):
    answer = Api(MARKET).get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_another_method_and_another_format_are_problems(market):
    assert market.visitor.post("listings", {}).status_code == 405
    assert market.visitor.get("listings", Accept="text/csv").status_code == 406
    assert market.visitor.get("listings", Accept="text/csv")["Content-Type"] == "application/problem+json"


def _statements(seen):
    return [q["sql"] for q in seen if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK"))]
