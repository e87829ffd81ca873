"""The pages of revenue and auctions fit both widths, in both languages and themes, and break no rule."""

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from tests.browser import open_browser
from tests.console.test_advertising import hold, hold_shelf
from tests.console.test_in_a_browser import look_over
from tests.fixtures.served import served
from tests.merchant_portal.ads import advertise

pytestmark = pytest.mark.browser


def test_revenue_and_auctions_fit_and_break_no_rule(committed_db, make_shop, enter) -> None:
    now, visitor = timezone.now(), enter()
    advertise(make_shop("alpha"), now)
    auction, _ = hold(now)
    pages = {"revenue": "/ads/revenue/", "auctions": "/ads/auctions/", "auction": auction, "shelf": hold_shelf(now)}
    try:
        with served() as port, open_browser() as browser:
            site = f"http://{settings.CONSOLE_HOST}:{port}"
            look_over(browser, visitor, site, pages, "console-ads")
    finally:
        connections.close_all()
