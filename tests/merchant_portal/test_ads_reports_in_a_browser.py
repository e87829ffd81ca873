"""The pages of ad reports in a real browser: they fit both widths, in both languages and themes, and break no rule."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connections

from search.auction.contracts import InvalidReason, TokenKind
from search.spending.models import AdEvent, Correction
from search.spending.services import approve_finding, record_click, record_views
from tests.browser import new_context, open_browser, overflow, screenshot, watch
from tests.conftest import CommittedDatabase
from tests.fixtures.ads import MICRO, fund, lend, make_ad, show, visitor
from tests.fixtures.invalid_clicks import find_clocks
from tests.fixtures.served import served
from tests.merchant_portal.ads import advertise
from tests.merchant_portal.conftest import Merchant

pytestmark = pytest.mark.browser

CLIPPED = """() => innerWidth > 640 ? [] : [...document.querySelectorAll(".table.cards td")].filter(cell => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    const text = range.getBoundingClientRect(), panel = cell.closest(".panel").getBoundingClientRect();
    return text.width && (text.right > panel.right || text.left < panel.left);
}).map(cell => cell.textContent)"""
"""Texts of cards that the panel's edge cuts off."""


@pytest.fixture
def site(committed_db: CommittedDatabase) -> Iterator[str]:
    """The portal host, served from threads of this process."""
    try:
        with served() as port:
            yield f"http://{settings.PORTAL_HOST}:{port}"
    finally:
        connections.close_all()


def charge(shop_id: int, now: datetime) -> str:
    """Where a click is explained; before it there was a filtered one and a view."""
    fund(shop_id, 100_000, now)
    ad = make_ad(shop_id=shop_id, now=now)
    lease_id, before = lend(ad, now).lease_id, now - timedelta(seconds=9)
    view = show(ad, lease_id, before, kind=TokenKind.VIEW, price_micro=0)
    record_views(tokens=[view], facts=visitor(), now=now)
    robot = visitor(user_agent_is_robot=True)
    record_click(token=show(ad, lease_id, before, price_micro=37 * MICRO), facts=robot, now=now)
    record_click(token=show(ad, lease_id, before, price_micro=37 * MICRO), facts=visitor(), now=now)
    event = AdEvent.objects.get(billed_micro__gt=0)
    return f"/ads/reports/charges/{event.day.isoformat()}/{event.token}/"


def give_back(shop_id: int, now: datetime) -> int:
    """Clicks that were found invalid later."""
    (finding,) = find_clocks(now, (shop_id,))
    approve_finding(finding_id=finding.finding_id, note="", actor_id=1, now=now)
    event = AdEvent.objects.filter(billed_micro__gt=0)[0]
    Correction.objects.create(
        day=event.day, token=event.token, shop_id=shop_id, campaign_id=event.campaign_id, kind="credited",
        amount_micro=event.billed_micro, reason=InvalidReason.UNUSUAL_CLICK_RATE.value, at=now,
    )  # fmt: skip
    return finding.finding_id


def test_every_page_of_reports_fits_and_breaks_no_rule(site: str, make_merchant: Callable[..., Merchant]) -> None:
    now, merchant = datetime.now(UTC), make_merchant("qinghe")
    advertised = advertise(merchant.shop, now)
    pages = {
        "today": "/ads/reports/?days=1",
        "month": "/ads/reports/?days=30",
        "words": f"/ads/reports/?days=30&by=keyword&campaign={advertised.campaign_ids[0]}",
        "terms": "/ads/reports/?days=90&by=term&model=position",
        "goods": "/ads/reports/?days=30&by=ad",
        "regions": "/ads/reports/?days=30&by=region",
        "hours": "/ads/reports/?days=30&by=hour",
        "nothing": f"/ads/reports/?days=1&campaign={make_ad(shop_id=merchant.shop.shop_id, now=now).campaign_id}",
        "charges": "/ads/reports/charges/?which=all",
        "charge": charge(merchant.shop.shop_id, now),
        "charged": "/ads/reports/charges/?days=7",
        "given-back": "/ads/reports/given-back/",
        "given-back-clicks": f"/ads/reports/given-back/{give_back(merchant.shop.shop_id, now)}/",
    }
    cookie = merchant.browser.cookies[settings.SESSION_COOKIE_NAME]
    with open_browser() as browser:
        for language, dark in (("zh-CN", False), ("en-GB", True)):
            with new_context(browser, language=language, dark=dark) as context:
                context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
                page = context.new_page()
                problems = watch(page)
                for name, path in pages.items():
                    answer = page.goto(f"{site}{path}")
                    assert answer is not None and answer.status == 200, (name, answer)
                    for width in (1280, 640, 390):
                        page.set_viewport_size({"width": width, "height": 844})
                        assert overflow(page) == 0, (name, language, width)
                        assert page.evaluate(CLIPPED) == [], (name, language, width)
                    screenshot(page, f"portal-ads-reports-{name}-{language}")
                assert problems == []
