"""The pages of revenue and auctions fit both widths, in both languages and themes, and break no rule."""

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from tests.browser import new_context, open_browser, overflow, screenshot, watch
from tests.console.test_advertising import hold
from tests.console.test_in_a_browser import carry
from tests.fixtures.served import served
from tests.merchant_portal.ads import advertise

pytestmark = pytest.mark.browser


def test_revenue_and_auctions_fit_and_break_no_rule(committed_db, make_shop, enter) -> None:
    now, visitor = timezone.now(), enter()
    advertise(make_shop("alpha"), now)
    auction, _ = hold(now)
    pages = {"revenue": "/ads/revenue/", "auctions": "/ads/auctions/", "auction": auction}
    try:
        with served() as port, open_browser() as browser:
            site = f"http://{settings.CONSOLE_HOST}:{port}"
            for language, dark in (("zh-CN", False), ("en-GB", True)):
                with new_context(browser, language=language, dark=dark) as context:
                    carry(context, visitor, site)
                    page = context.new_page()
                    broken = watch(page)
                    for name, path in pages.items():
                        answer = page.goto(f"{site}{path}")
                        assert answer is not None and answer.status == 200, name
                        for width in (1280, 640, 390):
                            page.set_viewport_size({"width": width, "height": 844})
                            assert overflow(page) == 0, (name, language, width)
                        screenshot(page, f"console-ads-{name}-{language}")
                    assert not broken
    finally:
        connections.close_all()
