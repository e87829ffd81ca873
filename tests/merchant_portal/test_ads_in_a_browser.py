"""A merchant makes a campaign of words in a real browser: both widths, both languages, light and dark."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from search.campaigns.contracts import NegativeDraft
from search.campaigns.models import Campaign
from search.campaigns.selectors import list_groups, read_live
from search.campaigns.services import add_negatives, decide_creative, upload_creative
from search.signals.models import Query, QueryDay
from search.spending.models import Lease
from tests.browser import new_context, open_browser, overflow, screenshot, watch
from tests.fixtures.api import forget_everything, list_product
from tests.fixtures.served import served
from tests.merchant_portal.ads import show_display
from tests.merchant_portal.conftest import Merchant
from tests.search.campaigns.conftest import draw

pytestmark = pytest.mark.browser
BUTTONS = {
    "zh-CN": ("下一步：给谁看", "下一步：多少钱", "开始投放"),
    "en-GB": ("Next: to whom", "Next: how much", "Start the campaign"),
}


@pytest.fixture
def site(committed_db, monkeypatch) -> Iterator[str]:
    """The portal host, served from threads of this process."""
    forget_everything(monkeypatch)
    try:
        with served() as port:
            yield f"http://{settings.PORTAL_HOST}:{port}"
    finally:
        connections.close_all()


@pytest.mark.parametrize(("language", "width", "dark"), [("zh-CN", 1280, False), ("en-GB", 390, False)])
def test_a_keyword_campaign_is_made_in_three_steps(
    site, make_merchant, settings, tmp_path, language, width, dark
) -> None:
    merchant = _stock(make_merchant, settings, tmp_path)
    with open_browser() as browser, new_context(browser, language=language, width=width) as context:
        page, seen = _enter(context, site, merchant)
        page.goto(f"{site}/ads/campaigns/")
        _look(page, f"ads-empty-{language[:2]}")
        page.locator("main a.button.main").first.click()
        page.locator("tbody .tick").first.check()
        _look(page, f"ads-what-{language[:2]}")
        page.get_by_role("button", name=BUTTONS[language][0]).click()
        page.locator("tbody .tick").first.check()
        page.locator("#own_words").fill("陶瓷杯")
        _look(page, f"ads-who-{language[:2]}")
        page.get_by_role("button", name=BUTTONS[language][1]).click()
        page.locator("#id_bid").fill("0.80")
        _look(page, f"ads-how-{language[:2]}")
        page.get_by_role("button", name=BUTTONS[language][2]).click()
        page.wait_for_url("**/ads/campaigns/*/")
        assert seen == []
    (live,) = read_live(None)
    assert [word.bid_minor for word in live.ads[0].keywords] == [80, 80]
    assert {word.tokens for word in live.ads[0].keywords} == {("马克杯",), ("陶瓷杯",)}


def test_pages_of_campaigns_fit_and_the_switch_pauses(site, make_merchant, settings, tmp_path) -> None:
    merchant = _stock(make_merchant, settings, tmp_path)
    campaign_id = _campaign(merchant)
    (group,) = list_groups(shop_id=merchant.shop.shop_id, campaign_id=campaign_id)
    paths = {
        "list": "/ads/campaigns/", "campaign": f"/ads/campaigns/{campaign_id}/",
        "edit": f"/ads/campaigns/{campaign_id}/edit/", "end": f"/ads/campaigns/{campaign_id}/end/",
        "group": f"/ads/campaigns/groups/{group.group_id}/",
        "import": f"/ads/campaigns/groups/{group.group_id}/import/", "pictures": "/ads/pictures/",
    }  # fmt: skip
    with open_browser() as browser:
        for language, dark in (("zh-CN", False), ("en-GB", False), ("zh-CN", True)):
            with new_context(browser, language=language, dark=dark) as context:
                page, seen = _enter(context, site, merchant)
                for name, path in paths.items():
                    page.goto(f"{site}{path}")
                    if name == "group":
                        page.locator("tbody .tick").first.check()
                    _look(page, f"ads-{name}-{language[:2]}{'-dark' if dark else ''}")
                assert seen == []
        with new_context(browser) as context:
            page, seen = _enter(context, site, merchant)
            page.goto(f"{site}/ads/campaigns/")
            page.locator(".switch").first.click()
            page.wait_for_load_state("networkidle")
            assert seen == []
    assert read_live(None) == []


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_forms_that_are_sent_back_keep_what_was_typed_and_fit(
    site, make_merchant, settings, tmp_path, language
) -> None:
    merchant = _stock(make_merchant, settings, tmp_path)
    campaign_id = _campaign(merchant)
    (group,) = list_groups(shop_id=merchant.shop.shop_id, campaign_id=campaign_id)
    long = "一个长得没有人会这样搜索的词" * 4
    with open_browser() as browser, new_context(browser, language=language, width=390) as context:
        page, _ = _enter(context, site, merchant)
        page.goto(f"{site}/ads/campaigns/groups/{group.group_id}/")
        page.locator("#own_words").fill(f"面碗\n{long}")
        page.locator("form:has(#own_words) button").click()
        page.locator("#own_words_wrong").wait_for()
        assert page.locator("#own_words").input_value() == f"面碗\n{long}"
        _look(page, f"ads-words-sent-back-{language[:2]}")
        page.locator("tbody .tick").first.check()
        page.locator("#new_bid").fill("-99%")
        page.locator("button[name=set_bid]").click()
        page.locator("#new_bid_wrong").wait_for()
        assert page.locator("#new_bid").input_value() == "-99%" and page.locator("tbody .tick:checked").count() == 1
        _look(page, f"ads-bids-sent-back-{language[:2]}")
        page.goto(f"{site}/ads/campaigns/{campaign_id}/")
        page.locator("#negative").fill(f"二手\n{long}")
        page.locator("form:has(#negative) button").click()
        page.locator("#negative_wrong").wait_for()
        page.locator("details:has(#group_name) summary").click()
        page.locator("#group_name").fill("碗")
        page.locator("#bid").fill("0.01")
        page.locator("form:has(#group_name) button").click()
        page.locator("#bid_wrong").wait_for()
        assert page.locator("#group_name").input_value() == "碗"
        _look(page, f"ads-group-sent-back-{language[:2]}")
        page.locator("button[name=language]").first.evaluate("button => button.click()")
        page.wait_for_url(f"**/ads/campaigns/{campaign_id}/")


def test_a_display_campaign_says_what_to_expect_and_hours_fit(site, make_merchant, settings, tmp_path) -> None:
    rival = make_merchant("beta")
    offer, _ = list_product(rival.shop, sku="CUP", title="白瓷杯")
    show_display(rival.shop, offer.product_id, timezone.now())
    merchant = _stock(make_merchant, settings, tmp_path)
    with open_browser() as browser:
        for language, dark in (("zh-CN", False), ("en-GB", True)):
            with new_context(browser, language=language, dark=dark) as context:
                page, seen = _enter(context, site, merchant)
                page.goto(f"{site}/ads/campaigns/new/")
                page.locator("input[value=display]").check()
                page.locator("tbody .tick").first.check()
                page.get_by_role("button", name=BUTTONS[language][0]).click()
                for summary in page.locator("#hours summary").all():
                    summary.click()
                page.locator("#id_day_0").fill("8-12, 18-24")
                _look(page, f"ads-hours-{language[:2]}{'-dark' if dark else ''}")
                page.get_by_role("button", name=BUTTONS[language][1]).click()
                page.locator("#id_bid").fill("12.00")
                page.locator("aside button[name=go]").click()
                assert "2,800–5,000" in page.locator("aside table").inner_text()
                for width in (1280, 390):
                    page.set_viewport_size({"width": width, "height": 844})
                    hidden = page.locator("aside .table-box").evaluate("box => box.scrollWidth - box.clientWidth")
                    assert hidden <= 0, "no figure stands beyond the panel's edge"
                _look(page, f"ads-outlook-{language[:2]}{'-dark' if dark else ''}")
                assert seen == []


def test_the_steps_work_without_a_script(site, make_merchant, settings, tmp_path) -> None:
    merchant = _stock(make_merchant, settings, tmp_path)
    with open_browser() as browser, new_context(browser, scripts=False) as context:
        page, _ = _enter(context, site, merchant)
        page.goto(f"{site}/ads/campaigns/new/")
        page.locator("#q").fill("马克杯")
        page.locator("#q").press("Enter")
        page.locator("tbody .tick").first.check()
        for name in BUTTONS["zh-CN"][:1]:
            page.get_by_role("button", name=name).click()
        page.locator("#own_words").fill("马克杯")
        for name in BUTTONS["zh-CN"][1:]:
            page.get_by_role("button", name=name).click()
        page.wait_for_url("**/ads/campaigns/*/")
        page.goto(f"{site}/ads/campaigns/")
        page.locator(".switch").first.uncheck()
        page.locator("form:has(.switch) button").first.click()
    assert Campaign.objects.get().state == "paused"


def _stock(make_merchant, settings, tmp_path) -> Merchant:
    settings.MEDIA_ROOT = tmp_path / "media"
    merchant = make_merchant("alpha")
    long = "青釉拼色手工马克杯大容量带盖带勺办公室家用情侣对杯节日礼盒装送礼佳品一直写到六十个字看看两行会不会截断掉"
    list_product(merchant.shop, sku="MUG", price_minor=5_800, title="青釉马克杯 350毫升")
    list_product(merchant.shop, sku="LONG", price_minor=1_234_500, title=long)
    day = timezone.localdate() - timedelta(days=3)
    for text, searches in (("马克杯", 28_000), ("陶瓷 马克杯", 5_600), ("马克杯 送礼", 560)):
        query = Query.objects.create(key=text)
        QueryDay.objects.create(query=query, day=day, searches=searches, visitors=searches // 2)
    return merchant


def _campaign(merchant: Merchant) -> int:
    today = timezone.localdate().isoformat()
    typed = {
        "kind": "keyword", "product": _products(merchant), "own_words": "马克杯\n陶瓷 马克杯\n送礼 杯子\n二手 杯子",
        "match": "phrase", "from_hour": "0", "to_hour": "24", "name": "青釉马克杯 · 搜索推广", "bid": "0.60",
        "daily_budget": "200", "pace": "even", "starts_on": today, "key": "k" * 32, "step": "how", "go": "create",
    }  # fmt: skip
    answer = merchant.browser.post("/ads/campaigns/new/", typed)
    assert answer.status_code == 302, answer.content.decode()[-2_000:]
    campaign_id = int(answer["Location"].split("/")[-2])
    now = timezone.now()
    said = {"shop_id": merchant.shop.shop_id, "actor_id": 1, "now": now}
    add_negatives(campaign_id=campaign_id, drafts=[NegativeDraft("二手"), NegativeDraft("维修")], **said)
    for title, size, colour in (("周末喝茶用的杯子", (1200, 400), "#31556f"), ("新款到店", (600, 600), "#a04a2c")):
        creative_id = upload_creative(
            shop=merchant.shop, title=title, content=draw(*size, colour), file_name="x.png",
            landing=f"/shop/{merchant.shop.slug}/", actor_id=1, now=now,
        )  # fmt: skip
    Lease.objects.create(
        campaign_id=campaign_id, shop_id=merchant.shop.shop_id, day=timezone.localdate(), granted_micro=20_000 * 10**6,
        billed_micro=19_990 * 10**6, worker="w", granted_at=now, closes_at=now,
    )  # fmt: skip
    decide_creative(creative_id=creative_id, approved=False, reason="图上的字太小，手机上看不清", actor_id=1, now=now)
    return campaign_id


def _products(merchant: Merchant) -> list[str]:
    page = merchant.browser.get("/ads/campaigns/new/").content.decode()
    return [part.split('"')[0] for part in page.split('name="product" value="')[1:]]


def _enter(context: BrowserContext, site: str, merchant: Merchant) -> tuple[Page, list[str]]:
    cookie = merchant.browser.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    page = context.new_page()
    return page, watch(page)


def _look(page: Page, name: str) -> None:
    """A picture of the page at both widths, and no part of it beyond the edge."""
    before = page.viewport_size
    screenshot(page, f"portal-{name}")
    for width in (1280, 640, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert overflow(page) == 0, (name, width)
    if before:
        page.set_viewport_size(before)
