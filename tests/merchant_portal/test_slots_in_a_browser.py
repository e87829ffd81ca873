"""Fixed places in a real browser: they fit both widths, in both languages and themes, and a bid needs no script."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone
from playwright.sync_api import expect

from search.campaigns.contracts import CreativeState
from search.listings.keeping import forget_all
from search.slots.contracts import LotUnit, SlotKind
from search.slots.models import Lot
from search.slots.services import close_due_lots, open_due_lots, place_lot_bid, save_slot
from tenants.catalog.contracts import Text
from tests.browser import new_context, open_browser, overflow, screenshot, watch
from tests.fixtures.served import served
from tests.search.slots.conftest import make_creative, top_up
from tests.search.slots.test_rules import make_terms

pytestmark = pytest.mark.browser


@pytest.fixture
def site(committed_db) -> Iterator[str]:
    """The portal host, served from threads of this process."""
    forget_all()
    try:
        with served() as port:
            yield f"http://{settings.PORTAL_HOST}:{port}"
    finally:
        connections.close_all()


def sell(here, there) -> tuple[Lot, Lot]:
    """A carousel sold for tomorrow and open after, a banner by the hour; the shop has money and two pictures."""
    now = timezone.now()
    carousel = replace(make_terms(closes=0), width=1_200, height=400)
    banner = replace(
        make_terms(LotUnit.HOUR, days_ahead=1, closes=0),
        key="home-banner-1",
        kind=SlotKind.BANNER,
        width=1_200,
        height=200,
        name=Text("首页横幅一", "Home banner 1"),
    )
    for terms in (carousel, banner):
        save_slot(slot_id=0, terms=terms, actor_id=1, now=now)
    open_due_lots(now=now)
    sold, still_open = Lot.objects.filter(slot__key="home-carousel-1").order_by("starts_at")[:2]
    for merchant, minor in ((here, 30_000), (there, 20_000)):
        shop_id = merchant.shop.shop_id
        top_up(shop_id, 100_000, now)
        creative = make_creative(shop_id, now)
        bid = {"lot_id": sold.pk, "shop_id": shop_id, "creative_id": creative, "actor_id": 1, "now": now}
        place_lot_bid(maximum_minor=minor, **bid)
    make_creative(here.shop.shop_id, now, size=(1_800, 600), state=CreativeState.WAITING)
    close_due_lots(now=sold.closes_at)
    return sold, still_open


def test_places_fit_both_widths_and_a_bid_needs_no_script(site, make_merchant) -> None:
    here = make_merchant("alpha")
    sold, still_open = sell(here, make_merchant("beta"))
    session = here.browser.cookies
    pages = {
        "places": "/ads/slots/",
        "place": "/ads/slots/home-carousel-1/",
        "hours": "/ads/slots/home-banner-1/",
        "lot-open": f"/ads/slots/lots/{still_open.pk}/",
        "lot-won": f"/ads/slots/lots/{sold.pk}/",
        "bids": "/ads/slots/bids/",
    }
    with open_browser() as browser:
        for language, dark in (("zh-CN", False), ("en-GB", True)):
            with new_context(browser, language=language, dark=dark) as context:
                _carry(context, session, site)
                page = context.new_page()
                seen = watch(page)
                for name, path in pages.items():
                    page.goto(f"{site}{path}")
                    screenshot(page, f"portal-slots-{name}-{language[:2]}")
                    for width in (1280, 640, 390):
                        page.set_viewport_size({"width": width, "height": 844})
                        assert overflow(page) == 0, (path, width)
                assert seen == []
        with new_context(browser, width=390, language="en-GB", scripts=False) as context:
            _carry(context, session, site)
            page = context.new_page()
            page.goto(f"{site}{pages['lot-open']}")
            page.get_by_label("Your maximum").fill("150")
            page.get_by_role("button", name="Place the bid").click()
            expect(page.get_by_role("heading", name="Raise your bid")).to_be_visible()


def _carry(context, cookies, site: str) -> None:
    context.add_cookies([{"name": name, "value": morsel.value, "url": site} for name, morsel in cookies.items()])
