"""Where a campaign is shown is said as it is, and only what its kind is shown on can be bid more for."""

import pytest

from search.campaigns.contracts import PageKind
from search.campaigns.models import Campaign
from search.campaigns.selectors import read_live
from tests.fixtures.api import forget_everything
from tests.merchant_portal.ads import type_campaign
from tests.merchant_portal.conftest import Merchant


@pytest.fixture
def seller(make_merchant, monkeypatch) -> Merchant:
    forget_everything(monkeypatch)
    return make_merchant("alpha")


@pytest.fixture
def typed(seller: Merchant) -> dict:
    """All that is typed until a campaign begins."""
    return type_campaign(seller.shop, bid="6.00", charge="mille", go="create")


@pytest.mark.parametrize(
    ("kind", "shown", "pages"),
    [
        ("keyword", "Search results · Category pages", {"search", "category"}),
        ("display", "Category pages · Pages of goods · Home page", {"category", "product", "home"}),
    ],
)
def test_a_campaign_offers_the_pages_that_it_is_shown_on(
    seller: Merchant, typed: dict, kind: str, shown: str, pages: set[str]
) -> None:
    made = seller.browser.post("/ads/campaigns/new/", {**typed, "kind": kind})
    assert made.status_code == 302, made.content.decode()[-2_000:]
    (campaign,) = Campaign.objects.all()
    Campaign.objects.update(**{f"{page.value}_bps": 20_000 for page in PageKind})
    address = f"/ads/campaigns/{campaign.pk}/"
    assert shown in seller.browser.get(address).content.decode()
    page = seller.browser.get(f"{address}edit/").content.decode()
    assert f"Shown on: {shown}." in page
    assert {one.value for one in PageKind if f'name="{one.value}"' in page} == pages
    assert ("On the pages of your goods’ categories" in page) == (kind == "keyword")
    saved = seller.browser.post(f"{address}edit/", {**typed, **dict.fromkeys(pages, "150")})
    assert saved.status_code == 302, saved.content.decode()[-2_000:]
    (live,) = read_live(None)
    assert live.page_bps == {one: 15_000 if one.value in pages else 20_000 for one in PageKind}


def test_whoever_buys_words_is_told_of_category_pages(seller: Merchant, typed: dict) -> None:
    first = seller.browser.get("/ads/campaigns/new/").content.decode()
    assert "and on the pages of your goods’ categories" in first
    second = seller.browser.post("/ads/campaigns/new/", {**typed, "kind": "keyword", "step": "what", "go": "who"})
    assert "On the pages of your goods’ categories a word bids" in second.content.decode()
