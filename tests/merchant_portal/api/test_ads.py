"""Campaigns through the merchant API: made once, changed, and never another shop's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from market.shops.contracts import Scope
from search.campaigns.models import Campaign
from search.campaigns.selectors import read_live
from search.listings.services import refresh_listings
from search.signals.rules.audiences import EVERYBODY, name_device, name_region
from tests.fixtures.api import make_shop_api
from tests.search.campaigns.test_audiences import fill


@pytest.fixture
def body(trade) -> dict:
    """A campaign for alpha's mug."""
    for shop, offer in zip(trade.shops, trade.offers, strict=True):
        refresh_listings(shop_id=shop.shop_id, product_ids=[offer.product_id], now=timezone.now())
    return {
        "name": "马克杯·搜索词",
        "kind": "keyword",
        "daily_budget_minor": 20_000,
        "starts_on": timezone.localdate().isoformat(),
        "hours": ["0" * 8 + "1" * 16] * 7,
        "regions": ["33"],
        "page_percent": {"category": 150},
        "group": {
            "name": "杯子",
            "bid_minor": 60,
            "product_ids": [trade.offers[0].product_id],
            "keywords": [{"text": "马克杯"}, {"text": "陶瓷 马克杯", "match": "exact", "bid_minor": 80}],
        },
    }


def test_a_campaign_is_made_and_read(trade, body) -> None:
    made = trade.alpha.post("campaigns", body, Idempotency_Key="1")
    assert made.status_code == 201, made.content
    whole = made.json()
    campaign = whole["campaign"]
    assert made["Location"] == f"/api/v1/campaigns/{campaign['campaign_id']}"
    assert (campaign["state"], campaign["hours"], campaign["page_percent"]["category"]) == (
        "running", body["hours"], 150
    )  # fmt: skip
    assert (whole["groups"][0]["words"], whole["groups"][0]["ads"]) == (2, 1)
    (live,) = read_live(None)
    assert live.regions == {"33"} and not live.hours & 0xFF and live.hours >> 8 & 1
    assert trade.alpha.get(f"campaigns/{campaign['campaign_id']}").json() == whole
    assert [one["name"] for one in trade.alpha.get("campaigns?state=running").json()["items"]] == [body["name"]]
    assert trade.alpha.get("campaigns?state=ended").json()["items"] == []


def test_the_same_key_makes_one_campaign(trade, body) -> None:
    first, second = (trade.alpha.post("campaigns", body, Idempotency_Key="1") for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert trade.alpha.post("campaigns", {**body, "name": "x"}, Idempotency_Key="1").status_code == 422
    assert trade.alpha.post("campaigns", body).status_code == 400
    assert Campaign.objects.count() == 1


def test_what_is_wrong_is_told_by_pointer(trade, body) -> None:
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    foreign = max(offer.product_id for offer in trade.offers) + 1_000
    wrongs = {
        "/starts_on": {"starts_on": yesterday},
        "/regions": {"regions": ["99"]},
        "/total_budget_minor": {"total_budget_minor": 1_000},
        "/hours": {"hours": ["0" * 24] * 7},
        "/bid_minor": {"group": {**body["group"], "bid_minor": 1}},
        "/text": {"group": {**body["group"], "keywords": [{"text": "13812345678"}]}},
        "/product_ids": {"group": {**body["group"], "product_ids": [foreign]}},
    }
    for number, (pointer, change) in enumerate(wrongs.items()):
        answer = trade.alpha.post("campaigns", {**body, **change}, Idempotency_Key=f"w{number}")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
        assert answer["Content-Type"].startswith("application/problem+json")
    assert not Campaign.objects.exists()


def test_a_bid_above_the_budget_of_a_day_is_refused(trade, body) -> None:
    small = {**body, "daily_budget_minor": 5_000}
    dear = {**small, "group": {**body["group"], "keywords": [{"text": "马克杯", "bid_minor": 6_000}]}}
    answers = [
        trade.alpha.post("campaigns", {**small, "group": {**body["group"], "bid_minor": 6_000}}, Idempotency_Key="1"),
        trade.alpha.post("campaigns", dear, Idempotency_Key="2"),
    ]
    made = trade.alpha.post("campaigns", small, Idempotency_Key="3").json()
    campaign, group = made["campaign"], f"ad-groups/{made['groups'][0]['group_id']}"
    word = trade.alpha.get(group).json()["keywords"][0]["keyword_id"]
    answers += [
        trade.alpha.ask("PUT", group, {"name": "杯子", "bid_minor": 6_000}),
        trade.alpha.post(f"{group}/keywords", {"keywords": [{"text": "茶杯", "bid_minor": 6_000}]}),
        trade.alpha.post(f"{group}/keywords/changes", {"changes": [{"keyword_id": word, "bid_minor": 6_000}]}),
    ]
    assert [answer.status_code for answer in answers] == [422] * len(answers)
    assert {answer.json()["errors"][0]["pointer"] for answer in answers} == {"/bid_minor"}
    assert trade.alpha.ask("PUT", group, {"name": "杯子", "bid_minor": 5_000}).status_code == 200
    path = f"campaigns/{campaign['campaign_id']}"
    change = {"name": "x", "daily_budget_minor": 4_000, "starts_on": campaign["starts_on"]}
    lowered = trade.alpha.ask("PUT", path, change)
    assert (lowered.status_code, lowered.json()["errors"][0]["pointer"]) == (422, "/daily_budget_minor")


def test_a_campaign_is_changed_paused_and_ended(trade, body) -> None:
    made = trade.alpha.post("campaigns", body, Idempotency_Key="1").json()["campaign"]
    path = f"campaigns/{made['campaign_id']}"
    change = {"name": "新名字", "daily_budget_minor": 5_000, "starts_on": made["starts_on"], "expected_version": 1}
    changed = trade.alpha.ask("PUT", path, change).json()["campaign"]
    assert (changed["name"], changed["version"], changed["regions"]) == ("新名字", 2, [])
    assert trade.alpha.ask("PUT", path, change).status_code == 409
    assert trade.alpha.post(f"{path}/state", {"state": "paused"}).json()["campaign"]["state"] == "paused"
    assert trade.alpha.post(f"{path}/state", {"state": "ended"}).json()["campaign"]["state"] == "ended"
    assert trade.alpha.post(f"{path}/state", {"state": "running"}).status_code == 409


def test_groups_words_ads_and_negatives(trade, body) -> None:
    whole = trade.alpha.post("campaigns", body, Idempotency_Key="1").json()
    path = f"campaigns/{whole['campaign']['campaign_id']}"
    group = trade.alpha.post(f"{path}/groups", {"name": "茶", "bid_minor": 90}, Idempotency_Key="2").json()["group"]
    again = trade.alpha.post(f"{path}/groups", {"name": "茶", "bid_minor": 90}, Idempotency_Key="3")
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (422, "/name")
    in_group = f"ad-groups/{group['group_id']}"
    words = trade.alpha.post(f"{in_group}/keywords", {"keywords": [{"text": "茶杯"}, {"text": "茶碗"}]}).json()
    assert words["changed"] == 2
    first = words["keywords"][0]["keyword_id"]
    changes = {"changes": [{"keyword_id": first, "bid_minor": 120, "state": "paused"}]}
    (changed, other) = trade.alpha.post(f"{in_group}/keywords/changes", changes).json()["keywords"]
    assert (changed["bid_minor"], changed["state"], other["bid_minor"]) == (120, "paused", None)
    back = {"changes": [{"keyword_id": first, "bid_minor": None}]}
    assert trade.alpha.post(f"{in_group}/keywords/changes", back).json()["keywords"][0]["bid_minor"] is None
    ads = trade.alpha.post(f"{in_group}/ads", {"product_ids": [trade.offers[0].product_id]}).json()["ads"]
    assert [ad["state"] for ad in ads] == ["running"]
    quality = ads[0]["quality"]
    assert 1 <= quality["shown"] <= 10 and quality["click"]["rate_ppm"] == quality["click"]["usual_ppm"] == 50_000
    moved = trade.alpha.post(f"{in_group}/ads/{ads[0]['ad_id']}/state", {"state": "paused"}).json()
    assert moved["ads"][0]["state"] == "paused"
    renamed = trade.alpha.ask("PUT", in_group, {"name": "茶具", "bid_minor": 95, "state": "removed"}).json()["group"]
    assert (renamed["name"], renamed["state"]) == ("茶具", "removed")
    assert trade.alpha.get(in_group).status_code == 404
    kept = trade.alpha.post(f"{path}/negatives", {"negatives": [{"text": "二手"}]}).json()["negatives"]
    assert trade.alpha.ask("DELETE", f"{path}/negatives/{kept[0]['negative_id']}").status_code == 204
    assert trade.alpha.get(path).json()["negatives"] == []


def test_words_are_suggested_for_own_goods(trade, body) -> None:
    mine = trade.alpha.get(f"keyword-suggestions?product_id={trade.offers[0].product_id}").json()["items"]
    assert "青釉马克杯" in [one["text"] for one in mine]
    assert {one["usual_bid_minor"] for one in mine} == {None}
    assert trade.alpha.get("keyword-suggestions").json()["items"] == []


def test_another_shops_campaign_is_not_there(trade, body) -> None:
    whole = trade.alpha.post("campaigns", body, Idempotency_Key="1").json()
    path = f"campaigns/{whole['campaign']['campaign_id']}"
    in_group = f"ad-groups/{whole['groups'][0]['group_id']}"
    before = read_live(None)
    change = {"name": "x", "daily_budget_minor": 5_000, "starts_on": body["starts_on"]}
    answers = [
        trade.beta.get(path),
        trade.beta.ask("PUT", path, change),
        trade.beta.post(f"{path}/state", {"state": "paused"}),
        trade.beta.post(f"{path}/groups", {"name": "x", "bid_minor": 90}, Idempotency_Key="x"),
        trade.beta.post(f"{path}/negatives", {"negatives": [{"text": "二手"}]}),
        trade.beta.get(in_group),
        trade.beta.ask("PUT", in_group, {"name": "x", "bid_minor": 90}),
        trade.beta.post(f"{in_group}/keywords", {"keywords": [{"text": "茶"}]}),
        trade.beta.post(f"{in_group}/ads", {"product_ids": [trade.offers[1].product_id]}),
        trade.beta.post(f"{in_group}/ads/{before[0].ads[0].ad_id}/state", {"state": "paused"}),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert trade.beta.get("campaigns").json()["items"] == []
    assert read_live(None) == before


def test_scopes_are_apart(trade, body) -> None:
    reader = make_shop_api(trade.shops[0], Scope.ADS_READ)
    assert reader.get("campaigns").status_code == 200
    assert reader.post("campaigns", body, Idempotency_Key="1").status_code == 403
    assert make_shop_api(trade.shops[0], Scope.GOODS_WRITE).get("campaigns").status_code == 403


def test_audiences_are_listed_with_sizes_chosen_and_kept_when_nothing_is_said(trade, body) -> None:
    assert {one["people"] for one in trade.alpha.get("audiences").json()["items"]} == {None}
    wanted = {"devices": ["mobile"]}
    small = trade.alpha.post("campaigns", {**body, "audiences": wanted}, Idempotency_Key="small")
    assert small.status_code == 422 and small.json()["errors"][0]["pointer"] == "/audiences"
    fill(timezone.now(), {EVERYBODY: 9_000, name_device("m"): 6_000, name_region("33"): 3_000})
    listed = {one["key"]: one["people"] for one in trade.alpha.get("audiences").json()["items"]}
    assert (listed["mobile"], listed["computer"], listed["new"]) == (6_000, None, 9_000)
    made = trade.alpha.post("campaigns", {**body, "audiences": wanted}, Idempotency_Key="large").json()["campaign"]
    assert made["audiences"] == {"interests": [], "devices": ["mobile"], "buyers": []}
    change = {name: body[name] for name in ("name", "daily_budget_minor", "starts_on", "regions")}
    kept = trade.alpha.ask("PUT", f"campaigns/{made['campaign_id']}", change).json()["campaign"]
    assert kept["audiences"]["devices"] == ["mobile"]
    few = trade.alpha.ask("PUT", f"campaigns/{made['campaign_id']}", {**change, "regions": ["54"]})
    (fault,) = few.json()["errors"]
    assert (few.status_code, fault["pointer"]) == (422, "/audiences") and "1,000" in str(fault)
    unknown = trade.alpha.ask("PUT", f"campaigns/{made['campaign_id']}", {**change, "audiences": {"interests": [77]}})
    assert unknown.status_code == 422
