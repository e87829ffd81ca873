"""A floor is set from a phone without scripts: its effect is seen before, and auctions keep to it after."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from market.accounts.contracts import StaffRole
from search.campaigns.contracts import CampaignKind, PageKind
from search.campaigns.rules.tokens import tokenize_words
from search.serving.contracts import AdAsk
from search.serving.services import choose_ads, forget_server, get_server
from tests.browser import new_context, overflow, screenshot
from tests.console.test_in_a_browser import browser, carry, look_over, site
from tests.fixtures.api import forget_everything, list_product
from tests.fixtures.serving import advertise, warm_up

__all__ = ["browser", "site"]

pytestmark = pytest.mark.browser
WORDS, LIST = "马克杯", "/ads/floors/"


@pytest.fixture
def mug(committed_db, make_shop, monkeypatch) -> int:
    """A campaign that bids 0.60 for the word of a mug."""
    forget_everything(monkeypatch)
    now = datetime.now(UTC)
    offer, _ = list_product(make_shop("qinghe"), sku="MUG", price_minor=4_200, title="青釉马克杯")
    campaign_id = advertise(offer, WORDS, bid_minor=60, now=now)
    warm_up(now)
    return campaign_id


def list_shown() -> list[int]:
    """The campaigns of the ads beside the answer to the word."""
    ask = AdAsk(
        page=PageKind.SEARCH, places={CampaignKind.KEYWORD: 2}, tokens=tokenize_words(WORDS), query=WORDS,
        network="10.0.0.0/24",
    )  # fmt: skip
    return [line.campaign_id for line in choose_ads(ask=ask, now=datetime.now(UTC)).lines]


def test_a_floor_is_tried_set_and_kept_to(site, browser, mug, enter) -> None:
    assert list_shown() == [mug]
    with new_context(browser, width=390, language="en-GB", scripts=False) as context:
        carry(context, enter(StaffRole.REVIEWER), site)
        page = context.new_page()
        page.goto(f"{site}{LIST}")
        page.get_by_role("link", name="Search results").click()
        page.get_by_label("At least (CNY)").fill("0.75")
        page.get_by_role("button", name="See what it would do").click()
        expect(page.get_by_text("At ¥0.75 1 live bid lies below and takes no part.")).to_be_visible()
        assert overflow(page) == 0 and list_shown() == [mug], "it was only tried"
        screenshot(page, "console-ads-floor-tried", widths=(390,))
        page.get_by_role("button", name="Set ¥0.75").click()
        expect(page.get_by_text("Set. Auctions keep to it within a minute.")).to_be_visible()
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Search results"))
        expect(row).to_contain_text("0.75")
        expect(row).to_contain_text("周岚")
    get_server().refresh(datetime.now(UTC))
    assert list_shown() == []
    forget_server()


def test_floors_fit_both_widths_and_break_no_rule(site, browser, mug, enter) -> None:
    look_over(browser, enter(), site, {"floors": LIST, "floor": f"{LIST}search/click/"}, "console-ads")
    forget_server()
