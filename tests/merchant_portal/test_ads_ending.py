"""What goes for good is asked once; what can be taken back has an undo. A campaign left without a group says so."""

import re

import pytest

from search.campaigns.contracts import CampaignState, GroupDraft, PartState
from search.campaigns.models import Campaign, Group
from search.campaigns.selectors import find_without_groups, list_ads, list_groups, read_live
from search.campaigns.services import add_group, set_campaign_state
from tests.fixtures.api import forget_everything
from tests.merchant_portal.ads import advertise
from tests.merchant_portal.conftest import Merchant


@pytest.fixture
def seller(make_merchant, monkeypatch) -> Merchant:
    forget_everything(monkeypatch)
    return make_merchant("alpha")


@pytest.fixture
def campaign_id(seller: Merchant, clock) -> int:
    return advertise(seller.shop, clock.now).campaign_ids[0]


def test_ending_is_asked_once_and_says_what_happens(seller: Merchant, campaign_id: int) -> None:
    page = seller.browser.get(f"/ads/campaigns/{campaign_id}/").content.decode()
    assert f'href="/ads/campaigns/{campaign_id}/end/"' in page and 'value="ended"' not in page
    asked = seller.browser.get(f"/ads/campaigns/{campaign_id}/end/").content.decode()
    for said in ("cannot be started again", "reports stay"):
        assert said in asked
    assert "by your other campaigns today, and is free in your advertising balance the next day" in asked
    assert "Only pause it" in asked and "End it for good" in asked
    answer = seller.browser.post(f"/ads/campaigns/{campaign_id}/switch/", {"state": "ended", "from": "page"})
    assert answer["Location"] == f"/ads/campaigns/{campaign_id}/end/", "a page from before leads to the question"
    assert Campaign.objects.get(pk=campaign_id).state == "running"
    page = seller.browser.post(f"/ads/campaigns/{campaign_id}/end/", follow=True).content.decode()
    assert "Ended. Its figures stay." in page and Campaign.objects.get(pk=campaign_id).state == "ended"
    again = seller.browser.get(f"/ads/campaigns/{campaign_id}/end/")
    assert again["Location"] == f"/ads/campaigns/{campaign_id}/"


def test_a_removed_group_comes_back_with_its_words_and_ads(seller: Merchant, campaign_id: int) -> None:
    before = _live(campaign_id)
    (group,) = list_groups(shop_id=seller.shop.shop_id, campaign_id=campaign_id)
    page = _post(seller, f"/ads/campaigns/groups/{group.group_id}/change/", {"state": "removed"})
    assert "“杯子” is removed. Its figures stay." in page and before and not _live(campaign_id)
    undo = _undo(page)
    assert undo == f"/ads/campaigns/groups/{group.group_id}/restore/"
    assert "The group is back, with its words and ads." in _post(seller, undo)
    assert _live(campaign_id) == before
    assert "The group is back" in _post(seller, undo), "pressed twice it is there all the same"
    assert list_groups(shop_id=seller.shop.shop_id, campaign_id=campaign_id) == [group]


def test_a_paused_group_comes_back_paused(seller: Merchant, campaign_id: int) -> None:
    (group,) = list_groups(shop_id=seller.shop.shop_id, campaign_id=campaign_id)
    path = f"/ads/campaigns/groups/{group.group_id}/change/"
    _post(seller, path, {"state": "paused"})
    _post(seller, _undo(_post(seller, path, {"state": "removed"})))
    assert Group.objects.get(pk=group.group_id).state == PartState.PAUSED.value


def test_a_group_does_not_come_back_under_a_name_that_is_taken(seller: Merchant, campaign_id: int, clock) -> None:
    (group,) = list_groups(shop_id=seller.shop.shop_id, campaign_id=campaign_id)
    said = {"shop_id": seller.shop.shop_id, "actor_id": 7, "now": clock.now}
    undo = _undo(_post(seller, f"/ads/campaigns/groups/{group.group_id}/change/", {"state": "removed"}))
    add_group(campaign_id=campaign_id, draft=GroupDraft(name="杯子", bid_minor=50), **said)
    assert "A group with this name is there already." in _post(seller, undo)
    assert Group.objects.get(pk=group.group_id).state == PartState.REMOVED.value
    set_campaign_state(campaign_ids=[campaign_id], state=CampaignState.ENDED, **said)
    assert "The campaign has ended, and stays so." in _post(seller, undo)


def test_a_group_of_another_shop_does_not_come_back(seller: Merchant, campaign_id: int, make_merchant) -> None:
    (group,) = list_groups(shop_id=seller.shop.shop_id, campaign_id=campaign_id)
    _post(seller, f"/ads/campaigns/groups/{group.group_id}/change/", {"state": "removed"})
    other = make_merchant("beta")
    assert other.browser.post(f"/ads/campaigns/groups/{group.group_id}/restore/").status_code == 404
    assert other.browser.post(f"/ads/campaigns/{campaign_id}/end/").status_code == 404
    assert not _live(campaign_id)


def test_a_campaign_that_runs_without_a_group_says_so(seller: Merchant, campaign_id: int, make_merchant) -> None:
    words = "It runs without a group"
    (group,) = list_groups(shop_id=seller.shop.shop_id, campaign_id=campaign_id)
    assert words not in seller.browser.get(f"/ads/campaigns/{campaign_id}/").content.decode()
    page = _post(seller, f"/ads/campaigns/groups/{group.group_id}/change/", {"state": "removed"})
    assert words in page
    assert seller.browser.get("/ads/campaigns/").content.decode().count("No group left") == 1
    ids = list(Campaign.objects.values_list("pk", flat=True))
    assert find_without_groups(shop_id=seller.shop.shop_id, campaign_ids=ids) == {campaign_id}
    assert find_without_groups(shop_id=make_merchant("beta").shop.shop_id, campaign_ids=ids) == set()


def test_what_has_ended_runs_no_more_in_any_of_its_words(seller: Merchant, campaign_id: int) -> None:
    page = seller.browser.get(f"/ads/campaigns/{campaign_id}/").content.decode()
    assert "without an end" in page and ">Running</span>" in page
    seller.browser.post(f"/ads/campaigns/{campaign_id}/end/")
    (group,) = list_groups(shop_id=seller.shop.shop_id, campaign_id=campaign_id)
    for path in (f"/ads/campaigns/{campaign_id}/", f"/ads/campaigns/groups/{group.group_id}/"):
        page = seller.browser.get(path).content.decode()
        assert "without an end" not in page and ">Running</span>" not in page and ">Ended</span>" in page
    assert "<span>Ended</span><b>" in seller.browser.get(f"/ads/campaigns/{campaign_id}/").content.decode()


def test_amounts_on_cards_have_their_unit(seller: Merchant, campaign_id: int) -> None:
    (group,) = list_groups(shop_id=seller.shop.shop_id, campaign_id=campaign_id)
    pages = {
        "/ads/campaigns/": ("Budget a day (¥)", "Spent today (¥)", "A click (¥)"),
        "/ads/campaigns/new/": ("Price (¥)",),
        f"/ads/campaigns/{campaign_id}/": ("Bid (¥)",),
        f"/ads/campaigns/groups/{group.group_id}/": ("Bid (¥)", "Usual bid (¥)"),
    }
    for path, labels in pages.items():
        page = seller.browser.get(path).content.decode()
        assert [label for label in labels if f'data-label="{label}"' not in page] == [], path


def test_the_bid_of_a_display_campaign_says_for_what_it_is(seller: Merchant, campaign_id: int) -> None:
    (ad,) = list_ads(shop_id=seller.shop.shop_id, campaign_id=campaign_id)
    typed = {"kind": "display", "product": str(ad.product_id), "from_hour": "0", "to_hour": "24", "step": "who"}
    page = seller.browser.post("/ads/campaigns/new/", {**typed, "go": "how"}).content.decode()
    assert "The most you pay for 1,000 views, or for a click: choose which beside it." in page


def _live(campaign_id: int) -> list[object]:
    return [ad for live in read_live(None) if live.campaign_id == campaign_id for ad in live.ads]


def _undo(page: str) -> str:
    found = re.search(r'action="(/ads/campaigns/groups/\d+/restore/[^"]*)"', page)
    assert found
    return found[1]


def _post(who: Merchant, path: str, data: dict | None = None) -> str:
    return who.browser.post(path, data or {}, follow=True).content.decode()
