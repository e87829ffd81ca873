"""A shop's advertising balance on its pages: topping up both ways, by itself, what came and went, invoices."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from billing.settlement.exporting.pdf_writer import write_pdf
from billing.wallets.contracts import TopUpSource, TopUpState
from billing.wallets.selectors import find_auto_top_up, get_invoice, get_wallet, list_top_ups
from billing.wallets.services import set_payment_order
from market.shops.contracts import Role
from market.shops.models import Membership
from merchant_portal.wallet.papers import describe_invoice
from tests.billing.wallets.conftest import Till
from tests.billing.wallets.steps import charge, charge_order, credit, give_bonus, give_cash, hold_day
from tests.merchant_portal.conftest import enter, make_person

PATH = "/wallet/"


@pytest.fixture
def till(committed_db, merchant, wechat_settings, clock) -> Till:
    clock.now = datetime.now(UTC)
    return Till(merchant.shop.shop_id, wechat_settings, clock)


def page(merchant, path: str = PATH, status: int = 200) -> str:
    answer = merchant.browser.get(path)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def fill(merchant, amount: str, source: str = "payment", key: str = ""):
    key = key or re.search(r'name="key" value="([0-9a-f]{32})"', page(merchant)).group(1)
    return merchant.browser.post("/wallet/top-up/", {"amount": amount, "source": source, "key": key})


def test_a_top_up_by_wechat_goes_to_the_cashier_and_comes_back_paid(merchant, till):
    answer = fill(merchant, "100")
    [top_up] = list_top_ups(shop_id=till.shop_id)
    cashier = f"/wallet/top-up/{top_up.number}/"
    assert answer.headers["Location"] == cashier
    shown = page(merchant, cashier)
    assert "<svg" in shown and "data-qr=" in shown
    assert merchant.browser.get(f"{cashier}state/").status_code == 204
    assert merchant.browser.post(f"{cashier}check/").headers["Location"] == cashier, "not paid yet"
    till.simulator.pay(top_up.payment_no)
    assert merchant.browser.post(f"{cashier}check/").headers["Location"] == PATH
    till.clock.now = datetime.now(UTC)
    assert till.cash() == 10_000
    assert "100.00" in page(merchant)
    assert merchant.browser.get(f"{cashier}state/").headers["HX-Redirect"] == PATH
    assert merchant.browser.get(cashier).headers["Location"] == PATH


def test_a_provider_that_is_away_is_said_and_nothing_is_lost(merchant, till):
    fill(merchant, "100")
    [top_up] = list_top_ups(shop_id=till.shop_id)
    till.simulator.switch(fail_next=1)
    assert "does not answer" in page(merchant, f"/wallet/top-up/{top_up.number}/", status=503)
    assert "data-qr=" in page(merchant, f"/wallet/top-up/{top_up.number}/")


def test_one_whose_time_is_over_says_so(merchant, till):
    top_up = till.open()
    till.clock.move(minutes=-16)
    late = till.open(key="late")
    assert "data-qr=" not in page(merchant, f"/wallet/top-up/{late.number}/")
    assert "data-qr=" in page(merchant, f"/wallet/top-up/{top_up.number}/")


def test_sales_fill_it_at_once_and_never_beyond_what_is_owed(merchant, till):
    till.owe(30_000)
    assert fill(merchant, "200", "sales").headers["Location"] == PATH
    refused = fill(merchant, "200", "sales")
    assert refused.status_code == 422 and "We owe you ¥100.00" in refused.content.decode()
    assert get_wallet(till.shop_id).cash_minor == 20_000
    [top_up] = list_top_ups(shop_id=till.shop_id)
    assert (top_up.source, top_up.state) == (TopUpSource.SALES, TopUpState.PAID)
    assert "Advertising balance topped up from sales" in page(merchant)


def test_pressing_twice_is_topping_up_once(merchant, till):
    till.owe(30_000)
    for _ in range(2):
        fill(merchant, "100", "sales", key="a" * 32)
    assert get_wallet(till.shop_id).cash_minor == 10_000
    assert fill(merchant, "101", "sales", key="a" * 32).status_code == 422


@pytest.mark.parametrize("amount", ["", "9.99", "200000.01", "many", "-5"])
def test_a_sum_that_cannot_be_topped_up_is_refused_at_its_field(merchant, till, amount):
    refused = fill(merchant, amount)
    assert refused.status_code == 422 and 'aria-invalid="true"' in refused.content.decode()
    assert list_top_ups(shop_id=till.shop_id) == []


def test_a_shop_lets_it_fill_itself(merchant, till):
    sums = {"below": "50", "take": "200", "daily": "500"}
    merchant.browser.post("/wallet/automatic/", {"is_on": "on", **sums})
    wish = find_auto_top_up(till.shop_id)
    assert (wish.is_on, wish.below_minor, wish.take_minor, wish.daily_minor) == (True, 5_000, 20_000, 50_000)
    for wrong in ({"daily": "100"}, {"below": "0"}, {"take": "1"}, {"take": ""}):
        assert merchant.browser.post("/wallet/automatic/", {"is_on": "on", **sums, **wrong}).status_code == 422
    merchant.browser.post("/wallet/automatic/", sums)
    assert find_auto_top_up(till.shop_id).is_on is False


def test_a_days_maximum_and_a_sum_beyond_counting_are_answered_with_their_own_limits(merchant, till):
    sums = {"is_on": "on", "below": "50", "take": "200", "daily": "500"}
    for wrong, sentence in (
        ({"daily": "200000.01"}, "Enter what is taken a day at most: ¥10.00 to ¥200,000.00."),
        ({"daily": "9" * 20}, "Enter what is taken a day at most: ¥10.00 to ¥200,000.00."),
        ({"take": "9" * 20}, "A top-up is from ¥10.00 to ¥200,000.00."),
        ({"below": "9" * 20}, "Enter at most ¥10,000,000,000,000.00."),
    ):
        answer = merchant.browser.post("/wallet/automatic/", {**sums, **wrong})
        assert answer.status_code == 422 and answer.content.decode().count(sentence) == 2, (
            "in the list and at its field"
        )
    assert find_auto_top_up(till.shop_id) is None


def spend_last_month(till: Till) -> date:
    """Bonus and cash spent in the month before this one; its first day."""
    first = till.now.replace(day=1, hour=12)
    then = first - timedelta(days=3)
    give_cash(till.shop_id, 50_000, key="cash", now=then)
    give_bonus(till.shop_id, 1_000, key="bonus", now=then)
    hold_day(till.shop_id, 6_127, key="h", now=then)
    charge(till.shop_id, 5_127, key="ads:1", now=then)
    return then.date().replace(day=1)


def test_an_invoice_is_a_page_whose_lines_open_their_postings_and_a_paper(merchant, till):
    month = spend_last_month(till)
    invoice = get_invoice(shop_id=till.shop_id, month=month, now=till.now)
    assert (invoice.amount_minor, invoice.vat_minor, invoice.bonus_minor) == (4_127, 234, 1_000)
    assert invoice.number in page(merchant)
    shown = page(merchant, f"/wallet/invoices/{month.year}/{month.month}/")
    [line] = re.findall(r'href="(/money/movements/\?account=2050[^"]+)"', shown)
    assert "ads:1" in page(merchant, line.replace("&amp;", "&"))
    for language, word, what in (("en", "Without VAT", "commission on sales"), ("zh-hans", "不含税", "成交佣金")):
        with translation.override(language):
            paper = describe_invoice(invoice, shop_name="alpha")
        charged, bonus = paper.sections
        assert invoice.number in paper.title and word in [column.head for column in charged.columns]
        assert charged.last[2:] == [invoice.net_minor, 234, 4_127] and bonus.rows[0][1] == 1_000
        assert what in bonus.rows[0][0], "bonus pays commission too"
        assert [sum(row[place] for row in charged.rows) for place in (2, 3, 4)] == charged.last[2:]
    answer = merchant.browser.get(f"/wallet/invoices/{month.year}/{month.month}/pdf/")
    assert answer.headers["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert f"{invoice.number}.pdf" in answer.headers["Content-Disposition"]
    for wrong in ("2026/13", f"{till.now.year}/{till.now.month}", "1/1"):
        page(merchant, f"/wallet/invoices/{wrong}/", status=404)


def test_an_invoice_says_who_issued_it_to_whom_and_when_whatever_day_it_is_printed(merchant, till, settings):
    settings.OPERATOR_NAME, settings.OPERATOR_REGISTRATION = "集市 Jishi", "91310000JISHIDEMO0"
    month = spend_last_month(till)
    invoice = get_invoice(shop_id=till.shop_id, month=month, now=till.now)
    issued_on = till.now.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE)).date().replace(day=1)
    last = issued_on - timedelta(days=1)
    said = {
        "en": (f"Issued on {issued_on}", "Issued by 集市 Jishi", "Issued to alpha", f"For {month} to {last}"),
        "zh-hans": (f"开具日期：{issued_on}", "开具方：集市 Jishi", "开具给：alpha", f"所属期间：{month} 至 {last}"),
    }
    for language, lines in said.items():
        with translation.override(language):
            paper = describe_invoice(invoice, shop_name="alpha")
        assert set(lines) < set(paper.notes) and any("91310000JISHIDEMO0" in note for note in paper.notes)
        once, again = (b"".join(write_pdf(paper)) for _ in range(2))
        assert once == again and f"/CreationDate (D:{issued_on:%Y%m%d})".encode() in once
    path = f"/wallet/invoices/{month.year}/{month.month}/"
    shown = page(merchant, path)
    assert f"Issued on {issued_on}" in shown and "集市 Jishi" in shown and "91310000JISHIDEMO0" in shown
    settings.OPERATOR_REGISTRATION = ""
    assert "Unified social credit code" not in page(merchant, path)


def test_lines_tell_the_hour_that_was_charged_as_the_shops_clock_shows_it_and_open_an_orders_commission(merchant, till):
    give_cash(till.shop_id, 50_000, key="cash", now=till.now)
    hold_day(till.shop_id, 1_000, key="h", now=till.now)
    late, early = (f"ads:{till.shop_id}:2026-11-22:2026-11-2{hour}:click:1" for hour in ("1T23", "2T15"))
    for key in (late, early):
        charge(till.shop_id, 500, key=key, now=till.now)
    credit(till.shop_id, 200, key=f"ads-credit:{till.shop_id}:2026-11-22:click:1", now=till.now)
    charge_order(till.shop_id, 300, key="sale:1", now=till.now, sale_no="261122AB-1")
    shown = page(merchant)
    assert "2026-11-22 07:00–08:00" in shown and "2026-11-22 23:00–24:00" in shown
    assert 'href="/ads/sales/orders/261122AB-1/"' in shown
    postings = set(re.findall(r'href="(/money/postings/\d+/)"', shown))
    assert len(postings) == 5
    for raw in (f"ads:{till.shop_id}", "ads-credit:", "ad_clicks"):
        assert not any(raw in page(merchant, path) for path in (PATH, *postings)), raw
    answer = merchant.browser.get("/money/movements/file/", {"kind": "ads", "format": "csv"})
    file = b"".join(answer.streaming_content).decode()
    assert "2026-11-22 07:00–08:00" in file and f"ads:{till.shop_id}" not in file


def test_another_shop_finds_nothing_of_it(merchant, till, make_merchant):
    other = make_merchant("beta")
    top_up = till.open()
    month = spend_last_month(till)
    for path in (
        f"/wallet/top-up/{top_up.number}/",
        f"/wallet/top-up/{top_up.number}/state/",
        f"/wallet/invoices/{month.year}/{month.month}/",
        f"/wallet/invoices/{month.year}/{month.month}/pdf/",
    ):
        assert other.browser.get(path).status_code == 404, path
    assert other.browser.post(f"/wallet/top-up/{top_up.number}/check/").status_code == 404
    assert top_up.number not in page(other) and "+500.00" not in page(other)


def test_who_may_not_touch_money_stays_outside(merchant, till):
    packer = make_person("packer")
    Membership.objects.create(shop_id=till.shop_id, user_id=packer.user_id, role=Role.FULFILMENT.value, since=till.now)
    browser = enter(packer)
    assert browser.get(PATH).status_code == 403
    for path in ("/wallet/top-up/", "/wallet/automatic/"):
        assert browser.post(path, {"amount": "100", "source": "sales"}).status_code == 403
    assert "/wallet/" not in browser.get("/").content.decode()


def test_the_wallet_says_what_pays_first(merchant, till):
    page = merchant.browser.get("/wallet/").content.decode()
    assert "used first, for clicks, views and commission on sales" in page
    set_payment_order(shop_id=merchant.shop.shop_id, cash_first=True, actor_id=1, now=timezone.now())
    page = merchant.browser.get("/wallet/").content.decode()
    assert "used after cash, for clicks, views and commission on sales" in page and "used first" not in page
