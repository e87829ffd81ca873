"""Advertisers, invalid clicks and charging in a real browser: they fit, break no rule, and a sum is confirmed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F
from playwright.sync_api import expect

from market.accounts.contracts import StaffRole
from search.campaigns.selectors import list_campaigns
from search.campaigns.services import stop_advertiser
from search.spending.contracts import FindingState
from search.spending.models import AdEvent, HourCharge
from search.spending.selectors import find_finding
from search.spending.services import close_hours, prove_hours
from tests.browser import list_cut, new_context, overflow, screenshot
from tests.console.test_in_a_browser import browser, carry, look_over, site
from tests.fixtures.invalid_clicks import click_like_a_clock, find_clocks
from tests.merchant_portal.ads import advertise

__all__ = ["browser", "site"]

pytestmark = pytest.mark.browser


def test_every_page_fits_both_widths_and_breaks_no_rule(site, browser, enter, make_shop, committed_db) -> None:
    now = datetime.now(UTC)
    alpha, beta = make_shop("qinghe"), make_shop("shanjian", owner_id=900_002)
    advertise(alpha, now)
    first, _ = find_clocks(now - timedelta(hours=1), (alpha.shop_id, beta.shop_id))
    close_hours(now)
    prove_hours(now)
    stop_advertiser(shop_id=beta.shop_id, reason="资质过期，请上传新的营业执照。", actor_id=1, now=now)
    charge = HourCharge.objects.earliest("pk").pk
    pages = {
        "findings": "findings/",
        "findings-none": "findings/?state=refused",
        "finding": f"findings/{first.finding_id}/",
        "advertisers": "advertisers/",
        "advertisers-limited": "advertisers/?tab=limited",
        "advertiser": f"advertisers/{alpha.shop_id}/",
        "advertiser-stopped": f"advertisers/{beta.shop_id}/",
        "campaign": f"campaigns/{first_campaign(alpha.shop_id)}/",
        "charging": "charging/",
        "charges": "charges/",
        "charge": f"charges/{charge}/",
    }
    look_over(browser, enter(), site, {name: f"/ads/{path}" for name, path in pages.items()}, "console-ads")


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_no_column_of_charging_is_cut_off(site, browser, enter, make_shop, committed_db, language) -> None:
    """Not the sums of an hour that still runs, beside hours that are charged."""
    now = datetime.now(UTC)
    shops = make_shop("qinghe").shop_id, make_shop("shanjian", owner_id=900_002).shop_id
    find_clocks(now - timedelta(hours=3), shops)
    HourCharge.objects.all().delete()
    close_hours(now)
    prove_hours(now)
    find_clocks(now, shops)
    click_like_a_clock(now, shops, count=2, person="another")
    AdEvent.objects.filter(charge_id=None).update(
        billed_micro=F("billed_micro") * 100, price_micro=F("price_micro") * 100
    )
    with new_context(browser, language=language) as context:
        carry(context, enter(), site)
        page = context.new_page()
        page.goto(f"{site}/ads/charging/")
        screenshot(page, f"console-ads-charging-cut-{language}")
        for width in (1280, 1024, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.locator("#unclosed").is_visible() and list_cut(page) == [], width


def test_without_scripts_a_sum_is_confirmed_from_a_phone(site, browser, enter, make_shop, committed_db) -> None:
    found = find_clocks(datetime.now(UTC), (make_shop("alpha").shop_id, make_shop("beta", owner_id=900_002).shop_id))
    with new_context(browser, width=390, language="en-GB", scripts=False) as context:
        carry(context, enter(StaffRole.FINANCE), site)
        page = context.new_page()
        page.goto(f"{site}/ads/findings/")
        for one in found:
            page.get_by_label(f"Tick finding {one.finding_id}").check()
        page.get_by_role("button", name="Give these back…").click()
        expect(page.get_by_role("heading", name="Give back ¥14.00?")).to_be_visible()
        assert overflow(page) == 0
        screenshot(page, "console-ads-findings-confirm")
        page.get_by_role("button", name="Give ¥14.00 back").click()
        expect(page.get_by_text("2 findings are approved.")).to_be_visible()
    states = [finding.state for one in found if (finding := find_finding(one.finding_id)) is not None]
    assert states == [FindingState.APPROVED, FindingState.APPROVED]


def first_campaign(shop_id: int) -> int:
    """One with words."""
    return min(campaign.campaign_id for campaign in list_campaigns(shop_id=shop_id, limit=200))
