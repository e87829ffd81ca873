"""The cashier page in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from billing.payments.contracts import SplitOrder, WithdrawalOrder
from tests.fixtures.wechatpay import wait_for
from tests.onebox.wechatpay.conftest import make_order

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[1280, 390])
def page(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": request.param, "height": 844}, locale="zh-CN")
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    context.close()
    assert troubles == []


@pytest.fixture
def gateway(wechat_simulator: Any, merchant_inbox: Any) -> Any:
    from billing.payments.gateways.wechatpay import WechatPayGateway
    from billing.payments.gateways.wechatpay_client import WechatPayConfig

    return WechatPayGateway(WechatPayConfig(**wechat_simulator.settings(notify_url=merchant_inbox.url)))


def test_a_payer_declines_then_pays_and_the_page_says_so(page, gateway, merchant_inbox):
    order = make_order(gateway, 10552, 7914)
    page.goto(gateway.start(order).qr_content)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="不付了").click()
    page.get_by_text("在到期前仍可支付").wait_for()
    assert not gateway.query(order.payment_no).paid
    page.get_by_role("button", name="确认支付").click()
    page.locator("#state").get_by_text("支付成功").wait_for()
    page.locator("#log").get_by_text("已送达").wait_for()
    assert gateway.query(order.payment_no).paid and len(merchant_inbox.wait(1)) == 1
    assert page.get_by_role("button", name="确认支付").count() == 0


def test_the_bench_pays_twice_forges_and_shuffles(page, gateway, merchant_inbox):
    order = make_order(gateway, 100)
    page.goto(gateway.start(order).qr_content)
    page.select_option("#kind", "wrong_amount")
    page.get_by_role("button", name="发送", exact=True).click()
    merchant_inbox.wait(1)
    page.get_by_role("button", name="扣住之后的通知").click()
    page.get_by_role("button", name="连付两次").click()
    page.locator("#log").get_by_text("扣住").first.wait_for()
    assert len(merchant_inbox.received) == 1
    page.get_by_role("button", name="乱序放出扣住的通知").click()
    wait_for(lambda: len(merchant_inbox.received) == 5, seconds=10, what="two notices, each twice")


def test_a_closed_order_can_only_be_paid_late(page, gateway, merchant_inbox):
    order = make_order(gateway, 100)
    url = gateway.start(order).qr_content
    gateway.close(order)
    page.goto(url)
    page.locator("#state").get_by_text("订单已关闭").wait_for()
    assert page.get_by_role("button", name="连付两次").is_disabled()
    page.get_by_role("button", name="关单后仍到账").click()
    merchant_inbox.wait(1)
    assert gateway.query(order.payment_no).paid


def test_withdrawals_are_failed_and_sent_back_on_their_page(page, gateway, wechat_simulator):
    order = make_order(gateway, 10_000)
    gateway.start(order)
    wechat_simulator.pay(order.payment_no)
    share = gateway.query(order.payment_no).shares[0]
    gateway.unfreeze(SplitOrder(f"{share.share_no}-free", share.transaction_id, share.merchant_account, 0, "CNY", "完"))
    page.goto(f"{wechat_simulator.base_url}/withdrawals")
    page.get_by_text("还没有提现").wait_for()
    page.get_by_role("button", name="扣住之后的提现").click()
    wait_for(lambda: wechat_simulator.read("state")["hold_withdrawals"] == 1, seconds=5, what="the switch")
    orders = [WithdrawalOrder(f"PO{number}", share.merchant_account, 1_000, "CNY", "", "") for number in (1, 2)]
    for one in orders:
        gateway.withdraw(one)
    first, second = page.locator("li", has_text="PO1"), page.locator("li", has_text="PO2")
    first.get_by_role("button", name="失败").click()
    first.get_by_text("提现失败").wait_for()
    second.get_by_role("button", name="到账").click()
    second.get_by_role("button", name="退票").click()
    second.get_by_text("提现退票").wait_for()
    assert [gateway.query_withdrawal(one).state.value for one in orders] == ["failed", "returned"]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
