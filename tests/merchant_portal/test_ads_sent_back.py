"""Forms of advertising that are sent back: what was typed is still there, and the line that is wrong is named."""

import re

import pytest

from search.campaigns.contracts import CampaignKind
from search.campaigns.models import Campaign, Group, Keyword, NegativeKeyword
from search.campaigns.selectors import list_groups, list_keywords
from tests.fixtures.api import forget_everything
from tests.merchant_portal.ads import advertise
from tests.merchant_portal.conftest import Merchant

LONG = "一个长得没有人会这样搜索的词" * 4


@pytest.fixture
def seller(make_merchant, clock, monkeypatch) -> Merchant:
    forget_everything(monkeypatch)
    return make_merchant("alpha")


@pytest.fixture
def group_id(seller: Merchant, clock) -> int:
    campaign_id = advertise(seller.shop, clock.now).campaign_ids[0]
    (group,) = list_groups(shop_id=seller.shop.shop_id, campaign_id=campaign_id)
    return group.group_id


def test_words_to_buy_stay_when_one_line_is_too_long(seller: Merchant, group_id: int) -> None:
    before = Keyword.objects.count()
    typed = {"own_words": f"面碗\n\n{LONG}\n汤碗", "match": "exact", "word": ["马克杯 送礼"]}
    page = _send_back(seller, f"/ads/campaigns/groups/{group_id}/words/", typed)
    assert f"面碗\n\n{LONG}\n汤碗</textarea>" in page
    assert "Line 3, “一个长得没有人会这样搜索的词一个长得没有…”: At most 40 characters." in page
    assert (
        'id="own_words_wrong"' in page and 'aria-describedby="own_words_wrong"' in page and 'href="#own_words"' in page
    )
    assert re.search(r'name="word" value="马克杯 送礼" checked', page)
    assert '<option value="exact" selected>' in page
    assert Keyword.objects.count() == before


def test_every_wrong_line_is_named(seller: Merchant, group_id: int) -> None:
    page = _send_back(seller, f"/ads/campaigns/groups/{group_id}/words/", {"own_words": f"{LONG}\n碗\n13812345678"})
    assert "Line 1, " in page and "Line 3, “13812345678”: This looks like somebody" in page and "Line 2" not in page


def test_words_to_keep_away_from_stay_when_one_line_is_too_long(seller: Merchant, group_id: int) -> None:
    campaign_id = Group.objects.get(pk=group_id).campaign_id
    typed = {"words": f"二手\n{LONG}", "match": "broad"}
    page = _send_back(seller, f"/ads/campaigns/{campaign_id}/exclude/", typed)
    assert f"二手\n{LONG}</textarea>" in page and "Line 2, “" in page and 'aria-describedby="negative_wrong"' in page
    assert '<option value="broad" selected>' in page
    assert not NegativeKeyword.objects.exists()


def test_ticks_and_bid_stay_when_a_change_of_many_is_wrong(seller: Merchant, group_id: int) -> None:
    words = list_keywords(shop_id=seller.shop.shop_id, group_id=group_id)
    ticks = [str(word.keyword_id) for word in words[:2]]
    path = f"/ads/campaigns/groups/{group_id}/words/change/"
    for bid, sentence in (
        ("much", "Enter a bid such as 0.60, or a change such as -10%."),
        ("99999", "Enter a bid of ¥0.05 to ¥999.99."),
        ("-99%", f"“{words[0].text}” would bid 0.01. Enter a bid of ¥0.05 to ¥999.99."),
    ):
        page = _send_back(seller, path, {"tick": ticks, "bid": bid, "set_bid": "1", "match": "exact"})
        assert sentence in page and f'name="bid" size="7" maxlength="20" value="{bid}"' in page
        assert re.findall(r'name="tick" value="(\d+)" id="[^"]*" checked', page) == ticks
        assert 'aria-describedby="new_bid_wrong"' in page and 'id="new_bid_wrong"' in page
    page = _send_back(seller, path, {"bid": "0.80", "set_bid": "1"})
    assert "Tick the words you want to change first." in page and 'maxlength="20" value="0.80"' in page


def test_a_group_keeps_what_was_typed_of_it(seller: Merchant, group_id: int) -> None:
    path = f"/ads/campaigns/groups/{group_id}/change/"
    page = _send_back(seller, path, {"group_name": "大杯子", "bid": "-1"})
    assert 'value="大杯子"' in page and 'value="-1"' in page and "Enter a bid such as 0.60." in page
    assert 'aria-describedby="bid_wrong"' in page
    page = _send_back(seller, path, {"group_name": " ", "bid": "0.75"})
    assert 'value="0.75"' in page and 'aria-describedby="group_name_wrong"' in page and "Give the group a name." in page
    assert Group.objects.get(pk=group_id).bid_minor == 60


def test_a_new_group_keeps_what_was_typed_of_it(seller: Merchant, group_id: int) -> None:
    campaign_id = Group.objects.get(pk=group_id).campaign_id
    path = f"/ads/campaigns/{campaign_id}/groups/"
    page = _send_back(seller, path, {"group_name": "碗", "bid": "0.01"})
    assert 'value="碗"' in page and 'value="0.01"' in page and "Enter a bid of ¥0.05 to ¥999.99." in page
    assert 'id="bid_wrong"' in page and '<details class="padded-box" open>' in page
    page = _send_back(seller, path, {"group_name": "杯子", "bid": "0.50"})
    assert "A group with this name is there already." in page and 'id="group_name_wrong"' in page
    Campaign.objects.filter(pk=campaign_id).update(kind=CampaignKind.DISPLAY.value)
    page = _send_back(seller, path, {"group_name": "", "bid": "5", "charge": "click"})
    assert '<option value="click" selected>' in page


def test_the_limit_of_a_day_keeps_what_was_typed(seller: Merchant, group_id: int) -> None:
    limits = "Enter a limit a day of ¥10.00 to ¥1,000,000.00."
    for typed, sentence in (("3oo", "Enter a sum such as 300"), ("1", limits), ("9" * 20, limits)):
        page = _send_back(seller, "/ads/campaigns/limit/", {"daily_limit": typed})
        assert f'value="{typed}"' in page and sentence in page and 'aria-describedby="daily_limit_wrong"' in page


def test_who_comes_back_to_a_form_that_was_sent_back_is_led_to_its_page(seller: Merchant, group_id: int) -> None:
    campaign_id = Group.objects.get(pk=group_id).campaign_id
    pages = {
        f"/ads/campaigns/groups/{group_id}/words/": f"/ads/campaigns/groups/{group_id}/",
        f"/ads/campaigns/groups/{group_id}/words/change/": f"/ads/campaigns/groups/{group_id}/",
        f"/ads/campaigns/groups/{group_id}/change/": f"/ads/campaigns/groups/{group_id}/",
        f"/ads/campaigns/{campaign_id}/groups/": f"/ads/campaigns/{campaign_id}/",
        f"/ads/campaigns/{campaign_id}/exclude/": f"/ads/campaigns/{campaign_id}/",
        "/ads/campaigns/limit/": "/ads/campaigns/",
    }
    assert {path: seller.browser.get(path)["Location"] for path in pages} == pages


def _send_back(who: Merchant, path: str, data: dict) -> str:
    answer = who.browser.post(path, data)
    assert answer.status_code == 422, (path, answer.status_code)
    return answer.content.decode()
