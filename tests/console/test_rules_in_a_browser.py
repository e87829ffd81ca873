"""Pages of rules and clearing in a real browser: both widths, both themes' rules, and without scripts."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from billing.settlement.contracts import RuleDraft
from billing.settlement.models import ClearingItem
from billing.settlement.selectors import list_rules
from billing.settlement.services import (
    add_rule,
    change_rule,
    close_day,
    hold_reserves,
    prove_clearing,
    prove_night,
    set_shop_terms,
    switch_rule,
    write_clearing_note,
)
from market.shops.contracts import ShopContext
from market.taxonomy.services import load_taxonomy
from tests.billing.settlement.sales import deliver, post_all, refund, sell, sold
from tests.browser import new_context
from tests.console.conftest import Visitor
from tests.console.test_in_a_browser import LIGHT_CHINESE, browser, carry, look_over, site

__all__ = ["browser", "site"]
pytestmark = pytest.mark.browser


@pytest.fixture
def busy(committed_db, make_shop) -> ShopContext:
    """Rules, reserves, an aged list and debts."""
    load_taxonomy()
    now, shop = timezone.now(), make_shop("alpha")
    long_ago = now - timedelta(days=120)
    for draft in (
        RuleDraft(rate_bps=300, vat_bps=600, shop_id=shop.shop_id, note="首年优惠：签约商家前十二个月按此费率结算"),
        RuleDraft(rate_bps=825, vat_bps=600, category_path="tea-food/green-tea", floor_minor=100, cap_minor=50_000),
        RuleDraft(rate_bps=1_200, vat_bps=600, category_path="tableware", note="Fragile goods"),
    ):
        add_rule(draft=draft, actor_id=1, now=long_ago)
    first, second, _ = list_rules()
    draft = RuleDraft(rate_bps=900, vat_bps=600, category_path="tea-food", floor_minor=100)
    change_rule(rule_id=second.rule_id, version=1, draft=draft, actor_id=1, now=now)
    switch_rule(rule_id=first.rule_id, active=False, actor_id=1, now=now)
    sell("S-1", long_ago, shop_id=shop.shop_id)
    refund("S-1", 9_550, long_ago, shop_id=shop.shop_id)
    close_day(now=long_ago + timedelta(days=1))
    set_shop_terms(
        shop_id=shop.shop_id,
        release_days=0,
        reserve_bps=1_000,
        reserve_days=30,
        note="New shop, first half year",
        actor_id=1,
        now=now,
    )
    sell("261122K7Q2M9T4XA-1", now, shop_id=shop.shop_id)
    hold_reserves(now=now)
    for days, carrier in ((40, "慢递"), (20, "中通"), (0, "顺丰")):
        deliver(sold(f"S-{carrier}", shop_id=shop.shop_id, carrier=carrier), now - timedelta(days=days))
    post_all(now)
    prove_night(now=now)
    item = ClearingItem.objects.get(owner_id="中通")
    write_clearing_note(
        item_id=item.pk, reason="中通12月5日统一打款，已电话确认（对账单号ZT-1205）。", actor_id=1, now=now
    )
    ClearingItem.objects.filter(owner_id="慢递").update(
        since=now - timedelta(days=40), overdue_at=now - timedelta(days=25)
    )
    prove_clearing(now=now, asked_by=1)
    ClearingItem.objects.filter(owner_id="慢递").update(
        since=now - timedelta(days=40), overdue_at=now - timedelta(days=25)
    )
    return shop


def test_every_page_fits_both_widths_and_breaks_no_rule(site, browser: Browser, busy, enter) -> None:
    rule_id = list_rules()[1].rule_id
    item_id = ClearingItem.objects.order_by("-pk").first().pk
    pages = {
        "commission": "/commission/?category=tea-food&shop=alpha&amount=100",
        "rule": f"/commission/{rule_id}/",
        "rule-add": "/commission/add/",
        "rule-change": f"/commission/{rule_id}/change/",
        "terms": f"/commission/shops/{busy.shop_id}/",
        "clearing": "/clearing/",
        "clearing-item": f"/clearing/{item_id}/",
        "debts": "/debts/",
        "write-off": f"/debts/{busy.shop_id}/",
    }
    look_over(browser, enter(), site, pages, "console", looks=[LIGHT_CHINESE])


def test_a_rule_is_added_on_a_phone_without_scripts(site, browser: Browser, committed_db, enter) -> None:
    load_taxonomy()
    visitor: Visitor = enter()
    with new_context(browser, width=390, language="en-GB", scripts=False) as context:
        carry(context, visitor, site)
        page = context.new_page()
        page.goto(f"{site}/commission/add/")
        page.get_by_role("button", name="Add the rule").click()
        expect(page.get_by_text("Enter a rate in percent").first).to_be_visible()
        page.get_by_label("Category and all below it").select_option("tea-food")
        page.get_by_label("Rate, VAT inside").fill("8.25")
        page.get_by_role("button", name="Add the rule").click()
        expect(page.get_by_text("8.25%")).to_be_visible()
        page.get_by_role("button", name="Switch off").click()
        expect(page.get_by_text("off", exact=True)).to_be_visible()
    assert not list_rules()[0].active
