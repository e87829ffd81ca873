"""Reconciliation in a real browser: every page fits both widths and breaks no rule; a file goes in without scripts."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from billing.settlement.selectors.reconciling import list_findings, list_runs
from billing.settlement.services.reconciling_findings import suspend_finding
from market.accounts.contracts import StaffRole
from tests.billing.settlement.reconciling.bills import fundflow_bill, moved, paid, trade_bill
from tests.billing.settlement.reconciling.conftest import DAY
from tests.browser import new_context, overflow, screenshot, watch
from tests.console.conftest import settle
from tests.console.test_in_a_browser import browser, carry, site
from tests.console.test_reconciling import bills, upload

__all__ = ["bills", "browser", "site"]

pytestmark = pytest.mark.browser
NO = "261121K7Q2M9T4XA-"


def test_every_page_fits_both_widths_and_breaks_no_rule(site, browser, bills, enter, make_shop, committed_db) -> None:
    staff, beta = enter(StaffRole.FINANCE), make_shop("beta", owner_id=900_002)
    with new_context(browser) as context:
        carry(context, staff, site)
        page = context.new_page()
        page.goto(f"{site}/reconciliation/")
        screenshot(page, "console-reconciliation-empty")
        for number in range(2, 30):
            bills.pay(f"{NO}{number}", 1_000 * number, 6 * number, shop_id=beta.shop_id)
        lines = [paid("SH1", 1_000, fee=6), *(paid(f"{NO}{n}", 1_000 * n, fee=6 * n) for n in range(4, 30))]
        lines[3], lines[4] = paid(f"{NO}6", 6_200, fee=36), paid(f"{NO}7", 7_000, fee=42, 货币种类="USD")
        upload(staff, trade_bill([*lines, lines[5], paid("NOBODYS", 1_234, fee=7)]))
        flows = [moved("SH1-split", 50), moved("X1", 250_000, kind="充值"), moved("X2", 51, kind="充值")]
        upload(staff, fundflow_bill(flows), which="wechatpay:fundflow")
        findings = {finding.number: finding.finding_id for finding in list_findings()}
        suspend_finding(finding_id=findings["X1"], reason="已询问", actor_id=staff.user_id, now=timezone.now())
        settle(timezone.now())
        pages = {
            "": "",
            "run": f"runs/{list_runs()[1].run_id}/",
            "findings": "findings/",
            "finding": f"findings/{findings['X1']}/",
            "finding-of-a-shop": f"findings/{findings[f'{NO}6']}/",
            "decide": f"findings/{findings['X2']}/decide/",
            "clear": f"findings/{findings['X1']}/decide/",
            "upload": "upload/",
            "fetch": "fetch/",
        }
        seen = watch(page)
        for name, path in pages.items():
            answer = page.goto(f"{site}/reconciliation/{path}")
            assert answer is not None and answer.status == 200, path
            screenshot(page, f"console-reconciliation-{name}")
            for width in (1280, 640, 390):
                page.set_viewport_size({"width": width, "height": 844})
                assert overflow(page) == 0, (path, width)
        assert seen == []


def test_without_scripts_a_file_goes_in_from_a_phone(site, browser, bills, enter, committed_db) -> None:
    with new_context(browser, width=390, language="en-GB", scripts=False) as context:
        carry(context, enter(StaffRole.FINANCE), site)
        page = context.new_page()
        page.goto(f"{site}/reconciliation/upload/")
        page.get_by_label("Business day").fill(DAY.isoformat())
        content = trade_bill([paid("SH1", 1_000, fee=6)])
        page.get_by_label("File").set_input_files({"name": "bill.csv", "mimeType": "text/csv", "buffer": content})
        page.get_by_role("button", name="Read and compare it").click()
        expect(page.get_by_text("Every line agrees with our books.")).to_be_visible()
