"""Plans that are paid per sale through the merchant API: made once, changed, stopped, and never another shop's."""

import pytest
from django.utils import timezone

from market.shops.contracts import Scope
from merchant_portal.api import plans
from search.campaigns.models import Campaign
from search.listings.services import refresh_listings
from search.per_sale.models import PlanVersion
from tests.fixtures.api import make_shop_api
from tests.merchant_portal.test_per_sale import bring


@pytest.fixture
def body(trade) -> dict:
    """A plan for alpha's mug."""
    for shop, offer in zip(trade.shops, trade.offers, strict=True):
        refresh_listings(shop_id=shop.shop_id, product_ids=[offer.product_id], now=timezone.now())
    return {"name": "成交付费", "default_bps": 500, "goods": [{"product_id": trade.offers[0].product_id}]}


def make(trade, body: dict, key: str = "1") -> dict:
    answer = trade.alpha.post("sale-plans", body, Idempotency_Key=key)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_plan_is_made_read_and_listed(trade, body) -> None:
    answer = trade.alpha.post("sale-plans", body, Idempotency_Key="1")
    plan = answer.json()
    path = f"sale-plans/{plan['plan_id']}"
    assert (answer.status_code, answer["Location"]) == (201, f"/api/v1/{path}")
    assert (plan["state"], plan["version"], plan["default_bps"], plan["categories"]) == ("running", 1, 500, [])
    assert plan["goods"] == [{**body["goods"][0], "rate_bps": 500, "rate_from": "plan"}]
    assert plan["sums"] == {"sales": 0, "goods_minor": 0, "waiting_minor": 0, "charged_minor": 0}
    assert trade.alpha.get(path).json() == plan
    assert trade.alpha.get("sale-plans").json() == {"items": [plan], "next_cursor": None}
    assert trade.alpha.get("sale-plans?state=paused").json()["items"] == []
    assert trade.alpha.get("campaigns").json()["items"] == [], "a plan is no campaign"
    draft = make(trade, {**body, "draft": True}, key="2")
    assert [one["plan_id"] for one in trade.alpha.get("sale-plans?state=draft").json()["items"]] == [draft["plan_id"]]


def test_plans_come_page_by_page(trade, body, monkeypatch) -> None:
    monkeypatch.setattr(plans, "PAGE", 2)
    made = [make(trade, body, key=str(number))["plan_id"] for number in range(3)]
    first = trade.alpha.get("sale-plans").json()
    second = trade.alpha.get(f"sale-plans?cursor={first['next_cursor']}").json()
    assert [plan["plan_id"] for plan in first["items"] + second["items"]] == made[::-1]
    assert second["next_cursor"] is None
    assert trade.alpha.get(f"sale-plans?state=running&cursor={first['next_cursor']}").status_code == 400
    assert trade.beta.get(f"sale-plans?cursor={first['next_cursor']}").status_code == 400


def test_the_same_key_makes_one_plan(trade, body) -> None:
    first, second = (trade.alpha.post("sale-plans", body, Idempotency_Key="1") for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert trade.alpha.post("sale-plans", {**body, "name": "x"}, Idempotency_Key="1").status_code == 422
    assert trade.alpha.post("sale-plans", body).status_code == 400
    assert Campaign.plans.count() == 1


def test_what_is_wrong_is_told_by_pointer(trade, body) -> None:
    mug, unknown = body["goods"][0], {"product_id": 999_999}
    wrongs = {
        "/name": {"name": " "},
        "/default_bps": {"default_bps": 99},
        "/goods": {"goods": [{**mug, "rate_bps": 9_999}]},
        "/categories": {"categories": [{"category_id": 999_999, "rate_bps": 500}]},
        "/goods/0/rate_bps": {"goods": [{**mug, "rate_bps": "5"}]},
        "/colour": {"colour": "red"},
    }
    for number, (pointer, change) in enumerate(wrongs.items()):
        answer = trade.alpha.post("sale-plans", {**body, **change}, Idempotency_Key=f"w{number}")
        assert answer.status_code in (400, 422), (pointer, answer.content)
        assert answer["Content-Type"].startswith("application/problem+json")
        assert answer.json()["errors"][0]["pointer"] == pointer
        assert answer.json()["errors"][0]["detail"]
    for key, goods, kind in (("n", [unknown], "unknown-product"), ("t", [mug, mug], "invalid-plan")):
        answer = trade.alpha.post("sale-plans", {**body, "goods": goods}, Idempotency_Key=key)
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (422, kind)
    assert not Campaign.plans.exists()


def test_a_plan_is_changed_for_clicks_from_now_on(trade, body) -> None:
    plan = make(trade, body)
    path = f"sale-plans/{plan['plan_id']}"
    goods = [{**body["goods"][0], "rate_bps": 800}]
    change = {"name": "更高", "default_bps": 600, "goods": goods, "expected_version": 1}
    changed = trade.alpha.ask("PUT", path, change).json()
    assert (changed["name"], changed["version"]) == ("更高", 2)
    assert changed["goods"] == [{**goods[0], "rate_from": "product"}]
    late = trade.alpha.ask("PUT", path, {**change, "name": "x"})
    assert (late.status_code, late.json()["found"]) == (409, 2)
    again = trade.alpha.ask("PUT", path, {**change, "expected_version": None}).json()
    assert again["version"] == 2, "the same again makes no version"
    assert PlanVersion.objects.get(campaign_id=plan["plan_id"], number=1).default_bps == 500


def test_a_plan_is_stopped_started_and_ended_for_good(trade, body) -> None:
    path = f"sale-plans/{make(trade, body)['plan_id']}"
    seen = [trade.alpha.post(f"{path}/state", {"state": state}) for state in ("paused", "paused", "running", "ended")]
    assert [(answer.json()["state"], answer.json()["version"]) for answer in seen] == [
        ("paused", 2), ("paused", 2), ("running", 3), ("ended", 4)
    ]  # fmt: skip
    assert trade.alpha.post(f"{path}/state", {"state": "running"}).status_code == 409
    assert trade.alpha.ask("PUT", path, body).status_code == 409
    draft = f"sale-plans/{make(trade, {**body, 'draft': True}, key='2')['plan_id']}"
    assert trade.alpha.post(f"{draft}/state", {"state": "paused"}).json()["type"].endswith("wrong-state")


def test_there_are_twenty_plans_at_most(trade, body) -> None:
    for number in range(20):
        make(trade, body, key=str(number))
    answer = trade.alpha.post("sale-plans", body, Idempotency_Key="one too many")
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "too-many-plans")


def test_the_orders_of_a_plan_are_listed_line_by_line(trade, body) -> None:
    plan_id, shop_id = make(trade, body)["plan_id"], trade.shops[0].shop_id
    sale = bring(shop_id, plan_id, trade.offers[0].product_id)
    sale.lines.create(
        number=2, product_id=1, title_zh="勺", title_en="", quantity=1, goods_minor=0, net_minor=0, commission_minor=0
    )
    (found,) = trade.alpha.get(f"sale-plans/{plan_id}/sales").json()["items"]
    assert (found["share_no"], found["state"], found["commission_minor"]) == (sale.share_no, "waiting", 150)
    assert [(line["rate_bps"], line["commission_minor"]) for line in found["lines"]] == [(500, 150), (None, 0)]
    assert trade.alpha.get(f"sale-plans/{plan_id}").json()["sums"]["waiting_minor"] == 150
    bring(shop_id, plan_id, 1, share_no="261128AB-2", invalid_reason="regular_gaps")
    (_, free) = trade.alpha.get(f"sale-plans/{plan_id}/sales").json()["items"][::-1]
    assert (free["state"], free["invalid_reason"], free["commission_minor"]) == ("invalid", "regular_gaps", 0)
    assert trade.alpha.get(f"sale-plans/{plan_id}").json()["sums"]["sales"] == 1
    assert trade.alpha.get(f"sale-plans/{plan_id}/sales?cursor=x").status_code == 400


def test_another_shops_plan_is_not_there(trade, body) -> None:
    plan = make(trade, body)
    path = f"sale-plans/{plan['plan_id']}"
    answers = [
        trade.beta.get(path),
        trade.beta.get(f"{path}/sales"),
        trade.beta.ask("PUT", path, {**body, "goods": [{"product_id": trade.offers[1].product_id}]}),
        trade.beta.post(f"{path}/state", {"state": "paused"}),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert trade.beta.get("sale-plans").json()["items"] == []
    assert trade.alpha.get(path).json() == plan


def test_a_token_opens_only_what_it_is_for(trade, body) -> None:
    reader, stock = (make_shop_api(trade.shops[0], scope) for scope in (Scope.ADS_READ, Scope.STOCK_READ))
    assert reader.get("sale-plans").status_code == 200
    assert reader.post("sale-plans", body, Idempotency_Key="1").status_code == 403
    assert stock.get("sale-plans").status_code == 403
