"""Search words and bans in a real browser: they fit, break no rule, and a product is pinned from a phone."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from market.accounts.contracts import StaffRole
from search.curation.contracts import HotWord, Placements, SynonymGroup
from search.curation.selectors import list_placements
from search.curation.services import block_word, save_hot_word, save_synonyms, set_placements
from search.listings.selectors import find_listing_id
from search.moderation.contracts import BanReason
from search.moderation.services import ban_product
from tenants.catalog.contracts import Text
from tests.browser import new_context, overflow, screenshot
from tests.console.test_in_a_browser import browser, carry, look_over, site
from tests.search.listings.conftest import Goods, fresh_memory, goods, index_now, index_root

__all__ = ["browser", "fresh_memory", "goods", "index_now", "index_root", "site"]

pytestmark = pytest.mark.browser
TITLES = ("青釉茶壶", "紫砂茶壶 手工", "蓝色保温壶")


@pytest.fixture
def pots(committed_db, goods: Goods, shop_a, index_now) -> list[int]:
    """Listings of three pots in the index."""
    english = "Celadon teapot with a long English title for narrow screens"
    products = [goods.create(shop_a, title=Text(title, english)) for title in TITLES]
    goods.deliver()
    index_now()
    return [find_listing_id(shop_id=shop_a.shop_id, product_id=pk) or 0 for pk in products]


def test_every_page_of_words_fits_and_breaks_no_rule(site, browser, pots, shop_a, enter) -> None:
    now = datetime.now(UTC)
    by = {"actor_id": 1, "now": now}
    save_synonyms(group=SynonymGroup(0, ("保温杯", "vacuum flask", "thermos flask for the office")), **by)
    save_synonyms(group=SynonymGroup(0, ("茶具", "茶壶"), is_one_way=True), **by)
    save_hot_word(word=HotWord(0, "中秋月饼礼盒", "Mooncakes for the festival", "月饼", 1, ends_at=now), **by)
    block_word(words="casino", **by)
    set_placements(words="茶壶", placements=Placements((pots[2], 999_999), frozenset({pots[0]})), **by)
    ban_product(
        shop_id=shop_a.shop_id, product_id=4_711, title=Text("仿冒保温壶", "A counterfeit flask"),
        reason=BanReason.COUNTERFEIT, note="不是这个品牌生产的，请下架。", **by,
    )  # fmt: skip
    pages = {
        "synonyms": "/search/synonyms/",
        "hot-words": "/search/hot/",
        "placements": "/search/placements/",
        "place": "/search/placements/query/?q=茶壶",
        "place-nothing": "/search/placements/query/?q=冰箱",
        "goods": "/goods/",
        "goods-found": "/goods/?q=茶壶",
        "product": f"/goods/{shop_a.shop_id}/4711/",
    }
    look_over(browser, enter(), site, pages, "console-words")


def test_a_product_is_found_tried_and_pinned_from_a_phone_without_scripts(site, browser, pots, enter) -> None:
    with new_context(browser, width=390, language="en-GB", scripts=False) as context:
        carry(context, enter(StaffRole.REVIEWER), site)
        page = context.new_page()
        page.goto(f"{site}/search/placements/")
        page.get_by_label("What shoppers search for").fill("青釉茶壶")
        page.get_by_role("button", name="See what it finds").click()
        page.get_by_label("Find a product by its title").fill("蓝色保温壶")
        page.keyboard.press("Enter")
        field = page.locator(f"#place-{pots[2]}")
        field.fill("1")
        page.get_by_role("button", name="Try it").click()
        expect(page.get_by_text("not saved yet")).to_be_visible()
        assert list_placements() == {} and overflow(page) == 0
        screenshot(page, "console-words-place-tried", widths=(390,))
        expect(page.locator(f"#place-{pots[2]}")).to_have_value("1")
        page.get_by_role("button", name="Save the places").click()
        expect(page.get_by_text("Saved. Search shows it so within a second.")).to_be_visible()
    assert list(list_placements().values()) == [Placements((pots[2],))]
